"""Messages about orders.

portal  TALK#<number>   MESSAGE#<instant>#<id>   a message
"""

from collections.abc import Sequence
from dataclasses import asdict

from chalicelib.adapters.dynamo.orders.outbox import to_item as outbox_item
from chalicelib.adapters.dynamo.table import Item, Table, put, transact
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.orders.conversation import Message, Side
from chalicelib.domain.orders.orders import Order
from chalicelib.usecases.ports.orders import OutboxRow

MOST = 200


class DynamoConversations:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def of(self, order: Order) -> tuple[Message, ...]:
        newest = self.portal.query(f"TALK#{order.number}", prefix="MESSAGE#", newest_first=True, limit=MOST)
        return tuple(map(_message, newest))[::-1]

    def add(self, order: Order, message: Message, outbox: Sequence[OutboxRow] = ()) -> None:
        item: Item = asdict(message) | {"at": instant_text(message.at)}
        kept = [{"PK": f"TALK#{order.number}", "SK": f"MESSAGE#{item['at']}#{message.id}"} | item, *map(outbox_item, outbox)]
        transact(self.portal.client, [put(self.portal.name, one) for one in kept])


def _message(item: Item) -> Message:
    fields = {name: item[name] for name in ("id", "user_id", "author", "text", "internal")}
    return Message(at=instant(item["at"]), side=Side(item["side"]), **fields)
