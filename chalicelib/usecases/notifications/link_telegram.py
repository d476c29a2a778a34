"""A person links his chat: the portal gives him a code for a quarter of an hour, he sends it to the bot."""

import re
import secrets
from datetime import timedelta

from chalicelib.domain.errors import Forbidden
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.orders.dispatch_outbox import tell
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.files import Queues
from chalicelib.usecases.ports.notifications import NotificationStore
from chalicelib.usecases.ports.orders import Outbox

LIFETIME = timedelta(minutes=15)
CODE = re.compile(r"(?:/start\s+)?([A-Za-z0-9_-]{16})")
"""As people type it, or as Telegram sends it for a link `t.me/<bot>?start=<code>`."""

LINKED = "Готово, чат подключён. О чём сюда писать, отметьте в столбце «Telegram» настроек уведомлений личного кабинета."
UNKNOWN = "Код не подошёл или устарел. Получите новый в личном кабинете: Профиль → Уведомления → Подключить Telegram."


def offer_code(store: NotificationStore, clock: Clock, *, visitor: Visitor) -> str:
    """A new code, good once."""
    if visitor.membership is None:
        raise Forbidden("Этот раздел открыт только дилерам")
    code = secrets.token_urlsafe(12)
    store.offer_code(code, visitor.session.user_id, clock() + LIFETIME)
    return code


def link_chat(store: NotificationStore, outbox: Outbox, queues: Queues, clock: Clock, *, chat: str, text: str) -> bool:
    """The chat of whoever was given the code in `text`; the bot answers what became of it."""
    found = CODE.fullmatch(text.strip())
    user_id = store.take_code(found[1], clock()) if found else None
    if user_id:
        store.save_telegram(user_id, chat)
    answer = {"channel": "telegram", "to": chat, "subject": "", "text": LINKED if user_id else UNKNOWN}
    tell(queues, (outbox.add("messages", chat, answer, clock()),))
    return user_id is not None


def unlink_chat(store: NotificationStore, *, visitor: Visitor) -> None:
    store.save_telegram(visitor.session.user_id, "")
