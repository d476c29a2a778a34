"""Names of codes as people read them: statuses, roles, kinds of documents; and the colour of their badges."""

from collections.abc import Mapping
from hashlib import sha256

from chalicelib.domain.catalogue.marks import EXPECTED, NEW, PROMOTION, STALE
from chalicelib.domain.catalogue.prices import TIER
from chalicelib.domain.documents import Document
from chalicelib.domain.exchange.exchange import Problem
from chalicelib.domain.exchange.node_settings import ItemField
from chalicelib.domain.news import NewsKind
from chalicelib.domain.orders.order_progress import Bucket, LineStatus
from chalicelib.domain.orders.orders import (
    Approval,
    ChangeKind,
    DeliveryMethod,
    Fulfilment,
    OrderEvent,
    OrderLine,
    Payment,
    Reason,
)
from chalicelib.domain.partners.partners import Contract
from chalicelib.texts import N_, _, ngettext_text
from chalicelib.usecases.ports.catalogue import BRAND_FACET, KIND_FACET, Card
from chalicelib.web.figures import number, short_day

APPROVAL: Mapping[str, str] = {
    Approval.SUBMITTED: N_("Отправлен"),
    Approval.ON_MODERATION: N_("На модерации"),
    Approval.AWAITING_CLIENT: N_("Ожидает вашего подтверждения"),
    Approval.MODERATED: N_("Отмодерирован"),
    Approval.CONFIRMED: N_("Подтверждён"),
    Approval.REJECTED: N_("Отклонён"),
    Approval.CANCELLED: N_("Отменён"),
}
APPROVAL_OF_DEALER: Mapping[str, str] = {**APPROVAL, Approval.AWAITING_CLIENT: N_("Ожидает подтверждения дилера")}
"""As the supplier's people read it."""

FULFILMENT: Mapping[str, str] = {
    Fulfilment.NOT_STARTED: N_("Не начат"),
    Fulfilment.AWAITING_SUPPLY: N_("Ожидает поставки"),
    Fulfilment.IN_PRODUCTION: N_("В производстве"),
    Fulfilment.READY: N_("Готов к отгрузке"),
    Fulfilment.PARTIALLY_SHIPPED: N_("Частично отгружен"),
    Fulfilment.SHIPPED: N_("Отгружен"),
    Fulfilment.IN_TRANSIT: N_("В доставке"),
    Fulfilment.DELIVERED: N_("Доставлен"),
    Fulfilment.COMPLETED: N_("Выполнен"),
}
PAYMENT: Mapping[str, str] = {
    Payment.UNPAID: N_("Не оплачен"),
    Payment.PARTIALLY_PAID: N_("Частично оплачен"),
    Payment.PAID: N_("Оплачен"),
    Payment.OVERPAID: N_("Переплата"),
}
LINE_STATUS: Mapping[str, str] = {
    LineStatus.SHORTAGE: N_("нет обеспечения"),
    LineStatus.RESERVED_INCOMING: N_("зарезервировано из поставки"),
    LineStatus.RESERVED_STOCK: N_("зарезервировано на складе"),
    LineStatus.IN_PRODUCTION: N_("в производстве"),
    LineStatus.READY: N_("готово"),
    LineStatus.SHIPMENT_REQUESTED: N_("запрошена отгрузка"),
    LineStatus.IN_DELIVERY: N_("на доставке"),
    LineStatus.AT_DEALER: N_("у вас в наличии"),
    LineStatus.SOLD: N_("продано"),
    LineStatus.RETURNED: N_("возвращено"),
    LineStatus.CANCELLED: N_("отменено"),
}
"""As they stand after a quantity: «3 в производстве»."""

MARKS: Mapping[str, tuple[str, str]] = {
    NEW: (N_("новинки"), N_("новинка")),
    PROMOTION: (N_("акции"), N_("акция")),
    EXPECTED: (N_("ожидается"), N_("ожидается")),
    STALE: (N_("залежавшиеся"), N_("залежавшийся")),
}
"""Marks of goods: of many, of one."""

FACETS: Mapping[str, str] = {KIND_FACET: N_("Вид товара"), BRAND_FACET: N_("Бренд")}
DELIVERY: Mapping[str, str] = {
    DeliveryMethod.PICKUP: N_("Самовывоз"),
    DeliveryMethod.DELIVERY: N_("Доставка"),
}
ORIGIN: Mapping[str, str] = {
    "portal": N_("Личный кабинет"),
    "erp": N_("Из 1С"),
}
ORDER_GROUP: Mapping[str, str] = {
    "attention": N_("Требуют моего ответа"),
    "working": N_("В работе"),
    "done": N_("Завершённые"),
    "cancelled": N_("Отменённые"),
}
LANE: Mapping[str, str] = {
    "moderation": N_("На модерации"),
    "new": N_("Новые"),
    "awaiting": N_("Ждут ответа дилера"),
    "late": N_("Просрочены"),
    "working": N_("В работе"),
    "done": N_("Завершённые"),
    "cancelled": N_("Отменённые"),
}
DECISION: Mapping[str, str] = {
    "confirm": N_("Подтвердить"),
    "hold": N_("Взять на проверку"),
    "ask": N_("Запросить подтверждение дилера"),
    "reject": N_("Отклонить"),
}
ORDER_COLUMN: Mapping[str, str] = {
    "number": N_("№ заказа"),
    "erp_number": N_("№ в 1С"),
    "client_reference": N_("Ваш №"),
    "placed_at": N_("Дата"),
    "origin": N_("Тип"),
    "payer": N_("Плательщик"),
    "contract": N_("Договор"),
    "user_name": N_("Оформил"),
    "vat": N_("НДС"),
    "amount": N_("Сумма"),
    "left": N_("Осталось оплатить"),
    "approval": N_("Согласование"),
    "fulfilment": N_("Исполнение"),
    "payment": N_("Оплата"),
    "shipped": N_("Отгружено"),
    "delivery": N_("Способ получения"),
    "desired_date": N_("Желаемая дата"),
    "weight": N_("Вес, кг"),
    "comment": N_("Комментарий"),
}
CHANGE: Mapping[str, str] = {
    ChangeKind.SAME: N_("Без изменений"),
    ChangeKind.CHANGED: N_("Изменена"),
    ChangeKind.REMOVED: N_("Удалена"),
    ChangeKind.ADDED: N_("Добавлена"),
}
DOCUMENT_KIND: Mapping[str, str] = {
    "payment_invoice": N_("Счёт на оплату"),
    "upd": N_("УПД"),
    "waybill": N_("Накладная ТОРГ-12"),
    "goods_issue": N_("Расходная накладная"),
    "tax_invoice": N_("Счёт-фактура"),
    "reconciliation_statement": N_("Акт сверки"),
    "certificate": N_("Сертификат"),
    "contract": N_("Договор"),
    "price_list": N_("Прайс-лист"),
    "other": N_("Документ"),
}
DOCUMENT_STATUS: Mapping[str, str] = {
    "issued": N_("Выставлен"),
    "superseded": N_("Заменён"),
    "void": N_("Аннулирован"),
}
NEWS_KIND: Mapping[str, str] = {
    NewsKind.NEWS: N_("Новость"),
    NewsKind.PROMOTION: N_("Акция"),
    NewsKind.DISCOUNT: N_("Скидка"),
    NewsKind.NOVELTY: N_("Новинка"),
}
ROLE: Mapping[str, str] = {
    "account_head": N_("Руководитель"),
    "employee": N_("Сотрудник"),
    "manager": N_("Менеджер"),
    "administrator": N_("Администратор"),
    "finance": N_("Бухгалтерия"),
}
ITEM_FIELD: Mapping[str, str] = {
    ItemField.WEIGHT: N_("Вес, кг"),
    ItemField.VOLUME: N_("Объём, м³"),
    ItemField.PACKAGE: N_("Количество в упаковке"),
    ItemField.AVAILABILITY: N_("Комментарий о наличии"),
    ItemField.SKU: N_("Артикул"),
    ItemField.BRAND: N_("Бренд"),
    ItemField.MANUFACTURER: N_("Производитель"),
    ItemField.COUNTRY: N_("Страна"),
    ItemField.BARCODE: N_("Штрихкод"),
    ItemField.SKIP: N_("не загружать"),
}
FILE_STATE: Mapping[str, str] = {
    "receiving": N_("Принимается"),
    "queued": N_("В очереди"),
    "running": N_("Загружается"),
    "done": N_("Загружен"),
    "failed": N_("Ошибка"),
}
RECORD_KIND: dict[str, str] = {
    "partners": N_("Партнёры"),
    "companies": N_("Организации"),
    "counterparties": N_("Контрагенты"),
    "contracts": N_("Договоры"),
    "delivery_addresses": N_("Адреса доставки"),
    "individual_prices": N_("Индивидуальные цены"),
    "discounts": N_("Акции и скидки"),
    "currency_rates": N_("Курсы валют"),
    "restrictions": N_("Ограничения продаж"),
    "credit_limits": N_("Кредитные лимиты"),
    "settlements": N_("Взаиморасчёты"),
    "incoming_supply": N_("Ожидаемые поставки"),
    "reserves": N_("Резервы"),
    "order_states": N_("Состояния заказов"),
    "documents": N_("Документы"),
    "uploaded_documents": N_("Загруженные файлы"),
    "managers": N_("Менеджеры"),
    "news": N_("Новости"),
}
"""Entities of the open protocol: kinds of runs and of rows alike."""

RUN_KIND: Mapping[str, str] = RECORD_KIND | {
    "catalog": N_("Каталог"),
    "sale": N_("Заказы"),
    "stock": N_("Остатки"),
    "waiting": N_("Ожидающие записи"),
    "manifests": N_("Полные выгрузки"),
    "reconcile": N_("Сверка"),
    "changes": N_("Изменения для 1С"),
}
ROW_KIND: Mapping[str, str] = RECORD_KIND | {
    "groups": N_("Группы"),
    "properties": N_("Свойства"),
    "price_types": N_("Виды цен"),
    "warehouses": N_("Склады"),
    "items": N_("Номенклатура"),
    "variants": N_("Характеристики"),
    "offers": N_("Предложения"),
    "prices": N_("Цены"),
    "stock": N_("Остатки"),
    "balance": N_("Остатки"),
    "pictures": N_("Картинки"),
    "orders": N_("Заказы"),
    "papers": N_("Документы заказов"),
    "units": N_("Единицы измерения"),
    "waiting": N_("Ожидающие записи"),
    "changes": N_("Изменения для 1С"),
}
TONE: Mapping[str, str] = {
    Approval.AWAITING_CLIENT: "attention",
    Approval.CONFIRMED: "good",
    Approval.REJECTED: "bad",
    Approval.CANCELLED: "bad",
    Fulfilment.AWAITING_SUPPLY: "attention",
    Fulfilment.READY: "good",
    Fulfilment.IN_PRODUCTION: "info",
    Fulfilment.PARTIALLY_SHIPPED: "info",
    Fulfilment.IN_TRANSIT: "info",
    Payment.OVERPAID: "attention",
    Fulfilment.SHIPPED: "good",
    Fulfilment.DELIVERED: "good",
    Fulfilment.COMPLETED: "good",
    Payment.PARTIALLY_PAID: "attention",
    Payment.PAID: "good",
    Approval.SUBMITTED: "info",
    Approval.ON_MODERATION: "info",
    Approval.MODERATED: "info",
    "running": "info",
    "done": "good",
    "failed": "bad",
}

NOTICES: Mapping[str, str] = {
    "chosen": N_("Выбор сохранён"),
    "awaited": N_("Сообщим, как только товар поступит"),
    "not_awaited": N_("Больше не ждёте этот товар"),
    "category_saved": N_("Категория сохранена"),
    "category_removed": N_("Категория удалена"),
    "items_placed": N_("Товары поставлены в категорию"),
    "restriction-saved": N_("Ограничение сохранено и уже действует"),
    "restriction-ended": N_("Ограничение снято"),
    "put": N_("Корзина обновлена"),
    "quick_added": N_("Строки добавлены в корзину"),
    "columns": N_("Столбцы запомнены: следующий такой файл прочитается сам"),
    "cart-chosen": N_("Товар теперь кладётся сюда"),
    "draft-made": N_("Черновик создан, товар теперь кладётся в него"),
    "draft-put-aside": N_("Корзина отложена в черновик"),
    "draft-renamed": N_("Черновик переименован"),
    "draft-copied": N_("Черновик скопирован"),
    "draft-shared": N_("Черновик виден коллегам"),
    "draft-private": N_("Черновик виден только автору"),
    "draft-deleted": N_("Черновик удалён"),
    "lines-moved": N_("Строки перенесены"),
    "lines-removed": N_("Строки убраны"),
    "put-in-part": N_("Добавлено, кроме строк, которые сейчас нельзя заказать"),
    "template-saved": N_("Шаблон сохранён"),
    "template-changed": N_("Шаблон изменён"),
    "template-deleted": N_("Шаблон удалён"),
    "vehicles-saved": N_("Список машин сохранён"),
    "logo-saved": N_("Логотип сохранён"),
    "logo-removed": N_("Логотип убран"),
    "confirmed": N_("Изменения подтверждены, 1С узнает об этом сейчас"),
    "declined": N_("Ваш ответ отправлен менеджеру"),
    "cancelled": N_("Заказ отменён, резерв освобождён"),
    "cancel-asked": N_("Запрос на отмену отправлен: менеджер ответит вам"),
    "change-asked": N_("Запрос на изменение отправлен: менеджер ответит вам"),
    "order-changed": N_("Заказ изменён"),
    "request-withdrawn": N_("Запрос отозван, заказ остаётся как есть"),
    "request-decided": N_("Решение по запросу принято, дилер его видит"),
    "shipment-asked": N_("Запрос на отгрузку отправлен поставщику"),
    "marked": N_("Отметки сохранены"),
    "moderated": N_("Решение принято, дилер его видит"),
    "message_sent": N_("Сообщение отправлено"),
    "columns_saved": N_("Колонки сохранены"),
    "view_saved": N_("Представление сохранено"),
    "view_removed": N_("Представление удалено"),
    "signed-out": N_("Вы вышли из кабинета"),
    "password-set": N_("Пароль сохранён"),
    "emptied": N_("Корзина очищена"),
    "node-saved": N_("Настройки узла сохранены"),
    "read": N_("Отмечено: прочитано"),
    "exchange-retried": N_("Файл поставлен в очередь на загрузку"),
    "exchange-skipped": N_("Файл пропущен"),
    "exchange-check": N_("Файл проверяется, записано ничего не будет"),
    "exchange-replayed": N_("Недоставленные сообщения возвращены в очередь"),
    "exchange-nothing-dead": N_("Недоставленных сообщений уже нет"),
    "exchange-given": N_("Заказ будет отдан 1С снова"),
    "proposal-accepted": N_("Карточки объединяются: прежняя будет помечена удалённой"),
    "notifications-saved": N_("Настройка уведомлений сохранена"),
    "proposal-declined": N_("Эта пара больше не будет предложена"),
}
"""Messages shown once, on the page after a form; the cookie carries the code alone."""


def choices(names: Mapping[str, str]) -> list[tuple[str, str]]:
    """(code, text) pairs of a list to choose from."""
    return [(code, _(text)) for code, text in names.items()]


def name(names: Mapping[str, str], code: str) -> str:
    """An unknown code is shown as it is: better than a page that fails."""
    return _(names[code]) if code in names else code


def tone(code: str) -> str:
    return TONE.get(code, "neutral")


def terms(contract: Contract) -> str:
    """«Отсрочка 30 дней», «Предоплата 100 %»."""
    days = contract.payment_deferral
    if days and contract.prepayment in (0, 100):
        return ngettext_text("Отсрочка %(num)d день", "Отсрочка %(num)d дней", days) % {"num": days}
    if days:
        text = ngettext_text(
            "Предоплата %(part)d %%, отсрочка %(num)d день", "Предоплата %(part)d %%, отсрочка %(num)d дней", days
        )
        return text % {"num": days, "part": contract.prepayment}
    return _("Предоплата %(part)d %%", part=contract.prepayment) if contract.prepayment else _("Оплата по факту")


def contract_title(contract: Contract) -> str:
    """Name and terms; many a name in 1C tells its terms already."""
    told = terms(contract)
    return contract.name if told.lower() in contract.name.lower() else f"{contract.name} · {told}"


def key(value: str) -> str:
    """An element id out of any id of 1C's, which may hold `#` and braces."""
    return sha256(value.encode()).hexdigest()[:12]


def variant_left(card: Card) -> str:
    """What of the variant the name does not say yet: 1C usually appends its values in brackets."""
    parts = [part.strip() for part in card.variant.split(",")]
    return ", ".join(part for part in parts if part.rpartition(":")[2].strip() not in card.name)


def document_name(document: Document) -> str:
    """Its title, or kind and number."""
    number = f" № {document.number}" if document.number else ""
    return document.title or name(DOCUMENT_KIND, document.kind) + number


def bucket_text(bucket: Bucket) -> str:
    """«3 в производстве · покраска (15.04)»."""
    text = f"{number(bucket.quantity, 3)} {name(LINE_STATUS, bucket.status)}"
    text += f" · {bucket.stage}" if bucket.stage else ""
    return text + (f" ({bucket.due:%d.%m})" if bucket.due else "")


def delay_text(line: OrderLine) -> str:
    """«Задержка поставки: 50 ожидаются 20.04 вместо 17.04»."""
    text = N_("%(quantity)s ожидаются %(due)s вместо %(promised)s")
    parts = [
        _(text, quantity=number(part.quantity, 3), due=short_day(part.due), promised=short_day(part.promised))
        for part in line.plan
        if part.late and part.due and part.promised
    ]
    return _("Задержка поставки: %(parts)s", parts="; ".join(parts))


def reason_text(reason: Reason) -> str:
    return _(reason.text, **dict(reason.params))


def event_text(event: OrderEvent) -> str:
    return _(event.text, **dict(event.params))


def problem_text(problem: Problem) -> str:
    return _(problem.reason, **dict(problem.params))


TIER_STEP = TIER
"""The step of a price whose figure is a quantity, not a percent."""


def mark_name(mark: str) -> str:
    """Of many goods, as a choice."""
    return _(MARKS[mark][0]) if mark in MARKS else mark


def mark_of_item(mark: str) -> str:
    return _(MARKS[mark][1]) if mark in MARKS else mark


def facet_name(name: str) -> str:
    """Of a property it is 1C's own."""
    return _(FACETS[name]) if name in FACETS else name
