"""The pages of the catalogue: what is chosen stands in the address, counts and figures on the page, the search in the header."""

from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from chalicelib.adapters.index.read import SnapshotIndex
from chalicelib.domain.catalogue.catalogue import Item, ItemPrice, Offer
from tests.web.goods import publish
from tests.web.shop import Shop
from tests.workers.events import queued


def test_what_is_chosen_stands_in_the_address(full: Shop) -> None:
    """ST-05: a link shows a colleague the same; the back button comes back to it."""
    dealer = full.dealer()
    page = dealer.get("/catalogue?f=Цвет~серый&f=@brand~Юг&sort=-price&rows=100&view=tiles")
    assert "ДЮ-20" in page.text and "К-1" not in page.text and "ДЮ-10" not in page.text
    assert 'name="f" value="Цвет~серый" checked' in page.text and 'name="sort" value="-price"' in page.text
    assert "is-tiles" in page.text and 'href="/catalogue?f=' in page.text
    assert "rows=100" in page.text and "К-1" in dealer.get("/catalogue?f=Цвет~серый").text


def test_a_piece_comes_to_htmx_and_a_page_to_everybody_else(full: Shop) -> None:
    dealer = full.dealer()
    piece = dealer.get("/catalogue?mark=new", HX_Request="true").text
    assert piece.lstrip().startswith('<div id="results">') and "ДЮ-10" in piece and "ДЮ-20" not in piece
    assert "<html" in dealer.get("/catalogue?mark=new").text


@pytest.mark.parametrize(
    "address",
    [
        "/catalogue?sort=-price",
        "/catalogue?sort=stock:w2",
        "/catalogue?sort=stock:нет",
        "/stock?sort=eta",
        "/catalogue?sort=<b>&rows=7&view=x&from=abc&f=~&f=x&offset=-1",
    ],
)
def test_whatever_stands_in_an_address_is_answered(full: Shop, address: str) -> None:
    assert full.dealer().get(address).status == 200


def test_prices_narrow_and_order_by_the_contract(full: Shop) -> None:
    """PR-05: the range and the order are of his price, the shown figure is live."""
    dealer = full.dealer()
    text = dealer.get("/catalogue?f=Цвет~серый&f=Цвет~белый&sort=price&from=100&to=2 000").text
    assert text.index("ДЮ-10") < text.index("К-1") and "ДЮ-20" not in text


def test_a_stale_snapshot_does_not_show_what_is_sold_out(full: Shop) -> None:
    """ST-02, ST-08: the filter of the snapshot is looked at again on the live balance, and the page says so."""
    full.runtime.stock.apply({"d1": {"w1": Decimal(0)}}, 3)
    full.runtime.catalogue.save_prices(
        [Offer(Item("d2", ""), (ItemPrice("dealer", Decimal(9000)), ItemPrice("wholesale", Decimal(9000))))], 3
    )
    dealer = full.dealer()
    page = dealer.get("/catalogue?stock=all").text
    assert "ДЮ-10" not in page and "больше не подходят" in page
    assert "ДЮ-20" not in dealer.get("/catalogue?to=100").text


def test_the_stock_list_has_free_goods_only_with_a_column_for_each_warehouse(full: Shop) -> None:
    """ST-03, ST-05, ST-06, ST-07: doors, fittings, advertising materials; «К-1» has run out."""
    dealer = full.dealer()
    page = dealer.get("/stock").text
    assert "ДЮ-10" in page and "ДЮ-20" in page and "К-1" not in page
    assert 'href="/stock?sort=stock%3Aw1"' in page
    full.runtime.stock.apply({"k1": {"w1": Decimal(4)}}, 3)
    publish(full)
    page = dealer.get("/stock").text
    assert "К-1" in page and 'value="@kind~Двери"' in page and 'value="@kind~Реклама"' in page
    assert "ДЮ-10" not in dealer.get("/stock?f=@kind~Реклама").text


def test_the_search_box_suggests_with_price_and_stock(full: Shop) -> None:
    """CT-16: by article, word, wrong layout, look-alikes, a typing error."""
    dealer = full.dealer()
    for asked in ("ДЮ-10", "дю10", "ldthm ,tkfz", "дверь белая юг", "двирь юг белая", "ДЮ 10"):
        assert "ДЮ-10" in dealer.get(f"/search?text={asked}", HX_Request="true").text, asked
    piece = dealer.get("/search?text=ДЮ-10", HX_Request="true").text
    assert 'role="option"' in piece and "500,00" in piece and 'href="/items/d1"' in piece
    assert "Ничего не найдено" in dealer.get("/search?text=абракадабра", HX_Request="true").text


def test_enter_in_the_search_box_opens_the_list(full: Shop) -> None:
    assert full.dealer().get("/search?text=дверь").location == "/catalogue?text=%D0%B4%D0%B2%D0%B5%D1%80%D1%8C"


def test_an_order_is_found_by_its_number(full: Shop) -> None:
    """OR-08: in the same box; another partner's is nothing."""
    dealer = full.dealer()
    full.put(dealer)
    number = full.place(dealer)
    assert dealer.get(f"/search?text={number.lower()}").location == f"/orders/{number}"
    assert f"/orders/{number}" in dealer.get(f"/search?text={number}", HX_Request="true").text
    assert full.staff().get(f"/search?text={number}").status == 403


def test_a_lost_snapshot_is_said_and_made_anew(aws: SimpleNamespace, full: Shop, tmp_path: Path) -> None:
    """The catalogue goes on as it was, with live prices, and a new one is asked for."""
    dealer = full.dealer()
    assert "ДЮ-10" in dealer.get("/catalogue").text
    full.runtime.catalogue.mark(snapshot="snapshots/99999999999999999-20990101T000000.000000-gone.tar.gz")
    page = dealer.get("/catalogue").text
    assert "Каталог обновляется" in page and "ДЮ-10" in page and "500,00" in page
    assert {"because": "missing"} in list(queued(aws, "snapshot"))
    full.runtime.index = SnapshotIndex(full.runtime.files, tmp_path)  # a process that never had one
    assert dealer.get("/catalogue").status == 503 and dealer.get("/orders").status == 200
