"""Who is asking: the signed-in person with what his pages need, read in two calls at the start of every request."""

from dataclasses import dataclass
from datetime import date

from chalicelib.domain.access.users import Membership, Session, User
from chalicelib.domain.catalogue.prices import Deal
from chalicelib.domain.catalogue.visibility import EVERYTHING, Visibility
from chalicelib.domain.errors import Forbidden
from chalicelib.domain.partners.partner_terms import NO_TERMS, PartnerTerms
from chalicelib.domain.partners.partners import Contract, PartnerScope, Scope, SupplierScope
from chalicelib.usecases.ports.access import Beacons
from chalicelib.usecases.ports.partners import Account


@dataclass(frozen=True, slots=True)
class Visitor:
    """A dealer's person has `account`, `membership` and, where the partner has any, a `contract`; staff has `staff`.

    `terms` are the partner's, `today` the day for which they are asked.
    """

    session: Session
    beacons: Beacons
    name: str
    permissions: frozenset[str]
    account: Account | None = None
    membership: Membership | None = None
    staff: User | None = None
    contract: Contract | None = None
    warehouse_id: str | None = None
    visibility: Visibility = EVERYTHING
    terms: PartnerTerms = NO_TERMS
    today: date = date.max

    def must(self, permission: str) -> None:
        """Raises Forbidden."""
        if permission not in self.permissions:
            raise Forbidden("У вас нет доступа к этому разделу")

    @property
    def deal(self) -> Deal | None:
        """Under what he is told prices; None without a contract, and for those who may not see what the supplier asks."""
        told = self.contract if "price.view" in self.permissions else None
        return Deal(told, self.terms, self.today) if told else None

    @property
    def scope(self) -> Scope:
        """What he may see: his partner's data, or every partner's for the supplier's staff."""
        if self.account is None:
            return SupplierScope(self.session.user_id)
        return PartnerScope(self.account.partner.id)

    @property
    def partner_scope(self) -> PartnerScope:
        """Raises Forbidden for staff, who have no cart, contract or orders of their own."""
        if self.account is None:
            raise Forbidden("Этот раздел открыт только дилерам")
        return PartnerScope(self.account.partner.id)
