"""What a node's settings make of the records of its files, before anything is loaded."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from chalicelib.domain.catalogue.catalogue import Item, ItemPrice, Offer, PriceType, Warehouse
from chalicelib.domain.exchange.node_settings import SKIPPED, ItemField, NodeSettings, folded
from chalicelib.domain.orders.orders import ErpOrder

DEFAULT_REQUISITES = {
    "комментарий о наличии": ItemField.AVAILABILITY,
    "комментарий к наличию": ItemField.AVAILABILITY,
    "наличие": ItemField.AVAILABILITY,
    "срок поставки": ItemField.AVAILABILITY,
    "вес брутто": ItemField.WEIGHT,
    "масса": ItemField.WEIGHT,
    "объем": ItemField.VOLUME,
    "объем упаковки": ItemField.VOLUME,
    "кратность": ItemField.PACKAGE,
    "кратность упаковки": ItemField.PACKAGE,
    "кол-во в упаковке": ItemField.PACKAGE,
    "торговая марка": ItemField.BRAND,
    "бренд": ItemField.BRAND,
    "страна происхождения": ItemField.COUNTRY,
}
"""Requisites that many a 1C has: name as `folded` -> field."""
_FIGURES = frozenset({ItemField.WEIGHT, ItemField.VOLUME, ItemField.PACKAGE})


def mapped(records: Iterable[object], settings: NodeSettings) -> Iterator[object]:
    """The records as the portal takes them, in their order; what is not to be loaded is left out."""
    rules = _Rules(settings)
    for record in records:
        match record:
            case Item():
                yield rules.item(record)
            case Offer():
                yield rules.offer(record)
            case PriceType():
                yield replace(record, id=settings.price_types.get(record.id, record.id))
            case Warehouse():
                if settings.warehouses.get(record.id) != SKIPPED:
                    yield replace(record, name=settings.warehouses.get(record.id) or record.name)
            case ErpOrder():
                yield rules.order(record)
            case _:
                yield record


class _Rules:
    def __init__(self, settings: NodeSettings) -> None:
        self.settings = settings
        own = {folded(name): field for name, field in settings.requisites.items()}
        self.requisites: dict[str, str] = {**DEFAULT_REQUISITES, **own}
        self.skipped = {id for id, name in settings.warehouses.items() if name == SKIPPED}

    # --- items --------------------------------------------------------------------------------------------------------

    def item(self, item: Item) -> Item:
        """Requisites that are fields become such, where 1C has not filled them otherwise; others may get another name."""
        if not any(folded(name) in self.requisites for name, _ in item.attributes):
            return item
        fields: dict[str, Any] = {}
        rest = tuple(left for name, text in item.attributes if (left := self._taken(item, fields, name, text)))
        return replace(item, attributes=rest, **fields)

    def _taken(self, item: Item, fields: dict[str, Any], name: str, text: str) -> tuple[str, str] | None:
        """The requisite as it stays; None for one that has become a field, or is not wanted."""
        target = self.requisites.get(folded(name))
        if target is None:
            return name, text
        if target not in list(ItemField):
            return target, text
        value = _value(ItemField(target), text)
        if target == ItemField.SKIP:
            return None
        if value is None:
            return name, text
        if not getattr(item, target):
            fields.setdefault(target, value)
        return None

    # --- offers -------------------------------------------------------------------------------------------------------

    def offer(self, offer: Offer) -> Offer:
        made = replace(offer, item=self.item(offer.item)) if offer.item.attributes else offer
        if made.prices and self.settings.price_types:
            made = replace(made, prices=tuple(map(self._price, made.prices)))
        if made.balances and self.skipped & made.balances.keys():
            left = {id: free for id, free in made.balances.items() if id not in self.skipped}
            made = replace(made, balances=left or None)
        return made

    def _price(self, price: ItemPrice) -> ItemPrice:
        return replace(price, price_type_id=self.settings.price_types.get(price.price_type_id, price.price_type_id))

    # --- orders -------------------------------------------------------------------------------------------------------

    def order(self, order: ErpOrder) -> ErpOrder:
        axes = self.settings.axes(order.state) if order.state else None
        store = None if order.warehouse_id in self.skipped else order.warehouse_id
        return replace(order, axes=axes, completes=self.settings.shipped_completes, warehouse_id=store)


def _value(field: ItemField, text: str) -> Any:
    """The text as the field holds it; None where it is none."""
    if field is ItemField.BARCODE:
        return (text,)
    if field not in _FIGURES:
        return text
    try:
        figure = Decimal(text.replace(",", ".").replace("\u00a0", "").replace(" ", ""))
    except InvalidOperation:
        return None
    return figure if figure.is_finite() and 0 < figure < 10**12 else None
