"""The payment invoice on paper: what an accountant reads, what a bank's camera reads."""

import re
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from chalicelib.adapters.amount_words import amount_in_words, figures
from chalicelib.adapters.invoice_pdf import print_invoice
from chalicelib.adapters.pdf_table import Row, paginate
from chalicelib.domain.documents import PaymentInvoice, payment_qr
from infra.bench.invoice import sample


def pages_of(pdf: bytes) -> list[str]:
    """The text of every page, white space of all kinds made one blank."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def qr_codes_of(pdf: bytes) -> list[str]:
    """What a scanner reads off the first page printed at 150 dpi."""
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=150 / 72).to_pil().convert("L")
    return [code.text for code in zxingcpp.read_barcodes(image)]


def printed(invoice: PaymentInvoice) -> list[str]:
    return pages_of(print_invoice(invoice, payment_qr(invoice)))


def test_an_invoice_names_payee_payer_basis_and_sums() -> None:
    """DC-02, DC-04: the counterparty-payer stands in it, and it is a PDF whose text can be searched and copied."""
    invoice = sample(3)
    pdf = print_invoice(invoice, payment_qr(invoice))
    [text] = pages_of(pdf)
    assert pdf.startswith(b"%PDF-")
    for words in (
        "Счёт на оплату № ОП-001284 от 21 ноября 2026 г.",
        "ПАО СБЕРБАНК, г. Москва",
        "БИК 044525225",
        "Сч. № 30101810400000000225",
        "Сч. № 40702810938000012345",
        "ИНН 7701234567",
        "Покупатель: Общество с ограниченной ответственностью «Вектор Комплект», ИНН 5401987654, КПП 540101001, 630099",
        "Основание: Договор поставки № 45/26 от 12.01.2026, заказ № D-17",
        "№ Артикул Товар Кол-во Ед. Цена Сумма",
        "2 SM-4412/X Кран шаровой 1/2″ ВР-НР, бабочка 3 шт 163,50 490,50",
        "Итого: 1 497,50",
        "В том числе НДС: 270,04",
        "Всего к оплате: 1 497,50",
        "Всего наименований 3, на сумму 1 497,50 руб.",
        "Одна тысяча четыреста девяносто семь рублей 50 копеек",
        "Руководитель Соколов П. А.",
        "Бухгалтер Миронова Е. В.",
        "Страница 1 из 1",
    ):
        assert words in text


def test_fonts_are_embedded() -> None:
    invoice = sample(1)
    fonts = PdfReader(BytesIO(print_invoice(invoice, ""))).pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    described = [font.get_object()["/FontDescriptor"] for font in fonts.values() if "/FontDescriptor" in font.get_object()]
    assert sorted("Bold" in font["/FontName"] for font in described) == [False, True]
    assert all("/FontFile2" in font for font in described)


@pytest.mark.parametrize("count", [1, 25, 200])
def test_every_line_is_printed_once_under_a_repeated_header(count: int) -> None:
    pages = printed(sample(count))
    for number, page in enumerate(pages, start=1):
        assert f"Страница {number} из {len(pages)}" in page
        assert page.count("№ Артикул Товар Кол-во Ед. Цена Сумма") == 1
        assert "Счёт на оплату № ОП-001284" in page
    articles = re.findall(r"SM-(\d+)/X", " ".join(pages))
    assert articles == [str(4411 + n) for n in range(count)]
    assert f"Всего наименований {count}," in pages[-1]
    assert sum("Всего к оплате" in page for page in pages) == 1


def test_totals_never_stand_alone() -> None:
    """Whatever fits or does not, the totals share their page with at least one line."""
    for count in range(12, 24):
        assert re.search(r"SM-\d+/X", printed(sample(count))[-1]), count


def test_pages_are_filled_and_nothing_runs_out_of_the_sheet() -> None:
    rows = [Row((), 10.0)] * 25
    pages = paginate(rows, first=100, other=150, tail=40)
    assert [len(page) for page in pages] == [10, 14, 1]
    assert [len(page) for page in paginate(rows[:6], first=100, other=150, tail=40)] == [6]
    assert [len(page) for page in paginate(rows[:7], first=100, other=150, tail=40)] == [6, 1]
    assert [len(page) for page in paginate([Row((), 120.0)], first=100, other=150, tail=40)] == [1, 0]


def test_the_qr_code_reads_back_as_the_payment() -> None:
    """The code on paper, read by an independent decoder, is the text of ГОСТ Р 56042."""
    invoice = sample(2)
    qr = payment_qr(invoice)
    assert qr_codes_of(print_invoice(invoice, qr)) == [qr]
    fields = dict(part.split("=", 1) for part in qr.split("|")[1:])
    assert qr.startswith("ST00012|")
    assert fields == {
        "Name": "Общество с ограниченной ответственностью «Торговый дом «Опора»",
        "PersonalAcc": "40702810938000012345",
        "BankName": "ПАО СБЕРБАНК, г. Москва",
        "BIC": "044525225",
        "CorrespAcc": "30101810400000000225",
        "PayeeINN": "7701234567",
        "KPP": "770101001",
        "Sum": str(invoice.amount),
        "Purpose": "Оплата по счёту № ОП-001284 от 21.11.2026",
    }


def test_a_long_and_hostile_payee_name_still_gives_a_readable_code() -> None:
    invoice = sample(1)
    company = replace(invoice.company, full_name="Длинное|имя\nSum=1 " * 30, bank_name="Банк " * 30)
    invoice = replace(invoice, company=company)
    [text] = qr_codes_of(print_invoice(invoice, payment_qr(invoice)))
    fields = [part.split("=", 1)[0] for part in text.split("|")[1:]]
    assert fields == ["Name", "PersonalAcc", "BankName", "BIC", "CorrespAcc", "PayeeINN", "KPP", "Sum", "Purpose"]
    assert max(len(part.split("=", 1)[1]) for part in text.split("|")[1:]) <= 210


def test_an_invoice_without_bank_or_in_another_currency_has_no_code() -> None:
    invoice = sample(1)
    no_bank = replace(invoice, company=replace(invoice.company, bank_account=""))
    assert payment_qr(no_bank) == payment_qr(replace(invoice, currency="USD")) == ""
    pdf = print_invoice(no_bank, "")
    assert qr_codes_of(pdf) == []
    assert "Банк получателя" not in pages_of(pdf)[0]


def test_vat_on_top_and_without_vat() -> None:
    invoice = sample(1)
    [on_top] = printed(replace(invoice, amount=invoice.amount + 6622, vat_amount=6622))
    assert "Итого: 301,00 Сумма НДС: 66,22 Всего к оплате: 367,22" in on_top
    [without] = printed(replace(invoice, vat_amount=0))
    assert "Итого: 301,00 Без НДС — Всего к оплате: 301,00" in without


def test_a_sole_trader_signs_alone() -> None:
    invoice = sample(1)
    company = replace(invoice.company, inn="500100732259", kpp="", full_name="ИП Соколов Пётр Алексеевич")
    [text] = printed(replace(invoice, company=company))
    assert "Предприниматель Соколов П. А." in text
    assert "Бухгалтер" not in text


def test_a_superseded_invoice_says_so_on_every_page() -> None:
    invoice = sample(40)
    pages = pages_of(print_invoice(invoice, payment_qr(invoice), superseded=True))
    assert len(pages) > 1
    assert all("ЗАМЕНЁН" in page for page in pages)
    assert "ЗАМЕНЁН" not in printed(invoice)[0]


def test_hostile_names_are_printed_as_text() -> None:
    line = replace(sample(1).lines[0], name="<b>&amp;</b> \n)Tj (" + "Ж" * 400 + "\x07", sku="A" * 90)
    text = " ".join(printed(replace(sample(1), lines=(line,))))
    assert "<b>&amp;</b> )Tj (" in text
    assert text.replace(" ", "").count("Ж") == 400


def test_the_same_invoice_gives_the_same_bytes() -> None:
    invoice = sample(5)
    assert print_invoice(invoice, payment_qr(invoice)) == print_invoice(invoice, payment_qr(invoice))


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (2, "RUB", "Ноль рублей 02 копейки"),
        (100, "RUB", "Один рубль 00 копеек"),
        (2121, "RUB", "Двадцать один рубль 21 копейка"),
        (200000012, "RUB", "Два миллиона рублей 12 копеек"),
        (123450, "USD", "Одна тысяча двести тридцать четыре доллара 50 центов"),
        (123450, "CNY", "Одна тысяча двести тридцать четыре CNY 50"),
    ],
)
def test_sum_in_words(amount: int, currency: str, words: str) -> None:
    assert amount_in_words(amount, currency) == words


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        ("1234567.5000", 2, "1 234 567,50"),
        ("12.3456", 2, "12,3456"),
        ("3.000", 0, "3"),
        ("0.250", 0, "0,25"),
        ("1E+3", 0, "1 000"),
    ],
)
def test_figures(value: str, digits: int, text: str) -> None:
    assert figures(Decimal(value), digits).replace("\N{NO-BREAK SPACE}", " ") == text
