"""What 1C answers when it is asked, compared with what it has told us: only what differs is written.

Nothing is taken away because an answer leaves it out: an agreement may hide behind rights, an answer may be of another kind
of contract. What 1C has marked as deleted goes.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from chalicelib.domain.access.users import Membership
from chalicelib.domain.catalogue.catalogue import Item, ItemPrice, Offer
from chalicelib.domain.catalogue.prices import ItemPrices
from chalicelib.domain.exchange.exchange import Problem, Tally
from chalicelib.domain.exchange.records import Record, part_id
from chalicelib.domain.partners.partners import Contract, Counterparty, DeliveryAddress, PartnerScope
from chalicelib.usecases.exchange.import_journal import Journal
from chalicelib.usecases.ports.catalogue import CatalogueStore, OfferStore
from chalicelib.usecases.ports.neighbours import PriceColumn, ToldAgreement, ToldContact, ToldPartner
from chalicelib.usecases.ports.partners import Account, PartnerRecord, PartnerStore

YEAR_ONE = 62_135_596_800_000
"""Milliseconds from the year 1, where 1C's revisions begin, to 1970."""
BATCH = 500


def revision_of(now: datetime) -> int:
    """An instant as 1C counts it in revisions: what it sends later is newer, what it sent before is older."""
    return int(now.timestamp() * 1000) + YEAR_ONE


def repaired(partners: PartnerStore, told: ToldPartner, columns: Collection[str]) -> PartnerRecord | None:
    """The record that puts a partner right; None where nothing differs, or where there is no such partner of ours.

    `columns`: ids of our price columns. УТ calls them by a typical agreement, other configurations by the kind of price.
    """
    account = partners.account(PartnerScope(told.id))
    if account is None:
        return None
    kept = account.partner
    access = kept.portal_access if told.access is None else told.access
    partner = replace(kept, name=told.name or kept.name, portal_access=access and not told.deleted)
    payers = _merged(account.counterparties, told.counterparties)
    contracts = _contracts(account, told.agreements, columns)
    people = tuple(_people(account, told.contacts))
    if (partner, set(payers), set(contracts), people) == (kept, set(account.counterparties), set(account.contracts), ()):
        return None
    revised = replace(partner, revision=revision_of(told.asked_at))
    return PartnerRecord(revised, people, payers, contracts, None, account.manager)


def _people(account: Account, told: Sequence[ToldContact]) -> Iterator[Membership]:
    """Those of ours who differ. A phone or mail that is any of his in 1C stands; nobody is let in from here."""
    found = {one.id: one for one in told}
    for member in account.members:
        one = found.get(member.contact_id)
        if one is not None:
            changed = replace(
                member,
                name=one.name or member.name,
                phone=_one_of(one.phones, member.phone),
                email=_one_of(one.emails, member.email),
                portal_access=member.portal_access and not one.deleted,
            )
            if changed != member:
                yield changed


def _one_of(told: Sequence[str], kept: str) -> str:
    return kept if kept in told or not told else told[0]


def repaired_addresses(known: Sequence[DeliveryAddress], told: ToldPartner) -> list[Record[DeliveryAddress]]:
    """Records that put the partner's addresses right: those of ours that differ."""
    found = {one.id: one for one in told.addresses}
    records = []
    for kept in known:
        one = found.get(kept.id)
        if one is not None:
            address = replace(kept, name=one.name or kept.name, address=_one_of(one.addresses, kept.address))
            if address != kept or one.deleted:
                id = part_id(told.id, kept.id)
                records.append(Record(id, revision_of(told.asked_at), address, active=not one.deleted))
    return records


def _merged(kept: Sequence[Counterparty], told: Sequence[Counterparty]) -> tuple[Counterparty, ...]:
    """The address is not asked for."""
    found = {one.id: one for one in kept}
    for one in told:
        found[one.id] = replace(one, address=found[one.id].address) if one.id in found else one
    return tuple(found.values())


def _contracts(account: Account, told: Sequence[ToldAgreement], columns: Collection[str]) -> tuple[Contract, ...]:
    found = {one.id: one for one in account.contracts}
    for one in told:
        column = next((id for id in (one.price_kind_id or "", one.id) if id in columns), "")
        if one.deleted:
            found.pop(one.id, None)
        elif one.id in found:
            found[one.id] = _contract(found[one.id], one, column)
        elif column:
            found[one.id] = _contract(Contract(one.id, one.name, column), one, column)
    return tuple(found.values())


def _contract(kept: Contract, told: ToldAgreement, column: str) -> Contract:
    """The column as it is where 1C's kind of price is none of ours."""
    return replace(
        kept,
        name=told.name or kept.name,
        price_type_id=column or kept.price_type_id,
        counterparty_id=told.counterparty_id or kept.counterparty_id,
        company_id=told.company_id or kept.company_id,
        vat_included=told.vat_included,
    )


def repair_prices(catalogue: CatalogueStore, offers: OfferStore, *, column: PriceColumn, seq: int, journal: Journal) -> None:
    """Write the prices of a column that differ. An item without a card is nothing to us; a price 1C does not name stays."""
    ours = [id for id in column.ids if id in catalogue.classifier().price_types]
    if not ours:
        reason = "Вид цен не выгружен на портал: цены не сверены"
        journal.report(Problem("price_type", column.ids[0], column.name, reason))
        return
    items = sorted(column.amounts)
    for place in range(0, len(items), BATCH):
        journal.add("prices", _repair(catalogue, offers, column.amounts, ours, items[place : place + BATCH], seq))


def _repair(
    catalogue: CatalogueStore,
    offers: OfferStore,
    amounts: Mapping[str, Decimal],
    ours: Sequence[str],
    items: Sequence[str],
    seq: int,
) -> Tally:
    known = catalogue.existing(items)
    kept = offers.read(sorted(known))
    told = [_offer(kept[item][0], ours, amounts[item]) for item in sorted(known)]
    changed = [offer for offer in told if offer is not None]
    same = len(items) - len(changed)
    return catalogue.save_prices(changed, seq).plus(Tally(same, unchanged=same))


def _offer(kept: ItemPrices, ours: Sequence[str], amount: Decimal) -> Offer | None:
    """All prices of the item with those that differ; None where none does."""
    wrong = [id for id in ours if id not in kept.by_type or kept.by_type[id].amount != amount]
    if not wrong:
        return None
    former = {id: kept.by_type.get(id, ItemPrice(id, amount)) for id in wrong}
    prices = {**kept.by_type, **{id: replace(price, amount=amount) for id, price in former.items()}}
    return Offer(Item(kept.item_id, ""), prices=tuple(prices.values()))
