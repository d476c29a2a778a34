"""What 1C made on the basis of an order: payments, shipments, returns and all other documents, and what they say together.

An order has any number of each. A document is known by its 1C id, so that the same one again changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum

from chalicelib.domain.money import ZERO


class PaperKind(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"
    SHIPMENT = "shipment"
    RETURN = "return"
    OTHER = "other"


MONEY = frozenset({PaperKind.PAYMENT, PaperKind.REFUND})
GOODS = frozenset({PaperKind.SHIPMENT, PaperKind.RETURN})


@dataclass(frozen=True, slots=True)
class OrderPaper:
    """`operation` is what 1C calls it. `amount` in minor units, None where 1C gave none; `quantities` by item id.

    `void`: marked for deletion, cancelled or not posted. `whole`: 1C names it only when the order is paid, or shipped, in full.
    """

    id: str
    kind: PaperKind
    operation: str = ""
    number: str = ""
    made_on: date | None = None
    amount: int | None = None
    quantities: tuple[tuple[str, Decimal], ...] = ()
    void: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class ErpPaper:
    """A payment, shipment or other document of 1C that came without its order: `order` is what it calls it."""

    order: str
    paper: OrderPaper


class Share(IntEnum):
    """How much of an order is paid, or shipped."""

    NONE = 0
    PART = 1
    ALL = 2
    MORE = 3


def merged(kept: Iterable[OrderPaper], told: Iterable[OrderPaper]) -> tuple[OrderPaper, ...]:
    """What stands after 1C has told of some: by id; a void one goes; what is not spoken of stays.

    A document known by its number alone gives way to the one with that number that has an id of its own.
    """
    papers = {paper.id: paper for paper in (*kept, *told)}
    named = {(paper.kind, paper.number) for paper in papers.values() if not paper.whole}
    standing = (
        paper for paper in papers.values() if not paper.void and not (paper.whole and (paper.kind, paper.number) in named)
    )
    return tuple(sorted(standing, key=lambda paper: (paper.made_on or date.min, paper.number, paper.id)))


def paid_share(papers: Iterable[OrderPaper], total: int, *, flag: bool | None, spoken: bool) -> Share | None:
    """Of `total`. `flag` is 1C's own word, `spoken`: it told of payments now; None where nothing says anything."""
    payments = [paper for paper in papers if paper.kind in MONEY]
    if flag or any(paper.whole for paper in payments):
        return Share.ALL
    if not payments:
        return Share.NONE if spoken or flag is False else None
    if any(paper.amount is None for paper in payments):
        return Share.PART
    return _share(sum(_signed(paper, paper.amount or 0) for paper in payments), total)


def shipped_share(
    papers: Iterable[OrderPaper], wanted: Mapping[str, Decimal], total: int, *, flag: bool | None, spoken: bool
) -> Share | None:
    """Of the quantities `wanted` by item id; of `total` where 1C tells no quantities. See `paid_share`."""
    shipments = [paper for paper in papers if paper.kind in GOODS]
    if flag or any(paper.whole for paper in shipments):
        return Share.ALL
    if not shipments:
        return Share.NONE if spoken or flag is False else None
    if any(paper.quantities for paper in shipments):
        return _of_goods(shipments, wanted)
    if any(paper.amount is None for paper in shipments):
        return Share.PART
    return min(Share.ALL, _share(sum(_signed(paper, paper.amount or 0) for paper in shipments), total))


def _of_goods(shipments: Iterable[OrderPaper], wanted: Mapping[str, Decimal]) -> Share:
    gone: dict[str, Decimal] = {}
    for paper in shipments:
        for item_id, quantity in paper.quantities:
            gone[item_id] = gone.get(item_id, ZERO) + (quantity if paper.kind is PaperKind.SHIPMENT else -quantity)
    if not any(quantity > 0 for quantity in gone.values()):
        return Share.NONE
    return Share.ALL if all(gone.get(item_id, ZERO) >= quantity for item_id, quantity in wanted.items()) else Share.PART


def _signed(paper: OrderPaper, amount: int) -> int:
    return amount if paper.kind in (PaperKind.PAYMENT, PaperKind.SHIPMENT) else -amount


def _share(amount: int, total: int) -> Share:
    if amount <= 0:
        return Share.NONE
    if amount < total:
        return Share.PART
    return Share.ALL if amount == total else Share.MORE
