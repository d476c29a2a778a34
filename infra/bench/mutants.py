"""`python -m infra.bench.mutants [COUNT] [FIRST]`: files spoilt in all ways, each with a number that makes it again.

Every mutant is read, mapped and put in the words of the store by a child process. It may be read or refused with a reason;
one that kills the child, takes more than five seconds of its CPU or raises anything else is told by its number.
"""

import io
import multiprocessing
import random
import re
import signal
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from multiprocessing.connection import Connection

from chalicelib.domain.errors import BrokenFile
from infra.bench import memory
from infra.bench.shapes import shapes

COUNT = 20_000
CPU_SECONDS = 5
SILENCE_SECONDS = 120
"""Nothing heard from the child for so long although it uses no CPU: it waits for something for ever."""
MEMORY_MB = 256
MAX_BYTES = 8 << 20
"""Of what an archive unpacks to."""

Operation = Callable[[random.Random, bytearray], None]

_LEAF = re.compile(rb"<([^<>!?\s/]+)[^<>]*>[^<>]*</\1>")
_TAG = re.compile(rb"</?[^<>!?\s/]+[^<>]*>")
_DIGITS = re.compile(rb"\d+")
_GROWN = (b"9" * 31, b"9" * 33, b"9" * 5000, b"1e309", b"-1", b"0x1F", b"1,5", b"\xc2\xa0 7", b"NaN", b"+.5", b"", b"1.2.3")
_PIECES = (
    b"<", b">", b"&", b"]]>", b"<!--", b"-->", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"<!DOCTYPE a>", b"<![CDATA[", b"<?xml?>",
    b"&#0;", b"&#xFFFF;", b"&lt;", b"&x;", b'<!DOCTYPE a [<!ENTITY x "y">]>', b"\r", b"\xd0", "я".encode("utf-16-le"), b"\x1a",
)  # fmt: skip
_ENCODINGS = ("utf-8", "windows-1251", "utf-16", "utf-7", "koi8-r", "ascii", "ebcdic-cp-us", "utf-32", "x")


# --- what is done to a file -------------------------------------------------------------------------------------------


def _flip(dice: random.Random, data: bytearray) -> None:
    for _ in range(dice.choice((1, 1, 20))):
        data[dice.randrange(len(data))] = dice.randrange(256)


def _cut(dice: random.Random, data: bytearray) -> None:
    place = dice.randrange(len(data))
    del data[place : place + dice.choice((1, 10, 500, len(data)))]


def _double(dice: random.Random, data: bytearray) -> None:
    start = dice.randrange(len(data))
    piece = data[start : start + dice.choice((1, 30, 2000))]
    place = dice.randrange(len(data))
    data[place:place] = piece * dice.choice((1, 2, 50))


def _swap_tags(dice: random.Random, data: bytearray) -> None:
    found = list(_TAG.finditer(data))
    if len(found) > 1:
        one, other = sorted(dice.sample(found, 2), key=lambda match: match.start())
        data[:] = b"".join(
            (data[: one.start()], other[0], data[one.end() : other.start()], one[0], data[other.end() :]),
        )


def _drop_tag(dice: random.Random, data: bytearray) -> None:
    if found := list(_TAG.finditer(data)):
        match = dice.choice(found)
        del data[match.start() : match.end()]


def _drop_leaf(dice: random.Random, data: bytearray) -> None:
    if found := list(_LEAF.finditer(data)):
        match = dice.choice(found)
        del data[match.start() : match.end()]


def _swap_leaves(dice: random.Random, data: bytearray) -> None:
    """Still XML, in another order: an amount where an id was, a unit among the prices."""
    found = list(_LEAF.finditer(data))
    if len(found) > 1:
        one, other = sorted(dice.sample(found, 2), key=lambda match: match.start())
        data[:] = b"".join((data[: one.start()], other[0], data[one.end() : other.start()], one[0], data[other.end() :]))


def _double_leaf(dice: random.Random, data: bytearray) -> None:
    if found := list(_LEAF.finditer(data)):
        match = dice.choice(found)
        data[match.start() : match.start()] = match[0] * dice.choice((1, 1, 1, 70, 3000, 60_000))


def _repeat_element(dice: random.Random, data: bytearray) -> None:
    found = list(_TAG.finditer(data))
    if len(found) > 4:
        start = dice.randrange(len(found) - 3)
        piece = data[found[start].start() : found[start + dice.randint(1, 3)].end()]
        data[found[start].start() : found[start].start()] = piece * dice.choice((2, 40, 400))


def _grow_number(dice: random.Random, data: bytearray) -> None:
    if found := list(_DIGITS.finditer(data)):
        for match in sorted(dice.sample(found, min(len(found), 3)), key=lambda match: -match.start()):
            data[match.start() : match.end()] = dice.choice(_GROWN)


def _insert(dice: random.Random, data: bytearray) -> None:
    place = dice.randrange(len(data))
    data[place:place] = dice.choice(_PIECES)


def _empty_texts(dice: random.Random, data: bytearray) -> None:
    data[:] = re.sub(rb">([^<>]{1,80})<", lambda found: b"><" if dice.random() < 0.2 else found[0], bytes(data))


def _lie(dice: random.Random, data: bytearray) -> None:
    """Another encoding is declared, or the same text is written in another one."""
    if dice.random() < 0.5:
        data[:] = re.sub(rb'encoding="[^"]*"', f'encoding="{dice.choice(_ENCODINGS)}"'.encode(), bytes(data), count=1)
        return
    text = bytes(data).decode("utf-8", errors="replace")
    data[:] = text.encode(dice.choice(("cp1251", "utf-16", "utf-16-be", "koi8-r", "utf-8-sig")), errors="xmlcharrefreplace")


OPERATIONS: tuple[Operation, ...] = (
    _flip, _cut, _double, _swap_tags, _drop_tag, _repeat_element, _grow_number, _insert, _empty_texts, _lie,
    _drop_leaf, _swap_leaves, _double_leaf, _drop_leaf, _swap_leaves, _double_leaf,
)  # fmt: skip


@lru_cache(1)
def _sources() -> tuple[tuple[str, bytes], ...]:
    files = shapes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return (*files.items(), ("v8_1.zip", packed.getvalue()))


def mutant(number: int) -> tuple[str, bytes]:
    """Name and bytes of the file that has this number, the same at all times."""
    dice = random.Random(number)
    name, source = dice.choice(_sources())
    data = bytearray(source)
    for _ in range(dice.choice((1, 1, 2, 3, 6))):
        operations = (_flip, _cut, _double, _insert) if name.endswith(".zip") else OPERATIONS
        dice.choice(operations)(dice, data)
        data = data or bytearray(b" ")
    return name, bytes(data)


# --- what becomes of it -----------------------------------------------------------------------------------------------


def outcome(name: str, data: bytes) -> str:
    """ "read", "read with problems", or "refused" where the file can't be taken."""
    from chalicelib.formats.archive import unpack

    problems = 0
    try:
        if name.endswith(".zip"):
            for inner, entry in unpack(io.BytesIO(data), MAX_BYTES):
                problems += _load(inner, entry)
        else:
            problems = _load(name, io.BytesIO(data))
    except BrokenFile as error:
        if not re.search("[а-я]", str(error)):
            raise AssertionError(f"no Russian reason: {error}") from error
        return "refused"
    return "read with problems" if problems else "read"


def _load(name: str, stream: object) -> int:
    """How many problems the file has; its rows are put as the tables keep them."""
    from chalicelib.formats.commerceml import read
    from chalicelib.usecases.exchange.import_journal import batches

    problems = 0
    for batch in batches(read(stream, name)):  # type: ignore[arg-type]  # anything with `read`
        problems += len(batch.refused) + len(batch.partial)
        for row in batch.rows:
            _kept(row)
    return problems


def _kept(row: object) -> None:
    from chalicelib.adapters.dynamo.catalogue.cards import card, card_text, packed
    from chalicelib.adapters.dynamo.catalogue.prices import prices_text
    from chalicelib.adapters.dynamo.table import to_wire
    from chalicelib.domain.catalogue.catalogue import Item, Offer

    if isinstance(row, Item):
        text = card_text(row)
        packed(text)
        if card(text) != row:
            raise AssertionError(f"a card is not what it was: {row.id}")
    elif isinstance(row, Offer):
        prices_text(row.prices or ()).encode()
        to_wire(dict(row.balances or {}))


# --- the watch --------------------------------------------------------------------------------------------------------


def run(first: int, count: int) -> tuple[Counter[str], list[str], float]:
    """Outcomes, the trouble in words with the mutant's number, and the most memory a child has taken (MB)."""
    outcomes: Counter[str] = Counter()
    trouble: list[str] = []
    number, peak = first, 0.0
    while number < first + count:
        for told, megabytes in _child(number, first + count - number):
            peak = max(peak, megabytes)
            outcomes[told.partition(":")[0]] += 1
            if told.startswith(("crash", "hang")):
                trouble.append(f"mutant {number}: {told}")
            number += 1
    return outcomes, trouble, peak


def _child(first: int, count: int) -> Iterator[tuple[str, float]]:
    """What a child tells of its mutants, to the last or to the one that killed it."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_work, args=(first, count, theirs), daemon=True)
    process.start()
    theirs.close()
    peak = 0.0
    for _ in range(count):
        try:
            told, peak = ours.recv() if ours.poll(SILENCE_SECONDS) else _stuck(process.kill)
        except EOFError:
            process.join()
            yield _death(process.exitcode or 0), peak
            return
        yield told, peak
    process.join()


def _stuck(kill: Callable[[], None]) -> tuple[str, float]:
    kill()
    raise EOFError


def _death(code: int) -> str:
    if code in (-signal.SIGPROF, -signal.SIGKILL):
        return f"hang: more than {CPU_SECONDS} s"
    return f"crash: the process ended with {code}"


def _work(first: int, count: int, told: Connection) -> None:
    for number in range(first, first + count):
        name, data = mutant(number)
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)  # nobody handles it: the process ends, inside libxml2 too
        try:
            result = outcome(name, data)
        except Exception as error:  # whatever it is, that is what we look for
            result = f"crash: {type(error).__name__}: {error}"[:300]
        signal.setitimer(signal.ITIMER_PROF, 0)
        told.send((result, memory.peak()))


def main(count: int = COUNT, first: int = 1) -> int:
    outcomes, trouble, peak = run(first, count)
    print(f"{count} mutants from number {first}: {dict(outcomes)}; peak of a process {peak:.0f} MB")
    for line in trouble[:50]:
        print(line)
    return int(bool(trouble) or peak > MEMORY_MB)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
