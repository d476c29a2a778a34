"""The list of orders as a dealer uses it: tabs, every filter together, any number, columns, views, Excel."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.adapters.dynamo.orders import order_lists
from chalicelib.domain.orders.order_papers import OrderPaper, PaperKind
from chalicelib.domain.orders.orders import Approval, Fulfilment, Order, OrderEvent, OrderLine, Payment, with_papers
from chalicelib.domain.partners.partners import Counterparty, PartnerScope
from chalicelib.formats.spreadsheets import read
from tests.people import contact, record
from tests.web.browser import Browser
from tests.web.shop import Shop

PAYERS = (Counterparty("c1", "ООО «Дилер»"), Counterparty("c2", "ИП Дилер"))


class Book:
    """Orders of the shop's dealer, who has two employees and two payers."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.count = shop, 100
        shop.portal.dealer(record(counterparties=PAYERS, contacts=(contact(1), contact(2))))
        second = shop.runtime.users.by_login("+79160000002")
        shop.portal.accept(shop.portal.link(second))
        self.first, self.second = (shop.runtime.users.by_login(f"+7916000000{n}").id for n in (1, 2))  # type: ignore[union-attr]
        self.dealer = shop.dealer()

    def order(self, **changes: Any) -> str:
        """Its number; the order is as 1C made it, of two doors for 1,000.00, placed now or `days_ago`."""
        self.count += 1
        placed = self.shop.portal.clock() - timedelta(days=changes.pop("days_ago", 0), seconds=-self.count)
        line = OrderLine(1, "i1", "Дверь белая", "ДБ-1", "шт", Decimal(2), Decimal(500), changes.pop("amount", 100_000), None)
        number = f"K-{self.count:06d}"
        first = (number, "p1", self.first, "Контакт 1", "c1", "k-prepaid", "wholesale", None, "RUB", placed, (line,))
        order = replace(Order(*first, erp_id=f"erp-{number}"), **changes)
        self.shop.runtime.orders.adopt(order, OrderEvent(placed, "1С", "adopted", "Заказ принят"))
        return number

    def listed(self, browser: Browser | None = None, **query: str) -> list[str]:
        return numbers((browser or self.dealer).get("/orders" + address(query)).text)

    def pages(self, link: str) -> Iterator[str]:
        while link:
            page = self.dealer.get(link).text
            yield page
            found = re.search(r'rel="next" href="([^"]*)"', page)
            link = found[1].replace("&amp;", "&") if found else ""


def address(query: dict[str, str]) -> str:
    return f"?{urlencode(query)}" if query else ""


def numbers(page: str) -> list[str]:
    return re.findall(r'href="/orders/(K-\d+)"', page)


@pytest.fixture
def book(aws: SimpleNamespace) -> Book:
    return Book(Shop())


def test_every_order_stands_under_one_tab(book: Book) -> None:
    """OR-24, OR-27: all, those that wait for the dealer, in work, done, cancelled."""
    mine = book.order(approval=Approval.AWAITING_CLIENT)
    new = book.order()
    done = book.order(approval=Approval.CONFIRMED, fulfilment=Fulfilment.COMPLETED)
    debt = book.order(approval=Approval.CONFIRMED, fulfilment=Fulfilment.DELIVERED)
    gone = book.order(approval=Approval.CANCELLED)
    assert book.listed() == [gone, debt, done, new, mine]
    tabs = {tab: book.listed(tab=tab) for tab in ("attention", "working", "done", "cancelled")}
    assert tabs == {"attention": [mine], "working": [debt, new], "done": [done], "cancelled": [gone]}


def test_an_order_moves_to_another_tab_with_its_state(book: Book) -> None:
    number = book.order()
    before = book.shop.runtime.orders.read(PartnerScope("p1"), number)
    after = replace(before, approval=Approval.REJECTED, revision=2)
    book.shop.runtime.orders.change(before, after, OrderEvent(book.shop.portal.clock(), "1С", "rejected", "Отклонён"))
    assert (book.listed(tab="working"), book.listed(tab="cancelled")) == ([], [number])


def test_each_filter_of_the_list_and_all_together(book: Book) -> None:
    """OR-26, PT-16: period, employee, payer, contract, type, amount and the three statuses."""
    wanted: dict[str, Any] = {
        "user_id": book.second,
        "counterparty_id": "c2",
        "contract_id": "k-deferral",
        "origin": "erp",
        "amount": 500_000,
        "approval": Approval.CONFIRMED,
        "fulfilment": Fulfilment.SHIPPED,
        "payment": Payment.PARTIALLY_PAID,
        "days_ago": 10,
    }
    number, *others = [book.order(**wanted)] + [book.order(**{**wanted, name: other}) for name, other in OTHERS.items()]
    others.append(book.order(**wanted | {"days_ago": 1}))
    today = book.shop.portal.clock().date()
    asked = {
        "employee": book.second,
        "payer": "c2",
        "contract": "k-deferral",
        "origin": "erp",
        "least": "4 999,99",
        "approval": "confirmed",
        "fulfilment": "shipped",
        "payment": "partially_paid",
        "since": (today - timedelta(days=12)).isoformat(),
        "until": (today - timedelta(days=8)).isoformat(),
    }
    assert book.listed(**asked) == [number]
    for name, value in asked.items():
        found = book.listed(**{name: value})
        assert number in found and len(found) < 1 + len(others), f"{name} leaves nothing out"
    assert book.listed(most="1000") and number not in book.listed(most="1000")
    wrong = book.dealer.get("/orders?since=вчера")
    assert wrong.status == 422 and "Дата не читается" in wrong.text


OTHERS: dict[str, Any] = {
    "user_id": "somebody",
    "counterparty_id": "c1",
    "contract_id": "k-prepaid",
    "origin": "portal",
    "amount": 100_000,
    "approval": Approval.SUBMITTED,
    "fulfilment": Fulfilment.READY,
    "payment": Payment.UNPAID,
    "days_ago": 20,
}


def test_what_is_owed_and_what_is_not_shipped_yet_is_seen_at_once(book: Book) -> None:
    """OR-31, SE-04: out of 1C's payments and shipments, with what is left."""
    number, paid = book.order(), book.order(payment=Payment.PAID)
    before = book.shop.runtime.orders.read(PartnerScope("p1"), number)
    papers = (
        OrderPaper("pay", PaperKind.PAYMENT, amount=25_000, made_on=date(2026, 11, 1)),
        OrderPaper("ship", PaperKind.SHIPMENT, quantities=(("i1", Decimal(1)),)),
    )
    after = with_papers(before, papers)
    book.shop.runtime.orders.change(before, after, OrderEvent(book.shop.portal.clock(), "1С", "updated", "Обновлён"))
    page = book.dealer.get("/orders").text
    row = page[page.index(f'href="/orders/{number}"') :]
    assert "Частично оплачен" in row and "750,00" in row and "отгружено 50 %" in row
    assert (book.listed(owed="1"), book.listed(short="1")) == ([number], [number])
    assert paid in book.listed()


def test_any_number_leads_to_the_order(book: Book) -> None:
    """OR-25, OP-23: the portal's, 1C's, the dealer's own; several are shown to choose from, a stranger's is not there."""
    shop = book.shop
    shop.put(book.dealer, "i1", "1")
    page = book.dealer.get("/checkout")
    fields = {name: page.hidden(name) for name in ("form_token", "generation", "seen")}
    fields |= {"counterparty_id": "c1", "delivery_method": "pickup", "client_reference": "ЗК-77/а"}
    number = book.dealer.post("/checkout", fields).location.removeprefix("/orders/").removesuffix("?placed=1")
    known = book.order(erp_number="УТ-000042")
    digits = str(int(number.removeprefix("K-")))
    for text, found in ((number, number), (f"к{digits}", number), (digits, number), ("ЗК-77/а", number), ("УТ-000042", known)):
        assert book.dealer.get("/orders" + address({"number": text})).location == f"/orders/{found}", text
    book.order(erp_number="УТ-000042")
    assert len(book.listed(number="УТ-000042")) == 2
    assert "нет: проверьте номер" in book.dealer.get("/orders?number=УТ-1").text
    shop.portal.dealer(record(partner_id="p2", contacts=(contact(3, "p2"),)))
    stranger = shop._signed_in("+79160000003")
    for text in (number, "ЗК-77/а", "УТ-000042"):
        assert "нет: проверьте номер" in stranger.get("/orders" + address({"number": text})).text


def test_columns_are_chosen_ordered_and_frozen(book: Book) -> None:
    """OR-24: for the person who chose them, not for his colleague."""
    book.order(comment="Срочно")
    fields = {"back": "/orders", "frozen": "2"}
    token = book.dealer.get("/orders").hidden("form_token")
    chosen = [("form_token", token), *fields.items(), ("column", "comment"), ("column", "number"), ("column", "<script>")]
    assert book.dealer.post("/orders/columns", chosen).status == 303  # type: ignore[arg-type]  # a field several times
    page = book.dealer.get("/orders").text
    assert re.findall(r'<th scope="col"[^>]*>([^<]*)<', page) == ["Комментарий", "№ заказа"]
    assert "frozen-2" in page and "Срочно" in page
    assert "frozen-1" in book.shop._signed_in("+79160000002").get("/orders").text


def test_views_are_private_or_shared_and_nobody_elses(book: Book) -> None:
    """OR-24: a view keeps filter and columns; another partner's is not there for anything."""
    book.order(), book.order(payment=Payment.PAID)
    for name, shared in (("Неоплаченные", "1"), ("Мои", "")):
        fields = {"name": name, "shared": shared, "payment": "unpaid", "column": "number"}
        assert book.dealer.submit("/orders", "/orders/views", fields).status == 303
    shown = book.dealer.get("/orders").text
    ids = {name: found for found, name in re.findall(r'href="/orders\?view=(\w+)"[^>]*><span>([^<]*)<', shown)}
    assert set(ids) == {"Неоплаченные", "Мои"}
    view = book.dealer.get(f"/orders?view={ids['Неоплаченные']}").text
    assert len(numbers(view)) == 1 and view.count("<th ") == 1
    colleague = book.shop._signed_in("+79160000002")
    seen = colleague.get("/orders").text
    assert "Неоплаченные" in seen and "Мои" not in seen
    assert colleague.submit("/orders", f"/orders/views/{ids['Неоплаченные']}/delete", {}).status == 403
    book.shop.portal.dealer(record(partner_id="p2", contacts=(contact(3, "p2"),)))
    stranger = book.shop._signed_in(
        "+79160000003",
    )
    assert stranger.submit("/orders", f"/orders/views/{ids['Неоплаченные']}/delete", {}).status == 404
    assert len(numbers(stranger.get(f"/orders?view={ids['Мои']}").text)) == 0
    assert book.dealer.submit("/orders", f"/orders/views/{ids['Мои']}/delete", {}).status == 303
    assert "Мои" not in book.dealer.get("/orders").text
    unnamed = book.dealer.submit("/orders", "/orders/views", {"name": " "})
    assert unnamed.status == 422


def test_the_list_goes_to_excel_whole_with_its_filter_and_columns(book: Book) -> None:
    """OR-24: what looks like a formula stays text."""
    for n in range(3):
        book.order(comment="=1+1", payment=Payment.PAID if n else Payment.UNPAID)
    sheet = book.dealer.get("/orders/xlsx?payment=paid")
    rows = [cells for _number, cells in read(sheet.body)]
    assert [row[0] for row in rows] == ["№ заказа", "K-000103", "K-000102"]
    assert "1000" in rows[1][rows[0].index("Сумма")].replace(" ", "").replace("\u00a0", "")
    assert sheet.headers["content-disposition"].startswith("attachment")


def test_a_narrow_filter_looks_at_so_many_and_says_how_far_it_came(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """NF-03: a page never passes over more orders than it may, however many there are; going on finds the rest, each once."""
    monkeypatch.setattr(order_lists, "LOOK_AT", 2)
    monkeypatch.setattr(order_lists, "CALLS", 2)
    rare = [book.order(payment=Payment.PAID if n in (0, 5) else Payment.UNPAID) for n in range(7)]
    pages = list(book.pages("/orders?payment=paid"))
    assert numbers(pages[0]) == [rare[5]] and "Искать дальше" in pages[0]
    assert [numbers(page) for page in pages if numbers(page)] == [[rare[5]], [rare[0]]]
    assert all("Просмотрены последние заказы" in page for page in pages[:-1])


def test_pages_follow_each_other_without_a_gap(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """OR-24."""
    monkeypatch.setattr("chalicelib.usecases.orders.list_orders.PAGE", 2)
    everything = [book.order() for _ in range(5)][::-1]
    assert [number for page in book.pages("/orders?tab=working") for number in numbers(page)] == everything
