"""Bitrix24's REST, called by an incoming webhook. What is said here of it is from its documentation:

* a method is POST <root><method>.json with its parameters as JSON; the answer is {"result", "total", "next", "time"} or
  {"error", "error_description"} (apidocs.bitrix24.ru);
* lists come in pages of 50; `start` asks for the page that `next` of the one before names, and -1 leaves out the counting, so
  that pages are told apart by a filter `>ID` (dev.1c-bitrix.ru/rest_help/general/lists.php);
* `batch` takes 50 calls as query strings; its lists and dictionaries are PHP arrays, so an empty dictionary is `[]`
  (dev.1c-bitrix.ru/rest_help/general/batch.php);
* too many requests: 503 QUERY_LIMIT_EXCEEDED, a bucket of 50 that loses 2 a second; too much time in one method: 429, and the
  method is closed for up to ten minutes (apidocs.bitrix24.ru/limits.html).
"""

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from chalicelib.adapters.erp.calls import AWAY, Caller, Reply
from chalicelib.domain.errors import Failing, KabinetError, NotFound, Refused, Unavailable

PAGE = 50
BATCH = 50
TRIES = 6
"""Of one request that came too soon: some 15 seconds in all."""

Row = Mapping[str, Any]


class Rest:
    """`pause` waits some seconds before a request that came too soon is tried again."""

    def __init__(self, caller: Caller, pause: Callable[[float], None] = time.sleep) -> None:
        self.caller = caller
        self.pause = pause

    def call(self, method: str, params: Mapping[str, Any] | None = None) -> Any:
        """`result` of the answer. Raises NotFound, Refused, Failing, Unavailable."""
        return self._answer(method, params or {})["result"]

    def rows(self, method: str, params: Mapping[str, Any], inside: str = "") -> Iterator[Row]:
        """All rows of a list, page after page; `inside` names the list where the result is a dictionary."""
        start: Any = 0
        while True:
            answer = self._answer(method, {**params, "start": start})
            yield from _rows(answer["result"], inside)
            if "next" not in answer:
                return
            start = answer["next"]

    def page(self, method: str, params: Mapping[str, Any], after: str) -> tuple[list[Row], str]:
        """Up to 50 rows whose id is greater than `after`, and the id to go on from ("" at the end).

        By id and not by `start`, which drifts when rows change while they are read.
        """
        asked = {**params, "filter": {**params.get("filter", {}), ">ID": after or "0"}, "order": {"ID": "ASC"}, "start": -1}
        rows = _rows(self._answer(method, asked)["result"], "")
        return rows, str(rows[-1]["ID"]) if len(rows) >= PAGE else ""

    def batch(self, calls: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Any]:
        """The results of up to 50 calls each, in order; None for one that was refused."""
        found: list[Any] = []
        for place in range(0, len(calls), BATCH):
            found += self._batch(calls[place : place + BATCH])
        return found

    def _batch(self, calls: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Any]:
        commands = {f"r{n}": f"{method}?{urlencode(params)}" for n, (method, params) in enumerate(calls)}
        answer = self.call("batch", {"halt": 0, "cmd": commands})
        results = answer.get("result") if isinstance(answer, dict) else None
        errors = _dictionary(answer.get("result_error") if isinstance(answer, dict) else None)
        limited = [error for error in errors.values() if isinstance(error, dict) and error.get("error") in LIMITS]
        if limited:
            raise Unavailable("Битрикс24 ограничивает запросы: %(code)s", code=limited[0]["error"])
        return [_dictionary(results).get(name) for name in commands]

    def _answer(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        body = json.dumps(params, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        for attempt in range(TRIES):
            reply = self.caller.post(f"{method}.json", body, headers)
            answer = _parsed(reply)
            code = str(answer.get("error", "")) if answer else ""
            if code != "QUERY_LIMIT_EXCEEDED" or attempt + 1 == TRIES:
                break
            self.pause(random.uniform(0.5, 1) * 2**attempt / 2)  # noqa: S311  # jitter, not a secret
        if reply.status == 200 and answer is not None and "result" in answer:
            return answer
        raise _error(reply, answer, method)


LIMITS = ("QUERY_LIMIT_EXCEEDED", "OPERATION_TIME_LIMIT")
GONE = ("NOT_FOUND", "ERROR_NOT_FOUND")


def _parsed(reply: Reply) -> dict[str, Any] | None:
    try:
        answer = json.loads(reply.body, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _error(reply: Reply, answer: dict[str, Any] | None, method: str) -> KabinetError:
    """The methods of the CRM say "Not found" in words alone."""
    code = str((answer or {}).get("error", ""))[:100]
    said = str((answer or {}).get("error_description", ""))[:300]
    words = {"method": method, "code": code or reply.status, "said": said}
    if code in GONE or said.strip().lower() == "not found":
        return NotFound("Битрикс24, %(method)s: объект не найден", method=method)
    if code in LIMITS or reply.status in AWAY or 300 <= reply.status < 400:
        return Unavailable("Битрикс24, %(method)s: %(code)s %(said)s", **words)
    if answer is None or reply.status >= 500 or reply.status == 200:
        return Failing("Битрикс24, %(method)s: %(code)s %(said)s", **words)
    return Refused("Битрикс24, %(method)s: %(code)s %(said)s", **words)


def _rows(result: Any, inside: str) -> list[Row]:
    found = _dictionary(result).get(inside) if inside else result
    rows = list(found.values()) if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Failing("Ответ Битрикс24 не похож на список")
    return rows


def inner_rows(result: Any, name: str) -> list[Row]:
    """The list under a name, of a result of a batch; nothing of one that was refused."""
    found = _dictionary(result).get(name)
    return [row for row in (found.values() if isinstance(found, dict) else found or ()) if isinstance(row, dict)]


def _dictionary(value: Any) -> dict[str, Any]:
    """A PHP array: an empty dictionary comes as a list."""
    return value if isinstance(value, dict) else {}
