"""The conversation about an order: the dealer's people and the supplier's write in one thread."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.errors import InvalidInput

LONGEST = 2000


class Side(StrEnum):
    DEALER = "dealer"
    SUPPLIER = "supplier"


@dataclass(frozen=True, slots=True)
class Message:
    """`internal`: a note of the supplier's people to each other, which no dealer sees."""

    id: str
    at: datetime
    side: Side
    user_id: str
    author: str
    text: str
    internal: bool = False


def message_text(text: str) -> str:
    """As it was written, without empty space around. Raises InvalidInput."""
    written = text.strip()
    if not written or len(written) > LONGEST:
        raise InvalidInput("Напишите сообщение: до %(most)s символов", {"text": "Напишите сообщение"}, most=LONGEST)
    return written
