"""A picture from 1C: its parts are joined, checked, made into the sizes the pages show, and asked into the next snapshot."""

from hashlib import sha256

from chalicelib.domain.catalogue.pictures import CONTENT_TYPE, SIZES, picture_key
from chalicelib.domain.errors import BrokenFile, NotFound
from chalicelib.domain.exchange.exchange import Tally
from chalicelib.usecases.ports.catalogue import CatalogueStore, PictureMaker
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.exchange import ExchangeStore
from chalicelib.usecases.ports.files import FileStore, Queues

MAX_BYTES = 20_000_000
WAIT_FOR_MORE = 60
"""Seconds before the snapshot is asked for: pictures come by the thousand."""


def store_picture(
    files: FileStore,
    catalogue: CatalogueStore,
    exchange: ExchangeStore,
    maker: PictureMaker,
    queues: Queues,
    *,
    clock: Clock,
    run: str,
    file: str,
) -> str:
    """The stored name of the picture `file` (1C's path) of an exchange run, whose journal says what became of it.

    A repeat does nothing new. Raises BrokenFile for what is no picture or too big, NotFound where the run has no such file.
    """
    try:
        name = _stored(files, maker, _joined(files, exchange, run, file))
    except BrokenFile as error:
        exchange.finish_file(run, file, {"pictures": Tally(read=1, refused=1)}, (), str(error), clock())
        raise
    catalogue.save_picture(file, name)
    exchange.finish_file(run, file, {"pictures": Tally(read=1, written=1)}, (), "", clock())
    queues.send("snapshot", {"picture": file}, delay=WAIT_FOR_MORE)
    return name


def _stored(files: FileStore, maker: PictureMaker, source: bytes) -> str:
    """The name under which its sizes lie; the same bytes are made only once."""
    name = sha256(source).hexdigest()[:32]
    if not set(files.keys(f"pictures/{name}-")) >= {picture_key(name, size) for size in SIZES}:
        for size, picture in maker.sizes(source).items():
            files.put(picture_key(name, size), picture, CONTENT_TYPE)
    return name


def _joined(files: FileStore, exchange: ExchangeStore, run: str, file: str) -> bytes:
    """Chunks are named by six digits, so their order is that of their names. Those of an earlier sending are left out."""
    prefix = f"exchange/{run}/{file}/"
    known = exchange.file(run, file)
    first = f"{prefix}{known.first_chunk if known else 0:06d}"
    joined = bytearray()
    for key in (key for key in files.keys(prefix) if key >= first):
        with files.open(key) as chunk:
            joined += chunk.read(MAX_BYTES + 1)
        if len(joined) > MAX_BYTES:
            raise BrokenFile("Картинка «%(file)s» больше %(megabytes)s МБ", file=file, megabytes=MAX_BYTES // 1_000_000)
    if not joined:
        raise NotFound("Файла «%(file)s» нет в обмене", file=file)
    return bytes(joined)
