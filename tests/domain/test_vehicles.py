"""The vehicle a load needs."""

from decimal import Decimal

import pytest

from chalicelib.domain.cart.vehicles import DEFAULT_VEHICLES, fitting


@pytest.mark.parametrize(
    ("weight", "volume", "name", "count"),
    [
        ("700", "3.2", "Каблук 0,7 т", 1),
        ("700.1", "1", "Газель 1,5 т", 1),
        ("100", "12", "Газель удлинённая 1,5 т", 1),
        ("0", "60", "Фура 20 т", 1),
        ("40001", "10", "Фура 20 т", 3),
        ("1", "165", "Фура 20 т", 3),
    ],
)
def test_the_smallest_that_carries_it_or_several_of_the_biggest(weight: str, volume: str, name: str, count: int) -> None:
    """CK-03: by weight and by volume, both."""
    fit = fitting(DEFAULT_VEHICLES, Decimal(weight), Decimal(volume))
    assert fit and (fit.vehicle.name, fit.count) == (name, count)


def test_a_load_nobody_knows_needs_none() -> None:
    assert fitting(DEFAULT_VEHICLES, Decimal(0), Decimal(0)) is None
