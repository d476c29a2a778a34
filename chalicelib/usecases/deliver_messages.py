"""Letters, SMS and messages in Telegram leave the outbox."""

from chalicelib.domain.errors import Refused
from chalicelib.usecases.ports.files import Letter, Sender
from chalicelib.usecases.ports.orders import Outbox


def deliver_message(outbox: Outbox, mail: Sender, texts: Sender, telegram: Sender | None = None, *, row_id: str) -> None:
    """Send the message of a row and remove the row; nothing where it is gone already.

    A message can go out twice in one case alone: the process dies after the sender took it and before the row is removed.
    Removing first would lose it instead, and a lost invitation is worse than a double one. Raises Refused, the row removed,
    for an address that will never work; Unavailable, the row kept, when the sender does not answer.
    """
    row = outbox.read("messages", row_id)
    if row is None:
        return
    senders = {"mail": mail, "sms": texts, "telegram": telegram}
    sender = senders.get(row.body["channel"], texts)
    try:
        if sender is None:
            raise Refused("Telegram не подключён")
        sender.send(Letter(row.body["to"], row.body["subject"], row.body["text"]))
    except Refused:
        outbox.remove("messages", row_id)
        raise
    outbox.remove("messages", row_id)
