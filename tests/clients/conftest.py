"""A portal that is there, and the small supplier whose 1C speaks with it."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from infra.demo import supplier
from infra.demo.supplier import Supplier
from infra.simulator.small import smaller
from tests.clients.real_portal import RealPortal, serving

ITEMS = 24


@pytest.fixture
def real_portal(aws: SimpleNamespace) -> Iterator[RealPortal]:
    with serving(RealPortal()) as portal:
        yield portal


@pytest.fixture(scope="session")
def small() -> Supplier:
    """Goods of every kind, half of them variants of one article; all three dealers."""
    return smaller(supplier(), ITEMS)
