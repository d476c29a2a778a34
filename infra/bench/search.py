"""Search snapshot: building, opening and asking, beside a bare tantivy query: `python -m infra.bench.search [items …]`."""

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from itertools import count as count_from
from pathlib import Path
from typing import BinaryIO

from chalicelib.adapters.index.build import INDEX, TantivySnapshotWriter, build
from chalicelib.adapters.index.read import SnapshotIndex
from chalicelib.adapters.index.schema import FACET
from chalicelib.domain.catalogue.catalogue import ItemPrice, PriceType, Warehouse
from chalicelib.domain.catalogue.prices import ItemPrices
from chalicelib.domain.catalogue.stock import Balance, StockBalance
from chalicelib.domain.catalogue.visibility import Assortment, Visibility
from chalicelib.usecases.ports.catalogue import ANYWHERE, BRAND_FACET, STOCK_FACET, Classifier, OfferStore, Search
from chalicelib.usecases.ports.files import FileStore
from infra.bench import assortment

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 200
KEY = "snapshots/bench.tar.gz"

ASKED = {
    "word, 50 rows": Search("шуруповёрты"),
    "word in a tenth, 50 rows": Search("болтами"),
    "two words": Search("дверь орех"),
    "begun word": Search("лампа свето"),
    "article": Search("КБ-007/0"),
    "typing error": Search("шурупверт"),
    "nothing found": Search("абракадабра"),
    "group by article": Search(group_id="Отделка", sort="sku"),
    "all by name, page 10": Search(offset=500),
    "all by name, last page": Search(offset=10**9),
    "all by price": Search(sort="price", price_type_id="Цена 0"),
    "facets of a word": Search("шуруповёрты", facets=True),
    "facets of a tenth": Search("болтами", facets=True),
    "facets of everything": Search(facets=True),
    "facets, two chosen": Search(facets=True, chosen=((BRAND_FACET, ("Bosch", "Makita")), (STOCK_FACET, (ANYWHERE,)))),
    "price range": Search(price_type_id="Цена 0", price_from=Decimal(100), price_to=Decimal(200)),
    "half of the groups closed": Search(visibility=Visibility(hidden=Assortment(group_ids=frozenset({"Крепёж", "Отделка"})))),
}
RATIOS = (
    ("word, 50 rows", "bare tantivy: word, documents"),
    ("article", "bare tantivy: article prefix"),
    ("facets of everything, not kept", "bare tantivy: facets of all"),
)
"""Ours beside what tantivy alone takes for the like."""

PRICE_TYPES, WAREHOUSES = 10, 20


class Offers:
    """Ten prices and twenty balances of every item, the same on every run."""

    def read(self, item_ids: Sequence[str]) -> Mapping[str, tuple[ItemPrices, StockBalance]]:
        return {id: self._offer(id, sum(id.encode())) for id in item_ids}

    def _offer(self, id: str, seed: int) -> tuple[ItemPrices, StockBalance]:
        prices = {f"Цена {n}": ItemPrice(f"Цена {n}", Decimal(seed % 997 + n)) for n in range(PRICE_TYPES)}
        balances = {f"Склад {n}": Balance(Decimal((seed * (n + 1)) % 5)) for n in range(WAREHOUSES)}
        return ItemPrices(id, prices), StockBalance(id, balances)


def classifier() -> Classifier:
    types = {f"Цена {n}": PriceType(f"Цена {n}", f"Цена {n}") for n in range(PRICE_TYPES)}
    warehouses = {f"Склад {n}": Warehouse(f"Склад {n}", f"Склад {n}") for n in range(WAREHOUSES)}
    return replace(assortment.classifier(), price_types=types, warehouses=warehouses)


class OneFile:
    """A file store with one file on the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self, _key: str) -> BinaryIO:
        return self.path.open("rb")


def measure(count: int) -> dict[str, str]:
    """Figures of one size; runs in a process of its own, so that the peak of memory is its own too."""
    figures: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        packed = folder / "snapshot.tar.gz"
        before = _peak_mb()
        cpu, wall = time.process_time(), time.perf_counter()
        with TantivySnapshotWriter(folder, Offers()).write(assortment.items(count), classifier(), {}) as made:
            packed.write_bytes(made.read())
        figures["build, CPU s"] = f"{time.process_time() - cpu:.2f}"
        figures["build, wall s"] = f"{time.perf_counter() - wall:.2f}"
        figures["build, peak MB over start"] = f"{_peak_mb() - before:.0f}"
        figures["packed, MB"] = f"{packed.stat().st_size / 1e6:.1f}"
        index = SnapshotIndex(_file_store(packed), folder)
        cpu = time.process_time()
        index.classifier(KEY)
        figures["fetch and open, CPU ms"] = f"{(time.process_time() - cpu) * 1000:.0f}"
        figures |= {title: f"{_cpu_ms(lambda: index.search(KEY, search)):.3f}" for title, search in ASKED.items()}  # noqa: B023 called at once
        asked = count_from()
        figures["facets of everything, not kept"] = f"{_cpu_ms(lambda: index.search(KEY, _another(next(asked)))):.3f}"
        ids = [card.id for card in index.search(KEY, Search(sort="sku")).cards]
        figures["50 cards by id"] = f"{_cpu_ms(lambda: index.cards(KEY, ids)):.3f}"
    figures |= _bare(count)
    for ours, bare in RATIOS:
        figures[f"ratio: {ours}"] = f"{float(figures[ours]) / float(figures[bare]):.1f}"
    return figures


def _another(number: int) -> Search:
    """Everything with its facets, in words nobody has asked in before: what is kept for the next one does not serve."""
    return Search(facets=True, warehouse_id=f"{number}")


def _offers() -> OfferStore:
    return Offers()


def _file_store(path: Path) -> FileStore:
    return OneFile(path)  # type: ignore[return-value] # only `open` is asked


def _bare(count: int) -> dict[str, str]:
    """What tantivy alone takes: one term with 50 hits and no documents; 50 documents without making cards of them."""
    from tantivy import Index, Query

    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder), assortment.items(count), classifier(), {}, _offers())
        index = Index.open(str(Path(folder, INDEX)))
        searcher, schema = index.searcher(), index.schema
        query = Query.term_query(schema, "name", "шуруповерт")

        def with_documents() -> None:
            for _, address in searcher.search(query, 50).hits:
                searcher.doc(address)

        hits = _cpu_ms(lambda: searcher.search(query, 50))
        asked = {"values": {"terms": {"field": FACET, "size": 2000}}}
        counts = _cpu_ms(lambda: searcher.aggregate(Query.all_query(), asked))
        begun = Query.fuzzy_term_query(schema, "article", "кб", distance=0, prefix=True)
        prefix = _cpu_ms(lambda: searcher.search(begun, 50))
        return {
            "bare tantivy: word, hits": f"{hits:.3f}",
            "bare tantivy: word, documents": f"{_cpu_ms(with_documents):.3f}",
            "bare tantivy: article prefix": f"{prefix:.3f}",
            "bare tantivy: facets of all": f"{counts:.3f}",
        }


def _cpu_ms(call: Callable[[], object]) -> float:
    """CPU milliseconds of one call: the best of five rounds, so that a noisy neighbour does not count."""
    best = float("inf")
    for _ in range(5):
        began = time.process_time()
        for _ in range(ROUNDS // 5):
            call()
        best = min(best, (time.process_time() - began) / (ROUNDS // 5))
    return best * 1000


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(sizes: tuple[int, ...]) -> None:
    columns = []
    for size in sizes:
        with closing(multiprocessing.get_context("spawn").Pool(1)) as process:
            columns.append(process.apply(measure, (size,)))
    print(f"{'':32}" + "".join(f"{size:>12,}" for size in sizes) + "   growth")
    for title in columns[0]:
        values = [column[title] for column in columns]
        growth = float(values[-1]) / float(values[0]) if float(values[0]) else float("nan")
        print(f"{title:32}" + "".join(f"{value:>12}" for value in values) + f"   ×{growth:.1f}")
    print("Searches: CPU ms of one call, best of 5 rounds.")


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
