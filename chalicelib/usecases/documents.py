"""Documents: a partner's own, or everybody's for the supplier's finance; the file behind one of them."""

from datetime import timedelta

from chalicelib.domain.documents import Document
from chalicelib.usecases.ports import DocumentStore, FileStore
from chalicelib.usecases.visitors import Visitor

LINK_LIFETIME = timedelta(minutes=5)


def own_documents(documents: DocumentStore, *, visitor: Visitor) -> tuple[Document, ...]:
    """The newest of the visitor's partner."""
    visitor.must("document.view")
    return documents.of_partner(visitor.partner_scope)


def all_documents(documents: DocumentStore, *, visitor: Visitor) -> tuple[Document, ...]:
    """The newest of all partners. Raises Forbidden for anybody but the supplier's staff."""
    visitor.must("document.view.all")
    return documents.recent(visitor.scope)


def document_link(documents: DocumentStore, files: FileStore, *, visitor: Visitor, document_id: str) -> str:
    """A presigned link to the file. Raises NotFound, for another partner's document too, and Forbidden."""
    visitor.must("document.view" if visitor.account else "document.view.all")
    document = documents.read(visitor.scope, document_id)
    return files.link(document.key, filename(document), LINK_LIFETIME)


def filename(document: Document) -> str:
    return f"Счёт {document.number} от {document.issued_at:%d.%m.%Y}.pdf"
