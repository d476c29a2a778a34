"""Quick order through its pages: rows in, a state for each, the right ones in the cart."""

import re
from decimal import Decimal
from io import BytesIO

import pytest

from chalicelib.domain.catalogue.catalogue import Item, ItemPrice, Offer
from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.formats.spreadsheets import Column, read, write_xlsx
from chalicelib.usecases.catalogue.publish_snapshot import publish_snapshot
from tests.people import PASSWORD, contact, record
from tests.web.browser import Browser, Page
from tests.web.shop import Shop
from tests.workers.allowed import only_allowed

MARK = "----frontier"
NUT = Item("i4", "Гайка М8", "0012-34.5", barcodes=("4600000000015",), group_ids=("g1",), unit="шт")
TWO = (Item("i5#a", "Плитка белая", "ПЛ-7", parent_id="i5"), Item("i5#b", "Плитка серая", "ПЛ-7", parent_id="i5"))
FREE = Item("i6", "Без цены", "БЦ-1", group_ids=("g1",))


@pytest.fixture
def shop(aws: object) -> Shop:
    made = Shop()
    now = made.runtime
    now.catalogue.save_cards([NUT, *TWO, FREE], 2)
    now.catalogue.save_prices(
        [Offer(one, (ItemPrice("wholesale", Decimal(10)), ItemPrice("dealer", Decimal(9)))) for one in (NUT, *TWO)], 2
    )
    now.stock.apply({NUT.id: {"w1": Decimal(100)}}, 2)
    publish_snapshot(now.catalogue, now.categories, now.files, now.snapshot_writer, clock=now.clock, asked_at=None)
    return made


def multipart(fields: dict[str, str], name: str = "", content: bytes = b"") -> bytes:
    parts = [
        f'--{MARK}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{text}\r\n'.encode() for key, text in fields.items()
    ]
    if name:
        head = f'--{MARK}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n")
    return b"".join(parts) + f"--{MARK}--\r\n".encode()


def send(browser: Browser, tab: str, fields: dict[str, str], name: str = "", content: bytes = b"", order: str = "") -> Page:
    page = browser.get(f"/quick-order?tab={tab}")
    hidden = {field: page.hidden(field) for field in ("form_token", "order", "tab", "revision")} | fields
    hidden |= {"order": order} if order else {}
    kind = {"Content-Type": f"multipart/form-data; boundary={MARK}", "Sec-Fetch-Site": "same-origin"}
    return browser.send("POST", "/quick-order", multipart(hidden, name, content), kind)


def begin(browser: Browser, tab: str, fields: dict[str, str], name: str = "", content: bytes = b"") -> str:
    """The address of the quick order that was made."""
    answer = send(browser, tab, fields, name, content)
    assert answer.status == 303, answer.text
    return answer.location


def states(page: Page) -> list[str]:
    return [text.strip() for text in re.findall(r"quick-state[^>]*>([^<]*)<", page.text)]


def change(browser: Browser, address: str, **fields: str) -> Page:
    page = browser.get(address)
    hidden = {name: page.hidden(name) for name in ("form_token", "revision")}
    return browser.post(address, hidden | {name.replace("__", ":"): text for name, text in fields.items()})


def in_cart(shop: Shop) -> dict[str, Decimal]:
    user = shop.runtime.users.by_login("+79160000001")
    assert user
    scope = PartnerScope("p1")
    head = shop.runtime.carts.head(scope, user.id)
    return {line.item_id: line.quantity for line in shop.runtime.carts.lines(scope, head)}


def test_every_row_says_what_is_wrong_with_it(shop: Shop) -> None:
    """CK-13: articles with and without punctuation, barcode, 1C's id and name; stock, package, price and several finds."""
    text = "\n".join(
        (
            "Артикул\tКол-во",
            "0012-34.5\t3",
            "0012345\t1,5",
            "4600000000015\t2",
            "i1\t1",
            "дверь белая\t50",
            "рх1\t3",
            "ПЛ-7\t1",
            "нет такого\t1",
            "БЦ-1\t1",
            "ДБ-1\tмного",
        )
    )
    dealer = shop.dealer()
    page = dealer.get(begin(dealer, "paste", {"text": text}))
    assert states(page) == [
        "✓ Найдено",
        "✓ Найдено",
        "✓ Найдено",
        "✓ Найдено",
        "⚠ Мало остатка: есть 7",
        "⚠ Кратность упаковки: 5",
        "⚠ Подходит несколько товаров: выберите нужный",
        "✕ Такого товара нет в каталоге",
        "✕ Нет цены по вашему договору",
        "✕ Укажите количество больше нуля",
    ]
    assert "Взять 7" in page.text and "Взять 5" in page.text
    assert "1\xa0000,00" in page.text, "the price of the contract"


def test_the_right_rows_go_into_the_cart_once(shop: Shop) -> None:
    """CK-13: a double click, a second window and the same rows sent again add nothing twice."""
    dealer = shop.dealer()
    shop.put(dealer, "i1", "1")
    with only_allowed(shop.runtime, "api"):
        address = begin(dealer, "rows", {"code:1": "ДБ-1", "quantity:1": "2", "code:2": "i4", "quantity:2": "1", "code:3": "?"})
        page = dealer.get(address)
        fields = {name: page.hidden(name) for name in ("form_token", "revision")} | {"do": "add"}
        for _ in range(3):
            assert dealer.post(address, fields).status == 303
    assert in_cart(shop) == {"i1": 3, "i4": 1}
    after = dealer.get(address)
    assert states(after)[:2] == ["✓ В корзине: 2", "✓ В корзине: 1"]
    header = dealer.get("/cart").text
    assert "Строк" in header
    change(dealer, address, code__3="i4", quantity__3="4", do="add")
    assert in_cart(shop) == {"i1": 3, "i4": 5}, "a row put right later is added to what is there"


def test_the_same_form_sent_twice_makes_one_order(shop: Shop) -> None:
    dealer = shop.dealer()
    order = "ab" * 16
    for _ in range(2):
        answer = send(dealer, "rows", {"code:1": "ДБ-1", "quantity:1": "2", "do": "add"}, order=order)
        assert answer.location == f"/quick-order/{order}"
    assert in_cart(shop) == {"i1": 2}


def test_proposals_are_taken_one_by_one_or_together(shop: Shop) -> None:
    dealer = shop.dealer()
    address = begin(dealer, "paste", {"text": "ДБ-1\t50\nрх1\t3"})
    change(dealer, address, take="2:5", **{"code__2": "рх1", "quantity__2": "3"})
    assert states(dealer.get(address)) == ["⚠ Мало остатка: есть 7", "✓ Найдено"]
    change(dealer, address, do="add")
    assert in_cart(shop) == {"i2#v1": 5}
    change(dealer, address, do="accept")
    assert in_cart(shop) == {"i2#v1": 5, "i1": 7}


def test_one_of_several_is_chosen(shop: Shop) -> None:
    dealer = shop.dealer()
    address = begin(dealer, "paste", {"text": "ПЛ-7\t2"})
    change(dealer, address, **{"code__1": "ПЛ-7", "quantity__1": "2", "choice__1": "i5#b", "do": "add"})
    assert in_cart(shop) == {"i5#b": 2}


def sheet(*rows: tuple[object, ...], head: tuple[str, ...] = ("Артикул", "Наименование", "Кол-во")) -> bytes:
    made = BytesIO()
    write_xlsx(made, [Column(title) for title in head], rows)  # type: ignore[arg-type]
    return made.getvalue()


def test_a_file_with_errors_comes_back_to_be_put_right(shop: Shop) -> None:
    """CK-13: rows without a quantity are left out, the wrong ones are downloaded with their own columns and the reason."""
    dealer = shop.dealer()
    content = sheet(("0012-34.5", "Гайка", "1,5"), ("ДБ-1", "Дверь", ""), ("ХХ-9", "=1+1", 4), ("ДБ-1", "Дверь", Decimal(9)))
    address = begin(dealer, "file", {}, "Заявка «Юг».xlsx", content)
    page = dealer.get(address)
    assert "Заявка «Юг».xlsx" in page.text and "Строк без количества пропущено: 1" in page.text
    assert states(page) == ["✓ Найдено", "✕ Такого товара нет в каталоге", "⚠ Мало остатка: есть 7"]
    answer = dealer.get(f"{address}/errors")
    assert [row for _, row in read(answer.body)] == [
        ("Артикул", "Наименование", "Кол-во", "Причина", "Предложено"),
        ("ХХ-9", "=1+1", "4", "Такого товара нет в каталоге"),
        ("ДБ-1", "Дверь", "9", "Мало остатка: есть 7", "7"),
    ]


def test_a_format_of_ones_own_is_told_once(shop: Shop) -> None:
    """CK-13: columns that can't be guessed are named by the dealer, and the next such file is read by itself."""
    dealer = shop.dealer()
    content = sheet(("x", "ДБ-1", 2), head=("Позиция завода", "Наш шифр", "Надо"))
    address = begin(dealer, "file", {}, "a.xlsx", content)
    assert states(dealer.get(address)) == ["✕ Такого товара нет в каталоге"]
    answer = change(dealer, address, **{"column__sku": "1", "column__quantity": "2", "do": "columns"})
    assert answer.status == 303, answer.text
    assert states(dealer.get(address)) == ["✓ Найдено"]
    again = begin(dealer, "file", {}, "b.xlsx", sheet(("y", "i4", 3), head=("Позиция завода", "Наш шифр", "Надо")))
    assert states(dealer.get(again)) == ["✓ Найдено"]
    assert change(dealer, again, **{"column__sku": "1", "do": "columns"}).status == 422


@pytest.mark.parametrize(
    ("tab", "fields", "name", "content"),
    [
        ("paste", {"text": ""}, "", b""),
        ("rows", {"code:1": ""}, "", b""),
        ("file", {}, "", b""),
        ("file", {}, "a.xlsx", b"PK\x03\x04broken"),
        ("file", {}, "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ],
)
def test_what_can_not_be_read_is_told_on_the_same_tab(
    shop: Shop, tab: str, fields: dict[str, str], name: str, content: bytes
) -> None:
    answer = send(shop.dealer(), tab, fields, name, content)
    assert answer.status == 422 and 'role="alert"' in answer.text and f'value="{tab}"' in answer.text


@pytest.mark.parametrize("body", [b"", b"junk", b"--x\r\n\r\n", f"--{MARK}\r\nno end".encode(), b"--" + MARK.encode() + b"--"])
def test_broken_forms_are_refused(shop: Shop, body: bytes) -> None:
    kind = {"Content-Type": f"multipart/form-data; boundary={MARK}", "Sec-Fetch-Site": "same-origin"}
    assert shop.dealer().send("POST", "/quick-order", body, kind).status in (403, 422)


def test_a_row_is_told_while_the_next_is_typed(shop: Shop) -> None:
    dealer = shop.dealer()
    token = dealer.get("/quick-order").hidden("form_token")
    piece = dealer.post("/quick-order/row", {"code:3": "нет", "quantity:3": "2", "form_token": token}, HX_Request="true")
    assert piece.status == 200 and states(piece) == ["✕ Такого товара нет в каталоге"]
    found = dealer.post("/quick-order/row", {"code:3": "ДБ1", "quantity:3": "2", "form_token": token}, HX_Request="true")
    assert "2\xa0000,00" in found.text and "<html" not in found.text


def test_another_dealer_finds_nothing(shop: Shop) -> None:
    dealer = shop.dealer()
    address = begin(dealer, "paste", {"text": "ДБ-1\t1"})
    shop.portal.dealer(record(partner_id="p2", contacts=(contact(2, "p2"),)))
    other = Browser()
    assert other.sign_in("+79160000002", PASSWORD).status == 303
    assert other.get(address).status == 404
    assert other.get(f"{address}/errors").status == 404
    assert change_by(other, address).status == 404


def change_by(browser: Browser, address: str) -> Page:
    token = browser.get("/quick-order").hidden("form_token")
    return browser.post(address, {"form_token": token, "revision": "1", "do": "add"})


def test_the_template_shows_what_goes_where(shop: Shop) -> None:
    rows = [row for _, row in read(shop.dealer().get("/quick-order-template").body)]
    assert rows[0] == ("Артикул", "Наименование", "Количество") and len(rows) > 1


def test_hostile_names_are_only_text(shop: Shop) -> None:
    dealer = shop.dealer()
    text = "<script>alert(1)</script>\t1"
    address = begin(dealer, "paste", {"text": text})
    assert "<script>alert(1)" not in dealer.get(address).text
