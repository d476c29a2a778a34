"""Headers, cookies, CSRF, escaping and what a stranger sees."""

import re

import pytest

from app import app
from chalicelib.domain.access.users import Role
from chalicelib.web.rendering import TEMPLATES
from chalicelib.web.session import safe_next
from tests.people import PASSWORD
from tests.web.browser import Browser
from tests.web.shop import PHONE, Shop

FOR_1C = ("/exchange/", "/bitrix/")
PAGE_POSTS = sorted(path for path, methods in app.routes.items() if "POST" in methods and not path.startswith(FOR_1C))


def test_every_answer_carries_the_security_headers(shop: Shop) -> None:
    stranger, dealer = Browser(), shop.dealer()
    answers = [
        stranger.get("/sign-in"),
        stranger.get("/orders"),
        stranger.get("/nope/deep"),
        dealer.get("/"),
        dealer.get("/orders/no"),
    ]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "same-origin"


def test_https_binds_cookies_to_the_host(shop: Shop) -> None:
    shop.dealer()
    browser = Browser(https=True)
    answer = browser.sign_in(PHONE, PASSWORD)
    session = next(cookie for cookie in answer.cookies if cookie.startswith("__Host-kabinet="))
    assert "Secure" in session and "HttpOnly" in session and "SameSite=Lax" in session and "Path=/" in session
    assert browser.get("/").headers["strict-transport-security"]


@pytest.mark.parametrize("path", PAGE_POSTS)
def test_no_form_is_taken_without_our_token(shop: Shop, path: str) -> None:
    """Every POST of every page, by a signed-in dealer whose browser is led here from elsewhere."""
    dealer = shop.dealer()
    address = re.sub(r"\{\w+\}", "x", path)
    assert dealer.post(address, {}).status == 403
    assert dealer.post(address, {"form_token": "guessed"}).status == 403
    token = dealer.get("/").hidden("form_token")
    assert dealer.post(address, {"form_token": token}, Sec_Fetch_Site="cross-site").status == 403


def test_another_origin_is_refused_where_the_browser_is_old(shop: Shop) -> None:
    dealer = shop.dealer()
    token = dealer.get("/").hidden("form_token")
    body = f"form_token={token}&contract=k-prepaid".encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert dealer.send("POST", "/choose", body, kind | {"Origin": "https://evil.example"}).status == 403
    assert dealer.send("POST", "/choose", body, kind | {"Origin": "null"}).status == 403
    assert dealer.send("POST", "/choose", body, kind | {"Origin": "http://127.0.0.1:8000"}).status == 303


def test_a_token_of_one_session_is_no_good_in_another(shop: Shop) -> None:
    one, other = shop.dealer(), shop.dealer()
    assert other.post("/choose", {"form_token": one.get("/").hidden("form_token"), "contract": "k-prepaid"}).status == 403


def test_names_from_1c_are_always_escaped(shop: Shop) -> None:
    dealer = shop.dealer()
    shop.put(dealer, "i3")
    number = shop.place(dealer)
    shop.put(dealer, "i3")
    for address in (
        "/",
        "/catalogue",
        "/items/i3",
        "/cart",
        "/checkout",
        "/orders",
        f"/orders/{number}",
        "/catalogue?text=<script>",
        "/catalogue?f=<script>alert~<script>alert&view=tiles",
        "/stock",
    ):
        page = dealer.get(address)
        assert page.status == 200
        assert "<script>alert" not in page.text and "<b>A" not in page.text and "<i>и" not in page.text, address
        assert "</p><script>2" not in page.text


def test_nothing_is_inline_in_any_template() -> None:
    """The policy forbids inline script and style; a template that holds some would silently not work."""
    for template in TEMPLATES.rglob("*.html"):
        text = template.read_text()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on", text), template
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), template
        assert "|safe" not in text.replace(" ", ""), template


@pytest.mark.parametrize(
    "evil", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nX: 1", ""]
)
def test_after_sign_in_nobody_is_led_away(evil: str) -> None:
    assert safe_next(evil) == "/"


def test_a_page_is_remembered_through_sign_in(shop: Shop) -> None:
    dealer = shop.dealer()
    stranger = Browser()
    answer = stranger.get("/orders?after=x")
    assert (answer.status, answer.location) == (302, "/sign-in?next=%2Forders%3Fafter%3Dx")
    token = stranger.get(answer.location).hidden("form_token")
    fields = {"form_token": token, "login": "8 (916) 000-00-01", "password": PASSWORD, "next": "/orders?after=x"}
    assert stranger.post("/sign-in", fields).location == "/orders?after=x"
    assert dealer.get("/sign-in").status == 303


def test_sign_in_says_the_same_for_a_wrong_password_and_a_stranger(shop: Shop) -> None:
    shop.dealer()
    told = []
    for login in (PHONE, "+79169999999"):
        answer = Browser().sign_in(login, "неверный пароль")
        assert answer.status == 422
        told.append(re.findall(r'role="alert"[^>]*>([^<]+)', answer.text))
    assert told[0] == told[1] != []


def test_sign_in_is_limited(shop: Shop) -> None:
    shop.dealer()
    statuses = {Browser().sign_in(PHONE, "неверный пароль").status for _ in range(11)}
    assert statuses == {422, 429}


def test_signing_out_ends_the_session_on_the_server(shop: Shop) -> None:
    dealer = shop.dealer()
    kept = dict(dealer.cookies)
    assert dealer.submit("/", "/sign-out", {}).location == "/sign-in"
    thief = Browser(cookies=kept)
    assert thief.get("/orders").status == 302


GUEST = {"/sign-in", "/forgotten-password", "/invite/{invite}", "/static/{name}", "/{proxy+}"}
GUEST |= {"/feeds/{name}", "/pictures/{name}"}
DEALER = {
    "/notifications",
    "/notifications/settings",
    "/price-lists",
    "/price-lists/{list_id}/file",
    "/cart",
    "/cart/contracts",
    "/catalogue",
    "/checkout",
    "/documents",
    "/cart/xlsx",
    "/drafts",
    "/orders/{number}/edit",
    "/orders/{number}/repeat",
    "/quotation",
    "/templates",
    "/templates/{template_id}",
    "/quotation/logo",
    "/items/{item_id}",
    "/orders",
    "/orders/xlsx",
    "/quick-order",
    "/quick-order-template",
    "/quick-order/{order_id}",
    "/quick-order/{order_id}/errors",
    "/search",
    "/stock",
}
ADMINISTRATOR = {
    "/categories",
    "/desk",
    "/exchange-journal",
    "/exchange-journal/{run_id}",
    "/exchange-journal/{run_id}/payload",
    "/exchange-journal/{run_id}/problems",
    "/exchange-nodes",
    "/exchange-nodes/{login}",
    "/exchange-proposals",
    "/finance/documents",
    "/restrictions",
    "/vehicles",
}
NEWS = {"/news"}
"""A dealer reads them, the administrator sees who has."""

PAGE_GETS = sorted(path for path, methods in app.routes.items() if "GET" in methods and not path.startswith(FOR_1C))


@pytest.mark.parametrize("path", PAGE_GETS)
def test_who_may_open_a_page(shop: Shop, path: str) -> None:
    """Route × visitor: a stranger is sent to sign in, a dealer and the staff see their own pages only."""
    address = path.replace("{item_id}", "i1").replace("{proxy+}", "a/b")
    address = re.sub(r"\{\w+\}", "x", address)
    stranger = Browser().get(address).status
    assert (stranger == 302) == (path not in GUEST)
    if path in GUEST:
        return
    dealer, administrator, finance = (one.get(address).status for one in (shop.dealer(), shop.staff(), shop.staff(Role.FINANCE)))
    assert (dealer == 403) == (path in ADMINISTRATOR)
    assert (administrator == 403) == (path in DEALER)
    assert (finance == 403) == (path in DEALER | NEWS | (ADMINISTRATOR - {"/finance/documents"}))
