"""Turnover of a period: the next begins where it ends, whatever the entries are."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.partners.settlements import EntryKind, LedgerEntry, debt_before, turnover

FIRST = date(2025, 1, 1)


def entry(day: int, kind: EntryKind, amount: int) -> LedgerEntry:
    signed = {EntryKind.SHIPMENT: abs(amount), EntryKind.PAYMENT: -abs(amount), EntryKind.RETURN: -abs(amount)}
    return LedgerEntry(f"{day}-{kind}-{amount}", "p", "c", FIRST + timedelta(days=day), kind, signed.get(kind, amount))


MOVES = st.lists(
    st.builds(entry, st.integers(0, 60), st.sampled_from([kind for kind in EntryKind if kind is not EntryKind.OPENING_BALANCE]),
              st.integers(-10_000, 10_000)),
    max_size=25,
)  # fmt: skip
BALANCES = st.lists(
    st.builds(entry, st.integers(0, 60), st.just(EntryKind.OPENING_BALANCE), st.integers(-10_000, 10_000)),
    max_size=2,
    unique_by=lambda one: one.on,
)


@given(MOVES, BALANCES, st.integers(0, 30), st.integers(0, 30))
def test_a_period_ends_where_the_next_begins(
    moves: list[LedgerEntry], balances: list[LedgerEntry], start: int, length: int
) -> None:
    """SE-01, SE-02: closing of one period is the opening of the next, unless 1C sets a new balance at its very start."""
    entries = moves + balances
    first = FIRST + timedelta(days=start)
    last = first + timedelta(days=length)
    after = last + timedelta(days=1)
    period = turnover(entries, first, last)
    set_anew = [one for one in balances if one.on == after]
    expected = debt_before([one for one in entries if one not in set_anew], after)
    assert period.closing == expected
    assert period.opening == debt_before(entries, first)


def test_an_opening_balance_stands_for_all_that_went_before() -> None:
    entries = [
        entry(0, EntryKind.SHIPMENT, 500),
        entry(10, EntryKind.OPENING_BALANCE, 900),
        entry(10, EntryKind.SHIPMENT, 100),
        entry(11, EntryKind.PAYMENT, 300),
    ]
    assert debt_before(entries, FIRST + timedelta(days=10)) == 900
    assert debt_before(entries, FIRST + timedelta(days=11)) == 1000
    assert debt_before(entries, FIRST + timedelta(days=12)) == 700
    whole = turnover(entries, FIRST, FIRST + timedelta(days=30))
    assert (whole.opening, whole.shipped, whole.paid, whole.corrected, whole.closing) == (0, 600, 300, 400, 700)
