"""The payment invoice (счёт на оплату) as a PDF in the form 1C prints and accountants know."""

from chalicelib.adapters.amount_words import NBSP, amount_figures, amount_in_words, currency_mark, figures, long_date
from chalicelib.adapters.pdf_sheet import BOLD, LEADING, MM, REGULAR, Sheets, text_width, wrapped
from chalicelib.adapters.pdf_table import (
    BOTTOM,
    COLUMNS,
    HEAD_HEIGHT,
    LEFT,
    PAD,
    RIGHT,
    SIZE,
    SMALL,
    TINY,
    TOP,
    Row,
    paginate,
    row_of,
    table,
)
from chalicelib.domain.documents import InvoiceLine, PaymentInvoice
from chalicelib.domain.partners.partners import Company, Counterparty

QR_SIDE = 36 * MM
BANK_HEIGHT = 84.0


def print_invoice(invoice: PaymentInvoice, qr: str, *, superseded: bool = False) -> bytes:
    """The PDF; `qr` is the text of the payment QR code ("" for none). The same invoice gives the same bytes.

    A superseded one is the same with «ЗАМЕНЁН» across every page.
    """
    title = f"Счёт на оплату № {invoice.number} от {long_date(invoice.issued_on)}"
    sheets = Sheets(title, invoice.company.name)
    y = _heading(sheets, invoice, title, qr)
    rows = [_row(line) for line in invoice.lines]
    pages = paginate(rows, y - BOTTOM - HEAD_HEIGHT, TOP - 16 - BOTTOM - HEAD_HEIGHT, _tail_height(invoice))
    for number, page in enumerate(pages, start=1):
        if number > 1:
            y = _running_title(sheets, title)
        y = table(sheets, y, page) if page else y
        if number == len(pages):
            _tail(sheets, y, invoice)
        _foot(sheets, f"Страница {number} из {len(pages)}", superseded)
    return sheets.finish()


# --- above the table --------------------------------------------------------------------------------------------------


def _heading(sheets: Sheets, invoice: PaymentInvoice, title: str, qr: str) -> float:
    """Bank details with the QR code, the title, the parties; y of the table's top."""
    y = TOP
    if qr:
        sheets.qr(qr, RIGHT - QR_SIDE, y - QR_SIDE, QR_SIDE)
        sheets.centred(RIGHT - QR_SIDE / 2, y - QR_SIDE - 9, "Оплата по QR-коду", TINY)
        sheets.centred(RIGHT - QR_SIDE / 2, y - QR_SIDE - 18, "в приложении банка", TINY)
    if invoice.company.bank_account:
        _bank_details(sheets, invoice.company, RIGHT - (QR_SIDE + 6 * MM if qr else 0), y)
        y -= BANK_HEIGHT
    y = min(y, TOP - QR_SIDE - 18) if qr else y
    y = sheets.lines(LEFT, y - 30, wrapped(title, RIGHT - LEFT, 14, BOLD), 14, BOLD)
    sheets.rules([(LEFT, y + 8, RIGHT, y + 8)], 1.6)
    y -= 10
    for label, text in _parties(invoice):
        y = _labelled(sheets, y, label, text)
    return y + 2


def _bank_details(sheets: Sheets, company: Company, right: float, top: float) -> None:
    """The block of a payment order: bank and payee at the left, БИК and the two accounts at the right."""
    account, value = right - 58 * MM, right - 46 * MM
    inn_bottom, bank_bottom, bottom = top - 51, top - 36, top - BANK_HEIGHT
    kpp = LEFT + (account - LEFT) / 2
    sheets.rules([
        (LEFT, top, right, top), (LEFT, bottom, right, bottom), (LEFT, top, LEFT, bottom), (right, top, right, bottom),
        (account, top, account, bottom), (value, top, value, bottom), (account, top - 14, right, top - 14),
        (LEFT, bank_bottom, right, bank_bottom), (LEFT, inn_bottom, account, inn_bottom), (kpp, bank_bottom, kpp, inn_bottom),
    ])  # fmt: skip
    inside = account - LEFT - 2 * PAD
    sheets.lines(LEFT + PAD, top - 10.5, wrapped(company.bank_name, inside, SMALL, limit=2), SMALL)
    sheets.text(LEFT + PAD, bank_bottom + 3, "Банк получателя", TINY)
    sheets.text(LEFT + PAD, inn_bottom + 4, f"ИНН {company.inn}", SMALL)
    sheets.text(kpp + PAD, inn_bottom + 4, f"КПП {company.kpp}", SMALL)
    payee = company.full_name or company.name
    sheets.lines(LEFT + PAD, inn_bottom - 10.5, wrapped(payee, inside, SMALL, limit=2), SMALL)
    sheets.text(LEFT + PAD, bottom + 3, "Получатель", TINY)
    for y, label, text in (
        (top - 10.5, "БИК", company.bik),
        (top - 25, "Сч. №", company.correspondent_account),
        (bank_bottom - 10.5, "Сч. №", company.bank_account),
    ):
        sheets.text(account + PAD, y, label, SMALL)
        sheets.text(value + PAD, y, text, SMALL)


def _parties(invoice: PaymentInvoice) -> tuple[tuple[str, str], ...]:
    basis = ", ".join(filter(None, (invoice.contract_name, invoice.order_number and f"заказ № {invoice.order_number}")))
    return (
        ("Поставщик:", _requisites(invoice.company)),
        ("Покупатель:", _requisites(invoice.payer)),
        ("Основание:", basis[:1].upper() + basis[1:]),
    )


def _requisites(party: Company | Counterparty) -> str:
    parts = (
        party.full_name or party.name,
        party.inn and f"ИНН{NBSP}{party.inn}",
        party.kpp and f"КПП{NBSP}{party.kpp}",
        party.address,
    )
    return ", ".join(filter(None, parts))


def _labelled(sheets: Sheets, y: float, label: str, text: str) -> float:
    if not text:
        return y
    indent = LEFT + 24 * MM
    sheets.text(LEFT, y, label, SIZE)
    return sheets.lines(indent, y, wrapped(text, RIGHT - indent, SIZE, BOLD, limit=6), SIZE, BOLD) - 5


# --- the table --------------------------------------------------------------------------------------------------------


def _row(line: InvoiceLine) -> Row:
    texts = (
        str(line.number),
        line.sku,
        line.name,
        figures(line.quantity),
        line.unit,
        figures(line.price, 2),
        amount_figures(line.amount),
    )
    return row_of(texts)


# --- below the table --------------------------------------------------------------------------------------------------


def _totals(invoice: PaymentInvoice) -> tuple[tuple[str, str], ...]:
    net = sum(line.amount for line in invoice.lines)
    if not invoice.vat_amount:
        vat = ("Без НДС", "—")
    else:
        vat = ("В том числе НДС:" if net == invoice.amount else "Сумма НДС:", amount_figures(invoice.vat_amount))
    return ("Итого:", amount_figures(net)), vat, ("Всего к оплате:", amount_figures(invoice.amount))


def _words(invoice: PaymentInvoice) -> tuple[str, ...]:
    return wrapped(amount_in_words(invoice.amount, invoice.currency), RIGHT - LEFT, SIZE, BOLD)


def _tail_height(invoice: PaymentInvoice) -> float:
    return 3 * 15 + 12 + (1 + len(_words(invoice))) * SIZE * LEADING + 60


def _tail(sheets: Sheets, y: float, invoice: PaymentInvoice) -> None:
    """Totals, the sum in words, signatures."""
    for label, text in _totals(invoice):
        y -= 15
        sheets.right(RIGHT - COLUMNS[-1].width - PAD, y, label, SIZE, BOLD)
        sheets.right(RIGHT - PAD, y, text, SIZE, BOLD)
    amount = f"{amount_figures(invoice.amount)} {currency_mark(invoice.currency)}"
    y = sheets.lines(LEFT, y - 20, [f"Всего наименований {len(invoice.lines)}, на сумму {amount}"], SIZE)
    y = sheets.lines(LEFT, y, _words(invoice), SIZE, BOLD)
    sheets.rules([(LEFT, y + 3, RIGHT, y + 3)], 1.6)
    _signatures(sheets, y - 28, invoice.company)


def _signatures(sheets: Sheets, y: float, company: Company) -> None:
    if len(company.inn) == 12:  # twelve digits are a person's: a sole trader signs alone
        _signature(sheets, LEFT, RIGHT - 60 * MM, y, "Предприниматель", company.director)
        return
    middle = (LEFT + RIGHT) / 2
    _signature(sheets, LEFT, middle - 4 * MM, y, "Руководитель", company.director)
    _signature(sheets, middle + 4 * MM, RIGHT, y, "Бухгалтер", company.accountant)


def _signature(sheets: Sheets, left: float, right: float, y: float, label: str, name: str) -> None:
    """The label, room for a hand and the name, all above one line."""
    start = left + text_width(label, SIZE, BOLD) + 6
    sheets.text(left, y, label, SIZE, BOLD)
    sheets.right(right, y, wrapped(name, right - start - 20 * MM, SIZE, limit=1)[0], SIZE)
    sheets.rules([(start, y - 3, right, y - 3)])


def _running_title(sheets: Sheets, title: str) -> float:
    sheets.text(LEFT, TOP - 7, title, SMALL)
    return TOP - 16


def _foot(sheets: Sheets, text: str, superseded: bool) -> None:
    sheets.centred((LEFT + RIGHT) / 2, BOTTOM - 8 * MM, text, TINY, REGULAR)
    if superseded:
        sheets.watermark("ЗАМЕНЁН")
    sheets.next_page()
