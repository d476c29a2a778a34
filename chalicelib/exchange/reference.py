"""`mode=info`: which states and payments the portal knows, for УНФ's mapping tables."""

from xml.sax.saxutils import escape

STATES = {
    "submitted": "Отправлен",
    "on_moderation": "На модерации",
    "awaiting_client": "Ожидает подтверждения клиента",
    "moderated": "Отмодерирован",
    "confirmed": "Подтверждён",
    "rejected": "Отклонён",
    "cancelled": "Отменён",
}
PAYMENTS = {"bank_transfer": "Безналичный расчёт"}


def document(encoding: str) -> bytes:
    """УНФ looks for the element `Cтатусы` by a name whose first letter is a Latin C."""
    states, payments = _rows(STATES), _rows(PAYMENTS)
    body = f"<Справочник><Cтатусы>{states}</Cтатусы><ПлатежныеСистемы>{payments}</ПлатежныеСистемы></Справочник>"
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{body}'.encode(encoding)


def _rows(names: dict[str, str]) -> str:
    return "".join(f"<Элемент><Ид>{escape(id)}</Ид><Название>{escape(name)}</Название></Элемент>" for id, name in names.items())
