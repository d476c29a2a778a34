"""Settlements: a partition for each year of a contract, and a list of those there are.

portal      LEDGER#<partner>#<contract>#<yyyy>   <date>#<id>           an entry
            LEDGERS#<partner>                    <contract>#<yyyy>     there are entries of that year
"""

from collections.abc import Iterator
from datetime import date

from chalicelib.adapters.dynamo.access.users import keyed
from chalicelib.adapters.dynamo.exchange.records import DynamoRecords, Shelf
from chalicelib.adapters.dynamo.flat import from_flat, to_flat
from chalicelib.adapters.dynamo.table import Item
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.domain.partners.settlements import LedgerEntry


def ledger_partition(partner_id: str, contract_id: str, year: str) -> str:
    return f"LEDGER#{partner_id}#{contract_id}#{year}"


def entry_to_item(_: str, entry: LedgerEntry) -> Item:
    partition = ledger_partition(entry.partner_id, entry.contract_id, f"{entry.on.year:04d}")
    return keyed((partition, f"{entry.on.isoformat()}#{entry.id}"), to_flat(entry))


def years_of(entry: LedgerEntry) -> tuple[Item, ...]:
    return (keyed((f"LEDGERS#{entry.partner_id}", f"{entry.contract_id}#{entry.on.year:04d}"), {}),)


class DynamoSettlements(DynamoRecords[LedgerEntry]):
    shelf = Shelf("settlements", entry_to_item, years_of)

    def entries(self, scope: PartnerScope, contract_id: str | None = None, last: date | None = None) -> Iterator[LedgerEntry]:
        """From the very beginning up to the day, in order of contract and day; of all contracts without one."""
        prefix = f"{contract_id}#" if contract_id is not None else ""
        for known in self.portal.query(f"LEDGERS#{scope.partner_id}", prefix=prefix):
            contract, _, year = known["SK"].rpartition("#")
            if last is None or int(year) <= last.year:
                yield from self._year(scope, contract, year, last)

    def _year(self, scope: PartnerScope, contract_id: str, year: str, last: date | None) -> Iterator[LedgerEntry]:
        until = f"{last.isoformat()}$" if last else ""  # "$" follows "#": the day belongs to it
        for item in self.portal.query(ledger_partition(scope.partner_id, contract_id, year), at_most=until):
            if item["active"]:
                yield from_flat(LedgerEntry, item)
