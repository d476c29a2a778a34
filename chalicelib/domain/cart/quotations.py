"""A commercial offer (КП): the goods of a cart at the prices its reader may see."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from chalicelib.domain import money
from chalicelib.domain.errors import InvalidInput


class Pricing(StrEnum):
    """Whose prices: what the dealer himself pays (for his own people), or what his customer is to pay."""

    PURCHASE = "purchase"
    RECOMMENDED = "recommended"
    MARKUP = "markup"


@dataclass(frozen=True, slots=True)
class PriceRule:
    """`percent` is put on the recommended price (negative takes off), or on the purchase price."""

    pricing: Pricing = Pricing.RECOMMENDED
    percent: Decimal = Decimal(0)

    def retail(self, purchase: Decimal | None, recommended: Decimal | None) -> Decimal | None:
        """The price of one unit, to the kopeck; None where there is nothing to reckon it from."""
        start = recommended if self.pricing is Pricing.RECOMMENDED else purchase
        if start is None:
            return None
        if self.pricing is Pricing.PURCHASE:
            return start
        return money.major(money.line_amount(start * (100 + self.percent) / 100, Decimal(1)))


def checked_rule(rule: PriceRule) -> PriceRule:
    """Raises InvalidInput. A markup of nothing would show the purchase price to the customer."""
    if not rule.percent.is_finite() or not -90 <= rule.percent <= 1_000:
        raise InvalidInput("Процент: от −90 до 1000", {"percent": "Проверьте процент"})
    if rule.pricing is Pricing.MARKUP and rule.percent <= 0:
        raise InvalidInput(
            "Наценка должна быть больше нуля: иначе клиент увидит вашу закупочную цену", {"percent": "Укажите наценку"}
        )
    return rule


@dataclass(frozen=True, slots=True)
class QuotationLine:
    """`price` in major units and `amount` in minor ones; None where the price is asked for."""

    number: int
    sku: str
    name: str
    unit: str
    quantity: Decimal
    price: Decimal | None
    amount: int | None


@dataclass(frozen=True, slots=True)
class Quotation:
    """Nothing in it, and so nothing on its sheets, is of what it does not show: no purchase price, contract or rule.

    `logo` is a PNG; `seller` and `contact` are the dealer's, `customer` whom he offers to. `internal` marks purchase prices.
    """

    number: str
    issued_on: date
    valid_until: date
    seller: str
    contact: str
    customer: str
    comment: str
    currency: str
    lines: tuple[QuotationLine, ...]
    weight_kg: Decimal
    volume_m3: Decimal
    internal: bool = False
    logo: bytes = b""

    @property
    def amount(self) -> int:
        return sum(line.amount or 0 for line in self.lines)

    @property
    def is_whole(self) -> bool:
        """Every line has its price."""
        return all(line.price is not None for line in self.lines)
