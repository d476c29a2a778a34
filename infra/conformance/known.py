"""What the conversation has said so far: rows are held against it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class GivenOrder:
    """An order the portal gave out. `taken`: 1C has said `success` to it."""

    number: str
    items: frozenset[str]
    taken: bool = False


@dataclass
class Known:
    """`whole`: a catalogue that is more than changes has begun, so what nobody described is missing indeed.

    `pictures`: path -> (place, item) of those goods name; `sent`: names of all files that came. `priced` and `goods` are ids
    of items with a price and of those not deleted. `answers`: number of an order -> Ид of 1C's document.
    """

    whole: bool = False
    offers_whole: bool = False
    groups: set[str] = field(default_factory=set)
    properties: set[str] = field(default_factory=set)
    price_types: set[str] = field(default_factory=set)
    warehouses: set[str] = field(default_factory=set)
    goods: dict[str, str] = field(default_factory=dict)
    variants: set[str] = field(default_factory=set)
    priced: set[str] = field(default_factory=set)
    pictures: dict[str, tuple[str, str]] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)
    orders: dict[str, GivenOrder] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    unknown_answers: list[tuple[str, str]] = field(default_factory=list)

    def has_item(self, item_id: str) -> bool:
        """By itself, or by the item whose variant it is."""
        return item_id in self.goods or item_id.partition("#")[0] in self.goods or item_id in self.variants
