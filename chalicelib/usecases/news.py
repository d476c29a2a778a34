"""News as dealers read them, and as the supplier sees who has."""

from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.domain.errors import NotFound
from chalicelib.domain.news import NewsItem, NewsReader
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.ports.clock import BUSINESS_ZONE, Clock
from chalicelib.usecases.ports.news import NewsStore
from chalicelib.usecases.ports.orders import OutboxRow

SHOWN = 50
"""News of a page."""


@dataclass(frozen=True, slots=True)
class NewsEntry:
    """`read`: by this visitor; `readers` are known to the supplier alone."""

    news: NewsItem
    read: bool = False
    readers: tuple[NewsReader, ...] = ()


def own_news(store: NewsStore, clock: Clock, *, visitor: Visitor) -> tuple[NewsEntry, ...]:
    """What is for the visitor's partner now: the important he has not read first, then the newest."""
    visitor.must("news.view")
    today, read = _today(clock), store.read_by(visitor.session.user_id)
    found = [NewsEntry(news, news.id in read) for news in store.recent() if _is_for(visitor, news, today)][:SHOWN]
    return tuple(sorted(found, key=lambda entry: entry.read or not entry.news.important))


def all_news(store: NewsStore, *, visitor: Visitor) -> tuple[NewsEntry, ...]:
    """Everything, with who has read it: the supplier sees whom a letter would not have reached."""
    visitor.must("news.view.all")
    return tuple(NewsEntry(news, readers=store.readers(news.id)) for news in store.recent(SHOWN))


def unread_important(store: NewsStore, clock: Clock, *, visitor: Visitor) -> tuple[NewsItem, ...]:
    """For the strip of what asks for attention."""
    return tuple(entry.news for entry in own_news(store, clock, visitor=visitor) if entry.news.important and not entry.read)


def mark_read(store: NewsStore, clock: Clock, *, visitor: Visitor, news_id: str) -> None:
    """Raises NotFound, for news of others too."""
    visitor.must("news.view")
    news = store.one(news_id)
    if news is None or not _is_for(visitor, news, _today(clock)):
        raise NotFound("Такой новости нет")
    partner = visitor.account.partner.name if visitor.account else ""
    reader = NewsReader(visitor.session.user_id, visitor.name, partner, clock())
    store.mark_read(news_id, reader, (_receipt(visitor, news_id, reader.at),) if news.important else ())


def _receipt(visitor: Visitor, news_id: str, at: datetime) -> OutboxRow:
    """1C's manager sees who has confirmed what must be read."""
    contact_id = visitor.membership.contact_id if visitor.membership else ""
    body = {"news": news_id, "partner": visitor.partner_scope.partner_id, "contact": contact_id, "name": visitor.name}
    return OutboxRow.of_change("news_receipt", f"{news_id} {visitor.session.user_id}", at, body)


def _is_for(visitor: Visitor, news: NewsItem, today: date) -> bool:
    return bool(visitor.account and news.is_current(today) and news.audience.reaches(visitor.account.partner))


def _today(clock: Clock) -> date:
    return clock().astimezone(BUSINESS_ZONE).date()
