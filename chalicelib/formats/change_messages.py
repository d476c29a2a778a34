"""What `GET /exchange/v1/changes` tells 1C: an envelope for each entity, and what is in it."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.formats.feed_messages import Figure
from chalicelib.formats.messages import PARTNER_EXAMPLE, Message, Text


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
    comment: Text = Field("", description="Пожелание дилера к строке")


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


class OrderMarkReply(Message):
    """Сколько товара строки лежит у дилера и сколько он продал."""

    item_id: str
    at_dealer: Figure
    sold: Figure


class OrderMarksReply(Message):
    """Отметки дилера по заказу «у дилера» и «продано», все, какие стоят сейчас. Ведёт их только дилер."""

    order: str = Field(description="Номер заказа на портале")
    erp_id: str
    erp_number: str
    partner_id: str
    lines: tuple[OrderMarkReply, ...] = Field(description="Товары с отметкой; снятая отметка — нули")


class OrderAnswerReply(Message):
    """Ответ дилера на изменённый поставщиком заказ, последний. Сам заказ приходит изменением order."""

    order: str = Field(description="Номер заказа на портале")
    erp_id: str
    erp_number: str
    partner_id: str
    answer: Literal["confirmed", "declined"] = Field(description="confirmed — согласен, declined — не согласен")
    user: str = Field(description="Кто ответил")
    comment: Text = Field(description="Его слова менеджеру")


class WantedLineReply(Message):
    """Строка, которую дилер просит изменить."""

    line: int = Field(description="Номер строки заказа")
    item_id: str
    quantity: Figure = Field(description="Сколько нужно; 0 — убрать строку")


class WantedHeadingReply(Message):
    """Шапка заказа, какой её просит сделать дилер."""

    desired_date: date | None
    address_id: str | None
    address: str
    comment: Text


class ChangeRequestReply(Message):
    """Дилер просит изменить или отменить заказ, который 1С уже приняла. Сам заказ до решения остаётся прежним.

    Согласны — проведите у себя документ с этими количествами (или отмените его): портал сравнит ответ с запросом и закроет его.
    Не согласны — менеджер отклоняет запрос на портале. Документ изменился иначе — запрос станет stale: дилер решит заново.
    """

    order: str = Field(description="Номер заказа на портале")
    erp_id: str
    erp_number: str
    partner_id: str
    status: Literal["open", "stale", "closed"] = Field(
        description="open — ждёт решения, stale — заказ уже другой, closed — решён"
    )
    revision: int = Field(description="Ревизия заказа сейчас")
    base_revision: int | None = Field(None, description="Ревизия, которую видел дилер")
    kind: Literal["change", "cancel"] | None = None
    at: datetime | None = None
    user: str = ""
    words: Text = Field("", description="Слова дилера менеджеру")
    lines: tuple[WantedLineReply, ...] = ()
    heading: WantedHeadingReply | None = Field(None, description="Нет — шапка не меняется")


class ShipmentLineReply(Message):
    """Сколько готового товара дилер просит отгрузить."""

    item_id: str
    quantity: Figure


class ShipmentRequestReply(Message):
    """Дилер просит отгрузить готовую часть заказа, не дожидаясь остального. Всё, о чём он просит сейчас; пусто — передумал.

    Ответ — состояние заказа (order_states), где эти единицы стоят в shipment_requested или in_delivery; иначе запрос остаётся.
    """

    order: str = Field(description="Номер заказа на портале")
    erp_id: str
    erp_number: str
    partner_id: str
    lines: tuple[ShipmentLineReply, ...]


class ContactReply(Message):
    """Человек дилера, каким его знает портал: заведён на портале, поменял свои данные или впервые вошёл.

    Нет contact_id — в 1С его ещё нет: заведите контактное лицо и отправьте партнёра с ним, портал узнает человека по телефону."""

    user_id: str = Field(description="Пользователь портала")
    contact_id: str = Field(description="Контактное лицо 1С; пусто — человека завёл портал")
    partner_id: str
    name: str
    phone: str
    email: str
    role: str = Field(description="account_head — руководитель кабинета, employee — сотрудник")
    portal_access: bool = Field(description="Доступ в кабинет открыт")
    registered: bool = Field(description="Задал пароль: приглашение принято")


class NewsReceiptReply(Message):
    """Человек подтвердил, что прочитал важную новость."""

    news_id: str
    partner_id: str
    contact_id: str = Field(description="Контактное лицо 1С; пусто — человека завёл портал")
    name: str
    read_at: datetime


class _Change(Message):
    number: int = Field(description="Номер изменения, только растёт")
    at: datetime = Field(description="Когда случилось; данные — на сейчас")


class OrderChange(_Change):
    """Заказ оформлен, подтверждён, отклонён или исправлен дилером."""

    entity: Literal["order"]
    order: OrderReply


class OrderMarksChange(_Change):
    """Дилер отметил, что у него лежит и что продано."""

    entity: Literal["order_marks"]
    order_marks: OrderMarksReply


class OrderAnswerChange(_Change):
    """Дилер ответил на изменения поставщика."""

    entity: Literal["order_answer"]
    order_answer: OrderAnswerReply


class ChangeRequestChange(_Change):
    """Дилер просит изменить заказ, отозвал запрос, или запрос решён."""

    entity: Literal["change_request"]
    change_request: ChangeRequestReply


class ShipmentRequestChange(_Change):
    """Дилер просит отгрузить готовое."""

    entity: Literal["shipment_request"]
    shipment_request: ShipmentRequestReply


class ContactChange(_Change):
    """Человек дилера появился или изменился."""

    entity: Literal["contact"]
    contact: ContactReply


class NewsReceiptChange(_Change):
    """Важная новость прочитана."""

    entity: Literal["news_receipt"]
    news_receipt: NewsReceiptReply


ChangeReply = Annotated[
    OrderChange
    | OrderMarksChange
    | OrderAnswerChange
    | ChangeRequestChange
    | ShipmentRequestChange
    | ContactChange
    | NewsReceiptChange,
    Field(discriminator="entity"),
]


class ChangesReply(Message):
    """Изменения по возрастанию номеров. Вид, которого ваша сторона не знает, пропустите и подтвердите: виды прибавляются."""

    changes: tuple[ChangeReply, ...]
    more: bool = Field(description="Есть ещё: повторите запрос с after, равным последнему номеру")


ORDER_EXAMPLE: dict[str, Any] = {
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
            "comment": "Петли справа",
        }
    ],
}
_OF_ORDER = {"order": "K-000017", "erp_id": "", "erp_number": "", "partner_id": PARTNER_EXAMPLE["id"]}
_AT = "2026-11-21T10:15:30Z"


def _example(number: int, entity: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"number": number, "entity": entity, "at": _AT, entity: value}


CHANGES_EXAMPLE: dict[str, Any] = {
    "changes": [
        _example(42, "order", ORDER_EXAMPLE),
        _example(
            43,
            "order_marks",
            {**_OF_ORDER, "lines": [{"item_id": ORDER_EXAMPLE["lines"][0]["item_id"], "at_dealer": "1", "sold": "1"}]},
        ),
        _example(
            44, "order_answer", {**_OF_ORDER, "answer": "declined", "user": "Кузнецов И. А.", "comment": "Нужно до пятницы"}
        ),
        _example(
            45,
            "contact",
            {
                "user_id": "4f0c2a6e",
                "contact_id": "",
                "partner_id": PARTNER_EXAMPLE["id"],
                "name": "Орлова Анна",
                "phone": "+79160000017",
                "email": "orlova@dealer.example",
                "role": "employee",
                "portal_access": True,
                "registered": False,
            },
        ),
        _example(
            46,
            "news_receipt",
            {
                "news_id": "77b1c2d3-7d0c-11ee-9a52-00155d012345",
                "partner_id": PARTNER_EXAMPLE["id"],
                "contact_id": "",
                "name": "Орлова Анна",
                "read_at": _AT,
            },
        ),
        _example(
            47,
            "change_request",
            {
                **_OF_ORDER,
                "status": "open",
                "revision": 4,
                "base_revision": 3,
                "kind": "change",
                "at": _AT,
                "user": "Кузнецов И. А.",
                "words": "Клиент передумал",
                "lines": [{"line": 1, "item_id": ORDER_EXAMPLE["lines"][0]["item_id"], "quantity": "1"}],
            },
        ),
        _example(
            48, "shipment_request", {**_OF_ORDER, "lines": [{"item_id": ORDER_EXAMPLE["lines"][0]["item_id"], "quantity": "1"}]}
        ),
    ],
    "more": False,
}
