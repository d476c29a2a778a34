"""The JSON messages of `/exchange/v1`: what 1C sends about people and companies. The OpenAPI document is made from these."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.domain.partners.partners import Confirmation

Id = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\s\x00-\x1f]{1,64}$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
LIST_LIMIT = 500

PARTNER_EXAMPLE: dict[str, Any] = {
    "id": "5f1c0c0e-7d0b-11ee-9a52-00155d012345",
    "revision": 63867182400000,
    "name": "Северный крепёж",
    "portal_access": True,
    "region": "Санкт-Петербург",
    "price_group": "Опт",
    "segments": ["Сети", "Северо-Запад"],
    "warehouse_id": "b5a7f3d2-7d0b-11ee-9a52-00155d012345",
    "account_manager": {
        "id": "0d6a3c54-7d0c-11ee-9a52-00155d012345",
        "name": "Смирнова Ольга Петровна",
        "phone": "+7 812 555-01-10",
        "email": "smirnova@supplier.example",
    },
    "contacts": [
        {
            "id": "91c2f0a8-7d0c-11ee-9a52-00155d012345",
            "name": "Кузнецов Иван Андреевич",
            "phone": "8 (921) 555-01-22",
            "email": "kuznetsov@krepezh.example",
            "portal_access": True,
        }
    ],
    "counterparties": [
        {
            "id": "c0ffee00-7d0c-11ee-9a52-00155d012345",
            "name": "ООО «Северный крепёж»",
            "kind": "legal_entity",
            "full_name": "Общество с ограниченной ответственностью «Северный крепёж»",
            "inn": "7801234564",
            "kpp": "780101001",
            "address": "199034, г. Санкт-Петербург, 5-я линия В. О., д. 10",
        }
    ],
    "contracts": [
        {
            "id": "d1d2d3d4-7d0c-11ee-9a52-00155d012345",
            "name": "Договор № 15 от 12.01.2026 (предоплата 100 %)",
            "number": "15",
            "price_type_id": "e0e1e2e3-7d0c-11ee-9a52-00155d012345",
            "counterparty_id": "c0ffee00-7d0c-11ee-9a52-00155d012345",
            "company_id": "aa00bb11-7d0c-11ee-9a52-00155d012345",
            "currency": "RUB",
            "vat_included": True,
            "prepayment": 100,
            "payment_deferral": 0,
            "is_default": True,
            "confirmation": "client_on_change",
            "inbound_buffer_days": 1,
        }
    ],
    "delivery_addresses": [
        {
            "id": "f0f1f2f3-7d0c-11ee-9a52-00155d012345",
            "name": "Магазин на Софийской",
            "address": "192289, г. Санкт-Петербург, ул. Софийская, д. 60",
            "portal_access": True,
            "max_load_kg": 5000,
            "entry_pass": "Пропуск заказать до 16:00 накануне",
            "latitude": 59.844112,
            "longitude": 30.420031,
        }
    ],
}

COMPANY_EXAMPLE: dict[str, Any] = {
    "id": "aa00bb11-7d0c-11ee-9a52-00155d012345",
    "name": "ООО «Оптовик»",
    "full_name": "Общество с ограниченной ответственностью «Оптовик»",
    "inn": "7701234560",
    "kpp": "770101001",
    "address": "115114, г. Москва, Дербеневская наб., д. 7",
    "bank_name": "ПАО Сбербанк",
    "bik": "044525225",
    "correspondent_account": "30101810400000000225",
    "bank_account": "40702810938000012345",
    "director": "Орлов С. В.",
    "accountant": "Белова Н. И.",
}


class Message(BaseModel):
    """A field nobody described is an error of the sender: it must not get lost in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ContactMessage(Message):
    """Контактное лицо партнёра. С доступом становится пользователем кабинета."""

    id: Id = Field(description="Идентификатор контактного лица в 1С")
    name: Name = Field(description="ФИО")
    phone: Line = Field(
        "", description="Мобильный телефон в любой записи: логин пользователя. Без кода страны считается российским"
    )
    email: Line = Field("", description="Электронная почта: для приглашения и как второй логин")
    portal_access: bool = Field(False, strict=True, description="Флаг «Доступ в личный кабинет»")
    deletion_mark: bool = Field(False, strict=True, description="Пометка удаления: доступ закрывается сразу")


class CounterpartyMessage(Message):
    """Контрагент партнёра: плательщик по заказам."""

    id: Id = Field(description="Идентификатор контрагента в 1С")
    name: Name = Field(description="Наименование")
    kind: Annotated[str, StringConstraints(pattern=r"^(legal_entity|sole_trader|individual)$")] = Field(
        "legal_entity", description="Вид: legal_entity (юрлицо), sole_trader (ИП), individual (физлицо)"
    )
    full_name: Text = Field("", description="Полное наименование для документов")
    inn: Line = Field("", description="ИНН")
    kpp: Line = Field("", description="КПП")
    address: Text = Field("", description="Юридический адрес")


class ContractMessage(Message):
    """Договор (соглашение): на каких условиях партнёр покупает."""

    id: Id = Field(description="Идентификатор договора или соглашения в 1С")
    name: Name = Field(description="Наименование, каким его увидит дилер")
    price_type_id: Id = Field(description="Идентификатор вида цен, тот же, что в выгрузке цен")
    counterparty_id: Id | None = Field(None, description="Контрагент договора")
    company_id: Id | None = Field(None, description="Наша организация по договору")
    currency: Currency = Field("RUB", description="Код валюты по ISO 4217")
    vat_included: bool = Field(True, strict=True, description="Цены включают НДС")
    prepayment: int = Field(100, ge=0, le=100, description="Предоплата, %")
    payment_deferral: int = Field(0, ge=0, le=3650, description="Отсрочка платежа, дней")
    is_default: bool = Field(False, strict=True, description="Выбирается сам после входа")
    number: Line = Field("", description="Номер договора")
    vat_mode: Literal["standard", "zero", "none"] = Field(
        "standard", description="НДС: standard — по ставкам номенклатуры, zero — 0 % (экспорт), none — без НДС"
    )
    discount_percent: Decimal = Field(
        Decimal(0), ge=-1000, le=100, decimal_places=4, description="Скидка от цен вида цен, %; отрицательная — наценка"
    )
    discounts_allowed: bool = Field(True, strict=True, description="Действуют акции и цены за количество")
    base_price_type_id: Id | None = Field(None, description="Вид цен, по которому берётся цена, если по основному её нет")
    confirmation: Annotated[Literal["auto", "manager", "client_on_change"], AfterValidator(Confirmation)] = Field(
        "auto",
        validate_default=True,
        description="Кто подтверждает заказ: auto (проверка наличия, дат и лимитов, при отказе менеджер), "
        "manager (всегда менеджер), client_on_change (как auto, и дилер после любого изменения)",
    )
    inbound_buffer_days: int = Field(0, ge=0, le=365, description="Через сколько дней после прихода товар можно отгрузить")


class DeliveryAddressMessage(Message):
    """Адрес доставки: субпартнёр в 1С."""

    id: Id = Field(description="Идентификатор субпартнёра в 1С")
    name: Name = Field(description="Наименование точки")
    address: Text = Field("", description="Адрес одной строкой")
    portal_access: bool = Field(True, strict=True, description="Флаг доступности в личном кабинете")
    max_load_kg: Decimal | None = Field(None, ge=0, le=1_000_000, description="Наибольшая грузоподъёмность машины, кг")
    entry_pass: Text = Field("", description="Как оформить пропуск на въезд")
    comment: Text = Field("", description="Другие сведения для доставки")
    latitude: Decimal | None = Field(None, ge=-90, le=90, description="Широта, градусы")
    longitude: Decimal | None = Field(None, ge=-180, le=180, description="Долгота, градусы")


class AccountManagerMessage(Message):
    """Менеджер поставщика, который ведёт партнёра."""

    id: Id = Field(description="Идентификатор сотрудника в 1С")
    name: Name = Field(description="ФИО")
    phone: Line = Field("", description="Телефон, как его показать дилеру")
    email: Line = Field("", description="Электронная почта")


class PartnerMessage(Message):
    """Карточка партнёра целиком. Вложенный список, который не передан, остаётся прежним; чего в переданном списке нет,
    то скрывается. Контактные лица по умолчанию не удаляются: доступ закрывает только флаг или пометка удаления."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [PARTNER_EXAMPLE]})

    id: Id = Field(description="Идентификатор партнёра в 1С")
    revision: int = Field(
        ge=1,
        le=10**18,
        description="Номер изменения карточки: растёт с каждой записью, например ТекущаяУниверсальнаяДатаВМиллисекундах()."
        " Запись с тем же или меньшим номером принимается и не меняет ничего",
    )
    name: Name = Field(description="Наименование партнёра")
    portal_access: bool = Field(strict=True, description="Флаг «Доступ в личный кабинет»: без него не войдёт никто из партнёра")
    deletion_mark: bool = Field(False, strict=True, description="Пометка удаления: доступ закрывается сразу")
    region: Line = Field("", description="Регион")
    price_group: Line = Field("", description="Ценовая группа")
    segments: tuple[Line, ...] = Field((), max_length=LIST_LIMIT, description="Сегменты партнёров, в которые он входит")
    warehouse_id: Id | None = Field(None, description="Склад, остатки которого дилер видит первыми")
    account_manager: AccountManagerMessage | None = Field(None, description="Персональный менеджер; не передан — менеджера нет")
    contacts: tuple[ContactMessage, ...] = Field((), max_length=LIST_LIMIT, description="Контактные лица")
    counterparties: tuple[CounterpartyMessage, ...] | None = Field(None, max_length=LIST_LIMIT, description="Контрагенты")
    contracts: tuple[ContractMessage, ...] | None = Field(None, max_length=LIST_LIMIT, description="Договоры")
    delivery_addresses: tuple[DeliveryAddressMessage, ...] | None = Field(
        None, max_length=LIST_LIMIT, description="Адреса доставки (субпартнёры)"
    )


class CompanyMessage(Message):
    """Наша организация с банковскими реквизитами: от её имени выставляются счета."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [COMPANY_EXAMPLE]})

    id: Id = Field(description="Идентификатор организации в 1С")
    name: Name = Field(description="Наименование")
    full_name: Text = Field("", description="Полное наименование для документов")
    inn: Line = Field("", description="ИНН")
    kpp: Line = Field("", description="КПП")
    address: Text = Field("", description="Юридический адрес")
    bank_name: Line = Field("", description="Банк")
    bik: Annotated[str, StringConstraints(pattern=r"^(\d{9})?$")] = Field("", description="БИК, 9 цифр")
    correspondent_account: Annotated[str, StringConstraints(pattern=r"^(\d{20})?$")] = Field(
        "", description="Корреспондентский счёт, 20 цифр"
    )
    bank_account: Annotated[str, StringConstraints(pattern=r"^(\d{20})?$")] = Field("", description="Расчётный счёт, 20 цифр")
    director: Line = Field("", description="Руководитель: фамилия и инициалы, как в счёте")
    accountant: Line = Field("", description="Главный бухгалтер: фамилия и инициалы")


class RecordResult(Message):
    """Что стало с записью."""

    id: str = Field(description="Идентификатор из запроса", examples=["5f1c0c0e-7d0b-11ee-9a52-00155d012345"])
    outcome: str = Field(
        description="written — записана; unchanged — уже была такой или новее; refused — не принята, причина в reasons;"
        " waiting — ждёт объект, на который ссылается, и будет принята вместе с ним;"
        " postponed — не хватило времени, отправьте запись ещё раз",
        examples=["written"],
    )
    reasons: tuple[str, ...] = Field((), description="Причины отказа или замечания к принятой записи")
    visible: bool = Field(False, description="Только у документов: файл проверен, дилер его видит")
    upload: dict[str, Any] | None = Field(
        None, description="Только у документов: куда отправить файл — url, method, headers и срок ссылки expires_in в секундах"
    )


class BatchReply(Message):
    """Ответ на пачку: по строке на каждую запись, в порядке запроса."""

    run: str = Field(description="Номер сеанса в журнале обмена", examples=["000042"])
    results: tuple[RecordResult, ...]


class ProblemReply(Message):
    """Ошибка всего запроса по RFC 9457."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(description="Кратко", examples=["Запрос не разобран"])
    status: int = Field(examples=[422])
    detail: str = Field(description="Что не так и что сделать", examples=["Ожидается объект с полем «partners»"])
