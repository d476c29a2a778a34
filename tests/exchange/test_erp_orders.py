"""What 1C says of orders, through the whole conversation: payments, shipments, and orders it made itself."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from chalicelib.adapters.dynamo.orders.order_items import head_item, line_chunks
from chalicelib.domain.exchange.exchange import ExchangeFile, FileState, Tally
from chalicelib.domain.orders.order_papers import PaperKind
from chalicelib.domain.orders.orders import Agreed, Approval, Fulfilment, Order, OrderLine, Payment
from chalicelib.domain.partners.partners import Contract, Counterparty, Partner, PartnerScope, SupplierScope
from chalicelib.formats.document_messages import DOCUMENT_EXAMPLE
from chalicelib.schedules import exchange as exchange_clock
from chalicelib.usecases.orders.adopt_order import retry_waiting
from chalicelib.usecases.ports.orders import ASIDE
from chalicelib.usecases.ports.partners import PartnerRecord
from tests.exchange import commerceml as cml
from tests.exchange.client import Sender
from tests.exchange.conversation import Session, Site
from tests.workers.allowed import only_allowed
from tests.workers.events import CONTEXT, tick_event

STAFF = SupplierScope("test")
PAYER = Counterparty("cp-1", "ООО «Дилер»", inn="7700000017", kpp="770001001")
CONTRACT = Contract("c-1", "Дилерский", "pt-dealer", "cp-1", "our-1", is_default=True)
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def placed(site: Site, number: str = "K-000017") -> Order:
    """An order of the portal's, as checkout leaves it."""
    line = OrderLine(1, "i1", "Дрель", "Д-1", "шт", Decimal(2), Decimal(100), 20000, Agreed(Decimal(2), Decimal(100), 20000))
    order = Order(number, "p-1", "u-1", "Иван", "cp-1", "c-1", "pt-dealer", None, "RUB", NOW, (line,))
    for item in (head_item(order), *line_chunks(order)):
        site.runtime.portal.put(item)
    return order


def partner(site: Site, id: str = "p-1", *payers: Counterparty, revision: int = 1) -> None:
    record = PartnerRecord(
        Partner(id, "Дилер", True, revision=revision), counterparties=payers or (PAYER,), contracts=(CONTRACT,)
    )
    site.runtime.partners.save(record, NOW)


def requisites(**values: str) -> str:
    pairs = ((name.replace("_", " "), value) for name, value in values.items())
    rows = (f"<Наименование>{name}</Наименование><Значение>{value}</Значение>" for name, value in pairs)
    return f"<ЗначенияРеквизитов>{''.join(f'<ЗначениеРеквизита>{row}</ЗначениеРеквизита>' for row in rows)}</ЗначенияРеквизитов>"


def document(number: str = "K-000017", inside: str = "", *, id: str = "guid-1", payer: str = "", quantity: int = 2) -> str:
    line = (
        f"<Товар><Ид>i1</Ид><Наименование>Дрель</Наименование><ЦенаЗаЕдиницу>100</ЦенаЗаЕдиницу>"
        f"<Количество>{quantity}</Количество><Сумма>{quantity * 100}</Сумма></Товар>"
    )
    return (
        f"<Документ><Ид>{id}</Ид><Номер>{number}</Номер><Дата>2026-11-20</Дата><Время>15:30:00</Время>"
        f"<ХозОперация>Заказ товара</ХозОперация><Валюта>RUB</Валюта>{payer}<Товары>{line}</Товары>{inside}</Документ>"
    )


def payer(id: str = "cp-1", inn: str = "", kpp: str = "") -> str:
    named = f"<Ид>{id}</Ид>" if id else ""
    return (
        f"<Контрагенты><Контрагент>{named}<Наименование>ООО «Дилер»</Наименование><Роль>Покупатель</Роль>"
        f"<ИНН>{inn}</ИНН><КПП>{kpp}</КПП></Контрагент></Контрагенты>"
    )


def paper(id: str, operation: str, amount: str, inside: str = "", tag: str = "ПодчиненныйДокумент") -> str:
    return (
        f"<{tag}><Ид>{id}</Ид><Номер>{id}</Номер><Дата>2026-11-21</Дата><ХозОперация>{operation}</ХозОперация>"
        f"<Сумма>{amount}</Сумма>{inside}</{tag}>"
    )


def told(site: Site, *documents: str) -> ExchangeFile:
    """The file as it is in the journal after 1C has sent these documents."""
    session = Session(site, kind="sale").check_in()
    session.send("orders-1.xml", cml.document("".join(documents)))
    with only_allowed(site.runtime, "worker_imports"):
        site.work()
    run = site.runtime.exchange.bound(_only_session(session), NOW)
    assert run
    file = site.runtime.exchange.file(run.id, "orders-1.xml")
    assert file and file.state is FileState.DONE, file
    return file


def _only_session(session: Session) -> str:
    import hashlib

    return hashlib.sha256(session.extra["sessid"].encode()).hexdigest()


def orders(site: Site) -> list[Order]:
    return list(site.runtime.orders.page(PartnerScope("p-1")).orders)


# --- what waited for them ---------------------------------------------------------------------------------------------

GUID = "7ab0c1d2-7d0e-11ee-9a52-00155d012345"


def state_waits(site: Site) -> None:
    """1C tells how far an order has come before it has told of the order."""
    told_state = {"id": GUID, "revision": 1, "lines": [{"item_id": "i1", "buckets": [{"status": "ready", "quantity": 2}]}]}
    node = site.runtime.exchange.node("1c")
    assert node
    sender = Sender(SimpleNamespace(runtime=site.runtime))  # type: ignore[arg-type]
    assert sender.post("order_states", [told_state]).body["results"][0]["outcome"] == "waiting"
    paper_of_order = DOCUMENT_EXAMPLE | {"id": "d1", "order": GUID, "partner_id": None}
    assert sender.post("documents", [paper_of_order]).body["results"][0]["outcome"] == "waiting"
    site.runtime.exchange.save_node(node)  # with its own password again


def test_a_state_that_waits_for_an_order_is_taken_with_the_file_that_brings_it(site: Site) -> None:
    """OR-04, OR-16: not when the clock strikes."""
    partner(site)
    state_waits(site)
    told(site, document("ТД-99", id=GUID, payer=payer()))
    (head,) = orders(site)
    assert head.fulfilment is Fulfilment.READY
    assert list(site.runtime.waiting.waiting_for("orders")) == []
    (head_of,) = [run for run in site.runtime.exchange.runs() if run.kind == "waiting"]
    run = site.runtime.exchange.run(head_of.id)
    assert run and run.files[0].tallies == {"order_states": Tally(1, 1), "documents": Tally(1, 1)}
    assert site.runtime.documents.announced("d1")


def test_a_state_of_an_order_that_waits_for_its_partner_comes_with_the_minute(site: Site) -> None:
    state_waits(site)
    told(site, document("ТД-99", id=GUID, payer=payer()))
    assert len(list(site.runtime.waiting.waiting_for("orders"))) == 2
    partner(site)
    with only_allowed(site.runtime, "schedule_exchange"):
        exchange_clock.schedule_exchange(tick_event(), CONTEXT)
    (head,) = orders(site)
    assert head.fulfilment is Fulfilment.READY and site.runtime.documents.announced("d1")


# --- payments and shipments -------------------------------------------------------------------------------------------


def test_ut_tells_of_full_payment_and_shipment(site: Site) -> None:
    """OR-04, OR-06, OR-12, OR-15: numbers and dates in requisites; approval, payment and shipment move each by itself."""
    placed(site)
    marks = requisites(Номер_по_1С="ТД-17", Проведен="true", Номер_оплаты_по_1С="П-1", Дата_оплаты_по_1С="2026-11-21T9:51:39")
    assert told(site, document(inside=marks)).tallies["orders"] == Tally(1, 1)
    order = site.runtime.orders.read(STAFF, "K-000017")
    assert (order.approval, order.fulfilment, order.payment) == (Approval.CONFIRMED, Fulfilment.NOT_STARTED, Payment.PAID)
    marks = requisites(Номер_по_1С="ТД-17", Проведен="true", Номер_отгрузки_по_1С="Р-1", Дата_отгрузки_по_1С="2026-11-22")
    told(site, document(inside=marks))
    order = site.runtime.orders.read(STAFF, "K-000017")
    assert (order.fulfilment, order.payment) == (Fulfilment.SHIPPED, Payment.PAID)
    assert [one.kind for one in order.papers] == [PaperKind.PAYMENT, PaperKind.SHIPMENT]


def test_unf_tells_of_parts_and_of_all_documents(site: Site) -> None:
    """OR-12, OR-15, DC-08: partial payments and shipments with their amounts, the act and the invoice beside them, twice."""
    placed(site)
    goods = "<Товары><Товар><Ид>i1</Ид><ЦенаЗаЕдиницу>100</ЦенаЗаЕдиницу><Количество>1</Количество></Товар></Товары>"
    below = (
        paper("pay-1", "Выплата безналичных денег", "50.50")
        + paper("ship-1", "Отпуск товара", "100", goods)
        + paper("sf-1", "Счет-фактура", "100")
    )
    sent = document(inside=f"<ПодчиненныеДокументы>{below}</ПодчиненныеДокументы>")
    for _ in range(2):
        told(site, sent)
    order, events = site.runtime.orders.with_events(STAFF, "K-000017")
    assert (order.payment, order.fulfilment) == (Payment.PARTIALLY_PAID, Fulfilment.PARTIALLY_SHIPPED)
    assert [(one.id, one.kind, one.amount) for one in order.papers] == [
        ("pay-1", PaperKind.PAYMENT, 5050),
        ("sf-1", PaperKind.OTHER, 10000),
        ("ship-1", PaperKind.SHIPMENT, 10000),
    ]
    assert len(events) == 1, "the second time nothing is new"


def test_bus_sends_a_payment_after_its_order(site: Site) -> None:
    """OR-15: alone, by the id of its order; and one of an order nobody knows is named in the journal."""
    placed(site)
    told(site, f"<Контейнер>{document()}</Контейнер>")
    basis = "<Основание>guid-1</Основание>"
    file = told(
        site,
        paper("pay-9", "Эквайринговая операция", "200", basis, "Документ"),
        paper("pay-8", "Эквайринговая операция", "1", "<Основание>guid-none</Основание>", "Документ"),
    )
    assert file.tallies["papers"] == Tally(2, 1, 0, 1) and file.problems[0].id == "guid-none"
    assert site.runtime.orders.read(STAFF, "K-000017").payment is Payment.PAID
    assert told(site, paper("pay-9", "Эквайринговая операция", "200", basis, "Документ")).tallies["papers"] == Tally(1, 0, 1)


def test_what_1c_deleted_is_cancelled(site: Site) -> None:
    """OR-04: by requisite or by element, and never removed."""
    placed(site)
    told(site, document(inside=requisites(ПометкаУдаления="true")))
    assert site.runtime.orders.read(STAFF, "K-000017").approval is Approval.CANCELLED


def test_what_fits_is_confirmed_and_what_does_not_waits_for_people(site: Site) -> None:
    """ST-11, ST-12, ST-15, OR-06: 1C reserved all and posted: confirmed by itself; it gave less: the dealer is asked."""
    placed(site, "K-000018")
    placed(site, "K-000019")
    told(
        site,
        document("K-000018", requisites(Проведен="true"), id="g-18"),
        document("K-000019", requisites(Проведен="true"), id="g-19", quantity=1),
    )
    states = {number: site.runtime.orders.read(STAFF, number).approval for number in ("K-000018", "K-000019")}
    assert states == {"K-000018": Approval.CONFIRMED, "K-000019": Approval.AWAITING_CLIENT}


# --- orders 1C made itself --------------------------------------------------------------------------------------------


def test_an_order_by_phone_appears_once_with_its_history(site: Site) -> None:
    """OR-05, OR-07: made in 1C, of the partner who has the payer; the next file of it changes it and doubles nothing."""
    partner(site)
    sent = document("ТД00-000042", requisites(Проведен="true"), payer=payer())
    for _ in range(2):
        assert told(site, sent).tallies["orders"] == Tally(1, 1)
    (head,) = orders(site)
    order, events = site.runtime.orders.with_events(PartnerScope("p-1"), head.number)
    assert (order.origin, order.erp_number, order.erp_id) == ("erp", "ТД00-000042", "guid-1")
    assert (order.counterparty_id, order.contract_id, order.price_type_id) == ("cp-1", "c-1", "pt-dealer")
    assert (order.placed_at, order.approval) == (datetime(2026, 11, 20, 12, 30, tzinfo=UTC), Approval.CONFIRMED)
    assert [line.agreed for line in order.lines] == [Agreed(Decimal(2), Decimal(100), 20000)]
    assert [event.kind for event in events] == ["placed"]
    told(site, document("ТД00-000042", requisites(Проведен="true", Оплачен="true"), payer=payer()))
    order, events = site.runtime.orders.with_events(PartnerScope("p-1"), head.number)
    assert (order.payment, len(events), len(orders(site))) == (Payment.PAID, 2, 1)
    assert site.runtime.outbox.pending("orders") == (), "1C has it already"


def test_the_same_number_in_another_year_is_another_order(site: Site) -> None:
    """OR-07: 1C counts anew every year; its id is the order's own."""
    partner(site)
    told(site, document("ТД-1", id="guid-2025", payer=payer()), document("ТД-1", id="guid-2026", payer=payer()))
    assert {order.erp_id for order in orders(site)} == {"guid-2025", "guid-2026"}


def test_a_payer_is_found_by_inn_and_kpp_where_the_id_is_strange(site: Site) -> None:
    """OR-03, OR-07: УТ writes ids of its own; two partners that share a payer are nobody's order."""
    partner(site)
    told(site, document("ТД-1", payer=payer("strange", "7700000017", "770001001")))
    assert [order.counterparty_id for order in orders(site)] == ["cp-1"]
    partner(site, "p-2", replace(PAYER, id="cp-2"))
    file = told(site, document("ТД-2", id="guid-2", payer=payer("strange", "7700000017", "770001001")))
    assert "у нескольких партнёров" in file.problems[0].reason and len(orders(site)) == 1


def test_an_order_of_an_unknown_payer_waits_and_is_not_lost(site: Site) -> None:
    """OR-07, IN-08: named in the journal, kept as it came last, and there once its partner is."""
    file = told(site, document("ТД-1", payer=payer()))
    assert file.tallies["orders"] == Tally(1, waiting=1)
    assert "ждёт" in file.problems[0].reason and dict(file.problems[0].params) == {"payer": "ООО «Дилер»"}
    told(site, document("ТД-1", payer=payer(), quantity=3))
    now = site.runtime
    stores = (now.orders, now.partners, now.waiting_orders, now.queues, now.clock)
    assert retry_waiting(*stores) == 0 and len(now.waiting_orders.all()) == 1
    partner(site)
    assert retry_waiting(*stores) == 1 and retry_waiting(*stores) == 0
    (head,) = orders(site)
    assert now.orders.read(STAFF, head.number).lines[0].quantity == 3 and now.waiting_orders.all() == ()


def test_the_clock_takes_it_once_its_partner_is_there(site: Site, aws: SimpleNamespace) -> None:
    """OR-07: under the very policy of the function."""
    told(site, document("ТД-1", requisites(Проведен="true"), payer=payer()))
    partner(site)
    with only_allowed(site.runtime, "schedule_exchange") as needed:
        exchange_clock.schedule_exchange(tick_event(), CONTEXT)
    assert len(orders(site)) == 1 and ("sqs:SendMessage", "arn:aws:sqs:eu-central-1:1:kabinet-test-documents") in needed


def test_the_dealers_answer_to_such_an_order_is_put_aside_for_people(site: Site) -> None:
    """OR-07: УТ would make a second order of it."""
    partner(site)
    told(site, document("ТД-1", payer=payer()))
    (order,) = orders(site)
    site.runtime.outbox.add("orders", order.number, {}, NOW)
    assert "<Номер>" not in Session(site, kind="sale").check_in().ask("query").text
    (row,) = site.runtime.outbox.pending(ASIDE)
    assert row.subject == order.number and "создан в самой 1С" in row.error


def test_a_number_like_ours_that_nobody_placed_is_refused(site: Site) -> None:
    partner(site)
    file = told(site, document("K-999999", payer=payer()))
    assert file.tallies["orders"] == Tally(1, 0, 0, 1) and orders(site) == []


@pytest.mark.parametrize("mark", ["Отменен", "ПометкаУдаления"])
def test_an_order_cancelled_before_anybody_saw_it_is_not_made(site: Site, mark: str) -> None:
    partner(site)
    told(site, document("ТД-1", requisites(**{mark: "true"}), payer=payer()))
    assert orders(site) == []


def test_orders_flow_both_ways(aws: SimpleNamespace) -> None:
    """OR-01, OR-02, OR-03, IN-08: `query` gives what was placed, of the company; the answer comes back; `success` ends it."""
    site = Site()
    partner(site)
    order = placed(site)
    site.runtime.outbox.add("orders", order.number, {}, NOW)
    session = Session(site, kind="sale").check_in()
    given = session.ask("query").text
    assert given.startswith("<?xml") and "<Номер>K-000017</Номер>" in given and "<ИНН>7700000017</ИНН>" in given
    assert session.ask("query").text.count("<Номер>") == 1, "until `success` it is given again"
    assert session.ask("success").body == b"success"
    assert "<Номер>" not in session.ask("query").text
    told(site, document(inside=requisites(Статус_заказа="Закрыт")))
    assert site.runtime.orders.read(STAFF, order.number).fulfilment is Fulfilment.COMPLETED
