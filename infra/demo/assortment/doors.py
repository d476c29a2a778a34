"""Doors: steel entrance doors with left and right variants, interior doors in eco veneer, enamel and wood."""

# ruff: noqa: E501 - a table is read best with a row on a line

from collections.abc import Iterator
from decimal import Decimal

from infra.demo.assortment.models import Model, Option, colours, sizes

_STEEL_COLOURS = colours(
    ("чёрный муар / белый софт", "ЧМ-БС"),
    ("антик медный / дуб натуральный", "АМ-ДН"),
    ("букле графит / бетон светлый", "БГ-БС", "1.04"),
)
_STEEL_SIZES = sizes(("860×2050", "86", "1", "1"), ("960×2050", "96", "1.05", "1.1"))
_SIDES = (
    Option("левая", "Л", properties=(("Сторона открывания", "левая"),)),
    Option("правая", "П", properties=(("Сторона открывания", "правая"),)),
)
_ECO_COLOURS = colours(
    ("дуб снежный", "ДС"), ("дуб натуральный", "ДН"), ("орех тёмный", "ОТ"), ("графит матовый", "ГМ", "1.06"),
    ("ясень серый", "ЯС"), ("белый матовый", "БМ"),
)  # fmt: skip
_ENAMEL_COLOURS = colours(
    ("эмаль белая", "ЭБ"),
    ("эмаль слоновая кость", "ЭС"),
    ("эмаль серая RAL 7047", "Э7", "1.05"),
    ("эмаль олива RAL 6013", "Э6", "1.05"),
)
_WOOD_COLOURS = colours(("дуб натуральный", "ДН"), ("орех тёмный", "ОТ"), ("венге", "ВН"))
_LEAVES = sizes(
    ("600×2000", "60", "1", "1"),
    ("700×2000", "70", "1", "1.15"),
    ("800×2000", "80", "1", "1.3"),
    ("900×2000", "90", "1.08", "1.45"),
)
_FIRE_SIZES = sizes(("860×2050", "86", "1", "1"), ("960×2050", "96", "1.05", "1.1"), ("960×2100", "96В", "1.08", "1.13"))

_FLAT = (
    ("Страж-1", "СТ1", 21900, 62), ("Страж-2", "СТ2", 24900, 66), ("Страж-3К", "СТ3", 28900, 74), ("Квартет", "КВТ", 31900, 78),
    ("Квартет Плюс", "КВП", 34500, 80), ("Тишина-70", "ТШ7", 36900, 82), ("Тишина-90", "ТШ9", 41900, 88), ("Горизонт", "ГРЗ", 33900, 79),
    ("Меридиан", "МРД", 38500, 84), ("Премьер", "ПРМ", 46900, 92), ("Премьер Зеркало", "ПРЗ", 52900, 98), ("Цитадель", "ЦТД", 64900, 112),
)  # fmt: skip
_HOUSE = (
    ("Норд-2", "НР2", 42900, 86), ("Норд-3К", "НР3", 47900, 92), ("Норд Стекло", "НРС", 56900, 98), ("Полюс", "ПЛС", 51900, 96),
    ("Полюс Термо", "ПЛТ", 58900, 102), ("Усадьба", "УСД", 49900, 94), ("Терем", "ТРМ", 54900, 97),
)  # fmt: skip
_FIRE = (("EI-60", "П60", 18900, 68), ("EI-60 остеклённая", "П6С", 24900, 72), ("ДМ-1 техническая", "ДМ1", 14900, 56))
_ECO = (
    "Альт-1", "Альт-2", "Альт-3", "Альт-5", "Альт-7", "Альт-8", "Альт-11", "Альт-12", "Альт-14", "Альт-16", "Альт-17",
    "Альт-21", "Альт-22", "Альт-24", "Альт-27", "Альт-30", "Лайн-1", "Лайн-2", "Лайн-3", "Лайн-4", "Лайн-6", "Лайн-9",
)  # fmt: skip
_ENAMEL = (
    "Виктория-1", "Виктория-2", "Виктория-3", "Версаль-1", "Версаль-2", "Версаль-4", "Скандия-1", "Скандия-2", "Скандия-3",
    "Скандия-5", "Шеврон-1", "Шеврон-2", "Неоклассика-1", "Неоклассика-2", "Арка-1",
)  # fmt: skip
_WOOD = (
    "Кижи-1",
    "Кижи-2",
    "Кижи-3",
    "Онега-1",
    "Онега-2",
    "Онега-4",
    "Ладога-1",
    "Ладога-2",
    "Ладога-3",
    "Валдай-1",
    "Валдай-2",
)


def models() -> Iterator[Model]:
    yield from _entrance("Для квартиры", _FLAT, "Для квартир: три контура уплотнения и ночная задвижка.", 0)
    yield from _entrance(
        "Для дома, с терморазрывом", _HOUSE, "Для улицы: терморазрыв в коробке и полотне, не промерзает до −35 °C.", 3
    )
    yield from _fire()
    yield from _eco()
    yield from _enamel()
    yield from _wood()
    yield from _hidden()


def _entrance(group: str, rows: tuple[tuple[str, str, int, int], ...], text: str, first_design: int) -> Iterator[Model]:
    for place, (name, code, price, weight) in enumerate(rows):
        yield Model(
            code=code,
            title=f"Дверь входная «{name}»",
            group=group,
            kind="Дверь входная",
            brand="Заслон",
            country="Россия",
            price=Decimal(price),
            weight=Decimal(weight),
            volume=Decimal("0.245"),
            description=f"Стальная дверь «{name}». {text} Сталь 1,5 мм, минеральная плита, замки двух систем, регулируемые петли.",
            shape="entrance",
            design=(first_design + place) % 6,
            options=(_STEEL_COLOURS, _STEEL_SIZES),
            variants=_SIDES,
            variant_name="Сторона открывания",
            properties=(("Материал", "сталь"), ("Толщина полотна, мм", str(70 + 5 * (place % 5))), ("Гарантия, лет", "5")),
            stock=9,
            drawn_by_colour=True,
        )


def _fire() -> Iterator[Model]:
    for place, (name, code, price, weight) in enumerate(_FIRE):
        yield Model(
            code=code,
            title=f"Дверь противопожарная {name}" if name.startswith("EI") else f"Дверь металлическая {name}",
            group="Противопожарные и технические",
            kind="Дверь входная",
            brand="Заслон",
            country="Россия",
            price=Decimal(price),
            weight=Decimal(weight),
            volume=Decimal("0.22"),
            description="Для лестничных клеток, складов и техпомещений. Порошковая краска RAL 7035, петли на подшипниках, доводчик заказывается отдельно.",
            shape="fire",
            design=place,
            options=(colours(("серый RAL 7035", "75")), _FIRE_SIZES),
            variants=_SIDES,
            variant_name="Сторона открывания",
            properties=(("Материал", "сталь"), ("Толщина полотна, мм", "60"), ("Гарантия, лет", "3")),
            stock=14,
        )


def _eco() -> Iterator[Model]:
    for place, name in enumerate(_ECO):
        glazed = place % 3 == 1
        leaf = "остеклённая" if glazed else "глухая"
        yield Model(
            code=f"{name[0]}{name.split('-')[1].zfill(2)}{'ДО' if glazed else 'ДГ'}",
            title=f"Дверь межкомнатная «{name}» {'ДО' if glazed else 'ДГ'}",
            group="Экошпон",
            kind="Дверь межкомнатная",
            brand="Филёнка",
            country="Россия",
            price=Decimal(5290 + 340 * (place % 9) + (900 if glazed else 0)),
            weight=Decimal(16 if glazed else 14),
            volume=Decimal("0.052"),
            description=f"Полотно «{name}», {leaf}. Царговая сборка, каркас из сращённой сосны, экошпон 0,3 мм. "
            "Короб, наличник и добор того же цвета есть в разделе «Погонаж».",
            shape="glazed" if glazed else "panel",
            design=place,
            options=(_ECO_COLOURS, _LEAVES),
            properties=(
                ("Покрытие", "экошпон"),
                ("Материал", "МДФ и сосна"),
                ("Исполнение", leaf),
                ("Толщина полотна, мм", "38"),
            ),
            stock=22,
            drawn_by_colour=True,
        )


def _enamel() -> Iterator[Model]:
    for place, name in enumerate(_ENAMEL):
        yield Model(
            code=f"{name[:3].upper()}{name.split('-')[1]}",
            title=f"Дверь межкомнатная «{name}»",
            group="Эмаль",
            kind="Дверь межкомнатная",
            brand="Филёнка",
            country="Россия",
            price=Decimal(9900 + 650 * (place % 7)),
            weight=Decimal(19),
            volume=Decimal("0.058"),
            description=f"Полотно «{name}» под эмалью: четыре слоя с шлифовкой, фрезерованный рисунок. Петли и защёлка врезаются на заводе по запросу.",
            shape="milled",
            design=place,
            options=(_ENAMEL_COLOURS,),
            variants=_LEAVES,
            variant_name="Размер",
            properties=(("Покрытие", "эмаль"), ("Материал", "МДФ"), ("Исполнение", "глухая"), ("Толщина полотна, мм", "40")),
            stock=15,
            drawn_by_colour=True,
        )


def _wood() -> Iterator[Model]:
    for place, name in enumerate(_WOOD):
        yield Model(
            code=f"{name[:2].upper()}{name.split('-')[1]}М",
            title=f"Дверь из массива «{name}»",
            group="Массив и шпон",
            kind="Дверь межкомнатная",
            brand="Карельский двор",
            country="Россия",
            price=Decimal(17900 + 1450 * (place % 6)),
            weight=Decimal(24),
            volume=Decimal("0.061"),
            description=f"Массив карельской сосны, шпон ценных пород, лак в три слоя. Модель «{name}» сохраняет рисунок дерева на каждом полотне.",
            shape="panel",
            design=place + 1,
            options=(_WOOD_COLOURS, _LEAVES),
            properties=(
                ("Покрытие", "шпон"),
                ("Материал", "массив сосны"),
                ("Исполнение", "глухая"),
                ("Толщина полотна, мм", "40"),
            ),
            stock=6,
            drawn_by_colour=True,
        )


def _hidden() -> Iterator[Model]:
    for place, (name, code, price) in enumerate(
        (("Инкогнито-40", "ИН4", 12900), ("Инкогнито-59", "ИН5", 17900), ("Инкогнито Зеркало", "ИНЗ", 21900))
    ):
        yield Model(
            code=code,
            title=f"Дверь скрытая «{name}»",
            group="Скрытые под покраску",
            kind="Дверь межкомнатная",
            brand="Филёнка",
            country="Россия",
            price=Decimal(price),
            weight=Decimal(21),
            volume=Decimal("0.07"),
            description="Комплект: полотно под покраску в алюминиевой кромке, скрытый короб и три петли. Ставится заподлицо со стеной.",
            shape="hidden",
            design=place,
            options=(_LEAVES,),
            variants=_SIDES,
            variant_name="Сторона открывания",
            properties=(("Покрытие", "грунт"), ("Материал", "МДФ"), ("Исполнение", "скрытый монтаж"), ("Цвет", "под покраску")),
            stock=8,
            colour="белый матовый",
        )
