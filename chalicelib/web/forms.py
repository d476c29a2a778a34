"""What forms carry -> values; what was wrong with them -> what the page shows."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from chalicelib.domain.errors import InvalidInput, Refused
from chalicelib.texts import _
from chalicelib.web.figures import MOSCOW

NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
BLANKS = str.maketrans("", "", " \u00a0\u202f\u2009")


def problems(refused: Refused | None) -> dict[str, Any]:
    """`problem` for above the form, `errors` by field name, both translated."""
    if refused is None:
        return {"problem": "", "errors": {}}
    fields = refused.fields if isinstance(refused, InvalidInput) else {}
    wrong = {name: _(text, **refused.params) for name, text in fields.items()}
    return {"problem": _(refused.message, **refused.params), "errors": wrong}


def quantity(text: str) -> Decimal:
    """«1 234,5» as people type it; an empty field is 0. Raises InvalidInput."""
    plain = text.translate(BLANKS).replace(",", ".")
    if not plain:
        return Decimal(0)
    if not NUMBER.fullmatch(plain):
        raise InvalidInput("«%(text)s» не похоже на количество", {"quantity": "Укажите число"}, text=text[:40])
    return Decimal(plain)


def day(text: str, field: str) -> date | None:
    """ISO as browsers send it, or «21.11.2026» as people type it. Raises InvalidInput."""
    if not text:
        return None
    try:
        return date.fromisoformat("-".join(reversed(text.split("."))) if "." in text else text)
    except ValueError:
        raise InvalidInput("Дата не читается", {field: "Укажите дату в виде 21.11.2026"}) from None


def whole(text: str, most: int = 2**31) -> int:
    """A number out of an address or a hidden field; what is none reads as 0."""
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def today(now: datetime) -> date:
    return now.astimezone(MOSCOW).date()


def shown(figure: Decimal | None) -> str:
    """A quantity in a sentence."""
    from chalicelib.web.figures import quantity as words

    return words(figure) if figure is not None else "0"
