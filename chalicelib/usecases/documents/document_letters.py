"""What people are told of a document."""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.documents import Document
from chalicelib.domain.money import major
from chalicelib.domain.notifications import Event
from chalicelib.usecases.notifications.announce import announcement
from chalicelib.usecases.ports.clock import BUSINESS_ZONE
from chalicelib.usecases.ports.orders import OutboxRow

INVOICE, STATEMENT = "payment_invoice", "reconciliation_statement"
"""Kinds people are told of; the others they find in the portal."""


def told(document: Document, now: datetime, *, replaces: bool) -> tuple[OutboxRow, ...]:
    """The row for the outbox, the same for the same revision of a document; none for a kind that is not told of."""
    if document.kind not in (INVOICE, STATEMENT) or not document.partner_id:
        return ()
    params = {"number": document.number, "date": day(document), "amount": amount(document)}
    params |= {"about": document.order_number} if document.order_number else {}
    texts = (_subject(document), _text(document, replaces=replaces))
    link = f"/documents/{document.id}/file"
    row = announcement(document.id, Event.DOCUMENT, now, document.partner_id, *texts, params, link)
    return (replace(row, id=f"{row.id.partition('#')[0]}#{document.id}#{document.revision}"),)


def _subject(document: Document) -> str:
    if document.kind == STATEMENT:
        return "Акт сверки № %(number)s от %(date)s"
    return "Счёт на оплату № %(number)s от %(date)s"


def _text(document: Document, *, replaces: bool) -> str:
    if document.kind == STATEMENT:
        return "Готов акт сверки взаиморасчётов. Проверьте его, пожалуйста"
    if replaces and document.order_number:
        return (
            "Выставлен счёт на сумму %(amount)s по заказу № %(about)s. "
            "Он заменяет выставленный ранее: прежний, пожалуйста, не оплачивайте"
        )
    if replaces:
        return "Выставлен счёт на сумму %(amount)s. Он заменяет выставленный ранее: прежний, пожалуйста, не оплачивайте"
    if document.order_number:
        return "Выставлен счёт на сумму %(amount)s по заказу № %(about)s"
    return "Выставлен счёт на сумму %(amount)s"


def day(document: Document) -> str:
    return f"{document.issued_at.astimezone(BUSINESS_ZONE):%d.%m.%Y}"


def amount(document: Document) -> str:
    figures = f"{major(document.amount):,.2f}".replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")
    return f"{figures} {'₽' if document.currency == 'RUB' else document.currency}"
