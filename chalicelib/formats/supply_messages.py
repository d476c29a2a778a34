"""Messages of `/exchange/v1` about goods: what is on its way, and what 1C keeps for orders."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from chalicelib.formats.fields import Revision
from chalicelib.formats.messages import LIST_LIMIT, Id, Message

ItemId = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\s\x00-\x1f]{1,128}$")]
Quantity = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=4)]
ITEM = "Идентификатор номенклатуры, как в каталоге: у характеристики — «номенклатура#характеристика»"

INCOMING_SUPPLY_EXAMPLE: dict[str, Any] = {
    "id": "3c9d1a70-7d0b-11ee-9a52-00155d012345",
    "revision": 63867182400000,
    "lots": [
        {
            "id": "7ab0c1d2-7d0e-11ee-9a52-00155d012345",
            "warehouse_id": "b5a7f3d2-7d0b-11ee-9a52-00155d012345",
            "eta": "2027-04-15",
            "quantity": 70,
            "reserved": 0,
        }
    ],
}
RESERVES_EXAMPLE: dict[str, Any] = {
    "id": "3c9d1a70-7d0b-11ee-9a52-00155d012345",
    "revision": 63867182400000,
    "warehouses": [{"warehouse_id": "b5a7f3d2-7d0b-11ee-9a52-00155d012345", "quantity": 12}],
}


class IncomingLotMessage(Message):
    """Партия в пути: строка заказа поставщику или перемещения."""

    id: Id = Field(description="Идентификатор партии: документ-основание в 1С")
    warehouse_id: Id = Field(description="Склад, на который она придёт")
    eta: date = Field(description="Ожидаемая дата прихода, ГГГГ-ММ-ДД")
    quantity: Quantity = Field(description="Сколько придёт, в единицах хранения")
    reserved: Quantity = Field(Decimal(0), description="Сколько из партии уже зарезервировано за заказами")


class IncomingSupplyMessage(Message):
    """Ожидаемые поставки одной номенклатуры: все партии в пути на все склады. Партия, которой в записи нет, больше не
    ожидается: пришла или отменена. Пустой список — ничего не ожидается."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [INCOMING_SUPPLY_EXAMPLE]})

    id: ItemId = Field(description=ITEM)
    revision: Revision
    lots: tuple[IncomingLotMessage, ...] = Field(max_length=LIST_LIMIT, description="Партии в пути")


class WarehouseReserveMessage(Message):
    """Резерв на одном складе."""

    warehouse_id: Id = Field(description="Склад")
    quantity: Quantity = Field(description="Зарезервировано под заказы, в единицах хранения")


class ReservesMessage(Message):
    """Резервы одной номенклатуры по всем складам. Склад, которого в записи нет, резерва не имеет. В свободном остатке,
    который передаёт обмен остатками, резерв уже вычтен."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [RESERVES_EXAMPLE]})

    id: ItemId = Field(description=ITEM)
    revision: Revision
    warehouses: tuple[WarehouseReserveMessage, ...] = Field(max_length=LIST_LIMIT, description="Резервы по складам")
