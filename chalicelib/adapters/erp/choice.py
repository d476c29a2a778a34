"""Which system a URL stands for, by its scheme."""

from urllib.parse import urlsplit

from chalicelib.adapters.erp.calls import Address, Caller, read_address
from chalicelib.adapters.erp.http_service import HttpService
from chalicelib.adapters.erp.polled import Polled
from chalicelib.adapters.erp.webhook import Webhook
from chalicelib.usecases.ports import Clock, OrderReceiver

SCHEMES = ("push", "webhook")


def order_receivers(urls: str, clock: Clock, *, private: bool) -> tuple[OrderReceiver, ...]:
    """The receivers of `PUSH_URL`, the one that answers first. Raises ValueError for a URL that stands for none."""
    found = tuple(_receiver(url, clock, private) for url in urls.split())
    return found or (Polled(),)


def _receiver(url: str, clock: Clock, private: bool) -> OrderReceiver:
    system = urlsplit(url).scheme.partition("+")[0]
    if system not in SCHEMES:
        raise ValueError(f"PUSH_URL: unknown scheme {system!r}")
    address = read_address(url, system)
    caller = Caller(address, private=private)
    return HttpService(caller) if system == "push" else _webhook(address, caller, clock)


def _webhook(address: Address, caller: Caller, clock: Clock) -> Webhook:
    if not address.secret:
        raise ValueError("PUSH_URL: a webhook needs a secret: webhook+https://:secret@host/path")
    return Webhook(caller, clock)
