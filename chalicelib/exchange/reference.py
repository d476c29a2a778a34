"""`mode=info`: which states and payments the portal knows, for УНФ's mapping tables."""

from xml.sax.saxutils import escape

from chalicelib.formats.commerceml.orders import STATUSES

PAYMENTS = {"bank_transfer": "Безналичный расчёт"}


def document(encoding: str) -> bytes:
    """УНФ looks for the element `Cтатусы` by a name whose first letter is a Latin C."""
    states = _rows({approval.value: name for approval, name in STATUSES.items()})
    payments = _rows(PAYMENTS)
    body = f"<Справочник><Cтатусы>{states}</Cтатусы><ПлатежныеСистемы>{payments}</ПлатежныеСистемы></Справочник>"
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{body}'.encode(encoding)


def _rows(names: dict[str, str]) -> str:
    return "".join(f"<Элемент><Ид>{escape(id)}</Ид><Название>{escape(name)}</Название></Элемент>" for id, name in names.items())
