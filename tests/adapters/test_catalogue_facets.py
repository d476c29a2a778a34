"""Facets of the search snapshot: what can be chosen, how it is counted, and in which orders goods stand."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from chalicelib.adapters.index.build import TantivySnapshotWriter
from chalicelib.adapters.index.read import SnapshotIndex
from chalicelib.domain.catalogue.catalogue import Item, ItemPrice, PriceType, Warehouse
from chalicelib.domain.catalogue.categories import Category, CategoryTree
from chalicelib.domain.catalogue.prices import ItemPrices
from chalicelib.domain.catalogue.stock import Balance, IncomingLot, StockBalance
from chalicelib.domain.catalogue.visibility import Visibility
from chalicelib.usecases.ports.catalogue import (
    ANYWHERE,
    BRAND_FACET,
    KIND_FACET,
    MARK_FACET,
    STOCK_FACET,
    Classifier,
    Found,
    Search,
)
from tests.stand_ins.files import MemoryFiles

KEY = "snapshots/one.tar.gz"
TREE = CategoryTree({"d": Category("d", "Двери", group_ids=("doors",), kind="Двери")}, revision=1)
CLASSIFIER = Classifier(
    price_types={"opt": PriceType("opt", "Опт"), "rub": PriceType("rub", "Розница")},
    warehouses={"msk": Warehouse("msk", "Москва"), "smr": Warehouse("smr", "Самара")},
    categories=TREE,
)
ITEMS = (
    Item(
        "1", "Дверь белая", "Д-1", group_ids=("doors",), brand="Юг", unit="шт", properties=(("Цвет", "белый"), ("Новинка", "Да"))
    ),
    Item("2", "Дверь серая", "Д-2", group_ids=("doors",), brand="Север", unit="шт", properties=(("Цвет", "серый"),)),
    Item("3", "Ручка белая", "А-3", kind="Фурнитура", brand="Север", unit="уп", properties=(("Цвет", "белый"), ("Акция", "нет"))),
    Item("4", "Стенд", "С-4", kind="Реклама", attributes=(("Распродажа", "до мая"),), properties=(("Цвет", "п" * 61),)),
)


class Offers:
    """Prices and balances of the moment a snapshot is made."""

    prices: Mapping[str, str] = {"1": "500.10", "2": "90", "3": "1000"}
    free: Mapping[str, Mapping[str, str]] = {"1": {"msk": "5", "smr": "0"}, "2": {"smr": "70"}, "3": {"msk": "-1"}}

    def read(self, item_ids: Sequence[str]) -> Mapping[str, tuple[ItemPrices, StockBalance]]:
        return {id: (ItemPrices(id, dict(self._prices(id))), self._balance(id)) for id in item_ids}

    def _prices(self, id: str) -> list[tuple[str, ItemPrice]]:
        return [("opt", ItemPrice("opt", Decimal(self.prices[id])))] if id in self.prices else []

    def _balance(self, id: str) -> StockBalance:
        lots = (IncomingLot("l", "msk", date(2026, 12, 1), Decimal(4), Decimal(0)),) if id == "4" else ()
        return StockBalance(id, {one: Balance(Decimal(free)) for one, free in self.free.get(id, {}).items()}, lots)


class Shop:
    def __init__(self, folder: Path) -> None:
        files = MemoryFiles()
        with TantivySnapshotWriter(offers=Offers()).write(iter(ITEMS), CLASSIFIER, {}) as packed:
            files.put(KEY, packed)
        self.index = SnapshotIndex(files, folder)

    def found(self, text: str = "", **asked: object) -> Found:
        return self.index.search(KEY, Search(text, facets=True, **asked))  # type: ignore[arg-type]

    def ids(self, text: str = "", **asked: object) -> str:
        return "".join(card.id for card in self.found(text, **asked).cards)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop(tmp_path_factory.mktemp("snapshots"))


def test_everything_is_counted_by_property_brand_kind_mark_and_stock(shop: Shop) -> None:
    """ST-05, ST-07, CT-14, CT-18: of what is found, how many have each value."""
    facets = shop.found().facets
    assert dict(facets["Цвет"]) == {"белый": 2, "серый": 1}  # a text of 61 letters is no choice
    assert dict(facets[BRAND_FACET]) == {"Север": 2, "Юг": 1}
    assert dict(facets[KIND_FACET]) == {"Двери": 2, "Фурнитура": 1, "Реклама": 1}
    assert dict(facets[MARK_FACET]) == {"new": 1, "promotion": 1, "expected": 1}
    assert facets[STOCK_FACET] == ((ANYWHERE, 2),)
    assert shop.found(warehouse_id="smr").facets[STOCK_FACET] == (("smr", 1), (ANYWHERE, 2))
    assert dict(shop.found("дверь").facets["Цвет"]) == {"белый": 1, "серый": 1}


def test_values_of_one_facet_add_up_and_facets_narrow_each_other(shop: Shop) -> None:
    assert shop.ids(chosen=(("Цвет", ("белый", "серый")),)) == "123"
    found = shop.found(chosen=(("Цвет", ("белый",)), (BRAND_FACET, ("Север",))))
    assert [card.id for card in found.cards] == ["3"] and found.total == 1
    assert dict(found.facets["Цвет"]) == {"белый": 1, "серый": 1}  # what else he could choose in it
    assert dict(found.facets[BRAND_FACET]) == {"Юг": 1, "Север": 1}
    assert dict(found.facets[KIND_FACET]) == {"Фурнитура": 1}


def test_a_choice_that_leaves_nothing_does_not_read_the_text_otherwise(shop: Shop) -> None:
    found = shop.found("дверь", chosen=((KIND_FACET, ("Реклама",)),))
    assert (found.cards, found.total, found.read_as) == ((), 0, "") and found.facets[KIND_FACET] == (("Двери", 2),)


def test_stock_bought_before_and_price_narrow(shop: Shop) -> None:
    """ST-07."""
    assert shop.ids(chosen=((STOCK_FACET, ("smr",)),)) == "2"
    assert shop.ids(only=frozenset({"2", "4"})) == "24" and shop.ids(only=frozenset()) == ""
    assert shop.ids(price_type_id="opt", price_from=Decimal(90), price_to=Decimal("500.1")) == "12"
    assert shop.ids(price_type_id="opt", price_from=Decimal("90.0001")) == "13"
    assert shop.ids(price_type_id="никакой", price_from=Decimal(90)) == "1234"


@pytest.mark.parametrize(
    ("sort", "up", "down"),
    [
        ("name", "1234", "4321"),
        ("sku", "3124", "4213"),
        ("price", "2134", "3124"),  # what has no price stands last both ways
        ("stock", "3124", "2134"),
        ("brand", None, None),
        ("unit", None, None),
        ("eta", "4", "4"),
    ],
)
def test_every_column_orders(shop: Shop, sort: str, up: str | None, down: str | None) -> None:
    """ST-05: by any column."""
    for descending, expected in ((False, up), (True, down)):
        ids = shop.ids(sort=sort, descending=descending, price_type_id="opt")
        assert sorted(ids) == list("1234") and (expected is None or ids.startswith(expected)), (sort, descending, ids)


def test_stock_of_one_warehouse_orders(shop: Shop) -> None:
    assert shop.ids(sort="stock", descending=True, sort_warehouse_id="smr").startswith("21")


def test_what_is_kept_from_a_visitor_is_not_counted(shop: Shop) -> None:
    """C-26, AD-03."""
    facets = shop.found(visibility=Visibility(TREE, frozenset({"d"}))).facets
    assert dict(facets[KIND_FACET]) == {"Фурнитура": 1, "Реклама": 1} and dict(facets["Цвет"]) == {"белый": 1}
