"""Every component of the design system on one page, looked at by axe on a phone and on a desk."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Route

from chalicelib.domain.orders.orders import Agreed, Order, OrderEvent, OrderLine, diff
from chalicelib.texts import LANGUAGES
from chalicelib.web import static_files
from chalicelib.web.answer import HTML, security_headers
from chalicelib.web.rendering import environment
from chalicelib.web.request import Request, Values
from chalicelib.web.visit import Notice, Visit
from tests.browser.axe import findings, overflow
from tests.browser.conftest import NewPage

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HOME = "http://gallery.example"


def line(number: int, quantity: str, price: str, agreed: Agreed | None) -> OrderLine:
    amount = int(Decimal(quantity) * Decimal(price) * 100)
    name = "Дверь межкомнатная «Классика» с очень длинным названием, эмаль слоновая кость, 2000×800"
    return OrderLine(number, f"i{number}", name, f"ДБ-{number}", "шт", Decimal(quantity), Decimal(price), amount, agreed)


def lines() -> tuple[OrderLine, ...]:
    agreed = Agreed(Decimal(10), Decimal("17573.85"), 17573850)
    return (
        line(1, "10", "17573.85", agreed),
        line(2, "4", "17573.85", agreed),
        line(3, "10", "18804.0195", agreed),
        line(4, "0", "17573.85", agreed),
        line(5, "2", "100", None),
    )


def gallery() -> bytes:
    request = Request("GET", "/gallery", "", {}, Values({}), Values({}), {}, "")
    visit = Visit(request, SimpleNamespace(), None, "token")  # type: ignore[arg-type]
    order = Order("K-1", "p1", "u1", "Громова", "c1", "k1", "t1", None, "RUB", NOW, lines())
    values: dict[str, Any] = {
        "visit": visit,
        "frame": None,
        "frames": [frame(age) for age in (timedelta(minutes=3), timedelta(minutes=40), timedelta(hours=5), None)],
        "language": "ru",
        "languages": LANGUAGES,
        "notices": [Notice("Выбор сохранён")],
        "changes": diff(order),
        "events": [
            OrderEvent(NOW, "1С", "changed", "Поставщик изменил заказ"),
            OrderEvent(NOW, "Громова", "placed", "Заказ отправлен"),
        ],
        "coming": [(date(2026, 12, 15), Decimal(70)), (date(2026, 12, 20), Decimal("2.5"))],
    }
    source = Path(__file__).with_name("gallery.html").read_text()
    return environment().from_string(source).render(values).encode()


def frame(age: timedelta | None) -> SimpleNamespace:
    at = NOW - age if age else None
    return SimpleNamespace(sells=True, now=NOW, visitor=SimpleNamespace(beacons=SimpleNamespace(stock_at=at, prices_at=at)))


def serve(route: Route) -> None:
    path = route.request.url.removeprefix(HOME).partition("?")[0]
    if path.startswith("/static/"):
        name = path.removeprefix("/static/")
        kind = static_files.TYPES[static_files.files()[name].suffix]
        route.fulfill(body=static_files.content(name), content_type=kind)
    else:
        route.fulfill(body=gallery(), content_type=HTML, headers=security_headers(https=False))


@pytest.mark.parametrize("width", [360, 820, 1440])
def test_components_are_for_everybody(new_page: NewPage, width: int) -> None:
    page = new_page(width)
    page.route("**/*", serve)
    page.goto(f"{HOME}/gallery")
    found = findings(page)
    assert not found, "\n".join(found)
    assert overflow(page) == 0


def test_buttons_are_big_enough_for_a_thumb(new_page: NewPage) -> None:
    page = new_page(360)
    page.route("**/*", serve)
    page.goto(f"{HOME}/gallery")
    heights = [
        box["height"] for box in (one.bounding_box() for one in page.locator("main .btn, main .form-control, .step").all()) if box
    ]
    assert heights and min(heights) >= 44
