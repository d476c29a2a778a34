"""CPU time of printing a commercial offer: `python -m infra.bench.quotation`."""

import time
from datetime import date
from decimal import Decimal

from chalicelib.adapters.quotation_pdf import print_quotation
from chalicelib.domain.cart.quotations import Quotation, QuotationLine
from infra.bench.invoice import ROUNDS, sample

SIZES = (10, 200, 5_000)


def offer(count: int) -> Quotation:
    """The lines of the sample invoice, at somebody's retail prices."""
    lines = tuple(
        QuotationLine(line.number, line.sku, line.name, line.unit, line.quantity, line.price, line.amount)
        for line in sample(count).lines
    )
    today = date(2026, 11, 21)
    return Quotation("КП-1", today, today, "ООО «Вектор»", "Пётр", "ИП Соколова", "", "RUB", lines, Decimal(1240), Decimal("3.2"))


def _timed(quotation: Quotation) -> float:
    start = time.process_time()
    print_quotation(quotation)
    return (time.process_time() - start) * 1000


def main() -> None:
    for count in SIZES:
        quotation = offer(count)
        best = min(_timed(quotation) for _ in range(ROUNDS if count < 1_000 else 1))
        print(f"{count:>5} lines: {best:6.1f} ms CPU, {len(print_quotation(quotation)) / 1024:.0f} KB")


if __name__ == "__main__":
    main()
