"""The one price function: list, card, cart, order and every export ask it and nothing else.

What wins (OP-16): what 1C computed for the contract > an individual price > the contract's price type with the individual
discount or else the contract's own > where the contract allows it, tiers and the best of promotions and discounts for
quantity > the contract's base price type. A price that the manager fixed stands in the order's line, not here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from chalicelib.domain import money
from chalicelib.domain.catalogue.catalogue import ItemPrice
from chalicelib.domain.catalogue.categories import Goods
from chalicelib.domain.money import ZERO
from chalicelib.domain.partners.partner_terms import NO_TERMS, GoodsKey, PartnerTerms, key_of, keys_of, matching
from chalicelib.domain.partners.partners import Contract, VatMode
from chalicelib.domain.partners.terms import CurrencyRate, Discount, DiscountKind, IndividualPrice

ONE = Decimal(1)
HUNDRED = Decimal(100)
ROUBLE = "RUB"
MOST_TIERS = 10
"""Quantities at which a price changes that are told of."""


@dataclass(frozen=True, slots=True)
class ItemPrices:
    """All prices of one item by price type id."""

    item_id: str
    by_type: Mapping[str, ItemPrice]


@dataclass(frozen=True, slots=True)
class Deal:
    """Under what a price is asked for: a contract with the partner's terms, on a day."""

    contract: Contract
    terms: PartnerTerms = NO_TERMS
    today: date = date.max


@dataclass(frozen=True, slots=True)
class Step:
    """Why a price is what it is: `text` is a msgid, `name` the words of 1C in it, `figure` a percent or a quantity; `amount` is
    the price after it, in `currency` where that is not the contract's."""

    text: str
    amount: Decimal
    name: str = ""
    figure: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class LineSums:
    """A line in minor units: `amount` is price by quantity, `vat_amount` in it or on top of it, `total` what is to be paid."""

    amount: int
    vat_amount: int
    total: int


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one unit for one contract; `steps` lead to it. `vat_rate` is None where there is no VAT."""

    amount: Decimal
    currency: str
    price_type_id: str
    steps: tuple[Step, ...] = ()
    vat_rate: Decimal | None = None
    vat_included: bool = True

    def line(self, quantity: Decimal) -> int:
        """Minor units for a quantity."""
        return money.line_amount(self.amount, quantity)

    def sums(self, quantity: Decimal) -> LineSums:
        """Rounded line by line, as 1C does."""
        amount = self.line(quantity)
        vat = _vat(amount, self.vat_rate, included=self.vat_included)
        return LineSums(amount, vat, amount if self.vat_included else amount + vat)

    @property
    def is_special(self) -> bool:
        """Something other than the price type alone has made it."""
        return len(self.steps) > 1 or any(step.text != LISTED for step in self.steps)


def _vat(amount: int, rate: Decimal | None, *, included: bool) -> int:
    if not rate:
        return 0
    return money.vat_included(amount, rate) if included else money.vat_on_top(amount, rate)


RECOMMENDED = "rrp"
"""The price type under which the recommended retail price of an item is kept, whatever 1C calls it."""


def recommended_price(prices: ItemPrices | None) -> ItemPrice | None:
    """What the supplier recommends his dealers to sell one unit for."""
    found = prices.by_type.get(RECOMMENDED) if prices else None
    return found if found and found.amount > 0 else None


CALCULATED = "Цена рассчитана в 1С для вашего договора"
INDIVIDUAL = "Индивидуальная цена"
LISTED = "Цена по виду цен договора"
BASE = "Базовая цена: по виду цен договора цены нет"
TIER = "Цена при заказе от %(figure)s"
CONVERTED = "Пересчёт по курсу %(name)s"
INDIVIDUAL_DISCOUNT = "Индивидуальная скидка %(figure)s"
INDIVIDUAL_MARKUP = "Индивидуальная наценка %(figure)s"
CONTRACT_DISCOUNT = "Скидка по договору %(figure)s"
CONTRACT_MARKUP = "Наценка по договору %(figure)s"
PROMOTION = "Акция «%(name)s»"
VOLUME = "Скидка за объём «%(name)s»"


def price_for(prices: ItemPrices | None, deal: Deal | None, goods: Goods | None, quantity: Decimal = ONE) -> Price | None:
    """What one unit costs in a line of `quantity`; None where 1C gave no (or a zero) price, or no rate to count it by: it
    can't be ordered then."""
    if deal is None or goods is None:
        return None
    keys = keys_of(goods)
    own = _individual(deal, keys, quantity)
    if own and own.price is not None:
        way = _way_to(deal, own.price, own.currency, CALCULATED if own.calculated else INDIVIDUAL)
    else:
        way = _by_list(prices, deal, keys, quantity, own)
    if way is None or way[-1].amount <= 0:
        return None
    contract = deal.contract
    rate = vat_rate(contract, getattr(goods, "vat_rate", None))
    return Price(way[-1].amount, contract.currency, contract.price_type_id, tuple(way), rate, contract.vat_included)


def vat_rate(contract: Contract, of_item: Decimal | None) -> Decimal | None:
    """The rate that holds under the contract."""
    match contract.vat_mode:
        case VatMode.NONE:
            return None
        case VatMode.ZERO:
            return ZERO
    return of_item


# --- individual prices --------------------------------------------------------------------------------------------------


def _individual(deal: Deal, keys: list[GoodsKey], quantity: Decimal) -> IndividualPrice | None:
    """1C's own calculation first, then the partner's before a segment's, the narrower goods, the greater quantity reached."""
    if not deal.terms.prices:
        return None
    found = [
        one
        for one in matching(deal.terms.prices, keys, deal.today)
        if one.contract_id in (None, deal.contract.id) and (one.min_quantity or ZERO) <= quantity
    ]
    return min(found, key=lambda one: _rank(one, keys), default=None)


def _rank(one: IndividualPrice, keys: list[GoodsKey]) -> tuple[object, ...]:
    begun = one.valid_from.toordinal() if one.valid_from else 0
    whose = (not one.calculated, one.partner_id is None, one.contract_id is None)
    return *whose, keys.index(key_of(one)), -(one.min_quantity or ZERO), -begun, one.id


# --- the price type and what is counted off it ----------------------------------------------------------------------------


def _by_list(
    prices: ItemPrices | None, deal: Deal, keys: list[GoodsKey], quantity: Decimal, own: IndividualPrice | None
) -> list[Step] | None:
    contract = deal.contract
    listed = prices.by_type.get(contract.price_type_id) if prices else None
    base = prices.by_type.get(contract.base_price_type_id or "") if prices else None
    found = listed if listed and listed.amount > 0 else base
    if found is None or found.amount <= 0:
        return None
    amount, reached, like = found.amount, None, found.amount
    if own is None and contract.discounts_allowed:
        (amount, reached), like = _tier(found, quantity), _finest(found)
    way = _way_to(deal, amount, found.currency or contract.currency, LISTED if found is listed else BASE, like)
    if way is None:
        return None
    if reached is not None:
        way.append(Step(TIER, way[-1].amount, figure=reached))
    if own and own.percent:
        way.append(_percent_off(way[-1].amount, own.percent, like, INDIVIDUAL_DISCOUNT, INDIVIDUAL_MARKUP))
        return way
    if contract.discount_percent:
        way.append(_percent_off(way[-1].amount, contract.discount_percent, like, CONTRACT_DISCOUNT, CONTRACT_MARKUP))
    if own is None and contract.discounts_allowed:
        way += _best_discount(deal, keys, quantity, way[-1].amount, like)
    return way


def _tier(listed: ItemPrice, quantity: Decimal) -> tuple[Decimal, Decimal | None]:
    """The price of the last tier the quantity reaches, and where that begins (None: below all tiers)."""
    reached = [(least, amount) for least, amount in listed.tiers if least <= quantity and amount > 0]
    return (reached[-1][1], reached[-1][0]) if reached else (listed.amount, None)


def _finest(listed: ItemPrice) -> Decimal:
    """The price with the most digits of an item's tiers: all of them are rounded alike, or more could cost more a unit."""
    return max((listed.amount, *(amount for _, amount in listed.tiers)), key=_digits)


def _percent_off(amount: Decimal, percent: Decimal, like: Decimal, discount: str, markup: str) -> Step:
    return Step(discount if percent > 0 else markup, _off(amount, percent, like), figure=abs(percent))


def _off(amount: Decimal, percent: Decimal, like: Decimal) -> Decimal:
    return _rounded(amount * (HUNDRED - percent) / HUNDRED, like)


def _rounded(amount: Decimal, like: Decimal) -> Decimal:
    """To the kopeck as 1C keeps prices of documents; finer where the price it is made of is finer."""
    digits = 4 if _digits(like) > 2 else 2
    return money.unit_price(amount.quantize(ONE.scaleb(-digits), ROUND_HALF_UP))


def _digits(amount: Decimal) -> int:
    """Behind the point, the zeros at the end left out."""
    exponent = amount.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _best_discount(deal: Deal, keys: list[GoodsKey], quantity: Decimal, amount: Decimal, like: Decimal) -> Iterator[Step]:
    """The one that makes it cheapest: discounts are not added up."""
    found = [
        (made, one.id, one)
        for one in matching(deal.terms.discounts, keys, deal.today)
        if (one.min_quantity or ZERO) <= quantity and (made := _discounted(deal, one, amount, like)) is not None and made < amount
    ]
    if found:
        made, _, best = min(found, key=lambda one: one[:2])
        yield Step(PROMOTION if best.kind is DiscountKind.PROMOTION else VOLUME, made, name=best.name)


def _discounted(deal: Deal, one: Discount, amount: Decimal, like: Decimal) -> Decimal | None:
    if one.percent is not None:
        return _off(amount, one.percent, like)
    return _in_currency_of(deal, one.price, one.currency) if one.price is not None else None


# --- currencies -----------------------------------------------------------------------------------------------------------


def _way_to(deal: Deal, amount: Decimal, currency: str, text: str, like: Decimal | None = None) -> list[Step] | None:
    """The first step, and that of counting it into the contract's currency; None where 1C sent no rate for that."""
    if currency == deal.contract.currency:
        return [Step(text, money.unit_price(amount))]
    counted, way = _in_currency_of(deal, amount, currency, like), [Step(text, money.unit_price(amount), currency=currency)]
    return None if counted is None else [*way, Step(CONVERTED, counted, name=f"{currency} → {deal.contract.currency}")]


def _in_currency_of(deal: Deal, amount: Decimal, currency: str, like: Decimal | None = None) -> Decimal | None:
    """In the contract's currency, by 1C's rates."""
    if currency == deal.contract.currency:
        return money.unit_price(amount)
    now, then = (_roubles(deal.terms.rates, one) for one in (currency, deal.contract.currency))
    return _rounded(amount * now / then, amount if like is None else like) if now and then else None


def _roubles(rates: Mapping[str, CurrencyRate], currency: str) -> Decimal | None:
    if currency == ROUBLE:
        return ONE
    rate = rates.get(currency)
    return rate.rate / rate.multiplicity if rate else None


# --- what more would cost ---------------------------------------------------------------------------------------------------


def tiers(prices: ItemPrices | None, deal: Deal | None, goods: Goods | None) -> tuple[tuple[Decimal, Price], ...]:
    """Quantities above one from which the price is another, with that price, the least first."""
    if deal is None or goods is None:
        return ()
    found, before = [], price_for(prices, deal, goods)
    for quantity in sorted(set(_thresholds(prices, deal, goods)))[:MOST_TIERS]:
        price = price_for(prices, deal, goods, quantity)
        if price and (before is None or price.amount != before.amount):
            found.append((quantity, price))
            before = price
    return tuple(found)


def _thresholds(prices: ItemPrices | None, deal: Deal, goods: Goods) -> Iterator[Decimal]:
    terms, keys = deal.terms, keys_of(goods)
    told: Iterable[IndividualPrice | Discount] = (
        *matching(terms.prices, keys, deal.today),
        *matching(terms.discounts, keys, deal.today),
    )
    yield from (one.min_quantity for one in told if one.min_quantity and one.min_quantity > 1)
    for type_id in (deal.contract.price_type_id, deal.contract.base_price_type_id or ""):
        listed = prices.by_type.get(type_id) if prices else None
        yield from (least for least, _ in listed.tiers if least > 1) if listed else ()


def under(deal: Deal, contract: Contract) -> Deal:
    """The same terms under another contract of the partner."""
    return replace(deal, contract=contract)
