"""Partners, their people and our companies in DynamoDB."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Barrier
from types import SimpleNamespace

import pytest

from chalicelib.domain.access.users import Membership, Role
from chalicelib.domain.partners.partners import AccountManager, Company, Contract, DeliveryAddress, PartnerScope
from chalicelib.usecases.ports.partners import Account
from infra.watched import watched
from tests.people import CONTRACTS, COUNTERPARTIES, Portal, aws_calls, contact, record

SCOPE = PartnerScope("p1")


@pytest.fixture
def portal(aws: SimpleNamespace) -> Portal:
    return Portal()


def account(portal: Portal, partner_id: str = "p1") -> Account:
    found = portal.runtime.partners.account(PartnerScope(partner_id))
    assert found
    return found


def member(portal: Portal, contact_id: str = "contact-1", partner_id: str = "p1") -> Membership:
    return next(one for one in account(portal, partner_id).members if one.contact_id == contact_id)


def logins(portal: Portal) -> dict[str, str]:
    """Every login row there is -> its user."""
    rows = portal.runtime.portal.scan()
    return {row["PK"].removeprefix("LOGIN#"): row["user_id"] for row in rows if row["SK"] == "LOGIN"}


def user_ids(portal: Portal) -> set[str]:
    return {row["PK"] for row in portal.runtime.portal.scan() if row["PK"].startswith("USER#")}


def test_a_record_comes_back_whole_in_one_query(portal: Portal) -> None:
    """PT-01, PT-03, PT-09, PT-11: partner, contacts, payers, contracts, region and price group as 1C sent them."""
    sent = record()
    assert portal.save(sent).outcome == "written"
    with aws_calls(portal.runtime.dynamodb) as calls:
        found = account(portal)
    assert calls == ["Query"]
    assert (found.partner, found.manager) == (sent.partner, sent.manager)
    assert set(found.contracts) == set(CONTRACTS)
    assert found.counterparties == COUNTERPARTIES
    (mine,) = found.members
    assert (mine.name, mine.phone, mine.contact_id, mine.portal_access) == ("Контакт 1", "+79160000001", "contact-1", True)


def test_addresses_with_all_their_fields_are_read_apart(portal: Portal) -> None:
    """AC-12, PT-06, PT-07, PT-08: sub-partners with load, pass and coordinates; one without the flag is not shown."""
    full = DeliveryAddress(
        id="a1",
        name="Магазин",
        address="Клин, Гагарина, 2",
        max_load_kg=Decimal("1500.5"),
        entry_pass="Заказать до 16:00",
        comment="Звонить",
        latitude=Decimal("56.333611"),
        longitude=Decimal("36.728611"),
    )
    portal.save(record(addresses=(full, DeliveryAddress("a2", "Скрытый", "Тверь", portal_access=False))))
    assert portal.runtime.partners.addresses(SCOPE) == (full,)


@pytest.mark.parametrize(
    "contract",
    [
        Contract("k", "Предоплата 100 %", "t", prepayment=100),
        *(Contract("k", f"Отсрочка {days} дней", "t", prepayment=0, payment_deferral=days) for days in (7, 15, 30, 45)),
        Contract("k", "По отгрузке", "t", prepayment=50, payment_deferral=3),
        Contract("k", "В юанях", "t", currency="CNY"),
        Contract("k", "НДС сверху", "t", vat_included=False),
    ],
    ids=lambda contract: contract.name,
)
def test_every_kind_of_contract_is_kept(portal: Portal, contract: Contract) -> None:
    """PT-12."""
    portal.save(record(contracts=(contract,)))
    assert account(portal).contracts == (contract,)


def test_no_partner_no_account(portal: Portal) -> None:
    assert portal.runtime.partners.account(PartnerScope("p9")) is None


def test_equal_and_older_revisions_change_nothing(portal: Portal) -> None:
    portal.save(record(5))
    for revision in (5, 4):
        assert portal.save(record(revision, access=False, contracts=(), contacts=())).outcome == "unchanged"
    assert account(portal).partner.portal_access
    assert len(account(portal).contracts) == 2


def test_what_is_no_longer_listed_is_hidden_and_comes_back(portal: Portal) -> None:
    portal.save(record(1))
    portal.save(record(2, contracts=CONTRACTS[:1], addresses=(), counterparties=()))
    assert account(portal).contracts == CONTRACTS[:1]
    assert (account(portal).counterparties, portal.runtime.partners.addresses(SCOPE)) == ((), ())
    portal.save(record(3))
    assert set(account(portal).contracts) == set(CONTRACTS)


def test_a_list_that_was_not_told_stays(portal: Portal) -> None:
    portal.save(record(1))
    portal.save(record(2, contracts=None, addresses=None, counterparties=None))
    assert set(account(portal).contracts) == set(CONTRACTS)
    assert len(portal.runtime.partners.addresses(SCOPE)) == 2


def test_a_person_is_never_deleted_by_omission(portal: Portal) -> None:
    portal.save(record(1))
    portal.save(record(2, contacts=()))
    assert member(portal).portal_access
    assert "+79160000001" in logins(portal)


def test_manager_goes_when_1c_names_none(portal: Portal) -> None:
    portal.save(record(1))
    portal.save(record(2, manager=None))
    assert account(portal).manager is None


def test_several_employees_work_in_one_account(portal: Portal) -> None:
    """AC-13."""
    people = tuple(contact(number) for number in range(1, 6))
    assert len(portal.save(record(contacts=people)).invited) == 5
    assert [one.name for one in account(portal).members] == [one.name for one in people]


def test_nobody_becomes_a_user_without_the_flag(portal: Portal) -> None:
    """AC-11: only a contact with the flag is registered."""
    portal.save(record(contacts=(contact(1, portal_access=False),)))
    assert (account(portal).members, logins(portal)) == ((), {})


def test_people_of_a_partner_without_access_are_invited_when_it_is_given(portal: Portal) -> None:
    """AC-10, AC-11: the contact's flag works only together with the partner's."""
    assert portal.save(record(1, access=False)).invited == ()
    assert [user.phone for user in portal.save(record(2)).invited] == ["+79160000001"]


def test_a_repeat_invites_again_only_until_a_link_was_made(portal: Portal) -> None:
    (user,) = portal.save(record(1)).invited
    repeated = portal.save(record(1))
    assert (repeated.outcome, repeated.invited) == ("unchanged", (user,))
    portal.link(user)
    assert portal.save(record(1)).invited == ()
    assert portal.save(record(2)).invited == ()


def test_a_known_phone_updates_the_user(portal: Portal) -> None:
    """AC-09: a contact with a known phone updates the user instead of making a second one."""
    portal.save(record(1))
    portal.save(record(2, contacts=(contact(name="Новая Фамилия", contact_id="contact-77"),)))
    user = portal.runtime.users.by_login("+79160000001")
    assert user and user.name == "Новая Фамилия"
    assert [one.contact_id for one in account(portal).members] == ["contact-77"]
    assert len(user_ids(portal)) == 1


def test_a_contact_whose_phone_changed_keeps_its_user(portal: Portal) -> None:
    portal.dealer()
    before = portal.runtime.users.by_login("+79160000001")
    portal.save(record(2, contacts=(contact(phone="+79169999999"),)))
    after = portal.runtime.users.by_login("+79169999999")
    assert before and after == replace(before, phone="+79169999999")
    assert portal.runtime.users.by_login("+79160000001") is None
    assert portal.sign_in("+79169999999").session.user_id == before.id


def test_a_phone_of_somebody_else_is_not_taken_from_him(portal: Portal) -> None:
    """AC-08: the phone stays with its user; the rest of the record is taken, and the problem names the contact."""
    portal.save(record(1, contacts=(contact(1), contact(2))))
    owner = logins(portal)["+79160000002"]
    saved = portal.save(record(2, contacts=(contact(1, phone="+79160000002", name="Переименован"), contact(2))))
    (problem,) = saved.problems
    assert (problem.id, problem.kind) == ("contact-1", "contact")
    assert "+79160000002" in problem.reason % dict(problem.params)
    assert logins(portal)["+79160000002"] == owner
    assert (member(portal).name, member(portal).phone) == ("Переименован", "+79160000001")


def test_one_phone_for_two_contacts_is_told(portal: Portal) -> None:
    saved = portal.save(record(contacts=(contact(1), contact(2, phone="+79160000001", email=""))))
    assert [problem.id for problem in saved.problems] == ["contact-2"]
    assert len(account(portal).members) == 1


def test_a_shared_mailbox_is_the_login_of_the_first_alone(portal: Portal) -> None:
    saved = portal.save(record(contacts=(contact(1, email="info@d.example"), contact(2, email="info@d.example"))))
    assert [problem.id for problem in saved.problems] == ["contact-2"]
    assert logins(portal)["info@d.example"] == logins(portal)["+79160000001"]
    assert [one.email for one in account(portal).members] == ["info@d.example"] * 2
    second = portal.runtime.users.by_login("+79160000002")
    assert second and second.email == ""


def test_a_changed_mail_moves_the_second_login(portal: Portal) -> None:
    portal.save(record(1))
    portal.save(record(2, contacts=(contact(email="new@d.example"),)))
    assert set(logins(portal)) == {"+79160000001", "new@d.example"}
    portal.save(record(3, contacts=(contact(email=""),)))
    assert set(logins(portal)) == {"+79160000001"}


def test_a_known_phone_at_another_partner_adds_a_membership(portal: Portal) -> None:
    """OP-03: a person who buys for two companies stays one user, with his own name and password."""
    portal.dealer()
    portal.save(record(1, "p2", contacts=(contact(1, "p2", name="Иван (закупки)", contact_id="x-1", email="x@d.example"),)))
    user = portal.runtime.users.by_login("+79160000001")
    assert user and user.partner_ids == ("p1", "p2")
    assert (user.name, user.email) == ("Контакт 1", "c1@dealer.example")
    assert member(portal, "x-1", "p2").name == "Иван (закупки)"
    assert portal.sign_in().session.user_id == user.id


def test_an_old_phone_at_another_partner_does_not_move_the_login_back(portal: Portal) -> None:
    portal.dealer()
    portal.save(record(1, "p2", contacts=(contact(1, "p2", contact_id="x-1"),)))
    portal.save(record(2, contacts=(contact(phone="+79169999999"),)))
    portal.save(record(2, "p2", contacts=(contact(1, "p2", contact_id="x-1", name="Иван"),)))
    assert "+79169999999" in logins(portal) and "+79160000001" not in logins(portal)


def test_the_role_is_the_portals_own(portal: Portal) -> None:
    portal.save(record(1, contacts=(contact(role=Role.ACCOUNT_HEAD),)))
    portal.save(record(2, contacts=(contact(role=Role.EMPLOYEE),)))
    assert member(portal).role is Role.ACCOUNT_HEAD


def test_a_cleared_flag_of_the_contact_moves_the_line_for_his_sessions(portal: Portal) -> None:
    """AC-11."""
    portal.save(record(1))
    portal.clock.pass_by(minutes=1)
    portal.save(record(2, contacts=(contact(portal_access=False),)))
    assert (member(portal).portal_access, member(portal).sessions_valid_from) == (False, portal.clock())


def test_a_cleared_flag_of_the_partner_moves_it_for_all_also_unlisted(portal: Portal) -> None:
    """AC-10."""
    portal.save(record(1, contacts=(contact(1), contact(2))))
    portal.clock.pass_by(minutes=1)
    portal.save(record(2, access=False, contacts=(contact(1),)))
    assert [one.sessions_valid_from for one in account(portal).members] == [portal.clock()] * 2


def test_a_record_longer_than_a_transaction_is_saved_whole_and_updated(portal: Portal) -> None:
    people = tuple(contact(number) for number in range(1, 61))
    many = tuple(Contract(f"k{n:03}", f"Договор {n:03}", "t") for n in range(150))
    assert len(portal.save(record(1, contacts=people, contracts=many)).invited) == 60
    assert (len(account(portal).members), account(portal).contracts) == (60, many)
    portal.save(record(2, contacts=people, contracts=many[:20]))
    assert account(portal).contracts == many[:20]
    assert len(user_ids(portal)) == 60


def test_a_long_record_cut_short_is_finished_by_its_repeat(portal: Portal) -> None:
    """A crash between two transactions: nobody is let in by half a record, and the repeat loses nothing."""
    client, sent = portal.runtime.dynamodb, record(1, contacts=tuple(contact(number) for number in range(1, 61)))
    seen = []

    def crash(_service: str, operation: str, _request: object) -> None:
        if operation == "TransactWriteItems":
            seen.append(operation)
            if len(seen) == 2:
                raise RuntimeError("the process dies here")

    with watched(client, see=crash), pytest.raises(RuntimeError):
        portal.save(sent)
    assert not account(portal).partner.portal_access
    saved = portal.save(sent)
    assert (saved.outcome, len(saved.invited)) == ("written", 60)
    assert len(user_ids(portal)) == len(account(portal).members) == 60


@pytest.mark.parametrize("round_number", range(5))
def test_a_phone_never_ends_with_two_users(portal: Portal, round_number: int) -> None:
    """AC-08: eight partners name the same phones at the same moment."""
    barrier = Barrier(8)

    def save(number: int) -> object:
        partner = f"p{number}"
        people = tuple(contact(n, partner, contact_id=f"{partner}-{n}") for n in (1, 2))
        barrier.wait(10)
        return portal.save(record(1, partner, contacts=people if number % 2 else people[::-1]))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(save, range(8)))
    assert len(user_ids(portal)) == 2
    for number in (1, 2):
        user = portal.runtime.users.by_login(f"+7916000000{number}")
        assert user and len(user.partner_ids) == 8
        assert all(member(portal, f"{partner}-{number}", partner).user_id == user.id for partner in user.partner_ids)


def test_of_saves_at_the_same_time_the_newest_revision_stands_whole(portal: Portal) -> None:
    barrier = Barrier(6)

    def save(revision: int) -> object:
        barrier.wait(10)
        contracts = tuple(Contract(f"k{revision}-{n}", f"Договор {n}", "t") for n in range(3))
        return portal.save(record(revision, contracts=contracts))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(save, range(1, 7)))
    assert account(portal).partner.revision == 6
    assert {one.id for one in account(portal).contracts} == {"k6-0", "k6-1", "k6-2"}


def test_companies_with_bank_details(portal: Portal) -> None:
    companies = portal.runtime.partners
    assert companies.company(None) is None
    first = Company("f1", "ООО «Оптовик»", bik="044525225", bank_account="40702810938000012345", director="Орлов С. В.")
    companies.save_company(Company("f2", "ИП Белова"))
    companies.save_company(first)
    assert (companies.company(None), companies.company("f1")) == (first, first)
    assert companies.company("f3") is None


def test_the_manager_of_a_partner_is_found_with_his_contacts(portal: Portal) -> None:
    portal.save(record())
    assert account(portal).manager == AccountManager("m1", "Смирнова Ольга", "+7 495 000-00-01", "smirnova@supplier.example")
