"""A dealer looks at the catalogue: his prices, the live stock, and what a page costs in calls."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.adapters.dynamo.catalogue.catalogue import DynamoCatalogue
from chalicelib.domain.access.users import PERMISSIONS, Membership, Role, Session
from chalicelib.domain.catalogue.catalogue import Item, ItemGroup, ItemPrice, Offer, PriceType, Warehouse
from chalicelib.domain.catalogue.categories import Category
from chalicelib.domain.catalogue.stock import Balance
from chalicelib.domain.errors import Forbidden, NotFound
from chalicelib.domain.partners.audiences import Audience
from chalicelib.domain.partners.partners import Contract, Partner
from chalicelib.runtime import Runtime
from chalicelib.usecases.access.sign_in import choose, open_session
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.cart.cart import put_in_cart, view_cart
from chalicelib.usecases.catalogue.browse import NO_CONTRACT, NO_PRICE, CataloguePage, ItemPage, browse, item
from chalicelib.usecases.catalogue.publish_snapshot import publish_snapshot
from chalicelib.usecases.catalogue.tree import Step, group_tree
from chalicelib.usecases.ports.access import Beacons
from chalicelib.usecases.ports.catalogue import Classifier, Search
from chalicelib.usecases.ports.partners import PartnerRecord
from tests.people import aws_calls

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WHOLESALE = Contract("opt", "Опт", "Оптовая", is_default=True)
RETAIL = Contract("retail", "Розница", "Розничная")

ITEMS = [
    Item("bolt", "Болт М8х40", sku="Б-1", group_ids=("bolts",), weight_kg=Decimal("0.02"), description="Оцинкованный", unit="шт"),
    Item("nut", "Гайка М8", sku="Г-1", group_ids=("fasteners",)),
    Item("door", "Дверь «Техно»", sku="Д-1", group_ids=("doors",), pictures=("import_files/door.jpg",)),
    Item("shoe", "Ботинок", sku="О-1", unit="пар"),
    Item("shoe#42", "Ботинок (42)", parent_id="shoe", variant="42"),
    Item("shoe#43", "Ботинок (43)", parent_id="shoe", variant="43"),
    Item("old", "Снятый с продажи", sku="С-1", deleted=True),
]
CLASSIFIER = [
    ItemGroup("fasteners", "Крепёж"),
    ItemGroup("bolts", "Болты", "fasteners"),
    ItemGroup("doors", "Двери"),
    PriceType("Оптовая", "Оптовая", vat_included=True),
    PriceType("Розничная", "Розничная"),
    Warehouse("msk", "Москва"),
    Warehouse("smr", "Самара"),
]


def offer(item_id: str, wholesale: str, retail: str) -> Offer:
    prices = {"Оптовая": wholesale, "Розничная": retail}
    return Offer(Item(item_id, ""), tuple(ItemPrice(name, Decimal(price)) for name, price in prices.items() if price))


class Portal:
    """The real stores with a small catalogue in force, and one dealer of a warehouse in Moscow."""

    def __init__(self) -> None:
        self.runtime = Runtime(clock=lambda: NOW)
        catalogue = self.runtime.catalogue
        assert isinstance(catalogue, DynamoCatalogue)
        catalogue.save_classifier(CLASSIFIER, 1)
        catalogue.save_cards(ITEMS, 1)
        catalogue.save_picture("import_files/door.jpg", "d00r")
        offers = [offer("bolt", "10.5", "15"), offer("nut", "", "3"), offer("door", "0", "9000"), offer("shoe#42", "2000", "")]
        catalogue.save_prices(offers, 1)
        free = {"bolt": {"msk": Decimal(40), "smr": Decimal(100)}, "door": {"smr": Decimal(2)}, "shoe#42": {"msk": Decimal(-3)}}
        self.runtime.stock.apply(free, 1)
        self.publish()
        self._let_a_dealer_in()

    def publish(self) -> str:
        runtime = self.runtime
        return publish_snapshot(
            runtime.catalogue, runtime.categories, runtime.files, runtime.snapshot_writer, clock=runtime.clock, asked_at=None
        )

    def _let_a_dealer_in(self) -> None:
        partner = Partner("p", "ООО «Дилер»", portal_access=True, warehouse_id="msk")
        contact = Membership("", "p", "Иван", "+79161234567", contact_id="c")
        saved = self.runtime.partners.save(PartnerRecord(partner, (contact,), contracts=(WHOLESALE, RETAIL)), NOW)
        self.token = open_session(self.runtime.sessions, saved.invited[0], "p", NOW).token

    @property
    def visitor(self) -> Visitor:
        return self.runtime.visitor(self.token)

    def page(self, text: str = "", **asked: Any) -> CataloguePage:
        return browse(self.runtime.index, self.runtime.offers, visitor=self.visitor, search=Search(text, **asked))

    def item(self, item_id: str, **more: Any) -> ItemPage:
        runtime = self.runtime
        return item(runtime.index, runtime.offers, runtime.catalogue, visitor=self.visitor, item_id=item_id, **more)

    def choose(self, **choice: str) -> None:
        choose(self.runtime.sessions, visitor=self.visitor, **choice)  # type: ignore[arg-type]


@pytest.fixture
def portal(aws: SimpleNamespace) -> Portal:
    return Portal()


def counted(runtime: Runtime, ask: Callable[[], object]) -> list[str]:
    """The AWS calls made meanwhile, by name."""
    with aws_calls(runtime.dynamodb, runtime.s3, runtime.sqs) as calls:
        ask()
    return calls


def test_a_row_shows_the_dealers_price_and_the_live_stock(portal: Portal) -> None:
    """PR-01, PR-05, ST-02, ST-03, CT-08: of several price columns he sees his own; his warehouse, and all of them."""
    row = portal.page("болт").rows[0]
    assert row.price is not None and (row.price.amount, row.price.currency) == (Decimal("10.5"), "RUB")
    assert (row.available, row.available_everywhere) == (Decimal(40), Decimal(140))
    assert row.balance.by_warehouse["smr"] == Balance(Decimal(100))
    assert row.can_be_ordered and row.card.weight_kg == Decimal("0.02")


def test_another_contract_shows_other_prices_at_once(portal: Portal) -> None:
    """PR-03: nothing but the choice changes, and every price on the page follows it."""
    before = {row.card.id: row.price and row.price.amount for row in portal.page().rows}
    portal.choose(contract_id="retail")
    page = portal.page()
    after = {row.card.id: row.price and row.price.amount for row in page.rows}
    assert before == {"bolt": Decimal("10.5"), "nut": None, "door": None, "shoe#42": Decimal(2000), "shoe#43": None}
    assert after == {"bolt": Decimal(15), "nut": Decimal(3), "door": Decimal(9000), "shoe#42": None, "shoe#43": None}
    assert page.price_type is not None and page.price_type.name == "Розничная"


def test_a_new_price_or_balance_shows_without_a_new_snapshot(portal: Portal) -> None:
    """ST-02, PR-05: prices and stock are read live; the snapshot has neither."""
    portal.runtime.catalogue.save_prices([offer("bolt", "11", "16")], 2)
    portal.runtime.stock.apply({"bolt": {"msk": Decimal(7)}}, 2)
    row = portal.page("болт").rows[0]
    assert row.price is not None and row.price.amount == 11 and row.available == 7


def test_what_has_no_price_or_a_zero_one_can_not_be_ordered(portal: Portal) -> None:
    """CT-17: the row says why."""
    rows = {row.card.id: row for row in portal.page().rows}
    assert {id for id, row in rows.items() if not row.can_be_ordered} == {"nut", "door", "shoe#43"}
    assert {rows["nut"].reason, rows["door"].reason} == {NO_PRICE}
    without_contract = replace(portal.visitor, contract=None)
    page = browse(portal.runtime.index, portal.runtime.offers, visitor=without_contract, search=Search())
    assert {row.reason for row in page.rows} == {NO_CONTRACT} and page.price_type is None


def test_unknown_stock_is_not_zero_stock(portal: Portal) -> None:
    rows = {row.card.id: row for row in portal.page().rows}
    assert not rows["nut"].balance.known and rows["door"].balance.known
    assert (rows["door"].available, rows["door"].available_everywhere) == (0, 2)
    assert rows["shoe#42"].available == 0  # 1C sent a negative one


def test_without_a_warehouse_all_count(portal: Portal) -> None:
    """ST-03."""
    portal.choose(warehouse_id="smr")
    page = portal.page("болт")
    assert page.rows[0].available == 100 and page.warehouse == Warehouse("smr", "Самара")
    portal.choose(warehouse_id="")
    page = portal.page("болт")
    assert page.rows[0].available == 140 and page.warehouse is None
    assert [warehouse.name for warehouse in page.warehouses] == ["Москва", "Самара"]


def test_a_page_costs_three_calls(portal: Portal) -> None:
    """CT-16: two to know who asks, one for fifty rows of prices and balances; the index itself asks nobody."""
    made = [Item(f"i{n:03d}", f"Шайба {n}", sku=f"Ш-{n}", group_ids=("fasteners",)) for n in range(120)]
    portal.runtime.catalogue.save_cards(made, 2)
    portal.runtime.catalogue.save_prices([offer(one.id, "1", "2") for one in made], 2)
    portal.publish()
    portal.page()  # the first one fetches the snapshot
    for asked in ({}, {"text": "шайба"}, {"group_id": "fasteners", "sort": "sku"}, {"text": "шайба", "offset": 50}):
        calls = counted(portal.runtime, lambda asked=asked: portal.page(**asked))  # type: ignore[misc]
        assert len(calls) == 3 and calls[2:] == ["BatchGetItem"], calls
        visitor = portal.visitor
        page = browse(portal.runtime.index, portal.runtime.offers, visitor=visitor, search=Search(**asked))  # type: ignore[arg-type]
        assert len(page.rows) == 50
    nothing = counted(portal.runtime, lambda: portal.page("такого нет вовсе"))
    assert len(nothing) == 2  # who asks; no ids, no call


def test_a_page_has_at_most_two_hundred_rows(portal: Portal) -> None:
    page = portal.page(limit=1000, offset=-7)
    assert (page.search.limit, page.search.offset, page.next_offset, page.previous_offset) == (200, 0, None, None)
    second = portal.page(limit=2, offset=2, sort="name")
    assert (second.next_offset, second.previous_offset, len(second.rows), second.total) == (4, 0, 2, 5)


def test_what_is_in_the_cart_stands_in_its_row(portal: Portal) -> None:
    page = browse(
        portal.runtime.index, portal.runtime.offers, visitor=portal.visitor, search=Search(), in_cart={"bolt": Decimal(12)}
    )
    assert {row.card.id: row.in_cart for row in page.rows if row.in_cart} == {"bolt": Decimal(12)}


def test_the_tree_opens_along_the_chosen_group(portal: Portal) -> None:
    """CT-01: 1C's tree stands at the left; a group shows what is below it too."""
    page = portal.page(group_id="bolts")
    assert [group.name for group in page.trail] == ["Крепёж", "Болты"]
    doors, fasteners = page.groups
    assert (doors.name, doors.has_children, doors.children) == ("Двери", False, ())
    assert (fasteners.item_count, fasteners.chosen, fasteners.has_children) == (2, False, True)
    assert [(child.name, child.chosen, child.item_count) for child in fasteners.children] == [("Болты", True, 1)]
    assert {row.card.id for row in portal.page(group_id="fasteners").rows} == {"bolt", "nut"}
    assert portal.page(group_id="нет такой").rows == ()


def test_a_group_without_its_parent_stands_at_the_top_and_a_loop_ends() -> None:
    groups = [ItemGroup("a", "А", "b"), ItemGroup("b", "Б", "a"), ItemGroup("c", "В", "gone"), ItemGroup("d", "Г", "d")]
    trail = [Step(group.id, group.name) for group in groups]
    tree = group_tree(Classifier(groups={group.id: group for group in groups}), trail)
    assert [node.name for node in tree] == ["В"]


def test_the_wrong_layout_is_told(portal: Portal) -> None:
    page = portal.page(",jkn")
    assert [row.card.id for row in page.rows] == ["bolt"] and page.read_as == "болт"


def test_the_item_page_shows_the_whole_card(portal: Portal) -> None:
    """CT-03, CT-08, CT-15, ST-03: the picture, everything 1C says, the balance of every warehouse."""
    page = portal.item("bolt")
    assert page.item.description == "Оцинкованный" and page.row is not None and page.row.price is not None
    assert [(warehouse.name, free) for warehouse, free in page.stock] == [("Москва", 40), ("Самара", 100)]
    assert [group.name for group in page.trail] == ["Крепёж", "Болты"] and page.variants == ()
    assert portal.item("door").pictures == ("d00r",)


def test_a_variant_shows_its_siblings_and_what_its_item_says(portal: Portal) -> None:
    page = portal.item("shoe#42")
    assert (page.item.unit, page.item.sku, page.item.variant) == ("пар", "О-1", "42")
    assert [row.card.id for row in page.variants] == ["shoe#42", "shoe#43"] and page.row == page.variants[0]


def test_an_item_sold_by_variants_is_not_sold_itself(portal: Portal) -> None:
    """CT-17."""
    page = portal.item("shoe")
    assert page.row is None and len(page.variants) == 2 and page.stock == ()


@pytest.mark.parametrize("item_id", ["old", "never", "", "shoe#99", "bolt#1", "#"])
def test_what_the_catalogue_does_not_show_is_not_found(portal: Portal, item_id: str) -> None:
    """CT-17: a deleted or invented item has no page."""
    with pytest.raises(NotFound):
        portal.item(item_id)


def test_an_item_page_costs_four_calls(portal: Portal) -> None:
    portal.item("shoe#42")
    assert counted(portal.runtime, lambda: portal.item("shoe#42"))[2:] == ["BatchGetItem", "BatchGetItem"]


def test_a_closed_category_is_closed_at_once(portal: Portal) -> None:
    """CT-12, AD-03: the snapshot knows nothing of it yet, and still neither list, search, card, cart nor API shows the goods."""
    now = portal.runtime
    now.categories.save(Category("doors", "Двери", group_ids=("doors",), audience=Audience(segments=("Двери",))))
    assert "door" not in {row.card.id for row in portal.page().rows}
    assert portal.page("дверь").rows == ()
    with pytest.raises(NotFound):
        portal.item("door")
    with pytest.raises(NotFound):
        put_in_cart(now.index, now.offers, now.carts, now.clock, visitor=portal.visitor, item_id="door", quantity=Decimal(1))
    portal.publish()
    assert portal.page().total == 4 and portal.page("дверь").total == 0  # the counts follow
    now.categories.save(Category("doors", "Двери", group_ids=("doors",)))
    assert portal.page("дверь").total == 1


def test_a_category_closes_what_lies_in_a_cart(portal: Portal) -> None:
    """CT-17: it can't be ordered any more."""
    now = portal.runtime
    now.catalogue.save_prices([offer("door", "8000", "9000")], 3)
    put_in_cart(now.index, now.offers, now.carts, now.clock, visitor=portal.visitor, item_id="door", quantity=Decimal(1))
    now.categories.save(Category("doors", "Двери", group_ids=("doors",), audience=Audience(partner_ids=("another",))))
    assert not view_cart(now.index, now.offers, now.carts, visitor=portal.visitor).can_be_ordered


def test_before_the_first_exchange_the_catalogue_is_empty(portal: Portal) -> None:
    page = browse(
        portal.runtime.index, portal.runtime.offers, visitor=replace(portal.visitor, beacons=Beacons()), search=Search("болт")
    )
    assert (page.rows, page.total, page.groups) == ((), 0, ())


def test_snapshots_are_numbered_upwards_whatever_the_clock_says(portal: Portal) -> None:
    """Numbers of a table that was lost were given earlier, so a new one begins above them."""
    hour = timedelta(hours=1)
    numbers = [portal.runtime.catalogue.next_snapshot(now) for now in (NOW, NOW, NOW - hour, NOW + hour, NOW)]
    assert numbers == sorted(set(numbers)) and numbers[3] == (NOW + hour).timestamp() * 1_000_000


def test_staff_has_no_catalogue(portal: Portal) -> None:
    session = Session("s", "u", None, "", NOW, NOW)
    staff = Visitor(session, Beacons(), "Админ", PERMISSIONS[Role.ADMINISTRATOR])
    with pytest.raises(Forbidden):
        browse(portal.runtime.index, portal.runtime.offers, visitor=staff, search=Search())
    with pytest.raises(Forbidden):
        item(portal.runtime.index, portal.runtime.offers, portal.runtime.catalogue, visitor=staff, item_id="bolt")
