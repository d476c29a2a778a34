"""News and who has read them."""

from collections.abc import Sequence
from typing import Protocol

from chalicelib.domain.news import NewsItem, NewsReader
from chalicelib.usecases.ports.clock import RecordStore
from chalicelib.usecases.ports.orders import OutboxRow


class NewsStore(RecordStore[NewsItem], Protocol):
    """News of all; whom an item reaches is the caller's to judge."""

    def recent(self, limit: int = 200) -> tuple[NewsItem, ...]:
        """Newest first, those to come and those that are over included."""
        ...

    def one(self, news_id: str) -> NewsItem | None: ...

    def read_by(self, user_id: str) -> frozenset[str]:
        """Ids of what a person has read."""
        ...

    def mark_read(self, news_id: str, reader: NewsReader, outbox: Sequence[OutboxRow] = ()) -> None:
        """The first time counts; the rows go with it."""
        ...

    def readers(self, news_id: str, limit: int = 500) -> tuple[NewsReader, ...]:
        """In the order they read it."""
        ...
