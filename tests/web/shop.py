"""A small portal with goods, a dealer and the supplier's staff, over the real stores."""

from decimal import Decimal

from chalicelib import runtime
from chalicelib.domain.access.users import Role, User
from chalicelib.domain.catalogue.catalogue import Item, ItemGroup, ItemPrice, Offer, PriceType, Warehouse
from chalicelib.usecases.catalogue.publish_snapshot import publish_snapshot
from tests.people import PASSWORD, Portal
from tests.web.browser import Browser

PHONE = "+79160000001"
STAFF_PHONES = {Role.ADMINISTRATOR: "+79000000002", Role.FINANCE: "+79000000003", Role.MANAGER: "+79000000004"}
HOSTILE = "<script>alert('x')</script> «Ёлка» & \"кавычки\""
ITEMS = (
    Item("i1", "Дверь белая", "ДБ-1", group_ids=("g1",), unit="шт", vat_rate=Decimal(20), weight_kg=Decimal("12.4")),
    Item(
        "i2#v1", "Ручка (хром)", "РХ-1", parent_id="i2", variant="хром", group_ids=("g1",), unit="шт", package_quantity=Decimal(5)
    ),
    Item("i3", HOSTILE, "<b>A</b>", group_ids=("g1",), unit="шт", description="</p><script>2</script>"),
)


class Shop:
    """`browser()` is a stranger, `dealer()` and `staff()` are signed in."""

    def __init__(self) -> None:
        self.portal = Portal()
        now = self.runtime = self.portal.runtime
        runtime.use(now)
        entries = [ItemGroup("g1", "Двери <i>и</i> ручки"), PriceType("wholesale", "Опт"), Warehouse("w1", "Москва")]
        now.catalogue.save_classifier(entries, 1)
        now.catalogue.save_cards(ITEMS, 1)
        prices = [
            Offer(item, (ItemPrice("wholesale", Decimal("1234.50")), ItemPrice("dealer", Decimal("1000")))) for item in ITEMS
        ]
        now.catalogue.save_prices(prices, 1)
        now.stock.apply({item.id: {"w1": Decimal(7)} for item in ITEMS}, 1)
        publish_snapshot(now.catalogue, now.categories, now.files, now.snapshot_writer, clock=now.clock, asked_at=None)
        now.catalogue.mark(stock_at=self.portal.clock(), prices_at=self.portal.clock())

    def dealer(self, **options: str) -> Browser:
        if self.runtime.users.by_login(PHONE) is None:
            self.portal.dealer()
        return self._signed_in(PHONE, **options)

    def staff(self, role: Role = Role.ADMINISTRATOR) -> Browser:
        phone = STAFF_PHONES[role]
        if self.runtime.users.by_login(phone) is None:
            self.runtime.users.add_staff(User(role, f"Сотрудник {role}", phone, staff_role=role))
            user = self.runtime.users.by_login(phone)
            self.portal.accept(self.portal.link(user))
        return self._signed_in(phone)

    def _signed_in(self, phone: str, **options: str) -> Browser:
        browser = Browser(**options)
        answer = browser.sign_in(phone, PASSWORD)
        assert answer.status == 303, answer.text
        return browser

    def put(self, browser: Browser, item_id: str = "i1", quantity: str = "2") -> None:
        fields = {"only": item_id, f"quantity:{item_id}": quantity}
        assert browser.submit("/catalogue", "/cart/put", fields).status == 303

    def place(self, browser: Browser) -> str:
        """The number of an order of what lies in the cart."""
        page = browser.get("/checkout")
        fields = {name: page.hidden(name) for name in ("form_token", "generation", "seen")}
        answer = browser.post("/checkout", fields | {"counterparty_id": "c1", "delivery_method": "pickup"})
        assert answer.status == 303, answer.text
        return answer.location.removeprefix("/orders/").removesuffix("?placed=1")
