"""Individual prices, discounts, restrictions, currency rates and credit limits, by whom they are for.

portal      TERMS#PARTNER#<partner> | TERMS#SEGMENT#<segment> | TERMS#REGION#<region> | TERMS#ALL
                PRICE#<item|group|brand|all>#<its id>#<id>, DISCOUNT#<id>, RESTRICTION#<id>, LIMIT#<id>, RATE#<id>
            PARTNER#<partner> TERMS, META TERMS      version: counts changes of the partner's own, and of all others

A page asks for terms only where a version has moved: until then they stand in the process.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Set
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from chalicelib.adapters.dynamo.access.sessions import TERMS
from chalicelib.adapters.dynamo.access.users import keyed
from chalicelib.adapters.dynamo.exchange.records import DynamoRecords, Shelf, places_of
from chalicelib.adapters.dynamo.flat import from_flat, to_flat
from chalicelib.adapters.dynamo.partners.partners import partner_from_item, partner_key, terms_key
from chalicelib.adapters.dynamo.rows import in_parallel, read_some
from chalicelib.adapters.dynamo.table import Item, Key, Table, item_from_wire
from chalicelib.domain.partners.partner_terms import PartnerTerms, by_goods
from chalicelib.domain.partners.partners import Partner, PartnerScope
from chalicelib.domain.partners.terms import CreditLimit, CurrencyRate, Discount, IndividualPrice, Restriction, Term
from chalicelib.usecases.ports.clock import Clock

T = TypeVar("T", bound=Term | CurrencyRate)
OWN = "TERMS#PARTNER#"
EVERYBODYS = "TERMS#ALL"
KINDS: dict[str, type[Any]] = {
    "PRICE#": IndividualPrice,
    "DISCOUNT#": Discount,
    "RESTRICTION#": Restriction,
    "RATE#": CurrencyRate,
}
PARTITIONS_KEPT = 500
TRUSTED = timedelta(minutes=5)
"""How long terms are kept whatever the versions say: a save that was cut short may not have moved them."""


def partition(partner_id: str | None, segment: str | None = None, region: str | None = None) -> str:
    if partner_id is not None:
        return f"{OWN}{partner_id}"
    if segment is not None:
        return f"TERMS#SEGMENT#{segment}"
    return f"TERMS#REGION#{region}" if region is not None else EVERYBODYS


def price_to_item(_: str, price: IndividualPrice) -> Item:
    goods = {"item": price.item_id, "group": price.group_id, "brand": price.brand}
    kind, chosen = next(((kind, id) for kind, id in goods.items() if id is not None), ("all", ""))
    return keyed((partition(price.partner_id, price.segment), f"PRICE#{kind}#{chosen}#{price.id}"), to_flat(price))


def restriction_to_item(_: str, one: Restriction) -> Item:
    return keyed((partition(one.partner_id, one.segment, one.region), f"RESTRICTION#{one.id}"), to_flat(one))


def discount_to_item(_: str, one: Discount) -> Item:
    return keyed((partition(one.partner_id, one.segment, one.region), f"DISCOUNT#{one.id}"), to_flat(one))


def rate_to_item(_: str, rate: CurrencyRate) -> Item:
    return keyed((EVERYBODYS, f"RATE#{rate.id}"), to_flat(rate))


def limit_to_item(_: str, limit: CreditLimit) -> Item:
    return keyed((partition(limit.partner_id), f"LIMIT#{limit.id}"), to_flat(limit))


class _PageTerms(DynamoRecords[T], Generic[T]):
    """Terms that pages keep: a change moves the version they are kept under."""

    def changed(self, places: Set[Key]) -> None:
        in_parallel(self._move, list({_version_key(place[0]) for place in places}))

    def _move(self, key: Key) -> None:
        self.portal.update(key, "ADD version :one", values={":one": 1})


def _version_key(of: str) -> Key:
    return terms_key(of.removeprefix(OWN)) if of.startswith(OWN) else TERMS


class DynamoIndividualPrices(_PageTerms[IndividualPrice]):
    shelf = Shelf("individual_prices", price_to_item)

    def of(self, scope: PartnerScope) -> tuple[IndividualPrice, ...]:
        return tuple(_read(self.portal, _partitions(self.portal, scope), "PRICE#", IndividualPrice))


class DynamoDiscounts(_PageTerms[Discount]):
    shelf = Shelf("discounts", discount_to_item)


class DynamoCurrencyRates(_PageTerms[CurrencyRate]):
    shelf = Shelf("currency_rates", rate_to_item)


class DynamoRestrictions(_PageTerms[Restriction]):
    shelf = Shelf("restrictions", restriction_to_item)

    def of(self, scope: PartnerScope) -> tuple[Restriction, ...]:
        return tuple(_read(self.portal, _partitions(self.portal, scope), "RESTRICTION#", Restriction))

    def all(self) -> tuple[Restriction, ...]:
        found = read_some(self.portal, places_of(self.portal, self.shelf.entity))
        items = [item_from_wire(item) for _, item in sorted(found.items())]
        return tuple(from_flat(Restriction, item) for item in items if item["active"])


class DynamoPortalRestrictions(DynamoRestrictions):
    """Those made in the portal: beside 1C's, in a register of their own, so that no list of 1C takes them away."""

    shelf = Shelf("portal_restrictions", restriction_to_item)


class DynamoCreditLimits(DynamoRecords[CreditLimit]):
    shelf = Shelf("credit_limits", limit_to_item)

    def of(self, scope: PartnerScope) -> tuple[CreditLimit, ...]:
        return tuple(_read(self.portal, [partition(scope.partner_id)], "LIMIT#", CreditLimit))


def _partitions(portal: Table, scope: PartnerScope) -> list[str]:
    item = portal.get(partner_key(scope.partner_id))
    return partitions_of(partner_from_item(item)) if item else [partition(scope.partner_id)]


def partitions_of(partner: Partner) -> list[str]:
    """The partner's own, then those of its segments and region as 1C has them in the partner's card, then everybody's."""
    regions = [partition(None, None, partner.region)] if partner.region else []
    return [partition(partner.id), *(partition(None, one) for one in partner.segments), *regions, EVERYBODYS]


def _read(portal: Table, partitions: list[str], prefix: str, kind: type[T]) -> Iterator[T]:
    """Those in use, the partner's own first."""
    for one in partitions:
        for item in portal.query(one, prefix=prefix):
            if item["active"]:
                yield from_flat(kind, item)


Kept = tuple[int, datetime, tuple[Any, ...]]
"""The version and the moment terms of a partition were read for, and the terms."""


class DynamoTerms:
    """Everything a page needs of terms. Partitions are read together, and only those whose version has moved."""

    def __init__(self, portal: Table, clock: Clock) -> None:
        self._portal = portal
        self._clock = clock
        self._partitions: OrderedDict[str, Kept] = OrderedDict()
        self._partners: OrderedDict[tuple[str, ...], tuple[tuple[Any, ...], PartnerTerms]] = OrderedDict()

    def of(self, partner: Partner, own: int, general: int) -> PartnerTerms:
        names = partitions_of(partner)
        versions = {name: own if name.startswith(OWN) else general for name in names}
        self._refresh({name: version for name, version in versions.items() if not self._is_kept(name, version)})
        found = [self._partitions[name] for name in names]
        return self._made(tuple(names), tuple(found))

    def _is_kept(self, name: str, version: int) -> bool:
        kept = self._partitions.get(name)
        return kept is not None and kept[0] == version and self._clock() - kept[1] < TRUSTED

    def _refresh(self, versions: dict[str, int]) -> None:
        now = self._clock()
        names = list(versions)
        read = in_parallel(self._terms_in, names)
        for name, terms in zip(names, read, strict=True):
            _keep(self._partitions, name, (versions[name], now, terms))

    def _terms_in(self, name: str) -> tuple[Any, ...]:
        """Consistent: what is kept under a version must hold what moved it."""
        found = self._portal.query(name, strong=True)
        return tuple(term for item in found if item["active"] for term in _term(item))

    def _made(self, names: tuple[str, ...], kept: tuple[Kept, ...]) -> PartnerTerms:
        """Of the partitions; the same object again while these are the same."""
        sources = tuple(terms for _, _, terms in kept)
        made = self._partners.get(names)
        if made is None or any(one is not other for one, other in zip(made[0], sources, strict=True)):
            made = (sources, _terms(term for terms in sources for term in terms))
            _keep(self._partners, names, made)
        return made[1]


def _keep(shelf: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    shelf[key] = value
    shelf.move_to_end(key)
    while len(shelf) > PARTITIONS_KEPT:
        shelf.popitem(last=False)


def _term(item: Item) -> Iterator[Any]:
    """Credit limits are no concern of pages that show goods."""
    kind = KINDS.get(item["SK"].partition("#")[0] + "#")
    if kind:
        yield from_flat(kind, item)


def _terms(terms: Iterable[Any]) -> PartnerTerms:
    found: dict[type[Any], list[Any]] = {kind: [] for kind in KINDS.values()}
    for term in terms:
        found[type(term)].append(term)
    return PartnerTerms(
        prices=by_goods(found[IndividualPrice]),
        discounts=by_goods(found[Discount]),
        restrictions=by_goods(found[Restriction]),
        rates={rate.currency: rate for rate in found[CurrencyRate]},
    )
