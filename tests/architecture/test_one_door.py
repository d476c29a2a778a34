"""Items by id are asked for at one door, which leaves out what is hidden from the visitor."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2] / "chalicelib"
DOOR = ROOT / "usecases/catalogue/visibility.py"


def asking_the_index(source: str) -> Iterator[int]:
    """Lines where `index.cards(…)` or `….index.cards(…)`, `coded` or `named` is called."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    for call in calls:
        asked = call.func
        if (
            isinstance(asked, ast.Attribute)
            and asked.attr in ("cards", "coded", "named")
            and ast.unparse(asked.value).endswith("index")
        ):
            yield call.lineno


def test_nobody_asks_the_index_for_items_behind_the_restrictions() -> None:
    """OP-15, PR-12: a new path that forgets restrictions fails here."""
    files = [path for layer in ("usecases", "web", "exchange", "workers") for path in (ROOT / layer).rglob("*.py")]
    found = [f"{path.name}:{line}" for path in files if path != DOOR for line in asking_the_index(path.read_text())]
    assert found == [], "use shown_cards"
    assert list(asking_the_index("def f(stores): stores.index.cards(1, 2)")) == [1], "the search itself works"
