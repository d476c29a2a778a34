"""Documents: a partner's own, or everybody's for the supplier's finance; the file behind one of them."""

from datetime import timedelta

from chalicelib.domain.documents import FILE_NAMES, HIDDEN_KINDS, MEDIA_TYPES, Document
from chalicelib.domain.errors import NotFound
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.ports.documents import DocumentStore
from chalicelib.usecases.ports.files import FileStore

LINK_LIFETIME = timedelta(minutes=5)


def own_documents(documents: DocumentStore, *, visitor: Visitor) -> tuple[Document, ...]:
    """The newest of the visitor's partner, and those the supplier has for many that he is one of: price lists, certificates."""
    visitor.must("document.view")
    found = [*documents.of_partner(visitor.partner_scope), *_shared(documents, visitor)]
    return tuple(sorted((one for one in found if one.kind not in HIDDEN_KINDS), key=lambda one: one.issued_at, reverse=True))


def _shared(documents: DocumentStore, visitor: Visitor) -> list[Document]:
    return [one for one in documents.shared() if one.status == "issued" and _reaches(one, visitor)]


def _reaches(document: Document, visitor: Visitor) -> bool:
    """What the supplier's staff may see is asked elsewhere: this is about a dealer."""
    return bool(visitor.account and document.audience and document.audience.reaches(visitor.account.partner))


def all_documents(documents: DocumentStore, *, visitor: Visitor) -> tuple[Document, ...]:
    """The newest of all partners. Raises Forbidden for anybody but the supplier's staff."""
    visitor.must("document.view.all")
    return tuple(one for one in documents.recent(visitor.scope) if one.kind not in HIDDEN_KINDS)


def document_link(documents: DocumentStore, files: FileStore, *, visitor: Visitor, document_id: str) -> str:
    """A presigned link to the file. Raises NotFound, for another partner's document too, and Forbidden."""
    visitor.must("document.view" if visitor.account else "document.view.all")
    document = readable(documents, visitor, document_id)
    if document.key.startswith("https://"):  # it lies at the system that made it
        return document.key
    return files.link(document.key, filename(document), LINK_LIFETIME, document.media_type)


def readable(documents: DocumentStore, visitor: Visitor, document_id: str) -> Document:
    """The visitor's own, or one that is for many he is one of. Raises NotFound."""
    try:
        return documents.read(visitor.scope, document_id)
    except NotFound:
        shared = documents.read_shared(document_id)
    if not _reaches(shared, visitor):
        raise NotFound("Документ не найден")
    return shared


def filename(document: Document) -> str:
    named = document.title or f"{FILE_NAMES.get(document.kind, 'Документ')} {document.number} от {document.issued_at:%d.%m.%Y}"
    return f"{named}.{MEDIA_TYPES[document.media_type]}"
