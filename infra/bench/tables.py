"""`python -m infra.bench.tables [ITEMS]`: dealers' tables: spreadsheets in and out, a quick order of 5,000 rows, a price list of
the whole catalogue. CPU is ours alone; the embedded AWS works in another process, and wall time has its work in it."""

import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from infra.bench.laptop import embedded_aws
from infra.bench.memory import peak
from infra.bench.pages import Dealer, fill

ITEMS = 100_000
ROWS = 5_000
COLUMNS = 8


def main(items: int = ITEMS) -> None:
    print("\nTables of dealers")
    for work, count in ((_spreadsheets, items), (_dealer, items)):  # memory is that of a process of its own
        process = multiprocessing.get_context("spawn").Process(target=work, args=(count,))
        process.start()
        process.join()
        if process.exitcode:
            raise SystemExit(process.exitcode)


def _timed(name: str, work: Callable[[], object]) -> None:
    before, cpu, wall = peak(), time.process_time(), time.perf_counter()
    said = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(
        f"  {name:<44}{cpu:7.2f} s CPU{wall:8.2f} s wall{peak() - before:+7.0f} MB  {said if said is not None else ''}",
        flush=True,
    )


def _spreadsheets(items: int) -> None:
    from chalicelib.formats.spreadsheets import Column, read, write_xlsx

    read(b"a;b")
    columns = [Column(str(n)) for n in range(COLUMNS)]

    def rows(count: int) -> object:
        return (
            (f"{n:06}", f"Смеситель для раковины № {n}", "шт", "Бренд", Decimal(12), Decimal(n) / 4, n, 5) for n in range(count)
        )

    def write(count: int) -> bytes:
        with tempfile.TemporaryFile() as file:
            write_xlsx(file, columns, rows(count))  # type: ignore[arg-type]
            file.seek(0)
            return file.read() if count <= 10_000 else b""

    _timed(f"write XLSX, {items} rows of {COLUMNS}", lambda: write(items) or None)
    small = write(10_000)
    _timed("read XLSX, 10000 rows", lambda: len(read(small)))


def _dealer(items: int) -> None:
    os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"
    with tempfile.TemporaryDirectory() as folder, embedded_aws():
        fill(Path(folder), items)
        dealer = Dealer()
        _quick_order(dealer, min(ROWS, items))
        _price_list(dealer)


def _quick_order(dealer: Dealer, count: int) -> None:
    from chalicelib.domain.catalogue.visibility import EVERYTHING
    from chalicelib.usecases.cart import quick_order as quick
    from chalicelib.usecases.ports.catalogue import Search

    now = dealer.runtime
    visitor = now.visitor(dealer.cookie.partition("=")[2])
    search = Search(sort="name", visibility=EVERYTHING)
    cards = [card for card, _ in zip(now.index.every(visitor.beacons.snapshot, search), range(count), strict=False)]
    rows = [(0, ("Артикул", "Кол-во"))]
    rows += [(n, (card.sku.replace("-", "") if n % 2 else card.sku, "1")) for n, card in enumerate(cards, 1)]
    rows += [(len(cards) + n, (f"НЕТ-{n}", "1")) for n in range(1, count // 20)]
    order_id = quick.new_id()
    stores = (now.quick_orders, now.index, now.offers)

    def start() -> object:
        made = quick.start(*stores, now.clock, visitor=visitor, order_id=order_id, rows=rows)
        return f"{len(made.lines)} rows"

    _timed("quick order: read, find, price", start)
    _timed("quick order: a page of 100", lambda: f"{len(dealer.get(f'/quick-order/{order_id}')) // 1024} KB")

    def add() -> object:
        return quick.add_valid(*stores, now.carts, now.clock, visitor=visitor, order_id=order_id, revision=1, with_proposals=True)

    _timed("quick order: the right rows into the cart", lambda: f"{add()} rows")
    _timed("the same click again", lambda: f"{add()} rows")
    _timed("the cart with them", lambda: f"{len(dealer.get('/cart')) // 1024} KB")


def _price_list(dealer: Dealer) -> None:
    from chalicelib.domain.catalogue.price_lists import Format, PriceList
    from chalicelib.formats.price_lists import TYPES, write_price_list
    from chalicelib.usecases.catalogue.price_lists import make

    now = dealer.runtime
    visitor = now.visitor(dealer.cookie.partition("=")[2])
    assert visitor.contract
    for format in (Format.XLSX, Format.YML):
        partner_id, user_id = visitor.partner_scope.partner_id, visitor.session.user_id
        one = PriceList(format, partner_id, user_id, visitor.contract.id, format, "Прайс", datetime.now(UTC))
        now.price_lists.create(one)

        def work(one: PriceList = one) -> object:
            made = make(
                now.price_lists, now.index, now.offers, now.files, write_price_list, TYPES, now.clock, now.buyer,
                one=one, public_url="https://b2b.example",
            )  # fmt: skip
            return f"{made.file.rows} rows, {made.file.size / 1e6:.1f} MB" if made.file else "nothing"

        _timed(f"price list, {format.value}", work)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS)
