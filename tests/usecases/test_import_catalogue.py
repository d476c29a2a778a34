"""Records of a file into the stores: what becomes of groups, properties, variants, deletions and strangers."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.domain.catalogue.catalogue import NO_WAREHOUSE, Item, ItemGroup, ItemPrice, Offer, PriceType, Property, Warehouse
from chalicelib.domain.errors import BrokenFile
from chalicelib.domain.exchange.exchange import Problem, Tally
from chalicelib.runtime import Runtime
from chalicelib.usecases.catalogue.import_catalogue import import_catalogue
from chalicelib.usecases.catalogue.resolve_items import TEXT_LIMIT
from chalicelib.usecases.exchange.import_journal import Journal

D = Decimal
TEN = (ItemPrice("opt", D(10)),)


class World:
    def __init__(self) -> None:
        self.runtime = Runtime()
        self.seq = 0

    def load(self, *records: object, seq: int = 0, **options: Any) -> Journal:
        self.seq = seq or self.seq + 1
        journal = Journal()
        stores = (self.runtime.catalogue, self.runtime.stock)
        import_catalogue(*stores, records=records, seq=self.seq, journal=journal, take_orders=list.clear, **options)
        for tally in journal.tallies.values():
            assert tally.read == tally.written + tally.unchanged + tally.refused
        return journal

    def card(self, item_id: str) -> Item:
        return self.runtime.catalogue.cards([item_id])[item_id]


@pytest.fixture
def world(aws: SimpleNamespace) -> World:
    return World()


def test_properties_are_resolved_by_what_is_known_so_far(world: World) -> None:
    """CT-11: names and values of this file and of earlier ones; what nobody explained stays as it came."""
    world.load(Property("p1", "Цвет", {"v1": "Красный"}))
    pairs = (("p1", "v1"), ("p1", "v2"), ("p1", "v9"), ("p2", "5"), ("p1", ""))
    world.load(Property("p1", "Цвет", {"v2": "Синий"}), Item("i1", "Дрель", properties=pairs))
    assert world.card("i1").properties == (("Цвет", "Красный"), ("Цвет", "Синий"), ("Цвет", "v9"), ("p2", "5"))


def test_measures_kept_as_properties_are_measures(world: World) -> None:
    """CT-05, CT-06, CT-07: some 1C have no requisites for them."""
    pairs = (("w", "1,5"), ("v", "0.02"), ("n", "много"))
    names = (Property("w", "Вес, кг"), Property("v", "Объём, м³"), Property("n", "Количество в упаковке"))
    world.load(*names, Item("i1", "Дрель", properties=pairs), Item("i2", "Пила", weight_kg=D(9), properties=pairs))
    card = world.card("i1")
    assert (card.weight_kg, card.volume_m3, card.package_quantity) == (D("1.5"), D("0.02"), None)
    assert world.card("i2").weight_kg == 9


def test_groups_of_earlier_files_are_known(world: World) -> None:
    """UT sends the classifier in the first portion only."""
    world.load(ItemGroup("g1", "Дрели"))
    journal = world.load(Item("i1", "Дрель", group_ids=("g1", "g9")))
    assert world.card("i1").group_ids == ("g1",)
    assert journal.problems == [
        Problem("item", "i1", "Дрель", "Группа %(group)s не найдена: товар загружен без неё", (("group", "g9"),))
    ]
    assert journal.tallies["items"] == Tally(1, 1)


def test_a_deleted_item_keeps_its_card(world: World) -> None:
    """The dealer's old orders still know it. BUS says nothing but the id."""
    world.load(Item("i1", "Дрель", sku="Д-1"))
    world.load(Item("i1", "", deleted=True))
    assert (world.card("i1").name, world.card("i1").deleted) == ("Дрель", True)
    world.load(Item("i1", "Дрель", sku="Д-1"))
    assert not world.card("i1").deleted


def test_a_variant_gets_a_card_from_its_offer(world: World) -> None:
    """УТ before 11.5 and BUS send the item alone; its variants stand in the offers."""
    world.load(Item("i1", "Дрель", sku="Д-1"))
    said = Item("i1#v1", "Дрель (красная)", parent_id="i1", variant="красная", barcodes=("46",))
    journal = world.load(Offer(said, prices=TEN, balances={"w1": D(3)}), Offer(Item("i1#v2", "", parent_id="i1"), prices=TEN))
    assert journal.tallies == {"variants": Tally(2, 2), "prices": Tally(2, 2), "stock": Tally(1, 1)}
    assert world.card("i1#v1") == replace(said, derived=True)
    assert world.card("i1#v2").name == "Дрель"
    renamed = replace(said, name="Дрель (алая)", variant="алая")
    assert world.load(Offer(renamed)).tallies["variants"] == Tally(1, 1)
    assert world.card("i1#v1").variant == "алая"
    assert "variants" not in world.load(Offer(Item("i1#v1", "", parent_id="i1"), balances={"w1": D(1)})).tallies
    assert world.card("i1#v1").variant == "алая"


def test_a_variant_with_a_card_of_its_own_keeps_it(world: World) -> None:
    """УТ 11.5 writes each as an item: the offer knows less."""
    own = Item("i1#v1", "Дрель (красная)", parent_id="i1", description="Подробно")
    world.load(Item("i1", "Дрель"), own)
    world.load(Offer(Item("i1#v1", "Дрель красная", parent_id="i1"), prices=TEN))
    assert world.card("i1#v1") == own


def test_offers_of_strangers_are_refused_by_name(world: World) -> None:
    world.load(Item("i1", "Дрель"))
    journal = world.load(
        Offer(Item("x1", "Призрак"), prices=TEN, balances={"w1": D(1)}),
        Offer(Item("x2#v", "Вариант призрака", parent_id="x2"), prices=TEN),
        Offer(Item("x3", "")),
        Offer(Item("x4", "Удалён", deleted=True), prices=TEN),
        Offer(Item("i1", ""), prices=TEN),
    )
    assert [problem.id for problem in journal.problems] == ["x1", "x2#v", "x3"]
    assert journal.tallies == {
        "stock": Tally(1, 0, 0, 1),
        "prices": Tally(3, 1, 0, 2),
        "offers": Tally(2, 0, 1, 1),
    }


def test_a_deleted_offer_takes_its_item_from_sale(world: World) -> None:
    world.load(Item("i1", "Дрель"))
    world.load(Offer(Item("i1", "Дрель", deleted=True)))
    assert world.card("i1").deleted


def test_a_total_without_warehouses_has_a_warehouse_to_stand_at(world: World) -> None:
    """IN-03: УПП 1.3 has none; where 1C names warehouses a bare zero makes no new one."""
    world.load(Item("i1", "Дрель"))
    world.load(Offer(Item("i1", ""), balances={NO_WAREHOUSE: D(4)}))
    assert list(world.runtime.catalogue.classifier().warehouses) == [NO_WAREHOUSE]
    assert world.runtime.offers.read(["i1"])["i1"][1].available() == 4


def test_a_bare_zero_among_warehouses_makes_no_new_one(world: World) -> None:
    world.load(Warehouse("w1", "Москва"), Item("i1", "Дрель"))
    world.load(Offer(Item("i1", ""), balances={NO_WAREHOUSE: D(0)}))
    assert list(world.runtime.catalogue.classifier().warehouses) == ["w1"]


def test_names_of_price_types_and_warehouses_survive_a_file_that_has_only_ids(world: World) -> None:
    world.load(PriceType("t1", "Дилерская"), Warehouse("w1", "Москва", "Ленина, 1"))
    world.load(PriceType("t1", "", "USD"), Warehouse("w1", ""))
    known = world.runtime.catalogue.classifier()
    assert known.price_types["t1"] == PriceType("t1", "Дилерская", "USD") and known.warehouses["w1"].name == "Москва"


def test_an_item_nobody_could_keep_is_refused_and_the_next_one_loaded(world: World) -> None:
    journal = world.load(Item("i1", "Дрель", description="я" * TEXT_LIMIT), Item("i2", "Пила"))
    assert journal.tallies["items"] == Tally(2, 1, 0, 1) and journal.problems[0].id == "i1"


def test_the_longest_item_fits_whatever_it_says(world: World) -> None:
    text = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(TEXT_LIMIT - 10))
    world.load(Item("i1", "Дрель", description=text))
    assert world.card("i1").description == text


def broken(records: Iterable[object]) -> Iterable[object]:
    yield from records
    raise BrokenFile("Файл обрывается")


def test_what_came_before_the_break_is_kept_and_counted(world: World) -> None:
    journal = Journal()
    stores = (world.runtime.catalogue, world.runtime.stock)
    records = broken([Item(f"i{n}", f"Товар {n}") for n in range(777)])
    with pytest.raises(BrokenFile):
        import_catalogue(*stores, records=records, seq=1, journal=journal, take_orders=list.clear)
    assert journal.tallies["items"] == Tally(777, 777)


def test_problems_are_counted_to_the_last_and_kept_to_a_limit(world: World) -> None:
    journal = world.load(
        *(Problem("item", f"i{n}", "", "Не указан реквизит «%(field)s»", (("field", "Ид"),)) for n in range(5000))
    )
    assert journal.tallies["items"] == Tally(5000, 0, 0, 5000)
    assert (journal.problem_count, len(journal.problems)) == (5000, 200)


def test_a_problem_of_a_part_does_not_refuse_its_row(world: World) -> None:
    journal = world.load(Item("i1", "Дрель"), Problem("item", "i1", "Дрель", "Ставка НДС: «x» — не число"))
    assert journal.tallies["items"] == Tally(1, 1) and journal.problem_count == 1


def test_stopped_and_resumed_anywhere_the_result_is_the_same(world: World) -> None:
    records = [ItemGroup("g1", "Дрели"), *(Item(f"i{n}", f"Товар {n}", group_ids=("g1",)) for n in range(1600))]
    records += [Problem("item", "", "", "Не указан реквизит «Ид»"), *(Offer(Item(f"i{n}", ""), prices=TEN) for n in range(600))]
    journal, calls = Journal(), 0
    stores = (world.runtime.catalogue, world.runtime.stock)
    while calls < 20:
        calls += 1
        asked = iter([True])
        options = {"seq": 1, "journal": journal, "take_orders": list.clear, "go_on": lambda asked=asked: next(asked, False)}
        if import_catalogue(*stores, records=records, **options):
            break
    assert calls == 7
    assert journal.tallies == {
        "groups": Tally(1, 1),
        "items": Tally(1601, 1600, 0, 1),
        "prices": Tally(600, 600),
    }
