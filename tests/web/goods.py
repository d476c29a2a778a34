"""More goods for a shop: with properties, brands, kinds and marks."""

from decimal import Decimal

from chalicelib.domain.catalogue.catalogue import Item, ItemPrice, Offer
from chalicelib.usecases.catalogue.publish_snapshot import publish_snapshot
from tests.web.shop import HOSTILE, Shop

MORE = (
    Item("d1", "Дверь «Юг» белая", "ДЮ-10", brand="Юг", kind="Двери", properties=(("Цвет", "белый"), ("Новинка", "Да"))),
    Item("d2", "Дверь «Юг» серая", "ДЮ-20", brand="Юг", kind="Двери", properties=(("Цвет", "серый"), (HOSTILE[:40], "<b>A</b>"))),
    Item("k1", "Стойка", "К-1", brand="Запад", kind="Реклама", properties=(("Цвет", "серый"), (HOSTILE[:40], "x"))),
)


def stock_up(shop: Shop) -> None:
    """Doors and an advertising stand, with properties to choose from."""
    now = shop.runtime
    now.catalogue.save_cards(MORE, 2)
    prices = {"d1": "500", "d2": "90", "k1": "1500"}
    offers = [
        Offer(Item(id, ""), (ItemPrice("dealer", Decimal(price)), ItemPrice("wholesale", Decimal(price))))
        for id, price in prices.items()
    ]
    now.catalogue.save_prices(offers, 2)
    now.stock.apply({"d1": {"w1": Decimal(3)}, "d2": {"w2": Decimal(8)}, "k1": {"w1": Decimal(0)}}, 2)
    publish(shop)


def publish(shop: Shop) -> None:
    now = shop.runtime
    publish_snapshot(now.catalogue, now.categories, now.files, now.snapshot_writer, clock=now.clock, asked_at=None)
