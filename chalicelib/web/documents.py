"""Документы: свои у дилера, всех дилеров у бухгалтерии поставщика; сам файл открывается по ссылке в хранилище."""

from chalice import Blueprint

from chalicelib.usecases.documents import show_documents as documents
from chalicelib.web.answer import Answer
from chalicelib.web.http import get
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)


@get(routes, "/documents", needs="document.view")
def own_documents(visit: Visit) -> Answer:
    found = documents.own_documents(visit.runtime.documents, visitor=visit.visitor)
    return visit.page("documents/documents.html", documents=found, of_all=False)


@get(routes, "/finance/documents", needs="document.view.all")
def all_documents(visit: Visit) -> Answer:
    found = documents.all_documents(visit.runtime.documents, visitor=visit.visitor)
    return visit.page("documents/documents.html", documents=found, of_all=True)


@get(routes, "/documents/{document_id}/file")
def document_file(visit: Visit, document_id: str) -> Answer:
    """The bytes never pass through us: a link that lives for some minutes leads to them."""
    link = documents.document_link(visit.runtime.documents, visit.runtime.files, visitor=visit.visitor, document_id=document_id)
    return visit.leave(link)
