"""The three status axes of an order, and which of them a 1C state sets."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a manager looks at an order: a msgid filled with `params`."""

    text: str
    params: tuple[tuple[str, str], ...] = ()


class Approval(StrEnum):
    SUBMITTED = "submitted"
    ON_MODERATION = "on_moderation"
    AWAITING_CLIENT = "awaiting_client"
    MODERATED = "moderated"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Fulfilment(StrEnum):
    NOT_STARTED = "not_started"
    AWAITING_SUPPLY = "awaiting_supply"
    IN_PRODUCTION = "in_production"
    READY = "ready"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    COMPLETED = "completed"


class Payment(StrEnum):
    UNPAID = "unpaid"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    OVERPAID = "overpaid"


Axes = tuple[Approval | None, Fulfilment | None]

STATES: dict[str, Axes] = {
    "ожидает подтверждения": (Approval.AWAITING_CLIENT, None),
    "ожидает подтверждения клиента": (Approval.AWAITING_CLIENT, None),
    "ожидает ответа": (Approval.AWAITING_CLIENT, None),
    "ожидается согласование": (Approval.ON_MODERATION, None),
    "на модерации": (Approval.ON_MODERATION, None),
    "отмодерирован": (Approval.MODERATED, None),
    "подтверждён": (Approval.CONFIRMED, None),
    "ожидается аванс (до обеспечения)": (Approval.CONFIRMED, None),
    "готов к обеспечению": (Approval.CONFIRMED, Fulfilment.NOT_STARTED),
    "ожидается обеспечение": (Approval.CONFIRMED, Fulfilment.AWAITING_SUPPLY),
    "ожидается предоплата (до отгрузки)": (Approval.CONFIRMED, Fulfilment.READY),
    "готов к отгрузке": (Approval.CONFIRMED, Fulfilment.READY),
    "в процессе отгрузки": (Approval.CONFIRMED, Fulfilment.PARTIALLY_SHIPPED),
    "ожидается оплата (после отгрузки)": (Approval.CONFIRMED, Fulfilment.SHIPPED),
    "готов к закрытию": (Approval.CONFIRMED, Fulfilment.DELIVERED),
    "закрыт": (Approval.CONFIRMED, Fulfilment.COMPLETED),
    "отклонён": (Approval.REJECTED, None),
    "отменён": (Approval.CANCELLED, None),
}
"""1C's order states -> (approval, fulfilment), from UT 11's list; names are compared in lower case with ё as е."""


def state_axes(state: str) -> Axes | None:
    """The axes a 1C state sets; None for a name the table does not know (kept as it was, and reported)."""
    return _FOLDED_STATES.get(_fold(state))


def _fold(state: str) -> str:
    return " ".join(state.lower().replace("ё", "е").split())


_FOLDED_STATES = {_fold(name): axes for name, axes in STATES.items()}
