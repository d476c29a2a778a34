"""Rows of Bitrix24's CRM as values of ours, and an order as a deal. Its numbers, dates and flags mostly come as texts.

Ids of ours: an object that Bitrix24 knows from 1C has 1C's id in its XML_ID and keeps it; all others are `b24-<id>`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from chalicelib.domain import money
from chalicelib.domain.access.users import Membership
from chalicelib.domain.catalogue.catalogue import Item, ItemGroup, ItemPrice, Offer, PriceType
from chalicelib.domain.exchange.exchange import Problem
from chalicelib.domain.money import ZERO, major
from chalicelib.domain.orders.orders import Approval, ErpLine, ErpOrder, Order, OrderLine, full_name, state_axes
from chalicelib.domain.partners.partners import Contract, Counterparty, Partner
from chalicelib.formats import phones

Row = Mapping[str, Any]

ORIGINATOR = "kabinet"
"""What ORIGINATOR_ID of our deals says; ORIGIN_ID is the number of the order."""
PREFIX = "b24-"
ACCESS = "UF_CRM_KABINET"
PRICE_TYPE = PriceType("bitrix24", "Цена в Битрикс24", vat_included=True)
GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?:#[0-9a-fA-F-]{36})?")
FARTHEST = Decimal(10) ** 12

STAGES = {
    "NEW": "",
    "PREPARATION": "На модерации",
    "PREPAYMENT_INVOICE": "Подтверждён",
    "EXECUTING": "Готов к обеспечению",
    "FINAL_INVOICE": "Ожидается оплата (после отгрузки)",
    "WON": "Закрыт",
    "LOSE": "Отменён",
    "APOLOGY": "Отменён",
}
"""Stage of a deal -> state of an order by its name in 1C. "" is a stage in which nobody has looked at the order yet."""

OUR_STAGES = {
    Approval.ON_MODERATION: "PREPARATION",
    Approval.CONFIRMED: "PREPAYMENT_INVOICE",
    Approval.CANCELLED: "LOSE",
}
"""Where the dealer's own answer moves a deal that is somewhere else."""


@dataclass(frozen=True, slots=True)
class Mapping24:
    """How a portal of Bitrix24 is used. `access` is the field (of companies and contacts) that lets people into the cabinet,
    `article` the property of products with their article ("PROPERTY_98"), `category` the funnel of our deals."""

    access: str = ACCESS
    article: str = ""
    category: int = 0
    stages: Mapping[str, str] = field(default_factory=lambda: STAGES)

    @classmethod
    def read(cls, options: Mapping[str, str]) -> "Mapping24":
        """From `access`, `article`, `category` and `stage.<id>` of a URL's query."""
        stages = {name.removeprefix("stage."): text for name, text in options.items() if name.startswith("stage.")}
        return cls(
            access=options.get("access", ACCESS),
            article=options.get("article", ""),
            category=int(options.get("category", "0")),
            stages=STAGES | stages,
        )

    def state(self, stage: str) -> str | None:
        """The state of an order whose deal is in the stage; None for a stage nobody has mapped."""
        return self.stages.get(stage, self.stages.get(stage.rpartition(":")[2]))

    def stage(self, name: str) -> str:
        """Stages of further funnels carry the funnel: `C5:LOSE`."""
        return f"C{self.category}:{name}" if self.category else name


def text(value: Any) -> str:
    """Empty values are None, false or an empty list, as PHP happens to have them."""
    return str(value).strip() if value not in (None, False, [], {}) else ""


def flag(value: Any) -> bool:
    return text(value) in ("Y", "1", "True", "true")


def number(value: Any) -> Decimal | None:
    """None for what is no finite, sensible figure."""
    try:
        found = Decimal(text(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < FARTHEST else None


def our_id(row: Row) -> str:
    xml_id = text(row.get("XML_ID"))
    return xml_id.lower() if GUID.fullmatch(xml_id) else f"{PREFIX}{text(row['ID'])}"


# --- companies and contacts -------------------------------------------------------------------------------------------


def partner(row: Row, mapping: Mapping24, revision: int) -> Partner:
    return Partner(f"{PREFIX}{text(row['ID'])}", text(row.get("TITLE")), flag(row.get(mapping.access)), revision=revision)


def contract(partner_id: str) -> Contract:
    """Bitrix24 has no terms of sale: one contract with its one price."""
    return Contract(partner_id, "Основные условия", PRICE_TYPE.id, is_default=True)


def counterparty(row: Row) -> Counterparty:
    """Of a row of requisites. Twelve digits are a person's number."""
    inn = text(row.get("RQ_INN"))
    name = text(row.get("RQ_COMPANY_NAME")) or text(row.get("RQ_NAME")) or text(row.get("NAME"))
    return Counterparty(
        id=f"{PREFIX}rq-{text(row['ID'])}",
        name=name,
        kind="sole_trader" if len(inn) == 12 else "legal_entity",
        full_name=text(row.get("RQ_COMPANY_FULL_NAME")),
        inn=inn,
        kpp=text(row.get("RQ_KPP")),
    )


def contact(row: Row, partner_id: str, mapping: Mapping24) -> tuple[Membership, tuple[Problem, ...]]:
    name = " ".join(filter(None, (text(row.get(part)) for part in ("LAST_NAME", "NAME", "SECOND_NAME"))))
    given = _multifield(row.get("PHONE"), "MOBILE")
    phone, access, id = phones.normalise(given), flag(row.get(mapping.access)), f"{PREFIX}{text(row['ID'])}"
    member = Membership(
        user_id="",
        partner_id=partner_id,
        name=name or id,
        phone=phone or "",
        email=phones.email(_multifield(row.get("EMAIL"), "WORK")) or "",
        portal_access=access,
        contact_id=id,
    )
    if not access or phone:
        return member, ()
    reason = "Телефон «%(phone)s» не похож на номер" if given else "Нет мобильного телефона: без него в кабинет не войти"
    return member, (Problem("contact", id, member.name, reason, (("phone", given),)),)


def _multifield(values: Any, first: str) -> str:
    """PHONE and EMAIL are lists of {VALUE, VALUE_TYPE}: the one of the type, or else the first."""
    rows = [row for row in values if isinstance(row, dict)] if isinstance(values, list) else []
    rows.sort(key=lambda row: row.get("VALUE_TYPE") != first)
    return text(rows[0].get("VALUE")) if rows else ""


# --- catalogue --------------------------------------------------------------------------------------------------------


def group(row: Row) -> ItemGroup:
    return ItemGroup(_group_id(row["ID"]), text(row.get("NAME")), _group_id(row.get("SECTION_ID")) or None)


def _group_id(value: Any) -> str:
    return f"{PREFIX}s-{text(value)}" if text(value) not in ("", "0") else ""


def item(row: Row, mapping: Mapping24, units: Mapping[str, str], rates: Mapping[str, Decimal]) -> Item:
    """`units` and `rates` by the ids that MEASURE and VAT_ID name."""
    group_id = _group_id(row.get("SECTION_ID"))
    article = row.get(mapping.article) if mapping.article else None
    return Item(
        id=our_id(row),
        name=text(row.get("NAME")),
        sku=text(article.get("value") if isinstance(article, dict) else article) or text(row.get("CODE")),
        group_ids=(group_id,) if group_id else (),
        unit=units.get(text(row.get("MEASURE")), "шт"),
        description=text(row.get("DESCRIPTION")),
        vat_rate=rates.get(text(row.get("VAT_ID"))),
        deleted=text(row.get("ACTIVE")) == "N",
    )


def offer(row: Row, card: Item) -> Offer:
    amount = number(row.get("PRICE"))
    price = () if amount is None or amount < 0 else (ItemPrice(PRICE_TYPE.id, amount, text(row.get("CURRENCY_ID")) or "RUB"),)
    return Offer(card, prices=price)


# --- orders -----------------------------------------------------------------------------------------------------------


def erp_order(deal: Row, rows: Iterable[Row], items: Mapping[str, str], mapping: Mapping24) -> ErpOrder | None:
    """The deal as the answer to our order; None where it is not ours, or nobody has looked at it yet.

    `items`: id of a product -> id of ours. A stage nobody has mapped goes on by its own name: it is reported, not guessed.
    """
    origin = text(deal.get("ORIGIN_ID"))
    stage = text(deal.get("STAGE_ID"))
    state = mapping.state(stage)
    if text(deal.get("ORIGINATOR_ID")) != ORIGINATOR or not origin or state == "":
        return None
    return ErpOrder(
        number=origin,
        erp_id=deal_erp_id(text(deal["ID"])),
        erp_number=f"B24-{text(deal['ID'])}",
        state=stage if state is None else state,
        lines=tuple(line for row in rows if (line := _erp_line(row, items)) is not None),
    )


def deal_erp_id(deal_id: str) -> str:
    """How an order remembers its deal."""
    return f"bitrix24-deal-{deal_id}"


def _erp_line(row: Row, items: Mapping[str, str]) -> ErpLine | None:
    product, included = text(row.get("PRODUCT_ID")), text(row.get("TAX_INCLUDED")) != "N"
    price = number(row.get("PRICE" if included else "PRICE_EXCLUSIVE")) or ZERO
    quantity, rate = number(row.get("QUANTITY")) or ZERO, number(row.get("TAX_RATE"))
    if quantity <= 0:
        return None
    amount = money.line_amount(price, quantity)
    vat = (money.vat_included if included else money.vat_on_top)(amount, rate) if rate else 0
    free = f"{PREFIX}row-{text(row.get('ID'))}"
    return ErpLine(
        item_id=items.get(product, f"{PREFIX}{product}") if product not in ("", "0") else free,
        name=text(row.get("PRODUCT_NAME")),
        quantity=quantity,
        price=price,
        amount=amount,
        unit=text(row.get("MEASURE_NAME")),
        vat_rate=rate,
        vat_amount=vat,
    )


def deal_fields(order: Order, mapping: Mapping24) -> dict[str, Any]:
    """Of a new deal."""
    fields: dict[str, Any] = {
        "TITLE": f"Заказ {order.number}",
        "ORIGINATOR_ID": ORIGINATOR,
        "ORIGIN_ID": order.number,
        "CATEGORY_ID": mapping.category,
        "STAGE_ID": mapping.stage("NEW"),
        "CURRENCY_ID": order.currency,
        "OPPORTUNITY": f"{major(order.sums.amount):f}",
        "COMMENTS": order.comment,
    }
    company = order.partner_id.removeprefix(PREFIX)
    return fields | ({"COMPANY_ID": company} if company != order.partner_id and company.isdigit() else {})


def deal_move(order: Order, deal: Row, mapping: Mapping24) -> str:
    """The stage into which the dealer's own answer moves the deal; "" where it stays. What is closed stays closed."""
    stage, wanted = text(deal.get("STAGE_ID")), OUR_STAGES.get(order.approval, "")
    if not wanted or text(deal.get("STAGE_SEMANTIC_ID")) in ("S", "F"):
        return ""
    axes = state_axes(mapping.state(stage) or "")
    return "" if axes and axes[0] is order.approval else mapping.stage(wanted)


def product_rows(order: Order, products: Mapping[str, str]) -> list[dict[str, Any]]:
    """`products`: id of ours -> id of the product; a row without one is a free text."""
    return [_product_row(line, order.vat_included, products) for line in order.lines if line.quantity]


def _product_row(line: OrderLine, vat_included: bool, products: Mapping[str, str]) -> dict[str, Any]:
    rate = line.vat_rate or ZERO
    price = line.price if vat_included else money.unit_price(line.price * (100 + rate) / 100)
    return {
        "PRODUCT_ID": products.get(line.item_id, "0"),
        "PRODUCT_NAME": line.name if line.item_id in products else full_name(line.name, line.sku),
        "PRICE": f"{price:f}",
        "PRICE_EXCLUSIVE": f"{line.price if not vat_included else money.unit_price(line.price * 100 / (100 + rate)):f}",
        "QUANTITY": f"{line.quantity:f}",
        "TAX_RATE": f"{rate:f}",
        "TAX_INCLUDED": "Y" if vat_included else "N",
        "MEASURE_NAME": line.unit,
    }


# --- documents --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DealDocument:
    """A document of the CRM's generator with its public link. `issued_at` is when it was made or changed last."""

    id: str
    kind: str
    number: str
    title: str
    url: str
    issued_at: datetime


def deal_document(row: Row) -> DealDocument | None:
    """None for one without a public link: the others open for users of Bitrix24 alone, or carry the webhook's code."""
    url, id = text(row.get("publicUrl")), text(row.get("id"))
    try:
        at = datetime.fromisoformat(text(row.get("updateTime")) or text(row.get("createTime"))).astimezone(UTC)
    except ValueError:
        return None
    if not url.startswith("https://") or not id:
        return None
    title = text(row.get("title"))
    return DealDocument(f"{PREFIX}document-{id}", _document_kind(title), text(row.get("number")), title, url, at)


def _document_kind(title: str) -> str:
    """By its first word: the generator has templates and no kinds."""
    first = title.lower().replace("ё", "е").partition(" ")[0]
    return {"счет": "payment_invoice", "счет-фактура": "tax_invoice", "упд": "upd", "договор": "contract"}.get(first, "document")
