"""Advertising materials a dealer orders for his showroom."""

# ruff: noqa: E501 - a table is read best with a row on a line

from collections.abc import Iterator
from decimal import Decimal

from infra.demo.assortment.models import Model, Option, colours
from infra.demo.supplier import PACK, PIECE, SET

_SWATCHES = colours(
    ("дуб снежный", "ДС"), ("дуб натуральный", "ДН"), ("орех тёмный", "ОТ"), ("венге", "ВН"), ("графит матовый", "ГМ"),
    ("ясень серый", "ЯС"), ("капучино", "КП"), ("эмаль белая", "ЭБ"), ("эмаль серая RAL 7047", "Э7"),
)  # fmt: skip
_LINES = tuple(
    Option(f"«{name}»", code) for name, code in (("Заслон", "З"), ("Филёнка", "Ф"), ("Карельский двор", "К"), ("Ругелло", "Р"))
)
_PRINTED, _SHOWROOM = "Печатная продукция", "Оборудование салона"

_ROWS = (
    ("РМ-КТ", "Каталог продукции", _PRINTED, 190, "0.42", "booklet", PIECE, (_LINES,), 20, "А4, 96 полос, цены не указаны."),
    ("РМ-ЛФ", "Листовка, 100 шт", _PRINTED, 260, "0.9", "leaflet", PACK, (_LINES,), 10, "А5, с местом для адреса салона."),
    ("РМ-ПЛ", "Плакат А1", _PRINTED, 150, "0.12", "poster", PIECE, (_LINES,), 25, "Матовая бумага, в тубусе."),
    ("РМ-ЦН", "Ценники, 50 шт", _PRINTED, 120, "0.2", "leaflet", PACK, (_LINES,), 20, "Для напольных и настенных образцов."),
    ("РМ-ОБ", "Образец отделки 150×200", _SHOWROOM, 90, "0.25", "swatch", PIECE, (_SWATCHES,), 20, "Срез полотна с кромкой и подписью цвета."),
    ("РМ-ВЕ", "Веер отделок, 24 цвета", _SHOWROOM, 490, "0.6", "fan", PIECE, (), 5, "Все цвета «Филёнки» на кольце."),
    ("РМ-СД", "Стенд для дверей поворотный, 6 полотен", _SHOWROOM, 24900, "64", "stand", PIECE, (), 1, "Полотна заказываются отдельно."),
    ("РМ-СР", "Стенд для ручек, 24 места", _SHOWROOM, 8900, "14", "board", PIECE, (), 1, "Настенный, с подсветкой."),
    ("РМ-ВВ", "Вывеска световая", _SHOWROOM, 12900, "9", "sign", PIECE, (_LINES,), 1, "1200×400 мм, светодиодная, блок питания в комплекте."),
    ("РМ-УГ", "Уголок дилера", _SHOWROOM, 3900, "4.5", "sign", SET, (_LINES,), 1, "Мобильный стенд, сумка и постер."),
)  # fmt: skip


def models() -> Iterator[Model]:
    for place, (code, title, group, price, weight, shape, unit, options, pack, text) in enumerate(_ROWS):
        yield Model(
            code=code,
            title=title,
            group=group,
            kind="Рекламные материалы",
            brand="Филёнка",
            country="Россия",
            price=Decimal(price),
            weight=Decimal(weight),
            volume=(Decimal(weight) / 400).quantize(Decimal("0.0001")),
            description=f"{title}. {text} Дилерам отгружается вместе с товаром.",
            shape=shape,
            design=place,
            options=options,
            unit=unit,
            pack=pack,
            stock=60,
            colour="" if options and options[0][0].properties else "дуб натуральный",
        )
