"""CommerceML files of УТ 11 with our own small assortment."""

from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

DRILLS, PAINTS, LOST = "g-drills", "g-paints", "g-lost"
RETAIL, DEALER = "pt-retail", "pt-dealer"
MOSCOW, KAZAN = "w-moscow", "w-kazan"

GROUPS = f"""<Группы><Группа><Ид>{DRILLS}</Ид><Наименование>Дрели</Наименование><Группы>
  <Группа><Ид>{PAINTS}</Ид><Наименование>Краски &amp; лаки</Наименование></Группа></Группы></Группа></Группы>"""
PROPERTIES = """<Свойства>
  <Свойство><Ид>p-colour</Ид><Наименование>Цвет</Наименование><ТипЗначений>Справочник</ТипЗначений><ВариантыЗначений>
    <Справочник><ИдЗначения>v-red</ИдЗначения><Значение>Красный</Значение></Справочник>
    <Справочник><ИдЗначения>v-blue</ИдЗначения><Значение>Синий</Значение></Справочник></ВариантыЗначений></Свойство>
  <Свойство><Ид>p-volume</Ид><Наименование>Объём, м³</Наименование><ТипЗначений>Число</ТипЗначений></Свойство></Свойства>"""
PRICE_TYPES = f"""<ТипыЦен><ТипЦены><Ид>{RETAIL}</Ид><Наименование>Розничная</Наименование><Валюта>RUB</Валюта></ТипЦены>
  <ТипЦены><Ид>{DEALER}</Ид><Наименование>Дилерская</Наименование><Валюта>RUB</Валюта></ТипЦены></ТипыЦен>"""
WAREHOUSES = f"""<Склады><Склад><Ид>{MOSCOW}</Ид><Наименование>Москва</Наименование></Склад>
  <Склад><Ид>{KAZAN}</Ид><Наименование>Казань</Наименование></Склад></Склады>"""


def document(inside: str, encoding: str = "utf-8") -> bytes:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_2" ВерсияСхемы="2.07" '
    )
    text += f'ДатаФормирования="2026-11-21T10:15:30">{inside}</КоммерческаяИнформация>'
    return text.encode(encoding, errors="xmlcharrefreplace")


def item(
    id: str, name: str, *, group: str = DRILLS, sku: str = "", status: str = "", colour: str = "v-red", more: str = ""
) -> str:
    mark = f' Статус="{status}"' if status else ""
    return (
        f"<Товар{mark}><Ид>{id}</Ид><Артикул>{sku}</Артикул><Наименование>{escape(name)}</Наименование>"
        '<БазоваяЕдиница Код="796 " НаименованиеПолное="Штука" МеждународноеСокращение="PCE">шт'
        "<Пересчет><Единица>796</Единица><Коэффициент>12</Коэффициент></Пересчет></БазоваяЕдиница>"
        f"<Группы><Ид>{group}</Ид></Группы><ЗначенияСвойств><ЗначенияСвойства><Ид>p-colour</Ид><Значение>{colour}</Значение>"
        "</ЗначенияСвойства><ЗначенияСвойства><Ид>p-volume</Ид><Значение>0,025</Значение></ЗначенияСвойства>"
        "<ЗначенияСвойства><Ид>p-unheard-of</Ид><Значение>нечто</Значение></ЗначенияСвойства></ЗначенияСвойств>"
        "<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Вес</Наименование><Значение>1,75</Значение></ЗначениеРеквизита>"
        "<ЗначениеРеквизита><Наименование>Гарантия</Наименование><Значение>12 месяцев</Значение></ЗначениеРеквизита>"
        f"</ЗначенияРеквизитов>{more}</Товар>"
    )


def catalogue(*items: str, classifier: str = GROUPS + PROPERTIES, encoding: str = "utf-8") -> bytes:
    head = f"<Классификатор><Ид>k</Ид><Наименование>Основной</Наименование>{classifier}</Классификатор>"
    body = f'<Каталог СодержитТолькоИзменения="true"><Ид>k</Ид><Товары>{"".join(items)}</Товары></Каталог>'
    return document(head + body, encoding)


def offer(
    id: str,
    name: str = "",
    *,
    prices: Mapping[str, str] | None = None,
    stock: Mapping[str, str] | None = None,
    more: str = "",
) -> str:
    named = f"<Наименование>{escape(name)}</Наименование>" if name else ""
    priced = "".join(
        f"<Цена><ИдТипаЦены>{type_id}</ИдТипаЦены><ЦенаЗаЕдиницу>{amount}</ЦенаЗаЕдиницу><Валюта>RUB</Валюта></Цена>"
        for type_id, amount in (prices or {}).items()
    )
    counted = "".join(f'<Склад ИдСклада="{id}" КоличествоНаСкладе="{amount}"/>' for id, amount in (stock or {}).items())
    return f"<Предложение><Ид>{id}</Ид>{named}{more}{f'<Цены>{priced}</Цены>' if prices else ''}{counted}</Предложение>"


def offers(*rows: str, head: str = PRICE_TYPES + WAREHOUSES) -> bytes:
    body = f'<ПакетПредложений СодержитТолькоИзменения="true"><Ид>k#</Ид>{head}<Предложения>'
    return document(body + "".join(rows) + "</Предложения></ПакетПредложений>")


def many(ids: Iterable[str]) -> list[str]:
    return [item(id, f"Дрель {id}", sku=f"Д-{id}") for id in ids]
