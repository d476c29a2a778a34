"""The item's page: variants as a matrix, goods around it, papers, what he bought before, and word of what has come."""

from decimal import Decimal
from types import SimpleNamespace

from chalicelib.domain.catalogue.catalogue import Item, ItemPrice, Offer
from chalicelib.schedules import catalogue as clock
from chalicelib.usecases.catalogue.publish_snapshot import begun_at
from tests.web.goods import publish
from tests.web.shop import HOSTILE, Shop
from tests.workers.allowed import only_allowed
from tests.workers.events import CONTEXT, queued, spread_all, tick_event


def add(shop: Shop, *items: Item) -> None:
    now = shop.runtime
    now.catalogue.save_cards(items, 5)
    prices = (ItemPrice("dealer", Decimal(100)), ItemPrice("wholesale", Decimal(100)))
    now.catalogue.save_prices([Offer(item, prices) for item in items], 5)
    publish(shop)


def test_variants_of_two_traits_are_a_matrix_to_order_from(full: Shop) -> None:
    """CT-14: sizes across, colours down, a quantity in every cell."""
    sizes = [("600", "белый"), ("700", "белый"), ("600", "серый"), ("800", "серый")]
    variants = [Item(f"m#{n}", "Полотно", parent_id="m", variant=f"{a}, {b}") for n, (a, b) in enumerate(sizes)]
    add(full, Item("m", "Полотно", sku="П-1"), *variants)
    page = full.dealer().get("/items/m%230").text
    assert 'class="matrix"' in page and '<th scope="col">серый</th>' in page and '<th scope="row">800</th>' in page
    assert page.count('name="quantity:m#') == 5  # the four cells, and the one shown above


def test_analogues_accessories_and_papers_are_those_1c_names(full: Shop) -> None:
    """CT-11, CT-15: by article; a paper is a link where it is an https address and nothing else."""
    texts = (("Аналоги", "ДЮ-20, нет такого"), ("Сопутствующие товары", "К-1"))
    papers = (("Сертификат", "https://example.org/c.pdf"), ("Паспорт изделия", "javascript:alert(1)"), ("Инструкция", HOSTILE))
    add(full, Item("x", "Дверь особая", "Х-1", properties=texts, attributes=papers))
    page = full.dealer().get("/items/x").text
    assert "Аналоги" in page and 'href="/items/d2"' in page and "С этим покупают" in page and 'href="/items/k1"' in page
    assert 'href="https://example.org/c.pdf"' in page and 'href="javascript' not in page and "<script>alert" not in page
    assert "Из той же группы" in full.dealer().get("/items/i1").text


def test_he_sees_how_often_he_bought_it_and_all_he_bought(full: Shop) -> None:
    dealer = full.dealer()
    assert "Вы покупали" not in dealer.get("/items/i1").text
    for _ in range(2):
        full.put(dealer)
        full.place(dealer)
    assert "Вы покупали 2 раза" in dealer.get("/items/i1").text
    again = dealer.get("/catalogue?bought=1").text
    assert "ДБ-1" in again and "ДЮ-10" not in again and "Вы покупали 2 раза" in dealer.get("/items/i1").text


def test_he_hears_once_when_the_goods_have_come(full: Shop) -> None:
    """Back in stock: at his warehouse, in the portal and by letter, through the outbox."""
    dealer, now = full.dealer(), full.runtime
    assert "Сообщить о поступлении" in dealer.get("/items/k1").text
    assert dealer.submit("/items/k1", "/arrivals", {"item": "k1", "wanted": "1"}).status == 303
    assert "Вы ждёте этот товар" in dealer.get("/items/k1").text
    with only_allowed(now, "schedule_catalogue"):
        clock.schedule_catalogue(tick_event(), CONTEXT)
    assert "Вы ждёте этот товар" in dealer.get("/items/k1").text
    now.stock.apply({"k1": {"w1": Decimal(4)}}, 6)
    for _ in range(2):
        clock.schedule_catalogue(tick_event(), CONTEXT)
    spread_all(now)
    (letter,) = [row.body for row in now.outbox.pending("messages") if row.body["subject"].startswith("Поступил товар")]
    assert "Стойка" in letter["subject"] and "/items/k1" in letter["text"] and ": 4" in letter["text"]
    assert "Поступил товар: " in dealer.get("/notifications").text
    assert now.arrivals.all() == []


def test_he_may_stop_waiting_and_can_not_wait_for_what_he_does_not_see(full: Shop) -> None:
    dealer = full.dealer()
    dealer.submit("/items/k1", "/arrivals", {"item": "k1", "wanted": "1"})
    dealer.submit("/items/k1", "/arrivals", {"item": "k1", "wanted": "0"})
    assert full.runtime.arrivals.all() == []
    assert dealer.submit("/items/k1", "/arrivals", {"item": "never", "wanted": "1"}).status == 404


def test_the_snapshot_follows_prices_and_balances(aws: SimpleNamespace, full: Shop) -> None:
    """ST-08: filters and orders are at most ten minutes behind."""
    now = full.runtime
    begun = begun_at(now.catalogue.beacons().snapshot or "")
    now.catalogue.mark(stock_at=begun)
    clock.schedule_catalogue(tick_event(), CONTEXT)
    assert list(queued(aws, "snapshot")) == []
    now.catalogue.mark(stock_at=begun.replace(year=begun.year + 1))
    clock.schedule_catalogue(tick_event(), CONTEXT)
    assert list(queued(aws, "snapshot")) == [{"because": "offers"}]
