"""An order that 1C made itself, by phone for instance, as the partner sees it in his account."""

import re
from datetime import datetime

from chalicelib.domain import money
from chalicelib.domain.orders.orders import Agreed, ErpLine, ErpOrder, Order, OrderLine
from chalicelib.domain.partners.partners import Contract

ORIGIN = "erp"
AUTHOR = "Поставщик"
_OURS = re.compile(r"K-[0-9]{6,}")


def is_our_number(number: str) -> bool:
    """Does the number look like one the portal gives? A document that bears it and is not known was placed elsewhere."""
    return _OURS.fullmatch(number) is not None


def adopted(number: str, partner_id: str, payer_id: str, contract: Contract | None, answer: ErpOrder, now: datetime) -> Order:
    """The order as it came first: what 1C says is what was agreed to on the phone. Its statuses are for `answered` to set."""
    return Order(
        number=number,
        partner_id=partner_id,
        user_id="",
        user_name=AUTHOR,
        counterparty_id=payer_id,
        contract_id=contract.id if contract else "",
        price_type_id=contract.price_type_id if contract else "",
        company_id=contract.company_id if contract else None,
        currency=answer.currency or (contract.currency if contract else "RUB"),
        placed_at=answer.placed_at or now,
        lines=tuple(_line(place, line, answer.warehouse_id) for place, line in enumerate(answer.lines, 1)),
        vat_included=answer.vat_included is not False,
        warehouse_id=answer.warehouse_id,
        comment=answer.comment,
        erp_id=answer.erp_id,
        erp_number=answer.erp_number or answer.number,
        hold_open=False,
        origin=ORIGIN,
    )


def _line(place: int, line: ErpLine, warehouse_id: str | None) -> OrderLine:
    price = money.unit_price(line.price)
    return OrderLine(
        number=place,
        item_id=line.item_id,
        name=line.name,
        sku=line.sku,
        unit=line.unit,
        quantity=line.quantity,
        price=price,
        amount=line.amount,
        agreed=Agreed(line.quantity, price, line.amount),
        vat_rate=line.vat_rate,
        vat_amount=line.vat_amount,
        warehouse_id=warehouse_id,
    )
