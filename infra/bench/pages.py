"""`python -m infra.bench.pages [ITEMS …]`: what a request of a dealer costs.

The whole of our side is counted: the gateway's event, Chalice, the session, the use case, the SDK, the template. The embedded AWS
works in another process. CPU is the median of our process over the requests of an operation. AWS calls are those to DynamoDB,
RRU and WRU its units of them, dollars those of a thousand requests: of the tables, and of everything (see `bill`).
"""

import gc
import multiprocessing
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from decimal import Decimal
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from infra.bench import bill, files
from infra.bench.exchange import load, publish
from infra.bench.laptop import embedded_aws
from infra.watched import billed

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 40
COLUMNS = (
    *(("cpu ms", 8), ("wall ms", 9), ("AWS calls", 11), ("RRU", 7), ("WRU", 6)),
    *(("tables $/1000", 15), ("all $/1000", 12), ("answer KB", 11)),
)
FORM = ("Content-Type", "application/x-www-form-urlencoded")


def main(sizes: tuple[int, ...] = SIZES) -> None:
    os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"
    print("\nRequests of a dealer (our process; the store is another one)")
    print(f"{'items':>8}  {'what':<40}" + "".join(f"{name:>{width}}" for name, width in COLUMNS))
    for size in sizes:  # each in a process of its own: an application is served by one gateway
        process = multiprocessing.get_context("spawn").Process(target=_one, args=(size,))
        process.start()
        process.join()
        if process.exitcode:
            raise SystemExit(process.exitcode)


def _one(size: int) -> None:
    with tempfile.TemporaryDirectory() as folder, embedded_aws():
        fill(Path(folder), size)
        _measure(size)


def fill(folder: Path, size: int) -> None:
    goods, offers = folder / "import0_1.xml", folder / "offers0_1.xml"
    files.write_import(goods, size)
    files.write_offers(offers, size)
    for work, path in ((load, goods), (load, offers), (publish, goods)):
        work(path)


class Dealer:
    """A signed-in browser without a browser: his requests go straight to the gateway."""

    def __init__(self) -> None:
        from app import app
        from chalicelib import runtime
        from infra.local.gateway import Gateway

        self.runtime = runtime.Runtime()
        runtime.use(self.runtime)
        self.gateway = Gateway(app)
        self._open = ExitStack()  # for as long as the process lives
        self.bill = self._open.enter_context(billed(self.runtime.dynamodb))
        self.cookie = f"kabinet={_sign_up(self.runtime)}"
        self.token = str(self._find(self.get("/profile"), r'name="form_token" value="([^"]+)"'))

    def get(self, path: str, query: str = "") -> bytes:
        return self._send("GET", path, query, b"")

    def post(self, path: str, **fields: str) -> bytes:
        return self._send("POST", path, "", urlencode({"form_token": self.token} | fields).encode())

    def _send(self, method: str, path: str, query: str, body: bytes) -> bytes:
        from infra.local.proxy import Request

        origin = self.runtime.settings.public_url
        headers = [
            ("Cookie", self.cookie),
            ("Accept", "text/html"),
            FORM,
            ("Host", origin.partition("//")[2]),
            ("Origin", origin),
        ]
        answer = self.gateway.answer(Request(method, path, query, headers, body, "127.0.0.1", 50000))
        if answer.status not in (200, 303):
            raise RuntimeError(f"{method} {path}: {answer.status}")
        location = dict(answer.headers).get("Location") or dict(answer.headers).get("location") or ""
        return answer.body or location.encode()

    @staticmethod
    def _find(page: bytes, pattern: str) -> str:
        found = re.search(pattern, page.decode())
        if found is None:
            raise RuntimeError(f"the page has no {pattern}")
        return found[1]

    def checkout_form(self) -> dict[str, str]:
        """What the form of checkout sends for the cart as it lies now."""
        page = self.get("/checkout").decode()
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        return {"counterparty_id": "payer", "delivery_method": "pickup"} | {
            name: value for name, value in hidden.items() if name not in ("form_token", "back", "language")
        }


def _sign_up(now: object) -> str:
    """A partner with one contract and one person, as 1C would send them; the token of his session."""
    from datetime import timedelta
    from secrets import token_urlsafe

    from chalicelib.domain.access.users import Membership, Role, Session
    from chalicelib.domain.partners.partners import Contract, Counterparty, Partner
    from chalicelib.runtime import Runtime
    from chalicelib.usecases.access.sign_in import token_hash
    from chalicelib.usecases.ports.partners import PartnerRecord

    assert isinstance(now, Runtime)
    person = Membership("", "dealer", "Иван Петров", "+79160000001", role=Role.ACCOUNT_HEAD, contact_id="contact")
    contract = Contract("contract", "Предоплата", files.guid("price", 0), "payer", is_default=True)
    partner = Partner("dealer", "Дилер", True, warehouse_id=files.guid("warehouse", 0), revision=1)
    record = PartnerRecord(partner, (person,), (Counterparty("payer", "ООО «Дилер»"),), (contract,), ())
    user = now.partners.save(record, now.clock()).invited[0]
    token, opened = token_urlsafe(32), now.clock()
    session = Session(token_hash(token), user.id, "dealer", token_urlsafe(16), opened, opened + timedelta(days=1))
    now.sessions.open(session)
    return token


def _measure(size: int) -> None:
    dealer = Dealer()
    ids = files.item_ids(size)
    sku = f"{size // 2}"
    group = urlencode({"group": next(iter(dealer.runtime.index.classifier(_snapshot(dealer)).groups))})
    _row(size, "catalogue, 50 rows", dealer, lambda _: dealer.get("/catalogue"))
    _row(size, "a group, 50 rows, by article", dealer, lambda _: dealer.get("/catalogue", group + "&sort=sku"))
    _row(size, "search: two Russian words", dealer, lambda _: dealer.get("/catalogue", urlencode({"text": "дверь дуб"})))
    _row(size, "search: part of an article", dealer, lambda _: dealer.get("/catalogue", urlencode({"text": sku})))
    _row(size, "item page", dealer, lambda n: dealer.get(f"/items/{ids[n]}"))
    _row(size, "put in cart", dealer, lambda n: _put(dealer, ids[n % 10], n + 3))
    _row(size, "cart of 10 lines", dealer, lambda _: dealer.get("/cart"))
    _long_cart(size, dealer, ids)
    _orders(size, dealer, ids)


def _long_cart(size: int, dealer: Dealer, ids: list[str]) -> None:
    """In a draft of its own, so that orders are placed out of the short one."""
    from chalicelib.domain.cart.carts import CartLine
    from chalicelib.usecases.cart.drafts import new_draft

    visitor, now = dealer.runtime.visitor(dealer.cookie.partition("=")[2]), dealer.runtime
    for count in (500, 5_000):
        if count > size:
            return
        lines = [CartLine(id, Decimal(1)) for id in ids[:count]]
        draft = new_draft(now.carts, now.clock, visitor=visitor, name=f"{count}", lines=lines)
        dealer.post(f"/drafts/{draft.id}", action="open")
        rounds = 10 if count == 500 else 3
        _row(size, f"cart of {count} lines", dealer, lambda _: dealer.get("/cart"), rounds)
    dealer.post(f"/drafts/{visitor.session.user_id}", action="open")


def _snapshot(dealer: Dealer) -> str | None:
    return dealer.runtime.sessions.read("nobody")[1].snapshot


def _orders(size: int, dealer: Dealer, ids: list[str]) -> None:
    for lines, rounds in ((10, 15), (200, 3)):
        form: dict[str, str] = {}

        def fill(_n: int, lines: int = lines, form: dict[str, str] = form) -> None:
            for id in ids[:lines]:
                _put(dealer, id, 1)
            form |= dealer.checkout_form()

        _row(size, f"checkout page, {lines} lines", dealer, lambda _: dealer.get("/checkout"), rounds, fill)
        place = partial(_place, dealer, form)
        _row(size, f"placing an order of {lines} lines", dealer, place, rounds, fill)
    _row(size, "list of orders", dealer, lambda _: dealer.get("/orders"))
    number = dealer._find(dealer.get("/orders"), r"/orders/(K-\d+)")
    _row(size, "order page, 200 lines", dealer, lambda _: dealer.get(f"/orders/{number}"))


def _place(dealer: Dealer, form: dict[str, str], _n: int) -> bytes:
    return dealer.post("/checkout", **form)


def _put(dealer: Dealer, item_id: str, quantity: int) -> bytes:
    return dealer.post("/cart/put", **{"only": item_id, f"quantity:{item_id}": f"{Decimal(quantity)}"})


def _row(
    size: int,
    what: str,
    dealer: Dealer,
    ask: Callable[[int], bytes],
    rounds: int = ROUNDS,
    prepare: Callable[[int], None] | None = None,
) -> None:
    cpu, wall, answer = [], [], b""
    gc.collect()
    for n in range(-2, rounds):
        if prepare:
            prepare(n)
        dealer.bill.clear()
        started, used = time.perf_counter(), time.process_time()
        answer = ask(n)
        cpu.append(time.process_time() - used)
        wall.append(time.perf_counter() - started)
    seconds, spent = statistics.median(cpu[2:]), dealer.bill
    figures = (
        *(f"{seconds * 1000:.1f}", f"{statistics.median(wall[2:]) * 1000:.1f}"),
        *(f"{len(spent.calls)}", f"{spent.read:.1f}", f"{spent.write:.0f}"),
        *(f"{bill.store(spent) * 1000:.5f}", f"{bill.whole(spent, seconds) * 1000:.5f}", f"{len(answer) / 1024:.1f}"),
    )
    line = "".join(f"{figure:>{width}}" for figure, (_, width) in zip(figures, COLUMNS, strict=True))
    print(f"{size:>8}  {what:<40}{line}", flush=True)


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
