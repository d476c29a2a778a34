"""A commercial offer as a PDF: the dealer's logo and name, the goods, the total, until when it holds."""

from chalicelib.adapters.amount_words import amount_figures, amount_in_words, currency_mark, figures, long_date
from chalicelib.adapters.pdf_sheet import BOLD, MM, Sheets, wrapped
from chalicelib.adapters.pdf_table import (
    BOTTOM,
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
from chalicelib.domain.cart.quotations import Quotation, QuotationLine

LOGO_WIDTH, LOGO_HEIGHT = 50 * MM, 20 * MM
TAIL = 110.0
ASKED = "по запросу"


def print_quotation(quotation: Quotation) -> bytes:
    """The PDF; the same offer gives the same bytes."""
    title = f"Коммерческое предложение № {quotation.number} от {long_date(quotation.issued_on)}"
    sheets = Sheets(title, quotation.seller)
    y = _heading(sheets, quotation, title)
    pages = paginate([_row(line) for line in quotation.lines], y - BOTTOM - HEAD_HEIGHT, TOP - 16 - BOTTOM - HEAD_HEIGHT, TAIL)
    for number, page in enumerate(pages, start=1):
        if number > 1:
            sheets.text(LEFT, TOP - 7, title, SMALL)
            y = TOP - 16
        y = table(sheets, y, page) if page else y
        if number == len(pages):
            _tail(sheets, y, quotation)
        sheets.centred((LEFT + RIGHT) / 2, BOTTOM - 8 * MM, f"Страница {number} из {len(pages)}", TINY)
        sheets.next_page()
    return sheets.finish()


def _heading(sheets: Sheets, quotation: Quotation, title: str) -> float:
    """y of the table's top."""
    y = TOP
    if quotation.logo:
        sheets.picture(quotation.logo, LEFT, y - LOGO_HEIGHT, LOGO_WIDTH, LOGO_HEIGHT)
    indent = LEFT + (LOGO_WIDTH + 6 * MM if quotation.logo else 0)
    below = sheets.lines(indent, y - 10, wrapped(quotation.seller, RIGHT - indent, SIZE, BOLD, limit=3), SIZE, BOLD)
    below = sheets.lines(indent, below, wrapped(quotation.contact, RIGHT - indent, SMALL, limit=3), SMALL)
    y = min(below, y - LOGO_HEIGHT if quotation.logo else below) - 16
    y = sheets.lines(LEFT, y, wrapped(title, RIGHT - LEFT, 13, BOLD), 13, BOLD)
    if quotation.internal:
        y = sheets.lines(LEFT, y, ["Закупочные цены. Только для внутреннего использования"], SMALL, BOLD)
    if quotation.customer:
        y = sheets.lines(LEFT, y - 2, wrapped(f"Для: {quotation.customer}", RIGHT - LEFT, SIZE, limit=4), SIZE)
    return y - 2


def _row(line: QuotationLine) -> Row:
    price = figures(line.price, 2) if line.price is not None else ASKED
    amount = amount_figures(line.amount) if line.amount is not None else "—"
    texts = (str(line.number), line.sku, line.name, figures(line.quantity), line.unit, price, amount)
    return row_of(texts)


def _tail(sheets: Sheets, y: float, quotation: Quotation) -> None:
    y -= 15
    total = f"Итого: {amount_figures(quotation.amount)} {currency_mark(quotation.currency)}"
    sheets.right(RIGHT - PAD, y, total, SIZE, BOLD)
    words = amount_in_words(quotation.amount, quotation.currency) if quotation.is_whole else "Без строк, цена которых по запросу"
    y = sheets.lines(LEFT, y - 16, wrapped(words, RIGHT - LEFT, SMALL, limit=2), SMALL)
    load = f"Вес {figures(quotation.weight_kg)} кг, объём {figures(quotation.volume_m3)} м³"
    y = sheets.lines(LEFT, y, [load], SMALL)
    y = sheets.lines(LEFT, y - 4, [f"Предложение действует до {long_date(quotation.valid_until)}"], SIZE, BOLD)
    sheets.lines(LEFT, y, wrapped(quotation.comment, RIGHT - LEFT, SMALL, limit=4), SMALL)
