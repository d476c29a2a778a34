"""`POST /exchange/telegram`: Telegram tells what people write to our bot. One thing is understood: the code that links a chat.

`X-Telegram-Bot-Api-Secret-Token` is what tells Telegram from anybody else (core.telegram.org/bots/api#setwebhook).
"""

import json
from collections.abc import Mapping

from chalice import Blueprint, Response

from chalicelib import runtime
from chalicelib.log import logger
from chalicelib.usecases.notifications.link_telegram import link_chat

routes = Blueprint(__name__)
LARGEST = 64_000


@routes.route("/exchange/telegram", methods=["POST"], content_types=["*/*"])
def update() -> Response:
    """200 for every update, also for those that mean nothing to us: Telegram repeats the others. 403 for strangers."""
    now, request = runtime.current(), routes.current_request
    if now.telegram is None or not now.telegram.knows(request.headers.get("x-telegram-bot-api-secret-token", "")):
        logger.warning("telegram: an update with a wrong secret")
        return _plain(403, "forbidden")
    body: bytes = request.raw_body  # type: ignore[assignment]  # chalice says text, and gives bytes
    chat, text = _message(body) if len(body) <= LARGEST else ("", "")
    if chat:
        link_chat(now.notifications, now.outbox, now.queues, now.clock, chat=chat, text=text)
    return _plain(200, "ok")


def _message(body: bytes) -> tuple[str, str]:
    """(chat, text) of a message in a private chat; nothing of anything else."""
    try:
        update = json.loads(body)
        message = update["message"]
        chat, text = message["chat"], message["text"]
        private = chat["type"] == "private"
    except (ValueError, KeyError, TypeError, RecursionError):
        return "", ""
    known = private and isinstance(text, str) and isinstance(chat, Mapping) and isinstance(chat.get("id"), int)
    return (str(chat["id"]), text) if known else ("", "")


def _plain(status: int, text: str) -> Response:
    return Response(text, status_code=status, headers={"Content-Type": "text/plain", "Cache-Control": "no-store"})
