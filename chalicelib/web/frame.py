"""What stands around every page of a signed-in person: menu, contract, warehouse, cart, manager, freshness."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.cart.carts import CartHead, CartTotals
from chalicelib.domain.catalogue.catalogue import Warehouse
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.partners.partners import AccountManager, Contract
from chalicelib.runtime import Runtime
from chalicelib.texts import N_
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.cart.cart import carts_of, current_cart

EMPTY = CartTotals()


@dataclass(frozen=True)
class MenuItem:
    path: str
    name: str
    permission: str


MENU = (
    MenuItem("/", N_("Главная"), ""),
    MenuItem("/catalogue", N_("Каталог"), "catalog.view"),
    MenuItem("/quick-order", N_("Быстрый заказ"), "cart.edit"),
    MenuItem("/price-lists", N_("Прайс-листы"), "cart.edit"),
    MenuItem("/stock", N_("Остатки"), "catalog.view"),
    MenuItem("/drafts", N_("Черновики"), "cart.edit"),
    MenuItem("/orders", N_("Заказы"), "order.view"),
    MenuItem("/desk", N_("Заказы дилеров"), "order.moderate"),
    MenuItem("/documents", N_("Документы"), "document.view"),
    MenuItem("/news", N_("Новости"), "news.view"),
    MenuItem("/news", N_("Новости"), "news.view.all"),
    MenuItem("/categories", N_("Дерево каталога"), "mapping.manage"),
    MenuItem("/exchange-journal", N_("Монитор обмена"), "exchange.view"),
    MenuItem("/exchange-nodes", N_("Узлы обмена"), "exchange.retry"),
    MenuItem("/restrictions", N_("Ограничения"), "restriction.manage"),
    MenuItem("/vehicles", N_("Машины"), "setting.manage"),
    MenuItem("/finance/documents", N_("Счета дилеров"), "document.view.all"),
    MenuItem("/profile", N_("Профиль"), ""),
)
"""All pages of the menu; who lacks the permission does not see the item."""


@dataclass(frozen=True)
class Frame:
    """`warehouses` are those of the catalogue; the chosen one may be none of them. `cart` are the totals of `current`, the one
    of `carts` that goods are put in."""

    visitor: Visitor
    now: datetime
    menu: tuple[MenuItem, ...]
    warehouses: tuple[Warehouse, ...] = ()
    cart: CartTotals = EMPTY
    carts: tuple[CartHead, ...] = ()
    current: CartHead | None = None

    @property
    def partner_name(self) -> str:
        return self.visitor.account.partner.name if self.visitor.account else ""

    @property
    def contracts(self) -> tuple[Contract, ...]:
        return self.visitor.account.contracts if self.visitor.account else ()

    @property
    def manager(self) -> AccountManager | None:
        return self.visitor.account.manager if self.visitor.account else None

    @property
    def warehouse(self) -> Warehouse | None:
        return next((one for one in self.warehouses if one.id == self.visitor.warehouse_id), None)

    @property
    def unread(self) -> int:
        """Notifications for the bell."""
        account = self.visitor.account
        return account.unread.get(self.visitor.session.user_id, 0) if account else 0

    @property
    def currency(self) -> str:
        return self.visitor.contract.currency if self.visitor.contract else "RUB"

    @property
    def sells(self) -> bool:
        """Is there a cart and a search in the header."""
        return "cart.edit" in self.visitor.permissions


def make_frame(visitor: Visitor, runtime: Runtime) -> Frame:
    menu = tuple(item for item in MENU if not item.permission or item.permission in visitor.permissions)
    account = visitor.account
    if account is None:
        return Frame(visitor, runtime.clock(), menu)
    warehouses = _warehouses(visitor, runtime)
    carts = carts_of(visitor) if "cart.edit" in visitor.permissions else ()
    current = current_cart(visitor) if carts else None
    return Frame(visitor, runtime.clock(), menu, warehouses, current.totals if current else EMPTY, carts, current)


def _warehouses(visitor: Visitor, runtime: Runtime) -> tuple[Warehouse, ...]:
    """None where the search snapshot can't be read: the pages that do not need it open all the same."""
    try:
        classifier = runtime.index.classifier(visitor.beacons.snapshot)
    except Unavailable:
        return ()
    return tuple(sorted((one for one in classifier.warehouses.values() if not one.deleted), key=lambda one: one.name))
