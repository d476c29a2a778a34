"""The tree of groups of the demo, three levels deep, and the properties its items have."""

from collections.abc import Iterable

from infra.demo.codes import guid
from infra.demo.supplier import Group, Item, Property

_TREE: dict[str, dict[str, tuple[str, ...]]] = {
    "Двери": {
        "Входные двери": ("Для квартиры", "Для дома, с терморазрывом", "Противопожарные и технические"),
        "Межкомнатные двери": ("Экошпон", "Эмаль", "Массив и шпон", "Скрытые под покраску"),
    },
    "Погонаж": {
        "Дверной погонаж": ("Коробка", "Наличники", "Доборы"),
        "Интерьерный погонаж": ("Плинтусы", "Порожки"),
    },
    "Фурнитура": {
        "Ручки": ("Ручки на розетке", "Ручки на планке", "Ручки-скобы"),
        "Замки и цилиндры": ("Замки врезные", "Цилиндры", "Защёлки и завёртки"),
        "Петли и прочее": ("Петли", "Доводчики", "Упоры, глазки, уплотнители"),
    },
    "Рекламные материалы": {
        "Для салона": ("Печатная продукция", "Оборудование салона"),
    },
}
_NUMBERS = frozenset({"Толщина полотна, мм", "Гарантия, лет"})


def groups() -> tuple[Group, ...]:
    return tuple(
        _group((name,), tuple(_group((name, middle), _leaves(name, middle)) for middle in _TREE[name])) for name in _TREE
    )


def _leaves(top: str, middle: str) -> tuple[Group, ...]:
    return tuple(_group((top, middle, leaf)) for leaf in _TREE[top][middle])


def _group(path: tuple[str, ...], children: tuple[Group, ...] = ()) -> Group:
    return Group(guid("group", *path), path[-1], children)


def leaf_ids(tree: Iterable[Group]) -> dict[str, str]:
    """The name of a leaf -> its id."""
    found: dict[str, str] = {}
    for group in tree:
        found |= leaf_ids(group.children) if group.children else {group.name: group.id}
    return found


def properties(items: Iterable[Item]) -> tuple[Property, ...]:
    """Every property that some item has, with the dictionary of its values; numbers have none."""
    values: dict[str, dict[str, None]] = {}
    for item in items:
        for name, text in item.properties:
            values.setdefault(name, {})[text] = None
    return tuple(_property(name, list(texts)) for name, texts in values.items())


def _property(name: str, texts: list[str]) -> Property:
    identity = guid("property", name)
    if name in _NUMBERS:
        return Property(identity, name, "Число")
    return Property(identity, name, "Справочник", tuple((guid("value", name, text), text) for text in texts))
