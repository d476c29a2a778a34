"""A real Chromium, and the portal of `tests.web.shop` behind a real HTTP address."""

import shutil
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from app import app
from chalicelib import runtime
from infra.frontend.collect import collect
from infra.local.gateway import Gateway, Server
from tests.people import PASSWORD
from tests.web.shop import PHONE, Shop

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)

NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    collect()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[NewPage]:
    """Makes a page in a browser of its own: `new_page(360)`, `new_page(javascript=False)`. What its console complains of
    fails the test."""
    complaints: list[str] = []
    contexts = []

    def make(width: int = 1440, *, javascript: bool = True) -> Page:
        height = 900 if width > 500 else 760
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="ru-RU", java_script_enabled=javascript, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def shop(aws: SimpleNamespace) -> Iterator[Shop]:
    yield Shop()
    runtime.use(None)


@pytest.fixture
def portal(shop: Shop) -> Iterator[str]:
    """The address of the portal with the goods of `shop`."""
    kind = app.__class__
    server = Server(0, Gateway(app))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    app.__class__ = kind


def sign_in(page: Page, portal: str, login: str = PHONE) -> None:
    page.goto(f"{portal}/sign-in")
    page.get_by_label("Телефон или e-mail").fill(login)
    page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Войти").click()
    page.wait_for_url(lambda address: "/sign-in" not in address)
