"""Companies and counterparties that come beside a catalogue: they fill gaps and overwrite nothing people have sent or set."""

from collections.abc import Iterable
from dataclasses import fields, replace

from chalicelib.domain.exchange.exchange import Tally
from chalicelib.domain.partners.partners import Company, Counterparty
from chalicelib.usecases.exchange.import_journal import Journal
from chalicelib.usecases.ports.partners import PartnerStore


def take_parties(partners: PartnerStore, *, parties: Iterable[Company | Counterparty], journal: Journal) -> None:
    """Our company out of Владелец; payers of the BUS module where a partner has them."""
    for party in parties:
        if isinstance(party, Company):
            written = _take_company(partners, party)
            journal.add("companies", Tally(1, written=int(written), unchanged=int(not written)))
        else:
            _take_payer(partners, party, journal)


def _take_company(partners: PartnerStore, told: Company) -> bool:
    """A new one as 1C tells it; of a known one the fields that are empty. False where it stays as it was."""
    kept = partners.company(told.id) or _same_inn(partners.company(None), told)
    if kept is None:
        partners.save_company(told)
        return True
    empty = {field.name: getattr(told, field.name) for field in fields(Company) if not getattr(kept, field.name)}
    filled = replace(kept, **empty)
    if filled != kept:
        partners.save_company(filled)
    return filled != kept


def _same_inn(kept: Company | None, told: Company) -> Company | None:
    return kept if kept and told.inn and (kept.inn, kept.kpp) == (told.inn, told.kpp) else None


def _take_payer(partners: PartnerStore, told: Counterparty, journal: Journal) -> None:
    """1C sends every counterparty of its base; those of nobody in the portal change nothing and are no mistake of anyone's."""
    known = partners.payers(told.id, told.inn, told.kpp)
    written = [partners.fill_payer(partner_id, replace(told, id=payer.id)) for partner_id, payer in known]
    journal.add("counterparties", Tally(1, written=int(any(written)), unchanged=int(not any(written))))
