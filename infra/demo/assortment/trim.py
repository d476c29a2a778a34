"""Trim: frames, architraves, extensions, skirtings and thresholds in the colours of the doors."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from infra.demo.assortment.models import Model, Option, colours, sizes

_COLOURS = colours(
    ("дуб снежный", "ДС"), ("дуб натуральный", "ДН"), ("орех тёмный", "ОТ"), ("венге", "ВН"), ("графит матовый", "ГМ"),
    ("ясень серый", "ЯС"), ("капучино", "КП"), ("лиственница кремовая", "ЛК"), ("бетон светлый", "БС"),
    ("эмаль белая", "ЭБ", "1.25"), ("эмаль слоновая кость", "ЭС", "1.25"), ("эмаль серая RAL 7047", "Э7", "1.25"),
)  # fmt: skip
_FLOOR = colours(
    ("дуб натуральный", "ДН"),
    ("орех тёмный", "ОТ"),
    ("венге", "ВН"),
    ("ясень серый", "ЯС"),
    ("белый матовый", "БМ"),
    ("бетон светлый", "БС"),
    ("капучино", "КП"),
)
_METALS = colours(("серебро матовое", "СМ"), ("золото матовое", "ЗМ"), ("бронза", "БР"), ("чёрный матовый", "ЧМ", "1.1"))
_WIDTHS = sizes(("100 мм", "100", "1", "1"), ("150 мм", "150", "1.35", "1.5"), ("200 мм", "200", "1.7", "2"), name="Ширина")
_LENGTHS = sizes(("0,9 м", "09", "1", "1"), ("1,35 м", "13", "1.45", "1.5"), ("2,7 м", "27", "2.8", "3"), name="Длина")


@dataclass(frozen=True, slots=True)
class _Row:
    code: str
    title: str
    group: str
    price: int
    weight: str
    volume: str
    pack: int
    length: str
    options: tuple[tuple[Option, ...], ...]
    shape: str = "profile"


_DOOR_TRIM = (
    _Row("КБ01", "Брус коробки прямой 70×28×2070", "Коробка", 690, "2.1", "0.0041", 5, "2070 мм", (_COLOURS,)),
    _Row("КБ02", "Брус коробки телескоп 74×32×2070", "Коробка", 890, "2.4", "0.0049", 5, "2070 мм", (_COLOURS,)),
    _Row("КБ03", "Брус коробки с уплотнителем 80×40×2100", "Коробка", 1190, "2.9", "0.0067", 4, "2100 мм", (_COLOURS,)),
    _Row("НЛ01", "Наличник плоский 70×8×2150", "Наличники", 390, "0.8", "0.0012", 10, "2150 мм", (_COLOURS,)),
    _Row("НЛ02", "Наличник полукруглый 70×10×2150", "Наличники", 420, "0.9", "0.0015", 10, "2150 мм", (_COLOURS,)),
    _Row("НЛ03", "Наличник телескоп 75×10×2150", "Наличники", 490, "1.0", "0.0016", 10, "2150 мм", (_COLOURS,)),
    _Row("НЛ04", "Наличник фигурный 80×16×2200", "Наличники", 690, "1.3", "0.0028", 8, "2200 мм", (_COLOURS,)),
    _Row("ДБ01", "Добор прямой 8×2070", "Доборы", 560, "1.4", "0.0017", 6, "2070 мм", (_COLOURS, _WIDTHS)),
    _Row("ДБ02", "Добор телескоп 10×2070", "Доборы", 690, "1.7", "0.0021", 6, "2070 мм", (_COLOURS, _WIDTHS)),
    _Row("ПР01", "Притворная планка 30×8×2070", "Наличники", 260, "0.4", "0.0005", 20, "2070 мм", (_COLOURS,)),
)
_INTERIOR_TRIM = (
    _Row("ПЛ60", "Плинтус напольный 60×16×2400", "Плинтусы", 490, "1.2", "0.0023", 10, "2400 мм", (_FLOOR,)),
    _Row("ПЛ80", "Плинтус напольный 80×16×2400", "Плинтусы", 590, "1.6", "0.0031", 10, "2400 мм", (_FLOOR,)),
    _Row("ПЛ99", "Плинтус напольный 100×16×2400", "Плинтусы", 740, "2.0", "0.0038", 8, "2400 мм", (_FLOOR,)),
    _Row("ПЛ12", "Плинтус фигурный 120×18×2400", "Плинтусы", 990, "2.6", "0.0052", 6, "2400 мм", (_FLOOR,)),
    _Row("МЛ01", "Молдинг стеновой 40×12×2400", "Плинтусы", 420, "0.7", "0.0012", 12, "2400 мм", (_FLOOR,)),
    _Row("ПГ28", "Порог алюминиевый 28 мм плоский", "Порожки", 290, "0.2", "0.0003", 20, "", (_METALS, _LENGTHS), "threshold"),
    _Row(
        "ПГ38",
        "Порог алюминиевый 38 мм скрытый монтаж",
        "Порожки",
        420,
        "0.3",
        "0.0004",
        20,
        "",
        (_METALS, _LENGTHS),
        "threshold",
    ),
    _Row("ПГ41", "Порог угловой 41×17 мм", "Порожки", 460, "0.3", "0.0005", 20, "", (_METALS, _LENGTHS), "threshold"),
)


def models() -> Iterator[Model]:
    for place, row in enumerate(_DOOR_TRIM):
        yield _model(row, place, "Подходит к полотнам «Филёнка» той же отделки. Поставляется пачками, режется в размер проёма.")
    for place, row in enumerate(_INTERIOR_TRIM):
        yield _model(row, place + 10, "Защитная плёнка снимается после монтажа. Крепёж в комплект не входит.")


def _model(row: _Row, design: int, text: str) -> Model:
    metal = row.shape == "threshold"
    return Model(
        code=row.code,
        title=row.title,
        group=row.group,
        kind="Погонаж",
        brand="Алюмар" if metal else "Филёнка",
        country="Китай" if metal else "Россия",
        price=Decimal(row.price),
        weight=Decimal(row.weight),
        volume=Decimal(row.volume),
        description=f"{row.title}. {text}",
        shape=row.shape,
        design=design,
        options=row.options,
        properties=(("Материал", "алюминий" if metal else "МДФ"), *((("Длина", row.length),) if row.length else ())),
        pack=row.pack,
        stock=180,
    )
