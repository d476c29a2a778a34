"""The address of a list of goods: what was searched, chosen and ordered, so that a link shows a colleague the same."""

from collections.abc import Iterable
from decimal import Decimal

from chalicelib.domain.errors import InvalidInput
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.catalogue.browse import ROWS
from chalicelib.usecases.ports.catalogue import ANYWHERE, MARK_FACET, SORTS, STOCK_FACET, Search
from chalicelib.web.forms import quantity, whole
from chalicelib.web.request import Values
from chalicelib.web.visit import Visit

VIEWS = ("table", "list", "tiles")
MOST_CHOICES = 60
OWN, ALL = "own", "all"


def read_search(query: Values, visitor: Visitor) -> Search:
    """Whatever stands in the address is made sane: people edit addresses, and old links live long."""
    sort, descending = query.get("sort").removeprefix("-"), query.get("sort").startswith("-")
    name, _, warehouse_id = sort.partition(":")
    return Search(
        text=query.get("text")[:200],
        group_id=query.get("group") or None,
        category_id=query.get("category") or None,
        sort=name if name in SORTS else "",
        descending=descending,
        sort_warehouse_id=warehouse_id or None,
        offset=whole(query.get("offset"), most=1_000_000),
        limit=rows_of(query),
        chosen=tuple(_chosen(query, visitor)),
        price_from=_price(query.get("from")),
        price_to=_price(query.get("to")),
        facets=True,
    )


def rows_of(query: Values) -> int:
    asked = whole(query.get("rows"))
    return asked if asked in ROWS else ROWS[0]


def view_of(query: Values) -> str:
    return query.get("view") if query.get("view") in VIEWS else VIEWS[0]


def _chosen(query: Values, visitor: Visitor) -> Iterable[tuple[str, tuple[str, ...]]]:
    """`f=Цвет~белый` for properties, `mark=new`, `stock=own`: the warehouse is that of whoever opens the link."""
    values: dict[str, dict[str, None]] = {}
    for choice in query.all("f")[:MOST_CHOICES]:
        name, mark, value = choice.partition("~")
        if mark and name not in (STOCK_FACET, MARK_FACET):
            values.setdefault(name, {})[value] = None
    yield from ((name, tuple(several)) for name, several in values.items())
    if marks := tuple(dict.fromkeys(query.all("mark")[:MOST_CHOICES])):
        yield MARK_FACET, marks
    if query.get("stock") == OWN:
        yield STOCK_FACET, (visitor.warehouse_id or ANYWHERE,)
    elif query.get("stock") == ALL:
        yield STOCK_FACET, (ANYWHERE,)


def _price(text: str) -> Decimal | None:
    """None for what is no price: an address is never refused."""
    try:
        return quantity(text) if text else None
    except InvalidInput:
        return None


class Listing:
    """Makes the addresses of the same list, changed in one respect. `path`: the page that shows it."""

    FIELDS = ("text", "group", "category", "f", "mark", "stock", "bought", "from", "to", "sort", "rows", "view", "kind")

    def __init__(self, visit: Visit, path: str) -> None:
        self.visit = visit
        self.path = path
        self.kept = {name: several for name in self.FIELDS if (several := list(filter(None, visit.request.query.all(name))))}
        self.view = view_of(visit.request.query)
        self.sort = visit.request.query.get("sort")

    def __call__(self, **changes: object) -> str:
        """With None a field goes. The page is the first again unless `offset` says otherwise."""
        return self.visit.url(self.path, **({**self.kept, **changes}))

    def page(self, offset: int) -> str:
        return self(offset=offset)

    def sorted(self, name: str) -> str:
        return self(sort=f"-{name}" if self.sort == name else name)

    def direction(self, name: str) -> str:
        """What `aria-sort` of the column says, "" where it does not order."""
        return {name: "ascending", f"-{name}": "descending"}.get(self.sort, "")

    def fields(self, *without: str) -> list[tuple[str, str]]:
        """Hidden fields of a form that changes the others."""
        return [(name, value) for name, several in self.kept.items() if name not in without for value in several]

    @property
    def narrowed(self) -> bool:
        """Is anything chosen beyond text and group."""
        return any(name in self.kept for name in ("f", "mark", "stock", "bought", "from", "to"))
