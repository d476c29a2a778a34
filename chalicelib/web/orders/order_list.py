"""Заказы: вкладки, фильтры, поиск по любому номеру, свои колонки и представления, выгрузка в Excel."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

from chalice import Blueprint
from markupsafe import Markup

from chalicelib.domain.orders.change_requests import changeable
from chalicelib.domain.orders.order_list import (
    COLUMNS,
    Columns,
    OrderFilter,
    OrderGroup,
    OrderView,
    left_to_pay,
    shipped_percent,
)
from chalicelib.domain.orders.orders import Order
from chalicelib.texts import _
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.orders import list_orders
from chalicelib.usecases.orders.show_orders import may_change
from chalicelib.web import forms, labels
from chalicelib.web.answer import Answer
from chalicelib.web.figures import MOSCOW, day, moment
from chalicelib.web.http import get, post
from chalicelib.web.request import Values
from chalicelib.web.visit import Visit

if TYPE_CHECKING:
    from chalicelib.formats.spreadsheets import Cell

routes = Blueprint(__name__)
FIELDS: tuple[str, ...] = (
    *("tab", "since", "until", "employee", "payer", "contract", "origin", "least", "most"),
    *("approval", "fulfilment", "payment", "owed", "short"),
)
"""Of the address: what a list is filtered by, and what a view keeps."""


@get(routes, "/orders", needs="order.view")
def orders(visit: Visit) -> Answer:
    """An order's number in the search box leads straight to it."""
    asked = visit.request.query
    lists, visitor = visit.runtime.order_lists, visit.visitor
    if asked.get("number"):
        return _by_number(visit, asked.get("number"))
    views = list_orders.kept_views(lists, visitor=visitor)
    query, view_id = _query(asked, views)
    page = list_orders.order_list(
        lists, visitor=visitor, wanted=read_filter(query), views=views, view_id=view_id, after=asked.get("after") or None
    )
    return _draw(visit, page=page, query=query, missing="")


def _query(asked: Values, views: Iterable[OrderView]) -> tuple[dict[str, str], str]:
    """The filter of the address, or else that of the view it names; and the view's id."""
    given = {name: asked.get(name) for name in FIELDS if asked.get(name)}
    view = next((one for one in views if one.id == asked.get("view")), None)
    if view and not given:
        return dict(view.query), view.id
    return given, view.id if view else ""


def _by_number(visit: Visit, number: str) -> Answer:
    found = list_orders.find_orders(visit.runtime.order_lists, visitor=visit.visitor, text=number)
    if len(found) == 1:
        return visit.go(f"/orders/{found[0].number}")
    views = list_orders.kept_views(visit.runtime.order_lists, visitor=visit.visitor)
    page = list_orders.numbered_page(found, visitor=visit.visitor, views=views)
    return _draw(visit, page=page, query={}, missing=number if not found else "")


def _draw(visit: Visit, **values: Any) -> Answer:
    """`missing` is the number that nothing was found by; `filtered` counts the filters that are set."""
    given = values.pop("query")
    query = {name: given.get(name, "") for name in FIELDS}
    filtered = sum(bool(value) for name, value in query.items() if name != "tab")
    shown: dict[str, Any] = {"query": query, "filtered": filtered, "names": Names(visit.visitor)}
    return visit.page("orders/orders.html", piece="orders/results.html", **shown, **values)


def read_filter(query: Mapping[str, str]) -> OrderFilter:
    """Raises InvalidInput for a date or an amount that can't be read; an unknown code finds nothing."""
    tab = query.get("tab", "")
    return OrderFilter(
        group=OrderGroup(tab) if tab in list(OrderGroup) else None,
        since=_start(forms.day(query.get("since", ""), "since")),
        until=_start(forms.day(query.get("until", ""), "until"), days=1),
        user_id=query.get("employee", ""),
        counterparty_id=query.get("payer", ""),
        contract_id=query.get("contract", ""),
        origin=query.get("origin", ""),
        least=_kopecks(query.get("least", "")),
        most=_kopecks(query.get("most", "")),
        approval=query.get("approval", ""),
        fulfilment=query.get("fulfilment", ""),
        payment=query.get("payment", ""),
        owed=bool(query.get("owed")),
        short=bool(query.get("short")),
    )


def _start(on: date | None, days: int = 0) -> datetime | None:
    """The first instant of the day in Moscow, or of the one after."""
    return datetime.combine(on + timedelta(days=days), time(), MOSCOW) if on else None


def _kopecks(text: str) -> int | None:
    return int(forms.quantity(text) * 100) if text.strip() else None


# --- columns and views ------------------------------------------------------------------------------------------------


@post(routes, "/orders/columns", needs="order.view")
def columns(visit: Visit) -> Answer:
    list_orders.choose_columns(visit.runtime.order_lists, visitor=visit.visitor, columns=_columns(visit.request.form))
    return visit.go_back("columns_saved")


def _columns(form: Values) -> Columns:
    return Columns.chosen(tuple(form.all("column")), forms.whole(form.get("frozen")))


@post(routes, "/orders/views", needs="order.view")
def save_view(visit: Visit) -> Answer:
    form = visit.request.form
    query = {name: form.get(name)[:100] for name in FIELDS if form.get(name)}
    read_filter(query)
    view_id = list_orders.save_view(
        visit.runtime.order_lists,
        visitor=visit.visitor,
        name=form.get("name"),
        query=query,
        columns=_columns(form),
        shared=bool(form.get("shared")),
    )
    return visit.go("/orders", "view_saved", view=view_id)


@post(routes, "/orders/views/{view_id}/delete", needs="order.view")
def remove_view(visit: Visit, view_id: str) -> Answer:
    list_orders.remove_view(visit.runtime.order_lists, visitor=visit.visitor, view_id=view_id)
    return visit.go("/orders", "view_removed")


# --- Excel ------------------------------------------------------------------------------------------------------------


@get(routes, "/orders/xlsx", needs="order.view")
def export(visit: Visit) -> Answer:
    """What the list shows, all pages of it, in its columns."""
    from chalicelib.formats.spreadsheets import XLSX_TYPE, Column, Style, write_xlsx

    lists, visitor = visit.runtime.order_lists, visit.visitor
    views = list_orders.kept_views(lists, visitor=visitor)
    query, view_id = _query(visit.request.query, views)
    shown = list_orders.columns_of(views, visitor=visitor, view_id=view_id).shown
    found = list_orders.all_found(lists, visitor=visitor, wanted=read_filter(query))
    styles = {"vat": Style.MONEY, "amount": Style.MONEY, "left": Style.MONEY, "weight": Style.NUMBER, "shipped": Style.NUMBER}
    head = [Column(_(labels.ORDER_COLUMN[name]), 18, styles.get(name, Style.TEXT)) for name in shown]
    names, body = Names(visitor), BytesIO()
    write_xlsx(body, head, ([names.cell(order, name) for name in shown] for order in found), title=_("Заказы"))
    name = f'attachment; filename="orders-{visit.today:%Y-%m-%d}.xlsx"'
    return Answer(body.getvalue(), content_type=XLSX_TYPE, headers={"Content-Disposition": name})


STYLES = {
    **dict.fromkeys(("vat", "left", "shipped", "weight"), "num"),
    **dict.fromkeys(("placed_at", "desired_date"), "nowrap"),
    "amount": "num price-cell",
}


@dataclass(frozen=True, slots=True)
class Head:
    """A column of the table: `style` are the classes of its cells."""

    name: str
    label: str
    style: str

    @property
    def numeric(self) -> bool:
        return self.style.startswith("num")


class Names:
    """What a row of the list shows of an order: names by id, figures, and the same as cells of a sheet."""

    def __init__(self, visitor: Visitor) -> None:
        account = visitor.account
        self.visitor = visitor
        self.payers = {one.id: one.name for one in account.counterparties} if account else {}
        self.contracts = {one.id: one.name for one in account.contracts} if account else {}
        self.employees = {one.user_id: one.name for one in account.members} if account else {}
        self.left = left_to_pay
        self.shipped = shipped_percent

    @staticmethod
    def columns(chosen: Columns) -> tuple[str, ...]:
        """The chosen ones first."""
        return (*chosen.shown, *(name for name in COLUMNS if name not in chosen.shown))

    @staticmethod
    def heads(chosen: Columns) -> tuple[Head, ...]:
        return tuple(Head(name, _(labels.ORDER_COLUMN[name]), STYLES.get(name, "")) for name in chosen.shown)

    @staticmethod
    def badges(names: Mapping[str, str]) -> dict[str, Markup]:
        """Of each code, once for all rows."""
        mark = Markup('<span class="mark is-{}">{}</span>')
        return {str(code): mark.format(labels.tone(code), _(text)) for code, text in names.items()}

    def may_remove(self, view: OrderView) -> bool:
        return list_orders.may_remove(self.visitor, view)

    def may_edit(self, order: Order) -> bool:
        return "order.edit" in self.visitor.permissions and changeable(order) and may_change(self.visitor, order)

    def cell(self, order: Order, column: str) -> "Cell":
        match column:
            case "vat":
                return Decimal(order.sums.vat_amount).scaleb(-2)
            case "amount":
                return Decimal(order.sums.amount).scaleb(-2)
            case "left":
                return Decimal(left_to_pay(order)).scaleb(-2)
            case "weight":
                return order.sums.weight_kg
            case "shipped":
                return shipped_percent(order)
            case "placed_at":
                return moment(order.placed_at)
            case "desired_date":
                return day(order.desired_date)
        return self.text(order, column)

    def text(self, order: Order, column: str) -> str:
        match column:
            case "payer":
                return self.payers.get(order.counterparty_id, "")
            case "contract":
                return self.contracts.get(order.contract_id, "")
            case "origin":
                return labels.name(labels.ORIGIN, order.origin)
            case "delivery":
                return labels.name(labels.DELIVERY, order.delivery_method)
            case "approval" | "fulfilment" | "payment":
                return labels.name(getattr(labels, column.upper()), getattr(order, column))
        return str(getattr(order, column))
