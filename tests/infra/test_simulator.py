"""The simulated 1C on the wire: the conversation of UT 11.5, its files, and what it does when the portal fails it."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree

from chalicelib.domain.catalogue.catalogue import Item, ItemGroup, Offer, Warehouse
from chalicelib.domain.exchange.exchange import Problem
from chalicelib.formats.commerceml.reader import read
from chalicelib.formats.messages import CompanyMessage, PartnerMessage
from infra.demo import supplier
from infra.simulator.book import OrderBook
from infra.simulator.client import ExchangeRefused, PortalUnavailable, Site
from infra.simulator.commerceml import NAMESPACE, changes_file
from infra.simulator.load import PORTION, Loader
from infra.simulator.state import State
from tests.infra.strict_portal import StrictPortal

NOW = datetime(2026, 11, 21, 9, 5, 7)
FILES = 12
"""Items in the portions of these tests."""


@pytest.fixture
def portal() -> Iterator[StrictPortal]:
    portal = StrictPortal()
    yield portal
    portal.close()


@pytest.fixture
def site(portal: StrictPortal) -> Site:
    return Site(portal.address, "1c", "1c")


@pytest.fixture
def loader(site: Site, tmp_path: Path) -> Loader:
    book = OrderBook(State(tmp_path / "state.json"), supplier(), lambda: NOW)
    return Loader(site, supplier(), book, lambda: NOW, lambda _: None)


def test_a_portion_is_a_session_of_its_own_in_the_order_of_ut(portal: StrictPortal, loader: Loader) -> None:
    portal.progress = 2
    loader.send_portion(1, supplier().items[:FILES])
    pictures = [line for line in portal.said if "import_files" in line]
    assert portal.wrong == []
    assert portal.said[:2] == ["catalog checkauth", "catalog init"]
    plain = [line for line in portal.said[2:] if line not in pictures]
    assert list(dict.fromkeys(plain)) == [
        "catalog file import0_1.xml",
        "catalog file offers0_1.xml",
        "catalog import import0_1.xml",
        "catalog import offers0_1.xml",
    ]
    assert plain.count("catalog import import0_1.xml") == 3, "asked again while the portal says progress"
    assert len(pictures) == len({item.picture for item in supplier().items[:FILES]})
    loader.send_portion(2, supplier().items[FILES : 2 * FILES])
    assert portal.said.count("catalog checkauth") == 2
    assert portal.wrong == []


def test_files_larger_than_the_limit_come_in_pieces_under_one_name(portal: StrictPortal, loader: Loader) -> None:
    portal.file_limit = 5_000
    loader.send_portion(1, supplier().items[:FILES])
    assert portal.wrong == []
    assert portal.pieces["import0_1.xml"] > 3
    assert len(list(read(BytesIO(portal.files["import0_1.xml"])))) > FILES


def test_with_zip_everything_goes_in_one_archive_and_imports_name_its_files(portal: StrictPortal, loader: Loader) -> None:
    portal.zip = True
    loader.send_portion(1, supplier().items[:FILES])
    (name,) = portal.files
    assert name.startswith("v8_") and name.endswith(".zip")
    names = zipfile.ZipFile(BytesIO(portal.files[name])).namelist()
    assert names[:2] == ["import0_1.xml", "offers0_1.xml"] and names[2].startswith("import_files/")
    assert portal.said[-2:] == ["catalog import import0_1.xml", "catalog import offers0_1.xml"]


def test_an_init_with_more_lines_ends_the_exchange_as_in_1c(portal: StrictPortal, site: Site) -> None:
    portal.init_reply = "zip=no\nfile_limit=1000\nsessid=x"
    with site.open("catalog") as session, pytest.raises(ExchangeRefused, match="Параметры обмена не получены"):
        session.init()


def test_a_failure_names_the_file_and_a_dead_portal_is_told_apart(portal: StrictPortal, loader: Loader) -> None:
    portal.refused.add("import0_1.xml")
    with pytest.raises(ExchangeRefused, match="файл не читается"):
        loader.send_portion(1, supplier().items[:FILES])
    portal.lost.add("checkauth")
    with pytest.raises(PortalUnavailable):
        loader.send_portion(1, supplier().items[:FILES])
    portal.refused.clear()
    before = len(portal.said)
    loader.send_portion(1, supplier().items[:FILES])
    again = [line for line in portal.said[before:] if "import_files" in line]
    assert len(again) == len({item.picture for item in supplier().items[:FILES]}), "the whole portion goes again"
    loader.send_portion(1, supplier().items[:FILES])
    assert "import_files" not in portal.said[-5], "pictures that have arrived do not"
    assert portal.wrong == []


def test_the_files_are_what_ut_writes_and_the_portal_reads_them_whole(portal: StrictPortal, loader: Loader) -> None:
    """IN-04: groups, items with variants, prices and stock of a portion arrive without losing a row."""
    portion = loader.portions()[0]
    portal.file_limit = 4_000_000
    loader.send_portion(1, portion)
    assert len(portion) == PORTION
    for name in ("import0_1.xml", "offers0_1.xml"):
        body = portal.files[name]
        assert len(body) < portal.file_limit
        assert body.startswith(b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>')
        document = etree.fromstring(body.removeprefix(b"\xef\xbb\xbf"))
        assert (document.tag, document.get("ВерсияСхемы")) == (f"{{{NAMESPACE}}}КоммерческаяИнформация", "2.07")
    records = [record for name in portal.files if name.endswith(".xml") for record in read(BytesIO(portal.files[name]), name)]
    assert not [record for record in records if isinstance(record, Problem)]
    items = {record.id: record for record in records if isinstance(record, Item)}
    offers = {record.item.id: record for record in records if isinstance(record, Offer)}
    assert set(items) == set(offers) == {item.id for item in portion}
    assert sum(isinstance(record, ItemGroup) for record in records) == 35
    assert [record.name for record in records if isinstance(record, Warehouse)] == ["Москва", "Екатеринбург", "Новосибирск"]
    for sent in portion:
        item, offer = items[sent.id], offers[sent.id]
        assert (item.name, item.sku, item.barcodes) == (sent.name, sent.sku, (sent.barcode,))
        assert (item.weight_kg, item.volume_m3, item.pictures) == (sent.weight, sent.volume, (sent.picture,))
        assert {price.price_type_id: price.amount for price in offer.prices or ()} == sent.prices
        assert offer.balances == sent.balances


def test_only_the_first_portion_carries_the_classifier_and_is_no_change(portal: StrictPortal, loader: Loader) -> None:
    loader.send_portion(1, supplier().items[:3])
    loader.send_portion(2, supplier().items[3:6])
    first, second = (portal.files[f"import0_{number}.xml"].decode() for number in (1, 2))
    assert "<Группы>\n\t\t\t<Группа>" in first and '<Каталог СодержитТолькоИзменения="false">' in first
    assert "<Свойство>" not in second and '<Каталог СодержитТолькоИзменения="true">' in second


def test_changed_balances_go_without_prices_under_the_id_of_the_variant() -> None:
    item = next(item for item in supplier().items if item.variant)
    body = changes_file(supplier(), {item.id: item.balances}, at=NOW)
    (offer,) = [record for record in read(BytesIO(body)) if isinstance(record, Offer)]
    assert (offer.item.id, offer.balances, offer.prices) == (item.id, item.balances, None)
    assert "<ИдХарактеристики>" in body.decode() and "ИзмененияПакетаПредложений" in body.decode()


def test_partners_and_the_company_are_what_the_portal_expects(portal: StrictPortal, loader: Loader) -> None:
    loader.send_company()
    loader.send_partners()
    (companies, company), (partners, batch) = portal.messages
    assert (companies, partners) == ("/exchange/v1/companies", "/exchange/v1/partners")
    (sent,) = company["companies"]
    assert CompanyMessage.model_validate(sent).inn == supplier().company.inn
    read_back = [PartnerMessage.model_validate(one) for one in batch["partners"]]
    assert [partner.name for partner in read_back] == [dealer.name for dealer in supplier().dealers]
    assert portal.wrong == []


def test_it_knows_the_portal_by_the_wire_alone() -> None:
    program = "import sys, infra.simulator.__main__; print([name for name in sys.modules if name.startswith('chalicelib')])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
