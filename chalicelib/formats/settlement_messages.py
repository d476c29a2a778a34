"""Messages of `/exchange/v1` about settlements: what was shipped, paid and owed."""

from datetime import date as Day
from typing import Any, Literal

from pydantic import ConfigDict, Field, model_validator

from chalicelib.formats.fields import Amount, Currency, DeletionMark, Id, Line, PartnerId, Revision
from chalicelib.formats.messages import PARTNER_EXAMPLE, Message

SETTLEMENT_EXAMPLE: dict[str, Any] = {
    "id": "f5f6f7f8-7d0c-11ee-9a52-00155d012345",
    "revision": 63867182400000,
    "partner_id": PARTNER_EXAMPLE["id"],
    "contract_id": PARTNER_EXAMPLE["contracts"][0]["id"],
    "counterparty_id": PARTNER_EXAMPLE["counterparties"][0]["id"],
    "date": "2026-11-20",
    "kind": "shipment",
    "amount": 125400.5,
    "document": "Реализация товаров и услуг",
    "number": "НФ-000123",
    "order_number": "K-000017",
    "due_date": "2026-12-20",
}


class SettlementMessage(Message):
    """Движение взаиморасчётов по договору. Ждёт договор, если он ещё не пришёл.

    Сумма со знаком: плюс увеличивает долг дилера (отгрузка), минус уменьшает (оплата, возврат). Начальный остаток
    (opening_balance) — сколько дилер был должен на начало дня; движения до этой даты на долг не влияют."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [SETTLEMENT_EXAMPLE]})

    id: Id = Field(description="Идентификатор движения: документ, а если движений несколько — с номером строки через #")
    revision: Revision
    partner_id: PartnerId
    contract_id: Id = Field(description="Договор партнёра")
    counterparty_id: Id | None = Field(None, description="Контрагент")
    date: Day = Field(description="Дата движения, ГГГГ-ММ-ДД")
    kind: Literal["opening_balance", "shipment", "payment", "return", "correction"] = Field(
        description="Вид: opening_balance (начальный остаток), shipment (отгрузка), payment (оплата), return (возврат),"
        " correction (корректировка)"
    )
    amount: Amount = Field(description="Сумма в валюте договора: плюс — долг дилера растёт, минус — уменьшается")
    currency: Currency = Field("RUB", description="Код валюты по ISO 4217")
    document: Line = Field("", description="Вид документа, каким его увидит дилер")
    number: Line = Field("", description="Номер документа")
    order_number: Line = Field("", description="Номер заказа на портале, к которому относится движение")
    due_date: Day | None = Field(None, description="Срок оплаты отгрузки")
    deletion_mark: DeletionMark = False

    @model_validator(mode="after")
    def _sign_fits(self) -> "SettlementMessage":
        if self.kind == "shipment" and self.amount < 0:
            raise ValueError("отгрузка увеличивает долг: сумма не может быть меньше 0")
        if self.kind in ("payment", "return") and self.amount > 0:
            raise ValueError("оплата и возврат уменьшают долг: сумма не может быть больше 0")
        return self
