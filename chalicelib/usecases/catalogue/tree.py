"""The tree at the left of the catalogue: the portal's own categories, or the groups of 1C where nobody has drawn any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.catalogue.catalogue import ItemGroup
from chalicelib.domain.catalogue.categories import CategoryTree
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.ports.catalogue import CatalogueIndex, Classifier, Search

GROUP, CATEGORY = "group", "category"


@dataclass(frozen=True, slots=True)
class GroupNode:
    """A group or category in the left panel: `children` are filled for the chosen one and those above it. `field`: the name
    under which an address carries its id."""

    id: str
    name: str
    item_count: int
    chosen: bool
    has_children: bool
    children: tuple["GroupNode", ...] = ()
    field: str = GROUP


@dataclass(frozen=True, slots=True)
class Step:
    """A group or category on the way down to the chosen one."""

    id: str
    name: str
    field: str = GROUP


Entry = tuple[str, str, str | None, tuple[int, str]]
"""id, name, id above, order among its siblings."""


def shown_tree(index: CatalogueIndex, classifier: Classifier, visitor: Visitor, trail: Sequence[Step]) -> tuple[GroupNode, ...]:
    """What the visitor may see of it, with the counts of what he may see."""
    if not classifier.categories.categories:
        return group_tree(classifier, trail, _counts(index, classifier, visitor))
    closed = visitor.visibility.closed
    entries: list[Entry] = [
        (one.id, one.name, one.parent_id, (one.place, one.name.casefold()))
        for one in classifier.categories.categories.values()
        if one.id not in closed and classifier.item_counts.get(one.id)
    ]
    return _tree(entries, _counts(index, classifier, visitor), trail, CATEGORY)


def _counts(index: CatalogueIndex, classifier: Classifier, visitor: Visitor) -> Mapping[str, int]:
    """By id, of the whole assortment or of what is open to him."""
    if visitor.visibility.whole:
        return classifier.item_counts
    return index.counts(visitor.beacons.snapshot, visitor.visibility)


def trail_of(search: Search, classifier: Classifier) -> tuple[Step, ...]:
    """From the top to the chosen category or group."""
    if search.category_id:
        return category_trail(search.category_id, classifier.categories)
    return group_trail(search.group_id, classifier.groups)


def category_trail(category_id: str | None, tree: CategoryTree) -> tuple[Step, ...]:
    return tuple(Step(one.id, one.name, CATEGORY) for one in tree.trail(category_id))


def group_trail(group_id: str | None, groups: Mapping[str, ItemGroup]) -> tuple[Step, ...]:
    """From the top group down to this one; a loop in 1C's tree ends."""
    trail: dict[str, Step] = {}
    while group_id and group_id in groups and group_id not in trail:
        trail[group_id] = Step(group_id, groups[group_id].name)
        group_id = groups[group_id].parent_id
    return tuple(reversed(trail.values()))


def group_tree(
    classifier: Classifier, trail: Sequence[Step] = (), counts: Mapping[str, int] | None = None
) -> tuple[GroupNode, ...]:
    """The top groups, opened along the trail; a group whose parent is not shown stands at the top."""
    groups = classifier.groups
    entries: list[Entry] = [(one.id, one.name, one.parent_id, (0, one.name.casefold())) for one in groups.values()]
    return _tree(entries, classifier.item_counts if counts is None else counts, trail, GROUP)


def _tree(entries: list[Entry], counts: Mapping[str, int], trail: Sequence[Step], field: str) -> tuple[GroupNode, ...]:
    known = {entry[0] for entry in entries}
    below: dict[str | None, list[Entry]] = {}
    for entry in entries:
        below.setdefault(entry[2] if entry[2] in known else None, []).append(entry)
    return _level(None, below, counts, [step.id for step in trail], field)


def _level(
    parent_id: str | None, below: Mapping[str | None, list[Entry]], counts: Mapping[str, int], trail: list[str], field: str
) -> tuple[GroupNode, ...]:
    return tuple(
        GroupNode(
            id=id,
            name=name,
            item_count=counts.get(id, 0),
            chosen=trail[-1:] == [id],
            has_children=id in below,
            children=_level(id, below, counts, trail, field) if id in trail and id != parent_id else (),
            field=field,
        )
        for id, name, _above, _order in sorted(below.get(parent_id, ()), key=lambda entry: entry[3])
    )
