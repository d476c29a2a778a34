"""A dealer's person with what he may see and buy, for work that is done for him while he is away."""

from datetime import timedelta

from chalicelib.domain.access.users import PERMISSIONS, Session
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.usecases.access.sign_in import chosen_contract, member_of
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.catalogue.visibility import visibility_of
from chalicelib.usecases.ports.access import SessionStore
from chalicelib.usecases.ports.categories import CategoryStore
from chalicelib.usecases.ports.clock import Clock, business_day
from chalicelib.usecases.ports.partners import PartnerStore, TermStore


def buyer(
    sessions: SessionStore,
    partners: PartnerStore,
    categories: CategoryStore,
    kept_terms: TermStore,
    clock: Clock,
    *,
    scope: PartnerScope,
    user_id: str,
    contract_id: str,
) -> Visitor | None:
    """As he would come himself with this contract chosen; None where he or the partner has no access, or the contract is gone."""
    account = partners.account(scope)
    member = member_of(account, user_id)
    if account is None or member is None or all(contract.id != contract_id for contract in account.contracts):
        return None
    _, beacons = sessions.read("")  # nobody's session: the beacons alone
    terms, now = kept_terms.of(account.partner, account.terms, beacons.terms), clock()
    session = Session("", user_id, scope.partner_id, "", now, now + timedelta(minutes=15))
    return Visitor(
        session=session,
        beacons=beacons,
        name=member.name,
        permissions=PERMISSIONS[member.role],
        account=account,
        membership=member,
        contract=chosen_contract(account, contract_id),
        warehouse_id=account.partner.warehouse_id or None,
        visibility=visibility_of(account, categories.tree(beacons.categories), terms.hidden(business_day(now))),
        terms=terms,
        today=business_day(now),
    )
