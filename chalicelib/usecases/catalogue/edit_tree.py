"""The content manager draws the portal's own tree: categories, the groups of 1C that belong in them, what is put by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from secrets import token_hex

from chalicelib.domain.access.audit import AuditEntry
from chalicelib.domain.catalogue.catalogue import ItemGroup
from chalicelib.domain.catalogue.categories import EVERYBODY, UNSORTED, Category, CategoryTree
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.partners.audiences import Audience
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.catalogue.visibility import coded_cards
from chalicelib.usecases.ports.access import AuditStore
from chalicelib.usecases.ports.catalogue import Card, CatalogueIndex, Classifier, Search
from chalicelib.usecases.ports.categories import CategoryStore
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.files import Queues

MAY = "mapping.manage"
LONGEST_NAME = 100
MOST_CODES = 500
SHOWN_UNSORTED = 50


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category in the order of the tree. `item_count`: with all below it, as of the search snapshot; `expected`: what the
    rules of this moment give it, `placed` of them by hand."""

    category: Category
    depth: int
    item_count: int
    expected: int
    placed: int


@dataclass(frozen=True, slots=True)
class TreePage:
    """`stale`: the dealers' tree still shows how it was before the last change. `unsorted`: some of what no rule names."""

    rows: tuple[CategoryRow, ...]
    groups: Mapping[str, ItemGroup]
    group_counts: Mapping[str, int]
    kinds: tuple[str, ...]
    unsorted: tuple[Card, ...]
    unsorted_count: int
    stale: bool


@dataclass(frozen=True, slots=True)
class CategoryForm:
    """What he filled in; `id` is "" for a new one. Names of segments, regions and price groups, or ids of partners, close it
    for all others."""

    id: str
    name: str
    parent_id: str
    place: int
    kind: str
    group_ids: Sequence[str]
    segments: Sequence[str]
    partner_ids: Sequence[str]


class TreeDesk:
    """The tree in the hands of one who may change it: every change is noted, and the search snapshot follows."""

    def __init__(self, categories: CategoryStore, audit: AuditStore, queues: Queues, clock: Clock, visitor: Visitor) -> None:
        visitor.must(MAY)
        self.categories, self.audit, self.queues, self.clock, self.visitor = categories, audit, queues, clock, visitor

    def changed(self, action: str, subject: str) -> None:
        by = self.visitor
        self.audit.note(AuditEntry(self.clock(), by.session.user_id, by.name, action, subject, ""))
        self.queues.send("snapshot", {"because": "categories"})


def tree_page(index: CatalogueIndex, categories: CategoryStore, *, visitor: Visitor) -> TreePage:
    visitor.must(MAY)
    snapshot = visitor.beacons.snapshot
    tree, classifier = categories.tree(), index.classifier(snapshot)
    unsorted = index.search(snapshot, Search(category_id=UNSORTED, limit=SHOWN_UNSORTED))
    return TreePage(
        rows=tuple(_rows(tree, classifier)),
        groups=classifier.groups,
        group_counts=classifier.item_counts,
        kinds=tuple(sorted({one.kind for one in tree.categories.values() if one.kind})),
        unsorted=unsorted.cards,
        unsorted_count=unsorted.total,
        stale=tree.revision != classifier.categories.revision,
    )


def _rows(tree: CategoryTree, classifier: Classifier) -> list[CategoryRow]:
    below: dict[str | None, list[Category]] = {}
    for one in tree.categories.values():
        below.setdefault(one.parent_id if one.parent_id in tree.categories else None, []).append(one)
    placed = list(tree.placed.values())
    rules = {group_id for one in tree.categories.values() for group_id in one.group_ids}

    def rows(parent_id: str | None, depth: int) -> list[CategoryRow]:
        found: list[CategoryRow] = []
        for one in sorted(below.get(parent_id, ()), key=lambda one: (one.place, one.name.casefold())):
            lower = rows(one.id, depth + 1)
            by_hand = placed.count(one.id)
            expected = by_hand + sum(_ruled(group_id, rules, classifier) for group_id in one.group_ids)
            expected += sum(row.expected for row in lower if row.depth == depth + 1)
            found += [CategoryRow(one, depth, classifier.item_counts.get(one.id, 0), expected, by_hand), *lower]
        return found

    return rows(None, 0)


def _ruled(group_id: str, rules: set[str], classifier: Classifier) -> int:
    """Items of a group with all below it, without the groups below that have a rule of their own."""
    counts = classifier.item_counts
    return counts.get(group_id, 0) - sum(
        counts.get(one, 0) for one in rules if _next_rule_above(one, rules, classifier) == group_id
    )


def _next_rule_above(group_id: str, rules: set[str], classifier: Classifier) -> str | None:
    seen = {group_id}
    above = classifier.groups[group_id].parent_id if group_id in classifier.groups else None
    while above and above not in seen:
        if above in rules:
            return above
        seen.add(above)
        above = classifier.groups[above].parent_id if above in classifier.groups else None
    return None


def save_category(desk: TreeDesk, *, form: CategoryForm) -> str:
    """The id of the category. A group of 1C has one category: here it is taken away from the other. Raises InvalidInput,
    NotFound."""
    tree = desk.categories.tree()
    if form.id and form.id not in tree.categories:
        raise NotFound("Такой категории нет")
    category = _category(form, tree)
    for other in tree.categories.values():
        if other.id != category.id and not set(category.group_ids).isdisjoint(other.group_ids):
            desk.categories.save(_without_groups(other, category.group_ids))
    desk.categories.save(category)
    desk.changed("category_saved", category.name)
    return category.id


def _category(form: CategoryForm, tree: CategoryTree) -> Category:
    name = form.name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInput("Проверьте категорию", {"name": "Назовите категорию: до 100 знаков"})
    parent_id = form.parent_id or None
    if parent_id and (parent_id not in tree.categories or (form.id and parent_id in set(tree.below(form.id)))):
        raise InvalidInput("Проверьте категорию", {"parent_id": "Категория не может стоять внутри самой себя"})
    restricted = bool(form.segments or form.partner_ids)
    audience = Audience(False, tuple(form.partner_ids), tuple(form.segments)) if restricted else EVERYBODY
    group_ids = tuple(dict.fromkeys(form.group_ids))
    return Category(
        form.id or f"c-{token_hex(6)}", name, parent_id, form.place, group_ids, form.kind.strip()[:LONGEST_NAME], audience
    )


def _without_groups(category: Category, group_ids: Sequence[str]) -> Category:
    return replace(category, group_ids=tuple(one for one in category.group_ids if one not in group_ids))


def remove_category(desk: TreeDesk, *, category_id: str) -> None:
    """What stood below it moves up, what was put in it by hand goes back to the rules. Raises NotFound."""
    tree = desk.categories.tree()
    category = tree.categories.get(category_id)
    if category is None:
        raise NotFound("Такой категории нет")
    for child in tree.categories.values():
        if child.parent_id == category_id:
            desk.categories.save(replace(child, parent_id=category.parent_id))
    by_hand = [item_id for item_id, placed in tree.placed.items() if placed == category_id]
    if by_hand:
        desk.categories.place(by_hand, None)
    desk.categories.remove(category_id)
    desk.changed("category_removed", category.name)


def place_items(desk: TreeDesk, index: CatalogueIndex, *, codes: Sequence[str], category_id: str) -> tuple[int, tuple[str, ...]]:
    """Put goods by article, barcode or 1C's id; with no category they go back to the rules. How many were found, and the
    codes that nothing has. Raises NotFound, InvalidInput."""
    if len(codes) > MOST_CODES:
        raise InvalidInput("Не больше %(most)s артикулов за один раз", most=MOST_CODES)
    if category_id and category_id not in desk.categories.tree().categories:
        raise NotFound("Такой категории нет")
    found = {code: coded_cards(index, desk.visitor, code) for code in codes}
    ids = list(dict.fromkeys(card.id.partition("#")[0] for cards in found.values() for card in cards))
    if ids:
        desk.categories.place(ids, category_id or None)
        desk.changed("items_placed", f"{len(ids)}")
    return len(ids), tuple(code for code, cards in found.items() if not cards)
