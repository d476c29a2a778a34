"""What people were told, what they chose to be told, and what waits for its hour."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.domain.notifications import Notification, Postponed, Preferences
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.usecases.ports.orders import OutboxRow


class NotificationStore(Protocol):
    def preferences(self, user_id: str) -> Preferences | None:
        """None for a person who never chose."""
        ...

    def save_preferences(self, user_id: str, chosen: Preferences) -> None:
        """All but the chat, which has a way of its own."""
        ...

    def save_telegram(self, user_id: str, chat: str) -> None:
        """The person's chat; "" for none."""
        ...

    def offer_code(self, code: str, user_id: str, until: datetime) -> None: ...

    def take_code(self, code: str, now: datetime) -> str | None:
        """Whom the code was given to, once; None for one that is used, old or never was."""
        ...

    def tell(
        self,
        scope: PartnerScope,
        user_id: str,
        told: Notification,
        rows: Sequence[OutboxRow],
        postponed: Sequence[Postponed],
        *,
        shown: bool,
    ) -> bool:
        """The notification with the messages about it, at once; False where this person was told of it already.

        One that is not `shown` stands in no list and counts for no bell.
        """
        ...

    def recent(self, scope: PartnerScope, user_id: str, limit: int = 100) -> tuple[Notification, ...]:
        """Newest first."""
        ...

    def read(self, scope: PartnerScope, user_id: str, notification_id: str) -> Notification:
        """Mark one as read, and answer it. Raises NotFound, for another person's too."""
        ...

    def read_all(self, scope: PartnerScope, user_id: str) -> int:
        """How many had not been read."""
        ...

    def due(self, now: datetime, limit: int = 1000) -> tuple[Postponed, ...]:
        """Those whose hour has come, the earliest first."""
        ...

    def release(self, messages: Sequence[Postponed], row: OutboxRow | None) -> bool:
        """Put `row` in the outbox in place of the messages; False where they are gone already."""
        ...
