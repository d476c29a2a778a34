"""BSL modules as syntax trees (tree-sitter), and what can be told of them without running."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import tree_sitter_hbk
from tree_sitter import Language, Node, Parser

PACKAGE = Path(__file__).parents[3] / "infra" / "onec"
EXTENSION = PACKAGE / "extension"
PROCESSING = PACKAGE / "processing" / "КабинетОбмен" / "Ext" / "ObjectModule.bsl"

_language = Parser(Language(tree_sitter_hbk.language()))
_queries = Parser(Language(tree_sitter_hbk.sdbl_language()))
DEFINITIONS = ("function_definition", "procedure_definition")


@dataclass(frozen=True)
class Method:
    name: str
    node: Node
    exported: bool
    parameters: tuple[tuple[str, Node | None], ...]
    """Names with the default's node, None where the argument is required."""

    @property
    def is_function(self) -> bool:
        return self.node.type == "function_definition"

    @property
    def least(self) -> int:
        return max((place + 1 for place, (_, default) in enumerate(self.parameters) if default is None), default=0)


@dataclass(frozen=True)
class Module:
    """`name` is the common module's own, or the file's path for a module of a form or an object."""

    path: Path
    name: str
    text: str
    root: Node

    @cached_property
    def methods(self) -> dict[str, Method]:
        return {method.name: method for method in _methods(self.root)}


@cache
def modules() -> tuple[Module, ...]:
    return tuple(read(path) for path in sorted(PACKAGE.rglob("*.bsl")))


@cache
def read(path: Path) -> Module:
    raw = path.read_bytes()
    inside = path.relative_to(PACKAGE).parts
    name = inside[2] if inside[:2] == ("extension", "CommonModules") else str(path.relative_to(PACKAGE))
    return Module(path, name, raw.decode(), _language.parse(raw).root_node)


def parsed(text: str) -> Node:
    return _language.parse(text.encode()).root_node


def parsed_query(text: str) -> Node:
    return _queries.parse(text.encode()).root_node


def faults(root: Node) -> list[str]:
    """Places where the grammar could not go on."""
    found = [node for node in walk(root) if node.type == "ERROR" or node.is_missing]
    return [f"{node.start_point.row + 1}:{node.start_point.column + 1} {text_of(node)[:60]!r}" for node in found]


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from walk(child)


def text_of(node: Node | None) -> str:
    return node.text.decode() if node and node.text else ""


def string_of(node: Node) -> str:
    """The value of a string literal; a literal of several lines goes on after `|`."""
    lines = text_of(node)[1:-1].split("\n")
    rest = [line.lstrip().removeprefix("|") for line in lines[1:]]
    return "\n".join([lines[0].rstrip("\r"), *rest]).replace('""', '"')


def strings(root: Node) -> Iterator[str]:
    yield from (string_of(node) for node in walk(root) if node.type == "string")


def queries(root: Node) -> Iterator[str]:
    yield from (text for text in strings(root) if text.startswith("ВЫБРАТЬ"))


def _methods(root: Node) -> Iterator[Method]:
    for node in walk(root):
        if node.type in DEFINITIONS:
            parameters = node.child_by_field_name("parameters")
            yield Method(
                text_of(node.child_by_field_name("name")),
                node,
                node.child_by_field_name("export") is not None,
                tuple(_parameter(child) for child in (parameters.named_children if parameters else ())),
            )


def _parameter(node: Node) -> tuple[str, Node | None]:
    return text_of(node.child_by_field_name("name")), node.child_by_field_name("def")


@dataclass(frozen=True)
class Call:
    """`owner` is the text before the point: a module, a variable, an expression; empty for a call of the module's own."""

    owner: str
    name: str
    arguments: int
    row: int


def calls(root: Node) -> Iterator[Call]:
    for node in walk(root):
        if node.type == "method_call":
            name = text_of(node.child_by_field_name("name"))
            yield Call(_owner(node), name, len(arguments(node)), node.start_point.row + 1)


def _owner(node: Node) -> str:
    before = node.prev_named_sibling
    return text_of(before) if before is not None and before.type == "access" else ""


def arguments(call: Node) -> list[Node | None]:
    """Nodes of the arguments, None where one is left out: `Метод(, 2)`."""
    listed = call.child_by_field_name("arguments")
    given: list[Node | None] = []
    for node in listed.children if listed else ():
        if node.type == "expression":
            given.append(node)
        elif node.type == "omitted_argument":
            given.append(None)
    return given
