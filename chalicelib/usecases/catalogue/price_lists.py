"""Personal price lists: asked for on a page, made by a worker for the dealer's contract, fetched by link."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_hex
from urllib.parse import quote

from chalicelib.domain.catalogue.price_lists import (
    Format,
    Heading,
    PriceList,
    PriceListFile,
    PriceRow,
    file_key,
    hash_of,
    new_key,
)
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, TooManyAttempts
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.catalogue.browse import CatalogueRow, rows_of
from chalicelib.usecases.ports.access import Beacons
from chalicelib.usecases.ports.catalogue import Card, CatalogueIndex, OfferStore, Search
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.files import FileStore, Queues
from chalicelib.usecases.ports.price_lists import PriceListStore, PriceListWriter

QUEUE = "pricelists"
MOST_LISTS = 20
"""Price lists of one partner."""

FETCHES_A_MINUTE = 30
LINK_LIVES = timedelta(minutes=5)
ROWS_AT_ONCE = 50
TOLD_EVERY = 5_000
"""Rows after which the page hears how far it is."""

Buyer = Callable[[PriceList], Visitor | None]
"""The person a list is made for, with what he may see and buy now; None where he has no access any more."""


@dataclass(frozen=True, slots=True)
class NewList:
    """What a dealer chose. `link`: also by a link with a key."""

    format: str
    name: str = ""
    group_ids: tuple[str, ...] = ()
    in_stock: bool = False
    pictures: bool = False


def lists(price_lists: PriceListStore, *, visitor: Visitor) -> tuple[PriceList, ...]:
    visitor.must("catalog.view")
    return price_lists.lists(visitor.partner_scope)


def create(
    price_lists: PriceListStore, index: CatalogueIndex, queues: Queues, clock: Clock, *, visitor: Visitor, wanted: NewList
) -> tuple[PriceList, str]:
    """A list for the visitor's contract that is being made already, and the key of its link. Raises InvalidInput."""
    visitor.must("catalog.view")
    if visitor.contract is None:
        raise InvalidInput("Нет договора: обратитесь к вашему менеджеру")
    if len(price_lists.lists(visitor.partner_scope)) >= MOST_LISTS:
        raise InvalidInput("Прайс-листов уже %(most)s: удалите ненужные", most=MOST_LISTS)
    if wanted.format not in set(Format):
        raise InvalidInput("Выберите формат", {"format": "Выберите формат"})
    known = index.classifier(visitor.beacons.snapshot).groups
    key = new_key()
    made = PriceList(
        id=token_hex(12),
        partner_id=visitor.partner_scope.partner_id,
        user_id=visitor.session.user_id,
        contract_id=visitor.contract.id,
        format=Format(wanted.format),
        name=" ".join(wanted.name.split())[:80] or visitor.contract.name,
        created_at=clock(),
        group_ids=tuple(id for id in wanted.group_ids if id in known),
        in_stock=wanted.in_stock,
        pictures=wanted.pictures,
        key_hash=hash_of(key),
    )
    price_lists.create(made)
    _ask(price_lists, queues, clock, made)
    return made, key


def refresh(price_lists: PriceListStore, queues: Queues, clock: Clock, *, visitor: Visitor, list_id: str) -> None:
    """Make it anew. Raises NotFound."""
    visitor.must("catalog.view")
    _ask(price_lists, queues, clock, price_lists.one(visitor.partner_scope, list_id))


def _ask(price_lists: PriceListStore, queues: Queues, clock: Clock, one: PriceList) -> None:
    if price_lists.ask(one, clock()):
        queues.send(QUEUE, {"partner": one.partner_id, "list": one.id})


def renew_key(price_lists: PriceListStore, *, visitor: Visitor, list_id: str) -> tuple[PriceList, str]:
    """A new key; the link with the old one opens nothing any more. Raises NotFound."""
    visitor.must("catalog.view")
    one = price_lists.one(visitor.partner_scope, list_id)
    key = new_key()
    price_lists.set_key(one, hash_of(key))
    return replace(one, key_hash=hash_of(key)), key


def revoke_key(price_lists: PriceListStore, *, visitor: Visitor, list_id: str) -> None:
    visitor.must("catalog.view")
    price_lists.set_key(price_lists.one(visitor.partner_scope, list_id), "")


def delete(price_lists: PriceListStore, files: FileStore, *, visitor: Visitor, list_id: str) -> None:
    visitor.must("catalog.view")
    one = price_lists.one(visitor.partner_scope, list_id)
    price_lists.delete(one)
    files.delete(file_key(one.partner_id, one.id))


def download(price_lists: PriceListStore, files: FileStore, types: "dict[Format, str]", *, visitor: Visitor, list_id: str) -> str:
    """A presigned link to the file. Raises NotFound, Conflict where it is not made yet."""
    visitor.must("catalog.view")
    return _link(files, types, price_lists.one(visitor.partner_scope, list_id))


def _link(files: FileStore, types: "dict[Format, str]", one: PriceList) -> str:
    if one.file is None:
        raise Conflict("Прайс-лист ещё готовится: зайдите через минуту")
    name = f"{one.name} {one.file.made_at:%Y-%m-%d}.{one.format.value}"
    return files.link(file_key(one.partner_id, one.id), name, LINK_LIVES, types[one.format])


def fetch(
    price_lists: PriceListStore,
    files: FileStore,
    queues: Queues,
    types: "dict[Format, str]",
    clock: Clock,
    buyer: Buyer,
    *,
    key: str,
    format: str,
) -> tuple[PriceList, Callable[[], str]]:
    """The list of a key, and what gives a link to its file. A stale one is asked for anew and given as it is.

    Raises NotFound for a wrong key, another format or a person whose access was taken away; TooManyAttempts.
    """
    one = price_lists.by_key(hash_of(key))
    visitor = buyer(one)
    if format != one.format.value or visitor is None:
        raise NotFound("Прайс-лист не найден")
    now = clock()
    if price_lists.count_fetch(one.id, now) > FETCHES_A_MINUTE:
        raise TooManyAttempts("Слишком частые запросы: не больше %(most)s в минуту", most=FETCHES_A_MINUTE)
    if one.is_stale(now, changed_at(visitor.beacons)):
        _ask(price_lists, queues, clock, one)
    return one, lambda: _link(files, types, one)


def changed_at(beacons: Beacons) -> datetime | None:
    """When prices or stock changed last."""
    return max((at for at in (beacons.stock_at, beacons.prices_at) if at), default=None)


# --- the worker ----------------------------------------------------------------------------------------------------------


def make(
    price_lists: PriceListStore,
    index: CatalogueIndex,
    offers: OfferStore,
    files: FileStore,
    writer: PriceListWriter,
    types: "dict[Format, str]",
    clock: Clock,
    buyer: Buyer,
    *,
    one: PriceList,
    public_url: str,
) -> PriceList:
    """Write the file of a list anew; a second message makes the same once more."""
    visitor = buyer(one)
    if visitor is None or visitor.contract is None or visitor.account is None:
        price_lists.finish(one, None, "Нет доступа: прайс-лист не обновляется")
        return one
    now, counted = clock(), _Count(price_lists, one)
    classifier = index.classifier(visitor.beacons.snapshot)
    heading = Heading(
        name=one.name,
        partner=visitor.account.partner.name,
        contract=visitor.contract.name,
        currency=visitor.contract.currency,
        made_at=now,
        url=public_url,
        groups=tuple((group.id, group.parent_id or "", group.name) for group in classifier.groups.values()),
        pictures=one.pictures,
    )
    with tempfile.TemporaryFile() as file:
        writer(file, one.format, heading, counted(price_rows(index, offers, visitor, one, public_url)))
        size = file.seek(0, 2)
        file.seek(0)
        etag = hashlib.file_digest(file, "sha256").hexdigest()[:32]
        file.seek(0)
        files.put(file_key(one.partner_id, one.id), file, types[one.format])
    made = PriceListFile(now, counted.rows, size, etag)
    price_lists.finish(one, made)
    return replace(one, file=made)


class _Count:
    """Counts rows as they go by, and tells the page now and then."""

    def __init__(self, price_lists: PriceListStore, one: PriceList) -> None:
        self.rows, self._price_lists, self._one = 0, price_lists, one

    def __call__(self, rows: Iterator[PriceRow]) -> Iterator[PriceRow]:
        for row in rows:
            self.rows += 1
            if self.rows % TOLD_EVERY == 0:
                self._price_lists.tell(self._one, self.rows)
            yield row


def price_rows(
    index: CatalogueIndex, offers: OfferStore, visitor: Visitor, one: PriceList, public_url: str
) -> Iterator[PriceRow]:
    """What he may see and buy, by name, at the prices of his contract: rows that can't be ordered are left out."""
    portion: list[Card] = []
    search = Search(sort="name", visibility=visitor.visibility)
    wanted = frozenset(one.group_ids)
    for card in index.every(visitor.beacons.snapshot, search):
        if not visitor.visibility.shows(card) or (wanted and wanted.isdisjoint(card.group_ids)):
            continue
        portion.append(card)
        if len(portion) == ROWS_AT_ONCE:
            yield from _priced(offers, visitor, one, portion, public_url)
            portion.clear()
    yield from _priced(offers, visitor, one, portion, public_url)


def _priced(offers: OfferStore, visitor: Visitor, one: PriceList, cards: list[Card], public_url: str) -> Iterator[PriceRow]:
    for row in rows_of(offers, visitor, tuple(cards), {}):
        if row.can_be_ordered and row.price and not (one.in_stock and row.available <= 0):
            yield _row(row, one, public_url)


def _row(row: CatalogueRow, one: PriceList, public_url: str) -> PriceRow:
    card, price, known = row.card, row.price, row.balance.known
    assert price is not None  # noqa: S101  # the caller left out what has none
    picture = f"{public_url}/pictures/{quote(card.picture)}-l" if one.pictures and card.picture else ""
    return PriceRow(
        id=card.id,
        sku=card.sku,
        name=card.name,
        unit=card.unit,
        brand=card.brand,
        group_id=next(iter(card.group_ids), ""),
        package=card.package_quantity,
        price=price.amount,
        recommended=row.recommended.amount if row.recommended else None,
        currency=price.currency,
        vat_rate=card.vat_rate,
        available=row.available if known else None,
        everywhere=row.available_everywhere if known else None,
        picture=picture,
    )
