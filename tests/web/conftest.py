"""A portal with goods and people for every test of a page."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from chalicelib import runtime
from infra.frontend.collect import collect
from tests.web.goods import stock_up
from tests.web.shop import Shop


@pytest.fixture(scope="session", autouse=True)
def assets() -> None:
    """Pages name their files with a hash of the content: the files must be there."""
    collect()


@pytest.fixture
def shop(aws: SimpleNamespace) -> Iterator[Shop]:
    yield Shop()
    runtime.use(None)


@pytest.fixture
def full(shop: Shop) -> Shop:
    """With goods to choose from."""
    stock_up(shop)
    return shop
