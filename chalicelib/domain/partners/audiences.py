"""Whom something of the supplier is for: everybody, some partners, or those of a segment."""

from dataclasses import dataclass

from chalicelib.domain.partners.partners import Partner


@dataclass(frozen=True, slots=True)
class Audience:
    """`segments` are names of regions, price groups and segments as partners' cards have them; whoever one of the lists names
    is meant."""

    everyone: bool = False
    partner_ids: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()

    def reaches(self, partner: Partner) -> bool:
        mine = {partner.region, partner.price_group, *partner.segments} - {""}
        return self.everyone or partner.id in self.partner_ids or not mine.isdisjoint(self.segments)
