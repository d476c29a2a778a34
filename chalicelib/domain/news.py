"""News, promotions and novelties the supplier tells his dealers of, and who has read them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.partners.audiences import Audience


class NewsKind(StrEnum):
    NEWS = "news"
    PROMOTION = "promotion"
    DISCOUNT = "discount"
    NOVELTY = "novelty"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside a news item: a document by its id, under the name people see."""

    document_id: str
    title: str


@dataclass(frozen=True, slots=True)
class NewsItem:
    """`text` is plain, its paragraphs parted by empty lines. An `important` one is to be confirmed by every reader."""

    id: str
    kind: NewsKind
    title: str
    text: str
    audience: Audience
    published_on: date
    valid_until: date | None = None
    important: bool = False
    attachments: tuple[Attachment, ...] = ()

    def is_current(self, today: date) -> bool:
        """Published, and not over yet: it holds on its last day."""
        return self.published_on <= today and (self.valid_until is None or today <= self.valid_until)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.text.replace("\r\n", "\n").split("\n\n") if part.strip())


@dataclass(frozen=True, slots=True)
class NewsReader:
    """Somebody who has read a news item."""

    user_id: str
    name: str
    partner_name: str
    at: datetime
