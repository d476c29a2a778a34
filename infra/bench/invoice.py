"""CPU time of printing a payment invoice: `python -m infra.bench.invoice [folder]`; with a folder the PDFs are left there."""

import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

from chalicelib.adapters.invoice_pdf import print_invoice
from chalicelib.domain import money
from chalicelib.domain.documents import InvoiceLine, PaymentInvoice, payment_qr
from chalicelib.domain.partners.partners import Company, Counterparty

SIZES = (1, 10, 50, 200)
ROUNDS = 10
COMPANY = Company(
    id="company",
    name="ООО «Опора»",
    full_name="Общество с ограниченной ответственностью «Торговый дом «Опора»",
    inn="7701234567",
    kpp="770101001",
    address="109012, г. Москва, ул. Никольская, д. 10, стр. 2, офис 314",
    bank_name="ПАО СБЕРБАНК, г. Москва",
    bik="044525225",
    correspondent_account="30101810400000000225",
    bank_account="40702810938000012345",
    director="Соколов П. А.",
    accountant="Миронова Е. В.",
)
PAYER = Counterparty(
    id="payer",
    name="ООО «Вектор»",
    full_name="Общество с ограниченной ответственностью «Вектор Комплект»",
    inn="5401987654",
    kpp="540101001",
    address="630099, Новосибирская обл., г. Новосибирск, Красный пр-т, д. 25, помещ. 7",
)
NAMES = (
    "Смеситель для кухни с высоким изливом, хром",
    "Труба полипропиленовая армированная стекловолокном PN25 32×5,4 мм, отрезок 4 м, для отопления и горячего водоснабжения",
    "Кран шаровой 1/2″ ВР-НР, бабочка",
    "Радиатор биметаллический 500/80, 10 секций, с боковым подключением",
)


def sample(count: int) -> PaymentInvoice:
    """An invoice of `count` lines in a wholesaler's range."""
    lines = tuple(_line(number) for number in range(1, count + 1))
    amount = sum(line.amount for line in lines)
    return PaymentInvoice(
        number="ОП-001284",
        issued_on=date(2026, 11, 21),
        company=COMPANY,
        payer=PAYER,
        lines=lines,
        amount=amount,
        vat_amount=money.vat_included(amount, Decimal(22)),
        currency="RUB",
        contract_name="Договор поставки № 45/26 от 12.01.2026",
        order_number="D-17",
    )


def _line(number: int) -> InvoiceLine:
    quantity, price = Decimal(number % 7 + 1), Decimal(f"{137 + number * 13}.5")
    name = NAMES[number % len(NAMES)]
    return InvoiceLine(number, f"SM-{4410 + number}/X", name, "шт", quantity, price, money.line_amount(price, quantity))


def cpu_ms(invoice: PaymentInvoice) -> float:
    """The best of several rounds, as other work on the machine only adds."""
    return min(_timed(invoice) for _ in range(ROUNDS))


def _timed(invoice: PaymentInvoice) -> float:
    start = time.process_time()
    print_invoice(invoice, payment_qr(invoice))
    return (time.process_time() - start) * 1000


def main(folder: Path | None = None) -> None:
    print(f"first invoice of a process: {_timed(sample(1)):.0f} ms CPU (imports and fonts)")
    for count in SIZES:
        invoice = sample(count)
        pdf = print_invoice(invoice, payment_qr(invoice))
        print(f"{count:>4} lines: {cpu_ms(invoice):6.1f} ms CPU, {len(pdf) / 1024:.0f} KB")
        if folder:
            (folder / f"invoice-{count}.pdf").write_bytes(pdf)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
