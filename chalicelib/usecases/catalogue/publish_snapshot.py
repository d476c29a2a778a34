"""A new search snapshot after a change of the catalogue: one immutable file, then the beacon that names it.

Snapshots are named by a number and the instant, both taken when reading the catalogue began: by the number they stand in
order, whatever the clocks of two builders say, and everything written before that instant is inside.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from chalicelib.usecases.ports.catalogue import CatalogueStore, SnapshotWriter
from chalicelib.usecases.ports.categories import CategoryStore
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.files import FileStore

PREFIX = "snapshots/"
KEPT = 4
"""Snapshots that stay: requests under way still name an older one."""

SKEW = timedelta(seconds=2)
"""How far the queue's clock and ours may stand apart."""

_STARTED = "%Y%m%dT%H%M%S.%f"


def publish_snapshot(
    catalogue: CatalogueStore,
    categories: CategoryStore,
    files: FileStore,
    writer: SnapshotWriter,
    *,
    clock: Clock,
    asked_at: datetime | None,
) -> str:
    """Put a snapshot in force that has every change made before `asked_at`; its key.

    Nothing is built where the newest one was begun later: whoever asks does so after his change, so it is inside. Of a
    hundred requests at once one or two build. Without `asked_at` it always builds.
    """
    newest = _newest(files)
    if newest is None or asked_at is None or begun_at(newest) <= asked_at + SKEW:
        newest = _build(catalogue, categories, files, writer, clock())
    return _put_in_force(catalogue, files, newest)


def begun_at(key: str) -> datetime:
    """When reading the catalogue for a snapshot began."""
    return datetime.strptime(key.split("-")[1], _STARTED).replace(tzinfo=UTC)


def _build(catalogue: CatalogueStore, categories: CategoryStore, files: FileStore, writer: SnapshotWriter, now: datetime) -> str:
    number = catalogue.next_snapshot(now)
    key = f"{PREFIX}{number:017}-{now.astimezone(UTC):{_STARTED}}-{token_hex(4)}.tar.gz"
    classifier = replace(catalogue.classifier(), categories=categories.tree())
    with writer.write(catalogue.all_cards(), classifier, catalogue.pictures()) as packed:
        files.put(key, packed, "application/gzip")
    return key


def _put_in_force(catalogue: CatalogueStore, files: FileStore, key: str) -> str:
    """Also for a snapshot that is there already: whoever stored it may have died before he moved the beacon.

    Two may end at once, and the older one last: having marked, everyone looks again, so the newest stays in force.
    """
    while True:
        catalogue.mark(snapshot=key)
        newest = _newest(files)
        if newest is None or newest <= key:
            _drop_old(files)
            return key
        key = newest


def _newest(files: FileStore) -> str | None:
    return max(files.keys(PREFIX), default=None)


def _drop_old(files: FileStore) -> None:
    for key in sorted(files.keys(PREFIX))[:-KEPT]:
        files.delete(key)
