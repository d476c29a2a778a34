"""The same request sent again, under a key of its sender's, does its work once and gets the same answer."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from chalicelib.domain.errors import Unavailable
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.exchange import KeptReply, ReplyStore

LEASE = timedelta(seconds=35)
"""Who has not answered by then is dead: the function itself lives 29 s. The next repeat does the work."""
POLL_SECONDS = 0.25


def answer_once(
    replies: ReplyStore,
    clock: Clock,
    sleep: Callable[[float], None],
    work: Callable[[], KeptReply],
    *,
    key: str,
    fingerprint: str,
    patience: timedelta,
) -> KeptReply:
    """The reply of the first request under the key. One that came while the first was at work waits for it.

    A failure of ours (500 and above) is not kept: a repeat finishes the work. Raises Conflict for a key that was used for
    another request, Unavailable where the first is still at work after `patience`.
    """
    token, until = uuid4().hex, clock() + patience
    while not (found := replies.claim(key, fingerprint, token, clock(), LEASE)):
        if clock() >= until:
            raise Unavailable("Запрос с этим ключом ещё выполняется: повторите его позже")
        sleep(POLL_SECONDS)
    if isinstance(found, KeptReply):
        return found
    reply = work()
    if reply.status >= 500:
        replies.release(key, token)
        return reply
    return replies.keep(key, token, reply)
