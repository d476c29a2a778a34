"""Requests to systems whose addresses people have typed in.

An address is resolved once, every answer of the resolver is judged, and the connection goes to the address that was judged:
a name that changes its mind in between leads nowhere new. Redirects are answers like others, a proxy is never asked, TLS is
verified. Nothing of the address but the host's name gets into an error: the rest of it holds passwords and keys.
"""

import base64
import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qsl, unquote, urlsplit

from chalicelib.domain.errors import Refused, Unavailable

SILENCE = 15
"""Seconds without a byte after which a system is taken to be gone."""
PATIENCE = 25
"""Seconds for one whole answer: a system that drips is given up within the time of the function that asks."""
LONGEST = 16 * 1024 * 1024

AWAY = frozenset({401, 403, 404, 405, 407, 408, 421, 425, 429, 502, 503, 504})
"""Statuses that speak of the system or of its settings and not of what was sent: worth another try later."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a system is asked. `root` is the path, with its slash at the end where it has one; `user` and `secret` are the
    URL's name and password, `options` its query."""

    secure: bool
    host: str
    port: int
    root: str = field(repr=False)
    user: str = field(repr=False, default="")
    secret: str = field(repr=False, default="")
    options: Mapping[str, str] = field(repr=False, default_factory=dict)


def read_address(url: str, scheme: str) -> Address:
    """Of `<scheme>+http(s)://…`. Raises ValueError without telling what the URL was."""
    parts = urlsplit(url)
    wrong = ValueError(f"expected {scheme}+https://host/path")
    try:
        port = parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in (f"{scheme}+https", f"{scheme}+http") or not parts.hostname:
        raise wrong
    secure = parts.scheme.endswith("https")
    return Address(
        secure=secure,
        host=parts.hostname,
        port=port or (443 if secure else 80),
        root=parts.path or "/",
        user=unquote(parts.username or ""),
        secret=unquote(parts.password or ""),
        options=dict(parse_qsl(parts.query)),
    )


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Caller:
    """Makes requests of one system, a connection each. `private` lets the address lie in a network of our own."""

    def __init__(self, address: Address, *, private: bool) -> None:
        self.address = address
        self.private = private

    @cached_property
    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def basic(self) -> str:
        """The value of `Authorization` for the address's name and password."""
        pair = f"{self.address.user}:{self.address.secret}"
        return "Basic " + base64.b64encode(pair.encode()).decode()

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """`path` goes on after the address's own. Raises Unavailable; Refused for an address that must not be asked."""
        until = time.monotonic() + PATIENCE
        connection = self._connection()
        try:
            connection.request("POST", self.address.root + path, body, dict(headers))
            answer = connection.getresponse()
            return Reply(answer.status, {name.lower(): text for name, text in answer.headers.items()}, _whole(answer, until))
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable("%(host)s не отвечает: %(reason)s", host=self.address.host, reason=type(error).__name__) from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        """Already connected: `http.client` would look the name up once more."""
        host, port = self.address.host, self.address.port
        connection = (
            http.client.HTTPSConnection(host, port, timeout=SILENCE, context=self.tls)
            if self.address.secure
            else http.client.HTTPConnection(host, port, timeout=SILENCE)
        )
        connection.sock = self._socket(self._resolved())
        return connection

    def _resolved(self) -> str:
        """An IP address of the host that may be asked."""
        try:
            found = socket.getaddrinfo(self.address.host, self.address.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unavailable("Адрес %(host)s не найден", host=self.address.host) from error
        addresses = [str(entry[4][0]) for entry in found]
        if not all(is_public(ip) or (self.private and not is_link_local(ip)) for ip in addresses):
            raise Refused("Адрес %(host)s лежит во внутренней сети: он запрещён настройкой", host=self.address.host)
        return addresses[0]

    def _socket(self, ip: str) -> socket.socket:
        try:
            plain = socket.create_connection((ip, self.address.port), timeout=SILENCE)
            if not self.address.secure:
                return plain
            return self.tls.wrap_socket(plain, server_hostname=self.address.host)
        except OSError as error:
            raise Unavailable("%(host)s не отвечает: %(reason)s", host=self.address.host, reason=type(error).__name__) from error


def is_public(ip: str) -> bool:
    """Not loopback, link-local, private, multicast or reserved, in whatever notation."""
    address = _inner(ip)
    return address.is_global and not address.is_multicast


def is_link_local(ip: str) -> bool:
    """Where clouds tell a machine its own secrets: nobody's partner lives there, whatever is allowed."""
    return _inner(ip).is_link_local or ip in METADATA


METADATA = frozenset({"fd00:ec2::254"})
"""The same of AWS where it is not link-local."""


def _inner(ip: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that is written as IPv6, where it is one."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _whole(answer: http.client.HTTPResponse, until: float) -> bytes:
    """The body, unless it is too long or drips too slowly."""
    body = bytearray()
    while chunk := answer.read1(1 << 16):
        body += chunk
        if len(body) > LONGEST or time.monotonic() > until:
            raise TimeoutError
    if answer.length:  # the connection closed before all that was promised had come
        raise http.client.IncompleteRead(bytes(body[:0]), answer.length)
    return bytes(body)
