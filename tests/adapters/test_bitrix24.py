"""Bitrix24 read and written through its REST, on a stand-in that keeps its pages, limits and odd types."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.adapters.erp.bitrix24 import Bitrix24
from chalicelib.adapters.erp.choice import bitrix24, order_receivers
from chalicelib.domain.catalogue.catalogue import Item, ItemGroup, Offer, PriceType
from chalicelib.domain.errors import Failing, Refused, Unavailable
from chalicelib.domain.orders.orders import ErpOrder
from chalicelib.domain.partners.partners import Contract
from chalicelib.formats.bitrix24 import PRICE_TYPE
from chalicelib.usecases.orders.export_orders import OutgoingOrder, outgoing_order
from chalicelib.usecases.ports.neighbours import Gone
from chalicelib.usecases.ports.partners import PartnerRecord
from tests.stand_ins.bitrix24 import CODE, TOKEN, Bitrix24Portal, serving
from tests.usecases.orders_world import World

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
GUID = "0d6a3c54-7d0c-11ee-9a52-00155d012345"


@pytest.fixture
def portal() -> Iterator[Bitrix24Portal]:
    with serving(Bitrix24Portal()) as made:
        yield made


def client(portal: Bitrix24Portal, more: str = "") -> Bitrix24:
    made = bitrix24(portal.url(more), lambda: NOW, private=True)
    assert made is not None
    made.rest.pause = portal.leak
    return made


def everything(client: Bitrix24, kind: str, since: datetime | None = None) -> list[Any]:
    found: list[Any] = []
    after = ""
    while True:
        page = client.page(kind, after, since)
        found += page.records
        after = page.next
        if not after:
            return found


# --- companies and contacts -------------------------------------------------------------------------------------------


def test_companies_come_with_their_people_and_payers(portal: Bitrix24Portal) -> None:
    """IN-01: flags, phones and requisites as Bitrix24 has them become a partner as 1C would send it."""
    portal.put("company", ID="7", TITLE="Северный крепёж", UF_CRM_KABINET="1")
    phones = [{"VALUE": "8 812 555-01-10", "VALUE_TYPE": "WORK"}, {"VALUE": "8 (921) 555-01-22", "VALUE_TYPE": "MOBILE"}]
    mail = [{"VALUE": "Ivan@Krepezh.example", "VALUE_TYPE": "WORK"}]
    portal.put("contact", NAME="Иван", LAST_NAME="Кузнецов", COMPANY_ID="7", PHONE=phones, EMAIL=mail, UF_CRM_KABINET="1")
    portal.put("contact", NAME="Без телефона", COMPANY_ID="7", UF_CRM_KABINET="1")
    portal.put("contact", NAME="Без доступа", COMPANY_ID="7", PHONE=[{"VALUE": "x", "VALUE_TYPE": "WORK"}], UF_CRM_KABINET="0")
    portal.put(
        "requisite", ENTITY_TYPE_ID="4", ENTITY_ID="7", NAME="ООО", RQ_COMPANY_NAME="ООО «СК»", RQ_INN="7801234564", RQ_KPP="1"
    )
    portal.put("requisite", ENTITY_TYPE_ID="4", ENTITY_ID="7", NAME="ИП Кузнецов", RQ_INN="780123456412")
    portal.put("requisite", ENTITY_TYPE_ID="3", ENTITY_ID="7", NAME="чужой", RQ_INN="1")
    page = client(portal).page("partners", "", None)
    [record] = page.records
    assert isinstance(record, PartnerRecord)
    assert (record.partner.id, record.partner.name, record.partner.portal_access) == ("b24-7", "Северный крепёж", True)
    first = record.contacts[0]
    assert (first.name, first.phone, first.email) == ("Кузнецов Иван", "+79215550122", "ivan@krepezh.example")
    assert [(one.contact_id, one.phone, one.portal_access) for one in record.contacts[1:]] == [
        ("b24-2", "", True), ("b24-3", "", False),
    ]  # fmt: skip
    assert record.counterparties is not None
    assert [(one.name, one.kind, one.inn) for one in record.counterparties] == [
        ("ООО «СК»", "legal_entity", "7801234564"), ("ИП Кузнецов", "sole_trader", "780123456412"),
    ]  # fmt: skip
    assert record.contracts == (Contract("b24-7", "Основные условия", PRICE_TYPE.id, is_default=True),)
    assert [problem.id for problem in page.problems] == ["b24-2"]


def test_the_flag_may_stand_in_another_field(portal: Bitrix24Portal) -> None:
    portal.put("company", TITLE="Открыт", UF_CRM_KABINET="1")
    with pytest.raises(Refused, match="UF_CRM_OTHER"):
        everything(client(portal, "&access=UF_CRM_OTHER"), "partners")


def test_pages_of_fifty_are_read_to_the_end_without_counting(portal: Bitrix24Portal) -> None:
    for number in range(1, 131):
        portal.put("company", ID=str(number), TITLE=f"Компания {number}", UF_CRM_KABINET="0")
        portal.put("contact", NAME=f"Контакт {number}", COMPANY_ID=str(number))
    records = everything(client(portal), "partners")
    assert [record.partner.id for record in records] == [f"b24-{number}" for number in range(1, 131)]
    assert all(len(record.contacts) == 1 for record in records)
    assert portal.calls["crm.company.list"] == 3


def test_more_contacts_than_a_page_come_by_start(portal: Bitrix24Portal) -> None:
    portal.put("company", ID="1", TITLE="Большая")
    for number in range(120):
        portal.put("contact", NAME=f"Контакт {number}", COMPANY_ID="1")
    [record] = everything(client(portal), "partners")
    assert len(record.contacts) == 120
    assert portal.calls["crm.contact.list"] == 3


def test_only_what_changed_since_is_read_and_a_changed_contact_brings_his_company(portal: Bitrix24Portal) -> None:
    portal.put("company", ID="1", TITLE="Давно", DATE_MODIFY="2026-11-20T12:00:00+00:00")
    portal.put("company", ID="2", TITLE="Сейчас", DATE_MODIFY="2026-11-21T08:59:00+00:00")
    portal.put("contact", NAME="Новый", COMPANY_ID="1", DATE_MODIFY="2026-11-21T08:59:00+00:00")
    since = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
    read = client(portal)
    assert [record.partner.name for record in everything(read, "partners", since)] == ["Сейчас"]
    assert [record.partner.name for record in everything(read, "contacts", since)] == ["Давно"]


def test_one_object_and_one_that_is_gone(portal: Bitrix24Portal) -> None:
    portal.put("company", ID="5", TITLE="Пятая")
    portal.put("contact", ID="9", NAME="Иван", COMPANY_ID="5")
    read = client(portal)
    assert [record.partner.id for record in read.one("contacts", "9").records] == ["b24-5"]  # type: ignore[attr-defined]
    assert read.one("partners", "77").records == (Gone("partners", "b24-77"),)
    assert read.one("deals", "77").records == (Gone("orders", "bitrix24-deal-77"),)
    assert read.one("catalogue", "77").records == (Item("b24-77", "", deleted=True),)
    assert read.one("contacts", "77").records == ()


# --- catalogue --------------------------------------------------------------------------------------------------------


def test_sections_come_before_products_and_prices_after_both(portal: Bitrix24Portal) -> None:
    portal.put("productsection", ID="1", NAME="Двери", SECTION_ID=None)
    portal.put("productsection", ID="2", NAME="Входные", SECTION_ID="1")
    portal.put(
        "product", ID="10", NAME="Дверь", SECTION_ID="2", PRICE="1500.50", CURRENCY_ID="RUB", MEASURE="9", VAT_ID="1", ACTIVE="Y",
        PROPERTY_98={"valueId": "1", "value": "D-10"},
    )  # fmt: skip
    portal.put("product", ID="11", NAME="Из 1С", XML_ID=GUID.upper(), PRICE=None, ACTIVE="N", VAT_ID="3", CODE="art")
    found = everything(client(portal, "&article=PROPERTY_98"), "catalogue")
    assert [type(record) for record in found] == [PriceType, ItemGroup, ItemGroup, Item, Item, Offer, Offer]
    door, foreign = found[3], found[4]
    assert (door.id, door.sku, door.unit, door.vat_rate, door.group_ids) == ("b24-10", "D-10", "шт", Decimal(20), ("b24-s-2",))
    assert (foreign.id, foreign.deleted, foreign.vat_rate, foreign.sku) == (GUID, True, None, "art")
    assert found[5].prices[0].amount == Decimal("1500.50")
    assert found[6].prices == ()


def test_a_catalogue_of_many_pages_is_whole(portal: Bitrix24Portal) -> None:
    for number in range(1, 61):
        portal.put("productsection", ID=str(number), NAME=f"Раздел {number}")
    for number in range(1, 106):
        portal.put("product", ID=str(number), NAME=f"Товар {number}", PRICE="1.00")
    found = everything(client(portal), "catalogue")
    assert sum(isinstance(record, ItemGroup) for record in found) == 60
    assert len({record.id for record in found if isinstance(record, Item)}) == 105


# --- orders -----------------------------------------------------------------------------------------------------------


def outgoing(items: dict[str, int]) -> tuple[World, OutgoingOrder]:
    world = World({id: ("100.50", 10) for id in items})
    for id, quantity in items.items():
        world.put(id, quantity)
    partners: Any = world
    return world, outgoing_order(world.orders, partners, world.place(comment="Позвоните"))


def test_an_order_becomes_a_deal_with_rows(portal: Bitrix24Portal) -> None:
    """IN-01, IN-02, OR-04."""
    portal.put("product", ID="10", NAME="Дверь")
    portal.put("product", ID="11", NAME="Из 1С", XML_ID=GUID)
    _, order = outgoing({"b24-10": 2, GUID: 3, "unknown": 1})
    receiver = client(portal)
    receiver.receive(order, "k")
    [deal] = portal.deals()
    assert (deal["ORIGINATOR_ID"], deal["ORIGIN_ID"], deal["STAGE_ID"]) == ("kabinet", order.order.number, "NEW")
    assert (deal["OPPORTUNITY"], deal["CURRENCY_ID"], deal["COMMENTS"]) == ("603.00", "RUB", "Позвоните")
    rows = portal.rows[deal["ID"]]
    assert [(row["PRODUCT_ID"], row["QUANTITY"], row["PRICE"]) for row in rows] == [(10, 2, 100.5), (11, 3, 100.5), (0, 1, 100.5)]
    assert rows[2]["PRODUCT_NAME"] == "Товар unknown (ART-unknown)"


@pytest.mark.parametrize("call", range(1, 6))
@pytest.mark.parametrize("fault", ["hangs up", "commits, hangs up", "500"])
def test_an_order_given_again_after_any_fault_is_one_deal(portal: Bitrix24Portal, call: int, fault: str) -> None:
    """OR-01: a lost answer, before or after the work was done, makes no twin and no doubled rows."""
    portal.put("product", ID="10", NAME="Дверь", XML_ID=GUID)
    _, order = outgoing({GUID: 2})
    receiver = client(portal)
    portal.faults = [""] * (call - 1) + [fault]
    with pytest.raises(Unavailable):
        receiver.receive(order, "k")
    portal.faults = []
    for _ in range(2):
        receiver.receive(order, "k")
    [deal] = portal.deals()
    assert [(row["PRODUCT_ID"], row["QUANTITY"]) for row in portal.rows[deal["ID"]]] == [(10, 2)]


def test_what_the_manager_has_changed_is_not_taken_back(portal: Bitrix24Portal) -> None:
    world, order = outgoing({"a": 5})
    receiver = client(portal)
    receiver.receive(order, "k")
    [deal] = portal.deals()
    portal.rows[deal["ID"]][0]["QUANTITY"] = 3
    deal |= {"STAGE_ID": "PREPARATION"}
    receiver.receive(order, "k2")
    assert (portal.rows[deal["ID"]][0]["QUANTITY"], deal["STAGE_ID"]) == (3, "PREPARATION")
    [answer] = receiver.page("deals", "", None).records
    assert isinstance(answer, ErpOrder)
    world.answer(answer)
    world.orders.change(*_confirmed(world, order.order.number))
    partners: Any = world
    receiver.receive(outgoing_order(world.orders, partners, order.order.number), "k3")
    assert deal["STAGE_ID"] == "PREPAYMENT_INVOICE"
    deal |= {"STAGE_ID": "WON", "STAGE_SEMANTIC_ID": "S"}
    receiver.receive(outgoing_order(world.orders, partners, order.order.number), "k4")
    assert deal["STAGE_ID"] == "WON"


def _confirmed(world: World, number: str) -> tuple[Any, ...]:
    from dataclasses import replace

    from chalicelib.domain.orders.orders import Approval, OrderEvent

    before = world.read(number)
    after = replace(before, approval=Approval.CONFIRMED, revision=before.revision + 1)
    return before, after, OrderEvent(world.clock(), "Иван", "confirmed", "Изменения подтверждены")


def test_a_deal_is_read_as_the_answer_to_its_order(portal: Bitrix24Portal) -> None:
    portal.put("product", ID="11", NAME="Из 1С", XML_ID=GUID)
    _, order = outgoing({GUID: 2})
    receiver = client(portal)
    receiver.receive(order, "k")
    [deal] = portal.deals()
    assert receiver.page("deals", "", None).records == ()  # nobody has looked at it yet
    deal["STAGE_ID"] = "EXECUTING"
    portal.rows[deal["ID"]] += [{"ID": "9", "PRODUCT_ID": 0, "PRODUCT_NAME": "Доставка", "PRICE": 500, "QUANTITY": "1.0000"}]
    portal.put("deal", TITLE="Чужая", STAGE_ID="EXECUTING", ORIGINATOR_ID=None, ORIGIN_ID=None)
    [answer] = receiver.page("deals", "", None).records
    assert isinstance(answer, ErpOrder)
    assert (answer.number, answer.erp_id, answer.state) == (order.order.number, "bitrix24-deal-1", "Готов к обеспечению")
    line, extra = answer.lines
    assert (line.item_id, line.quantity, line.price, line.amount) == (GUID, Decimal(2), Decimal("100.5"), 20100)
    assert (line.vat_rate, line.vat_amount) == (Decimal(20), 3350)
    assert (extra.item_id, extra.amount, extra.vat_amount) == ("b24-row-9", 50000, 0)


def test_a_stage_nobody_has_mapped_is_told_by_its_name_and_a_table_can_map_it(portal: Bitrix24Portal) -> None:
    portal.put("deal", STAGE_ID="C5:UC_7", ORIGINATOR_ID="kabinet", ORIGIN_ID="K-000001")
    [unknown] = client(portal).page("deals", "", None).records
    [mapped] = client(portal, "&stage.UC_7=%D0%97%D0%B0%D0%BA%D1%80%D1%8B%D1%82").page("deals", "", None).records
    assert (unknown.state, mapped.state) == ("C5:UC_7", "Закрыт")  # type: ignore[attr-defined]


def test_rows_and_documents_of_fifty_deals_take_two_requests(portal: Bitrix24Portal) -> None:
    for number in range(1, 121):
        portal.put("deal", STAGE_ID="WON", ORIGINATOR_ID="kabinet", ORIGIN_ID=f"K-{number:06d}")
        portal.rows[str(number)] = [{"ID": "1", "PRODUCT_ID": 0, "PRICE": number, "QUANTITY": 1}]
    answers = everything(client(portal), "deals")
    assert [answer.lines[0].amount for answer in answers] == [number * 100 for number in range(1, 121)]
    assert (portal.calls["batch"], portal.calls["crm.deal.list"]) == (6, 3)  # and as many for their documents


# --- limits and errors ------------------------------------------------------------------------------------------------


def test_too_many_requests_are_made_again_a_little_later(portal: Bitrix24Portal) -> None:
    for number in range(1, 301):
        portal.put("company", ID=str(number), TITLE=f"Компания {number}")
    portal.bucket = 3
    assert len(everything(client(portal), "partners")) == 300
    assert portal.waited and max(portal.waited) <= 16


def test_a_limit_that_does_not_end_is_given_up(portal: Bitrix24Portal) -> None:
    portal.bucket, portal.level = 1, 10_000
    with pytest.raises(Unavailable, match="QUERY_LIMIT_EXCEEDED"):
        client(portal).page("partners", "", None)
    assert sum(portal.waited) < 20


@pytest.mark.parametrize(("fault", "error"), [("401", Unavailable), ("429", Unavailable), ("502", Unavailable), ("500", Failing)])
def test_errors_by_their_kind(portal: Bitrix24Portal, fault: str, error: type[Exception]) -> None:
    portal.faults = [fault]
    with pytest.raises(error):
        client(portal).page("partners", "", None)


def test_the_webhooks_code_gets_into_no_error(portal: Bitrix24Portal) -> None:
    portal.faults = ["500", "hangs up", "404"]
    read = client(portal)
    for _ in range(3):
        with pytest.raises(Unavailable) as caught:
            read.page("partners", "", None)
        assert CODE not in f"{caught.value}{caught.value!r}{read.rest.caller.address!r}"
        assert TOKEN not in f"{caught.value}{read.rest.caller.address!r}"


def test_events_are_known_by_their_token_alone(portal: Bitrix24Portal) -> None:
    read = client(portal)
    assert read.knows(TOKEN)
    assert not read.knows("") and not read.knows(TOKEN + "x") and not read.knows("ю")
    silent = bitrix24(portal.url().replace(TOKEN, ""), lambda: NOW, private=True)
    assert silent is not None and not silent.knows("")


def test_a_bitrix24_may_be_read_and_not_written_to(portal: Bitrix24Portal) -> None:
    assert bitrix24("http://u:p@host/base", lambda: NOW, private=True) is None
    assert isinstance(order_receivers(portal.url(), lambda: NOW, private=True)[0], Bitrix24)
