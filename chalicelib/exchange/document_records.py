"""Documents: announced, then uploaded."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from decimal import Decimal
from functools import partial

from chalicelib.domain.documents import ERP, Document
from chalicelib.domain.exchange.records import Reference
from chalicelib.domain.money import line_amount
from chalicelib.domain.partners.audiences import Audience
from chalicelib.exchange.entity import Converted, Entity
from chalicelib.formats.document_messages import (
    DOCUMENT_EXAMPLE,
    UPLOADED_DOCUMENT_EXAMPLE,
    AudienceMessage,
    DocumentMessage,
    UploadedDocumentMessage,
)
from chalicelib.runtime import Runtime
from chalicelib.usecases.documents.take_documents import Announcement, DocumentDesk, announce, hide_documents, uploaded
from chalicelib.usecases.exchange.import_records import Save, Taken, one_by_one

NOON = time(9, tzinfo=UTC)
"""In Moscow: the day of a document is that day wherever we are."""


def audience(message: AudienceMessage | None) -> Audience | None:
    return None if message is None else Audience(**message.model_dump())


def _announcement(message: DocumentMessage) -> Converted:
    document = Document(
        id=message.id,
        partner_id=message.partner_id or "",
        kind=message.kind,
        number=message.number,
        issued_at=datetime.combine(message.date, NOON),
        amount=line_amount(message.amount, Decimal(1)),
        currency=message.currency,
        order_number="",
        counterparty_name=message.counterparty_name,
        key="",
        revision=message.revision,
        status="announced",
        origin=ERP,
        media_type=message.media_type,
        size=message.size,
        sha256=message.sha256,
        title=message.title,
        audience=audience(message.audience),
    )
    return Announcement(document, message.order or "", message.deletion_mark), ()


def _owners(message: DocumentMessage) -> tuple[Reference, ...]:
    def named() -> Iterator[Reference]:
        if message.partner_id:
            yield Reference("partners", message.partner_id)
        if message.order:
            yield Reference("orders", message.order)

    return tuple(named())


def _desk(now: Runtime) -> DocumentDesk:
    return DocumentDesk(now.documents, now.orders, now.files, now.queues, now.clock)


def _save_uploaded(now: Runtime) -> Save:
    def save(message: UploadedDocumentMessage) -> Taken:
        return uploaded(_desk(now), message.id, message.revision)

    return one_by_one(save)


ENTITIES = (
    Entity(
        "documents",
        "Документы",
        "Документ",
        DocumentMessage,
        DOCUMENT_EXAMPLE,
        _announcement,
        lambda now: one_by_one(partial(announce, _desk(now))),
        parents=_owners,
        hide=lambda now: partial(hide_documents, _desk(now)),
    ),
    Entity(
        "uploaded_documents",
        "Загруженные файлы документов",
        "Документ",
        UploadedDocumentMessage,
        UPLOADED_DOCUMENT_EXAMPLE,
        lambda message: (message, ()),
        _save_uploaded,
        unlisted="Файлы документов не сверяются: сверяйте documents",
    ),
)
