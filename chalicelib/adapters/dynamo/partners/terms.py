"""Individual prices, restrictions and credit limits, by whom they are for.

portal      TERMS#PARTNER#<partner> | TERMS#SEGMENT#<segment> | TERMS#REGION#<region>
                PRICE#<item|group|brand|all>#<its id>#<id>, RESTRICTION#<id>, LIMIT#<id>
"""

from collections.abc import Iterator
from typing import TypeVar

from chalicelib.adapters.dynamo.access.users import keyed
from chalicelib.adapters.dynamo.exchange.records import DynamoRecords, Shelf
from chalicelib.adapters.dynamo.flat import from_flat, to_flat
from chalicelib.adapters.dynamo.partners.partners import partner_from_item, partner_key
from chalicelib.adapters.dynamo.table import Item, Table
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.domain.partners.terms import CreditLimit, IndividualPrice, Restriction, Term

T = TypeVar("T", bound=Term)


def partition(partner_id: str | None, segment: str | None = None, region: str | None = None) -> str:
    if partner_id is not None:
        return f"TERMS#PARTNER#{partner_id}"
    return f"TERMS#SEGMENT#{segment}" if segment is not None else f"TERMS#REGION#{region}"


def price_to_item(_: str, price: IndividualPrice) -> Item:
    goods = {"item": price.item_id, "group": price.group_id, "brand": price.brand}
    kind, chosen = next(((kind, id) for kind, id in goods.items() if id is not None), ("all", ""))
    return keyed((partition(price.partner_id, price.segment), f"PRICE#{kind}#{chosen}#{price.id}"), to_flat(price))


def restriction_to_item(_: str, one: Restriction) -> Item:
    return keyed((partition(one.partner_id, one.segment, one.region), f"RESTRICTION#{one.id}"), to_flat(one))


def limit_to_item(_: str, limit: CreditLimit) -> Item:
    return keyed((partition(limit.partner_id), f"LIMIT#{limit.id}"), to_flat(limit))


class DynamoIndividualPrices(DynamoRecords[IndividualPrice]):
    shelf = Shelf("individual_prices", price_to_item)

    def of(self, scope: PartnerScope) -> tuple[IndividualPrice, ...]:
        partitions = _partitions(self.portal, scope)
        return tuple(_read(self.portal, partitions, "PRICE#", IndividualPrice))


class DynamoRestrictions(DynamoRecords[Restriction]):
    shelf = Shelf("restrictions", restriction_to_item)

    def of(self, scope: PartnerScope) -> tuple[Restriction, ...]:
        partitions = _partitions(self.portal, scope)
        return tuple(_read(self.portal, partitions, "RESTRICTION#", Restriction))


class DynamoCreditLimits(DynamoRecords[CreditLimit]):
    shelf = Shelf("credit_limits", limit_to_item)

    def of(self, scope: PartnerScope) -> tuple[CreditLimit, ...]:
        return tuple(_read(self.portal, [partition(scope.partner_id)], "LIMIT#", CreditLimit))


def _partitions(portal: Table, scope: PartnerScope) -> list[str]:
    """The partner's own, then those of its segments and region as 1C has them in the partner's card."""
    item = portal.get(partner_key(scope.partner_id))
    own = [partition(scope.partner_id)]
    if item is None:
        return own
    partner = partner_from_item(item)
    regions = [partition(None, None, partner.region)] if partner.region else []
    return [*own, *(partition(None, segment) for segment in partner.segments), *regions]


def _read(portal: Table, partitions: list[str], prefix: str, kind: type[T]) -> Iterator[T]:
    """Those in use, the partner's own first."""
    for one in partitions:
        for item in portal.query(one, prefix=prefix):
            if item["active"]:
                yield from_flat(kind, item)
