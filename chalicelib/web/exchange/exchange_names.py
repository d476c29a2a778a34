"""How the exchange monitor calls flows, states, objects and actions, and how it tells times."""

from collections.abc import Mapping
from datetime import timedelta

from chalicelib.domain.exchange.exchange import Problem
from chalicelib.texts import N_, _
from chalicelib.usecases.ports.orders import OutboxRow
from chalicelib.web.figures import NBSP
from chalicelib.web.labels import name, problem_text

FLOW: Mapping[str, str] = {
    "catalogue": N_("Каталог и цены"),
    "stock": N_("Остатки"),
    "orders_out": N_("Заказы в 1С"),
    "orders_in": N_("Заказы из 1С"),
    "partners": N_("Партнёры и пакеты JSON"),
    "pictures": N_("Картинки"),
    "price_lists": N_("Прайс-листы"),
    "documents": N_("Документы"),
    "messages": N_("Письма и SMS"),
}
FLOW_NOTE: Mapping[str, str] = {
    "orders_in": N_("очередь общая с каталогом"),
    "orders_out": N_("1С забирает сама"),
    "partners": N_("принимаются сразу, без очереди"),
}
LEVEL: Mapping[str, str] = {
    "good": N_("В порядке"),
    "attention": N_("Внимание"),
    "bad": N_("Сбой"),
    "neutral": N_("Нет данных"),
}
RUN_STATE: Mapping[str, str] = {
    "open": N_("Идёт"),
    "done": N_("Успешно"),
    "problems": N_("С замечаниями"),
    "failed": N_("Ошибка"),
}
RUN_TONE: Mapping[str, str] = {"open": "info", "done": "good", "problems": "attention", "failed": "bad"}
OBJECT: Mapping[str, str] = {
    "file": N_("Файл"),
    "item": N_("Товар"),
    "offer": N_("Предложение"),
    "price": N_("Цена товара"),
    "stock": N_("Остаток товара"),
    "balance": N_("Остаток товара"),
    "group": N_("Группа"),
    "property": N_("Свойство"),
    "price_type": N_("Вид цен"),
    "warehouse": N_("Склад"),
    "order": N_("Заказ"),
    "counterparty": N_("Контрагент"),
    "unit": N_("Единица измерения"),
    "section": N_("Раздел файла"),
    "contact": N_("Контактное лицо"),
    "order_marks": N_("Отметки дилера по заказу"),
    "order_answer": N_("Ответ дилера по заказу"),
    "change_request": N_("Запрос дилера по заказу"),
    "shipment_request": N_("Запрос на отгрузку"),
    "news_receipt": N_("Прочтение новости"),
    "partners": N_("Партнёр"),
    "companies": N_("Организация"),
    "message": N_("Сообщение"),
}
ACTION: Mapping[str, str] = {
    "category_saved": N_("Категория сохранена"),
    "category_removed": N_("Категория удалена"),
    "items_placed": N_("Товары поставлены в категорию"),
    "retry": N_("Загрузить файл ещё раз"),
    "restriction.saved": N_("Сохранить ограничение продаж"),
    "restriction.ended": N_("Снять ограничение продаж"),
    "skip": N_("Пропустить файл"),
    "check": N_("Проверить файл без записи"),
    "download": N_("Скачать файл"),
    "replay": N_("Вернуть недоставленное в очередь"),
    "give_again": N_("Отдать отложенное снова"),
    "accept": N_("Объединить карточки"),
    "decline": N_("Не объединять карточки"),
}
QUEUE: Mapping[str, str] = {
    "imports": N_("загрузка файлов"),
    "snapshot": N_("поисковый снимок"),
    "stock": N_("остатки"),
    "rereads": N_("перечитывание 1С"),
    "deliveries": N_("отправка заказов"),
    "pictures": N_("картинки"),
    "documents": N_("документы"),
    "messages": N_("письма и SMS"),
}


def change_name(row: OutboxRow) -> str:
    """«Заказ K-000017», of what was put aside."""
    return f"{name(OBJECT, row.body.get('entity', 'order'))} {row.subject}"


def problem_object(problem: Problem) -> str:
    """«Товар «Дрель»», or its id where it has no name."""
    called = problem.name or problem.id
    kind = name(OBJECT, problem.kind)
    return f"{kind} «{called}»" if called else kind


def unknown_state(problem: Problem) -> str:
    """1C's name of an order state that no table knows yet."""
    return dict(problem.params).get("state", "") if problem.kind == "order" else ""


def problem_line(problem: Problem) -> str:
    """Where the text names the object itself, it is not named twice."""
    text = problem_text(problem)
    return text if problem.name and f"«{problem.name}»" in text else f"{problem_object(problem)}: {text}"


def span(time: timedelta | None) -> str:
    """«5 мин», «2 ч 10 мин», «3 дн 4 ч»."""
    if time is None:
        return "—"
    minutes = max(0, int(time.total_seconds() // 60))
    if minutes < 1:
        return _("меньше минуты").replace(" ", NBSP)
    days, hours = divmod(minutes // 60, 24)
    if days:
        text = _("%(days)s дн %(hours)s ч", days=days, hours=hours) if hours else _("%(days)s дн", days=days)
    elif hours:
        rest = minutes % 60
        text = _("%(hours)s ч %(minutes)s мин", hours=hours, minutes=rest) if rest else _("%(hours)s ч", hours=hours)
    else:
        text = _("%(minutes)s мин", minutes=minutes)
    return text.replace(" ", NBSP)
