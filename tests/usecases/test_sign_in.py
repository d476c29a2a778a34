"""Signing in and out, sessions and what ends them, limits of tries."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.domain.access.users import PERMISSIONS, Role, User
from chalicelib.domain.cart.carts import CartHead, CartLine, CartTotals
from chalicelib.domain.errors import InvalidInput, NotFound, NotSignedIn, TooManyAttempts
from chalicelib.domain.partners.partners import Contract, PartnerScope, SupplierScope
from chalicelib.usecases.access.sign_in import choose, sign_out, token_hash, workplaces
from chalicelib.usecases.access.visitors import Visitor
from tests.people import PASSWORD, CountingHasher, Portal, aws_calls, contact, record


@pytest.fixture
def portal(aws: SimpleNamespace) -> Portal:
    return Portal(hasher=CountingHasher())


def refusal(portal: Portal, **given: Any) -> str:
    with pytest.raises(InvalidInput) as caught:
        portal.sign_in(**given)
    return str(caught.value)


def enters(portal: Portal, token: str) -> bool:
    try:
        portal.runtime.visitor(token)
    except NotSignedIn:
        return False
    return True


def test_a_dealer_signs_in_by_phone_or_mail(portal: Portal) -> None:
    """AC-06, AC-07: each dealer's person has his own login and password; the phone is the login."""
    first = portal.dealer()
    for login in ("+79160000001", "c1@dealer.example"):
        signed_in = portal.sign_in(login)
        assert signed_in.session.user_id == first.session.user_id
        assert portal.runtime.visitor(signed_in.token).name == "Контакт 1"


def test_the_real_hasher_lets_in_and_keeps_out(aws: SimpleNamespace) -> None:
    portal = Portal()
    portal.dealer()
    assert portal.sign_in().session.partner_id == "p1"
    assert refusal(portal, password=PASSWORD + "!") == refusal(portal, login="+79990000000")


def test_the_token_itself_is_kept_nowhere(portal: Portal) -> None:
    token = portal.dealer().token
    assert len(token) >= 43
    kept = str(list(portal.runtime.ephemeral.scan())) + str(list(portal.runtime.portal.scan()))
    assert token not in kept
    assert token_hash(token) in kept


def test_wrong_password_unknown_login_and_blocked_person_read_the_same(portal: Portal) -> None:
    portal.dealer()
    texts = {refusal(portal, password="не тот пароль"), refusal(portal, login="+79990000000"), refusal(portal, login="кто-то")}
    user = portal.runtime.users.by_login("+79160000001")
    assert user
    portal.runtime.users.disable(user, portal.clock())
    assert texts | {refusal(portal)} == {"Неверный телефон, почта или пароль"}


def test_an_unknown_login_costs_exactly_one_comparison_too(aws: SimpleNamespace) -> None:
    hasher = CountingHasher()
    portal = Portal(hasher=hasher)
    portal.dealer()
    for login in ("+79160000001", "+79990000000", "", "x" * 1000):
        hasher.compared = 0
        refusal(portal, login=login, password="не тот пароль")
        assert hasher.compared == 1, login


def test_a_person_without_a_password_yet_is_kept_out_as_anybody(portal: Portal) -> None:
    portal.save(record())
    for password in ("", "не тот пароль"):
        assert refusal(portal, password=password) == "Неверный телефон, почта или пароль"


def test_an_endless_password_is_just_wrong(portal: Portal) -> None:
    portal.dealer()
    assert refusal(portal, password=PASSWORD + "x" * 1_000_000) == "Неверный телефон, почта или пароль"


def test_brute_force_stops_after_ten_tries_and_the_right_password_waits_too(portal: Portal) -> None:
    portal.dealer()
    compared = portal.runtime.hasher
    assert isinstance(compared, CountingHasher)
    compared.compared = 0
    for number in range(200):
        with pytest.raises((InvalidInput, TooManyAttempts)):
            portal.sign_in(password=f"пароль {number}", address=f"10.0.0.{number}")
    assert compared.compared == 10
    with pytest.raises(TooManyAttempts):
        portal.sign_in()
    portal.clock.pass_by(minutes=17)
    assert portal.sign_in().session.partner_id == "p1"


def test_unknown_logins_are_limited_alike(portal: Portal) -> None:
    for _ in range(10):
        refusal(portal, login="+79990000000")
    with pytest.raises(TooManyAttempts):
        portal.sign_in("+79990000000")


def test_a_spray_over_many_accounts_stops_at_the_address(portal: Portal) -> None:
    portal.dealer()
    refused = 0
    for number in range(150):
        try:
            portal.sign_in(f"+7999{number:07d}", "пароль весна")
        except TooManyAttempts:
            refused += 1
        except InvalidInput:
            pass
    assert refused == 50
    with pytest.raises(TooManyAttempts):
        portal.sign_in(address="10.0.0.1")
    assert portal.sign_in(address="10.0.0.2")


def test_a_blocked_address_does_not_use_up_the_tries_of_others(portal: Portal) -> None:
    portal.dealer()
    for number in range(100):
        refusal(portal, login=f"+7999{number:07d}", password="весна")
    for _ in range(30):
        with pytest.raises(TooManyAttempts):
            portal.sign_in(password="весна")
    assert portal.sign_in(address="10.0.0.2")


def test_success_forgets_the_tries_of_the_account(portal: Portal) -> None:
    portal.dealer()
    for _ in range(3):
        for _ in range(9):
            refusal(portal, password="опечатка")
        portal.sign_in()


def test_a_dealers_page_costs_two_calls(portal: Portal) -> None:
    """Terms are read once: his own, his region's and everybody's; then they stand in the process until one changes."""
    token = portal.dealer().token
    with aws_calls(portal.runtime.dynamodb) as calls:
        portal.runtime.visitor(token)
    assert calls == ["BatchGetItem", "Query", *["Query"] * 3]
    with aws_calls(portal.runtime.dynamodb) as calls:
        visitor = portal.runtime.visitor(token)
    assert calls == ["BatchGetItem", "Query"]
    assert visitor.permissions == PERMISSIONS[Role.EMPLOYEE]
    assert visitor.scope == visitor.partner_scope == PartnerScope("p1")


def test_the_cart_stands_in_the_account(portal: Portal) -> None:
    token = portal.dealer().token
    head = CartHead("main", "p1")
    portal.runtime.carts.add_totals(PartnerScope("p1"), head, CartTotals(2, 150_00), CartLine("i1", Decimal(2)))
    account = portal.runtime.visitor(token).account
    assert account and [(cart.id, cart.totals.line_count, cart.totals.amount) for cart in account.carts] == [("main", 2, 150_00)]


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "я" * 5000])
def test_a_made_up_token_opens_nothing(portal: Portal, token: str) -> None:
    """AC-01: without a session nothing of the dealer's is read."""
    portal.dealer()
    assert not enters(portal, token)


def test_a_session_ends_by_itself(portal: Portal) -> None:
    token = portal.dealer().token
    portal.clock.pass_by(days=29)
    assert enters(portal, token)
    portal.clock.pass_by(days=1)
    assert not enters(portal, token)


def test_sign_out_ends_this_session_alone(portal: Portal) -> None:
    first, second = portal.dealer().token, portal.sign_in().token
    sign_out(portal.runtime.sessions, token=first)
    assert (enters(portal, first), enters(portal, second)) == (False, True)


def test_the_partners_cleared_flag_throws_out_everybody_at_once(portal: Portal) -> None:
    """AC-10: the very next page is refused, sign-in too; old sessions stay dead when the flag comes back."""
    people = (contact(1), contact(2))
    tokens = [portal.accept(portal.link(user)).token for user in portal.save(record(1, contacts=people)).invited]
    portal.clock.pass_by(seconds=1)
    portal.save(record(2, access=False, contacts=people))
    assert [enters(portal, token) for token in tokens] == [False, False]
    assert "закрыт" in refusal(portal)
    portal.clock.pass_by(seconds=1)
    portal.save(record(3, contacts=people))
    assert [enters(portal, token) for token in tokens] == [False, False]
    assert enters(portal, portal.sign_in().token)


def test_the_contacts_cleared_flag_throws_out_him_alone(portal: Portal) -> None:
    """AC-11."""
    people = (contact(1), contact(2))
    first, second = [portal.accept(portal.link(user)).token for user in portal.save(record(1, contacts=people)).invited]
    portal.clock.pass_by(seconds=1)
    portal.save(record(2, contacts=(contact(1, portal_access=False), contact(2))))
    assert (enters(portal, first), enters(portal, second)) == (False, True)
    portal.save(record(3, contacts=people))
    assert not enters(portal, first)


def test_a_blocked_person_is_out_at_once(portal: Portal) -> None:
    token = portal.dealer().token
    user = portal.runtime.users.by_login("+79160000001")
    assert user
    portal.clock.pass_by(seconds=1)
    portal.runtime.users.disable(user, portal.clock())
    assert not enters(portal, token)


def staff(portal: Portal, role: Role = Role.FINANCE) -> User:
    user = User("s1", "Белова Нина", "+74950000000", password_hash=portal.runtime.hasher.hash(PASSWORD), staff_role=role)
    portal.runtime.users.add_staff(user)
    return user


def test_staff_signs_in_without_a_partner(portal: Portal) -> None:
    user = staff(portal)
    visitor = portal.runtime.visitor(portal.sign_in("+74950000000").token)
    assert (visitor.account, visitor.staff, visitor.name) == (None, user, "Белова Нина")
    assert visitor.scope == SupplierScope("s1")
    assert visitor.permissions == PERMISSIONS[Role.FINANCE]


def test_blocked_staff_is_out_at_once(portal: Portal) -> None:
    user = staff(portal)
    token = portal.sign_in("+74950000000").token
    portal.clock.pass_by(seconds=1)
    portal.runtime.users.disable(user, portal.clock())
    assert not enters(portal, token)


@pytest.mark.parametrize(
    ("contracts", "expected"),
    [
        ((Contract("a", "А", "t", prepayment=0), Contract("b", "Б", "t", is_default=True, prepayment=0)), "b"),
        ((Contract("a", "А", "t", prepayment=0), Contract("b", "Б", "t")), "b"),
        ((Contract("a", "А", "t", prepayment=0), Contract("b", "Б", "t", prepayment=30)), "a"),
        ((), None),
    ],
)
def test_a_contract_is_chosen_after_sign_in(portal: Portal, contracts: tuple[Contract, ...], expected: str | None) -> None:
    """PT-14: 1C's default, else full prepayment, else the first."""
    chosen = portal.runtime.visitor(portal.dealer(record(contracts=contracts)).token).contract
    assert (chosen.id if chosen else None) == expected


def look(portal: Portal, token: str) -> Visitor:
    return portal.runtime.visitor(token)


def test_a_choice_is_remembered_for_the_next_page(portal: Portal) -> None:
    """PT-11, PT-14: another contract and warehouse until he changes them, in this session."""
    token = portal.dealer().token
    before = look(portal, token)
    assert before.contract and (before.contract.id, before.warehouse_id) == ("k-prepaid", "w1")
    choose(portal.runtime.sessions, visitor=before, contract_id="k-deferral")
    choose(portal.runtime.sessions, visitor=look(portal, token), warehouse_id="w2")
    after = look(portal, token)
    assert after.contract and (after.contract.id, after.warehouse_id) == ("k-deferral", "w2")
    choose(portal.runtime.sessions, visitor=after, warehouse_id="")
    assert look(portal, token).warehouse_id is None


def test_a_contract_that_1c_took_away_is_no_longer_chosen(portal: Portal) -> None:
    token = portal.dealer().token
    choose(portal.runtime.sessions, visitor=look(portal, token), contract_id="k-deferral")
    portal.save(record(2, contracts=(Contract("k-new", "Новый", "t"),)))
    chosen = look(portal, token).contract
    assert chosen and chosen.id == "k-new"


def test_somebody_elses_contract_and_partner_are_not_found(portal: Portal) -> None:
    token = portal.dealer().token
    foreign = (Contract("k-foreign", "Чужой", "t"),)
    portal.save(record(1, "p2", contacts=(contact(2, "p2"),), contracts=foreign))
    visitor = look(portal, token)
    with pytest.raises(NotFound):
        choose(portal.runtime.sessions, visitor=visitor, contract_id="k-foreign")
    for partner_id in ("p2", "p9"):
        with pytest.raises(NotFound):
            choose(portal.runtime.sessions, visitor=visitor, partner_id=partner_id, partners=portal.runtime.partners)
    assert look(portal, token) == visitor


def test_who_buys_for_two_partners_switches_between_them(portal: Portal) -> None:
    """OP-03."""
    token = portal.dealer().token
    theirs = (Contract("k2", "Договор второго", "t"),)
    portal.save(record(1, "p2", contacts=(contact(1, "p2", contact_id="x-1"),), contracts=theirs))
    visitor, stores = look(portal, token), portal.runtime
    assert [partner.id for partner in workplaces(stores.users, stores.partners, visitor=visitor)] == ["p1", "p2"]
    choose(stores.sessions, visitor=visitor, partner_id="p2", partners=stores.partners)
    switched = look(portal, token)
    assert switched.partner_scope == PartnerScope("p2")
    assert switched.contract and switched.contract.id == "k2"


def test_who_lost_one_partner_still_works_for_the_other(portal: Portal) -> None:
    portal.dealer()
    portal.save(record(1, "p2", contacts=(contact(1, "p2", contact_id="x-1"),)))
    portal.save(record(2, access=False))
    session = portal.sign_in().session
    assert session.partner_id == "p2"


def test_all_people_of_a_partner_share_its_scope(portal: Portal) -> None:
    """AC-13: several employees, each under his own name, with one and the same partner scope."""
    people = portal.save(record(contacts=(contact(1), contact(2), contact(3)))).invited
    visitors = [look(portal, portal.accept(portal.link(user)).token) for user in people]
    assert {visitor.partner_scope for visitor in visitors} == {PartnerScope("p1")}
    assert {visitor.name for visitor in visitors} == {"Контакт 1", "Контакт 2", "Контакт 3"}
