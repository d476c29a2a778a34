"""Быстрый заказ: ввод строк, вставка из Excel, файл, сканер; у каждой строки своё состояние."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from chalice import Blueprint

from chalicelib.domain.cart.quick_order import ROLES, QuickOrder, Verdict, paired
from chalicelib.domain.errors import InvalidInput, Refused
from chalicelib.texts import N_, _
from chalicelib.usecases.cart import quick_order as quick
from chalicelib.usecases.cart.quick_order import Correction, QuickRow
from chalicelib.web import forms
from chalicelib.web.answer import Answer
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)
TABS = {"rows": N_("Ввод строк"), "paste": N_("Вставка из Excel"), "file": N_("Загрузка файла"), "scan": N_("Сканер")}
ROLE_NAMES = {
    "sku": N_("Артикул"),
    "barcode": N_("Штрихкод"),
    "id": N_("Код 1С"),
    "name": N_("Наименование"),
    "quantity": N_("Количество"),
}
ROWS = 12
CODE, QUANTITY, CHOICE = "code:", "quantity:", "choice:"
TYPED = ("Артикул", "Количество")

Rows = list[tuple[int, tuple[str, ...]]]


@get(routes, "/quick-order", needs="cart.edit")
def quick_order(visit: Visit) -> Answer:
    return _start_page(visit, None)


def _start_page(visit: Visit, refused: Refused | None) -> Answer:
    tab = visit.request.query.get("tab") or visit.request.form.get("tab")
    form = visit.request.form
    typed = [(form.raw(f"{CODE}{n}"), form.raw(f"{QUANTITY}{n}")) for n in _numbers(form.names())] if refused else []
    rows = typed + [("", "")] * (ROWS - len(typed))
    values: dict[str, Any] = {"tab": tab if tab in TABS else "rows", "tabs": TABS, "rows": rows, "text": form.raw("text")}
    answer = visit.page("quick_order/start.html", order_id=quick.new_id(), **values, **forms.problems(refused))
    # the camera is for the scanner of this page, and for nobody who might frame it
    answer.headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    return answer


def _numbers(names: list[str]) -> Iterator[int]:
    return (int(name[len(CODE) :]) for name in names if name.startswith(CODE) and name[len(CODE) :].isdecimal())


@post(routes, "/quick-order", needs="cart.edit", redraw=_start_page)
def begin(visit: Visit) -> Answer:
    rows, source = _rows(visit)
    stores, order_id = visit.runtime, visit.request.form.get("order")
    quick.start(
        stores.quick_orders,
        stores.index,
        stores.offers,
        stores.clock,
        visitor=visit.visitor,
        order_id=order_id,
        rows=rows,
        source=source,
    )
    if visit.request.form.get("do") == "add":
        _add(visit, order_id)
    return visit.go(f"/quick-order/{order_id}")


def _rows(visit: Visit) -> tuple[Rows, str]:
    """Whatever the tab sent, as rows of text; and the name of the file."""
    from chalicelib.formats.spreadsheets import read

    form = visit.request.form
    if form.get("tab") == "file":
        file = visit.request.files.get("file")
        if file is None or not file.content:
            raise InvalidInput("Выберите файл XLSX или CSV")
        return read(file.content), file.name
    if form.get("tab") == "paste":
        return paired(read(form.raw("text").encode())), ""
    typed = [(n, (form.get(f"{CODE}{n}"), form.get(f"{QUANTITY}{n}"))) for n in _numbers(form.names())]
    filled = [(n, cells) for n, cells in sorted(typed) if cells[0]]
    return ([(0, TYPED), *filled], "") if filled else ([], "")


@post(routes, "/quick-order/row", needs="cart.edit")
def row(visit: Visit) -> Answer:
    """What is to be said of one row while the next is being typed."""
    form = visit.request.form
    number = next(_numbers(form.names()), 0)
    cells = (form.get(f"{CODE}{number}"), form.get(f"{QUANTITY}{number}"))
    visitor, stores = visit.visitor, visit.runtime
    order = quick.single(stores.clock(), visitor, cells)
    told = quick.check(stores.index, stores.offers, visitor=visitor, order=order, lines=order.lines) if cells[0] else ()
    found = quick.completed(stores.index, visitor, told[0]) if told else None
    return visit.page("quick_order/told.html", piece="quick_order/told.html", row=found)


# --- one quick order -----------------------------------------------------------------------------------------------------


@get(routes, "/quick-order/{order_id}", needs="cart.edit")
def one(visit: Visit, order_id: str) -> Answer:
    return _draw(visit, order_id, None)


def _draw_again(visit: Visit, refused: Refused) -> Answer:
    return _draw(visit, visit.request.params["order_id"], refused)


def _draw(visit: Visit, order_id: str, refused: Refused | None) -> Answer:
    stores, query = visit.runtime, visit.request.query
    view = quick.view(
        stores.quick_orders,
        stores.index,
        stores.offers,
        visitor=visit.visitor,
        order_id=order_id,
        show=query.get("show"),
        page=forms.whole(query.get("page"), most=10_000),
    )
    values: dict[str, Any] = {"view": view, "roles": ROLE_NAMES, "titles": _titles(view.order), "limit": quick.PAGE}
    return visit.page("quick_order/order.html", **values, **forms.problems(refused))


def _titles(order: QuickOrder) -> list[str]:
    """Columns to choose from, by their titles or what stands in them first."""
    width = max([len(order.head), *(len(line.cells) for line in order.lines[:200])])
    samples = order.head or order.lines[0].cells
    return [f"{n + 1}. {samples[n][:40]}" if n < len(samples) and samples[n] else str(n + 1) for n in range(width)]


@post(routes, "/quick-order/{order_id}", needs="cart.edit", redraw=_draw_again)
def change(visit: Visit, order_id: str) -> Answer:
    """`do`: check, add, accept (with the proposals), columns; `take` is «row:quantity» of one accepted proposal."""
    form, stores = visit.request.form, visit.runtime
    back = {"show": form.get("show"), "page": form.get("page")}
    if form.get("do") == "columns":
        places = {role: form.get(f"column:{role}") for role in ROLES}
        columns = {role: int(place) for role, place in places.items() if place.isdecimal()}
        quick.name_columns(
            stores.quick_orders, stores.index, stores.offers, stores.clock,
            visitor=visit.visitor, order_id=order_id, columns=columns,
        )  # fmt: skip
        return visit.go(f"/quick-order/{order_id}", "columns")
    quick.correct(
        stores.quick_orders, stores.index, stores.offers,
        visitor=visit.visitor, order_id=order_id, corrections=_corrections(visit),
    )  # fmt: skip
    if form.get("do") in ("add", "accept"):
        _add(visit, order_id)
        return visit.go(f"/quick-order/{order_id}", "quick_added")
    return visit.go(f"/quick-order/{order_id}", **back)


def _corrections(visit: Visit) -> dict[int, Correction]:
    form = visit.request.form
    found = {
        n: Correction(form.get(f"{CODE}{n}"), form.get(f"{QUANTITY}{n}"), form.get(f"{CHOICE}{n}"))
        for n in _numbers(form.names())
    }
    number, _colon, quantity = form.get("take").partition(":")
    if number.isdecimal() and int(number) in found:
        found[int(number)] = Correction(found[int(number)].code, quantity, found[int(number)].item_id)
    return found


def _add(visit: Visit, order_id: str) -> int:
    form, stores = visit.request.form, visit.runtime
    return quick.add_valid(
        stores.quick_orders,
        stores.index,
        stores.offers,
        stores.carts,
        stores.clock,
        visitor=visit.visitor,
        order_id=order_id,
        revision=forms.whole(form.get("revision")) or 1,
        with_proposals=form.get("do") == "accept",
    )


# --- files ---------------------------------------------------------------------------------------------------------------


@get(routes, "/quick-order/{order_id}/errors", needs="cart.edit")
def errors(visit: Visit, order_id: str) -> Answer:
    """The rows that were not right, with the columns they came with: put right in Excel, they are uploaded again."""
    from chalicelib.formats.spreadsheets import Column

    stores = visit.runtime
    order, rows = quick.wrong_rows(stores.quick_orders, stores.index, stores.offers, visitor=visit.visitor, order_id=order_id)
    width = max([len(order.head), *(len(row.line.cells) for row in rows)], default=1)
    head = [*order.head, *(str(n + 1) for n in range(len(order.head), width))]
    columns = [*(Column(title, 18) for title in head), Column(_("Причина"), 60), Column(_("Предложено"), 14)]
    return _workbook(columns, (_error_row(row, width) for row in rows), _("Ошибки"), "quick-order-errors.xlsx")


def _error_row(row: QuickRow, width: int) -> list[Any]:
    cells: list[Any] = [*row.line.cells, *[""] * (width - len(row.line.cells))]
    return [*cells, told(row), row.proposed]


def told(row: QuickRow) -> str:
    """The state of a row in words."""
    if row.verdict is Verdict.SHORT:
        return _("Мало остатка: есть %(number)s", number=forms.shown(row.row.available if row.row else None))
    if row.verdict is Verdict.PACKAGE and row.row and row.row.card:
        return _("Кратность упаковки: %(number)s", number=forms.shown(row.row.card.package_quantity))
    return _(row.reason) if row.reason else _("Найдено")


@get(routes, "/quick-order-template", needs="cart.edit")
def template(visit: Visit) -> Answer:
    """An empty order with a few goods in it that show what goes where."""
    from chalicelib.formats.spreadsheets import Column, Style

    columns = [Column(_("Артикул"), 18), Column(_("Наименование"), 60), Column(_("Количество"), 14, Style.NUMBER)]
    cards = quick.look_alikes(visit.runtime.index, visit.visitor, "")
    return _workbook(columns, ((card.sku, card.name, None) for card in cards), _("Заказ"), "order-template.xlsx")


def _workbook(columns: Any, rows: Any, title: str, name: str) -> Answer:
    from chalicelib.formats.spreadsheets import XLSX_TYPE, write_xlsx

    made = BytesIO()
    write_xlsx(made, columns, rows, title=title)
    return Answer(made.getvalue(), content_type=XLSX_TYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'})
