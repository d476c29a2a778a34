"""1C's catalogue into our stores: groups, properties, items, prices and balances, in batches, without losing a row."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import TypeVar, cast

from chalicelib.domain.catalogue.catalogue import NO_WAREHOUSE, Item, ItemGroup, Offer, PriceType, Property, Unit, Warehouse
from chalicelib.domain.catalogue.prices import RECOMMENDED
from chalicelib.domain.exchange.exchange import Problem, Tally
from chalicelib.domain.exchange.node_settings import is_recommended
from chalicelib.domain.orders.order_papers import ErpPaper
from chalicelib.domain.orders.orders import ErpOrder
from chalicelib.domain.partners.partners import Company, Counterparty
from chalicelib.usecases.catalogue.resolve_items import TEXT_LIMIT, text_size, with_properties
from chalicelib.usecases.exchange.import_journal import Batch, Journal, batches
from chalicelib.usecases.ports.catalogue import CatalogueStore, Classifier, ClassifierEntry, StockStore
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.files import Queues

E = TypeVar("E", PriceType, Warehouse)
ErpDocument = ErpOrder | ErpPaper
TakeOrders = Callable[[Sequence[ErpDocument]], None]
Party = Company | Counterparty
TakeParties = Callable[[Sequence[Party]], None]


def import_catalogue(
    catalogue: CatalogueStore,
    stock: StockStore,
    *,
    records: Iterable[object],
    seq: int,
    journal: Journal,
    take_orders: TakeOrders,
    go_on: Callable[[], bool] = lambda: True,
    on_new: Callable[[Sequence[Item]], None] | None = None,
    rrp: str = "",
    contested: int = 0,
    take_parties: TakeParties = lambda _: None,
) -> bool:
    """Load what follows the first `journal.done` records; False where `go_on` stopped it at the border of a batch.

    `on_new` is told of items that had no card yet, before they get one. What a file holds is told by its records, not by its
    name or the kind of exchange: orders go to `take_orders`.
    `journal` says after every batch how far it has come, also when reading the records raises BrokenFile.
    """
    loader = _Loader(catalogue, stock, seq, journal, take_orders, on_new, rrp, contested, take_parties)
    place = 0
    for batch in batches(records):
        place += len(batch)
        if place <= journal.done:
            continue
        if not go_on():
            return False
        loader.load(batch)
        journal.done = place
    return True


def spread_news(catalogue: CatalogueStore, queues: Queues, clock: Clock, *, journal: Journal, seq: int) -> None:
    """After a load: how fresh prices and balances are, and a new search snapshot where it would look otherwise.

    Of rows that an attempt wrote before it died nothing is known: after one the snapshot is always made.
    """
    catalogue.mark(
        stock_at=clock() if journal.read("stock") else None,
        prices_at=clock() if journal.read("prices") else None,
    )
    if journal.again or journal.beside or journal.wrote("items", "variants", "groups", "price_types", "warehouses"):
        queues.send("snapshot", {"seq": seq})


class _Loader:
    """The stores with what the classifier says so far."""

    def __init__(
        self,
        catalogue: CatalogueStore,
        stock: StockStore,
        seq: int,
        journal: Journal,
        take_orders: TakeOrders,
        on_new: Callable[[Sequence[Item]], None] | None = None,
        rrp: str = "",
        contested: int = 0,
        take_parties: TakeParties = lambda _: None,
    ) -> None:
        self.catalogue, self.stock, self.seq, self.journal, self.take_orders = catalogue, stock, seq, journal, take_orders
        self.on_new, self.rrp, self.contested, self.take_parties = on_new, rrp, contested, take_parties

    @cached_property
    def known(self) -> Classifier:
        return self.catalogue.classifier()

    @cached_property
    def groups(self) -> set[str]:
        return set(self.known.groups)

    @cached_property
    def properties(self) -> dict[str, Property]:
        return dict(self.known.properties)

    @cached_property
    def price_types(self) -> dict[str, PriceType]:
        return dict(self.known.price_types)

    @cached_property
    def units(self) -> dict[str, Unit]:
        return dict(self.known.units)

    @cached_property
    def warehouses(self) -> dict[str, Warehouse]:
        return dict(self.known.warehouses)

    def load(self, batch: Batch) -> None:
        match batch.kind:
            case "items":
                self._items(cast("list[Item]", batch.rows))
            case "offers":
                self._offers(cast("list[Offer]", batch.rows))
            case "companies" | "counterparties":
                self.take_parties(cast("list[Party]", batch.rows))
            case "orders" | "papers":
                self.take_orders(cast("list[ErpDocument]", batch.rows))
            case kind if batch.rows:
                self._entries(kind, cast("list[ClassifierEntry]", batch.rows))
        for problem in batch.refused:
            self.journal.refuse(problem)
        for problem in batch.partial:
            self.journal.report(problem)

    # --- classifier ---------------------------------------------------------------------------------------------------

    def _entries(self, kind: str, entries: Sequence[ClassifierEntry], *, counted: bool = True) -> None:
        """Entries that no row of the file tells of are not counted."""
        entries = [self._complete(entry) for entry in entries]
        for entry in entries:
            match entry:
                case ItemGroup():
                    self.groups.add(entry.id)
                case Property():
                    self.properties[entry.id] = entry
                case PriceType():
                    self.price_types[entry.id] = entry
                    self.__dict__.pop("recommended", None)  # its name may say that it is the one
                case Warehouse():
                    self.warehouses[entry.id] = entry
                case Unit():
                    self.units[entry.id] = entry
        tally = self.catalogue.save_classifier(entries, self.seq, contested=self.contested)
        if counted:
            self.journal.add(kind, tally)
        else:
            self.journal.beside = True

    def _complete(self, entry: ClassifierEntry) -> ClassifierEntry:
        """With what an earlier file said and this one leaves out: values of a dictionary stay, so do names."""
        match entry:
            case Property() if entry.id in self.properties:
                return replace(entry, values={**self.properties[entry.id].values, **entry.values})
            case PriceType():
                return _named(entry, self.price_types)
            case Warehouse():
                return _named(entry, self.warehouses)
        return entry

    # --- items --------------------------------------------------------------------------------------------------------

    def _items(self, items: Sequence[Item]) -> None:
        fit = [item for item in map(self._readable, items) if self._fits(item)]
        self.journal.add("items", self._save(self._with_names(fit), self.on_new))

    def _save(self, items: Sequence[Item], on_new: Callable[[Sequence[Item]], None] | None = None) -> Tally:
        return self.catalogue.save_cards(items, self.seq, on_new, contested=self.contested)

    def _readable(self, item: Item) -> Item:
        unit = self.units.get(item.unit_code) if item.unit_code and not item.unit else None
        named = replace(item, unit=unit.name) if unit else item
        return self._in_known_groups(with_properties(named, self.properties))

    def _in_known_groups(self, item: Item) -> Item:
        unknown = [group_id for group_id in item.group_ids if group_id not in self.groups]
        if not unknown:
            return item
        for group_id in unknown if not item.deleted else ():
            reason = "Группа %(group)s не найдена: товар загружен без неё"
            self.journal.report(Problem("item", item.id, item.name, reason, (("group", group_id),)))
        return replace(item, group_ids=tuple(group_id for group_id in item.group_ids if group_id in self.groups))

    def _fits(self, item: Item) -> bool:
        size = text_size(item)
        if size > TEXT_LIMIT:
            reason = "Слишком много текста: %(size)s знаков при допустимых %(limit)s"
            params = (("size", str(size)), ("limit", str(TEXT_LIMIT)))
            self.journal.refuse(Problem("item", item.id, item.name[:200], reason, params))
        return size <= TEXT_LIMIT

    def _with_names(self, items: Sequence[Item]) -> list[Item]:
        """A deletion that says nothing but the id leaves the card as it was, with the mark."""
        bare = [item.id for item in items if item.deleted and not item.name]
        kept = self.catalogue.cards(bare) if bare else {}
        return [
            replace(kept[item.id], deleted=True) if item.deleted and not item.name and item.id in kept else item for item in items
        ]

    # --- offers -------------------------------------------------------------------------------------------------------

    def _offers(self, offers: Sequence[Offer]) -> None:
        taken = self._with_cards(offers)
        priced = [self._with_recommended(offer) for offer in taken if offer.prices is not None]
        counted = [offer for offer in taken if offer.balances is not None]
        silent = sum(offer.prices is None and offer.balances is None for offer in taken)
        self._name_unknown(priced, counted)
        self.journal.add("prices", self.catalogue.save_prices(priced, self.seq, contested=self.contested))
        self.journal.add("stock", self._apply(counted))
        self.journal.add("offers", Tally(read=silent, unchanged=silent))

    def _name_unknown(self, priced: Sequence[Offer], counted: Sequence[Offer]) -> None:
        """What 1C names by its id alone gets an entry to be seen and renamed; the name comes with a later file, or never."""
        types = dict.fromkeys(price.price_type_id for offer in priced for price in offer.prices or ())
        stores = dict.fromkeys(id for offer in counted for id in offer.balances or {} if id != NO_WAREHOUSE)
        new_types = [PriceType(id, f"Вид цен {id[:8]}") for id in types if id not in self.price_types and id != RECOMMENDED]
        new_stores = [Warehouse(id, f"Склад {id[:8]}") for id in stores if id not in self.warehouses]
        for kind, entries in (("price_types", new_types), ("warehouses", new_stores)):
            if entries:
                self._entries(kind, cast("list[ClassifierEntry]", entries), counted=False)

    def _with_recommended(self, offer: Offer) -> Offer:
        """The price a supplier recommends to dealers' customers stands under an id of its own, too (CT-10)."""
        found = next((price for price in offer.prices or () if price.price_type_id in self.recommended), None)
        if found is None or any(price.price_type_id == RECOMMENDED for price in offer.prices or ()):
            return offer
        return replace(offer, prices=(*(offer.prices or ()), replace(found, price_type_id=RECOMMENDED)))

    @cached_property
    def recommended(self) -> set[str]:
        """Ids of the price types that are meant: the one the node's settings name, else those whose name says so."""
        if self.rrp:
            return {self.rrp}
        return {price_type.id for price_type in self.price_types.values() if is_recommended(price_type.name)}

    def _apply(self, offers: Sequence[Offer]) -> Tally:
        balances = {offer.item.id: self._balances(offer.balances or {}) for offer in offers}
        again = len(offers) - len(balances)
        return self.stock.apply(balances, self.seq, contested=self.contested).plus(Tally(read=again, unchanged=again))

    def _balances(self, balances: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
        """A total without warehouses needs a warehouse to show it at; a zero needs none where 1C names others."""
        if NO_WAREHOUSE not in balances or NO_WAREHOUSE in self.warehouses:
            return balances
        if self.warehouses and not balances[NO_WAREHOUSE]:
            return {}
        self._entries("warehouses", [Warehouse(NO_WAREHOUSE, "Склад")])
        return balances

    def _with_cards(self, offers: Sequence[Offer]) -> list[Offer]:
        """Those of items that have a card, or get one now; the others are refused."""
        said = {offer.item.id: offer.item for offer in offers}
        existing = self.catalogue.existing(
            list(dict.fromkeys([*said, *filter(None, (item.parent_id for item in said.values()))]))
        )
        cards = self.catalogue.cards([id for id in _looked_at(said.values()) if id in existing])
        made = [card for item in said.values() if (card := self._card_from_offer(item, cards, existing)) is not None]
        self.journal.add("variants", self._save(made))
        existing |= {card.id for card in made}
        return [offer for offer in offers if offer.item.id in existing or self._refused(offer)]

    def _card_from_offer(self, said: Item, cards: Mapping[str, Item], existing: set[str]) -> Item | None:
        """The card an offer makes or changes, None where it leaves things as they are.

        A variant for which 1C sends no card of its own (only the item's) gets one with what the offer says; the rest is
        taken from the item's card when it is shown, so that it follows its renames and moves.
        """
        card = cards.get(said.id)
        if card is not None and not (card.derived and said.name):
            return replace(card, deleted=True) if said.deleted and not card.deleted else None
        if said.parent_id is None or said.parent_id not in existing:
            return None
        name = said.name or cards[said.parent_id].name
        return replace(self._readable(said), name=name, derived=True)

    def _refused(self, offer: Offer) -> bool:
        """Always False: there is no such item. An offer that only says that it is gone is none the worse for that."""
        item = offer.item
        if item.deleted:
            self.journal.add("offers", Tally(read=1, unchanged=1))
            return False
        reason = "Такого товара нет в каталоге: цены и остатки не загружены"
        problem = Problem("offer", item.id, item.name, reason)
        kinds = [kind for kind, said in (("prices", offer.prices), ("stock", offer.balances)) if said is not None]
        for kind in kinds[1:]:
            self.journal.add(kind, Tally(read=1, refused=1))
        self.journal.refuse(problem, kinds[0] if kinds else "offers")
        return False


def _named(entry: E, known: Mapping[str, E]) -> E:
    """With the name it had, where 1C repeats the id alone."""
    former = known.get(entry.id)
    return replace(entry, name=former.name) if former is not None and not entry.name else entry


def _looked_at(items: Iterable[Item]) -> list[str]:
    """Ids of the cards it takes to know what the offers of these items change."""
    ids: dict[str, None] = {}
    for item in items:
        if item.parent_id or item.deleted:
            ids[item.id] = None
        if item.parent_id and not item.name:
            ids[item.parent_id] = None
    return list(ids)
