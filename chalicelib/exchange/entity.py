"""What `/exchange/v1/<entity>` knows of an entity, and how a JSON value becomes a row of its import."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib.domain.exchange.exchange import Problem
from chalicelib.domain.exchange.records import Record, Reference
from chalicelib.exchange.faults import faults_of
from chalicelib.runtime import Runtime
from chalicelib.usecases.exchange.import_records import Kind, Row, Save, Taken
from chalicelib.usecases.exchange.snapshots import Hide

if TYPE_CHECKING:
    from chalicelib.formats.messages import Message
    from chalicelib.usecases.ports.clock import RecordStore

Converted = tuple[Any, tuple[Problem, ...]]
"""A record to save, and what is wrong with it though it is taken."""


def no_parents(_: Any) -> tuple[Reference, ...]:
    """It hangs on nothing."""
    return ()


@dataclass(frozen=True)
class Entity:
    """A resource of the protocol: `POST /exchange/v1/<name>` takes `{"<name>": [record, …]}`.

    `title` heads it in the OpenAPI document, `called` names one object in the reasons ("Договор"). `message` is the pydantic
    model of one record: its docstring and its fields' descriptions are the documentation, `example` must be taken as it
    stands (after the examples of the entities before it in the table). `convert` makes of a message what `save` takes,
    up to `at_once` records a call. `parents` must exist before: until they do the record waits. `brings`: what comes nested
    in it. `parts`: names of objects within a record by the `kind` of a Problem. `hide` is for a manifest; with `saved_in` it
    comes by itself. `listed`: its store keeps marks in the register though nothing of it is ever hidden. `unlisted`: why there
    are none.
    """

    name: str
    title: str
    called: str
    message: type["Message"]
    example: Mapping[str, Any]
    convert: Callable[[Any], Converted]
    save: Callable[[Runtime], Save]
    parents: Callable[[Any], tuple[Reference, ...]] = no_parents
    brings: Callable[[Any], tuple[Reference, ...]] = no_parents
    at_once: int = 1
    parts: Mapping[str, str] = field(default_factory=dict)
    hide: Callable[[Runtime], Hide] | None = None
    listed: bool = False
    unlisted: str = ""

    def kind(self, now: Runtime) -> Kind[Any]:
        return Kind(self.name, partial(read, self), self.save(now), self.at_once)


def read(entity: Entity, raw: Any) -> Row[Any]:
    """Whatever the value is, a row: of what can't be read the faults are told."""
    from pydantic import ValidationError

    record_id, name = _named(raw)
    faults = _too_long(raw)
    if not faults:
        try:
            message = entity.message.model_validate(raw)
        except ValidationError as error:
            faults = faults_of(error)
    if faults:
        return Row(record_id, name, None, (Problem(entity.name, record_id, name, "%(faults)s", (("faults", faults),)),))
    return _row(entity, message, record_id, name)


def _row(entity: Entity, message: Any, record_id: str, name: str) -> Row[Any]:
    record, problems = entity.convert(message)
    key = record.id if isinstance(record, Record) else record_id
    parents = entity.parents(message)
    return Row(
        record_id,
        name,
        record,
        problems,
        revision=int(getattr(message, "revision", 0)),
        parents=parents,
        brings=(Reference(entity.name, key), *entity.brings(message)),
        raw=message.model_dump_json() if parents else "",
        key=key,
    )


def _too_long(raw: Any) -> str:
    """Looked at first: pydantic would collect the faults of a million entries."""
    from chalicelib.formats.messages import LIST_LIMIT

    lists = raw.items() if isinstance(raw, dict) else ()
    long = [name for name, value in lists if isinstance(value, list) and len(value) > LIST_LIMIT]
    return f"{long[0]}: больше {LIST_LIMIT} записей" if long else ""


def _named(raw: Any) -> tuple[str, str]:
    """What to call a record that may be anything."""
    fields = raw if isinstance(raw, dict) else {}
    return str(fields.get("id", "")).strip()[:64], str(fields.get("name", "")).strip()[:300]


RECORDS_AT_ONCE = 33
"""Records of a store of records that fit into one transaction."""


@dataclass(frozen=True)
class SavedIn:
    """The `save` of an entity whose records are kept in a store of records as they are."""

    store: Callable[[Runtime], "RecordStore[Any]"]

    def __call__(self, now: Runtime) -> Save:
        store = self.store(now)
        return lambda records: [Taken(outcome) for outcome in store.save(records)]


def saved_in(store: Callable[[Runtime], "RecordStore[Any]"]) -> SavedIn:
    """For `Entity.save`."""
    return SavedIn(store)


def hide_of(entity: Entity) -> Callable[[Runtime], Hide] | None:
    """How its objects are made inactive; None where a manifest can't do so."""
    if isinstance(entity.save, SavedIn):
        store = entity.save.store
        return lambda now: store(now).deactivate
    return entity.hide


def is_listed(entity: Entity) -> bool:
    """Its objects are in the register: they can be listed and reconciled."""
    return entity.listed or hide_of(entity) is not None
