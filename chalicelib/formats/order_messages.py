"""An order as the open protocol writes it in JSON, and the answer of the system that took it.

Figures are texts with a point, so that nothing is lost on the way through a float: amounts in the currency's major units,
prices with up to 4 decimals. Instants are UTC, dates plain. `revision` grows with every change of the order: who has applied
a revision leaves an equal or older one alone.
"""

import json
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from chalicelib.domain.errors import BrokenFile
from chalicelib.domain.money import major
from chalicelib.domain.orders.orders import ErpLine, ErpOrder, Order, OrderLine

if TYPE_CHECKING:
    from chalicelib.domain.partners.partners import Contract, Counterparty
    from chalicelib.formats.commerceml.orders import OrderForErp

LARGEST = Decimal(10) ** 12
MOST_LINES = 10_000

Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Figure = Annotated[Decimal, Field(ge=0, le=LARGEST)]


def order_message(outgoing: "OrderForErp", key: str) -> dict[str, Any]:
    """`key` is the id of this delivery: the receiver remembers it and does a repeat only once."""
    order = outgoing.order
    return {
        "event_id": key,
        "entity": "order",
        "number": order.number,
        "revision": order.revision,
        "placed_at": f"{order.placed_at:%Y-%m-%dT%H:%M:%SZ}",
        "status": order.approval.value,
        "partner": {"id": order.partner_id, "name": outgoing.partner_name},
        "counterparty": _counterparty(outgoing.counterparty, order),
        "contract": _contract(outgoing.contract, order),
        "company_id": order.company_id,
        "user": {"id": order.user_id, "name": order.user_name},
        "price_type_id": order.price_type_id,
        "currency": order.currency,
        "vat_included": order.vat_included,
        "amount": _figure(major(order.sums.amount)),
        "vat_amount": _figure(major(order.sums.vat_amount)),
        "warehouse_id": order.warehouse_id,
        "delivery": {"method": order.delivery_method.value, "address_id": order.address_id, "address": order.address},
        "desired_date": order.desired_date.isoformat() if order.desired_date else None,
        "comment": order.comment,
        "client_reference": order.client_reference,
        "erp_id": order.erp_id,
        "erp_number": order.erp_number,
        "lines": [_line(line) for line in order.lines],
    }


def message_body(message: dict[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def _counterparty(payer: "Counterparty | None", order: Order) -> dict[str, str]:
    if payer is None:
        return {"id": order.counterparty_id}
    names = ("id", "name", "kind", "full_name", "inn", "kpp", "address")
    return {name: getattr(payer, name) for name in names}


def _contract(contract: "Contract | None", order: Order) -> dict[str, str]:
    if contract is None:
        return {"id": order.contract_id}
    return {"id": contract.id, "name": contract.name, "number": contract.number}


def _line(line: OrderLine) -> dict[str, Any]:
    return {
        "number": line.number,
        "item_id": line.item_id,
        "sku": line.sku,
        "name": line.name,
        "unit": line.unit,
        "quantity": _figure(line.quantity),
        "price": _figure(line.price),
        "amount": _figure(major(line.amount)),
        "vat_rate": _figure(line.vat_rate) if line.vat_rate is not None else None,
        "vat_amount": _figure(major(line.vat_amount)),
        "warehouse_id": line.warehouse_id,
        "comment": line.comment,
    }


def _figure(value: Decimal) -> str:
    return f"{value:f}"


class AnswerLine(BaseModel):
    """Строка документа 1С."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    item_id: Number
    name: Text = ""
    sku: Text = ""
    unit: Text = ""
    quantity: Figure
    price: Figure
    amount: Figure
    vat_rate: Decimal | None = Field(None, ge=0, le=100)
    vat_amount: Figure = Decimal(0)


class OrderAnswer(BaseModel):
    """Документ, которым система ответила на заказ. `number` — номер портала."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    number: Number
    erp_id: Text = ""
    erp_number: Text = ""
    state: Text = ""
    posted: bool = False
    deleted: bool = False
    cancelled: bool = False
    comment: Text = ""
    lines: tuple[AnswerLine, ...] = Field(max_length=MOST_LINES)


def read_answer(body: bytes) -> ErpOrder | None:
    """The document in the reply to an order; None for a reply without one. Raises BrokenFile for what is neither."""
    if not body.strip():
        return None
    try:
        reply = json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BrokenFile("Ответ на заказ не читается: ожидается JSON") from error
    document = reply.get("document", reply) if isinstance(reply, dict) else None
    if not isinstance(document, dict):
        raise BrokenFile("Ответ на заказ не похож на документ: ожидается объект JSON")
    return erp_order(document) if "lines" in document else None


def erp_order(document: dict[str, Any]) -> ErpOrder:
    """Raises BrokenFile naming the first field that is wrong."""
    try:
        answer = OrderAnswer.model_validate(document)
    except ValidationError as error:
        place = ".".join(str(step) for step in error.errors(include_url=False, include_input=False)[0]["loc"])
        raise BrokenFile("В ответе на заказ неверно поле «%(field)s»", field=place) from error
    fields = answer.model_dump(exclude={"lines"})
    return ErpOrder(**fields, lines=tuple(_erp_line(line) for line in answer.lines))


def _erp_line(line: AnswerLine) -> ErpLine:
    fields = line.model_dump(exclude={"amount", "vat_amount"})
    return ErpLine(**fields, amount=_minor(line.amount), vat_amount=_minor(line.vat_amount))


def _minor(amount: Decimal) -> int:
    """1C's own sum: a third decimal can only be noise of its arithmetic."""
    return int((amount * 100).to_integral_value(ROUND_HALF_UP))


def _no_number(text: str) -> None:
    raise ValueError(text)
