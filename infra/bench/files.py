"""A CommerceML catalogue of any size as УТ 11 writes it, for the benchmarks."""

from pathlib import Path
from uuid import UUID, uuid5
from xml.sax.saxutils import escape

from infra.bench import assortment

SPACE = UUID("0b9a2a54-2f0a-4f0e-9f5b-0d5a54a6d3c1")
HEAD = (
    '\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_2" ВерсияСхемы="2.07">\n'
)
DESCRIPTION = "Описание товара для каталога. " * 8
TAIL = "</КоммерческаяИнформация>\n"


def guid(*parts: object) -> str:
    return str(uuid5(SPACE, " ".join(map(str, parts))))


def item_ids(count: int) -> list[str]:
    """GUIDs of the first `count` items of the file, in its order."""
    return [guid("item", n) for n in range(count)]


def write_import(path: Path, count: int) -> None:
    """import.xml: the groups and `count` items with article, barcode, unit, properties and a description."""
    classifier = assortment.classifier()
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{HEAD}<Классификатор><Ид>{guid('c')}</Ид><Наименование>Каталог</Наименование><Группы>")
        for group in classifier.groups.values():
            file.write(f"<Группа><Ид>{group.id}</Ид><Наименование>{escape(group.name)}</Наименование></Группа>")
        file.write(f"</Группы></Классификатор><Каталог СодержитТолькоИзменения='false'><Ид>{guid('k')}</Ид><Товары>")
        for n, item in zip(range(count), assortment.items(count), strict=False):
            group_id = item.group_ids[0] if item.group_ids else ""
            file.write(
                f"<Товар><Ид>{guid('item', n)}</Ид><Штрихкод>{4600000000000 + n}</Штрихкод>"
                f"<Артикул>{escape(item.sku)}-{n}</Артикул>"
                f"<Наименование>{escape(item.name)}</Наименование>"
                '<БазоваяЕдиница Код="796 " НаименованиеПолное="Штука" МеждународноеСокращение="PCE">шт</БазоваяЕдиница>'
                f"<Группы><Ид>{group_id}</Ид></Группы><Описание>{escape(item.name)}. {DESCRIPTION}</Описание>"
                "<СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>20</Ставка></СтавкаНалога></СтавкиНалогов>"
                f"<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Вес</Наименование><Значение>{n % 90 / 10:.1f}</Значение>"
                "</ЗначениеРеквизита></ЗначенияРеквизитов></Товар>\n"
            )
        file.write(f"</Товары></Каталог>{TAIL}")


def write_offers(path: Path, count: int, price_types: int = 5, warehouses: int = 10, change: int = 0) -> None:
    """offers.xml: prices of every type and balances of every warehouse; `change` makes other figures."""
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{HEAD}<ПакетПредложений СодержитТолькоИзменения='false'><Ид>{guid('k')}#</Ид><ТипыЦен>")
        for p in range(price_types):
            file.write(
                f"<ТипЦены><Ид>{guid('price', p)}</Ид><Наименование>Вид цен {p}</Наименование><Валюта>RUB</Валюта></ТипЦены>"
            )
        file.write("</ТипыЦен><Склады>")
        for w in range(warehouses):
            file.write(f"<Склад><Ид>{guid('warehouse', w)}</Ид><Наименование>Склад {w}</Наименование></Склад>")
        file.write("</Склады><Предложения>")
        prices, places = [guid("price", p) for p in range(price_types)], [guid("warehouse", w) for w in range(warehouses)]
        for n in range(count):
            file.write(f"<Предложение><Ид>{guid('item', n)}</Ид><Цены>")
            for p, price in enumerate(prices):
                amount = 100 + n % 5000 + p * 7 + change
                file.write(
                    f"<Цена><Представление>{amount} RUB за шт</Представление><ИдТипаЦены>{price}</ИдТипаЦены>"
                    f"<ЦенаЗаЕдиницу>{amount}.50</ЦенаЗаЕдиницу><Валюта>RUB</Валюта><Единица>шт</Единица></Цена>"
                )
            file.write("</Цены>")
            for w, place in enumerate(places):
                file.write(f'<Склад ИдСклада="{place}" КоличествоНаСкладе="{(n * 7 + w * 3 + change) % 200}"/>')
            file.write("</Предложение>\n")
        file.write(f"</Предложения></ПакетПредложений>{TAIL}")


def write_rests(path: Path, count: int, warehouses: int = 10, change: int = 1) -> None:
    """rests.xml: nothing but balances, other ones than those of the offers with another `change`."""
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{HEAD}<ИзмененияПакетаПредложений СодержитТолькоИзменения='true'><Ид>{guid('k')}#</Ид><Предложения>")
        places = [guid("warehouse", w) for w in range(warehouses)]
        for n in range(count):
            file.write(f"<Предложение><Ид>{guid('item', n)}</Ид>")
            for w, place in enumerate(places):
                file.write(f'<Склады ИдСклада="{place}" КоличествоНаСкладе="{(n * 7 + w * 3 + change) % 200}"/>')
            file.write("</Предложение>\n")
        file.write(f"</Предложения></ИзмененияПакетаПредложений>{TAIL}")
