"""The table of what `POST /exchange/v1/<entity>` takes. Routes, the OpenAPI document and the import are made from it.

How to add an entity
--------------------
1. `domain/<noun>.py`: a frozen dataclass of the value, without id and revision where `Record` carries them.
2. `formats/<noun>_messages.py`: a pydantic model of one record, a subclass of `formats.messages.Message`: Russian docstring and
   Russian `description` of every field, `id: Id`, `revision: int`, and an example as a constant.
3. `adapters/dynamo/<noun>.py`: `class DynamoX(DynamoRecords[X])` with `shelf = Shelf("<entity>", to_item)` (its keys and its
   readings, which take a PartnerScope); a cached_property in `runtime.py`, a Protocol in `usecases/ports.py`. Such a store
   keeps revisions, and manifests and `GET revisions` work for it. A value that must be kept otherwise (a part of an order, a
   file) has a store and a use case of its own: `save(record) -> Taken`.
4. `exchange/<noun>_records.py`: `ENTITIES = (Entity(...), …)`. `convert` makes of the message a `Record` (or what your use case
   takes) and the problems to tell of; `save` is `saved_in(lambda now: now.x)` for a store of records (give it
   `at_once=RECORDS_AT_ONCE`), or `lambda now: one_by_one(partial(use_case, now.store, …))`, where `use_case(record) -> Taken`;
   `parents` are the References that must have come before: without them the record waits, and is saved by this same `save`
   when they come. Raise `Refused` with a Russian reason for what can't be taken.
5. Here: one more line in ENTITIES, below the entities it hangs on.

The path, the field of the envelope and `Entity.name` are the same word; the journal shows it as the kind of the run.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.errors import NotFound, Refused
from chalicelib.exchange import document_records, news_records, order_state_records, partner_records, supply_records, term_records
from chalicelib.exchange.entity import Entity, hide_of, is_listed
from chalicelib.runtime import Runtime
from chalicelib.usecases.exchange.import_records import Desk, Kind
from chalicelib.usecases.exchange.snapshots import Hide

ENTITIES: tuple[Entity, ...] = (
    *partner_records.ENTITIES,
    *term_records.ENTITIES,
    *supply_records.ENTITIES,
    *order_state_records.ENTITIES,
    *document_records.ENTITIES,
    *news_records.ENTITIES,
)
"""In the order in which a whole load sends them: what others hang on comes first."""

BY_NAME: Mapping[str, Entity] = {entity.name: entity for entity in ENTITIES}
CALLED: dict[str, str] = {entity.name: entity.called for entity in ENTITIES}
"""What one object is called in a reason."""


def entity_named(name: str) -> Entity:
    """Raises NotFound."""
    found = BY_NAME.get(name)
    if found is None:
        known = ", ".join(BY_NAME)
        raise NotFound("Объектов «%(name)s» в обмене нет. Есть: %(known)s", name=name[:60], known=known)
    return found


NESTED = {"contacts": "Контактное лицо"}
"""What comes within a record of another entity alone, and is in the register all the same."""


def listed_name(name: str) -> str:
    """The name of an entity whose objects are in the register. Raises NotFound, Refused."""
    if name in NESTED:
        return name
    entity = entity_named(name)
    if not is_listed(entity):
        raise Refused(entity.unlisted or "«%(entity)s» не сверяется", entity=name)
    return name


def hiding(name: str, now: Runtime) -> Hide:
    """What closes a whole list. Raises NotFound, Refused."""
    hide = None if name in NESTED else hide_of(entity_named(listed_name(name)))
    if hide is None:
        raise Refused(NEVER_HIDDEN[name])
    return hide(now)


NEVER_HIDDEN = {
    "contacts": "Контактные лица полным снимком не закрываются: доступ снимает только portal_access в записи партнёра",
    "order_states": "Состояния заказов полным снимком не закрываются: заказ отменяет сам документ 1С",
}


def desk(now: Runtime) -> Desk:
    """What an import needs, with every kind there is."""
    kinds: dict[str, Kind[Any]] = {entity.name: entity.kind(now) for entity in ENTITIES}
    return Desk(now.exchange, now.waiting, now.clock, kinds)
