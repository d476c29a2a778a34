"""Which resource of the REST API a path belongs to, as API Gateway decides it."""

from collections.abc import Iterable
from urllib.parse import unquote

Match = tuple[str, dict[str, str]]


class Resources:
    """Static segments win over `{parameter}`, which wins over the greedy `{proxy+}`. Values stay percent-encoded."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._patterns = sorted(((path, _segments(path)) for path in paths), key=_specificity)

    def match(self, path: str) -> Match | None:
        """The resource and its path parameters; one slash at the end of the path does not count."""
        given = _segments(path.removesuffix("/"))
        for resource, pattern in self._patterns:
            found = _parameters(pattern, given)
            if found is not None:
                return resource, found
        return None


def _segments(path: str) -> list[str]:
    return path.removeprefix("/").split("/") if path.strip("/") else []


def _specificity(entry: tuple[str, list[str]]) -> list[int]:
    return [_rank(segment) for segment in entry[1]]


def _rank(segment: str) -> int:
    if not segment.startswith("{"):
        return 0
    return 2 if segment.endswith("+}") else 1


def _parameters(pattern: list[str], given: list[str]) -> dict[str, str] | None:
    if pattern and pattern[-1].endswith("+}"):
        last = len(pattern) - 1
        if len(given) < len(pattern):
            return None
        pattern = [*pattern[:last], pattern[last].replace("+", "")]
        given = [*given[:last], "/".join(given[last:])]
    if len(pattern) != len(given):
        return None
    found: dict[str, str] = {}
    for expected, value in zip(pattern, given, strict=True):
        if expected.startswith("{") and value:
            found[expected[1:-1]] = value
        elif expected != unquote(value):
            return None
    return found
