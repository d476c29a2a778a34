"""The modules of the 1C extension at work: they run as they are, and talk to the real portal over its routes."""

from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import runtime
from chalicelib.domain.partners.partners import PartnerScope
from tests.exchange.client import Sender
from tests.infra.bsl.base import Base
from tests.infra.bsl.values import number
from tests.infra.bsl.world import (
    AGREEMENT,
    COMPANY,
    DOOR,
    GREY,
    ORDERED,
    PARTNER,
    PAYER,
    PRICES,
    SHIPMENT,
    STORE,
    base_of,
    line,
    ref,
    sent,
)
from tests.people import CountingHasher, Portal


@pytest.fixture
def sender(aws: SimpleNamespace) -> Iterator[Sender]:
    yield Sender(Portal(hasher=CountingHasher()))
    runtime.use(None)


@pytest.fixture
def base(sender: Sender) -> Base:
    return base_of(sender)


def test_a_written_partner_reaches_the_portal_with_all_that_hangs_on_it(base: Base, sender: Sender) -> None:
    """IN-05, PT-01, PT-02: saving the card in 1C sends partner, person, payer, terms, address and manager."""
    base.changed("Партнеры", PARTNER)
    base.exchange()
    assert (base.waiting(), base.log) == ([], [])
    assert base.outcome(PARTNER.guid)["Итог"] == "written"
    scope = PartnerScope(PARTNER.guid)
    account = sender.portal.runtime.partners.account(scope)
    assert account and account.manager
    assert (account.partner.portal_access, account.partner.region, account.manager.name) == (
        True,
        "Санкт-Петербург",
        "Смирнова О. П.",
    )
    contract = account.contracts[0]
    assert (contract.price_type_id, contract.counterparty_id, contract.company_id) == (PRICES.guid, PAYER.guid, None)
    assert (contract.currency, contract.prepayment, contract.payment_deferral) == ("RUB", 30, 14)
    assert account.counterparties[0].address == "Санкт-Петербург, 5-я линия, 10"
    (address,) = sender.portal.runtime.partners.addresses(scope)
    assert (address.address, str(address.max_load_kg), str(address.latitude)) == ("Софийская ул., 60", "5000", "59.844112")


def test_the_mobile_phone_is_taken_before_the_office_one(base: Base) -> None:
    """AC-07."""
    base.changed("Партнеры", PARTNER)
    base.exchange()
    assert sent(base, "partners")[0]["contacts"][0]["phone"] == "+7 (921) 555-01-22"


def test_what_did_not_change_is_not_sent_again(base: Base) -> None:
    base.changed("Партнеры", PARTNER)
    base.exchange()
    base.changed("Партнеры", PARTNER)
    base.exchange()
    assert (len(sent(base, "partners")), base.waiting()) == (1, [])


def test_a_changed_partner_goes_with_a_greater_revision(base: Base, sender: Sender) -> None:
    base.changed("Партнеры", PARTNER)
    base.exchange()
    base.rows["Партнеры"][0]["Наименование"] = "Северный крепёж и метиз"
    base.now = datetime(2020, 1, 1)  # the server's clock was set back
    base.changed("Партнеры", PARTNER)
    base.exchange()
    first, second = sent(base, "partners")
    assert second["revision"] > first["revision"]
    account = sender.portal.runtime.partners.account(PartnerScope(PARTNER.guid))
    assert account and account.partner.name == "Северный крепёж и метиз"


def test_a_reply_that_got_lost_is_asked_for_again_with_the_same_key(base: Base) -> None:
    line(base).cut = ["after"]
    base.changed("Партнеры", PARTNER)
    base.exchange()
    bodies = sent(base, "partners")
    assert bodies == [bodies[0]] * 2
    assert (base.outcome(PARTNER.guid)["Итог"], base.waiting(), base.log) == ("written", [], [])


def test_while_the_portal_is_away_everything_waits(base: Base) -> None:
    line(base).cut = ["before"] * 4
    base.changed("Партнеры", PARTNER)
    base.exchange()
    assert base.waiting() == [PARTNER.guid]
    assert "Нет связи с порталом" in base.log[0]
    base.exchange()
    assert (base.outcome(PARTNER.guid)["Итог"], base.waiting()) == ("written", [])


def test_a_refusal_is_kept_in_the_journal_in_russian(base: Base) -> None:
    base.rows["Контрагенты"][0]["Вид"] = "другой"
    base.changed("Партнеры", PARTNER)
    base.exchange()
    row = base.outcome(PARTNER.guid)
    assert (row["Итог"], base.waiting()) == ("refused", [])
    assert "Северный крепёж" in row["Причина"] and "counterparties[0].kind" in row["Причина"]
    base.rows["Контрагенты"][0]["Вид"] = "legal_entity"
    base.changed("Партнеры", PARTNER)
    base.exchange()
    assert base.outcome(PARTNER.guid)["Итог"] == "written"


def test_a_partner_that_is_no_customer_any_more_is_marked_deleted(base: Base, sender: Sender) -> None:
    """AC-10: the portal closes the access; 1C never simply falls silent about a record."""
    base.changed("Партнеры", PARTNER)
    base.exchange()
    base.rows["Партнеры"].clear()
    base.changed("Партнеры", PARTNER)
    base.exchange()
    base.changed("Партнеры", PARTNER)
    base.exchange()
    assert [record["deletion_mark"] for record in sent(base, "partners")] == [False, True]
    account = sender.portal.runtime.partners.account(PartnerScope(PARTNER.guid))
    assert account and not account.partner.portal_access


def test_an_object_written_while_it_is_being_sent_is_sent_again(base: Base) -> None:
    base.changed("Партнеры", PARTNER)
    send = line(base)

    def slow(*request: Any) -> tuple[int, bytes]:
        if base.rows["Партнеры"][0]["Наименование"] == "Северный крепёж":
            base.rows["Партнеры"][0]["Наименование"] = "Северный крепёж и метиз"
            base.changed("Партнеры", PARTNER)
        return send(*request)

    base.send = slow
    base.exchange()
    base.send = send
    assert [record["name"] for record in sent(base, "partners")] == ["Северный крепёж", "Северный крепёж и метиз"]
    assert base.waiting() == []


def test_our_company_goes_with_its_bank(base: Base, sender: Sender) -> None:
    bank = {"Банк": "ПАО Сбербанк", "БИК": "044525225", "КоррСчет": "3" * 20, "РасчетныйСчет": "4" * 20}
    card = {"Ссылка": COMPANY, "Наименование": "ООО «Оптовик»", "НаименованиеПолное": "Общество «Оптовик»"}
    base.rows["Организации"] = [
        card | {"ИНН": "7701234560", "КПП": "770101001", "Руководитель": "Орлов С. В.", "Бухгалтер": None} | bank
    ]
    base.changed("Организации", COMPANY)
    base.exchange()
    company = sender.portal.runtime.partners.company(COMPANY.guid)
    assert company and (company.bik, company.bank_account, company.accountant) == ("044525225", "4" * 20, "")


def test_terms_and_settlements_follow_their_partner(base: Base) -> None:
    """PT-09: individual prices, a credit limit, what was shipped and paid."""
    price = {"Ссылка": AGREEMENT, "Партнер": PARTNER, "Номенклатура": DOOR, "Валюта": "RUB", "Окончание": datetime(2027, 1, 1)}
    base.rows["ИндивидуальныеЦены"] = [
        price | {"Характеристика": None, "Цена": number("4500.505"), "Начало": datetime(1, 1, 1)},
        price | {"Характеристика": GREY, "Цена": number(4700), "Начало": datetime(2026, 11, 1)},
    ]
    base.rows["КредитныеЛимиты"] = [
        {"Ссылка": PAYER, "Партнер": PARTNER, "Договор": None, "Сумма": number(500000), "Валюта": "RUB"}
    ]
    movement = {"Партнер": PARTNER, "Договор": AGREEMENT, "Контрагент": PAYER, "Валюта": "RUB", "Документ": "Реализация"}
    base.rows["Взаиморасчеты"] = [
        movement
        | {
            "Ссылка": SHIPMENT,
            "Дата": datetime(2026, 11, 20, 15, 30),
            "Номер": "УТ-000123",
            "Вид": "shipment",
            "Сумма": number(-5),
        }
    ]
    for entity, changed in [
        ("Партнеры", PARTNER),
        ("ИндивидуальныеЦены", AGREEMENT),
        ("КредитныеЛимиты", PAYER),
        ("Взаиморасчеты", SHIPMENT),
    ]:
        base.changed(entity, changed)
    base.exchange()
    assert (base.waiting(), base.log) == ([], [])
    first, second = sent(base, "individual_prices")
    assert (first["id"], second["id"]) == (AGREEMENT.guid, f"{AGREEMENT.guid}#2")
    assert (first["price"], first["valid_from"], first["valid_to"]) == (4500.505, None, "2027-01-01")
    assert second["item_id"] == f"{DOOR.guid}#{GREY.guid}"
    (movement_sent,) = sent(base, "settlements")
    assert (movement_sent["kind"], movement_sent["date"]) == ("correction", "2026-11-20")
    assert {base.outcome(one)["Итог"] for one in (first["id"], second["id"], SHIPMENT.guid)} == {"written"}


def test_a_line_removed_from_an_agreement_takes_its_price_away(base: Base) -> None:
    row = {"Ссылка": AGREEMENT, "Партнер": PARTNER, "Номенклатура": DOOR, "Валюта": "RUB", "Начало": None, "Окончание": None}
    base.rows["ИндивидуальныеЦены"] = [row | {"Характеристика": one, "Цена": number(10)} for one in (None, GREY)]
    base.changed("Партнеры", PARTNER)
    base.changed("ИндивидуальныеЦены", AGREEMENT)
    base.exchange()
    base.rows["ИндивидуальныеЦены"].pop()
    base.changed("ИндивидуальныеЦены", AGREEMENT)
    base.exchange()
    gone = sent(base, "individual_prices")[-1]
    assert (gone["id"], gone["deletion_mark"]) == (f"{AGREEMENT.guid}#2", True)
    assert (base.outcome(gone["id"])["Итог"], base.waiting()) == ("written", [])


def test_a_settlement_that_comes_before_its_partner_waits_on_the_portal(base: Base) -> None:
    base.rows["КредитныеЛимиты"] = [
        {"Ссылка": PAYER, "Партнер": PARTNER, "Договор": None, "Сумма": number(1000), "Валюта": "RUB"}
    ]
    base.changed("КредитныеЛимиты", PAYER)
    base.exchange()
    assert (base.outcome(PAYER.guid)["Итог"], base.waiting()) == ("waiting", [])


def test_supply_is_compared_with_what_was_sent_and_what_vanished_is_emptied(base: Base) -> None:
    """SE-03, CT-09: lots on their way; a lot that came is not promised any more."""
    lot = {"Номенклатура": DOOR, "Характеристика": None, "Партия": ORDERED, "Склад": STORE, "Дата": datetime(2027, 4, 15)}
    base.rows["ОжидаемыеПоставки"] = [lot | {"Количество": number(70), "Зарезервировано": number(0)}]
    base.exchange()
    base.exchange()
    (told,) = sent(base, "incoming_supply")
    assert told["lots"] == [{"id": ORDERED.guid, "warehouse_id": STORE.guid, "eta": "2027-04-15", "quantity": 70, "reserved": 0}]
    base.rows["ОжидаемыеПоставки"].clear()
    base.exchange()
    base.exchange()
    assert [record["lots"] for record in sent(base, "incoming_supply")] == [told["lots"], []]


def test_an_order_tells_the_states_it_knows_and_leaves_out_the_others(base: Base) -> None:
    order = ref("Документ.ЗаказКлиента", "К-17")
    base.rows["СостоянияЗаказов"] = [{"Ссылка": order, "Состояние": "Ожидается обеспечение", "Оплачено": number("150.005")}]
    row = {"Владелец": order, "Номенклатура": DOOR, "Характеристика": None, "Этап": "", "Дата": datetime(2027, 4, 15)}
    base.rows["СтрокиЗаказов"] = [
        row | {"Состояние": "К обеспечению", "Количество": number(3)},
        row | {"Состояние": "Отгрузить", "Количество": number(2)},
        row | {"Состояние": "Своё состояние базы", "Количество": number(1)},
    ]
    base.changed("СостоянияЗаказов", order)
    base.exchange()
    (told,) = sent(base, "order_states")
    assert (told["id"], told["paid_amount"]) == (order.guid, 150.01)
    assert [(part["status"], part["quantity"]) for part in told["lines"][0]["buckets"]] == [("shortage", 3), ("ready", 2)]
    assert base.outcome(order.guid)["Итог"] == "waiting"
