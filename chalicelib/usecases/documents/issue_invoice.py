"""An order is confirmed: its payment invoice is printed, kept and told of."""

from chalicelib.domain.documents import PAYMENT_INVOICE as KIND
from chalicelib.domain.documents import PRINTED, Document, InvoiceLine, PaymentInvoice, payment_qr
from chalicelib.domain.errors import NotFound, Refused
from chalicelib.domain.orders.orders import Approval, Order
from chalicelib.domain.partners.partners import Contract, PartnerScope
from chalicelib.usecases.documents.document_letters import told
from chalicelib.usecases.orders.dispatch_outbox import tell
from chalicelib.usecases.ports.clock import BUSINESS_ZONE
from chalicelib.usecases.ports.documents import DocumentStore, InvoicePrinter
from chalicelib.usecases.ports.files import FileStore, Queues
from chalicelib.usecases.ports.orders import OrderStore, Outbox, OutboxRow
from chalicelib.usecases.ports.partners import Account, PartnerStore

PDF = "application/pdf"


def issue_invoice(
    orders: OrderStore,
    partners: PartnerStore,
    documents: DocumentStore,
    files: FileStore,
    outbox: Outbox,
    queues: Queues,
    printer: InvoicePrinter,
    *,
    row_id: str,
) -> Document | None:
    """Do the "documents" row; None where there is nothing (more) to print. Safe to repeat.

    The order is printed as it stands now, never as the row remembers it; one that is not confirmed any more waits for the
    row of its next confirmation. A repeat after a crash finds the document and only ends the row. Nothing is printed where 1C
    has sent an invoice of its own. Raises Refused, and keeps the row, where the payer or our company is not known yet.
    """
    row = outbox.read("documents", row_id)
    if row is None:
        return None
    scope = PartnerScope(row.body["partner"])
    order = orders.read(scope, row.body["order"])
    invoices = [document for document in documents.of_order(scope, order.number) if document.kind == KIND]
    issued = [invoice for invoice in invoices if invoice.origin == PRINTED]
    rows: tuple[OutboxRow, ...] = ()
    document = None
    known = len(issued) < len(invoices) or any(earlier.revision >= int(row.body["revision"]) for earlier in issued)
    if order.approval is Approval.CONFIRMED and not known:
        account = _account(partners, scope)
        invoice = _invoice(partners, account, order, row)
        document = _document(invoice, order, row)
        _store(files, printer, invoice, document, issued)
        # What tells of it is kept before the document is: cut short between the two, it is the same row once more.
        rows = told(document, document.issued_at, replaces=bool(issued))
        for one in rows:
            outbox.put(one)
        documents.save(document)
    outbox.remove("documents", row_id)
    tell(queues, rows)
    return document


def _account(partners: PartnerStore, scope: PartnerScope) -> Account:
    account = partners.account(scope)
    if account is None:
        raise NotFound("Партнёр не найден")
    return account


def _invoice(partners: PartnerStore, account: Account, order: Order, row: OutboxRow) -> PaymentInvoice:
    """Dated by the day it became due, so that a repeat prints the same."""
    company = partners.company(order.company_id)
    payer = next((payer for payer in account.counterparties if payer.id == order.counterparty_id), None)
    if company is None or payer is None:
        raise Refused(
            "Счёт по заказу %(number)s не напечатан: 1С ещё не передала организацию или плательщика", number=order.number
        )
    return PaymentInvoice(
        number=order.erp_number or order.number,
        issued_on=row.created_at.astimezone(BUSINESS_ZONE).date(),
        company=company,
        payer=payer,
        lines=_lines(order),
        amount=order.sums.amount,
        vat_amount=order.sums.vat_amount,
        currency=order.currency,
        contract_name=_contract_name(account, order.contract_id),
        order_number=order.number,
    )


def _lines(order: Order) -> tuple[InvoiceLine, ...]:
    """Numbered anew: what 1C took out of the order is not in the invoice."""
    left = (line for line in order.lines if line.quantity)
    return tuple(
        InvoiceLine(number, line.sku, line.name, line.unit, line.quantity, line.price, line.amount)
        for number, line in enumerate(left, start=1)
    )


def _contract_name(account: Account, contract_id: str) -> str:
    contract = next((contract for contract in account.contracts if contract.id == contract_id), None)
    return _full_name(contract) if contract else ""


def _full_name(contract: Contract) -> str:
    if not contract.number or contract.number in contract.name:
        return contract.name
    return f"{contract.name} № {contract.number}"


def _document(invoice: PaymentInvoice, order: Order, row: OutboxRow) -> Document:
    document_id = f"invoice-{order.number}-{order.revision}"
    return Document(
        id=document_id,
        partner_id=order.partner_id,
        kind=KIND,
        number=invoice.number,
        issued_at=row.created_at,
        amount=invoice.amount,
        currency=invoice.currency,
        order_number=order.number,
        counterparty_name=invoice.payer.name,
        key=f"documents/{order.partner_id}/{document_id}.pdf",
        revision=order.revision,
    )


def _store(
    files: FileStore, printer: InvoicePrinter, invoice: PaymentInvoice, document: Document, issued: list[Document]
) -> None:
    """The file, and beside it the one that takes its place when a later invoice supersedes it; then those superseded now."""
    qr = payment_qr(invoice)
    files.put(document.key, printer(invoice, qr), PDF)
    files.put(superseded_key(document), printer(invoice, qr, superseded=True), PDF)
    for earlier in issued:
        mark_superseded(files, earlier)


def mark_superseded(files: FileStore, document: Document) -> None:
    """Who opens an invoice printed here that another took the place of sees that on it."""
    with files.open(superseded_key(document)) as marked:
        files.put(document.key, marked.read(), PDF)


def superseded_key(document: Document) -> str:
    return document.key.removesuffix(".pdf") + "-superseded.pdf"
