"""КП and the cart in Excel, through the routes; what stands in the PDF is read back out of it."""

import re
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import Image
from pypdf import PdfReader

from chalicelib.domain.catalogue.catalogue import ItemPrice, Offer
from chalicelib.formats.spreadsheets import read
from tests.web.browser import Browser, Page
from tests.web.shop import ITEMS, Shop


@pytest.fixture
def dealer(shop: Shop) -> Browser:
    """With two doors at 1000, which are sold for 1500, and five handles nobody recommends a price for."""
    found = shop.dealer()
    dear = ItemPrice("dealer", Decimal("1000")), ItemPrice("rrp", Decimal("1500"))
    shop.runtime.catalogue.save_prices([Offer(ITEMS[0], dear)], 2)
    shop.put(found, "i1", "2")
    shop.put(found, "i2#v1", "5")
    return found


def asked(dealer: Browser, **fields: str) -> Page:
    return dealer.submit("/quotation", "/quotation", {"valid_until": "30.11.2026"} | fields)


def text_of(page: Page) -> str:
    assert page.status == 200 and page.headers["content-type"] == "application/pdf", page.text
    return " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(page.body)).pages).split())


def numbers_in(text: str) -> set[str]:
    return set(re.findall(r"\d[\d ]*,\d\d", text.replace("\u00a0", " ")))


def everything_in(pdf: bytes) -> str:
    """The text of the sheets and of what is written about the file."""
    reader = PdfReader(BytesIO(pdf))
    return text_of(Page(200, {"content-type": "application/pdf"}, [], pdf)) + str(reader.metadata)


@pytest.mark.parametrize(
    ("fields", "price", "total"),
    [
        ({"pricing": "recommended"}, "1 500,00", "3 000,00"),
        ({"pricing": "recommended", "percent": "-5"}, "1 425,00", "2 850,00"),
        ({"pricing": "markup", "percent": "33,3"}, "1 333,00", "9 331,00"),
    ],
)
def test_a_customer_never_sees_the_cost(dealer: Browser, fields: dict[str, str], price: str, total: str) -> None:
    """CK-04, OP-27: retail prices of whatever rule, the dealer's name, until when; no purchase price anywhere in the file."""
    page = asked(dealer, customer="ИП Соколова <b>", comment="Доставка за наш счёт", **fields)
    text = text_of(page)
    assert {price, total} <= numbers_in(text)
    for words in (
        "КП-1",
        "ООО «Дилер»",
        "Контакт 1",
        "ИП Соколова <b>",
        "до 30 ноября 2026",
        "Доставка за наш счёт",
        "Дверь белая",
    ):
        assert words in text, words
    cost = {"1 000,00", "2 000,00", "5 000,00", "7 000,00"}
    assert not cost & numbers_in(everything_in(page.body))
    assert "Предоплата" not in text and "внутреннего" not in text and "наценк" not in text.lower()
    assert ("по запросу" in text) == (fields["pricing"] == "recommended")


def test_the_dealers_own_people_see_purchase_prices(dealer: Browser) -> None:
    """OP-27: and the file says whom it is for; numbers go on."""
    asked(dealer, pricing="recommended")
    text = text_of(asked(dealer, pricing="purchase"))
    assert {"1 000,00", "2 000,00", "7 000,00"} <= numbers_in(text)
    assert "Только для внутреннего использования" in text and "КП-2" in text


@pytest.mark.parametrize(
    "fields",
    [
        {"pricing": "markup"},
        {"pricing": "markup", "percent": "-3"},
        {"pricing": "recommended", "percent": "-99"},
        {"pricing": "nothing"},
        {"pricing": "recommended", "valid_until": "01.01.2020"},
        {"pricing": "recommended", "customer": "я" * 301},
    ],
)
def test_what_an_offer_refuses(dealer: Browser, fields: dict[str, str]) -> None:
    """A markup of nothing would be the cost."""
    assert asked(dealer, **fields).status == 422


def logo(dealer: Browser, content: bytes) -> Page:
    token = dealer.get("/quotation").hidden("form_token")
    parts = [("form_token", token.encode()), ('logo"; filename="logo.png', content)]
    body = b"".join(b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (n.encode(), v) for n, v in parts)
    kind = {"Content-Type": "multipart/form-data; boundary=x", "Sec-Fetch-Site": "same-origin"}
    return dealer.send("POST", "/quotation/logo", body + b"--x--\r\n", kind)


def test_the_logo_is_drawn_anew_and_stands_on_the_offer(dealer: Browser) -> None:
    """CK-04: PNG or JPEG, bounded; what was hidden in the file is gone."""
    picture = BytesIO()
    Image.new("RGB", (2000, 1000), "navy").save(picture, "JPEG", comment=b"<script>secret</script>")
    assert dealer.get("/quotation/logo").status == 404
    assert logo(dealer, picture.getvalue()).status == 303
    kept = dealer.get("/quotation/logo")
    assert kept.headers["content-type"] == "image/png" and b"secret" not in kept.body
    assert Image.open(BytesIO(kept.body)).size == (480, 240)
    pdf = asked(dealer, pricing="recommended").body
    assert [image.image.size for image in PdfReader(BytesIO(pdf)).pages[0].images if image.image] == [(480, 240)]
    dealer.submit("/quotation", "/quotation/logo", {"remove": "1"})
    assert dealer.get("/quotation/logo").status == 404


@pytest.mark.parametrize("content", [b"<svg onload='x'/>", b"GIF89a" + b"0" * 40, b"\x89PNG\r\n\x1a\n", b"x" * 2_000_001])
def test_what_is_no_logo(dealer: Browser, content: bytes) -> None:
    assert logo(dealer, content).status in (413, 422)
    assert dealer.get("/quotation/logo").status == 404


def test_the_cart_goes_to_excel_and_back(dealer: Browser) -> None:
    """CK-05: article, quantity, price and sum by line; what looks like a formula is text."""
    dealer.submit("/cart", "/cart", {"note:i1": "=HYPERLINK()", "noted:i1": ""})
    page = dealer.get("/cart/xlsx")
    rows = [cells for _number, cells in read(page.body)]
    assert rows[0][:4] == ("Артикул", "Наименование", "Ед.", "Количество")
    assert rows[1][0] == "ДБ-1" and rows[1][3:6] == ("2", "1000", "2000") and rows[1][8] == "=HYPERLINK()"
    assert rows[2][0] == "РХ-1" and rows[2][3] == "5"
    assert b"<f" not in ZipFile(BytesIO(page.body)).read("xl/worksheets/sheet1.xml")
