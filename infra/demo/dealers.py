"""Our company and its three dealers, with everything 1C knows of them. Nobody here exists: tax office 9999 is nowhere."""

# ruff: noqa: E501 - a table is read best with a row on a line

from infra.demo.codes import bank_account, correspondent_account, guid, legal_entity_inn, person_inn
from infra.demo.supplier import Address, Company, Contact, Contract, Counterparty, Dealer, Manager, PriceType, Warehouse

_PREFIXES = {"severny": "СД", "uyut": "ДУ", "sibir": "СБ"}
_BIK = "049999745"
_KPP = "999901001"

MOSCOW = Warehouse(
    guid("warehouse", "moscow"), "Москва", "142184, Московская обл., г. Подольск, ул. Складская, д. 14", "55.4312", "37.5447"
)
YEKATERINBURG = Warehouse(
    guid("warehouse", "yekaterinburg"), "Екатеринбург", "620024, г. Екатеринбург, ул. Бисертская, д. 132", "56.7660", "60.6857"
)
NOVOSIBIRSK = Warehouse(
    guid("warehouse", "novosibirsk"), "Новосибирск", "630024, г. Новосибирск, ул. Мира, д. 62", "54.9604", "82.9351"
)
WAREHOUSES = (MOSCOW, YEKATERINBURG, NOVOSIBIRSK)

COMPANY = Company(
    id=guid("company"),
    name="ООО «ТД Филёнка»",
    full_name="Общество с ограниченной ответственностью «Торговый дом Филёнка»",
    inn=legal_entity_inn("999901234"),
    kpp=_KPP,
    address="142184, Московская обл., г. Подольск, ул. Складская, д. 14, офис 301",
    bank_name="АО «Демонстрационный банк», г. Москва",
    bik=_BIK,
    correspondent_account=correspondent_account("30101810000000000745", _BIK),
    bank_account=bank_account("40702810000000012345", _BIK),
    director="Калинина Вера Андреевна",
    accountant="Журавлёва Нина Петровна",
)

_MOROZOVA = Manager(guid("manager", "morozova"), "Морозова Анна Сергеевна", "+79001112101", "morozova@filenka.example.com")
_BELOV = Manager(guid("manager", "belov"), "Белов Игорь Олегович", "+79001112102", "belov@filenka.example.com")


def dealers(price_types: dict[str, PriceType]) -> tuple[Dealer, ...]:
    """`price_types` by name."""
    return (_severny(price_types), _uyut(price_types), _sibir(price_types))


def _severny(price_types: dict[str, PriceType]) -> Dealer:
    entity = _entity("severny", "Северный дом", "999911101", "125040, г. Москва, Ленинградский пр-т, д. 999, офис 12")
    trader = _trader("severny", "Громова Елена Викторовна", "9999222101", "125040, г. Москва, ул. Правды, д. 999, кв. 1")
    return Dealer(
        id=guid("partner", "severny"),
        name="Северный дом",
        region="Москва и область",
        price_group="Дилер",
        warehouse_id=MOSCOW.id,
        manager=_MOROZOVA,
        contacts=(Contact(guid("contact", "severny", "1"), "Громова Елена Викторовна", "+79001112201", "gromova@severnydom.example.com", head=True),),
        counterparties=(entity, trader),
        contracts=(
            _contract("severny", 1, price_types["Дилер, отсрочка 30 дней"], entity, 0, 30, default=True),
            _contract("severny", 2, price_types["Дилер"], entity, 100, 0),
            _contract("severny", 3, price_types["Опт"], trader, 50, 0),
        ),
        addresses=(
            Address(
                guid("address", "severny", "1"), "Салон на Ленинградском", "г. Москва, Ленинградский пр-т, д. 999, стр. 1", 3500,
                "Въезд с 8:00 до 11:00, пропуск заказать накануне до 16:00: +7 900 111-22-01", "Разгрузка с торца, ворота 2,4 м", "55.7878", "37.5620",
            ),
            Address(
                guid("address", "severny", "2"), "Склад в Химках", "Московская обл., г. Химки, Вашутинское ш., д. 999", 20000,
                "Пропуск на фуру по номеру машины, оформляется за час", "Рампа, есть погрузчик", "55.9171", "37.4104",
            ),
        ),
    )  # fmt: skip


def _uyut(price_types: dict[str, PriceType]) -> Dealer:
    trader = _trader("uyut", "Рябинин Павел Сергеевич", "9999222102", "620014, г. Екатеринбург, ул. Малышева, д. 999, кв. 2")
    entity = _entity("uyut", "Уют-Урал", "999911102", "620014, г. Екатеринбург, ул. Малышева, д. 999, офис 3")
    return Dealer(
        id=guid("partner", "uyut"),
        name="Двери и уют",
        region="Урал",
        price_group="Опт",
        warehouse_id=YEKATERINBURG.id,
        manager=_BELOV,
        contacts=(Contact(guid("contact", "uyut", "1"), "Рябинин Павел Сергеевич", "+79001112202", "ryabinin@dveri-uyut.example.com", head=True),),
        counterparties=(trader, entity),
        contracts=(
            _contract("uyut", 1, price_types["Опт"], trader, 100, 0, default=True),
            _contract("uyut", 2, price_types["Дилер"], entity, 100, 0),
        ),
        addresses=(
            Address(
                guid("address", "uyut", "1"), "Магазин на Малышева", "г. Екатеринбург, ул. Малышева, д. 999", 1500,
                "Проезд во двор только «Газелью», высота арки 2,9 м", "Звонить за 30 минут", "56.8353", "60.6122",
            ),
        ),
    )  # fmt: skip


def _sibir(price_types: dict[str, PriceType]) -> Dealer:
    entity = _entity("sibir", "СибДверь", "999911103", "630099, г. Новосибирск, Красный пр-т, д. 999, офис 7")
    trader = _trader("sibir", "Лаптев Артём Юрьевич", "9999222103", "630099, г. Новосибирск, ул. Ленина, д. 999, кв. 3")
    return Dealer(
        id=guid("partner", "sibir"),
        name="СибДверь",
        region="Сибирь",
        price_group="Дилер",
        warehouse_id=NOVOSIBIRSK.id,
        manager=_BELOV,
        contacts=(
            Contact(guid("contact", "sibir", "1"), "Лаптев Артём Юрьевич", "+79001112203", "laptev@sibdver.example.com", head=True),
        ),
        counterparties=(entity, trader),
        contracts=(
            _contract("sibir", 1, price_types["Дилер"], entity, 50, 0, default=True),
            _contract("sibir", 2, price_types["Дилер, отсрочка 30 дней"], entity, 0, 30),
            _contract("sibir", 3, price_types["РРЦ"], trader, 100, 0),
        ),
        addresses=(
            Address(
                guid("address", "sibir", "1"), "База на Мира", "г. Новосибирск, ул. Мира, д. 999, корп. 4", 10000,
                "Охрана на въезде, назвать «СибДверь»", "Приёмка с 9:00 до 17:00, кроме воскресенья", "54.9650", "82.9300",
            ),
            Address(
                guid("address", "sibir", "2"), "Салон в Академгородке", "г. Новосибирск, Морской пр-т, д. 999", 1500,
                "Пропуск не нужен", "Подъём на второй этаж, лифта нет", "54.8406", "83.0930",
            ),
        ),
    )  # fmt: skip


def _entity(key: str, name: str, inn: str, address: str) -> Counterparty:
    full_name = f"Общество с ограниченной ответственностью «{name}»"
    return Counterparty(
        guid("counterparty", key, inn), f"ООО «{name}»", "legal_entity", full_name, legal_entity_inn(inn), _KPP, address
    )


def _trader(key: str, name: str, inn: str, address: str) -> Counterparty:
    surname, first, father = name.split()
    short = f"ИП {surname} {first[0]}. {father[0]}."
    full_name = f"Индивидуальный предприниматель {name}"
    return Counterparty(guid("counterparty", key, inn), short, "sole_trader", full_name, person_inn(inn), "", address)


def _contract(
    key: str, place: int, price_type: PriceType, payer: Counterparty, prepayment: int, deferral: int, *, default: bool = False
) -> Contract:
    number = f"{_PREFIXES[key]}-{place:02d}/2026"
    terms = f"отсрочка {deferral} дней" if deferral else f"предоплата {prepayment} %"
    return Contract(
        guid("contract", key, str(place)),
        f"Договор {number}, {terms}",
        number,
        price_type.id,
        payer.id,
        prepayment,
        deferral,
        default,
    )
