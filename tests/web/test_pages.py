"""What a dealer does in a browser without JavaScript, from the catalogue to the confirmed order; and what can go wrong."""

import gzip
import logging
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.domain.catalogue.catalogue import ItemPrice, Offer
from chalicelib.domain.documents import Document
from chalicelib.domain.orders.orders import Approval, ErpLine, ErpOrder
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.usecases.orders.answer_order import take_answer
from tests.people import contact, record
from tests.web.browser import Browser
from tests.web.shop import ITEMS, Shop

NBSP = "\u00a0"


def answer_of_1c(shop: Shop, number: str, quantity: str = "1", state: str = "Ожидает подтверждения") -> None:
    now = shop.runtime
    line = ErpLine("i1", "Дверь белая", Decimal(quantity), Decimal("1234.5"), int(Decimal(quantity) * 123450), "ДБ-1", "шт")
    take_answer(
        now.orders, now.queues, now.clock, answer=ErpOrder(number, "guid", (line,), "УТ-1", state, comment="Осталась одна")
    )


def test_the_catalogue_shows_the_contract_price_and_stock(shop: Shop) -> None:
    """CT-03, CT-04, CT-05, CT-08: name, article, package and stock in the table; the price is the contract's."""
    dealer = shop.dealer()
    page = dealer.get("/catalogue").text
    assert "Дверь белая" in page and "ДБ-1" in page and f"1{NBSP}000,00{NBSP}₽" in page
    assert "Москва" in page and '<span class="stock-yes">7</span>' in page
    assert "3 товара" in page and "Остатки обновлены" in page


def test_switching_the_contract_changes_the_prices(shop: Shop) -> None:
    dealer = shop.dealer()
    answer = dealer.submit("/catalogue", "/choose", {"contract": "k-deferral", "back": "/catalogue?sort=name"})
    assert answer.location == "/catalogue?sort=name"
    page = dealer.get("/catalogue").text
    assert f"1{NBSP}234,50{NBSP}₽" in page and "Отсрочка 30 дней" in page and "Выбор сохранён" in page
    assert "Выбор сохранён" not in dealer.get("/catalogue").text


def test_somebody_elses_contract_can_not_be_chosen(shop: Shop) -> None:
    assert shop.dealer().submit("/", "/choose", {"contract": "k-alien"}).status == 404


def test_search_takes_words_and_articles(shop: Shop) -> None:
    dealer = shop.dealer()
    assert "Ручка (хром)" in dealer.get("/catalogue?text=%D1%80%D1%83%D1%87%D0%BA%D0%B8").text
    assert "Дверь белая" in dealer.get("/catalogue?text=%D0%94%D0%91-1").text
    assert "Ничего не найдено" in dealer.get("/catalogue?text=qqqq").text


@pytest.mark.parametrize(
    "address", ["?offset=-5&sort=;drop", "?offset=99999999999999&sort=--name", "?group=no", "?text=" + "a" * 999]
)
def test_an_edited_address_is_made_sane(shop: Shop, address: str) -> None:
    assert shop.dealer().get("/catalogue" + address).status == 200


def test_a_piece_is_a_part_of_its_page(shop: Shop) -> None:
    dealer = shop.dealer()
    whole = dealer.get("/catalogue").text
    piece = dealer.get("/catalogue", HX_Request="true").text
    assert "<html" not in piece and piece.strip().splitlines()[-1].strip() in whole
    assert '<div id="results"' in piece and '<div id="results"' in whole


def test_a_row_gets_its_sum_and_the_cart_its_total(shop: Shop) -> None:
    dealer = shop.dealer()
    token = dealer.get("/catalogue").hidden("form_token")
    answer = dealer.post("/cart/put", {"only": "i2#v1", "quantity:i2#v1": "2,5"}, X_CSRF=token, HX_Request="true")
    assert answer.status == 200 and f"2{NBSP}500,00{NBSP}₽" in answer.text and 'hx-swap-oob="true"' in answer.text
    refused = dealer.post("/cart/put", {"only": "i1", "quantity:i1": "две"}, X_CSRF=token, HX_Request="true")
    assert refused.status == 422 and "не похоже на количество" in refused.text and "<html" not in refused.text


def test_an_empty_box_puts_in_one_package(shop: Shop) -> None:
    dealer = shop.dealer()
    dealer.submit("/catalogue", "/cart/put", {"only": "i2#v1", "quantity:i2#v1": "", "one:i2#v1": "5"})
    assert f"5{NBSP}000,00{NBSP}₽" in dealer.get("/cart").text


def test_many_rows_go_in_by_one_button(shop: Shop) -> None:
    dealer = shop.dealer()
    fields = {"quantity:i1": "1", "was:i1": "", "quantity:i2#v1": "", "was:i2#v1": "", "quantity:i3": "3", "was:i3": ""}
    dealer.submit("/catalogue", "/cart/put", fields)
    page = dealer.get("/cart").text
    assert "Дверь белая" in page and "Ручка" not in page and f"4{NBSP}000,00{NBSP}₽" in page


def test_the_cart_is_changed_and_emptied(shop: Shop) -> None:
    dealer = shop.dealer()
    shop.put(dealer, "i1", "2")
    shop.put(dealer, "i2#v1", "5")
    dealer.submit("/cart", "/cart", {"quantity:i1": "1 000", "was:i1": "2", "quantity:i2#v1": "5", "was:i2#v1": "5"})
    page = dealer.get("/cart").text
    assert f"1{NBSP}005{NBSP}000,00{NBSP}₽" in page and "Не хватает" in page
    for item_id in ("i1", "i2#v1"):
        dealer.submit("/cart", "/cart", {"remove": item_id})
    assert "Корзина пуста" in dealer.get("/cart").text
    assert dealer.get("/checkout").location == "/cart"


def test_a_wrong_quantity_redraws_the_cart(shop: Shop) -> None:
    dealer = shop.dealer()
    shop.put(dealer)
    answer = dealer.submit("/cart", "/cart", {"quantity:i1": "-3", "was:i1": "2"})
    assert answer.status == 422 and "Укажите количество от 0" in answer.text and "Дверь белая" in answer.text


def test_an_order_is_placed_once_however_often_the_form_is_sent(shop: Shop) -> None:
    """OR-22, OR-27: the order stands in the list and has its page; the repeat leads to the same order."""
    dealer = shop.dealer()
    shop.put(dealer)
    page = dealer.get("/checkout")
    fields = {name: page.hidden(name) for name in ("form_token", "generation", "seen")}
    fields |= {"counterparty_id": "c1", "delivery_method": "pickup", "comment": "Позвоните", "client_reference": "ЗП-7"}
    first, second = (dealer.post("/checkout", fields).location for _ in range(2))
    assert first == second and first.endswith("?placed=1")
    assert "Спасибо за заказ!" in dealer.get(first).text
    assert dealer.get("/orders").text.count("ЗП-7") == 1
    assert "Корзина пуста" in dealer.get("/cart").text


def test_checkout_redraws_what_was_filled_in(shop: Shop) -> None:
    dealer = shop.dealer()
    shop.put(dealer)
    page = dealer.get("/checkout")
    fields = {name: page.hidden(name) for name in ("form_token", "generation", "seen")}
    fields |= {"counterparty_id": "c1", "delivery_method": "delivery", "comment": "Второй этаж", "desired_date": "31.02.2027"}
    answer = dealer.post("/checkout", fields)
    assert answer.status == 422 and "Второй этаж" in answer.text and "Укажите дату" in answer.text
    answer = dealer.post("/checkout", fields | {"desired_date": ""})
    assert answer.status == 422 and "Выберите адрес доставки" in answer.text
    answer = dealer.post("/checkout", fields | {"desired_date": "01.12.2026", "address_id": "a2"})
    assert answer.status == 303


def test_a_price_that_changed_meanwhile_is_shown_before_the_order(shop: Shop) -> None:
    dealer = shop.dealer()
    shop.put(dealer)
    page = dealer.get("/checkout")
    fields = {name: page.hidden(name) for name in ("form_token", "generation", "seen")}
    fields |= {"counterparty_id": "c1", "delivery_method": "pickup"}
    shop.runtime.catalogue.save_prices([Offer(ITEMS[0], (ItemPrice("dealer", Decimal("1100")),))], 2)
    answer = dealer.post("/checkout", fields)
    assert answer.status == 409 and "проверьте заказ" in answer.text
    assert f"1{NBSP}000,00{NBSP}₽" in answer.text and f"1{NBSP}100,00{NBSP}₽" in answer.text
    fresh = {name: answer.hidden(name) for name in ("form_token", "generation", "seen")}
    assert dealer.post("/checkout", fields | fresh).status == 303


def test_the_difference_is_seen_line_by_line_and_confirmed(shop: Shop) -> None:
    """OR-06, OR-08, OR-09, OR-10: 1C cut the quantity; the dealer sees it at once and agrees."""
    dealer = shop.dealer()
    shop.put(dealer, "i1", "2")
    number = shop.place(dealer)
    answer_of_1c(shop, number)
    assert f"Заказ {number} ждёт вашего подтверждения" in dealer.get("/").text
    page = dealer.get(f"/orders/{number}")
    assert f"было </span>2{NBSP}шт" in page.text and f"стало </span>1{NBSP}шт" in page.text
    assert "Осталась одна" in page.text and "Подтвердить изменения" in page.text
    fields = {name: page.hidden(name) for name in ("form_token", "revision")}
    assert dealer.post(f"/orders/{number}/confirm", fields).status == 303
    after = dealer.get(f"/orders/{number}").text
    assert "Подтверждён" in after and "Готовим счёт" in after and "every 3s" in after
    assert dealer.post(f"/orders/{number}/confirm", fields).status == 409


def test_not_agreeing_sends_the_order_back(shop: Shop) -> None:
    """OR-13: the order is on moderation again, with the dealer's words in its history."""
    dealer = shop.dealer()
    shop.put(dealer, "i1", "2")
    number = shop.place(dealer)
    answer_of_1c(shop, number)
    page = dealer.get(f"/orders/{number}")
    fields = {name: page.hidden(name) for name in ("form_token", "revision")}
    dealer.post(f"/orders/{number}/decline", fields | {"comment": "Нужны <обе>"})
    after = dealer.get(f"/orders/{number}").text
    assert "На модерации" in after and "Нужны &lt;обе&gt;" in after


def test_what_was_seen_too_early_can_not_be_confirmed(shop: Shop) -> None:
    dealer = shop.dealer()
    shop.put(dealer, "i1", "3")
    number = shop.place(dealer)
    answer_of_1c(shop, number, "2")
    page = dealer.get(f"/orders/{number}")
    fields = {name: page.hidden(name) for name in ("form_token", "revision")}
    answer_of_1c(shop, number, "1")
    assert dealer.post(f"/orders/{number}/confirm", fields).status == 409
    scope = PartnerScope("p1")
    assert shop.runtime.orders.read(scope, number).approval is Approval.AWAITING_CLIENT


def test_another_partners_order_and_document_are_not_there(shop: Shop) -> None:
    """OR-03: nobody learns even that another dealer's order exists."""
    dealer = shop.dealer()
    shop.put(dealer)
    number = shop.place(dealer)
    document = Document(
        "d1", "p1", "payment_invoice", "1", shop.portal.clock(), 100, "RUB", number, "ООО", "documents/p1/d1.pdf", 1
    )
    shop.runtime.documents.save(document)
    shop.portal.dealer(record(partner_id="p2", contacts=(contact(2, "p2"),)))
    stranger = Browser()
    stranger.sign_in("+79160000002", "зимний вечер 42")
    assert stranger.get(f"/orders/{number}").status == 404
    assert stranger.get("/documents/d1/file").status == 404
    assert number not in stranger.get("/documents").text
    answer = dealer.get("/documents/d1/file")
    assert answer.status == 302 and "documents/p1/d1.pdf" in answer.location and "Signature" in answer.location
    assert number in dealer.get("/documents").text and number in shop.staff().get("/finance/documents").text


def test_a_superseded_invoice_is_crossed_out(shop: Shop) -> None:
    dealer = shop.dealer()
    made = Document("d1", "p1", "payment_invoice", "1", shop.portal.clock(), 100, "RUB", "K-1", "ООО", "k", 1)
    for document in (made, replace(made, id="d2", revision=2, issued_at=shop.portal.clock() + timedelta(minutes=1))):
        shop.runtime.documents.save(document)
    page = dealer.get("/documents").text
    assert page.count('main-cell is-superseded"') == 1 and "Заменён" in page


def test_stock_that_is_old_says_so(shop: Shop) -> None:
    dealer = shop.dealer()
    assert 'class="freshness is-fresh"' in dealer.get("/").text
    shop.portal.clock.pass_by(minutes=16)
    assert 'class="freshness is-late"' in dealer.get("/").text
    shop.portal.clock.pass_by(hours=2)
    page = dealer.get("/").text
    assert 'class="freshness is-old"' in page and "Данные старше 2 часов" in page


def test_a_page_that_is_not_there(shop: Shop) -> None:
    answer = Browser().get("/no/such/page")
    assert answer.status == 404 and "Страница не найдена" in answer.text
    assert shop.dealer().get("/items/nope").status == 404
    assert shop.dealer().get("/pictures/..%2F..%2Fsecret-s").status == 404


def test_a_crash_shows_a_page_with_its_number(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    dealer = shop.dealer()
    shop.runtime.order_lists = None  # type: ignore[assignment, misc]
    with caplog.at_level(logging.ERROR):
        answer = dealer.get("/orders")
    assert answer.status == 500 and "Номер ошибки" in answer.text and "Traceback" not in answer.text
    assert "NoneType" not in answer.text


def test_under_a_stage_every_link_keeps_its_prefix(shop: Shop) -> None:
    import re

    dealer = shop.dealer(prefix="/api")
    for address in ("/api/", "/api/catalogue", "/api/items/i1", "/api/cart", "/api/orders", "/api/profile", "/api/start"):
        page = dealer.get(address).text
        links = re.findall(r'(?:href|action|src|hx-post|hx-get)="(/[^"]*)"', page)
        assert links and all(link.startswith("/api/") for link in links), (address, links)
    stranger = Browser(prefix="/api")
    assert stranger.get("/api/orders").location.startswith("/api/sign-in?next=%2Fapi%2Forders")
    assert dealer.submit("/api/catalogue", "/api/choose", {"contract": "k-prepaid", "back": "/api/cart"}).location == "/api/cart"


def test_static_files_are_kept_for_good_and_nothing_else_is_served(shop: Shop) -> None:
    answer = Browser().get("/static/kabinet.css?v=1")
    assert (
        answer.status == 200
        and "immutable" in answer.headers["cache-control"]
        and answer.headers["content-type"].startswith("text/css")
    )
    for name in ("..%2Fhttp.py", "nope.css", "%2Fetc%2Fpasswd"):
        assert Browser().get(f"/static/{name}").status == 404


def test_a_bare_client_without_accept_gets_an_answer(shop: Shop) -> None:
    stranger = Browser()
    answer = stranger.send("GET", "/sign-in", b"", {"Content-Type": "text/html"})
    assert answer.status == 200


def test_a_form_that_is_no_form(shop: Shop) -> None:
    stranger = Browser()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert stranger.send("POST", "/sign-in", b"\xff\xfe=%", kind).status == 422
    assert stranger.send("POST", "/sign-in", b"a" * 200_001, kind).status == 422


def test_a_forgotten_password_is_answered_alike_for_all(shop: Shop) -> None:
    shop.dealer()
    answers = [
        Browser().submit("/forgotten-password", "/forgotten-password", {"login": one}) for one in ("+79160000001", "+79990000000")
    ]
    bodies = {answer.text.replace(answer.hidden("form_token"), "") for answer in answers}
    assert len(bodies) == 1 and answers[0].status == 200
    letters = shop.runtime.outbox.pending("messages")
    assert sorted(row.body["channel"] for row in letters if "Новый пароль" in row.body["text"]) == ["mail", "sms"]


def test_an_invited_person_sets_a_password_and_starts(shop: Shop) -> None:
    invited = shop.portal.save(record()).invited[0]
    token = shop.portal.link(invited)
    browser = Browser()
    assert "Придумайте пароль" in browser.get(f"/invite/{token}").text
    wrong = browser.submit(f"/invite/{token}", f"/invite/{token}", {"password": "зимний вечер 42", "repeat": "летний"})
    assert wrong.status == 422 and "Повторите тот же пароль" in wrong.text
    short = browser.submit(f"/invite/{token}", f"/invite/{token}", {"password": "я", "repeat": "я"})
    assert short.status == 422 and "короче" in short.text
    done = browser.submit(f"/invite/{token}", f"/invite/{token}", {"password": "зимний вечер 42", "repeat": "зимний вечер 42"})
    assert done.location == "/start" and "Что сделать сначала" in browser.get("/start").text
    assert "не действует" in Browser().get(f"/invite/{token}").text


def test_people_whose_access_is_taken_away_are_out_at_once(shop: Shop) -> None:
    dealer = shop.dealer()
    shop.portal.save(record(2, access=False))
    assert dealer.get("/orders").status == 302
    assert dealer.get("/orders", HX_Request="true").headers["hx-redirect"] == "/sign-in"


def test_english_is_a_choice(shop: Shop) -> None:
    browser = Browser()
    assert browser.submit("/sign-in", "/language", {"language": "en", "back": "/sign-in"}).location == "/sign-in"
    page = browser.get("/sign-in").text
    assert '<html lang="en">' in page and "Sign in" in page


def test_static_files_travel_packed(shop: Shop) -> None:
    plain = Browser().get("/static/bootstrap.min.css")
    packed = Browser().get("/static/bootstrap.min.css", Accept_Encoding="gzip, deflate, br")
    assert packed.headers["content-encoding"] == "gzip" and len(packed.body) * 5 < len(plain.body)
    assert gzip.decompress(packed.body) == plain.body
