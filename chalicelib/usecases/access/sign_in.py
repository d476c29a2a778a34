"""Signing in and out, and who comes with a session."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from chalicelib.domain.access.passwords import LONGEST
from chalicelib.domain.access.users import PERMISSIONS, Membership, Session, User
from chalicelib.domain.errors import InvalidInput, NotFound, NotSignedIn, TooManyAttempts
from chalicelib.domain.partners.partners import Contract, Partner, PartnerScope
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.catalogue.visibility import visibility_of
from chalicelib.usecases.ports.access import AttemptStore, Beacons, PasswordHasher, SessionStore, UserStore
from chalicelib.usecases.ports.categories import CategoryStore
from chalicelib.usecases.ports.clock import Clock, business_day
from chalicelib.usecases.ports.partners import Account, PartnerStore, TermStore

SESSION_LIFETIME = timedelta(days=30)
ATTEMPT_WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 100
WRONG = "Неверный телефон, почта или пароль"
TOO_MANY = "Слишком много попыток. Попробуйте через %(minutes)s минут"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`token` goes into the cookie and is kept nowhere; the session's id is its hash."""

    token: str
    session: Session


def token_hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def sign_in(
    users: UserStore,
    attempts: AttemptStore,
    sessions: SessionStore,
    partners: PartnerStore,
    hasher: PasswordHasher,
    clock: Clock,
    *,
    login: str,
    password: str,
    address: str,
) -> SignedIn:
    """`login` as `formats.phones.login` gives it. Raises TooManyAttempts, or InvalidInput that does not say which part is wrong.

    A login nobody has costs a hash as well.
    """
    now = clock()
    count_attempt(attempts, now, login=login, address=address)
    user = users.by_login(login)
    fits = hasher.verify(user.password_hash if user and len(password) <= LONGEST else "", password[:LONGEST])
    if user is None or not fits or user.disabled:
        raise InvalidInput(WRONG)
    attempts.forget(_account(login), ATTEMPT_WINDOW, now)
    return open_session(sessions, user, workplace(partners, user), now)


def count_attempt(attempts: AttemptStore, now: datetime, *, login: str, address: str) -> None:
    """Raises TooManyAttempts. A blocked address no longer uses up the tries of the accounts it attacks."""
    by_address = attempts.count(f"address {address}", ATTEMPT_WINDOW, now)
    if by_address > TRIES_PER_ADDRESS or attempts.count(_account(login), ATTEMPT_WINDOW, now) > TRIES_PER_ACCOUNT:
        raise TooManyAttempts(TOO_MANY, minutes=int(ATTEMPT_WINDOW.total_seconds() // 60))


def _account(login: str) -> str:
    return f"login {login}"


def workplace(partners: PartnerStore, user: User) -> str | None:
    """The partner he starts with; None for staff. Raises InvalidInput where every door is closed to him."""
    if user.staff_role:
        return None
    for partner_id in user.partner_ids:
        if member_of(partners.account(PartnerScope(partner_id)), user.id):
            return partner_id
    raise InvalidInput("Доступ в личный кабинет закрыт. Обратитесь к вашему менеджеру")


def member_of(account: Account | None, user_id: str) -> Membership | None:
    """His membership, while it and the partner have access."""
    if account is None or not account.partner.portal_access:
        return None
    return next((one for one in account.members if one.user_id == user_id and one.portal_access), None)


def open_session(sessions: SessionStore, user: User, partner_id: str | None, now: datetime) -> SignedIn:
    token = secrets.token_urlsafe(32)
    session = Session(
        id=token_hash(token),
        user_id=user.id,
        partner_id=partner_id,
        csrf=secrets.token_urlsafe(32),
        opened_at=now,
        expires_at=now + SESSION_LIFETIME,
    )
    sessions.open(session)
    return SignedIn(token, session)


def visitor(
    sessions: SessionStore,
    users: UserStore,
    partners: PartnerStore,
    categories: CategoryStore,
    kept_terms: TermStore,
    clock: Clock,
    *,
    token: str,
) -> Visitor:
    """Who comes with the token, in two calls, and those for terms that changed. Raises NotSignedIn: no session, an old one,
    or access was taken away."""
    session, beacons = sessions.read(token_hash(token))
    if session is None or session.expires_at <= clock():
        raise _not_signed_in()
    if session.partner_id is None:
        return _staff(users, session, beacons)
    account = partners.account(PartnerScope(session.partner_id))
    member = member_of(account, session.user_id)
    if account is None or member is None or _is_older(session, member.sessions_valid_from):
        raise _not_signed_in()
    terms, today = kept_terms.of(account.partner, account.terms, beacons.terms), business_day(clock())
    return Visitor(
        session=session,
        beacons=beacons,
        name=member.name,
        permissions=PERMISSIONS[member.role],
        account=account,
        membership=member,
        contract=chosen_contract(account, session.contract_id),
        warehouse_id=(account.partner.warehouse_id if session.warehouse_id is None else session.warehouse_id) or None,
        visibility=visibility_of(account, categories.tree(beacons.categories), terms.hidden(today)),
        terms=terms,
        today=today,
    )


def _staff(users: UserStore, session: Session, beacons: Beacons) -> Visitor:
    user = users.read(session.user_id)
    if user is None or user.staff_role is None or user.disabled or _is_older(session, user.sessions_valid_from):
        raise _not_signed_in()
    return Visitor(session, beacons, user.name, PERMISSIONS[user.staff_role], staff=user)


def _is_older(session: Session, valid_from: datetime | None) -> bool:
    return valid_from is not None and session.opened_at < valid_from


def _not_signed_in() -> NotSignedIn:
    return NotSignedIn("Войдите, чтобы продолжить")


def chosen_contract(account: Account, contract_id: str | None) -> Contract | None:
    """The chosen one while 1C lists it; else 1C's default, else full prepayment, else the first."""
    if not account.contracts:
        return None

    def rank(contract: Contract) -> tuple[bool, ...]:
        return contract.id != contract_id, not contract.is_default, contract.prepayment != 100

    return min(account.contracts, key=rank)


def sign_out(sessions: SessionStore, *, token: str) -> None:
    sessions.close(token_hash(token))


def workplaces(users: UserStore, partners: PartnerStore, *, visitor: Visitor) -> tuple[Partner, ...]:
    """The partners he may work for, by name; staff has none. One read per partner: for the profile, not for every page."""
    user = users.read(visitor.session.user_id)
    accounts = [partners.account(PartnerScope(partner_id)) for partner_id in (user.partner_ids if user else ())]
    mine = [account.partner for account in accounts if account and member_of(account, visitor.session.user_id)]
    return tuple(sorted(mine, key=lambda partner: partner.name))


def choose(
    sessions: SessionStore,
    *,
    visitor: Visitor,
    contract_id: str | None = None,
    warehouse_id: str | None = None,
    partner_id: str | None = None,
    partners: PartnerStore | None = None,
) -> None:
    """Remember his choice; what is None stays, "" as warehouse means all of them. Raises NotFound for what is not his.

    Changing the partner takes `partners` to look whether he works there, and starts with that partner's own terms.
    """
    session = visitor.session
    if partner_id is not None and partner_id != session.partner_id:
        if partners is None or not member_of(partners.account(PartnerScope(partner_id)), session.user_id):
            raise NotFound("Партнёр не найден")
        sessions.choose(session.id, partner_id=partner_id, contract_id=None, warehouse_id=None)
        return
    own = visitor.partner_scope.partner_id
    if contract_id is not None and not _has_contract(visitor, contract_id):
        raise NotFound("Договор не найден")
    sessions.choose(
        session.id,
        partner_id=own,
        contract_id=contract_id or session.contract_id,
        warehouse_id=session.warehouse_id if warehouse_id is None else warehouse_id,
    )


def _has_contract(visitor: Visitor, contract_id: str) -> bool:
    return visitor.account is not None and any(contract.id == contract_id for contract in visitor.account.contracts)
