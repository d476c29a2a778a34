"""Price lists of partners.

portal     PRICELISTS#<partner>  LIST#<id>   what was asked for and what was made
           FEEDKEY#<hash>        FEED        partner_id, list_id: the key itself is kept nowhere
ephemeral  FEEDRATE#<list>       <minute>    fetches of a minute
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from chalicelib.adapters.dynamo import table as actions
from chalicelib.adapters.dynamo.table import ConditionFailed, Item, Key, Table, transact
from chalicelib.adapters.dynamo.times import instant, instant_text
from chalicelib.domain.catalogue.price_lists import STUCK_AFTER, Format, PriceList, PriceListFile
from chalicelib.domain.errors import NotFound
from chalicelib.domain.partners.partners import PartnerScope

GONE = "Прайс-лист не найден"


def key_of(partner_id: str, list_id: str) -> Key:
    return f"PRICELISTS#{partner_id}", f"LIST#{list_id}"


def _feed_key(key_hash: str) -> Key:
    return f"FEEDKEY#{key_hash}", "FEED"


def to_item(one: PriceList) -> Item:
    partition, sort = key_of(one.partner_id, one.id)
    return {
        "PK": partition,
        "SK": sort,
        "user_id": one.user_id,
        "contract_id": one.contract_id,
        "format": one.format.value,
        "name": one.name,
        "created_at": instant_text(one.created_at),
        "group_ids": list(one.group_ids),
        "in_stock": one.in_stock,
        "pictures": one.pictures,
        "key_hash": one.key_hash,
    }


def from_item(item: Item) -> PriceList:
    made: Item | None = item.get("file")
    file = PriceListFile(instant(made["made_at"]), int(made["rows"]), int(made["size"]), made["etag"]) if made else None
    return PriceList(
        id=item["SK"].removeprefix("LIST#"),
        partner_id=item["PK"].removeprefix("PRICELISTS#"),
        user_id=item["user_id"],
        contract_id=item["contract_id"],
        format=Format(item["format"]),
        name=item["name"],
        created_at=instant(item["created_at"]),
        group_ids=tuple(item["group_ids"]),
        in_stock=item["in_stock"],
        pictures=item["pictures"],
        key_hash=item["key_hash"],
        asked_at=instant(item["asked_at"]) if item.get("asked_at") else None,
        progress=int(item.get("progress", 0)),
        problem=item.get("problem", ""),
        file=file,
    )


class DynamoPriceLists:
    def __init__(self, portal: Table, ephemeral: Table) -> None:
        self.portal, self.ephemeral = portal, ephemeral

    def lists(self, scope: PartnerScope) -> tuple[PriceList, ...]:
        found = map(from_item, self.portal.query(f"PRICELISTS#{scope.partner_id}", strong=True))
        return tuple(sorted(found, key=lambda one: (one.created_at, one.id), reverse=True))

    def one(self, scope: PartnerScope, list_id: str) -> PriceList:
        item = self.portal.get(key_of(scope.partner_id, list_id), strong=True)
        if item is None:
            raise NotFound(GONE)
        return from_item(item)

    def create(self, price_list: PriceList) -> None:
        writes = [actions.put(self.portal.name, to_item(price_list), "attribute_not_exists(PK)")]
        if price_list.key_hash:
            writes.append(self._key_put(price_list, price_list.key_hash))
        transact(self.portal.client, writes)

    def _key_put(self, one: PriceList, key_hash: str) -> Item:
        partition, sort = _feed_key(key_hash)
        return actions.put(self.portal.name, {"PK": partition, "SK": sort, "partner_id": one.partner_id, "list_id": one.id})

    def by_key(self, key_hash: str) -> PriceList:
        item = self.portal.get(_feed_key(key_hash))
        if item is None:
            raise NotFound(GONE)
        found = self.one(PartnerScope(item["partner_id"]), item["list_id"])
        if found.key_hash != key_hash:
            raise NotFound(GONE)
        return found

    def set_key(self, price_list: PriceList, key_hash: str) -> None:
        values = {":new": key_hash, ":old": price_list.key_hash}
        key = key_of(price_list.partner_id, price_list.id)
        writes = [actions.update(self.portal.name, key, "SET key_hash = :new", "key_hash = :old", values)]
        if key_hash:
            writes.append(self._key_put(price_list, key_hash))
        if price_list.key_hash:
            writes.append(actions.delete(self.portal.name, _feed_key(price_list.key_hash)))
        transact(self.portal.client, writes)

    def delete(self, price_list: PriceList) -> None:
        writes = [actions.delete(self.portal.name, key_of(price_list.partner_id, price_list.id))]
        if price_list.key_hash:
            writes.append(actions.delete(self.portal.name, _feed_key(price_list.key_hash)))
        transact(self.portal.client, writes)

    def ask(self, price_list: PriceList, now: datetime) -> bool:
        """Whose mark is older than any making may take has died."""
        values: dict[str, Any] = {":now": instant_text(now), ":dead": instant_text(now - STUCK_AFTER), ":no": None, ":zero": 0}
        condition = "attribute_exists(PK) AND (attribute_not_exists(asked_at) OR asked_at = :no OR asked_at < :dead)"
        key = key_of(price_list.partner_id, price_list.id)
        try:
            self.portal.update(key, "SET asked_at = :now, progress = :zero", condition, values)
        except ConditionFailed:
            return False
        return True

    def tell(self, price_list: PriceList, rows: int) -> None:
        self._set(price_list, "SET progress = :rows", {":rows": rows})

    def finish(self, price_list: PriceList, file: PriceListFile | None, problem: str = "") -> None:
        values: dict[str, Any] = {":no": None, ":problem": problem}
        if file is None:
            self._set(price_list, "SET asked_at = :no, problem = :problem", values)
            return
        values[":file"] = {"made_at": instant_text(file.made_at), "rows": file.rows, "size": file.size, "etag": file.etag}
        names = {"#file": "file"}
        self._set(price_list, "SET asked_at = :no, problem = :problem, #file = :file", values, names)

    def _set(self, one: PriceList, expression: str, values: Item, names: dict[str, str] | None = None) -> None:
        """Nothing where it was deleted meanwhile."""
        with suppress(ConditionFailed):
            self.portal.update(key_of(one.partner_id, one.id), expression, "attribute_exists(PK)", values, names)

    def count_fetch(self, list_id: str, now: datetime) -> int:
        values: Item = {":one": 1, ":ends": int((now + timedelta(hours=1)).timestamp())}
        key = (f"FEEDRATE#{list_id}", f"{now:%Y%m%dT%H%M}")
        after = self.ephemeral.update(key, "ADD fetches :one SET expires = :ends", values=values, returning="ALL_NEW")
        return int(after["fetches"])
