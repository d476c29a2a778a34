"""Messages in Telegram, by a bot. `TELEGRAM_URL` says which: `telegram+https://<name>:<secret>@api.telegram.org/bot<token>/`.

`name` is how people find the bot; `secret` is what Telegram repeats in every call of our webhook
(core.telegram.org/bots/api#setwebhook, `secret_token`).
"""

import json
from dataclasses import dataclass
from hmac import compare_digest
from http import HTTPStatus

from chalicelib.adapters.erp.calls import Caller, read_address
from chalicelib.domain.errors import Refused, Unavailable
from chalicelib.usecases.ports.files import Letter

SCHEME = "telegram"
LONGEST = 4096
"""Characters of a message."""

GONE = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN})
"""The chat is no more, or the person has blocked the bot."""


@dataclass(frozen=True, slots=True)
class TelegramBot:
    """Sends as other senders do; `Letter.to` is the id of a chat."""

    caller: Caller

    @property
    def name(self) -> str:
        return self.caller.address.user

    def knows(self, secret: str) -> bool:
        """Is it Telegram that calls."""
        ours = self.caller.address.secret
        return bool(ours) and compare_digest(secret.encode(), ours.encode())

    def send(self, letter: Letter) -> None:
        body = {"chat_id": letter.to, "text": letter.text[:LONGEST], "link_preview_options": {"is_disabled": True}}
        content = json.dumps(body, ensure_ascii=False).encode()
        reply = self.caller.post("sendMessage", content, {"Content-Type": "application/json"})
        if reply.status in GONE:
            raise Refused("Telegram не принял сообщение: %(status)s", status=reply.status)
        if reply.status != HTTPStatus.OK:
            raise Unavailable("Telegram не отвечает: %(status)s", status=reply.status)


def telegram_bot(url: str, *, private: bool) -> TelegramBot:
    """Raises ValueError for what is no such address."""
    return TelegramBot(Caller(read_address(url, SCHEME), private=private))
