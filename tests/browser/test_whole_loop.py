"""`make run` with its demo, from 1C to the dealer and back, in a real Chromium: the tour of the README.

The demo loads itself through the exchange, every function under its own policy; it is loaded once and kept over a restart.
"""

import base64
import json
import re
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from infra.demo import SIGN_INS
from tests.browser.conftest import NewPage
from tests.infra.programs import free_port, running
from tests.infra.test_run import read_until


@dataclass
class Laptop:
    """A running portal with its simulated 1C. `said` is what it printed until it was ready."""

    environ: dict[str, str]
    folder: Path
    program: "subprocess.Popen[str]"
    said: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environ['PORT']}"

    def log(self) -> str:
        return "".join(path.read_text() for path in (self.folder / "log").iterdir())


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    folder = tmp_path_factory.mktemp("laptop")
    ports = {name: str(free_port()) for name in ("PORT", "AWS_PORT", "ODATA_PORT")}
    environ = ports | {"VAR": str(folder), "DEMO": ""}
    with running("infra.local", environ=environ) as program:
        yield Laptop(environ, folder, program, read_until(program, "Ctrl-C ends it"))


def sign_in(page: Page, laptop: Laptop, login: str, password: str) -> None:
    page.goto(f"{laptop.url}/")
    page.get_by_label("Телефон или e-mail").fill(login)
    page.get_by_label("Пароль", exact=True).fill(password)
    page.get_by_role("button", name="Войти").click()
    page.wait_for_url(lambda address: "/sign-in" not in address)


def test_the_demo_loads_itself_through_the_exchange(laptop: Laptop) -> None:
    """AD-10, IN-08, CT-01, PT-01: goods, prices, stock and people come by the exchange; nothing is refused or forbidden."""
    assert "demo loaded" in laptop.said and "ready http://127.0.0.1" in laptop.said
    assert all(phone in laptop.said and password in laptop.said for _, phone, password in SIGN_INS)
    assert "не принято" not in laptop.said
    assert "AccessDenied" not in laptop.log()


def test_an_order_goes_to_1c_comes_back_changed_and_is_confirmed(laptop: Laptop, new_page: NewPage) -> None:
    """AC-02, AC-06, CK-01, CK-02, CK-10, CK-11, OR-01, OR-02, OR-05, OR-06, OR-08, OR-09, OR-10, DC-01, DC-02, DC-04, IN-11,
    ST-02, PR-03, PR-05: the whole loop as a dealer sees it, 1C cutting the first line («мало» in the comment makes it do so)."""
    page = new_page()
    _, phone, password = SIGN_INS[0]
    sign_in(page, laptop, phone, password)
    page.get_by_label("Поиск по каталогу").fill("двери белые")
    page.get_by_label("Поиск по каталогу").press("Enter")
    expect(page.locator("main")).to_contain_text("По запросу «двери белые»")
    prices = page.locator(".price-cell").all_inner_texts()
    switch_contract(page)
    assert page.locator(".price-cell").all_inner_texts() != prices, "another contract, other prices"
    boxes = page.locator("input[data-quantity]")
    for n, quantity in enumerate("42"):
        boxes.nth(n).fill(quantity)
        boxes.nth(n).press("Enter")
    expect(page.locator("#cart-bar")).to_contain_text("кг")
    page.goto(f"{laptop.url}/checkout")
    page.get_by_label("Самовывоз").check()
    page.get_by_label("Комментарий").fill("Пожалуйста, мало упаковки")
    page.get_by_role("button", name="Оформить").click()
    expect(page.get_by_role("heading", name="Спасибо за заказ!")).to_be_visible()
    confirm = page.get_by_role("button", name="Подтвердить изменения")
    expect(confirm).to_be_visible(timeout=60_000)
    expect(page.locator("main")).to_contain_text("4 шт")
    confirm.click()
    expect(page.get_by_text("Подтверждён", exact=True).first).to_be_visible()
    invoice = page.get_by_role("link", name=re.compile("Счёт на оплату"))
    expect(invoice).to_be_visible(timeout=60_000)
    read_invoice(page, str(invoice.get_attribute("href")), laptop)


def switch_contract(page: Page) -> None:
    page.locator("summary", has_text="Договор").first.click()
    page.locator("button.drop-item:not([aria-current]):visible").first.click()
    page.wait_for_load_state()


def read_invoice(page: Page, address: str, laptop: Laptop) -> None:
    """The link of the page leads to a presigned one, which anybody who has it can open for a while, without us."""
    answer = page.request.get(laptop.url + address, max_redirects=0)
    assert answer.status in (302, 303)
    with urllib.request.urlopen(answer.headers["location"], timeout=30) as file:
        text = "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(file.read())).pages)
    assert "Счёт на оплату" in text and "рубл" in text and "Северный дом" in text


def test_finance_sees_the_invoice(laptop: Laptop, new_page: NewPage) -> None:
    """DC-05: the supplier's finance opens every dealer's invoice by a link of its own."""
    page = new_page()
    sign_in(page, laptop, "+7 900 000-00-02", "kabinet-finance")
    page.goto(f"{laptop.url}/finance/documents")
    link = page.get_by_role("link", name=re.compile("Счёт на оплату")).first
    read_invoice(page, str(link.get_attribute("href")), laptop)


def test_1c_moves_the_order_on_and_stock_is_refreshed(laptop: Laptop, new_page: NewPage) -> None:
    """OR-04, OR-20, ST-08, NF-05: what happens in 1C is on the page; balances say how fresh they are."""
    page = new_page(360)
    _, phone, password = SIGN_INS[0]
    sign_in(page, laptop, phone, password)
    expect(page.get_by_text(re.compile(r"Остатки обновлены \d\d:\d\d"))).to_be_visible()
    page.goto(f"{laptop.url}/orders")
    number = re.search(r"K-\d+", page.locator("main").inner_text())
    assert number
    state = json.dumps({"number": number[0], "state": "Закрыт"}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{laptop.environ['ODATA_PORT']}/control/state", data=state)
    token = base64.b64encode(b"odata:odata").decode()
    request.add_header("Authorization", f"Basic {token}")
    request.add_header("Content-Type", "application/json")
    urllib.request.urlopen(request, timeout=30).close()
    page.goto(f"{laptop.url}/orders/{number[0]}")
    until = time.monotonic() + 60
    while "Выполнен" not in page.locator("main").inner_text() and time.monotonic() < until:
        time.sleep(1)
        page.reload()
    expect(page.get_by_text("Выполнен", exact=True).first).to_be_visible()


def test_it_ends_politely_and_starts_with_what_it_had(laptop: Laptop) -> None:
    """NF-02: the last test of the module, since it ends the laptop."""
    laptop.program.terminate()
    assert laptop.program.wait(30) == 0
    assert "AccessDenied" not in laptop.log()
    loaded = json.loads((laptop.folder / "simulator.json").read_text())["done"]
    with running("infra.local", environ=laptop.environ) as program:
        again = read_until(program, "Ctrl-C ends it")
        assert "demo loaded" in again and "Номенклатура" not in again
    assert json.loads((laptop.folder / "simulator.json").read_text())["done"] == loaded
