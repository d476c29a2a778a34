"""`POST /exchange/bitrix24`: the outgoing webhook of Bitrix24 tells that something has changed.

Its documentation: the event's name stands in `event`, the object's id in `data[FIELDS][ID]`, and `auth[application_token]` is
what tells Bitrix24 from anybody else (apidocs.bitrix24.ru/api-reference/events). The event is only put into a queue: what
the object looks like is asked of Bitrix24 itself.
"""

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

from chalice import Blueprint, Response

from chalicelib import runtime
from chalicelib.log import logger
from chalicelib.runtime import Runtime

routes = Blueprint(__name__)

LARGEST = 64_000
KINDS = {"DEAL": "deals", "COMPANY": "partners", "CONTACT": "contacts", "PRODUCT": "catalogue"}
CHANGES = ("ADD", "UPDATE", "DELETE")
EVENTS = {f"ONCRM{entity}{change}": kind for entity, kind in KINDS.items() for change in CHANGES}


@routes.route("/exchange/bitrix24", methods=["POST"], content_types=["*/*"])
def event() -> Response:
    """200 for every event of the portal, also for those that mean nothing to us; 403 for strangers."""
    now = runtime.current()
    body: bytes = routes.current_request.raw_body  # type: ignore[assignment]  # chalice says text, and gives bytes
    fields = _fields(body) if len(body) <= LARGEST else {}
    if now.bitrix24 is None or not now.bitrix24.knows(fields.get("auth[application_token]", "")):
        logger.warning("bitrix24: an event with a wrong application token")
        return _plain(403, "forbidden")
    _queue(now, fields)
    return _plain(200, "ok")


def _queue(now: Runtime, fields: Mapping[str, str]) -> None:
    kind, id = EVENTS.get(fields.get("event", "").upper()), fields.get("data[FIELDS][ID]", "")
    if kind and id.isascii() and id.isdigit() and len(id) < 19:
        now.queues.send("rereads", {"system": "bitrix24", "kind": kind, "id": id})


def _fields(body: bytes) -> dict[str, str]:
    """Of a form, as the webhook sends it, or of JSON, as the documentation shows it."""
    text = body.decode(errors="replace")
    if not text.lstrip().startswith("{"):
        return dict(parse_qsl(text, max_num_fields=200))
    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    auth, data = event.get("auth"), event.get("data")
    found = data.get("FIELDS") if isinstance(data, dict) else None
    return {
        "event": str(event.get("event", "")),
        "data[FIELDS][ID]": str(found.get("ID", "")) if isinstance(found, dict) else "",
        "auth[application_token]": str(auth.get("application_token", "")) if isinstance(auth, dict) else "",
    }


def _plain(status: int, text: str) -> Response:
    return Response(text, status_code=status, headers={"Content-Type": "text/plain", "Cache-Control": "no-store"})
