"""Models made into positions: names, articles, barcodes, prices and balances, the same at every run."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from infra.demo.assortment.models import Model, Option
from infra.demo.codes import ean13, guid
from infra.demo.supplier import Drawing, Item, PriceType, Warehouse

_KOPECK, _GRAM, _CUBE = Decimal("0.01"), Decimal("0.001"), Decimal("0.0001")
_STOCK_SHARES = (Decimal("1"), Decimal("0.55"), Decimal("0.35"))
_MAKERS = {
    "Заслон": "ООО «Заслон Металл»",
    "Филёнка": "ООО «Фабрика Филёнка»",
    "Карельский двор": "ООО «Карельский двор»",
    "Ругелло": "ООО «Ругелло Рус»",
    "Локсар": "ООО «Локсар»",
    "Алюмар": "ООО «Алюмар»",
}


def positions(
    models: Sequence[Model], groups: dict[str, str], price_types: Sequence[PriceType], warehouses: Sequence[Warehouse]
) -> Iterator[tuple[Item, Drawing]]:
    """Every position with the drawing of its picture. `groups`: the name of a leaf of the tree -> its id."""
    number = 0
    for model in models:
        for choice in model.choices():
            for variant in model.variants or (None,):
                number += 1
                yield _item(model, choice, variant, number, groups[model.group], price_types, warehouses), model.drawing(choice)


def picture_path(drawing: Drawing) -> str:
    """Where a picture lies among the files of the exchange, named as UT names its attached files."""
    name = guid("picture", drawing.shape, drawing.colour, str(drawing.design)).replace("-", "")
    return f"import_files/{name[:2]}/{name}_{name[::-1]}.jpg"


def _item(
    model: Model,
    choice: tuple[Option, ...],
    variant: Option | None,
    number: int,
    group_id: str,
    price_types: Sequence[PriceType],
    warehouses: Sequence[Warehouse],
) -> Item:
    options = (*choice, variant) if variant else choice
    random = Random(f"{model.code}/{number}")  # its own for each position: a new model moves no other one
    return Item(
        id=_id(model, choice, variant),
        name=_name(model, choice, variant),
        sku="-".join((model.code, *(option.code for option in choice))),
        group_id=group_id,
        unit=model.unit,
        kind=model.kind,
        brand=model.brand,
        maker=_MAKERS[model.brand],
        country=model.country,
        description=model.description,
        barcode=ean13(f"2900{number:08d}"),
        weight=_times(model.weight, options, "scale", _GRAM),
        volume=_times(model.volume, options, "scale", _CUBE),
        pack=model.pack,
        properties=_properties(model, choice),
        prices=_prices(_rrp(model, options), price_types),
        balances=_balances(model, random, warehouses),
        variant=((model.variant_name, variant.text),) if variant else (),
        picture=picture_path(model.drawing(choice)),
    )


def _id(model: Model, choice: tuple[Option, ...], variant: Option | None) -> str:
    item = guid("item", model.code, *(option.code for option in choice))
    return f"{item}#{guid('variant', model.code, *(o.code for o in choice), variant.code)}" if variant else item


def _name(model: Model, choice: tuple[Option, ...], variant: Option | None) -> str:
    name = ", ".join((model.title, *(option.text for option in choice)))
    return f"{name} ({variant.text})" if variant else name


def _properties(model: Model, choice: tuple[Option, ...]) -> tuple[tuple[str, str], ...]:
    return (*model.properties, *(pair for option in choice for pair in option.properties))


def _times(value: Decimal, options: tuple[Option, ...], field: str, digits: Decimal) -> Decimal:
    for option in options:
        value *= getattr(option, field)
    return value.quantize(digits, ROUND_HALF_UP)


def _rrp(model: Model, options: tuple[Option, ...]) -> Decimal:
    """The retail price: round tens for doors, roubles for what is cheap."""
    price = _times(model.price, options, "share", _KOPECK)
    step = Decimal(10) if price >= 1000 else Decimal(1)
    return (price / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def _prices(rrp: Decimal, price_types: Sequence[PriceType]) -> dict[str, Decimal]:
    return {kind.id: (rrp * kind.share).quantize(_KOPECK, ROUND_HALF_UP) for kind in price_types}


def _balances(model: Model, random: Random, warehouses: Sequence[Warehouse]) -> dict[str, Decimal]:
    """About an eighth of the positions is out of stock in a warehouse; the first warehouse is the fullest."""
    return {
        warehouse.id: Decimal(0 if random.random() < 0.12 else round(random.expovariate(1) * float(model.stock * share)))
        for warehouse, share in zip(warehouses, _STOCK_SHARES, strict=True)
    }
