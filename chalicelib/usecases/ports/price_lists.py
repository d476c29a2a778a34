"""Price lists and the keys they are fetched by."""

from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO, Protocol

from chalicelib.domain.catalogue.price_lists import Format, Heading, PriceList, PriceListFile, PriceRow
from chalicelib.domain.partners.partners import PartnerScope


class PriceListWriter(Protocol):
    def __call__(self, target: BinaryIO, format: Format, heading: Heading, rows: Iterable[PriceRow]) -> None:
        """Streams: the rows are never all in memory."""
        ...


class PriceListStore(Protocol):
    def lists(self, scope: PartnerScope) -> tuple[PriceList, ...]:
        """Those of the partner, the newest first."""
        ...

    def one(self, scope: PartnerScope, list_id: str) -> PriceList:
        """Raises NotFound."""
        ...

    def create(self, price_list: PriceList) -> None: ...

    def by_key(self, key_hash: str) -> PriceList:
        """The list whose link has this key now. Raises NotFound."""
        ...

    def set_key(self, price_list: PriceList, key_hash: str) -> None:
        """A new key, or "" for none; the old one opens nothing from now on."""
        ...

    def delete(self, price_list: PriceList) -> None: ...

    def ask(self, price_list: PriceList, now: datetime) -> bool:
        """Mark that it is being made; False where somebody else has marked it."""
        ...

    def tell(self, price_list: PriceList, rows: int) -> None:
        """How many rows are done."""
        ...

    def finish(self, price_list: PriceList, file: PriceListFile | None, problem: str = "") -> None: ...

    def count_fetch(self, list_id: str, now: datetime) -> int:
        """How often it was fetched this minute, this time included."""
        ...
