"""At night 1C is asked over OData for partners and prices: what differs is put right, what does not costs nothing."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import runtime
from chalicelib.adapters.erp import odata_reread
from chalicelib.domain.catalogue.catalogue import Item, ItemPrice, Offer, PriceType
from chalicelib.domain.exchange.exchange import ExchangeRun, FileState, Tally
from chalicelib.domain.partners.partners import Contract, Counterparty, DeliveryAddress, Partner, PartnerScope
from chalicelib.runtime import Runtime
from chalicelib.schedules import reconcile
from chalicelib.schedules import rereads as rereads_clock
from chalicelib.usecases.exchange.reconcile import revision_of
from chalicelib.usecases.ports.partners import PartnerRecord
from chalicelib.workers import rereads
from tests.one_c import NO_VARIANT, PASSWORD, OneC, guid, quoted, serving
from tests.people import TestClock, contact
from tests.workers.allowed import only_allowed
from tests.workers.events import CONTEXT, queued, sqs_event, tick_event

KIND, TYPICAL = guid(700), guid(800)


@pytest.fixture
def one_c() -> Iterator[OneC]:
    made = OneC()
    made.entities = {
        "Catalog_Партнеры": [], "Catalog_Контрагенты": [], "Catalog_СоглашенияСКлиентами": [],
        "Catalog_КонтактныеЛицаПартнеров": [],
        "Catalog_ВидыЦен": [{"Ref_Key": KIND, "Description": "Оптовая", "DeletionMark": False}],
    }  # fmt: skip
    with serving(made) as server:
        yield server


@pytest.fixture
def rt(aws: SimpleNamespace, one_c: OneC, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    monkeypatch.setenv("ERP_URL", one_c.url)
    made = Runtime(clock=TestClock())
    runtime.use(made)
    made.catalogue.save_classifier([PriceType(KIND, "Оптовая")], 1)
    yield made
    runtime.use(None)


def partner_row(number: int, **more: Any) -> dict[str, Any]:
    row = {"Ref_Key": guid(number), "Description": f"Партнёр {number}", "DeletionMark": False, "Клиент": True}
    return row | {"Parent_Key": NO_VARIANT, "КонтактнаяИнформация": []} | more


def person_row(number: int, partner: int, *details: tuple[str, str], **more: Any) -> dict[str, Any]:
    row = {"Ref_Key": guid(number), "Description": "Иванов Иван", "DeletionMark": False, "Owner_Key": guid(partner)}
    return row | {"КонтактнаяИнформация": [{"Тип": kind, "Представление": text} for kind, text in details]} | more


def payer_row(number: int, partner: int, **more: Any) -> dict[str, Any]:
    row = {
        "Ref_Key": guid(number), "Description": f"ООО «{number}»", "DeletionMark": False, "Партнер_Key": guid(partner),
        "НаименованиеПолное": "", "ИНН": "7801234564", "КПП": "", "ЮрФизЛицо": "ЮрЛицо",
    }  # fmt: skip
    return row | more


def agreement_row(number: int, partner: int | None, **more: Any) -> dict[str, Any]:
    row = {
        "Ref_Key": guid(number), "Description": f"Соглашение {number}", "DeletionMark": False,
        "Партнер_Key": guid(partner) if partner else NO_VARIANT, "Контрагент_Key": NO_VARIANT, "Организация_Key": guid(999),
        "ВидЦен_Key": KIND, "ЦенаВключаетНДС": True, "Типовое": partner is None,
    }  # fmt: skip
    return row | more


def keep(rt: Runtime, number: int, revision: int = 1) -> None:
    """A partner as 1C has sent it."""
    partner = Partner(guid(number), f"Партнёр {number}", True, revision=revision)
    payer = Counterparty(guid(number + 100), f"ООО «{number + 100}»", inn="7801234564", address="Казань")
    agreement = Contract(guid(number + 200), f"Соглашение {number + 200}", KIND, company_id=guid(999), prepayment=50)
    record = PartnerRecord(partner, (contact(number, partner.id),), (payer,), (agreement,))
    assert rt.partners.save(record, rt.clock()).outcome == "written"


def tell(one_c: OneC, number: int, **more: Any) -> None:
    """The same partner as 1C answers it."""
    one_c.entities["Catalog_Партнеры"].append(partner_row(number, **more))
    one_c.entities["Catalog_Контрагенты"].append(payer_row(number + 100, number))
    one_c.entities["Catalog_СоглашенияСКлиентами"].append(agreement_row(number + 200, number))


def night(aws: SimpleNamespace, rt: Runtime) -> ExchangeRun:
    with only_allowed(rt, "schedule_reconcile"):
        reconcile.schedule_reconcile(tick_event(), CONTEXT)  # type: ignore[attr-defined]
    with only_allowed(rt, "worker_rereads"):
        for message in queued(aws, "rereads"):
            assert rereads.worker_rereads(sqs_event(message), CONTEXT) == {"batchItemFailures": []}  # type: ignore[attr-defined]
    run = rt.exchange.run(rt.exchange.runs()[0].id)
    assert run is not None
    return run


def tallies(run: ExchangeRun, kind: str) -> Tally:
    total = Tally()
    for file in run.files:
        total = total.plus(file.tallies.get(kind, Tally()))
    return total


def test_what_is_the_same_is_not_written(aws: SimpleNamespace, rt: Runtime, one_c: OneC) -> None:
    """IN-08: three partners as 1C has them; the night changes nothing, and says so."""
    for number in (1, 2, 3):
        keep(rt, number)
        tell(one_c, number)
    before = [rt.partners.account(PartnerScope(guid(number))) for number in (1, 2, 3)]
    run = night(aws, rt)
    assert {file.state for file in run.files} == {FileState.DONE}
    assert tallies(run, "partners") == Tally(3, unchanged=3)
    assert [rt.partners.account(PartnerScope(guid(number))) for number in (1, 2, 3)] == before


def test_what_differs_is_put_right_and_nothing_else(aws: SimpleNamespace, rt: Runtime, one_c: OneC) -> None:
    keep(rt, 1)
    tell(one_c, 1, Description="Партнёр переименован")
    one_c.entities["Catalog_Контрагенты"][0] |= {"ИНН": "7709876543"}
    one_c.entities["Catalog_Контрагенты"].append(payer_row(150, 1))
    one_c.entities["Catalog_СоглашенияСКлиентами"].append(agreement_row(250, 1))
    one_c.entities["Catalog_СоглашенияСКлиентами"].append(agreement_row(251, 1, ВидЦен_Key=guid(5)))
    assert tallies(night(aws, rt), "partners") == Tally(1, written=1)
    account = rt.partners.account(PartnerScope(guid(1)))
    assert account is not None
    assert account.partner.name == "Партнёр переименован" and account.partner.portal_access
    assert {one.id: (one.inn, one.address) for one in account.counterparties} == {
        guid(101): ("7709876543", "Казань"), guid(150): ("7801234564", ""),
    }  # fmt: skip
    contracts = {one.id: one for one in account.contracts}
    assert contracts.keys() == {guid(201), guid(250)}  # one under prices we do not have would show none
    assert contracts[guid(201)].prepayment == 50
    assert account.members[0].phone
    assert tallies(night(aws, rt), "partners") == Tally(1, unchanged=1)


def keep_person(rt: Runtime) -> Any:
    """A partner with one person and two points of delivery, as 1C has sent them."""
    person = replace(contact(1, guid(1)), contact_id=guid(301), name="Иванов Иван")
    points = tuple(DeliveryAddress(guid(n), f"Точка {n}", "Казань, Баумана, 1") for n in (401, 402))
    record = PartnerRecord(Partner(guid(1), "Партнёр 1", True, revision=1), (person,), (), (), points)
    assert rt.partners.save(record, rt.clock()).outcome == "written"
    return person


def point_row(number: int, address: str, **more: Any) -> dict[str, Any]:
    details = [{"Тип": "Адрес", "Представление": address}]
    below = {"Parent_Key": guid(1), "Клиент": False, "Description": f"Точка {number}", "КонтактнаяИнформация": details}
    return partner_row(number, **below | more)


def test_people_and_points_of_delivery_are_put_right_too(aws: SimpleNamespace, rt: Runtime, one_c: OneC) -> None:
    """IN-08, AC-07: the login follows the phone in 1C; a phone that is any of his there stands."""
    person = keep_person(rt)
    people, partners = one_c.entities["Catalog_КонтактныеЛицаПартнеров"], one_c.entities["Catalog_Партнеры"]
    partners += [partner_row(1), point_row(401, "Казань, Баумана, 1"), point_row(402, "Казань, Баумана, 1")]
    people += [person_row(301, 1, ("Телефон", "8 (843) 200-00-00"), ("Телефон", person.phone)), person_row(309, 1)]
    assert tallies(night(aws, rt), "partners") == Tally(1, unchanged=1)
    people[0] = person_row(301, 1, ("Телефон", "8 916 555-00-77"), ("АдресЭлектроннойПочты", "NEW@dealer.example"))
    partners[1] = point_row(401, "Казань, Кремлёвская, 5")
    partners[2] |= {"DeletionMark": True}
    run = night(aws, rt)
    assert tallies(run, "partners").written == 1 and tallies(run, "delivery_addresses") == Tally(2, 2)
    account = rt.partners.account(PartnerScope(guid(1)))
    assert account is not None
    (member,) = account.members  # the other one of 1C's is nobody here
    assert (member.phone, member.email) == ("+79165550077", "new@dealer.example")
    user = rt.users.by_login("+79165550077")
    assert user and user.id == member.user_id
    assert [one.address for one in rt.partners.addresses(PartnerScope(guid(1)))] == ["Казань, Кремлёвская, 5"]
    people[0] |= {"DeletionMark": True}
    rt.clock.pass_by(days=1)  # type: ignore[attr-defined]
    night(aws, rt)
    account = rt.partners.account(PartnerScope(guid(1)))
    assert account and not account.members[0].portal_access


def test_a_base_that_publishes_no_people_is_told_and_the_rest_goes_on(aws: SimpleNamespace, rt: Runtime, one_c: OneC) -> None:
    keep(rt, 1)
    tell(one_c, 1)
    del one_c.entities["Catalog_КонтактныеЛицаПартнеров"]
    run = night(aws, rt)
    assert tallies(run, "partners") == Tally(1, unchanged=1)
    (problem,) = [problem for file in run.files for problem in file.problems]
    assert problem.name == "Catalog_КонтактныеЛицаПартнеров" and "Не сверено" in problem.reason


def test_a_deletion_mark_shuts_the_partner_out(aws: SimpleNamespace, rt: Runtime, one_c: OneC) -> None:
    keep(rt, 1)
    tell(one_c, 1, DeletionMark=True)
    night(aws, rt)
    account = rt.partners.account(PartnerScope(guid(1)))
    assert account is not None and not account.partner.portal_access


def test_the_flag_counts_where_1c_has_one(aws: SimpleNamespace, one_c: OneC, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERP_URL", one_c.url + "?access=" + quoted("ДоступВЛичныйКабинет"))
    made = Runtime(clock=TestClock())
    runtime.use(made)
    try:
        keep(made, 1)
        tell(one_c, 1, ДоступВЛичныйКабинет=False)
        night(aws, made)
        account = made.partners.account(PartnerScope(guid(1)))
        assert account is not None and not account.partner.portal_access
    finally:
        runtime.use(None)


def test_what_1c_pushed_after_the_question_is_newer(aws: SimpleNamespace, rt: Runtime, one_c: OneC) -> None:
    keep(rt, 1, revision=revision_of(rt.clock()) + 3_600_000)
    tell(one_c, 1, Description="Старое имя")
    assert tallies(night(aws, rt), "partners").written == 0
    account = rt.partners.account(PartnerScope(guid(1)))
    assert account is not None and account.partner.name == "Партнёр 1"


def test_a_partner_we_were_never_told_of_is_not_made(aws: SimpleNamespace, rt: Runtime, one_c: OneC) -> None:
    tell(one_c, 9)
    night(aws, rt)
    assert rt.partners.account(PartnerScope(guid(9))) is None


def test_pages_are_a_message_each_and_go_on_by_key(
    aws: SimpleNamespace, rt: Runtime, one_c: OneC, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(odata_reread, "PAGE", 10)
    for number in range(1, 26):
        tell(one_c, number)
    run = night(aws, rt)
    assert sum(file.name.startswith("partners/") for file in run.files) == 3
    assert tallies(run, "partners") == Tally(25, unchanged=25)


def card(rt: Runtime, item: str, **prices: str) -> None:
    rt.catalogue.save_cards([Item(item, "Дверь")], 1)
    given = tuple(ItemPrice(id.replace("_", "-"), Decimal(amount)) for id, amount in prices.items())
    rt.catalogue.save_prices([Offer(Item(item, ""), prices=given)], 1)


def test_prices_that_differ_are_put_right_beside_the_others(aws: SimpleNamespace, rt: Runtime, one_c: OneC) -> None:
    """IN-08, C-15: one column is compared, the others of the item stay; variants have their own."""
    variant = f"{guid(2)}#{guid(77)}"
    rt.catalogue.save_cards([Item(guid(1), "Дверь"), Item(guid(2), "Ручка"), Item(variant, "Ручка, хром")], 1)
    rt.catalogue.save_prices(
        [
            Offer(Item(guid(1), ""), prices=(ItemPrice(KIND, Decimal("10.00")), ItemPrice("other", Decimal(7)))),
            Offer(Item(guid(2), ""), prices=(ItemPrice(KIND, Decimal("20.00"), unit="шт"),)),
        ],
        1,
    )
    one_c.prices[KIND] = {guid(1): 11.5, guid(2): 20, variant: 21, guid(3): 5}
    assert tallies(night(aws, rt), "prices") == Tally(4, written=2, unchanged=2)
    read = rt.offers.read([guid(1), guid(2), variant])
    amounts = {item: {id: price.amount for id, price in prices.by_type.items()} for item, (prices, _) in read.items()}
    assert amounts == {
        guid(1): {KIND: Decimal("11.5"), "other": Decimal(7)},
        guid(2): {KIND: Decimal("20.00")},
        variant: {KIND: Decimal(21)},
    }
    assert tallies(night(aws, rt), "prices").written == 0


def test_prices_of_ut_stand_under_its_typical_agreement(aws: SimpleNamespace, rt: Runtime, one_c: OneC) -> None:
    """УТ 11 exports an agreement where others export the kind of price."""
    rt.catalogue.save_classifier([PriceType(TYPICAL, "Типовое опт")], 2)
    one_c.entities["Catalog_СоглашенияСКлиентами"].append(agreement_row(800, None))
    rt.catalogue.save_cards([Item(guid(1), "Дверь")], 1)
    one_c.prices[KIND] = {guid(1): 12}
    night(aws, rt)
    prices, _ = rt.offers.read([guid(1)])[guid(1)]
    assert prices.by_type[TYPICAL] == replace(prices.by_type[TYPICAL], amount=Decimal(12))


def test_a_kind_of_price_the_portal_does_not_have_is_told_of(aws: SimpleNamespace, rt: Runtime, one_c: OneC) -> None:
    one_c.entities["Catalog_ВидыЦен"].append({"Ref_Key": guid(701), "Description": "Закупочная", "DeletionMark": False})
    one_c.prices[guid(701)] = {guid(1): 12}
    problems = [problem for file in night(aws, rt).files for problem in file.problems]
    assert [(problem.id, problem.name) for problem in problems] == [(guid(701), "Закупочная")]


def test_a_1c_that_is_away_is_asked_again_and_the_night_ends(
    aws: SimpleNamespace, rt: Runtime, one_c: OneC, caplog: pytest.LogCaptureFixture
) -> None:
    one_c.fault = "500"
    reconcile.schedule_reconcile(tick_event(), CONTEXT)  # type: ignore[attr-defined]
    for message in list(queued(aws, "rereads")):
        for attempt in range(1, 7):
            again = message | {"attempt": attempt}
            assert rereads.worker_rereads(sqs_event(again), CONTEXT) == {"batchItemFailures": []}  # type: ignore[attr-defined]
    run = rt.exchange.run(rt.exchange.runs()[0].id)
    assert run is not None and {file.state for file in run.files} == {FileState.FAILED}
    assert PASSWORD not in caplog.text and quoted(PASSWORD) not in caplog.text


def test_between_nights_1c_is_left_alone(aws: SimpleNamespace, rt: Runtime, one_c: OneC) -> None:
    rereads_clock.schedule_rereads(tick_event(), CONTEXT)  # type: ignore[attr-defined]
    assert list(queued(aws, "rereads")) == []
