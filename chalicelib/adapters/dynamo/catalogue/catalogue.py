"""The catalogue as 1C sent it: cards, prices, the classifier, pictures, and the beacons that say how fresh it is.

ITEM#<item>   CARD               data = the card
ITEM#<item>   PRICES             see `prices`
CLASSIFIER    <KIND>#<id>        data = [name, …]; a property's dictionary of values lies in VALUES#<id>#<piece>
PICTURES      <1C's path>        name
META          NOW                snapshot, stock_at, prices_at
META          SNAPSHOTS          given = number of the last snapshot
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.adapters.dynamo.catalogue.cards import card, card_text, packed, unpacked
from chalicelib.adapters.dynamo.catalogue.classifier import classifier_of, classifier_rows, kept_pieces
from chalicelib.adapters.dynamo.catalogue.prices import save_prices
from chalicelib.adapters.dynamo.rows import Row, digest, read_some, save_rows
from chalicelib.adapters.dynamo.table import ConditionFailed, Key, Table
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.catalogue.catalogue import Item, Offer, Property
from chalicelib.domain.exchange.exchange import Tally
from chalicelib.usecases.ports.access import Beacons
from chalicelib.usecases.ports.catalogue import Classifier, ClassifierEntry

BEACONS: Key = ("META", "NOW")
SNAPSHOTS: Key = ("META", "SNAPSHOTS")


def card_key(item_id: str) -> Key:
    return f"ITEM#{item_id}", "CARD"


class DynamoCatalogue:
    def __init__(self, catalogue: Table) -> None:
        self.catalogue = catalogue

    # --- classifier ---------------------------------------------------------------------------------------------------

    def classifier(self) -> Classifier:
        return classifier_of(self.catalogue.query("CLASSIFIER", strong=True))

    def save_classifier(self, entries: Sequence[ClassifierEntry], seq: int, *, contested: int = 0) -> Tally:
        unique = {(type(entry), entry.id): entry for entry in entries}
        tally = Tally()
        for kind in dict.fromkeys(kind for kind, _ in unique):
            tally = tally.plus(self._save_entries([entry for (of, _), entry in unique.items() if of is kind], seq, contested))
        return tally.plus(_repeated(entries, unique))

    def _save_entries(self, entries: Sequence[ClassifierEntry], seq: int, contested: int) -> Tally:
        """An entry counts once, however many pieces its dictionary of values takes; pieces go before what counts them."""
        pieces, heads = classifier_rows(entries)
        properties = [entry.id for entry in entries if isinstance(entry, Property)]
        before = kept_pieces(self.catalogue, properties)
        added = save_rows(self.catalogue, pieces, seq, contested=contested)
        tally = save_rows(self.catalogue, heads, seq, contested=contested)
        if before and (tally.written or added.written):
            self._drop_pieces((before | {row.key for row in pieces}) - kept_pieces(self.catalogue, properties))
        return tally

    def _drop_pieces(self, keys: Iterable[Key]) -> None:
        """Pieces of dictionaries that no property counts any more."""
        for key in keys:
            self.catalogue.delete(key)

    # --- cards --------------------------------------------------------------------------------------------------------

    def cards(self, item_ids: Sequence[str]) -> Mapping[str, Item]:
        found = read_some(self.catalogue, [card_key(item_id) for item_id in item_ids], "PK, SK, #d", {"#d": "data"})
        return {item.id: item for item in (card(unpacked(row["data"])) for row in found.values())}

    def existing(self, item_ids: Sequence[str]) -> set[str]:
        found = read_some(self.catalogue, [card_key(item_id) for item_id in item_ids], "PK, SK")
        return {partition.removeprefix("ITEM#") for partition, _ in found}

    def save_cards(
        self, items: Sequence[Item], seq: int, on_new: Callable[[Sequence[Item]], None] | None = None, *, contested: int = 0
    ) -> Tally:
        unique = {item.id: item for item in items}
        rows = [_row(card_key(item.id), card_text(item)) for item in unique.values()]

        def tell(keys: set[Key]) -> None:
            if on_new is not None:
                on_new([item for item in unique.values() if card_key(item.id) in keys])

        return save_rows(self.catalogue, rows, seq, tell, contested).plus(_repeated(items, unique))

    def all_cards(self) -> Iterator[Item]:
        """Consistent: a snapshot made right after an import must hold its last row."""
        request: dict[str, Any] = {
            "TableName": self.catalogue.name,
            "ConsistentRead": True,
            "FilterExpression": "SK = :card",
            "ProjectionExpression": "#d",
            "ExpressionAttributeNames": {"#d": "data"},
            "ExpressionAttributeValues": {":card": {"S": "CARD"}},
        }
        while True:
            page = self.catalogue.client.scan(**request)
            yield from (card(unpacked(row["data"])) for row in page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    # --- prices -------------------------------------------------------------------------------------------------------

    def save_prices(self, offers: Sequence[Offer], seq: int, *, contested: int = 0) -> Tally:
        unique = {offer.item.id: offer for offer in offers if offer.prices is not None}
        return save_prices(self.catalogue, list(unique.values()), seq, contested).plus(_repeated(offers, unique))

    # --- pictures and beacons -----------------------------------------------------------------------------------------

    def mark(self, *, stock_at: datetime | None = None, prices_at: datetime | None = None, snapshot: str | None = None) -> None:
        marks: dict[str, str] = {
            name: instant_text(at) for name, at in (("stock_at", stock_at), ("prices_at", prices_at)) if at is not None
        }
        marks |= {"snapshot": snapshot} if snapshot is not None else {}
        if marks:
            sets = ", ".join(f"#{name} = :{name}" for name in marks)  # "snapshot" is a word of DynamoDB's own
            values = {f":{name}": value for name, value in marks.items()}
            self.catalogue.update(BEACONS, f"SET {sets}", values=values, names={f"#{name}": name for name in marks})

    def snapshot(self) -> str | None:
        return (self.catalogue.get(BEACONS) or {}).get("snapshot")

    def beacons(self) -> Beacons:
        marks = self.catalogue.get(BEACONS) or {}
        stock_at, prices_at = (instant(marks[name]) if name in marks else None for name in ("stock_at", "prices_at"))
        return Beacons(marks.get("snapshot"), stock_at, prices_at)

    def next_snapshot(self, now: datetime) -> int:
        number = int(now.timestamp() * 1_000_000)
        later = "attribute_not_exists(given) OR given < :number"
        try:
            self.catalogue.update(SNAPSHOTS, "SET given = :number", later, {":number": number})
        except ConditionFailed:
            number = int(self.catalogue.update(SNAPSHOTS, "ADD given :one", values={":one": 1}, returning="UPDATED_NEW")["given"])
        return number

    def save_picture(self, path: str, name: str) -> None:
        self.catalogue.put({"PK": "PICTURES", "SK": path, "name": name})

    def pictures(self) -> Mapping[str, str]:
        return {item["SK"]: item["name"] for item in self.catalogue.query("PICTURES", strong=True)}


def _row(key: Key, text: str) -> Row:
    return Row(key, packed(text), digest(text))


def _repeated(given: Sequence[object], unique: Mapping[Any, object]) -> Tally:
    """Rows that stood in the batch more than once: the last one won."""
    again = len(given) - len(unique)
    return Tally(read=again, unchanged=again)
