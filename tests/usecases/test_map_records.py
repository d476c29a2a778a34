"""What a node's settings make of records: data, not code."""

from decimal import Decimal

import pytest

from chalicelib.domain.catalogue.catalogue import Item, ItemPrice, Offer, PriceType, Warehouse
from chalicelib.domain.exchange.node_settings import SKIPPED, ItemField, NodeSettings, is_recommended
from chalicelib.domain.orders.orders import Approval, ErpOrder, Fulfilment
from chalicelib.usecases.exchange.map_records import mapped


def one(record: object, **settings: object) -> object:
    (found,) = mapped([record], NodeSettings(**settings))  # type: ignore[arg-type]  # fields by name
    return found


def test_requisites_become_fields_or_get_other_names() -> None:
    """CT-05, CT-06, CT-07, CT-09, CT-11, IN-06."""
    pairs = (
        ("Вес нетто", "1,5"),
        ("Наличие", "ждём в мае"),
        ("Гарантия", "год"),
        ("Служебное", "x"),
        ("Кратность", "12"),
        ("Объём", "0.2"),
    )
    own = {"вес нетто": ItemField.WEIGHT, "Гарантия": "Срок гарантии", "Служебное": ItemField.SKIP}
    item = one(Item("i", "Дрель", attributes=pairs), requisites=own)
    assert item == Item(
        "i", "Дрель", availability="ждём в мае", weight_kg=Decimal("1.5"), volume_m3=Decimal("0.2"), package_quantity=Decimal(12),
        attributes=(("Срок гарантии", "год"),),
    )  # fmt: skip


def test_what_is_no_figure_stays_a_requisite_and_what_1c_filled_stays() -> None:
    item = Item("i", "Дрель", weight_kg=Decimal(2), attributes=(("Масса", "1"), ("Кратность", "по запросу"), ("Объем", "NaN")))
    assert one(item) == Item("i", "Дрель", weight_kg=Decimal(2), attributes=(("Кратность", "по запросу"), ("Объем", "NaN")))


def test_warehouses_are_left_out_or_renamed() -> None:
    """IN-06, ST-01."""
    own = {"w1": SKIPPED, "w2": "Казань"}
    assert list(mapped([Warehouse("w1", "Брак"), Warehouse("w2", "2"), Warehouse("w3", "3")], NodeSettings(warehouses=own))) == [
        Warehouse("w2", "Казань"),
        Warehouse("w3", "3"),
    ]
    offer = Offer(Item("i", ""), balances={"w1": Decimal(5), "w2": Decimal(1)})
    assert one(offer, warehouses=own) == Offer(Item("i", ""), balances={"w2": Decimal(1)})
    alone = Offer(Item("i", ""), balances={"w1": Decimal(5)})
    assert one(alone, warehouses=own) == Offer(Item("i", "")), "it says nothing of stock then"


def test_price_types_of_another_base_are_ours() -> None:
    """CT-10, IN-06."""
    own = {"theirs": "ours"}
    assert one(PriceType("theirs", "Опт"), price_types=own) == PriceType("ours", "Опт")
    offer = Offer(Item("i", ""), (ItemPrice("theirs", Decimal(1)), ItemPrice("other", Decimal(2))))
    assert one(offer, price_types=own) == Offer(Item("i", ""), (ItemPrice("ours", Decimal(1)), ItemPrice("other", Decimal(2))))


@pytest.mark.parametrize(
    ("name", "axes"),
    [
        ("Собран", (None, Fulfilment.READY)),
        (" уехал  к КЛИЕНТУ ", (Approval.CONFIRMED, Fulfilment.SHIPPED)),
        ("Ждём деньги", (Approval.CONFIRMED, None)),
        ("Прочее", None),
        ("", None),
    ],
)
def test_states_by_the_nodes_own_table(name: str, axes: object) -> None:
    """C-02, IN-06."""
    own = {"Собран": "/ready", "Уехал к клиенту": "confirmed/shipped", "ждем деньги": "confirmed/"}
    found = one(ErpOrder("K-1", "e", (), state=name), states=own, shipped_completes=True)
    assert isinstance(found, ErpOrder) and (found.axes, found.completes) == (axes, True)


@pytest.mark.parametrize(
    ("name", "yes"), [("РРЦ", True), ("Рекомендованная розничная цена", True), ("Цена (РРЦ)", True), ("Розничная", False)]
)
def test_a_recommended_price_is_known_by_its_name(name: str, yes: bool) -> None:
    """CT-10."""
    assert is_recommended(name) is yes
