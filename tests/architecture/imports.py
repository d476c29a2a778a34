"""The imports of the project's modules, read from their syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Module:
    """`name` is dotted; `at_start` are the modules it imports when it is imported, `later` inside its functions or for types."""

    name: str
    at_start: frozenset[str]
    later: frozenset[str]

    @property
    def imported(self) -> frozenset[str]:
        return self.at_start | self.later

    @property
    def layer(self) -> str:
        """`web` of `chalicelib.web.orders`; `runtime` of `chalicelib.runtime`; `app` of `app`."""
        return self.name.split(".")[1] if "." in self.name else self.name


@cache
def modules() -> tuple[Module, ...]:
    """`app` and everything in `chalicelib`."""
    paths = [ROOT / "app.py", *sorted((ROOT / "chalicelib").rglob("*.py"))]
    names = {path: _name(path) for path in paths}
    known = frozenset(names.values())
    return tuple(_read(path, name, known) for path, name in names.items())


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _read(path: Path, name: str, known: frozenset[str]) -> Module:
    tree = ast.parse(path.read_text())
    found: dict[bool, set[str]] = {True: set(), False: set()}
    for at_start, node in _imports(tree, True):
        found[at_start].update(_targets(node, known))
    return Module(name, frozenset(found[True]), frozenset(found[False]))


def _imports(node: ast.AST, at_start: bool) -> Iterator[tuple[bool, ast.Import | ast.ImportFrom]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield at_start, child
        else:
            yield from _imports(child, at_start and not _is_later(child))


def _is_later(node: ast.AST) -> bool:
    """A function's body, or what only the type checker reads."""
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.unparse(node.test)
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def _targets(node: ast.Import | ast.ImportFrom, known: frozenset[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    assert node.level == 0, "relative imports hide the layer"
    source = node.module or ""
    for alias in node.names:
        submodule = f"{source}.{alias.name}"
        yield submodule if submodule in known else source
