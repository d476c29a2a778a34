"""Prices of items: replaced whole by an offer that tells all of it, merged type by type where a file tells some types alone.

ITEM#<item>   PRICES   data = {price type id: [amount, currency, unit, minimal quantity, [[quantity, amount from there on], …]]}
                       types = {price type id: number of the file it comes from}, where they differ
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from chalicelib.adapters.dynamo.catalogue.cards import packed, unpacked
from chalicelib.adapters.dynamo.rows import Row, digest, in_parallel, read_some, save_rows, without_failed
from chalicelib.adapters.dynamo.table import ACTIONS_PER_TRANSACTION, ConditionFailed, Item, Key, Table, put, transact
from chalicelib.domain.catalogue.catalogue import ItemPrice, Offer
from chalicelib.domain.exchange.exchange import Tally

Fields = list[Any]
Told = Mapping[str, Fields]


def prices_key(item_id: str) -> Key:
    return f"ITEM#{item_id}", "PRICES"


def save_prices(table: Table, offers: Sequence[Offer], seq: int, contested: int) -> Tally:
    """Each item once. An offer without a name is a file's that holds one kind of object alone: its price types, no others."""
    whole = {offer.item.id: prices_text(offer.prices or ()) for offer in offers if offer.item.name}
    some = {offer.item.id: _lowest(offer.prices or ()) for offer in offers if not offer.item.name}
    rows = [Row(prices_key(item_id), packed(text), digest(text)) for item_id, text in whole.items()]
    return save_rows(table, rows, seq, contested=contested).plus(_merge(table, some, seq, contested))


def prices_text(prices: Iterable[ItemPrice]) -> str:
    return _text(_lowest(prices))


def _lowest(prices: Iterable[ItemPrice]) -> dict[str, Fields]:
    """One price for each type: of prices for different quantities the one that starts lowest, the others as its tiers."""
    by_type: dict[str, dict[Decimal, ItemPrice]] = {}
    for price in prices:
        by_type.setdefault(price.price_type_id, {}).setdefault(price.min_quantity or Decimal(0), price)
    return {id: _fields([one for _, one in sorted(steps.items())]) for id, steps in by_type.items()}


def _fields(steps: Sequence[ItemPrice]) -> Fields:
    """Prices of one type, by quantity; a tier in another currency than the first is none. A price read from here
    brings its tiers with it."""
    one, *more = steps
    fields = [str(one.amount), one.currency, one.unit, None if one.min_quantity is None else str(one.min_quantity)]
    told = ((tier.min_quantity, tier.amount) for tier in more if tier.currency == one.currency)
    tiers = [[str(least), str(amount)] for least, amount in (*told, *(() if more else one.tiers))]
    return [*fields, tiers] if tiers else fields


def _text(told: Told) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


# --- merging ----------------------------------------------------------------------------------------------------------


def _merge(table: Table, told: Mapping[str, Told], seq: int, contested: int) -> Tally:
    """Rows that another writer changes meanwhile are looked at again."""
    left, written = dict(told), 0
    while left:
        kept = read_some(table, [prices_key(item_id) for item_id in left])
        plans = {item_id: _plan(kept.get(prices_key(item_id)), prices, seq, contested) for item_id, prices in left.items()}
        actions = [
            (item_id, _put(table, item_id, plan, kept.get(prices_key(item_id)))) for item_id, plan in plans.items() if plan
        ]
        size = ACTIONS_PER_TRANSACTION
        done = in_parallel(
            lambda part: _write(table, part), [actions[start : start + size] for start in range(0, len(actions), size)]
        )
        lost = {item_id for part in done for item_id in part}
        written += sum(bool(plan) and plan["changed"] and item_id not in lost for item_id, plan in plans.items())
        left = {item_id: left[item_id] for item_id in lost}
    return Tally(len(told), written, len(told) - written)


def _plan(kept: Mapping[str, Any] | None, told: Told, seq: int, contested: int) -> dict[str, Any]:
    """The row as it should be: `data`, `types`, `seq`; nothing where it is so already. Types of later files stay."""
    before: dict[str, Fields] = json.loads(unpacked(kept["data"])) if kept else {}
    at = int(kept["seq"]["N"]) if kept else 0
    types = {id: at for id in before} | (json.loads(kept["types"]["S"]) if kept and "types" in kept else {})
    newer = {id: fields for id, fields in told.items() if types.get(id, 0) <= seq}
    changed = {id: fields for id, fields in newer.items() if before.get(id) != fields}
    confirmed = [id for id in newer if id in before and types[id] <= contested and types[id] < seq]
    if kept and not changed and not confirmed:
        return {}
    types |= dict.fromkeys([*changed, *confirmed], seq)
    return {"data": before | changed, "types": types, "seq": max(at, seq), "changed": bool(changed) or not kept}


def _put(table: Table, item_id: str, plan: Mapping[str, Any], kept: Mapping[str, Any] | None) -> Item:
    text = _text(plan["data"])
    partition, sort = prices_key(item_id)
    item: Item = {"PK": partition, "SK": sort, "data": packed(text), "digest": digest(text), "seq": plan["seq"]}
    item["types"] = _text(plan["types"])
    if kept is None:
        return put(table.name, item, "attribute_not_exists(PK)")
    seen: Item = {":digest": kept["digest"]["S"], ":seen": int(kept["seq"]["N"])}
    if "types" not in kept:
        return put(table.name, item, "digest = :digest AND seq = :seen AND attribute_not_exists(types)", seen)
    seen[":types"] = kept["types"]["S"]
    return put(table.name, item, "digest = :digest AND seq = :seen AND types = :types", seen)


def _write(table: Table, actions: Sequence[tuple[str, Item]]) -> list[str]:
    """Ids of the items that somebody changed meanwhile."""
    left, lost = list(actions), list[str]()
    while left:
        try:
            transact(table.client, [action for _, action in left])
            break
        except ConditionFailed as failed:
            held = without_failed(left, failed)
        lost += [item_id for item_id, _ in left if item_id not in {one for one, _ in held}]
        left = held
    return lost
