"""Price lists through their page, their worker and their link."""

import json
import re
import urllib.request
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from chalicelib.domain.catalogue.catalogue import Item, ItemPrice, Offer
from chalicelib.domain.exchange.records import Record
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.domain.partners.terms import Restriction, RestrictionMode
from chalicelib.formats.spreadsheets import read
from chalicelib.usecases.catalogue.publish_snapshot import publish_snapshot
from chalicelib.workers import pricelists
from chalicelib.workers.worker import consume_batch
from tests.people import PASSWORD, contact, record
from tests.web.browser import Browser
from tests.web.shop import Shop
from tests.workers.allowed import only_allowed
from tests.workers.events import CONTEXT, sqs_event

HIDDEN = Item("i9", "Секретная дверь", "СД-9", group_ids=("g1",), unit="шт")
FREE = Item("i8", "Без цены", "БЦ-1", group_ids=("g1",))
EVIL = Item("i7", "=1+1 <b>&", "+7", group_ids=("g1",), pictures=("p.jpg",))


@pytest.fixture
def shop(aws: object) -> Shop:
    made = Shop()
    now = made.runtime
    now.catalogue.save_cards([HIDDEN, FREE, EVIL], 2)
    now.catalogue.save_picture("p.jpg", "ab12")
    prices = (ItemPrice("dealer", Decimal("99.5")), ItemPrice("wholesale", Decimal(120)), ItemPrice("rrp", Decimal(150)))
    now.catalogue.save_prices([Offer(one, prices) for one in (HIDDEN, EVIL)], 2)
    publish_snapshot(now.catalogue, now.categories, now.files, now.snapshot_writer, clock=now.clock, asked_at=None)
    return made


def work(shop: Shop) -> int:
    """The worker does what lies in the queue, within its policy."""
    now = shop.runtime
    url = now.settings.queues["pricelists"]
    found = now.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for message in found:
        with only_allowed(now, "worker_pricelists"):
            records = sqs_event(json.loads(message["Body"]))["Records"]
            assert consume_batch(pricelists.price_list, records, CONTEXT, in_order=False) == {"batchItemFailures": []}
        now.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return len(found)


def order(browser: Browser, format: str, **fields: str) -> str:
    """The path of the link."""
    page = browser.submit("/price-lists", "/price-lists", {"format": format} | fields)
    assert page.status == 200, page.text
    link = re.search(r'value="http://127.0.0.1:8000(/feeds/[^"]+)"', page.text)
    assert link, page.text
    return link[1]


def fetched(path: str, **headers: str) -> bytes:
    """By a program that has nothing but the link."""
    answer = Browser().get(path, **headers)
    assert answer.status == 302, answer.text
    with urllib.request.urlopen(answer.location) as file:
        body: bytes = file.read()
    return body


def test_a_price_list_is_the_dealers_own(shop: Shop) -> None:
    """PR-14, NW-04: the prices of his contract, as of now, without what he can't buy; to download and by link."""
    dealer = shop.dealer()
    path = order(dealer, "xlsx", name="Мой прайс", pictures="1")
    assert "Готовится" in dealer.get("/price-lists").text
    assert Browser().get(path).status == 409, "not made yet"
    assert work(shop) == 1
    page = dealer.get("/price-lists").text
    assert "актуален на" in page and "Готовится" not in page
    rows = [row for _, row in read(fetched(path))]
    assert rows[0] == ("Мой прайс · Дилер",) and rows[1] == ("Договор: Предоплата 100 %",) and "Актуален на" in rows[2][0]
    goods = {row[0]: row for row in rows[4:]}
    assert goods["+7"][:8] == ("+7", "=1+1 <b>&", "", "", "", "99,5", "150", "RUB")
    assert goods["+7"][-1] == "http://127.0.0.1:8000/pictures/ab12-l"
    assert goods["ДБ-1"][5] == "1000" and "БЦ-1" not in goods
    file = re.search(r'href="(/price-lists/\w+/file)"', page)
    with only_allowed(shop.runtime, "api"):
        assert file and dealer.get(file[1]).status == 302


def test_yml_csv_and_json_say_the_same(shop: Shop) -> None:
    dealer = shop.dealer()
    paths = {format: order(dealer, format) for format in ("yml", "csv", "json")}
    work(shop)
    found: dict[str, Any] = json.loads(fetched(paths["json"]))
    prices = {row["id"]: row["price"] for row in found["items"]}
    assert prices["i7"] == "99.5000" and prices["i1"] == "1000.0000" and set(prices) == {"i1", "i2#v1", "i3", "i7", "i9"}
    offers = etree.fromstring(fetched(paths["yml"])).iter("offer")
    assert {offer.get("id"): offer.findtext("price") for offer in offers} == prices
    rows = [row for _, row in read(fetched(paths["csv"]))]
    assert {row[0].lstrip("'"): row[5] for row in rows[1:]}["+7"] == "99,5000"
    assert not any(cell.startswith(("=", "+")) for row in rows for cell in row)


def test_only_what_is_in_stock(shop: Shop) -> None:
    dealer = shop.dealer()
    path = order(dealer, "json", in_stock="1")
    work(shop)
    assert {row["id"] for row in json.loads(fetched(path))["items"]} == {"i1", "i2#v1", "i3"}


def test_restricted_goods_are_in_no_price_list(shop: Shop) -> None:
    """OP-15, PR-12: what is hidden or blocked for the dealer is not for sale by a file either."""
    dealer = shop.dealer()
    hidden = Restriction("r1", RestrictionMode.HIDE, partner_id="p1", item_id="i9")
    blocked = Restriction("r2", RestrictionMode.BLOCK, partner_id="p1", item_id="i1")
    saved = shop.runtime.restrictions.save([Record("r1", 1, hidden, True), Record("r2", 1, blocked, True)])
    assert saved == ["written", "written"]
    path = order(dealer, "json")
    work(shop)
    assert {row["id"] for row in json.loads(fetched(path))["items"]} == {"i2#v1", "i3", "i7"}


def test_a_list_that_has_not_changed_is_not_sent_again(shop: Shop) -> None:
    dealer = shop.dealer()
    path = order(dealer, "csv")
    work(shop)
    first = Browser().get(path)
    mark = first.headers["etag"]
    assert first.headers["last-modified"].endswith("GMT")
    assert Browser().get(path, If_None_Match=mark).status == 304
    assert work(shop) == 0
    shop.portal.clock.pass_by(minutes=11)
    shop.runtime.catalogue.mark(stock_at=shop.portal.clock(), prices_at=shop.portal.clock())
    assert Browser().get(path).status == 302, "the old one is given while the new one is made"
    assert Browser().get(path).status == 302
    assert work(shop) == 1, "and it is asked for once"


def test_keys_are_renewed_and_revoked(shop: Shop) -> None:
    dealer = shop.dealer()
    old = order(dealer, "csv")
    work(shop)
    (one,) = shop.runtime.price_lists.lists(PartnerScope("p1"))
    assert old.split("/")[-1].removesuffix(".csv") not in str(one), "the key is kept nowhere"
    page = dealer.submit("/price-lists", f"/price-lists/{one.id}", {"do": "renew"})
    found = re.search(r"8000(/feeds/[^\"]+)", page.text)
    assert found
    new = found[1]
    assert Browser().get(old).status == 404 and Browser().get(new).status == 302
    assert Browser().get(new.replace(".csv", ".xlsx")).status == 404
    assert dealer.submit("/price-lists", f"/price-lists/{one.id}", {"do": "revoke"}).status == 303
    assert Browser().get(new).status == 404
    with only_allowed(shop.runtime, "api"):
        assert dealer.submit("/price-lists", f"/price-lists/{one.id}", {"do": "delete"}).status == 303
    assert not list(shop.runtime.files.keys("price-lists/"))


def test_a_link_dies_with_the_access_of_its_person(shop: Shop) -> None:
    dealer = shop.dealer()
    path = order(dealer, "csv")
    work(shop)
    shop.portal.save(record(revision=2, access=False))
    assert Browser().get(path).status == 404


def test_another_partners_list_is_not_there(shop: Shop) -> None:
    dealer = shop.dealer()
    order(dealer, "csv")
    (one,) = shop.runtime.price_lists.lists(PartnerScope("p1"))
    shop.portal.dealer(record(partner_id="p2", contacts=(contact(2, "p2"),)))
    other = Browser()
    assert other.sign_in("+79160000002", PASSWORD).status == 303
    assert other.get(f"/price-lists/{one.id}/file").status == 404
    for what in ("refresh", "renew", "revoke", "delete"):
        assert other.submit("/price-lists", f"/price-lists/{one.id}", {"do": what}).status == 404


def test_a_link_is_not_hammered(shop: Shop) -> None:
    dealer = shop.dealer()
    path = order(dealer, "csv")
    work(shop)
    (one,) = shop.runtime.price_lists.lists(PartnerScope("p1"))
    for _ in range(30):
        shop.runtime.price_lists.count_fetch(one.id, shop.portal.clock())
    assert Browser().get(path).status == 429
    shop.portal.clock.pass_by(seconds=timedelta(minutes=1).total_seconds())
    assert Browser().get(path).status == 302


@pytest.mark.parametrize("fields", [{"format": "exe"}, {"format": ""}])
def test_a_wrong_form_is_told(shop: Shop, fields: dict[str, str]) -> None:
    assert shop.dealer().submit("/price-lists", "/price-lists", fields).status == 422


@pytest.mark.parametrize("size", ["s", "m", "l"])
def test_pictures_of_a_price_list_are_kept_by_browsers_for_good(shop: Shop, size: str) -> None:
    shop.runtime.files.put(f"pictures/ab12-{size}.webp", b"picture")
    answer = Browser().get(f"/pictures/ab12-{size}")
    assert answer.status == 200 and answer.body == b"picture" and answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
