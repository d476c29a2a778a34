"""From a confirmed order to the invoice in the partner's documents and the letter about it, wherever the process dies."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from chalicelib.adapters.dynamo.notifications import DynamoNotifications
from chalicelib.adapters.dynamo.partners.partners import DynamoPartners
from chalicelib.adapters.invoice_pdf import print_invoice
from chalicelib.domain.access.users import Membership, Role
from chalicelib.domain.documents import Document
from chalicelib.domain.errors import NotFound, Refused
from chalicelib.domain.partners.partners import Contract, Counterparty, Partner, PartnerScope, SupplierScope
from chalicelib.usecases.documents.issue_invoice import issue_invoice
from chalicelib.usecases.notifications.spread import spread_notification
from chalicelib.usecases.ports.orders import OutboxRow
from chalicelib.usecases.ports.partners import PartnerRecord
from infra.bench.invoice import COMPANY
from tests.stand_ins.files import MemoryFiles
from tests.usecases.orders_world import PRICE_TYPE, Died, World, answer_to

SCOPE = PartnerScope("p-1")
STAFF = SupplierScope("test")
PEOPLE = (
    Membership("", "p-1", "Ольга", "+79160000001", "olga@dealer.example", Role.ACCOUNT_HEAD, contact_id="k1"),
    Membership("", "p-1", "Пётр", "+79160000002", "petr@dealer.example", Role.EMPLOYEE, contact_id="k2"),
    Membership("", "p-1", "Без почты", "+79160000003", "", Role.EMPLOYEE, contact_id="k3"),
    Membership("", "p-1", "Уволен", "+79160000004", "gone@dealer.example", portal_access=False, contact_id="k4"),
)


class Office:
    """The world of orders with a partner, our company, a file store and the worker that prints."""

    def __init__(self, *, contract: str = "Договор поставки", vat_included: bool = True) -> None:
        self.world = World({"a": ("100.50", 10), "b": ("7.25", 50)})
        self.partners = DynamoPartners(self.world.portal)
        self.files = MemoryFiles()
        self.partners.save(
            PartnerRecord(
                Partner("p-1", "Дилер", True, revision=1),
                contacts=PEOPLE,
                counterparties=(Counterparty("cp-1", "ООО «Вектор»", full_name="ООО «Вектор Комплект»", inn="5401987654"),),
                contracts=(Contract("c-1", contract, PRICE_TYPE, "cp-1", number="45/26", vat_included=vat_included),),
            ),
            self.world.now,
        )
        self.partners.save_company(replace(COMPANY, id="our-1"))

    def order(self) -> str:
        """An order 1C has cut: it waits for the dealer."""
        self.world.put("a", 5)
        self.world.put("b", 4)
        number = self.world.place()
        self.world.answer(answer_to(self.world.read(number), cut={"a": 3}))
        return number

    def work(self, row: OutboxRow | None = None) -> Document | None:
        """One message of the queue; for the oldest row there is, if none is named."""
        return issue_invoice(
            self.world.orders, self.partners, self.world.documents, self.files, self.world.outbox, self.world.queues,
            print_invoice, row_id=(row or self.rows()[0]).id,
        )  # fmt: skip

    def rows(self) -> tuple[OutboxRow, ...]:
        return self.world.outbox.pending("documents")

    def letters(self) -> list[dict[str, str]]:
        """What people get of documents; of orders they are told elsewhere."""
        stores = (self.world.outbox, self.partners, DynamoNotifications(self.world.portal), self.world.queues)
        for row in self.announced():
            spread_notification(*stores, self.world.clock, row_id=row.id, public_url="https://b2b.example")
        return [dict(row.body) for row in self.world.outbox.pending("messages")]

    def announced(self) -> list[OutboxRow]:
        return [row for row in self.world.outbox.pending("notifications") if row.body["event"] == "document"]

    def text(self, document: Document) -> str:
        pages = PdfReader(BytesIO(self.files.bodies[document.key])).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_confirmed_order_has_an_invoice_with_its_payer(office: Office) -> None:
    """DC-02, DC-03, DC-04: made without a manager, of 1C's figures, with the paying counterparty."""
    number = office.order()
    assert office.rows() == ()
    office.world.confirm(number)
    document = office.work()
    assert document is not None
    assert office.world.documents.of_order(SCOPE, number) == (document,)
    assert (document.amount, document.currency, document.status) == (33050, "RUB", "issued")
    assert document.key == f"documents/p-1/{document.id}.pdf"
    text = office.text(document)
    for words in (
        f"Счёт на оплату № ЗК-{number} от 21 ноября 2026 г.",
        "Поставщик: Общество с ограниченной ответственностью «Торговый дом «Опора»",
        "Покупатель: ООО «Вектор Комплект», ИНН 5401987654",
        f"Основание: Договор поставки № 45/26, заказ № {number}",
        "1 ART-a Товар a 3 шт 100,50 301,50",
        "2 ART-b Товар b 4 шт 7,25 29,00",
        "Всего к оплате: 330,50",
        "Триста тридцать рублей 50 копеек",
    ):
        assert words in text
    assert office.rows() == ()


def test_the_partners_people_hear_of_it(office: Office) -> None:
    """DC-06: those with access and an address get a letter with the link into the portal; the sender is told at once."""
    number = office.order()
    office.world.confirm(number)
    document = office.work()
    assert document is not None
    [row] = office.announced()
    assert ("messages", {"notification": row.id}) in [sent[:2] for sent in office.world.queues.sent]
    letters = office.letters()
    assert sorted(letter["to"] for letter in letters) == ["olga@dealer.example", "petr@dealer.example"]
    letter = next(letter for letter in letters if letter["to"].startswith("olga"))
    assert letter["channel"] == "mail"
    assert letter["subject"] == f"Счёт на оплату № ЗК-{number} от 21.11.2026"
    assert "Здравствуйте, Ольга!" in letter["text"]
    assert "на сумму 330,50 ₽" in letter["text"]
    assert f"https://b2b.example/documents/{document.id}/file" in letter["text"]
    assert "заменяет" not in letter["text"]


def test_what_1c_took_out_is_not_in_the_invoice(office: Office) -> None:
    number = office.order()
    office.world.answer(answer_to(office.world.read(number), cut={"a": 0}))
    office.world.confirm(number)
    document = office.work()
    assert document is not None
    text = office.text(document)
    assert "ART-a" not in text
    assert "1 ART-b Товар b 4 шт 7,25 29,00" in text
    assert "Всего наименований 1," in text


def test_a_later_change_supersedes_the_invoice(office: Office) -> None:
    """The former one is kept and says «ЗАМЕНЁН», also behind the link people already have (OP-06)."""
    number = office.order()
    office.world.confirm(number)
    first = office.work()
    assert first is not None
    assert "ЗАМЕНЁН" not in office.text(first)
    office.world.answer(answer_to(office.world.read(number), cut={"b": 1}))
    office.world.confirm(number)
    second = office.work()
    assert second is not None and second.revision > first.revision
    statuses = {document.id: document.status for document in office.world.documents.of_order(SCOPE, number)}
    assert statuses == {first.id: "superseded", second.id: "issued"}
    assert "ЗАМЕНЁН" in office.text(first) and "ЗАМЕНЁН" not in office.text(second)
    assert "Всего к оплате: 330,50" in office.text(first)
    assert any("прежний, пожалуйста, не оплачивайте" in letter["text"] for letter in office.letters())


def test_a_message_that_comes_again_does_nothing(office: Office) -> None:
    office.world.confirm(office.order())
    [row] = office.rows()
    assert office.work(row) is not None
    files, letters = dict(office.files.bodies), office.letters()
    assert office.work(row) is None
    assert (office.files.bodies, office.letters()) == (files, letters)


def test_an_order_that_moved_on_prints_nothing_stale(office: Office) -> None:
    """Its row is of a revision that does not stand any more: the dealer has yet to agree to the new one."""
    number = office.order()
    office.world.confirm(number)
    office.world.answer(answer_to(office.world.read(number), cut={"a": 1}))
    assert office.work() is None
    assert (office.rows(), office.files.bodies, office.letters()) == ((), {}, [])
    office.world.confirm(number)
    document = office.work()
    assert document is not None and document.amount == 12950


def test_a_change_without_figures_does_not_lose_the_invoice(office: Office) -> None:
    """1C only moves the state on before the invoice is printed: no second row is written, so the first prints what stands."""
    number = office.order()
    office.world.confirm(number)
    office.world.answer(answer_to(office.world.read(number), state="Готов к отгрузке"))
    assert len(office.rows()) == 1
    document = office.work()
    assert document is not None and document.revision == office.world.read(number).revision
    [kept] = office.world.documents.of_order(SCOPE, number)
    assert kept == document


def test_a_late_copy_of_an_old_row_does_not_print_again(office: Office) -> None:
    number = office.order()
    office.world.confirm(number)
    [row] = office.rows()
    first = office.work()
    office.world.answer(answer_to(office.world.read(number), state="Готов к отгрузке"))
    again = office.world.outbox.add("documents", number, row.body, office.world.clock())
    assert office.work(again) is None
    assert office.world.documents.of_order(SCOPE, number) == (first,)
    assert len(office.letters()) == 2


@pytest.mark.parametrize("when", ["before", "after"])
def test_wherever_the_worker_dies_one_invoice_comes_of_it(when: str) -> None:
    """proof 5: every call to the database, the crash before or after it, then the message once more."""
    tried = 0
    for call in range(1, 100):
        office = Office()
        office.world.confirm(office.order())
        [row] = office.rows()
        office.world.die_at(call, when)
        try:
            office.work(row)
        except Died:
            tried += 1
        else:
            break
        finally:
            office.world.live()
        office.work(row)
        [document] = office.world.documents.of_order(SCOPE, row.subject)
        assert document.status == "issued"
        assert "Всего к оплате: 330,50" in office.text(document)
        assert sorted(letter["to"] for letter in office.letters()) == ["olga@dealer.example", "petr@dealer.example"]
        assert office.rows() == ()
    assert tried >= 8
    print(f"{tried} crash points {when} a call")


def test_without_payer_or_company_the_row_waits(office: Office) -> None:
    """1C sends them later: the row stays, and the sweep of the outbox tries it again."""
    number = office.order()
    office.world.confirm(number)
    partners: Any = office.partners
    known, partners.company = partners.company, lambda _id: None
    with pytest.raises(Refused, match="ещё не передала"):
        office.work()
    assert len(office.rows()) == 1
    assert office.files.bodies == {}
    partners.company = known
    assert office.work() is not None


def test_the_row_of_another_partner_finds_no_order(office: Office) -> None:
    number = office.order()
    office.world.confirm(number)
    [row] = office.rows()
    stranger = office.world.outbox.add("documents", number, {**row.body, "partner": "p-2"}, office.world.now)
    with pytest.raises(NotFound):
        office.work(stranger)
    assert office.files.bodies == {}


def test_the_day_is_moscows(office: Office) -> None:
    """Confirmed at 23:30 in London's winter time it is already tomorrow for the accountant, and stays so in a repeat."""
    number = office.order()
    office.world.now = office.world.now.replace(hour=21, minute=30)
    office.world.confirm(number)
    office.world.now += timedelta(days=2)
    document = office.work()
    assert document is not None
    assert "от 22 ноября 2026 г." in office.text(document)


def test_a_partner_without_access_hears_nothing(office: Office) -> None:
    number = office.order()
    office.world.confirm(number)
    office.partners.save(
        PartnerRecord(
            Partner("p-1", "Дилер", False, revision=2),
            contacts=PEOPLE,
            counterparties=(Counterparty("cp-1", "ООО «Вектор»"),),
            contracts=(Contract("c-1", "Договор", PRICE_TYPE),),
        ),
        office.world.now,
    )
    assert office.work() is not None
    assert office.letters() == []
