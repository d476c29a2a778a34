"""Runs BSL: enough of the language for the modules of the package. What it does not know it says, and stops."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from tree_sitter import Node

from tests.infra.bsl.syntax import Method, Module, arguments, string_of, text_of
from tests.infra.bsl.values import Array, BslError, Map, Result, Structure, Table, Value

LOOPS = 1_000_000


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


class _Return(Exception):
    def __init__(self, value: Value) -> None:
        self.value = value


@dataclass
class Machine:
    """`globals` are the platform's functions and objects by name; `types` what Новый makes."""

    modules: Mapping[str, Module]
    globals: dict[str, Any]
    types: Mapping[str, Callable[..., Value]]
    last_error: list[str] = field(default_factory=lambda: [""])

    def call(self, module: str, method: str, *given: Value) -> Value:
        found = self.modules[module]
        if method not in found.methods:
            raise BslError(f"Метод объекта не обнаружен ({module}.{method})")
        return self._run(found, found.methods[method], list(given))

    def _run(self, module: Module, method: Method, given: list[Value]) -> Value:
        if len(given) > len(method.parameters):
            raise BslError(f"Слишком много фактических параметров: {method.name}")
        frame = Frame(self, module, {})
        for place, (name, default) in enumerate(method.parameters):
            if place < len(given):
                frame.names[name] = given[place]
            elif default is not None:
                frame.names[name] = frame.evaluate(default)
            else:
                raise BslError(f"Недостаточно фактических параметров: {method.name}")
        try:
            frame.block(method.node)
        except _Return as returned:
            return returned.value
        return None


@dataclass
class ModuleObject:
    """A common module as a value: ОбщийМодуль("кбн_СоставУТ"), or a name before a point."""

    machine: Machine
    name: str


class Frame:
    """A call of a method: its variables."""

    def __init__(self, machine: Machine, module: Module, names: dict[str, Value]) -> None:
        self.machine, self.module, self.names = machine, module, names

    # --- statements -----------------------------------------------------------------------------------------------------

    def block(self, node: Node) -> None:
        for child in node.children:
            run = getattr(self, child.type, None) if child.type in STATEMENTS else None
            if run:
                run(child)
            elif child.type.endswith("_statement"):
                raise NotImplementedError(child.type)

    def assignment_statement(self, node: Node) -> None:
        left, value = node.child_by_field_name("left"), self.evaluate(_child(node, "right"))
        assert left
        if left.type == "identifier":
            self.names[text_of(left)] = value
            return
        owner, last = self.evaluate(left.named_children[0]), left.named_children[-1]
        key = text_of(last) if last.type == "property" else self.evaluate(last.named_children[0])
        put(owner, key, value)

    def call_statement(self, node: Node) -> None:
        self.evaluate(node.named_children[0])

    def if_statement(self, node: Node) -> None:
        if self.evaluate(_first(node, "expression")) is True:
            return self.block(node)
        for clause in node.named_children:
            if clause.type == "elseif_clause" and self.evaluate(_first(clause, "expression")) is True:
                return self.block(clause)
            if clause.type == "else_clause":
                return self.block(clause)
        return None

    def while_statement(self, node: Node) -> None:
        for _ in range(LOOPS):
            if self.evaluate(_first(node, "expression")) is not True or not self._once(node):
                return
        raise BslError("Цикл не заканчивается")

    def for_statement(self, node: Node) -> None:
        first, last = (self.evaluate(one) for one in node.named_children if one.type == "expression")
        name, place = text_of(_first(node, "identifier")), first
        while place <= last:
            self.names[name] = place
            if not self._once(node):
                return
            place += 1

    def for_each_statement(self, node: Node) -> None:
        name, items = text_of(_first(node, "identifier")), self.evaluate(_first(node, "expression"))
        for item in list(items):
            self.names[name] = item
            if not self._once(node):
                return

    def _once(self, node: Node) -> bool:
        try:
            self.block(node)
        except _Continue:
            return True
        except _Break:
            return False
        return True

    def try_statement(self, node: Node) -> None:
        middle = next(place for place, child in enumerate(node.children) if child.type == "EXCEPT_KEYWORD")
        try:
            self._children(node.children[:middle])
        except BslError as error:
            self.machine.last_error[0] = str(error)
            self.names["\0error"] = error
            self._children(node.children[middle:])

    def _children(self, nodes: list[Node]) -> None:
        for child in nodes:
            if child.type in STATEMENTS:
                getattr(self, child.type)(child)

    def rise_error_statement(self, node: Node) -> None:
        told = [child for child in node.named_children if child.type == "expression"]
        if not told:
            raise self.names["\0error"]
        raise BslError(shown(self.evaluate(told[0])))

    def break_statement(self, node: Node) -> None:
        raise _Break

    def continue_statement(self, node: Node) -> None:
        raise _Continue

    def return_statement(self, node: Node) -> None:
        result = node.child_by_field_name("result")
        raise _Return(self.evaluate(result) if result else None)

    # --- expressions ----------------------------------------------------------------------------------------------------

    def evaluate(self, node: Node) -> Value:
        found = EXPRESSIONS.get(node.type)
        if found is None:
            raise NotImplementedError(f"{node.type}: {text_of(node)}")
        return found(self, node)

    def inside(self, node: Node) -> Value:
        return self.evaluate(node.named_children[0])

    def identifier(self, node: Node) -> Value:
        name = text_of(node)
        if name in self.names:
            return self.names[name]
        if name in self.machine.modules:
            return ModuleObject(self.machine, name)
        if name not in self.machine.globals:
            raise BslError(f"Переменная не определена ({name})")
        return self.machine.globals[name]

    def constant(self, node: Node) -> Value:
        kind, text = node.type, text_of(node)
        if kind == "number":
            return Decimal(text)
        if kind == "string":
            return string_of(node)
        if kind == "date":
            return datetime.strptime(text.strip("'").ljust(14, "0"), "%Y%m%d%H%M%S")
        return {"истина": True, "ложь": False}.get(text.casefold())

    def unary(self, node: Node) -> Value:
        value = self.evaluate(_child(node, "argument"))
        return (value is not True) if text_of(node.child_by_field_name("operator")).casefold() == "не" else -value

    def binary(self, node: Node) -> Value:
        operator = text_of(node.child_by_field_name("operator")).casefold()
        left = self.evaluate(_child(node, "left"))
        if operator in ("и", "или"):
            decided = (left is True) == (operator == "или")
            return decided and left is True if decided else self.evaluate(_child(node, "right")) is True
        return OPERATORS[operator](left, self.evaluate(_child(node, "right")))

    def ternary(self, node: Node) -> Value:
        taken = "consequence" if self.evaluate(_child(node, "condition")) is True else "alternative"
        return self.evaluate(_child(node, taken))

    def new(self, node: Node) -> Value:
        name = text_of(node.child_by_field_name("type"))
        if name not in self.machine.types:
            raise BslError(f"Тип не определен ({name})")
        return self.machine.types[name](*self._arguments(node))

    def access(self, node: Node) -> Value:
        """`Владелец.Поле`, `Владелец[Ключ]`, `Владелец.Метод(…)`, or one of them before a point."""
        if len(node.named_children) == 1:
            return self.inside(node)
        owner, last = self.evaluate(node.named_children[0]), node.named_children[-1]
        if last.type == "method_call":
            return self._method(owner, last)
        if last.type == "index":
            return get(owner, self.evaluate(last.named_children[0]))
        return get(owner, text_of(last))

    def method_call(self, node: Node) -> Value:
        name = text_of(node.child_by_field_name("name"))
        own = self.module.methods.get(name)
        if own:
            return self.machine._run(self.module, own, self._arguments(node))
        if name not in self.machine.globals:
            raise BslError(f"Процедура или функция с указанным именем не определена ({name})")
        return self.machine.globals[name](*self._arguments(node))

    def _method(self, owner: Value, node: Node) -> Value:
        name, given = text_of(node.child_by_field_name("name")), self._arguments(node)
        if isinstance(owner, ModuleObject):
            return owner.machine.call(owner.name, name, *given)
        method = getattr(owner, name, None)
        if not callable(method):
            raise BslError(f"Метод объекта не обнаружен ({name}) у {type(owner).__name__}")
        return method(*given)

    def _arguments(self, node: Node) -> list[Value]:
        return [None if one is None else self.evaluate(one) for one in arguments(node)]


def _child(node: Node, name: str) -> Node:
    found = node.child_by_field_name(name)
    assert found, f"{node.type} without {name}"
    return found


def _first(node: Node, kind: str) -> Node:
    return next(child for child in node.named_children if child.type == kind)


def get(owner: Value, key: Value) -> Value:
    if isinstance(owner, Structure | Map | Array | Table | Result):
        return owner.get(key)
    if isinstance(owner, dict):
        return owner.get(key)
    if isinstance(key, str) and hasattr(owner, key):
        return getattr(owner, key)
    raise BslError(f"Поле объекта не обнаружено ({key}) у {type(owner).__name__}")


def put(owner: Value, key: Value, value: Value) -> None:
    if isinstance(owner, Structure | Map):
        owner.put(key, value)
    elif hasattr(owner, key):
        setattr(owner, key, value)
    else:
        raise BslError(f"Поле объекта не обнаружено ({key}) у {type(owner).__name__}")


def shown(value: Value) -> str:
    """Строка(…): numbers and dates as a Russian base shows them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Да" if value else "Нет"
    if isinstance(value, Decimal):
        return f"{value:,f}".replace(",", "\u00a0").replace(".", ",")
    if isinstance(value, datetime):
        return f"{value:%d.%m.%Y %H:%M:%S}"
    return str(value)


def equal(left: Value, right: Value) -> bool:
    """Истина is not 1 in 1C, though it is in Python."""
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def _plus(left: Value, right: Value) -> Value:
    return left + shown(right) if isinstance(left, str) else left + right


def _minus(left: Value, right: Value) -> Value:
    both = isinstance(left, datetime) and isinstance(right, datetime)
    return Decimal(int((left - right).total_seconds())) if both else left - right


OPERATORS: Mapping[str, Callable[[Value, Value], Value]] = {
    "=": equal,
    "<>": lambda left, right: not equal(left, right),
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "+": _plus,
    "-": _minus,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "%": lambda left, right: left % right,
}
STATEMENTS = {
    "assignment_statement", "call_statement", "if_statement", "while_statement", "for_statement", "for_each_statement",
    "try_statement", "rise_error_statement", "break_statement", "continue_statement", "return_statement",
}  # fmt: skip
CONSTANTS = ("number", "string", "date", "boolean", "UNDEFINED_KEYWORD", "TRUE_KEYWORD", "FALSE_KEYWORD", "NULL_KEYWORD")
EXPRESSIONS: dict[str, Callable[[Frame, Node], Value]] = {
    "expression": Frame.inside,
    "parenthesized_expression": Frame.inside,
    "const_expression": lambda frame, node: frame.constant(node.children[0]),
    "identifier": Frame.identifier,
    "unary_expression": Frame.unary,
    "binary_expression": Frame.binary,
    "ternary_expression": Frame.ternary,
    "new_expression": Frame.new,
    "property_access": Frame.access,
    "call_expression": Frame.access,
    "access": Frame.access,
    "method_call": Frame.method_call,
} | dict.fromkeys(CONSTANTS, Frame.constant)
