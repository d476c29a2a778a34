"""News in the order of their day, and who has read what.

portal  NEWS               <day>#<id>     a news item; the register of records leads to it by its id
        NEWSREAD#<user>    <id>           a mark of one reader; GSI1 NEWSREADERS#<id> by time
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from chalicelib.adapters.dynamo.exchange.records import DynamoRecords, Shelf, register_key
from chalicelib.adapters.dynamo.orders.outbox import to_item as outbox_item
from chalicelib.adapters.dynamo.table import ConditionFailed, Item, put, transact
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.news import Attachment, NewsItem, NewsKind, NewsReader
from chalicelib.domain.partners.audiences import Audience
from chalicelib.usecases.ports.orders import OutboxRow

NEWS = "NEWS"


def to_item(id: str, news: NewsItem) -> Item:
    return {
        "PK": NEWS,
        "SK": f"{news.published_on.isoformat()}#{id}",
        "id": id,
        "kind": news.kind,
        "title": news.title,
        "text": news.text,
        "audience": asdict(news.audience),
        "valid_until": news.valid_until.isoformat() if news.valid_until else None,
        "important": news.important,
        "attachments": [[one.document_id, one.title] for one in news.attachments],
    }


def from_item(item: Item) -> NewsItem:
    whom = item["audience"]
    return NewsItem(
        id=item["id"],
        kind=NewsKind(item["kind"]),
        title=item["title"],
        text=item["text"],
        audience=Audience(whom["everyone"], tuple(whom["partner_ids"]), tuple(whom["segments"])),
        published_on=date.fromisoformat(item["SK"].partition("#")[0]),
        valid_until=date.fromisoformat(item["valid_until"]) if item["valid_until"] else None,
        important=item["important"],
        attachments=tuple(Attachment(*one) for one in item["attachments"]),
    )


class DynamoNews(DynamoRecords[NewsItem]):
    shelf = Shelf("news", to_item)

    def recent(self, limit: int = 200) -> tuple[NewsItem, ...]:
        found = self.portal.query(NEWS, newest_first=True, limit=limit)
        return tuple(from_item(item) for item in found if item["active"])

    def one(self, news_id: str) -> NewsItem | None:
        mark = self.portal.get(register_key(self.shelf.entity, news_id))
        item = self.portal.get((mark["place"][0], mark["place"][1])) if mark else None
        return from_item(item) if item and item["active"] else None

    def read_by(self, user_id: str) -> frozenset[str]:
        return frozenset(item["SK"] for item in self.portal.query(f"NEWSREAD#{user_id}"))

    def mark_read(self, news_id: str, reader: NewsReader, outbox: Sequence[OutboxRow] = ()) -> None:
        at = instant_text(reader.at)
        mark = {
            "PK": f"NEWSREAD#{reader.user_id}",
            "SK": news_id,
            "name": reader.name,
            "partner_name": reader.partner_name,
            "at": at,
        }
        index = {"GSI1PK": f"NEWSREADERS#{news_id}", "GSI1SK": f"{at}#{reader.user_id}"}
        table = self.portal.name
        first = put(table, mark | index, "attribute_not_exists(PK)")
        try:
            transact(self.portal.client, [first, *(put(table, outbox_item(row)) for row in outbox)])
        except ConditionFailed:
            return

    def readers(self, news_id: str, limit: int = 500) -> tuple[NewsReader, ...]:
        return tuple(
            NewsReader(item["PK"].removeprefix("NEWSREAD#"), item["name"], item["partner_name"], instant(item["at"]))
            for item in self.portal.query(f"NEWSREADERS#{news_id}", index="GSI1", limit=limit)
        )
