"""Replies by the key of their request.

ephemeral   REPLY#<key>   REPLY    fingerprint, claimant, lease; once answered reply_status, content_type, and
                                   reply_body, or reply_file: where it lies
"""

from datetime import datetime, timedelta
from hashlib import sha256

from chalicelib.adapters.dynamo.table import ConditionFailed, Item, Key, Table
from chalicelib.adapters.dynamo.times import instant_text
from chalicelib.domain.errors import Conflict
from chalicelib.usecases.ports.exchange import KeptReply
from chalicelib.usecases.ports.files import FileStore

KEPT_FOR = timedelta(days=30)
LARGEST = 200_000
"""Bytes of a reply kept in the table; an item holds 400 KB."""
OTHER_REQUEST = "Ключ Idempotency-Key уже использован для другого запроса: у каждого запроса должен быть свой ключ"


def reply_key(key: str) -> Key:
    return f"REPLY#{key}", "REPLY"


class DynamoReplies:
    def __init__(self, ephemeral: Table, files: FileStore) -> None:
        self.ephemeral = ephemeral
        self.files = files

    def claim(self, key: str, fingerprint: str, token: str, now: datetime, lease: timedelta) -> KeptReply | bool:
        partition, sort = reply_key(key)
        mine = {"fingerprint": fingerprint, "claimant": token, "lease": instant_text(now + lease)}
        item = {"PK": partition, "SK": sort, "expires": int((now + KEPT_FOR).timestamp())} | mine
        free = "attribute_not_exists(PK) OR expires <= :today OR (fingerprint = :same AND lease <= :now)"
        values = {":today": int(now.timestamp()), ":same": fingerprint, ":now": instant_text(now)}
        try:
            self.ephemeral.put(item, free, values)
        except ConditionFailed:
            return self._kept(key, fingerprint)
        return True

    def _kept(self, key: str, fingerprint: str) -> KeptReply | bool:
        """False while another is at work, or has just given up."""
        item = self.ephemeral.get(reply_key(key), strong=True)
        if item is None:
            return False
        if item["fingerprint"] != fingerprint:
            raise Conflict(OTHER_REQUEST)
        return self._reply(item) if "reply_status" in item else False

    def _reply(self, item: Item) -> KeptReply:
        body = item.get("reply_body")
        if body is None:
            with self.files.open(item["reply_file"]) as file:
                body = file.read()
        return KeptReply(int(item["reply_status"]), item["content_type"], bytes(body))

    def keep(self, key: str, token: str, reply: KeptReply) -> KeptReply:
        """A large body lies in a file of its own: two that did the work do not write over each other's."""
        kept: Item = {":body": reply.body}
        place = "reply_body"
        if len(reply.body) > LARGEST:
            kept[":body"], place = f"exchange/replies/{sha256(key.encode()).hexdigest()}-{token}", "reply_file"
            self.files.put(kept[":body"], reply.body, reply.content_type)
        sets = f"SET reply_status = :status, content_type = :type, {place} = :body REMOVE lease"
        values = kept | {":status": reply.status, ":type": reply.content_type, ":mine": token}
        try:
            self.ephemeral.update(reply_key(key), sets, "claimant = :mine", values)
        except ConditionFailed:  # it took so long that another has done the work too
            return self._others(key, reply)
        return reply

    def _others(self, key: str, reply: KeptReply) -> KeptReply:
        item = self.ephemeral.get(reply_key(key), strong=True)
        return self._reply(item) if item and "reply_status" in item else reply

    def release(self, key: str, token: str) -> None:
        try:
            self.ephemeral.delete(reply_key(key), "claimant = :mine", {":mine": token})
        except ConditionFailed:
            return
