"""Sessions and counters of attempts: short-lived things in the `ephemeral` table, which forgets them by itself."""

from datetime import datetime, timedelta
from hashlib import sha256

from chalicelib.adapters.dynamo.catalogue.categories import REVISION
from chalicelib.adapters.dynamo.table import ConditionFailed, Item, Key, Table, batch_get
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.access.users import Session
from chalicelib.domain.errors import NotSignedIn
from chalicelib.usecases.ports.access import Beacons

BEACONS: Key = ("META", "NOW")
TERMS: Key = ("META", "TERMS")


def session_key(session_id: str) -> Key:
    return f"SESSION#{session_id}", "SESSION"


def to_item(session: Session) -> Item:
    partition, sort = session_key(session.id)
    return {
        "PK": partition,
        "SK": sort,
        "user_id": session.user_id,
        "partner_id": session.partner_id,
        "csrf": session.csrf,
        "opened_at": instant_text(session.opened_at),
        "expires_at": instant_text(session.expires_at),
        "contract_id": session.contract_id,
        "warehouse_id": session.warehouse_id,
        "cart_id": session.cart_id,
        "expires": int(session.expires_at.timestamp()),
    }


def from_item(item: Item) -> Session:
    return Session(
        id=item["PK"].removeprefix("SESSION#"),
        user_id=item["user_id"],
        partner_id=item["partner_id"],
        csrf=item["csrf"],
        opened_at=instant(item["opened_at"]),
        expires_at=instant(item["expires_at"]),
        contract_id=item["contract_id"],
        warehouse_id=item["warehouse_id"],
        cart_id=item.get("cart_id"),
    )


def beacons_from_items(item: Item, categories: Item, terms: Item) -> Beacons:
    stock_at, prices_at = item.get("stock_at"), item.get("prices_at")
    return Beacons(
        snapshot=item.get("snapshot"),
        stock_at=instant(stock_at) if stock_at else None,
        prices_at=instant(prices_at) if prices_at else None,
        categories=int(categories.get("revision", 0)),
        terms=int(terms.get("version", 0)),
    )


class DynamoSessions:
    def __init__(self, ephemeral: Table, catalogue: Table, portal: Table) -> None:
        self.ephemeral = ephemeral
        self.catalogue = catalogue
        self.portal = portal

    def open(self, session: Session) -> None:
        self.ephemeral.put(to_item(session))

    def read(self, session_id: str) -> tuple[Session | None, Beacons]:
        """Sessions are read consistently: the page after a sign-in or a choice must see it. So are changes of terms."""
        session_at = (self.ephemeral.name, session_key(session_id))
        beacons_at, categories_at = (self.catalogue.name, BEACONS), (self.portal.name, REVISION)
        terms_at = (self.portal.name, TERMS)
        strong = [self.ephemeral.name, self.portal.name]
        found = batch_get(self.ephemeral.client, [session_at, beacons_at, categories_at, terms_at], strong=strong)
        session = from_item(found[session_at]) if session_at in found else None
        beacons = beacons_from_items(*(found.get(at, {}) for at in (beacons_at, categories_at, terms_at)))
        return session, beacons

    def choose(self, session_id: str, *, partner_id: str, contract_id: str | None, warehouse_id: str | None) -> None:
        values = {":p": partner_id, ":c": contract_id, ":w": warehouse_id}
        self._change(session_id, "SET partner_id = :p, contract_id = :c, warehouse_id = :w", values)

    def choose_cart(self, session_id: str, cart_id: str) -> None:
        self._change(session_id, "SET cart_id = :c", {":c": cart_id})

    def _change(self, session_id: str, expression: str, values: Item) -> None:
        try:
            self.ephemeral.update(session_key(session_id), expression, "attribute_exists(PK)", values)
        except ConditionFailed as error:
            raise NotSignedIn("Вы вышли из кабинета. Войдите снова") from error

    def close(self, session_id: str) -> None:
        self.ephemeral.delete(session_key(session_id))


BUCKETS = 15
"""Into how many parts a window is cut: a window slides by one part."""


class DynamoAttempts:
    """Counters by part of a window, added up over the whole of it: no burst fits between two windows."""

    def __init__(self, ephemeral: Table) -> None:
        self.ephemeral = ephemeral

    def count(self, key: str, window: timedelta, now: datetime) -> int:
        part = window / BUCKETS
        place = (_partition(key), _part(now, part))
        values = {":one": 1, ":expires": int((now + 2 * window).timestamp())}
        self.ephemeral.update(place, "ADD attempts :one SET #e = :expires", values=values, names={"#e": "expires"})
        return sum(int(item["attempts"]) for item in self._recent(key, window, now))

    def forget(self, key: str, window: timedelta, now: datetime) -> None:
        for item in list(self._recent(key, window, now)):
            self.ephemeral.delete((item["PK"], item["SK"]))

    def _recent(self, key: str, window: timedelta, now: datetime) -> list[Item]:
        """Consistent: of attempts made at the same time, each sees those that were counted before it."""
        since = _part(now - window, window / BUCKETS)
        return list(self.ephemeral.query(_partition(key), at_least=since, strong=True))


def _partition(key: str) -> str:
    """Hashed: what strangers type as a login may be longer than a key, and is nobody's business."""
    return f"ATTEMPT#{sha256(key.encode()).hexdigest()}"


def _part(at: datetime, part: timedelta) -> str:
    return f"{int(at.timestamp() // part.total_seconds()):012d}"
