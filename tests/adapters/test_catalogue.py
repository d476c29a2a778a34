"""Cards, prices and the classifier in DynamoDB: equal rows are left alone, late ones never win, nothing is too big."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.adapters.dynamo import rows
from chalicelib.adapters.dynamo.catalogue.catalogue import DynamoCatalogue
from chalicelib.adapters.dynamo.table import ConditionFailed, Table
from chalicelib.domain.catalogue.catalogue import Item, ItemGroup, ItemPrice, Offer, Package, PriceType, Property, Warehouse
from chalicelib.domain.exchange.exchange import Tally
from chalicelib.runtime import Runtime

FULL = Item(
    id="i1#v1",
    name="Дрель «Тайга» & Co",
    sku="Д-1/2",
    parent_id="i1",
    variant="красная",
    group_ids=("g1", "g2"),
    unit_code="796",
    unit="шт",
    barcodes=("4600000000017",),
    description="Текст " * 900,
    full_name="Дрель ударная",
    kind="Товар",
    brand="Тайга",
    manufacturer="ООО «Завод»",
    country="Россия",
    vat_rate=Decimal(0),
    weight_kg=Decimal("1.750"),
    volume_m3=Decimal("0.025"),
    package_quantity=Decimal(12),
    packages=(Package("упак", Decimal(12)),),
    pictures=("import_files/ab/1.jpg",),
    properties=(("Цвет", "Красный"),),
    attributes=(("Гарантия", "12 месяцев"),),
    deleted=True,
    derived=True,
)


@pytest.fixture
def catalogue(aws: SimpleNamespace) -> Iterator[Any]:
    yield Runtime().catalogue


def item(n: int, name: str = "") -> Item:
    return Item(id=f"i{n}", name=name or f"Товар {n}", sku=f"А-{n}")


def test_a_card_comes_back_as_it_was(catalogue: DynamoCatalogue) -> None:
    """CT-03, CT-04, CT-05, CT-06, CT-07, CT-11: every field, long texts packed."""
    plain = item(2)
    assert catalogue.save_cards([FULL, plain], 1) == Tally(read=2, written=2)
    assert catalogue.cards([FULL.id, "i2", "i9"]) == {FULL.id: FULL, "i2": plain}
    assert catalogue.existing(["i2", "i9", FULL.id]) == {"i2", FULL.id}
    assert sorted(card.id for card in catalogue.all_cards()) == [FULL.id, "i2"]


def test_equal_rows_are_not_written_again(catalogue: DynamoCatalogue) -> None:
    """CT-01: 1C repeats portions; a repeat changes nothing."""
    items = [item(n) for n in range(250)]
    assert catalogue.save_cards(items, 1) == Tally(250, 250)
    assert catalogue.save_cards(items, 1) == Tally(250, 0, 250)
    items[7] = item(7, "Новое имя")
    assert catalogue.save_cards(items, 2) == Tally(250, 1, 249)


def test_a_late_portion_never_overwrites_a_newer_one(catalogue: DynamoCatalogue) -> None:
    catalogue.save_cards([item(n, "из обмена 5") for n in range(0, 120, 2)], 5)
    assert catalogue.save_cards([item(n, "из обмена 4") for n in range(120)], 4) == Tally(120, 60, 60)
    cards = catalogue.cards([f"i{n}" for n in range(120)])
    assert all(cards[f"i{n}"].name == ("из обмена 4" if n % 2 else "из обмена 5") for n in range(120))


def test_rows_that_turn_late_between_look_and_write_are_dropped_and_the_others_written(aws: SimpleNamespace) -> None:
    """The transaction names the rows of a later run; the rest goes without them."""
    table = Runtime().catalogue_table
    made = [rows.Row((f"R#{n}", "X"), f"data {n}", f"digest {n}") for n in range(30)]
    assert rows.put_rows(table, made[:3], 9) == 3
    assert rows.put_rows(table, [replace(row, data="late", digest="late") for row in made], 8) == 27
    assert table.get(made[0].key) == {"PK": "R#0", "SK": "X", "data": "data 0", "digest": "digest 0", "seq": Decimal(9)}
    assert (table.get(made[5].key) or {})["data"] == "late"


def test_a_refusal_that_is_no_condition_is_an_error_not_a_loss() -> None:
    for reasons in (("None", "ThrottlingError"), ("ConditionalCheckFailed",), ()):
        with pytest.raises(ConditionFailed):
            rows.without_failed(["a", "b"], ConditionFailed(reasons))


def test_the_last_of_a_batch_wins(catalogue: DynamoCatalogue) -> None:
    assert catalogue.save_cards([item(1, "первый"), item(2), item(1, "последний")], 1) == Tally(3, 2, 1)
    assert catalogue.cards(["i1"])["i1"].name == "последний"


def test_prices_are_replaced_whole(catalogue: DynamoCatalogue, aws: SimpleNamespace) -> None:
    offers = Runtime().offers
    price = ItemPrice("opt", Decimal("10.1234"), "USD", "шт", Decimal(5))
    both = Offer(item(1), prices=(price, ItemPrice("rrp", Decimal("12.50"))))
    assert catalogue.save_prices([both, Offer(item(2))], 1) == Tally(2, 1, 1)
    assert offers.read(["i1"])["i1"][0].by_type == {"opt": price, "rrp": ItemPrice("rrp", Decimal("12.50"))}
    assert catalogue.save_prices([Offer(item(1), prices=(price,))], 2) == Tally(1, 1)
    assert list(offers.read(["i1"])["i1"][0].by_type) == ["opt"]
    assert offers.read(["nothing"])["nothing"][0].by_type == {}


def test_of_prices_for_quantities_the_lowest_step_is_kept(catalogue: DynamoCatalogue, aws: SimpleNamespace) -> None:
    steps = (ItemPrice("opt", Decimal(9), min_quantity=Decimal(10)), ItemPrice("opt", Decimal(10)))
    catalogue.save_prices([Offer(item(1), prices=steps)], 1)
    assert Runtime().offers.read(["i1"])["i1"][0].by_type["opt"].amount == 10


def test_the_classifier_comes_back_as_it_was(catalogue: DynamoCatalogue) -> None:
    """CT-01: the tree of groups, properties with their dictionaries, price types, warehouses."""
    group, child = ItemGroup("g1", "Дрели"), ItemGroup("g2", "Ударные", "g1", deleted=True)
    colour = Property("p1", "Цвет", {"v1": "Красный", "v2": "Синий"})
    retail, moscow = PriceType("t1", "Розница", "USD", True), Warehouse("w1", "Москва", "ул. Ленина, 1")
    assert catalogue.save_classifier([group, child, colour, retail, moscow], 1) == Tally(5, 5)
    assert catalogue.save_classifier([group, child, colour, retail, moscow], 2) == Tally(5, 0, 5)
    known = catalogue.classifier()
    assert known.groups == {"g1": group, "g2": child} and known.properties == {"p1": colour}
    assert known.price_types == {"t1": retail} and known.warehouses == {"w1": moscow}


def test_a_dictionary_of_any_length_fits(catalogue: DynamoCatalogue) -> None:
    """An item of the database holds 400 KB; a dictionary of 1C has no limit. What is not used any more goes."""
    values = {f"{n:08x}-1111-2222-3333-444444444444": f"Значение справочника № {n}" for n in range(12_000)}
    assert catalogue.save_classifier([Property("p1", "Цвет", values)], 1) == Tally(1, 1)
    assert dict(catalogue.classifier().properties["p1"].values) == values
    few = dict(list(values.items())[:10])
    assert catalogue.save_classifier([Property("p1", "Цвет", few)], 2) == Tally(1, 1)
    assert dict(catalogue.classifier().properties["p1"].values) == few
    assert len(list(catalogue.catalogue.query("CLASSIFIER"))) == 2
    assert catalogue.save_classifier([Property("p1", "Цвет", values)], 1) == Tally(1, 0, 1)
    assert dict(catalogue.classifier().properties["p1"].values) == few
    assert len(list(catalogue.catalogue.query("CLASSIFIER"))) == 2


def test_beacons_move_one_by_one(catalogue: DynamoCatalogue, aws: SimpleNamespace) -> None:
    table: Table = catalogue.catalogue
    at = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    catalogue.mark(snapshot="snapshots/1.tar.gz")
    catalogue.mark(stock_at=at)
    catalogue.mark()
    assert table.get(("META", "NOW")) == {
        "PK": "META",
        "SK": "NOW",
        "snapshot": "snapshots/1.tar.gz",
        "stock_at": "2026-11-21T10:00:00.000000Z",
    }


def test_pictures_are_remembered_by_their_path(catalogue: DynamoCatalogue) -> None:
    catalogue.save_picture("import_files/ab/1.jpg", "one")
    catalogue.save_picture("import_files/ab/1.jpg", "two")
    assert catalogue.pictures() == {"import_files/ab/1.jpg": "two"}
