"""What the BUS module sends (one kind of object in a file), and what comes without being asked for."""

import io
import zipfile
from datetime import timedelta
from types import SimpleNamespace

from chalicelib.domain.exchange.exchange import ExchangeFile, Tally
from chalicelib.domain.partners.partners import Company, Counterparty, Partner, PartnerScope
from chalicelib.schedules import exchange as exchange_clock
from chalicelib.usecases.ports.partners import PartnerRecord
from tests.exchange import commerceml as cml
from tests.exchange.conversation import Session, Site
from tests.workers.allowed import only_allowed
from tests.workers.events import CONTEXT, tick_event

OWNER = (
    "<Владелец><Ид>our-1</Ид><Наименование>Завод</Наименование><ОфициальноеНаименование>ООО «Завод»</ОфициальноеНаименование>"
    "<ИНН>7700000024</ИНН><КПП>770001001</КПП></Владелец>"
)


def bus(inside: str) -> bytes:
    return f'<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_3" ВерсияСхемы="3.1">{inside}</КоммерческаяИнформация>'.encode()


def package(*offers: str) -> bytes:
    return bus(
        f'<ПакетПредложений СодержитТолькоИзменения="true"><Предложения>{"".join(offers)}</Предложения></ПакетПредложений>'
    )


def kept(site: Site, name: str, run: str = "00000001") -> ExchangeFile:
    found = site.runtime.exchange.file(run, name)
    assert found
    return found


def with_item(site: Site, unit: str = "796") -> Session:
    session = Session(site).check_in()
    goods = f"<Товар><Ид>i1</Ид><Наименование>Дрель</Наименование><БазоваяЕдиница>{unit}</БазоваяЕдиница></Товар>"
    assert session.load("goods.xml", bus(f"<Каталог><Товары>{goods}</Товары></Каталог>")).body == b"success"
    return session


def test_prices_come_type_by_type(site: Site) -> None:
    """CT-10, IN-03: the second file adds to the first; types known by id alone are there to be seen and renamed."""
    session = with_item(site)
    for n, (type_id, amount) in enumerate((("4d968229-47ba", "181"), ("d023050c-8ecc", "150")), 1):
        assert session.load(f"prices_{n}.xml", package(cml.offer("i1", prices={type_id: amount}))).body == b"success"
    prices, _ = site.runtime.offers.read(["i1"])["i1"]
    assert {type_id: str(price.amount) for type_id, price in prices.by_type.items()} == {
        "4d968229-47ba": "181",
        "d023050c-8ecc": "150",
    }
    names = {one.name for one in site.runtime.catalogue.classifier().price_types.values()}
    assert names == {"Вид цен 4d968229", "Вид цен d023050c"}
    assert kept(site, "prices_1.xml").tallies == {"prices": Tally(1, 1)}, "no row of the file told of the price type"
    types = "<ТипыЦен><ТипЦены><Ид>4d968229-47ba</Ид><Наименование>Розничная</Наименование></ТипЦены></ТипыЦен>"
    session.load("priceLists.xml", bus(f"<Классификатор>{types}</Классификатор>"))
    assert site.runtime.catalogue.classifier().price_types["4d968229-47ba"].name == "Розничная"


def test_balances_at_a_warehouse_nobody_named(site: Site) -> None:
    """ST-01, ST-08, CT-08."""
    session = with_item(site)
    rests = "<Остатки><Остаток><Склад><Ид>6f87e83f-722c</Ид><Количество>5</Количество></Склад></Остаток></Остатки>"
    assert session.load("rests.xml", package(cml.offer("i1", more=rests))).body == b"success"
    assert str(site.runtime.offers.read(["i1"])["i1"][1].available("6f87e83f-722c")) == "5"
    assert [one.name for one in site.runtime.catalogue.classifier().warehouses.values()] == ["Склад 6f87e83f"]
    assert len(site.messages("snapshot")) == 2, "the new warehouse is to be seen"


def test_units_have_a_file_of_their_own(site: Site) -> None:
    """CT-05, IN-03: goods name the code alone; what ОКЕИ does not have is found among the units that 1C told."""
    session = Session(site).check_in()
    unit = "<ЕдиницаИзмерения><Ид>u-1</Ид><Код>9642</Код><НаименованиеКраткое>компл.дв</НаименованиеКраткое></ЕдиницаИзмерения>"
    told = bus(f"<Классификатор><ЕдиницыИзмерения>{unit}</ЕдиницыИзмерения></Классификатор>")
    assert session.load("units.xml", told).body == b"success"
    assert kept(site, "units.xml").tallies == {"units": Tally(1, 1)}
    with_item(site, "9642")
    card = site.runtime.catalogue.cards(["i1"])["i1"]
    assert (card.unit_code, card.unit) == ("9642", "компл.дв")
    assert session.load("units.xml", told).body == b"success"
    assert kept(site, "units.xml").tallies == {"units": Tally(1, 0, 1)}


def test_the_owner_of_a_catalogue_is_our_company(site: Site) -> None:
    """IN-08: where it is not known yet; of one that is known only what is empty."""
    session = Session(site).check_in()
    catalogue = cml.document(f"<Классификатор><Ид>k</Ид>{OWNER}</Классификатор>")
    assert session.load("import.xml", catalogue).body == b"success"
    company = site.runtime.partners.company("our-1")
    assert company and (company.name, company.inn) == ("Завод", "7700000024")
    site.runtime.partners.save_company(Company("our-1", "Наш завод", inn="7700000024", kpp="1", bik="044525225"))
    session.load("import.xml", catalogue)
    assert site.runtime.partners.company("our-1") == Company(
        "our-1", "Наш завод", full_name="ООО «Завод»", inn="7700000024", kpp="1", bik="044525225"
    )


def test_counterparties_fill_what_a_partner_lacks_and_others_are_let_be(site: Site) -> None:
    """IN-08: nothing that the partner's own record says is overwritten."""
    payer = Counterparty("cp-1", "ООО «Дилер»", address="Казань")
    record = PartnerRecord(Partner("p-1", "Дилер", True, revision=1), counterparties=(payer,))
    site.runtime.partners.save(record, site.runtime.clock())
    rows = "".join(
        f"<Контрагент><Ид>{id}</Ид><Наименование>Имя {id}</Наименование><ОфициальноеНаименование>Полное</ОфициальноеНаименование>"
        f"<ИНН>{inn}</ИНН><КПП>770001001</КПП></Контрагент>"
        for id, inn in (("cp-1", "7700000017"), ("stranger", "7700000018"))
    )
    session = Session(site).check_in()
    answer = session.load("contragents.xml", bus(f"<Контрагенты>{rows}</Контрагенты>"))
    assert answer.body == b"success"
    assert kept(site, "contragents.xml").tallies == {"counterparties": Tally(2, written=1, unchanged=1)}
    account = site.runtime.partners.account(PartnerScope("p-1"))
    assert account and account.counterparties == (
        Counterparty("cp-1", "ООО «Дилер»", "legal_entity", "Полное", "7700000017", "770001001", "Казань"),
    )
    assert site.runtime.partners.payers("", "7700000017", "770001001")[0][0] == "p-1", "the number leads to him now"


# --- archives nobody asks for -----------------------------------------------------------------------------------------


def zipped(**entries: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(f"{name}.xml", content)
    return packed.getvalue()


def tick(site: Site, minutes: int) -> None:
    """The clock function that many minutes later, under its own policy."""
    later = site.runtime.clock() + timedelta(minutes=minutes)
    site.runtime.clock = lambda: later
    with only_allowed(site.runtime, "schedule_exchange"):
        exchange_clock.schedule_exchange(tick_event(), CONTEXT)


def test_an_archive_without_import_is_loaded_after_a_silence(aws: SimpleNamespace) -> None:
    """IN-03, CT-01: УТ «без ожидания подтверждения импорта» sends it and goes away; offers go after their items."""
    site = Site(zip_allowed=True)
    packed = zipped(
        offers0_1=cml.offers(cml.offer("i1", prices={cml.RETAIL: "10"})), import0_1=cml.catalogue(cml.item("i1", "Дрель"))
    )
    session = Session(site).check_in()
    session.send("v8_1.zip", packed, limit=300)
    tick(site, 0)
    tick(site, 1)
    assert site.work() == [], "it may still be coming"
    tick(site, 2)
    assert [message["file"] for message in site.work()] == ["v8_1.zip"]
    tick(site, 0)
    tick(site, 2)
    assert [message["file"] for message in site.work()] == ["import0_1.xml", "offers0_1.xml"]
    assert site.runtime.offers.read(["i1"])["i1"][0].by_type
    tick(site, 60)
    assert site.work() == [] and site.runtime.exchange.pending() == ()


def test_an_archive_or_file_that_was_cut_off_is_not_started(aws: SimpleNamespace) -> None:
    site = Site(zip_allowed=True)
    session = Session(site).check_in()
    packed = zipped(import0_1=cml.catalogue(*cml.many(f"i{n}" for n in range(50))))
    session.send("v8_1.zip", packed[: len(packed) // 2])
    session.send("import.xml", cml.catalogue(cml.item("i1", "Дрель"))[:300])
    for _ in range(3):
        tick(site, 3)
    assert site.work() == []
