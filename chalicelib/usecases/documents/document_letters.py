"""Letters about documents: who of a partner gets them, and what they say."""

from datetime import datetime

from chalicelib.domain.access.users import PERMISSIONS
from chalicelib.domain.documents import Document
from chalicelib.domain.money import major
from chalicelib.usecases.ports.clock import BUSINESS_ZONE
from chalicelib.usecases.ports.orders import OutboxRow
from chalicelib.usecases.ports.partners import Account

INVOICE = """Здравствуйте, %(name)s!

Выставлен счёт на оплату № %(number)s от %(date)s на сумму %(amount)s%(order)s.

Открыть, распечатать или сохранить счёт:
%(link)s
"""
STATEMENT = """Здравствуйте, %(name)s!

Готов акт сверки взаиморасчётов № %(number)s от %(date)s. Проверьте его, пожалуйста:
%(link)s
"""
REPLACES = """
Он заменяет выставленный ранее документ: прежний, пожалуйста, не используйте.
"""
TEXTS = {"payment_invoice": INVOICE, "reconciliation_statement": STATEMENT}
"""Kinds people hear of by mail; the others they find in the portal."""

SUBJECTS = {
    "payment_invoice": "Счёт на оплату № %(number)s от %(date)s",
    "reconciliation_statement": "Акт сверки № %(number)s от %(date)s",
}


def readers(account: Account) -> dict[str, str]:
    """Address -> name of everybody at the partner who may see documents and has an address."""
    if not account.partner.portal_access:
        return {}
    return {
        member.email: member.name
        for member in account.members
        if member.email and member.portal_access and "document.view" in PERMISSIONS[member.role]
    }


def letters(account: Account, document: Document, public_url: str, now: datetime, *, replaces: bool) -> tuple[OutboxRow, ...]:
    """Rows for the outbox, one per reader; none for a kind that is not written about."""
    text = TEXTS.get(document.kind)
    if text is None:
        return ()
    filling = {
        "number": document.number,
        "date": day(document),
        "amount": amount(document),
        "order": f" по заказу № {document.order_number}" if document.order_number else "",
        "link": f"{public_url}/documents/{document.id}/file",
    }
    return tuple(
        OutboxRow.new(
            "messages",
            document.id,
            now,
            {
                "channel": "mail",
                "to": email,
                "subject": SUBJECTS[document.kind] % filling,
                "text": (text + REPLACES * replaces) % (filling | {"name": name}),
            },
        )
        for email, name in readers(account).items()
    )


def day(document: Document) -> str:
    return f"{document.issued_at.astimezone(BUSINESS_ZONE):%d.%m.%Y}"


def amount(document: Document) -> str:
    figures = f"{major(document.amount):,.2f}".replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")
    return f"{figures} {'₽' if document.currency == 'RUB' else document.currency}"
