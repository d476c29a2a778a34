"""How `/exchange/v1` answers: who asks, what came of it, errors as problem documents (RFC 9457), a repeat as the first time."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from chalice import Response
from chalice.app import Request

from chalicelib import runtime
from chalicelib.domain import errors
from chalicelib.exchange.accounts import authenticate
from chalicelib.log import logger
from chalicelib.runtime import Runtime
from chalicelib.usecases.exchange.answer_once import answer_once
from chalicelib.usecases.ports.exchange import KeptReply

JSON = "application/json"
PROBLEM = "application/problem+json"
PROBLEMS: dict[type[errors.KabinetError], tuple[int, str]] = {
    errors.BrokenFile: (422, "Запрос не разобран"),
    errors.NotFound: (404, "Нет такого адреса"),
    errors.Conflict: (409, "Запрос противоречит прежнему"),
    errors.NotSignedIn: (401, "Вход не выполнен"),
    errors.TooManyAttempts: (429, "Слишком много попыток"),
    errors.Unavailable: (503, "Сервис временно недоступен"),
}
LONGEST_KEY = 255


@dataclass(frozen=True)
class Asked:
    """A request of a system that has signed in as `node`."""

    now: Runtime
    node: str
    params: Mapping[str, str]
    body: bytes


Work = Callable[[Asked], KeptReply]


def answer(request: Request, work: Work) -> Response:
    """The answer, whatever happens. A request with `Idempotency-Key` is done once."""
    return _response(_settled(lambda: _once(request, _asked(request), work)))


def _asked(request: Request) -> Asked:
    """Raises NotSignedIn, TooManyAttempts."""
    now = runtime.current()
    address = str(request.context.get("identity", {}).get("sourceIp", ""))
    node = authenticate(now, request.headers, address).login
    body: bytes = request.raw_body if request.method == "POST" else b""  # type: ignore[assignment]  # chalice says text, and gives bytes
    return Asked(now, node, request.query_params or {}, body)


def _once(request: Request, asked: Asked, work: Work) -> KeptReply:
    """Raises what the work raises, Conflict, Unavailable."""
    key = request.headers.get("idempotency-key", "")
    if request.method != "POST" or not key:
        return work(asked)
    if len(key) > LONGEST_KEY or not key.isascii():
        raise errors.Refused("Ключ Idempotency-Key длиннее %(most)s знаков или не в ASCII", most=LONGEST_KEY)
    now = asked.now
    return answer_once(
        now.replies,
        now.clock,
        time.sleep,
        lambda: _settled(lambda: work(asked)),
        key=f"{asked.node} {sha256(key.encode()).hexdigest()}",
        fingerprint=sha256(f"{request.context.get('path', '')}\n".encode() + asked.body).hexdigest(),
        patience=now.exchange_patience,
    )


def _settled(work: Callable[[], KeptReply]) -> KeptReply:
    try:
        return work()
    except errors.KabinetError as error:
        status, title = PROBLEMS.get(type(error), (422, "Запрос отклонён"))
        return problem(status, title, str(error))
    except Exception:  # the sender gets a document he can read, we get the trace
        logger.exception("failed")
        return problem(500, "Внутренняя ошибка", "Запрос не выполнен, повторите его позже")


def problem(status: int, title: str, detail: str, more: Mapping[str, Any] | None = None) -> KeptReply:
    """`more`: members of the document beyond those of RFC 9457."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **(more or {})}
    return KeptReply(status, PROBLEM, _bytes(body))


def reply(body: Mapping[str, Any]) -> KeptReply:
    return KeptReply(200, f"{JSON}; charset=utf-8", _bytes(body))


def public(body: Mapping[str, Any]) -> Response:
    """For who has not signed in."""
    return _response(reply(body))


def _bytes(body: Mapping[str, Any]) -> bytes:
    """Russian letters as they are: the sender's log stays readable."""
    return json.dumps(body, ensure_ascii=False).encode()


def _response(kept: KeptReply) -> Response:
    headers: dict[str, str | list[str]] = {"Content-Type": kept.content_type, "Cache-Control": "no-store"}
    if kept.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="exchange", charset="UTF-8"'
    return Response(kept.body, status_code=kept.status, headers=headers)
