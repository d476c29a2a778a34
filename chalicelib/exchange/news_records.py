"""News and account managers."""

from functools import partial

from chalicelib.domain.exchange.records import Record, Reference
from chalicelib.domain.news import Attachment, NewsItem, NewsKind
from chalicelib.domain.partners.audiences import Audience
from chalicelib.domain.partners.partners import AccountManager, ManagerRecord
from chalicelib.exchange.entity import RECORDS_AT_ONCE, Converted, Entity, saved_in
from chalicelib.formats.news_messages import MANAGER_EXAMPLE, NEWS_EXAMPLE, ManagerMessage, NewsMessage
from chalicelib.usecases.exchange.import_records import one_by_one
from chalicelib.usecases.partners.import_managers import take_manager


def _news(message: NewsMessage) -> Converted:
    news = NewsItem(
        id=message.id,
        kind=NewsKind(message.kind),
        title=message.title,
        text=message.text,
        audience=Audience(**message.audience.model_dump()),
        published_on=message.published_on,
        valid_until=message.valid_until,
        important=message.important,
        attachments=tuple(Attachment(one.document_id, one.title) for one in message.attachments),
    )
    return Record(message.id, message.revision, news, active=not message.deletion_mark), ()


def _manager(message: ManagerMessage) -> Converted:
    manager = AccountManager(message.id, message.name, message.phone, message.email, message.photo_document_id or "")
    return ManagerRecord(manager, message.revision, message.partner_ids, active=not message.deletion_mark), ()


def _partners(message: ManagerMessage) -> tuple[Reference, ...]:
    return tuple(Reference("partners", partner_id) for partner_id in message.partner_ids or ())


ENTITIES = (
    Entity(
        "managers",
        "Персональные менеджеры",
        "Менеджер",
        ManagerMessage,
        MANAGER_EXAMPLE,
        _manager,
        lambda now: one_by_one(partial(take_manager, now.managers)),
        parents=_partners,
        hide=lambda now: now.managers.deactivate,
    ),
    Entity(
        "news",
        "Новости и акции",
        "Новость",
        NewsMessage,
        NEWS_EXAMPLE,
        _news,
        saved_in(lambda now: now.news),
        at_once=RECORDS_AT_ONCE,
    ),
)
