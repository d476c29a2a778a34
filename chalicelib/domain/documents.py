"""Documents of an order and the payment QR code of an invoice."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from chalicelib.domain.partners.audiences import Audience
from chalicelib.domain.partners.partners import Company, Counterparty

PRINTED, ERP = "portal", "erp"
"""Where a document comes from: printed here, or sent by 1C."""

PAYMENT_INVOICE = "payment_invoice"
HIDDEN_KINDS = frozenset({"attachment", "photo"})
"""Shown where something points to them, never in a list."""

FILE_NAMES = {
    "payment_invoice": "Счёт",
    "upd": "УПД",
    "waybill": "Накладная ТОРГ-12",
    "goods_issue": "Расходная накладная",
    "tax_invoice": "Счёт-фактура",
    "reconciliation_statement": "Акт сверки",
    "certificate": "Сертификат",
    "contract": "Договор",
    "price_list": "Прайс-лист",
}
"""How the file of a kind is called when it is saved: in the language of its text."""

MEDIA_TYPES = {
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/xml": "xml",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "text/csv": "csv",
    "text/plain": "txt",
    "image/jpeg": "jpg",
    "image/png": "png",
}
"""What a document may be, and the ending of its file's name. Nothing a browser would run."""


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    number: int
    sku: str
    name: str
    unit: str
    quantity: Decimal
    price: Decimal
    amount: int


@dataclass(frozen=True, slots=True)
class PaymentInvoice:
    """A payment invoice (счёт на оплату) as printed: amounts in minor units; `amount` is what is to be paid."""

    number: str
    issued_on: date
    company: Company
    payer: Counterparty
    lines: tuple[InvoiceLine, ...]
    amount: int
    vat_amount: int
    currency: str
    contract_name: str
    order_number: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document in the portal; `key` names its file. `status`: announced (its file is not here yet, nobody sees it), issued,
    superseded or void.

    One that is not a partner's has an `audience` and an empty `partner_id`. `sha256` is hexadecimal, `size` in bytes; both
    are unknown of what is printed here. `amount` is 0 where a document has none.
    """

    id: str
    partner_id: str
    kind: str
    number: str
    issued_at: datetime
    amount: int
    currency: str
    order_number: str
    counterparty_name: str
    key: str
    revision: int
    status: str = "issued"
    origin: str = PRINTED
    media_type: str = "application/pdf"
    size: int = 0
    sha256: str = ""
    title: str = ""
    audience: Audience | None = None


QR_LENGTHS = {"Name": 160, "BankName": 45, "Purpose": 210}
"""Longest values of the text fields, in letters, as ГОСТ Р 56042-2014 has them: a bank refuses longer ones."""


def payment_qr(invoice: PaymentInvoice) -> str:
    """The text of the payment QR code by ГОСТ Р 56042-2014 (ST00012: UTF-8); "" where the company's bank is not known."""
    company = invoice.company
    if not (company.bank_account and company.bik and invoice.currency == "RUB"):
        return ""
    fields = {
        "Name": company.full_name or company.name,
        "PersonalAcc": company.bank_account,
        "BankName": company.bank_name,
        "BIC": company.bik,
        "CorrespAcc": company.correspondent_account or "0",
        "PayeeINN": company.inn,
        "KPP": company.kpp,
        "Sum": str(invoice.amount),
        "Purpose": f"Оплата по счёту № {invoice.number} от {invoice.issued_on:%d.%m.%Y}",
    }
    return "|".join(["ST00012"] + [f"{name}={_qr_value(name, value)}" for name, value in fields.items() if value])


def _qr_value(name: str, value: str) -> str:
    """Without the separator and line breaks, which would end the field early."""
    return " ".join(value.replace("|", " ").split())[: QR_LENGTHS.get(name)]
