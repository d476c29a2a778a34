"""Whole lists of 1C against the portal's: what differs, and what a closed list hides."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from chalicelib.domain.exchange.exchange import ExchangeRun, Problem, Tally
from chalicelib.domain.exchange.records import Mark
from chalicelib.usecases.exchange.import_records import Desk, open_run
from chalicelib.usecases.ports.exchange import Register

NAMED = 100
"""Differences named in a reply and in the journal, of each kind."""

Hide = Callable[[Sequence[Mark], int], int]
"""Makes the marked objects inactive as of a revision, never deletes them; how many that were."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """All objects of an entity with their revisions, or those whose ids lie from `first` to `last` (both included).

    `revision` is that of 1C when the list was made: what the portal took later is no part of it. `count` and `checksum`
    (see `checksum`) are told by the sender and must fit.
    """

    entity: str
    revision: int
    revisions: Mapping[str, int]
    count: int
    checksum: str
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Differences:
    """Ids. `missing`: the portal has never had them. `stale`: it has an older revision. `extra`: active here, not in the list."""

    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    @property
    def incomplete(self) -> bool:
        """The portal lacks something: hiding others by this list would be wrong."""
        return bool(self.missing or self.stale)

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.extra)


@dataclass(frozen=True, slots=True)
class Closing:
    """`refusal` says in Russian why nothing was changed; "" where the list is closed."""

    run: ExchangeRun
    differences: Differences
    hidden: int = 0
    refusal: str = ""


def checksum(revisions: Mapping[str, int]) -> str:
    """SHA-256, hex, of the lines `id:revision\\n` in UTF-8, in order of the ids' bytes."""
    lines = sorted(f"{id}:{revision}\n".encode() for id, revision in revisions.items())
    return sha256(b"".join(lines)).hexdigest()


def compare(register: Register, manifest: Manifest) -> tuple[Differences, Sequence[Mark]]:
    """With the marks of what is `extra`."""
    known = {mark.id: mark for mark in register.marks(manifest.entity, first=manifest.first, last=manifest.last)}
    extra = [
        mark
        for mark in known.values()
        if mark.active and mark.id not in manifest.revisions and mark.revision <= manifest.revision
    ]
    listed = manifest.revisions.items()
    return (
        Differences(
            missing=tuple(id for id, _ in listed if id not in known),
            stale=tuple(id for id, revision in listed if id in known and known[id].revision < revision),
            extra=tuple(mark.id for mark in extra),
        ),
        extra,
    )


def close_snapshot(desk: Desk, register: Register, hide: Hide, *, node: str, manifest: Manifest, size: int) -> Closing:
    """Hide what the whole list does not name. A list that does not add up, or whose objects have not all come, changes
    nothing."""
    run = open_run(desk, node, "manifests", size)
    refusal = _wrong(manifest)
    differences, extra = (Differences(), ()) if refusal else compare(register, manifest)
    if differences.incomplete:
        refusal = f"Снимок не закрыт: не пришли {len(differences.missing)}, старее в портале {len(differences.stale)}"
    hidden = 0 if refusal else hide(extra, manifest.revision)
    count = len(manifest.revisions)
    tally = Tally(count, refused=count) if refusal else Tally(count + hidden, hidden, count)
    problems = list(_problems(manifest.entity, differences, hidden=not refusal))
    desk.exchange.finish_file(run.id, run.kind, {manifest.entity: tally}, problems, refusal, desk.clock())
    return Closing(run, differences, hidden, refusal)


def reconcile(desk: Desk, register: Register, *, node: str, manifest: Manifest, size: int) -> Closing:
    """Tell what differs, in the journal too, and change nothing."""
    refusal = _wrong(manifest)
    run = open_run(desk, node, "reconcile", size)
    differences, _ = (Differences(), ()) if refusal else compare(register, manifest)
    different = len(differences.missing) + len(differences.stale) + len(differences.extra)
    read = len(manifest.revisions) + len(differences.extra)
    tally = Tally(read, 0, read - different, different) if not refusal else Tally(read, refused=read)
    problems = list(_problems(manifest.entity, differences, hidden=False))
    desk.exchange.finish_file(run.id, run.kind, {manifest.entity: tally}, problems, refusal, desk.clock())
    return Closing(run, differences, 0, refusal)


def _wrong(manifest: Manifest) -> str:
    """Why the list can't be what its sender thinks it is; "" where it adds up."""
    if len(manifest.revisions) != manifest.count:
        return f"Число записей не сходится: в count {manifest.count}, в списке {len(manifest.revisions)}"
    expected = checksum(manifest.revisions)
    if manifest.checksum.lower() != expected:
        return f"Контрольная сумма не сходится: прислана {manifest.checksum[:64]}, по списку {expected}"
    return ""


TOLD = {
    "missing": "В портале нет: отправьте запись",
    "stale": "В портале более старое изменение: отправьте запись ещё раз",
    "extra": "Есть в портале, а в списке 1С нет",
    "hidden": "Нет в полном снимке: больше не действует",
}


def _problems(entity: str, differences: Differences, *, hidden: bool) -> Sequence[Problem]:
    named: Mapping[str, Collection[str]] = {
        "missing": differences.missing[:NAMED],
        "stale": differences.stale[:NAMED],
        "hidden" if hidden else "extra": differences.extra[:NAMED],
    }
    return [Problem(entity, id, "", TOLD[reason]) for reason, ids in named.items() for id in ids]
