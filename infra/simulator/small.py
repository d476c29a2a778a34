"""A smaller supplier out of the demo: the same company and dealers, with fewer goods."""

from dataclasses import replace

from infra.demo.supplier import Group, Supplier


def smaller(supplier: Supplier, count: int) -> Supplier:
    """`count` goods taken evenly from the whole assortment, with the groups above them and nothing that they do not need."""
    if not 0 < count < len(supplier.items):
        return supplier
    step = len(supplier.items) / count
    items = tuple(supplier.items[int(place * step)] for place in range(count))
    groups = _above(supplier.groups, {item.group_id for item in items})
    used = {name for item in items for name, _ in item.properties}
    paths = {item.picture for item in items}
    return replace(
        supplier,
        items=items,
        groups=groups,
        properties=tuple(one for one in supplier.properties if one.name in used),
        drawings={path: drawing for path, drawing in supplier.drawings.items() if path in paths},
    )


def _above(groups: tuple[Group, ...], wanted: set[str]) -> tuple[Group, ...]:
    found = (replace(group, children=_above(group.children, wanted)) for group in groups)
    return tuple(group for group in found if group.children or group.id in wanted)
