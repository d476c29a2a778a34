"""The portal's own tree: where an item stands, and to whom a category is closed."""

from dataclasses import dataclass

import pytest

from chalicelib.domain.catalogue.categories import UNSORTED, Category, CategoryTree
from chalicelib.domain.catalogue.visibility import Assortment, Visibility
from chalicelib.domain.partners.audiences import Audience
from chalicelib.domain.partners.partners import Partner


@dataclass(frozen=True)
class Thing:
    id: str
    group_ids: tuple[str, ...] = ()
    brand: str = ""


TREE = CategoryTree(
    {
        one.id: one
        for one in (
            Category("doors", "Двери", group_ids=("g-doors",), kind="Двери"),
            Category("white", "Белые двери", "doors", group_ids=("g-white",)),
            Category("adverts", "Реклама", audience=Audience(segments=("Шоу-румы",)), group_ids=("g-ads",)),
            Category("stands", "Стенды", "adverts", group_ids=("g-stands",)),
        )
    },
    {"lamp": "stands", "ghost": "gone"},
)


@pytest.mark.parametrize(
    ("thing", "category"),
    [
        (Thing("a", ("g-white", "g-doors")), "white"),  # the deepest group that a rule names
        (Thing("a", ("g-other", "g-doors")), "doors"),
        (Thing("a", ("g-unknown",)), UNSORTED),
        (Thing("a"), UNSORTED),
        (Thing("lamp", ("g-doors",)), "stands"),  # by hand goes before rules
        (Thing("lamp#red", ("g-doors",)), "stands"),
        (Thing("ghost", ("g-doors",)), "doors"),  # its category is gone
    ],
)
def test_an_item_stands_in_one_category(thing: Thing, category: str) -> None:
    """CT-02: the rules over 1C's groups, and what was put by hand."""
    assert TREE.category_of(thing) == category


def test_the_kind_comes_from_above() -> None:
    """CT-14: doors, extensions, components, advertising materials."""
    assert (TREE.kind_of("white"), TREE.kind_of("stands"), TREE.kind_of(UNSORTED)) == ("Двери", "", "")


def test_a_category_is_closed_with_all_below_it() -> None:
    """CT-12, AD-03: by segment of the partner."""
    everybody = Partner("p1", "Дилер", True)
    invited = Partner("p2", "Шоу-рум", True, segments=("Шоу-румы",))
    assert TREE.closed_to(everybody) == {"adverts", "stands"}
    assert TREE.closed_to(invited) == frozenset()


def test_what_is_closed_or_hidden_is_not_shown() -> None:
    """AD-03, PR-12: by category, item with its variants, group or brand."""
    hidden = Assortment(frozenset({"i1"}), frozenset({"g-secret"}), frozenset({"Тайна"}))
    sight = Visibility(TREE, frozenset({"stands"}), hidden)
    things = (Thing("i1"), Thing("i1#v"), Thing("x", ("g-a", "g-secret")), Thing("y", brand="Тайна"), Thing("lamp"))
    assert [sight.shows(thing) for thing in things] == [False] * 5
    assert sight.shows(Thing("z", ("g-doors",), "Явь")) and Visibility().shows(Thing("i1"))


def test_a_loop_in_the_tree_ends() -> None:
    loop = CategoryTree({"a": Category("a", "А", "b"), "b": Category("b", "Б", "a")})
    assert {one.id for one in loop.trail("a")} == {"a", "b"} and set(loop.below("a")) == {"a", "b"}
