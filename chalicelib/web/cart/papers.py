"""Бумаги из корзины: КП в PDF, выгрузка в Excel; логотип дилера для КП."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from urllib.parse import quote

from chalice import Blueprint

from chalicelib.domain import money
from chalicelib.domain.cart.quotations import PriceRule, Pricing
from chalicelib.domain.errors import InvalidInput, NotFound, Refused
from chalicelib.texts import _
from chalicelib.usecases.cart.cart import CartRow, view_cart
from chalicelib.usecases.cart.quotation import QuotationForm, logo_of, print_quotation, remove_logo, save_logo
from chalicelib.web import forms
from chalicelib.web.answer import Answer
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)
HOLDS = timedelta(days=14)


@get(routes, "/quotation", needs="cart.edit")
def quotation_form(visit: Visit) -> Answer:
    return _draw(visit, None)


def _draw(visit: Visit, refused: Refused | None) -> Answer:
    has_logo = logo_of(visit.runtime.files, visit.visitor.partner_scope) is not None
    cart_id = visit.request.form.get("cart") or visit.request.query.get("cart")
    until = visit.today + HOLDS
    return visit.page(
        "cart/quotation.html",
        filled=visit.request.form,
        has_logo=has_logo,
        cart_id=cart_id,
        until=until,
        today=visit.today,
        **forms.problems(refused),
    )


@post(routes, "/quotation", needs="cart.edit", redraw=_draw)
def make_quotation(visit: Visit) -> Answer:
    stores = visit.runtime
    made, pdf = print_quotation(
        stores.index,
        stores.offers,
        stores.carts,
        stores.files,
        stores.quotation_printer,
        stores.clock,
        visitor=visit.visitor,
        form=_read(visit),
    )
    return _download(pdf, "application/pdf", f"{made.number}.pdf")


def _read(visit: Visit) -> QuotationForm:
    form = visit.request.form
    pricing = form.get("pricing")
    if pricing not in list(Pricing):
        raise InvalidInput("Выберите, какие цены показать", {"pricing": "Выберите цены"})
    return QuotationForm(
        rule=PriceRule(Pricing(pricing), forms.quantity(form.get("percent"))),
        valid_until=forms.day(form.get("valid_until"), "valid_until") or visit.today + HOLDS,
        cart_id=form.get("cart"),
        customer=form.get("customer"),
        comment=form.get("comment"),
    )


def _download(body: bytes, content_type: str, name: str) -> Answer:
    disposition = f"attachment; filename=\"quotation.{name.rpartition('.')[2]}\"; filename*=UTF-8''{quote(name)}"
    return Answer(body, content_type=content_type, headers={"Content-Disposition": disposition})


@post(routes, "/quotation/logo", needs="cart.edit", redraw=_draw)
def change_logo(visit: Visit) -> Answer:
    if visit.request.form.get("remove"):
        remove_logo(visit.runtime.files, visitor=visit.visitor)
        return visit.go("/quotation", "logo-removed", cart=visit.request.form.get("cart"))
    file = visit.request.files.get("logo")
    if file is None or not file.content:
        raise InvalidInput("Выберите файл", {"logo": "Выберите файл"})
    save_logo(visit.runtime.files, visit.runtime.logos, visitor=visit.visitor, source=file.content)
    return visit.go("/quotation", "logo-saved", cart=visit.request.form.get("cart"))


@get(routes, "/quotation/logo", needs="cart.edit")
def logo(visit: Visit) -> Answer:
    """The partner's own; from here and not from the storage: pages show pictures of their own origin alone."""
    found = logo_of(visit.runtime.files, visit.visitor.partner_scope)
    if found is None:
        raise NotFound("Логотипа нет")
    return Answer(found, content_type="image/png")


@get(routes, "/cart/xlsx", needs="cart.edit")
def to_excel(visit: Visit) -> Answer:
    """The lines as they stand, in columns that the quick order reads back."""
    from chalicelib.formats.spreadsheets import XLSX_TYPE, Column, Style, write_xlsx

    stores, cart_id = visit.runtime, visit.request.query.get("cart")
    view = view_cart(stores.index, stores.offers, stores.carts, visitor=visit.visitor, cart_id=cart_id)
    columns = (
        Column(_("Артикул"), 18, Style.TEXT),
        Column(_("Наименование"), 60, Style.TEXT),
        Column(_("Ед."), 8, Style.TEXT),
        Column(_("Количество"), 12, Style.NUMBER),
        Column(_("Цена"), 14, Style.PRICE),
        Column(_("Сумма"), 16, Style.MONEY),
        Column(_("Вес"), 12, Style.NUMBER),
        Column(_("Объём"), 12, Style.NUMBER),
        Column(_("Комментарий"), 40, Style.TEXT),
    )
    body = BytesIO()
    write_xlsx(body, columns, map(_cells, view.rows), title=view.head.name or _("Корзина"))
    return _download(body.getvalue(), XLSX_TYPE, f"{view.head.name or _('Корзина')} {visit.today:%d.%m.%Y}.xlsx")


def _cells(row: CartRow) -> tuple[str | Decimal | None, ...]:
    card, quantity = row.card, row.line.quantity
    weight = card.weight_kg * quantity if card and card.weight_kg else None
    volume = card.volume_m3 * quantity if card and card.volume_m3 else None
    price = row.price.amount if row.price else None
    text = (card.sku, card.name, card.unit) if card else ("", _("Товар снят с продажи"), "")
    return (*text, quantity, price, money.major(row.amount), weight, volume, row.line.comment)
