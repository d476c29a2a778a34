"""The list of a dealer's orders: tabs, filters, any number leads to its order, views kept under a name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import uuid4

from chalicelib.domain.access.users import Role
from chalicelib.domain.errors import Conflict, Forbidden
from chalicelib.domain.orders.order_list import Columns, OrderFilter, OrderView, view_name
from chalicelib.domain.orders.orders import Order
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.ports.orders import FoundOrders, OrderLists

PAGE = 50
MOST_EXPORTED = 20_000
MOST_SHARED = 50
"""Views of one partner that all see, and of one person."""
OWN = "own-"


@dataclass(frozen=True, slots=True)
class OrderListPage:
    """`views`: the visitor's own and his colleagues' shared ones; `view` is the one that is open, `columns` what is shown."""

    found: FoundOrders
    columns: Columns
    views: tuple[OrderView, ...]
    view: OrderView | None = None


def kept_views(lists: OrderLists, *, visitor: Visitor) -> tuple[OrderView, ...]:
    """What the visitor may see of his partner's, by name; his own choice of columns among them under `own-<user>`."""
    visitor.must("order.view")
    mine = (view for view in lists.views(visitor.partner_scope) if view.shared or view.user_id == visitor.session.user_id)
    return tuple(sorted(mine, key=lambda view: view.name.lower()))


def order_list(
    lists: OrderLists, *, visitor: Visitor, wanted: OrderFilter, views: tuple[OrderView, ...], view_id: str, after: str | None
) -> OrderListPage:
    """A page of the visitor's partner's orders, newest first, in the columns of the view or else his own."""
    visitor.must("order.view")
    found = lists.of_partner(visitor.partner_scope, wanted, limit=PAGE, after=after)
    return _page(found, visitor, views, view_id)


def numbered_page(orders: tuple[Order, ...], *, visitor: Visitor, views: tuple[OrderView, ...]) -> OrderListPage:
    """Orders found by a number as a list of their own."""
    return _page(FoundOrders(orders), visitor, views, "")


def _page(found: FoundOrders, visitor: Visitor, views: tuple[OrderView, ...], view_id: str) -> OrderListPage:
    named = tuple(one for one in views if not one.id.startswith(OWN))
    view = next((one for one in named if one.id == view_id), None)
    return OrderListPage(found, columns_of(views, visitor=visitor, view_id=view_id), named, view)


def columns_of(views: tuple[OrderView, ...], *, visitor: Visitor, view_id: str) -> Columns:
    """Of the view, or else those the visitor has chosen for himself."""
    ids = (view_id, OWN + visitor.session.user_id)
    kept = (one for wanted in ids if wanted for one in views if one.id == wanted)
    return next((one.columns for one in kept), Columns())


def find_orders(lists: OrderLists, *, visitor: Visitor, text: str) -> tuple[Order, ...]:
    """The partner's orders that are called so by the portal, by 1C or by the dealer himself, newest first."""
    visitor.must("order.view")
    return lists.numbered(visitor.partner_scope, text.strip()[:100]) if text.strip() else ()


def all_found(lists: OrderLists, *, visitor: Visitor, wanted: OrderFilter) -> Iterator[Order]:
    """Everything the filter finds, page after page, for a file. Raises Conflict where it is too much for one."""
    visitor.must("order.view")
    count, after = 0, None
    while True:
        page = lists.of_partner(visitor.partner_scope, wanted, limit=500, after=after)
        yield from page.orders
        count, after = count + len(page.orders), page.next
        if after is None:
            return
        if count > MOST_EXPORTED:
            raise Conflict("Больше %(most)s заказов в один файл не выгрузить: сузьте период", most=MOST_EXPORTED)


def choose_columns(lists: OrderLists, *, visitor: Visitor, columns: Columns) -> None:
    """For all lists of the visitor that are no views."""
    visitor.must("order.view")
    user = visitor.session.user_id
    lists.save_view(visitor.partner_scope, OrderView(OWN + user, "", user, visitor.name, {}, columns))


def save_view(lists: OrderLists, *, visitor: Visitor, name: str, query: Mapping[str, str], columns: Columns, shared: bool) -> str:
    """Keep a list under a name; its id. The same name again replaces one's own. Raises InvalidInput, Conflict."""
    named = view_name(name)
    mine = [view for view in kept_views(lists, visitor=visitor) if view.user_id == visitor.session.user_id]
    same = next((view for view in mine if view.name.lower() == named.lower()), None)
    if same is None and len(mine) >= MOST_SHARED:
        raise Conflict("Больше %(most)s представлений не сохранить: удалите лишние", most=MOST_SHARED)
    fresh = OrderView(uuid4().hex[:12], named, visitor.session.user_id, visitor.name)
    view = replace(same or fresh, name=named, query=dict(query), columns=columns, shared=shared)
    lists.save_view(visitor.partner_scope, view)
    return view.id


def remove_view(lists: OrderLists, *, visitor: Visitor, view_id: str) -> None:
    """One's own, or a shared one by the head of the account. Raises NotFound, for a colleague's private one too, Forbidden."""
    visitor.must("order.view")
    view = lists.view(visitor.partner_scope, view_id)
    if not may_remove(visitor, view):
        raise Forbidden("Удалить представление может тот, кто его сохранил, или руководитель кабинета")
    lists.remove_view(visitor.partner_scope, view_id)


def may_remove(visitor: Visitor, view: OrderView) -> bool:
    head = visitor.membership is not None and visitor.membership.role is Role.ACCOUNT_HEAD
    return view.user_id == visitor.session.user_id or (view.shared and head)
