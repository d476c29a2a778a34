"""The one price function: what wins, what is added to it, and what it says of itself."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.domain.catalogue import prices as steps
from chalicelib.domain.catalogue.catalogue import ItemPrice
from chalicelib.domain.catalogue.prices import Deal, ItemPrices, Price, price_for, tiers
from chalicelib.domain.partners.partner_terms import PartnerTerms, by_goods
from chalicelib.domain.partners.partners import Contract, VatMode
from chalicelib.domain.partners.terms import CurrencyRate, Discount, DiscountKind, IndividualPrice

TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Door:
    id: str = "door#white"
    group_ids: tuple[str, ...] = ("inner", "doors")
    brand: str = "Нордика"
    vat_rate: Decimal | None = Decimal(20)


DOOR = Door()
LISTED = ItemPrices(
    DOOR.id,
    {
        "dealer": ItemPrice("dealer", Decimal("1000"), tiers=((Decimal(10), Decimal("950")), (Decimal(50), Decimal("900")))),
        "deferral": ItemPrice("deferral", Decimal("1125.5")),
        "export": ItemPrice("export", Decimal("9.99"), "USD"),
        "base": ItemPrice("base", Decimal("1500")),
    },
)
CONTRACT = Contract("c", "Основной", "dealer")


def deal(contract: Contract = CONTRACT, *told: IndividualPrice | Discount | CurrencyRate) -> Deal:
    own = [one for one in told if isinstance(one, IndividualPrice)]
    discounts = [one for one in told if isinstance(one, Discount)]
    rates = {one.currency: one for one in told if isinstance(one, CurrencyRate)}
    return Deal(contract, PartnerTerms(by_goods(own), by_goods(discounts), {}, rates), TODAY)


def asked(under: Deal, quantity: str = "1", listed: ItemPrices | None = LISTED) -> Price:
    found = price_for(listed, under, DOOR, Decimal(quantity))
    assert found is not None
    return found


def own(percent: str = "", **more: Any) -> IndividualPrice:
    told = {"id": "i", "partner_id": "p", "percent": Decimal(percent) if percent else None}
    return IndividualPrice(**(told | more))


def test_price_is_the_contracts_and_may_be_higher_than_base() -> None:
    """PR-01, PR-02, PR-04, C-21: each contract has its own price type; deferral costs more."""
    deferred = replace(CONTRACT, price_type_id="deferral")
    assert [asked(deal(one)).amount for one in (CONTRACT, deferred)] == [Decimal(1000), Decimal("1125.5")]
    assert asked(deal()).steps == (steps.Step(steps.LISTED, Decimal(1000)),) and not asked(deal()).is_special
    assert price_for(LISTED, deal(replace(CONTRACT, price_type_id="unknown")), DOOR) is None
    assert price_for(None, deal(), DOOR) is None and price_for(LISTED, None, DOOR) is None


PROMOTION = Discount("d", "Осень", percent=Decimal(10), brand="Нордика")
MARKED = replace(CONTRACT, discount_percent=Decimal(5))
PRECEDENCE: tuple[tuple[str, Deal, str, str, list[str]], ...] = (
    (
        "1C's own calculation is the last word",
        deal(
            CONTRACT,
            own(price=Decimal(777), item_id=DOOR.id, contract_id="c", calculated=True),
            own(price=Decimal(1), item_id=DOOR.id, id="j"),
            PROMOTION,
        ),
        "60",
        "777",
        [steps.CALCULATED],
    ),
    (
        "an individual price beats the contract's and everything that would make it cheaper",
        deal(MARKED, own(price=Decimal(980), item_id=DOOR.id), PROMOTION),
        "60",
        "980",
        [steps.INDIVIDUAL],
    ),
    (
        "an individual discount takes the place of the contract's, without tiers and promotions",
        deal(MARKED, own("3", group_id="doors"), PROMOTION),
        "60",
        "970",
        [steps.LISTED, steps.INDIVIDUAL_DISCOUNT],
    ),
    ("an individual markup", deal(CONTRACT, own("-3", brand="Нордика")), "1", "1030", [steps.LISTED, steps.INDIVIDUAL_MARKUP]),
    (
        "the contract's discount, then the best promotion",
        deal(MARKED, PROMOTION, replace(PROMOTION, id="e", percent=Decimal(4))),
        "1",
        "855",
        [steps.LISTED, steps.CONTRACT_DISCOUNT, steps.PROMOTION],
    ),
    (
        "a tier, the contract's discount off it, the best promotion off that",
        deal(MARKED, PROMOTION),
        "10",
        "812.25",
        [steps.LISTED, steps.TIER, steps.CONTRACT_DISCOUNT, steps.PROMOTION],
    ),
    (
        "a contract that allows no discounts has neither tiers nor promotions",
        deal(replace(MARKED, discounts_allowed=False), PROMOTION),
        "60",
        "950",
        [steps.LISTED, steps.CONTRACT_DISCOUNT],
    ),
    (
        "the base price type where the contract's has no price",
        deal(replace(CONTRACT, price_type_id="none", base_price_type_id="base")),
        "1",
        "1500",
        [steps.BASE],
    ),
    (
        "a discount for quantity from that quantity on",
        deal(
            replace(CONTRACT, price_type_id="base"),
            Discount("v", "Опт", DiscountKind.VOLUME, percent=Decimal(2), min_quantity=Decimal(5)),
        ),
        "5",
        "1470",
        [steps.LISTED, steps.VOLUME],
    ),
    (
        "a promotion's price of one unit",
        deal(CONTRACT, replace(PROMOTION, percent=None, price=Decimal(700), brand=None)),
        "1",
        "700",
        [steps.LISTED, steps.PROMOTION],
    ),
    (
        "a promotion dearer than the contract's price is none",
        deal(CONTRACT, replace(PROMOTION, percent=None, price=Decimal(5000))),
        "1",
        "1000",
        [steps.LISTED],
    ),
)


@pytest.mark.parametrize(("_", "under", "quantity", "amount", "why"), PRECEDENCE, ids=[row[0] for row in PRECEDENCE])
def test_what_wins(_: str, under: Deal, quantity: str, amount: str, why: list[str]) -> None:
    """OP-16, OP-26, PR-06, PR-16, C-23: every rule of precedence, and the trail that tells of it."""
    price = asked(under, quantity)
    assert (price.amount, [step.text for step in price.steps]) == (Decimal(amount), why)
    assert price.steps[-1].amount == price.amount


SEGMENT = own("9", id="s", partner_id=None, segment="Сети", item_id="door")
NARROWER = (
    (own("1"), own("2", id="j", group_id="doors"), "980"),
    (own("2", group_id="doors"), own("3", id="j", group_id="inner"), "970"),
    (own("3", brand="Нордика"), own("4", id="j", item_id="door"), "960"),
    (own("4", item_id="door"), own("5", id="j", item_id=DOOR.id), "950"),
    (SEGMENT, own("1"), "990"),
    (own("1", item_id="door"), own("6", id="j", item_id="door", min_quantity=Decimal(1)), "940"),
    (own("1", item_id="door"), own("7", id="j", item_id="door", contract_id="c"), "930"),
)


@pytest.mark.parametrize(("wide", "narrow", "amount"), NARROWER)
def test_the_narrower_term_wins_in_whatever_order_they_come(wide: IndividualPrice, narrow: IndividualPrice, amount: str) -> None:
    """C-23: partner or segment × item, group or brand."""
    assert asked(deal(CONTRACT, wide, narrow)).amount == asked(deal(CONTRACT, narrow, wide)).amount == Decimal(amount)


def test_terms_out_of_date_of_another_contract_or_of_other_goods_change_nothing() -> None:
    told = (
        own("1", valid_to=date(2026, 11, 21)),
        own("2", id="j", valid_from=date(2026, 11, 23)),
        own("3", id="k", contract_id="other"),
        own("4", id="l", group_id="windows"),
        own("5", id="m", min_quantity=Decimal(2)),
        replace(PROMOTION, valid_to=date(2026, 11, 21)),
    )
    assert asked(deal(CONTRACT, *told)).amount == Decimal(1000)
    assert asked(deal(CONTRACT, own("1", valid_from=TODAY, valid_to=TODAY))).amount == Decimal(990)


DOLLAR = CurrencyRate("USD", "USD", Decimal("90.5"))
YUAN = CurrencyRate("CNY", "CNY", Decimal("125"), 10)


def test_prices_are_counted_into_the_contracts_currency_by_1cs_rates() -> None:
    """PR-08, PT-12: a dollar list under a dollar contract, a rouble list under a yuan contract, and one without a rate."""
    dollars = replace(CONTRACT, price_type_id="export", currency="USD")
    assert (asked(deal(dollars)).currency, asked(deal(dollars)).line(Decimal(3))) == ("USD", 2997)
    roubles = asked(deal(replace(CONTRACT, price_type_id="export"), DOLLAR))
    assert (roubles.amount, roubles.currency, roubles.steps[1].name) == (Decimal("904.10"), "RUB", "USD → RUB")
    yuan = replace(CONTRACT, currency="CNY")
    assert asked(deal(yuan, YUAN)).amount == Decimal(80)
    assert asked(deal(replace(yuan, price_type_id="export"), YUAN, DOLLAR)).amount == Decimal("72.33")
    assert price_for(LISTED, deal(yuan), DOOR) is None, "at no known rate nothing is sold"
    assert asked(deal(yuan, YUAN, own(price=Decimal(10), currency="USD", item_id="door"), DOLLAR)).amount == Decimal("72.40")


VAT = (
    (CONTRACT, Decimal(20), 300000, 50000, 300000),
    (replace(CONTRACT, vat_included=False), Decimal(20), 300000, 60000, 360000),
    (replace(CONTRACT, vat_mode=VatMode.NONE), None, 300000, 0, 300000),
    (replace(CONTRACT, vat_included=False, vat_mode=VatMode.ZERO), Decimal(0), 300000, 0, 300000),
)


@pytest.mark.parametrize(("contract", "rate", "amount", "vat", "total"), VAT)
def test_vat_is_the_contracts(contract: Contract, rate: Decimal | None, amount: int, vat: int, total: int) -> None:
    """PR-09, OP-17, PT-12: inside the price, on top of it, at nought, or none at all."""
    price = asked(deal(contract))
    sums = price.sums(Decimal(3))
    assert (price.vat_rate, sums.amount, sums.vat_amount, sums.total) == (rate, amount, vat, total)


def test_what_more_would_cost_is_told() -> None:
    volume = Discount("v", "Опт", DiscountKind.VOLUME, percent=Decimal(1), min_quantity=Decimal(20))
    found = tiers(LISTED, deal(CONTRACT, volume), DOOR)
    assert [(int(quantity), price.amount) for quantity, price in found] == [
        (10, Decimal(950)), (20, Decimal("940.5")), (50, Decimal(891)),
    ]  # fmt: skip
    assert tiers(LISTED, deal(replace(CONTRACT, discounts_allowed=False)), DOOR) == ()


# --- properties ---------------------------------------------------------------------------------------------------------------

amounts = st.decimals("0.01", "999999", places=4)
percents = st.decimals("-50", "99", places=2)
quantities = st.decimals("0.001", "10000", places=3)
rates = st.sampled_from([None, Decimal(0), Decimal(10), Decimal(20), Decimal(22)])


@given(amounts, st.lists(st.tuples(st.integers(2, 1000), st.integers(1, 60)), max_size=5), percents, quantities, quantities)
@example(Decimal("0.01"), [(2, 1)], Decimal("-1.52"), Decimal(2), Decimal("0.001"))
def test_more_never_costs_more_a_unit(
    amount: Decimal, told: list[tuple[int, int]], percent: Decimal, one: Decimal, other: Decimal
) -> None:
    """Where 1C's tiers go down, so does the price, whatever discount the contract takes off."""
    falling = sorted((100 - off for _, off in told), reverse=True)
    starts = sorted({start for start, _ in told})
    steps_down = tuple((Decimal(start), amount * off / 100) for start, off in zip(starts, falling, strict=False))
    listed = ItemPrices("i", {"dealer": ItemPrice("dealer", amount, tiers=steps_down)})
    under = deal(replace(CONTRACT, discount_percent=percent))
    less, more = sorted((one, other))
    cheap, dear = price_for(listed, under, DOOR, more), price_for(listed, under, DOOR, less)
    assert cheap is None or dear is None or cheap.amount <= dear.amount


@given(amounts, percents, quantities, rates, st.booleans())
def test_a_line_adds_up_to_the_kopeck(
    amount: Decimal, percent: Decimal, quantity: Decimal, rate: Decimal | None, included: bool
) -> None:
    """C-12: total = amount and VAT; what is put on top is what is found inside again; nothing is off by a kopeck."""
    listed = ItemPrices("i", {"dealer": ItemPrice("dealer", amount)})
    under = deal(replace(CONTRACT, discount_percent=percent, vat_included=included))
    price = price_for(listed, under, replace(DOOR, vat_rate=rate), quantity)
    if price is None:
        assert amount * (100 - percent) / 100 < Decimal("0.005")
        return
    sums = price.sums(quantity)
    assert abs(sums.amount - price.amount * quantity * 100) <= Decimal("0.5")
    assert sums.total == sums.amount + (0 if included else sums.vat_amount) and 0 <= sums.vat_amount <= sums.amount
    inside = Price(price.amount, "RUB", "dealer", vat_rate=rate, vat_included=True)
    assert included or replace(inside, amount=Decimal(sums.total) / 100).sums(Decimal(1)).vat_amount == sums.vat_amount


@given(amounts, percents, st.lists(st.decimals("0.01", "90", places=2), max_size=4))
def test_discounts_are_never_added_up(amount: Decimal, percent: Decimal, offs: list[Decimal]) -> None:
    """Of several promotions the best one alone is taken; with none the price is the contract's."""
    listed = ItemPrices("i", {"dealer": ItemPrice("dealer", amount)})
    contract = replace(CONTRACT, discount_percent=percent)
    promotions = [replace(PROMOTION, id=str(n), percent=off) for n, off in enumerate(offs)]
    plain, found = price_for(listed, deal(contract), DOOR), price_for(listed, deal(contract, *promotions), DOOR)
    if plain and offs and found:
        alone = price_for(listed, deal(contract, replace(PROMOTION, percent=max(offs))), DOOR)
        assert found.amount == min(plain.amount, alone.amount if alone else plain.amount)
        assert len(found.steps) <= len(plain.steps) + 1
