"""The exchange monitor in Chromium, with something of everything on it: on a phone, on a desk, and without JavaScript."""

import pytest
from playwright.sync_api import expect

from chalicelib.domain.access.users import Role
from chalicelib.domain.exchange.exchange import Tally
from chalicelib.domain.exchange.proposals import MergeProposal
from tests.browser.axe import findings, overflow
from tests.browser.conftest import NewPage, sign_in
from tests.web.exchange_world import CUT_OFF, HALF_BAD, PRICES_OF_NOTHING, Exchange
from tests.web.shop import STAFF_PHONES, Shop

WIDTHS = (360, 1440)
ADMINISTRATOR = STAFF_PHONES[Role.ADMINISTRATOR]


@pytest.fixture
def exchange(shop: Shop) -> Exchange:
    """Runs of every outcome, a file that was tried, dead letters, an order put aside and two cards of one article."""
    made = Exchange(shop)
    now = made.runtime
    run = made.run(("import.xml", HALF_BAD), ("offers.xml", PRICES_OF_NOTHING))
    made.run(("import_files/очень/длинное/имя_" + "файла" * 20 + ".xml", CUT_OFF))
    for _ in range(4):
        round_ = now.exchange.open_run("1С OData", "stock", now.clock())
        now.exchange.next_chunk(round_.id, "w1", 0)
        now.exchange.finish_file(round_.id, "w1", {"balance": Tally(5, 5)}, [], "", now.clock())
    made.do(f"/exchange-journal/{run.id}", f"/exchange-journal/{run.id}/check", file="offers.xml")
    made.work()
    made.bury("documents", {"row": "x"}, {"row": "y"})
    row = now.outbox.add("orders", "К-17", {}, now.clock())
    now.outbox.set_aside(row, "1С не приняла этот заказ: он был выдан один 5 раз без подтверждения")
    now.outbox.add("messages", "u", {}, now.clock())
    now.proposals.add(MergeProposal("i1", "n1", "ДУ-750", "Дверь белая", "Дрель ударная", run.id, now.clock()))
    now.clock.pass_by(minutes=40)  # type: ignore[attr-defined]
    return made


@pytest.mark.parametrize("width", WIDTHS)
def test_the_monitor_is_for_everybody(exchange: Exchange, portal: str, new_page: NewPage, width: int) -> None:
    page = new_page(width)
    sign_in(page, portal, ADMINISTRATOR)
    found = []
    runs = [f"/exchange-journal/{run.id}" for run in exchange.runtime.exchange.runs()]
    for address in ("/exchange-journal", "/exchange-journal?flow=stock", "/exchange-proposals", *runs):
        page.goto(portal + address)
        found += [f"{address} {one}" for one in findings(page)]
        assert overflow(page) == 0, address
    assert not found, "\n".join(found)


def test_everything_is_mended_without_javascript(exchange: Exchange, portal: str, new_page: NewPage) -> None:
    """C-10: a failed file, dead letters and an order put aside, by plain forms; every action says what it did."""
    page = new_page(360, javascript=False)
    sign_in(page, portal, ADMINISTRATOR)
    page.goto(f"{portal}/exchange-journal")
    page.get_by_role("button", name="Вернуть в очередь").click()
    expect(page.get_by_text("возвращены в очередь")).to_be_visible()
    page.get_by_role("button", name="Отдать снова").click()
    expect(page.get_by_text("Заказ будет отдан 1С снова")).to_be_visible()
    page.locator("tr", has_text="Ошибка").get_by_role("link", name="Сеанс").click()
    page.get_by_role("button", name="Пропустить").click()
    expect(page.get_by_text("Файл пропущен", exact=True)).to_be_visible()
    page.goto(f"{portal}/exchange-proposals")
    page.get_by_role("button", name="Это разные товары").click()
    expect(page.get_by_text("Похожих карточек нет")).to_be_visible()
    page.goto(f"{portal}/exchange-journal")
    page.get_by_label("Итог").select_option("Ошибка")
    page.get_by_role("button", name="Показать", exact=True).click()
    expect(page.get_by_text("Сеансов не нашлось")).to_be_visible()


def test_a_trial_shows_itself_when_it_is_done(exchange: Exchange, portal: str, new_page: NewPage) -> None:
    page = new_page()
    sign_in(page, portal, ADMINISTRATOR)
    page.goto(f"{portal}/exchange-journal")
    page.locator("#runs ~ .table-box").get_by_role("link", name="Сеанс 1", exact=True).click()
    page.get_by_role("button", name="Проверить без записи · import.xml").click()
    expect(page.get_by_text("Файл проверяется…")).to_be_visible()
    exchange.work()
    expect(page.get_by_text("Вот что сделала бы загрузка сейчас")).to_have_count(2, timeout=15_000)
