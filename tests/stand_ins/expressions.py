"""DynamoDB's condition and update expressions, as far as Kabinet writes them, over items in wire form."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

Wire = dict[str, Any]
TOKEN = re.compile(r"\s*(#\w+|:\w+|[A-Za-z_]\w*|<>|<=|>=|[=<>(),+\-])")


class Names:
    """The expression's attribute names and values."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self.names = request.get("ExpressionAttributeNames", {})
        self.values = request.get("ExpressionAttributeValues", {})
        self.used: set[str] = set()

    def name(self, token: str) -> str:
        self.used.add(token)
        return str(self.names[token]) if token.startswith("#") else token

    def value(self, token: str) -> Wire:
        self.used.add(token)
        return dict(self.values[token])

    def check_all_used(self) -> None:
        """DynamoDB refuses a request with a name or value that no expression uses."""
        unused = (set(self.names) | set(self.values)) - self.used
        if unused:
            raise ValueError(f"unused in expressions: {sorted(unused)}")


def tokens(text: str) -> list[str]:
    """A list of one's own: who reads an expression takes its tokens off."""
    return list(_tokens(text))


@lru_cache(1024)
def _tokens(text: str) -> tuple[str, ...]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"can't read the expression {text!r} at {at}")
        found.append(match[1])
        at = match.end()
    return tuple(found)


def holds(text: str, item: Wire | None, names: Names) -> bool:
    """Whether the condition is true of the item; None stands for no item."""
    parser = _Condition(tokens(text), item or {}, names)
    answer = parser.either()
    if parser.left:
        raise ValueError(f"left over in {text!r}: {parser.left}")
    return answer


class _Condition:
    def __init__(self, left: list[str], item: Wire, names: Names) -> None:
        self.left, self.item, self.names = left, item, names

    def take(self, wanted: str = "") -> str:
        token = self.left.pop(0)
        if wanted and token.upper() != wanted:
            raise ValueError(f"{wanted} expected, {token} found")
        return token

    def either(self) -> bool:
        answer = self.both()
        while self.left and self.left[0].upper() == "OR":
            self.take()
            answer = self.both() or answer
        return answer

    def both(self) -> bool:
        answer = self.one()
        while self.left and self.left[0].upper() == "AND":
            self.take()
            answer = self.one() and answer
        return answer

    def one(self) -> bool:
        if self.left[0].upper() == "NOT":
            self.take()
            return not self.one()
        if self.left[0] == "(":
            self.take("(")
            answer = self.either()
            self.take(")")
            return answer
        if self.left[0] in ("attribute_exists", "attribute_not_exists", "begins_with"):
            return self.function()
        return self.comparison()

    def function(self) -> bool:
        kind = self.take()
        self.take("(")
        found = self.item.get(self.names.name(self.take()))
        if kind == "begins_with":
            self.take(",")
            prefix = self.names.value(self.take())["S"]
        self.take(")")
        if kind == "begins_with":
            return found is not None and str(found.get("S", "")).startswith(prefix)
        return (found is not None) is (kind == "attribute_exists")

    def comparison(self) -> bool:
        first = self.operand()
        sign = self.take()
        if sign.upper() == "IN":
            return self.among(first)
        if sign.upper() == "BETWEEN":
            low = self.operand()
            self.take("AND")
            high = self.operand()
            return _compare(first, ">=", low) and _compare(first, "<=", high)
        return _compare(first, sign, self.operand())

    def among(self, first: Wire | None) -> bool:
        answer = False
        while self.take() in "(,":
            answer = _compare(first, "=", self.operand()) or answer
        return answer

    def operand(self) -> Wire | None:
        token = self.take()
        return self.names.value(token) if token.startswith(":") else self.item.get(self.names.name(token))


SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _compare(first: Wire | None, sign: str, second: Wire | None) -> bool:
    if first is None or second is None:
        return sign == "<>" and first is not second
    (kind, one), (other_kind, other) = next(iter(first.items())), next(iter(second.items()))
    if kind != other_kind:
        return sign == "<>"
    return SIGNS[sign](Decimal(one), Decimal(other)) if kind == "N" else SIGNS[sign](one, other)


def updated(text: str, item: Wire, names: Names) -> Wire:
    """The item after `SET … ADD … REMOVE … DELETE …`; every operand is of the item before."""
    left, after = tokens(text), dict(item)
    section = ""
    while left:
        if left[0].upper() in ("SET", "ADD", "REMOVE", "DELETE"):
            section = left.pop(0).upper()
        elif left[0] == ",":
            left.pop(0)
        name = names.name(left.pop(0))
        if section == "REMOVE":
            after.pop(name, None)
        elif section == "ADD":
            after[name] = _added(item.get(name), names.value(left.pop(0)))
        elif section == "DELETE":
            _taken_out(after, name, names.value(left.pop(0)))
        else:
            left.pop(0)
            after[name] = _assigned(left, item, names)
    return after


def _taken_out(after: Wire, name: str, less: Wire) -> None:
    """Of a set of strings; an empty set is no attribute."""
    rest = sorted(set(after.get(name, {"SS": []})["SS"]) - set(less["SS"]))
    after.pop(name, None)
    if rest:
        after[name] = {"SS": rest}


def _added(before: Wire | None, more: Wire) -> Wire:
    """A number grows, a set of strings takes more in."""
    if "SS" in more:
        return {"SS": sorted({*(before or {"SS": []})["SS"], *more["SS"]})}
    return _number(_value_of(before, Decimal(0)) + _value_of(more))


def _assigned(left: list[str], item: Wire, names: Names) -> Wire:
    first = _operand(left, item, names)
    if left and left[0] in "+-":
        sign = left.pop(0)
        second = _value_of(_operand(left, item, names))
        return _number(_value_of(first) + (second if sign == "+" else -second))
    return first


def _operand(left: list[str], item: Wire, names: Names) -> Wire:
    token = left.pop(0)
    if token == "if_not_exists":
        left.pop(0)
        kept = item.get(names.name(left.pop(0)))
        left.pop(0)
        value = _operand(left, item, names)
        left.pop(0)
        return value if kept is None else dict(kept)
    if token.startswith(":"):
        return names.value(token)
    found = item.get(names.name(token))
    if found is None:
        raise LookupError(f"the attribute {token} of an update expression does not exist")
    return dict(found)


def _value_of(wire: Wire | None, default: Decimal | None = None) -> Decimal:
    if wire is None:
        assert default is not None
        return default
    return Decimal(wire["N"])


def _number(value: Decimal) -> Wire:
    return {"N": f"{value.normalize():f}"}
