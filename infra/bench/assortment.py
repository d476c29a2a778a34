"""A made assortment of any size, the same on every run: fasteners, tiles, cables, tools, doors … with Russian names."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from chalicelib.domain.catalogue.catalogue import Item, ItemGroup, PriceType, Warehouse
from chalicelib.usecases.ports.catalogue import Classifier

SIZES = ("S", "M", "L", "XL")


@dataclass(frozen=True)
class Family:
    """`name` has a place for each of the `choices` ("a/b | c/d"); `code` begins the article; `brands` are "a/b"."""

    code: str
    group: str
    name: str
    choices: str
    brands: str
    kind: str = "Товар"
    unit: str = "шт"
    variants: bool = False

    def all_choices(self) -> Iterator[tuple[str, ...]]:
        """Every combination, the brand last."""
        return product(*(part.strip().split("/") for part in (*self.choices.split("|"), self.brands)))


FAMILIES = (
    Family("БЛ", "Болты", "Болт М{}х{} {}", "6/8/10/12/16 | 20/40/60/80 | оцинкованный/чёрный", "Стройметиз"),
    Family("ГК", "Гайки", "Гайка М{} {}", "6/8/10/12/16 | оцинкованная/самоконтрящаяся", "Стройметиз"),
    Family("СМ", "Саморезы", "Саморез по {} {}х{} мм", "дереву/металлу | 3,5/4,2/4,8 | 25/41/76", "Крепко/Gvozdek", unit="уп"),
    Family(
        "ПЛ",
        "Плитка настенная",
        "Плитка керамическая «{}» {} см, {}",
        "Ёлочка/Альпы/Ежевика/Енисей | 20х30/25х40 | белая/бежевая",
        "Керамин/Уральский гранит",
        unit="м2",
    ),
    Family("КБ", "Кабель", "Кабель ВВГнг-LS {}х{}", "2/3/5 | 1,5/2,5/4/6", "Подольсккабель", unit="м"),
    Family("ЛМ", "Лампы", "Лампа светодиодная {} Вт {} {} свет", "7/9/11 | E14/E27 | тёплый/холодный", "Gauss/Эра"),
    Family("ШР", "Шуруповёрты", "Шуруповёрт аккумуляторный {} {} В", "DF/GSR/ДА | 12/18", "Bosch/Makita/Интерскол"),
    Family("РК", "Смесители", "Смеситель для {} «{}»", "раковины/кухни/ванны | Ручей/Волна/Родник", "Ростовская мануфактура"),
    Family(
        "ДВ",
        "Двери межкомнатные",
        "Дверь межкомнатная «{}» {} мм, {}",
        "Техно/Классика/Прованс | 2000х600/2000х700/2000х800 | дуб/орех/ясень",
        "Доброделов",
    ),
    Family("ПН", "Погонаж", "Наличник МДФ {} мм, {}", "70х10/80х12 | дуб/орех/ясень", "Доброделов", kind="Комплектующие"),
    Family(
        "ПР",
        "Перчатки",
        "Перчатки защитные {} {}",
        "нитриловые/хлопковые | утеплённые/тонкие",
        "Ампаро",
        unit="пар",
        variants=True,
    ),
    Family(
        "РМ",
        "Рекламные материалы",
        "Каталог {} {}",
        "дверей/плитки/инструмента | 2024/2025",
        "Типография",
        kind="Рекламные материалы",
    ),
)

_TREE = {
    "Крепёж": ("Болты", "Гайки", "Саморезы"),
    "Отделка": ("Плитка", "Двери и погонаж"),
    "Плитка": ("Плитка настенная",),
    "Двери и погонаж": ("Двери межкомнатные", "Погонаж"),
    "Электрика": ("Кабель", "Лампы"),
    "Инструмент": ("Шуруповёрты",),
    "Сантехника": ("Смесители",),
    "Спецодежда": ("Перчатки",),
}


def classifier() -> Classifier:
    """Ids are the names, so that a reader of a test sees what is meant. «Распродажа» has no items."""
    parents = {child: parent for parent, children in _TREE.items() for child in children}
    names = [*_TREE, *(family.group for family in FAMILIES), "Распродажа"]
    return Classifier(
        groups={name: ItemGroup(name, name, parents.get(name)) for name in names},
        price_types={name: PriceType(name, name, vat_included=True) for name in ("Оптовая", "Розничная")},
        warehouses={name: Warehouse(name, f"Склад {name}") for name in ("Москва", "Самара", "Казань")},
    )


def items(count: int) -> Iterator[Item]:
    """About `count` items that can be sold: the families one after another, each in all its choices, again and again."""
    made = 0
    turn = 0
    while made < count:
        for family in FAMILIES:
            for number, choice in enumerate(family.all_choices()):
                if made >= count:
                    return
                item = _item(family, choice, turn, number, made)
                yield item
                if family.variants:
                    yield from _variants(item)
                made += len(SIZES) if family.variants else 1
        turn += 1


def _item(family: Family, choice: tuple[str, ...], turn: int, number: int, made: int) -> Item:
    *words, brand = choice
    name = family.name.format(*words)
    return Item(
        id=f"{family.code}{turn}-{number}",
        name=f"{name} серия {turn}" if turn else name,
        sku=f"{family.code}-{number:03d}/{turn}",
        group_ids=(family.group,),
        unit=family.unit,
        barcodes=(f"46{made:011d}",),
        description=f"{name}. Производство {brand}. Гарантия 12 месяцев, хранить в сухом помещении.",
        full_name=f"{name} {brand}",
        kind=family.kind,
        brand=brand,
        vat_rate=Decimal(20),
        weight_kg=Decimal(made % 900 + 1) / 100,
        volume_m3=Decimal(made % 70 + 1) / 10000,
        package_quantity=Decimal(10),
        pictures=(f"import_files/{family.code}.jpg",),
        properties=(("Страна", "Россия"), ("Применение", "для внутренних работ")),
    )


def _variants(item: Item) -> Iterator[Item]:
    for size in SIZES:
        yield Item(f"{item.id}#{size}", f"{item.name} (размер {size})", parent_id=item.id, variant=f"размер {size}")
