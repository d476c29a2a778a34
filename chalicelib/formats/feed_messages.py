"""Messages of `/exchange/v1` that are no records: changes for 1C and their acknowledgement, lists of revisions."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from chalicelib.formats.fields import Line, Revision
from chalicelib.formats.messages import LIST_LIMIT, PARTNER_EXAMPLE, Message, Text

Key = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]{1,200}$")]
Figure = Annotated[str, StringConstraints(pattern=r"^-?\d+(\.\d+)?$")]
MOST_LISTED = 60_000
"""What 4 MB hold."""

ACKNOWLEDGED_EXAMPLE: dict[str, Any] = {"number": 42, "refused": [{"number": 41, "reason": "Не заполнен склад"}]}
MANIFEST_EXAMPLE: dict[str, Any] = {
    "entity": "individual_prices",
    "revision": 63867182500000,
    "count": 1,
    "checksum": "87389bbe294ab52dd214a57266e15fdb8b57432cd29fb93359d7999debe0d10f",
    "records": [{"id": "a1a2a3a4-7d0c-11ee-9a52-00155d012345", "revision": 63867182400000}],
}


class RefusedChangeMessage(Message):
    """Изменение, которое 1С не смогла принять."""

    number: int = Field(ge=1, le=10**15, description="Номер изменения")
    reason: Line = Field("причина не указана", description="Почему: её прочитает сотрудник поставщика")


class AcknowledgedMessage(Message):
    """1С приняла все изменения до номера включительно, кроме отклонённых. Отклонённые откладываются и видны на портале."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [ACKNOWLEDGED_EXAMPLE]})

    number: int = Field(ge=0, le=10**15, description="Наибольший номер из полученных")
    refused: tuple[RefusedChangeMessage, ...] = Field((), max_length=LIST_LIMIT, description="Отклонённые изменения")


class AcknowledgedReply(Message):
    """Сколько изменений снято с очереди и сколько отложено."""

    taken: int
    refused: int


class RevisionMessage(Message):
    """Объект и номер его последнего изменения."""

    id: Key = Field(description="Идентификатор объекта; у договоров, контрагентов и адресов — партнёр и объект через пробел")
    revision: Revision


class ManifestMessage(Message):
    """Полный список объектов одного вида с номерами изменений.

    Список больше 4 МБ делится на диапазоны идентификаторов: каждый закрывается сам, `first_id` и `last_id` входят в него."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [MANIFEST_EXAMPLE]})

    entity: Line = Field(description="Вид объектов: имя из адреса, например individual_prices")
    revision: Revision = Field(
        description="Номер изменения, на который снят список: объекты, изменённые позже, он не затрагивает",
    )
    count: int = Field(ge=0, le=10**9, description="Число записей в records")
    checksum: Annotated[str, StringConstraints(pattern=r"^[0-9A-Fa-f]{64}$")] = Field(
        description="SHA-256 в шестнадцатеричном виде от строк «идентификатор:номер» с переводом строки LF после каждой,"
        " в UTF-8, по возрастанию байтов строки"
    )
    records: tuple[RevisionMessage, ...] = Field(max_length=MOST_LISTED, description="Объекты")
    first_id: Key | Literal[""] = Field("", description="Начало диапазона идентификаторов; не передано — с первого")
    last_id: Key | Literal[""] = Field("", description="Конец диапазона включительно; не передан — до последнего")


class DifferenceReply(Message):
    """Сколько и какие: первые сто."""

    count: int
    ids: tuple[str, ...]


class DifferencesReply(Message):
    """Чем список отличается от портала."""

    missing: DifferenceReply = Field(description="В портале нет")
    stale: DifferenceReply = Field(description="В портале более старое изменение")
    extra: DifferenceReply = Field(description="Есть в портале, нет в списке")


class ManifestReply(Message):
    """Снимок закрыт."""

    run: str = Field(description="Номер сеанса в журнале обмена")
    hidden: int = Field(description="Сколько объектов больше не действует")
    differences: DifferencesReply


class ReconcileReply(Message):
    """Итог сверки."""

    run: str = Field(description="Номер сеанса в журнале обмена")
    equal: bool
    differences: DifferencesReply


class MarkReply(Message):
    """Объект в портале."""

    id: str
    revision: int
    active: bool = Field(description="Действует")


class RevisionsReply(Message):
    """Страница списка по возрастанию идентификаторов."""

    entity: str
    records: tuple[MarkReply, ...]
    next: str | None = Field(description="Передать в after за следующей страницей; null — это последняя")


class OrderPartnerReply(Message):
    """Партнёр заказа."""

    id: str
    name: str


class OrderCounterpartyReply(Message):
    """Плательщик."""

    id: str
    name: str = ""
    kind: str = ""
    full_name: str = ""
    inn: str = ""
    kpp: str = ""
    address: str = ""


class OrderContractReply(Message):
    """Договор."""

    id: str
    name: str = ""
    number: str = ""


class OrderUserReply(Message):
    """Кто оформил заказ."""

    id: str
    name: str


class OrderDeliveryReply(Message):
    """Как и куда доставить."""

    method: str = Field(description="pickup — самовывоз, delivery — доставка")
    address_id: str | None
    address: str


class OrderLineReply(Message):
    """Строка заказа. Числа — тексты с точкой."""

    number: int
    item_id: str = Field(description="Номенклатура (и характеристика через #)")
    sku: str
    name: str
    unit: str
    quantity: Figure
    price: Figure
    amount: Figure
    vat_rate: Figure | None
    vat_amount: Figure
    warehouse_id: str | None


class OrderReply(Message):
    """Заказ, каким он стоит сейчас."""

    event_id: str
    entity: Literal["order"]
    number: str = Field(description="Номер на портале: по нему 1С находит уже загруженный документ")
    revision: int = Field(description="Растёт с каждым изменением заказа")
    placed_at: datetime
    status: str = Field(description="Согласование: submitted, awaiting_client, confirmed, rejected, cancelled …")
    partner: OrderPartnerReply
    counterparty: OrderCounterpartyReply
    contract: OrderContractReply
    company_id: str | None
    user: OrderUserReply
    price_type_id: str
    currency: str
    vat_included: bool
    amount: Figure
    vat_amount: Figure
    warehouse_id: str | None
    delivery: OrderDeliveryReply
    desired_date: date | None
    comment: Text
    client_reference: str
    erp_id: str
    erp_number: str
    lines: tuple[OrderLineReply, ...]


class ChangeReply(Message):
    """Изменение: заказ оформлен, подтверждён, отклонён или исправлен дилером."""

    number: int = Field(description="Номер изменения, только растёт")
    entity: Literal["order"]
    at: datetime
    order: OrderReply


class ChangesReply(Message):
    """Изменения по возрастанию номеров."""

    changes: tuple[ChangeReply, ...]
    more: bool = Field(description="Есть ещё: повторите запрос с after, равным последнему номеру")


CHANGES_EXAMPLE: dict[str, Any] = {
    "changes": [
        {
            "number": 42,
            "entity": "order",
            "at": "2026-11-21T10:15:30Z",
            "order": {
                "event_id": "42",
                "entity": "order",
                "number": "K-000017",
                "revision": 1,
                "placed_at": "2026-11-21T10:15:30Z",
                "status": "submitted",
                "partner": {"id": PARTNER_EXAMPLE["id"], "name": PARTNER_EXAMPLE["name"]},
                "counterparty": PARTNER_EXAMPLE["counterparties"][0],
                "contract": {
                    "id": PARTNER_EXAMPLE["contracts"][0]["id"],
                    "name": PARTNER_EXAMPLE["contracts"][0]["name"],
                    "number": "15",
                },
                "company_id": PARTNER_EXAMPLE["contracts"][0]["company_id"],
                "user": {"id": "4f0c2a6e", "name": "Кузнецов Иван Андреевич"},
                "price_type_id": PARTNER_EXAMPLE["contracts"][0]["price_type_id"],
                "currency": "RUB",
                "vat_included": True,
                "amount": "1200.00",
                "vat_amount": "200.00",
                "warehouse_id": PARTNER_EXAMPLE["warehouse_id"],
                "delivery": {"method": "pickup", "address_id": None, "address": ""},
                "desired_date": "2026-11-25",
                "comment": "",
                "client_reference": "ЗП-117",
                "erp_id": "",
                "erp_number": "",
                "lines": [
                    {
                        "number": 1,
                        "item_id": "3c9d1a70-7d0b-11ee-9a52-00155d012345",
                        "sku": "НД-70",
                        "name": "Дверь входная «Норд», 70 см",
                        "unit": "шт",
                        "quantity": "2",
                        "price": "600.0000",
                        "amount": "1200.00",
                        "vat_rate": "20",
                        "vat_amount": "200.00",
                        "warehouse_id": PARTNER_EXAMPLE["warehouse_id"],
                    }
                ],
            },
        }
    ],
    "more": False,
}
