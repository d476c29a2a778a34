"""Which system a URL stands for, by its scheme."""

from urllib.parse import urlsplit

from chalicelib.adapters.erp.bitrix24 import Bitrix24
from chalicelib.adapters.erp.bitrix24_rest import Rest
from chalicelib.adapters.erp.calls import Address, Caller, read_address
from chalicelib.adapters.erp.http_service import HttpService
from chalicelib.adapters.erp.polled import Polled
from chalicelib.adapters.erp.webhook import Webhook
from chalicelib.formats.bitrix24 import Mapping24
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.orders import OrderReceiver

SCHEMES = ("push", "bitrix24", "webhook")


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
    match system:
        case "push":
            return HttpService(caller)
        case "bitrix24":
            return Bitrix24(Rest(caller), Mapping24.read(address.options), clock)
        case _:
            return _webhook(address, caller, clock)


def _webhook(address: Address, caller: Caller, clock: Clock) -> Webhook:
    if not address.secret:
        raise ValueError("PUSH_URL: a webhook needs a secret: webhook+https://:secret@host/path")
    return Webhook(caller, clock)


def odata_url(urls: str) -> str:
    """The one of `ERP_URL` that stands for 1C's OData; "" where none does."""
    return next((url for url in urls.split() if "+" not in urlsplit(url).scheme), "")


def bitrix24(urls: str, clock: Clock, *, private: bool) -> Bitrix24 | None:
    """The Bitrix24 among the URLs. Raises ValueError where it can't be one."""
    for url in urls.split():
        if urlsplit(url).scheme.startswith("bitrix24+"):
            receiver = _receiver(url, clock, private)
            return receiver if isinstance(receiver, Bitrix24) else None
    return None
