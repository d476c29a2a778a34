"""КП out of a cart: at the dealer's own prices, or with his logo and retail prices for his customer."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.domain.cart.quotations import PriceRule, Pricing, Quotation, QuotationLine, checked_rule
from chalicelib.domain.catalogue.prices import recommended_price
from chalicelib.domain.errors import BrokenFile, InvalidInput, NotFound
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.cart.cart import CartRow, view_cart
from chalicelib.usecases.ports.cart import CartStore, LogoMaker, QuotationPrinter
from chalicelib.usecases.ports.catalogue import CatalogueIndex, OfferStore
from chalicelib.usecases.ports.clock import Clock, business_day
from chalicelib.usecases.ports.files import FileStore

MOST_BYTES = 2_000_000
"""Of a logo as it is sent."""

LONGEST = 300


@dataclass(frozen=True, slots=True)
class QuotationForm:
    """What the dealer decided; `cart_id` as in `cart_of`."""

    rule: PriceRule
    valid_until: date
    cart_id: str = ""
    customer: str = ""
    comment: str = ""


def print_quotation(
    index: CatalogueIndex,
    offers: OfferStore,
    carts: CartStore,
    files: FileStore,
    printer: QuotationPrinter,
    clock: Clock,
    *,
    visitor: Visitor,
    form: QuotationForm,
) -> tuple[Quotation, bytes]:
    """The offer and its PDF. Raises InvalidInput: an empty cart, a day that has passed, a rule that would show the cost."""
    rule, today = checked_rule(form.rule), business_day(clock())
    _check(form, today)
    view = view_cart(index, offers, carts, visitor=visitor, cart_id=form.cart_id)
    rows = [row for row in view.rows if row.card]
    if not rows:
        raise InvalidInput("Корзина пуста: предлагать нечего")
    recommended = _recommended(offers, rows) if rule.pricing is Pricing.RECOMMENDED else {}
    quotation = Quotation(
        number=f"КП-{carts.next_quotation(visitor.partner_scope)}",
        issued_on=today,
        valid_until=form.valid_until,
        seller=_seller(visitor),
        contact=_contact(visitor),
        customer=form.customer.strip(),
        comment=form.comment.strip(),
        currency=visitor.contract.currency if visitor.contract else "RUB",
        lines=tuple(_line(n, row, rule, recommended.get(row.line.item_id)) for n, row in enumerate(rows, 1)),
        weight_kg=view.totals.weight_kg,
        volume_m3=view.totals.volume_m3,
        internal=rule.pricing is Pricing.PURCHASE,
        logo=logo_of(files, visitor.partner_scope) or b"",
    )
    return quotation, printer(quotation)


def _check(form: QuotationForm, today: date) -> None:
    if form.valid_until < today:
        raise InvalidInput("Срок действия уже прошёл", {"valid_until": "Выберите дату не раньше сегодняшней"})
    if max(len(form.customer), len(form.comment)) > LONGEST:
        raise InvalidInput("Текст длиннее %(most)s знаков", most=LONGEST)


def _recommended(offers: OfferStore, rows: list[CartRow]) -> dict[str, Decimal]:
    known = offers.read([row.line.item_id for row in rows])
    found = {id: recommended_price(prices) for id, (prices, _stock) in known.items()}
    return {id: price.amount for id, price in found.items() if price}


def _line(number: int, row: CartRow, rule: PriceRule, recommended: Decimal | None) -> QuotationLine:
    assert row.card is not None  # noqa: S101  # lines without a card are left out
    quantity = row.line.quantity
    price = rule.retail(_whole_price(row), recommended)
    amount = None if price is None else int((price * quantity * 100).to_integral_value())
    return QuotationLine(number, row.card.sku, row.card.name, row.card.unit, quantity, price, amount)


def _whole_price(row: CartRow) -> Decimal | None:
    """What the dealer pays for one unit, with the VAT that a contract puts on top."""
    if row.price is None:
        return None
    if row.price.vat_included or not row.price.vat_rate:
        return row.price.amount
    return row.price.amount * (100 + row.price.vat_rate) / 100


def _seller(visitor: Visitor) -> str:
    """The dealer's legal entity of the contract, else his first, else his name in 1C."""
    account = visitor.account
    if account is None:
        return ""
    wanted = visitor.contract.counterparty_id if visitor.contract else None
    payers = sorted(account.counterparties, key=lambda payer: payer.id != wanted)
    return (payers[0].full_name or payers[0].name) if payers else account.partner.name


def _contact(visitor: Visitor) -> str:
    member = visitor.membership
    return ", ".join(filter(None, (member.name, member.phone, member.email))) if member else ""


# --- the logo ---------------------------------------------------------------------------------------------------------


def logo_key(scope: PartnerScope) -> str:
    return f"documents/{scope.partner_id}/logo.png"


def logo_of(files: FileStore, scope: PartnerScope) -> bytes | None:
    try:
        opened = files.open(logo_key(scope))
    except NotFound:
        return None
    with opened:
        return opened.read() or None


def save_logo(files: FileStore, logos: LogoMaker, *, visitor: Visitor, source: bytes) -> None:
    """Drawn anew as a small PNG: nothing of the file that was sent is kept. Raises InvalidInput."""
    visitor.must("cart.edit")
    if len(source) > MOST_BYTES:
        raise InvalidInput("Логотип больше %(most)s МБ", {"logo": "Выберите файл поменьше"}, most=MOST_BYTES // 1_000_000)
    try:
        made = logos.logo(source)
    except BrokenFile as error:
        raise InvalidInput(error.message, {"logo": "Нужна картинка PNG или JPEG"}, **error.params) from error
    files.put(logo_key(visitor.partner_scope), made, "image/png")


def remove_logo(files: FileStore, *, visitor: Visitor) -> None:
    visitor.must("cart.edit")
    files.put(logo_key(visitor.partner_scope), b"", "image/png")
