"""A portal that speaks with 1C."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from chalicelib import runtime
from tests.exchange.conversation import Site


@pytest.fixture
def site(aws: SimpleNamespace) -> Iterator[Site]:
    yield Site()
    runtime.use(None)
