"""1C's documents: announced, uploaded straight to the storage, shown once the storage agrees with what was announced."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from chalicelib.domain.documents import ERP, MEDIA_TYPES, PAYMENT_INVOICE, PRINTED, Document
from chalicelib.domain.errors import Conflict, Refused
from chalicelib.domain.exchange.exchange import Problem
from chalicelib.domain.exchange.records import Mark
from chalicelib.domain.partners.partners import SupplierScope
from chalicelib.usecases.documents.document_letters import told
from chalicelib.usecases.documents.issue_invoice import mark_superseded
from chalicelib.usecases.exchange.import_records import UNCHANGED, Taken
from chalicelib.usecases.orders.dispatch_outbox import tell
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.documents import DocumentStore
from chalicelib.usecases.ports.files import FileStore, Queues, StoredFile
from chalicelib.usecases.ports.orders import OrderStore, OutboxRow

UPLOAD_LIFETIME = timedelta(minutes=15)
TRIES = 5
NOT_THERE = "Файл ещё не загружен: отправьте его по ссылке из ответа на documents и повторите"


@dataclass(frozen=True, slots=True)
class Announcement:
    """What 1C says it will upload. `order` is any name of the order; a `withdrawn` document is void and needs no file."""

    document: Document
    order: str = ""
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class DocumentDesk:
    """What the two messages about documents need."""

    documents: DocumentStore
    orders: OrderStore
    files: FileStore
    queues: Queues
    clock: Clock


def announce(desk: DocumentDesk, announcement: Announcement) -> Taken:
    """Answers where to upload the file; once it is there, an announcement of the same revision makes it visible.

    Raises Refused where the order is another partner's, or the id that of a document printed here.
    """
    document = _placed(desk, announcement)
    current = _own(desk.documents.current(document.id))
    if current and current.revision >= document.revision:
        _replace_printed(desk, current)
        return replace(UNCHANGED, more={"visible": current.status != "void"})
    if announcement.withdrawn:
        return _withdraw(desk, document, current)
    if not desk.documents.announce(document):
        return UNCHANGED
    if _agrees(desk.files.stored(document.key), document):
        return _publish(desk, document)
    return Taken("written", more={"visible": False, "upload": _upload(desk.files, document)})


def hide_documents(desk: DocumentDesk, marks: Sequence[Mark], revision: int) -> int:
    """What 1C's whole list does not name is void; how many that were."""
    return sum(_hide(desk, mark, revision) for mark in marks)


def _hide(desk: DocumentDesk, mark: Mark, revision: int) -> bool:
    current = desk.documents.current(mark.id)
    if current is None or current.revision != mark.revision or current.origin != ERP:
        return False
    void = replace(current, status="void", revision=max(revision, mark.revision + 1))
    return desk.documents.publish(void, current)


def uploaded(desk: DocumentDesk, document_id: str, revision: int) -> Taken:
    """1C says that the file is there; "waiting" where it is not yet. Raises Refused where another one is."""
    current = _own(desk.documents.current(document_id))
    if current and current.revision >= revision:
        _replace_printed(desk, current)
        return replace(UNCHANGED, more={"visible": current.status != "void"})
    document = desk.documents.announced(document_id)
    if document is None or document.revision != revision or document.status == "void":
        raise Refused("Документ с таким номером изменения не заявлен: сначала отправьте его в documents")
    stored = desk.files.stored(document.key)
    if stored is None:
        return Taken("waiting", (Problem("uploaded_documents", document_id, document.number, NOT_THERE),))
    if not _agrees(stored, document):
        raise Refused("Загружен не тот файл: размер или контрольная сумма не совпадают с заявленными")
    return _publish(desk, document)


def _own(current: Document | None) -> Document | None:
    if current and current.origin != ERP:
        raise Refused("Идентификатор занят документом, который напечатал портал")
    return current


def _placed(desk: DocumentDesk, announcement: Announcement) -> Document:
    """With the order's number and partner, and the place of its file."""
    document = announcement.document
    if announcement.order:
        number = desk.orders.find(announcement.order)
        if number is None:
            raise Refused("Заказ %(number)s не найден", number=announcement.order)
        owner = desk.orders.read(SupplierScope(ERP), number).partner_id
        if document.partner_id not in ("", owner):
            raise Refused("Заказ %(number)s принадлежит другому партнёру", number=number)
        document = replace(document, order_number=number, partner_id=owner)
    if not document.partner_id and document.audience is None:
        raise Refused("Не указано, чей документ: нужен партнёр, заказ или аудитория")
    return replace(document, key=_key(document))


def _key(document: Document) -> str:
    """Named after the content: a link given for other bytes can't touch what was checked."""
    owner = quote(document.partner_id, safe="") or "shared"
    ending = MEDIA_TYPES[document.media_type]
    return f"documents/{owner}/{quote(document.id, safe='')}/{document.revision}-{document.sha256[:16]}.{ending}"


def _agrees(stored: StoredFile | None, document: Document) -> bool:
    return stored == StoredFile(document.size, document.sha256)


def _upload(files: FileStore, document: Document) -> dict[str, Any]:
    upload = files.upload(document.key, StoredFile(document.size, document.sha256), document.media_type, UPLOAD_LIFETIME)
    lifetime = int(UPLOAD_LIFETIME.total_seconds())
    return {"url": upload.url, "method": upload.method, "headers": dict(upload.headers), "expires_in": lifetime}


def _publish(desk: DocumentDesk, document: Document) -> Taken:
    """Shown, and told of, in one step; then printed invoices that it replaces are marked, by a repeat too."""
    document = replace(document, status="issued")
    for _ in range(TRIES):
        before = _own(desk.documents.current(document.id))
        if before and before.revision >= document.revision:
            _replace_printed(desk, before)
            return replace(UNCHANGED, more={"visible": True})
        rows = _told(desk, document, before)
        if desk.documents.publish(document, before, rows):
            _replace_printed(desk, document)
            tell(desk.queues, tuple(rows))
            return Taken("written", more={"visible": True})
    raise Conflict("Документ всё время меняется: отправьте его ещё раз")


def _told(desk: DocumentDesk, document: Document, before: Document | None) -> Sequence[OutboxRow]:
    return told(document, desk.clock(), replaces=bool(before) or bool(_printed(desk, document)))


def _printed(desk: DocumentDesk, document: Document) -> list[Document]:
    """Invoices for the same order that were printed here and still stand."""
    if document.kind != PAYMENT_INVOICE or not document.order_number:
        return []
    found = desk.documents.of_order(SupplierScope(ERP), document.order_number)
    return [one for one in found if (one.kind, one.origin, one.status) == (PAYMENT_INVOICE, PRINTED, "issued")]


def _replace_printed(desk: DocumentDesk, document: Document) -> None:
    """1C's own invoice takes the place of ours; the status comes last, so that a repeat finds what was left undone."""
    for printed in _printed(desk, document) if document.status == "issued" else ():
        mark_superseded(desk.files, printed)
        desk.documents.supersede(printed)


def _withdraw(desk: DocumentDesk, document: Document, current: Document | None) -> Taken:
    """What people have seen stays as void; of what nobody saw only the revision is remembered."""
    void = replace(current or document, status="void", revision=document.revision)
    if current is None:
        return Taken("written", more={"visible": False}) if desk.documents.announce(void) else UNCHANGED
    if not desk.documents.publish(void, current):
        raise Conflict("Документ всё время меняется: отправьте его ещё раз")
    return Taken("written", more={"visible": False})
