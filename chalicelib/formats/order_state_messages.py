"""Messages of `/exchange/v1` about orders under way: quantities of each line by status, and what is paid."""

from datetime import date as Day
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from chalicelib.formats.fields import Revision
from chalicelib.formats.messages import LIST_LIMIT, Id, Line, Message
from chalicelib.formats.supply_messages import ITEM, ItemId

Units = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=4)]
Sum = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]
LineStatusCode = Literal[
    "shortage",
    "reserved_incoming",
    "reserved_stock",
    "in_production",
    "ready",
    "shipment_requested",
    "in_delivery",
    "at_dealer",
    "sold",
    "returned",
    "cancelled",
]

ORDER_STATE_EXAMPLE: dict[str, Any] = {
    "id": "K-000017",
    "revision": 63867182400000,
    "state": "Ожидается обеспечение",
    "paid_amount": 15000.5,
    "lines": [
        {
            "item_id": "3c9d1a70-7d0b-11ee-9a52-00155d012345",
            "buckets": [
                {"status": "in_production", "stage": "покраска", "quantity": 3, "date": "2027-04-15"},
                {"status": "ready", "quantity": 2},
            ],
        }
    ],
}


class BucketMessage(Message):
    """Часть строки заказа в одном статусе."""

    status: LineStatusCode = Field(
        description="shortage — нет обеспечения; reserved_incoming — зарезервировано из поставки; reserved_stock —"
        " зарезервировано на складе; in_production — на производстве; ready — готово; shipment_requested — запрошена"
        " отгрузка; in_delivery — на доставке; returned — возвращено; cancelled — отменено."
        " at_dealer и sold ведёт сам дилер: 1С их не передаёт"
    )
    quantity: Units = Field(description="Количество в единице строки")
    stage: Line = Field("", description="Этап производства, каким его увидит дилер: «покраска»")
    date: Day | None = Field(None, description="Когда перейдёт в следующий статус: дата готовности или прихода")


class LineStateMessage(Message):
    """Состояние строки заказа: её количество, разложенное по статусам."""

    item_id: ItemId = Field(description=ITEM)
    buckets: tuple[BucketMessage, ...] = Field(
        min_length=1, max_length=LIST_LIMIT, description="Части строки; в сумме дают её количество"
    )


class OrderStateMessage(Message):
    """Состояние заказа: сколько чего в каком статусе, сколько оплачено. Состав и цены заказа передаёт обмен заказами, эта
    запись их не меняет. Запись о заказе, которого в кабинете ещё нет, ждёт его."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [ORDER_STATE_EXAMPLE]})

    id: Id = Field(description="Номер заказа в кабинете или идентификатор (GUID) заказа в 1С")
    revision: Revision
    state: Line = Field("", description="Состояние заказа в 1С, по названию; не передано — статус выводится из строк")
    lines: tuple[LineStateMessage, ...] | None = Field(
        None, max_length=LIST_LIMIT, description="Все строки, по которым что-то началось; не передано — остаются прежними"
    )
    paid_amount: Sum | None = Field(None, description="Оплачено по заказу, в валюте заказа; не передано — остаётся прежним")
    credit_amount: Sum | None = Field(None, description="Оформлено в кредит; не передано — остаётся прежним")
