"""Messages of `/exchange/v1` about terms: individual prices, discounts and promotions, currency rates, restrictions, limits."""

from datetime import date
from datetime import date as date_type
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from chalicelib.formats.fields import Currency, DeletionMark, Id, Line, PartnerId, PositiveAmount, Price, Revision
from chalicelib.formats.messages import PARTNER_EXAMPLE, Message, Name, Text

Percent = Annotated[Decimal, Field(ge=-1000, le=100, max_digits=8, decimal_places=4)]
ItemId = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\s\x00-\x1f]{1,128}$")]
Quantity = Annotated[Decimal, Field(gt=0, le=10**9, max_digits=13, decimal_places=3)]
Segment = Annotated[Line, Field(min_length=1)]

INDIVIDUAL_PRICE_EXAMPLE: dict[str, Any] = {
    "id": "a1a2a3a4-7d0c-11ee-9a52-00155d012345",
    "revision": 63867182400000,
    "partner_id": PARTNER_EXAMPLE["id"],
    "group_id": "b7b8b9b0-7d0c-11ee-9a52-00155d012345",
    "percent": 7.5,
    "valid_from": "2026-01-01",
    "valid_to": "2026-12-31",
}
DISCOUNT_EXAMPLE: dict[str, Any] = {
    "id": "d1d2d3d4-7d0c-11ee-9a52-00155d012345",
    "revision": 63867182400000,
    "name": "Осенняя распродажа",
    "kind": "promotion",
    "description": "Скидка на всю марку до конца ноября",
    "brand": "Нордика",
    "percent": 10,
    "valid_from": "2026-11-01",
    "valid_to": "2026-11-30",
}
CURRENCY_RATE_EXAMPLE: dict[str, Any] = {
    "id": "USD",
    "revision": 63867182400000,
    "currency": "USD",
    "rate": 90.5,
    "multiplicity": 1,
    "date": "2026-11-21",
}
RESTRICTION_EXAMPLE: dict[str, Any] = {
    "id": "c1c2c3c4-7d0c-11ee-9a52-00155d012345",
    "revision": 63867182400000,
    "region": "Санкт-Петербург",
    "brand": "Нордика",
    "mode": "block",
    "reason": "Эксклюзив регионального дистрибьютора",
}
CREDIT_LIMIT_EXAMPLE: dict[str, Any] = {
    "id": "e5e6e7e8-7d0c-11ee-9a52-00155d012345",
    "revision": 63867182400000,
    "partner_id": PARTNER_EXAMPLE["id"],
    "contract_id": PARTNER_EXAMPLE["contracts"][0]["id"],
    "amount": 500000,
    "currency": "RUB",
}


class _Term(Message):
    """What terms have in common: an id, a revision and days between which they hold."""

    id: Id = Field(description="Идентификатор записи в 1С")
    revision: Revision
    valid_from: date | None = Field(None, description="Действует с даты, ГГГГ-ММ-ДД; не передана — с начала")
    valid_to: date | None = Field(None, description="Действует по дату включительно; не передана — бессрочно")
    deletion_mark: DeletionMark = False

    @model_validator(mode="after")
    def _days_in_order(self) -> "_Term":
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to раньше valid_from")
        return self


class _GoodsTerm(_Term):
    """Terms of an item, a group or a brand; of the whole assortment where none is named."""

    item_id: ItemId | None = Field(
        None, description="Номенклатура, как в каталоге: у характеристики — «номенклатура#характеристика»"
    )
    group_id: Id | None = Field(None, description="Группа номенклатуры со всеми вложенными")
    brand: Segment | None = Field(None, description="Марка (бренд), как в каталоге")

    @model_validator(mode="after")
    def _one_choice_of_goods(self) -> "_GoodsTerm":
        _at_most_one(self, ("item_id", "group_id", "brand"))
        return self


def _at_most_one(message: Message, fields: tuple[str, ...]) -> int:
    named = sum(getattr(message, field) is not None for field in fields)
    if named > 1:
        raise ValueError(f"укажите одно из полей {', '.join(fields)}")
    return named


class IndividualPriceMessage(_GoodsTerm):
    """Индивидуальная цена или скидка: партнёра или сегмента партнёров, на номенклатуру, группу, марку или весь ассортимент.

    Передаётся либо скидка в процентах (отрицательная — наценка), либо цена единицы."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [INDIVIDUAL_PRICE_EXAMPLE]})

    partner_id: Id | None = Field(None, description="Партнёр: если он ещё не пришёл, запись ждёт его")
    segment: Segment | None = Field(None, description="Сегмент партнёров: один из segments карточки партнёра")
    percent: Percent | None = Field(None, description="Скидка от цены вида цен договора, %; отрицательная — наценка")
    price: Price | None = Field(None, description="Цена единицы в валюте")
    currency: Currency = Field("RUB", description="Валюта цены, код по ISO 4217")
    min_quantity: Quantity | None = Field(None, description="Действует при заказе от этого количества")
    contract_id: Id | None = Field(None, description="Действует только по этому договору партнёра")
    calculated: bool = Field(
        False, strict=True, description="Цена рассчитана в 1С окончательно: скидки договора и акции к ней не применяются"
    )

    @model_validator(mode="after")
    def _whose_and_how_much(self) -> "IndividualPriceMessage":
        if _at_most_one(self, ("partner_id", "segment")) != 1:
            raise ValueError("укажите partner_id или segment")
        if _at_most_one(self, ("percent", "price")) != 1:
            raise ValueError("укажите percent или price")
        if self.price is not None and self.item_id is None:
            raise ValueError("цена задаётся для одной номенклатуры: укажите item_id")
        if self.calculated and self.price is None:
            raise ValueError("calculated передаётся вместе с price")
        return self


class DiscountMessage(_GoodsTerm):
    """Акция или скидка за объём: всем, партнёру, сегменту или региону, на номенклатуру, группу, марку или весь ассортимент.

    Действует там, где договор допускает скидки (discounts_allowed). Из нескольких берётся самая выгодная: они не складываются."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [DISCOUNT_EXAMPLE]})

    name: Name = Field(description="Название, каким его увидит дилер")
    kind: Literal["promotion", "volume"] = Field("promotion", description="promotion — акция, volume — скидка за объём")
    description: Text = Field("", description="Условия словами")
    partner_id: Id | None = Field(None, description="Партнёр: если он ещё не пришёл, запись ждёт его")
    segment: Segment | None = Field(None, description="Сегмент партнёров: один из segments карточки партнёра")
    region: Segment | None = Field(None, description="Регион, как в карточке партнёра")
    percent: Percent | None = Field(None, description="Скидка, %")
    price: Price | None = Field(None, description="Цена единицы по акции, в валюте")
    currency: Currency = Field("RUB", description="Валюта цены, код по ISO 4217")
    min_quantity: Quantity | None = Field(None, description="От какого количества в строке заказа действует")

    @model_validator(mode="after")
    def _whose_and_how_much(self) -> "DiscountMessage":
        _at_most_one(self, ("partner_id", "segment", "region"))
        if _at_most_one(self, ("percent", "price")) != 1:
            raise ValueError("укажите percent или price")
        return self


class CurrencyRateMessage(Message):
    """Курс валюты к рублю: по нему цены вида цен пересчитываются в валюту договора. Передавайте курс в день его начала."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [CURRENCY_RATE_EXAMPLE]})

    id: Id = Field(description="Идентификатор записи, например код валюты: новый курс приходит под тем же")
    revision: Revision
    currency: Currency = Field(description="Валюта, код по ISO 4217")
    rate: Annotated[Decimal, Field(gt=0, le=10**9, max_digits=16, decimal_places=6)] = Field(
        description="Сколько рублей стоят multiplicity единиц валюты"
    )
    multiplicity: int = Field(1, ge=1, le=1_000_000, description="Кратность курса")
    date: date_type | None = Field(None, description="С какого дня действует курс, ГГГГ-ММ-ДД")
    deletion_mark: DeletionMark = False


class RestrictionMessage(_GoodsTerm):
    """Ограничение продаж: что не может купить партнёр, сегмент или регион."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [RESTRICTION_EXAMPLE]})

    partner_id: Id | None = Field(None, description="Партнёр: если он ещё не пришёл, запись ждёт его")
    segment: Segment | None = Field(None, description="Сегмент партнёров: один из segments карточки партнёра")
    region: Segment | None = Field(None, description="Регион, как в карточке партнёра")
    mode: Literal["block", "hide"] = Field(
        "block", description="block — товар виден с причиной, заказать нельзя; hide — товара не видно"
    )
    reason: Text = Field("", description="Причина, которую прочитает дилер")

    @model_validator(mode="after")
    def _whose(self) -> "RestrictionMessage":
        if _at_most_one(self, ("partner_id", "segment", "region")) != 1:
            raise ValueError("укажите partner_id, segment или region")
        return self


class CreditLimitMessage(_Term):
    """Кредитный лимит партнёра: по договору или по всем договорам вместе."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [CREDIT_LIMIT_EXAMPLE]})

    partner_id: PartnerId
    contract_id: Id | None = Field(None, description="Договор партнёра; не передан — лимит общий")
    amount: PositiveAmount = Field(description="Допустимая задолженность, в валюте лимита")
    currency: Currency = Field("RUB", description="Код валюты по ISO 4217")
