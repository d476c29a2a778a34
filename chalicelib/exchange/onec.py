"""CommerceML over HTTP: what «Обмен с сайтом» of УТ 11, КА 2, ERP 2, УНФ, УПП 1.3 and the BUS module say and expect.

1C reads the first line of a plain text and looks at nothing else, not even the HTTP status: so everything that happens
here is answered with a verdict. Verdicts are ASCII, lines end in LF alone and the last one has none.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalice import Blueprint, Response

from chalicelib import runtime
from chalicelib.domain.errors import NotSignedIn, Refused, TooManyAttempts, Unavailable
from chalicelib.domain.exchange.exchange import ExchangeNode, ExchangeRun
from chalicelib.exchange import verdicts
from chalicelib.exchange.accounts import authenticate
from chalicelib.log import logger
from chalicelib.runtime import Runtime
from chalicelib.usecases.exchange import receive_files

routes = Blueprint(__name__)

COOKIE = "kabinet_1c"
PATHS = ("/exchange/1c", "/bitrix/admin/1c_exchange.php")
"""Ours, and the one УНФ asks for whatever address it was given."""


@dataclass(frozen=True)
class Call:
    """A request of a signed-in 1C. `token` is "" for a client that keeps no cookies."""

    runtime: Runtime
    node: ExchangeNode
    run: ExchangeRun | None
    token: str
    kind: str
    mode: str
    filename: str
    body: bytes

    @property
    def the_run(self) -> ExchangeRun:
        return self.run or receive_files.run_of_node(
            self.runtime.exchange, self.runtime.clock, node=self.node.login, kind=self.kind
        )

    @property
    def session(self) -> str:
        """What a `success` has in common with its `query`; "" for a client that keeps no cookies."""
        return self.run.id if self.run and self.token else ""


@dataclass(frozen=True)
class Reply:
    body: bytes
    content_type: str = "text/plain"


def exchange() -> Response:
    """One request of 1C, whatever happens."""
    now, request = runtime.current(), routes.current_request
    encoding = "utf-8"
    try:
        call = _call(now, request)
        encoding = call.node.reply_encoding
        reply = _reply(call, encoding)
    except (NotSignedIn, TooManyAttempts) as refused:
        return _response(Reply(verdicts.failure(str(refused))), encoding, status=401)
    except (Refused, Unavailable) as refused:
        reply = Reply(verdicts.failure(str(refused), encoding))
    except Exception:  # the last resort: 1C gets a verdict, we get the trace
        logger.exception("exchange failed")
        reply = Reply(verdicts.failure("Внутренняя ошибка портала: повторите обмен", encoding))
    return _response(reply, encoding)


for _path in PATHS:
    routes.route(_path, methods=["GET", "POST"], content_types=["*/*"])(exchange)


def _response(reply: Reply, encoding: str, status: int = 200) -> Response:
    headers: dict[str, str | list[str]] = {
        "Content-Type": f"{reply.content_type}; charset={encoding}",
        "Cache-Control": "no-store",
    }
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="1C"'
    return Response(reply.body, headers=headers, status_code=status)


def _call(now: Runtime, request: Any) -> Call:
    """Raises NotSignedIn, TooManyAttempts."""
    params: Mapping[str, str] = request.query_params or {}
    token = _cookie(request.headers.get("cookie", ""))
    run = receive_files.run_of_token(now.exchange, now.clock, token=token)
    mode = params.get("mode", "")
    node = now.exchange.node(run.node) if run and mode != "checkauth" else None
    if node is None:
        node = authenticate(now, request.headers, _address(request))
        token = params.get("sessid", "")
        run = receive_files.run_of_token(now.exchange, now.clock, token=token)
    if run is not None and run.node != node.login:
        run, token = None, ""
    body = request.raw_body if request.method == "POST" else b""
    return Call(now, node, run, token if run else "", params.get("type", ""), mode, params.get("filename", ""), body)


def _cookie(header: str) -> str:
    pairs = (pair.strip().partition("=") for pair in header.split(";"))
    return next((value for name, _, value in pairs if name == COOKIE), "")


def _address(request: Any) -> str:
    return request.context.get("identity", {}).get("sourceIp", "")


def _reply(call: Call, encoding: str) -> Reply:
    """Raises Refused where it can't be done."""
    mode = _MODES.get((call.kind, call.mode)) or _ANY_KIND.get(call.mode)
    if mode is None:
        raise Refused("Команда type=%(type)s, mode=%(mode)s не поддерживается", type=call.kind[:40], mode=call.mode[:40])
    return mode(call, encoding)


def _checkauth(call: Call, _encoding: str) -> Reply:
    _, token = receive_files.check_in(call.runtime.exchange, call.runtime.clock, node=call.node.login, kind=call.kind)
    last = f"\nsessid={token}" if call.node.settings.sessid else ""
    return Reply(f"success\n{COOKIE}\n{token}{last}".encode())


def _init(call: Call, _encoding: str) -> Reply:
    """Exactly two lines: УТ and УПП count them."""
    receive_files.begin(call.runtime.exchange, call.runtime.clock, run=call.the_run, token=call.token)
    packed = "yes" if call.node.zip_allowed else "no"
    return Reply(f"zip={packed}\nfile_limit={call.node.settings.file_limit}".encode())


def _file(call: Call, _encoding: str) -> Reply:
    now = call.runtime
    stores, limit = (now.exchange, now.files, now.queues, now.clock), call.node.settings.file_limit
    receive_files.receive_chunk(*stores, run=call.the_run, name=_name(call), body=call.body, kind=call.kind, limit=limit)
    return Reply(verdicts.SUCCESS)


def _import(call: Call, encoding: str) -> Reply:
    now, run, name = call.runtime, call.the_run, _name(call)
    if not receive_files.is_xml(name) and not receive_files.is_zip(name):
        return Reply(verdicts.SUCCESS)
    deadline = now.clock() + now.exchange_patience
    stores = (now.exchange, now.queues, now.clock, time.sleep)
    file = receive_files.verdict(*stores, run=run, name=name, kind=call.kind, deadline=deadline)
    return Reply(verdicts.of_file(file, run, encoding))


def _name(call: Call) -> str:
    from chalicelib.formats.archive import safe_name

    if not call.filename:
        raise Refused("Не указано имя файла (filename)")
    return safe_name(call.filename)


def _query(call: Call, encoding: str) -> Reply:
    """Never empty, never packed, and it begins with `<?xml` to the letter."""
    from chalicelib.formats.commerceml import in_one, write_order
    from chalicelib.usecases.orders.export_orders import batch_for_erp

    now = call.runtime
    if call.session and call.node.settings.query_acknowledges:
        _taken(call, encoding)
    stores = (now.orders, now.outbox, now.partners, now.exchange, now.clock)
    batch = batch_for_erp(*stores, node=call.node.login, session=call.session, write=lambda one: write_order(one, encoding))
    if not batch:  # 1C has come, and there is nothing for it: the flow is well
        now.monitor.succeeded("orders_out", now.clock())
    return Reply(in_one(batch, now.clock(), encoding), "application/xml")


def _taken(call: Call, _encoding: str) -> Reply:
    from chalicelib.usecases.orders.export_orders import acknowledge

    now = call.runtime
    if acknowledge(now.orders, now.exchange, now.clock, node=call.node.login, session=call.session):
        now.monitor.succeeded("orders_out", now.clock())
    return Reply(verdicts.SUCCESS)


def _info(_call: Call, encoding: str) -> Reply:
    from chalicelib.exchange import reference

    return Reply(reference.document(encoding), "application/xml")


def _nothing(_call: Call, _encoding: str) -> Reply:
    """The BUS module marks the end of a full exchange. What is not in it stays: it may have been a part only."""
    return Reply(verdicts.SUCCESS)


Mode = Callable[[Call, str], Reply]

_ANY_KIND: dict[str, Mode] = {"checkauth": _checkauth}
_MODES: dict[tuple[str, str], Mode] = {
    ("catalog", "init"): _init,
    ("catalog", "file"): _file,
    ("catalog", "import"): _import,
    ("catalog", "deactivate"): _nothing,
    ("catalog", "complete"): _nothing,
    ("sale", "init"): _init,
    ("sale", "file"): _file,
    ("sale", "import"): _import,
    ("sale", "query"): _query,
    ("sale", "success"): _taken,
    ("sale", "info"): _info,
}
