"""Connections to AWS. What certificates are trusted is read once: that costs more than a page."""

import ssl
from functools import cache
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import SplitResult

TIMEOUT = 20
"""Seconds of silence after which a request is sent again; the gateway gives up after 29."""


def connect(address: SplitResult) -> HTTPConnection:
    if address.scheme == "https":
        return HTTPSConnection(address.netloc, timeout=TIMEOUT, context=_trusted())
    return HTTPConnection(address.netloc, timeout=TIMEOUT)


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()
