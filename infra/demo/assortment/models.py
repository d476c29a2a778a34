"""What a model of goods is before it becomes positions: the words shared by every part of the assortment."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product

from infra.demo.supplier import PIECE, Drawing, Unit


@dataclass(frozen=True, slots=True)
class Option:
    """A choice that makes a position of a model: `text` in its name, `code` in its article, `share` of the model's price.

    `scale` multiplies weight and volume; `properties` are what the choice says of the position.
    """

    text: str
    code: str
    share: Decimal = Decimal(1)
    scale: Decimal = Decimal(1)
    properties: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """A model: its positions are every choice of `options`, and each of those comes in every one of `variants`.

    `title` is the name without the choices; `price` the recommended retail price in roubles of the plainest position.
    `shape` is drawn in every colour of the first row of options where `drawn_by_colour`, else once.
    """

    code: str
    title: str
    group: str
    kind: str
    brand: str
    country: str
    price: Decimal
    weight: Decimal
    volume: Decimal
    description: str
    shape: str
    design: int = 0
    options: tuple[tuple[Option, ...], ...] = ()
    variants: tuple[Option, ...] = ()
    variant_name: str = ""
    properties: tuple[tuple[str, str], ...] = ()
    unit: Unit = PIECE
    pack: int = 1
    stock: int = 40
    drawn_by_colour: bool = False
    colour: str = field(default="")

    def choices(self) -> Iterator[tuple[Option, ...]]:
        return product(*self.options)

    def drawing(self, choice: tuple[Option, ...]) -> Drawing:
        if self.colour or not self.options:
            return Drawing(self.shape, self.colour or "белый матовый", self.design)
        first = choice if self.drawn_by_colour else next(iter(self.choices()))
        return Drawing(self.shape, first[0].text, self.design)


def colours(*rows: tuple[str, str] | tuple[str, str, str]) -> tuple[Option, ...]:
    """Options of colour from (name, code) or (name, code, share of the price)."""
    return tuple(Option(row[0], row[1], Decimal(row[2] if len(row) > 2 else 1), properties=(("Цвет", row[0]),)) for row in rows)


def sizes(*rows: tuple[str, str, str, str], name: str = "Размер") -> tuple[Option, ...]:
    """Options of size from (text, code, share of the price, scale of weight and volume)."""
    return tuple(
        Option(text, code, Decimal(share), Decimal(scale), properties=((name, text),)) for text, code, share, scale in rows
    )
