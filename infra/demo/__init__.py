"""The demo supplier: a wholesaler of doors, trim and hardware who does not exist, made anew and alike on every machine."""

from decimal import Decimal
from functools import cache

from infra.demo.assortment import adverts, doors, hardware, tree, trim
from infra.demo.assortment.positions import picture_path, positions
from infra.demo.codes import guid
from infra.demo.dealers import COMPANY, WAREHOUSES, dealers
from infra.demo.supplier import PriceType, Supplier

SIGN_INS: tuple[tuple[str, str, str], ...] = (
    ("ООО «Северный дом», Москва: отсрочка 30 дней", "+7 900 111-22-01", "kabinet-demo-1"),
    ("«Двери и уют», Екатеринбург: предоплата, ИП", "+7 900 111-22-02", "kabinet-demo-2"),
    ("«СибДверь», Новосибирск: аванс 50 %", "+7 900 111-22-03", "kabinet-demo-3"),
)
"""(who, login, password) of the demo dealers, in the order of `supplier().dealers`."""

PRICE_TYPES = (
    PriceType(guid("price", "rrp"), "РРЦ", Decimal(1)),
    PriceType(guid("price", "wholesale"), "Опт", Decimal("0.82")),
    PriceType(guid("price", "dealer"), "Дилер", Decimal("0.70")),
    PriceType(guid("price", "dealer-30"), "Дилер, отсрочка 30 дней", Decimal("0.735")),
)


@cache
def supplier() -> Supplier:
    """The same value at every call, in every process."""
    groups = tree.groups()
    models = [model for part in (doors, trim, hardware, adverts) for model in part.models()]
    drawn = list(positions(models, tree.leaf_ids(groups), PRICE_TYPES, WAREHOUSES))
    items = tuple(item for item, _ in drawn)
    return Supplier(
        company=COMPANY,
        catalogue_id=guid("catalogue"),
        groups=groups,
        properties=tree.properties(items),
        price_types=PRICE_TYPES,
        warehouses=WAREHOUSES,
        items=items,
        dealers=dealers({kind.name: kind for kind in PRICE_TYPES}),
        drawings={picture_path(drawing): drawing for _, drawing in drawn},
    )
