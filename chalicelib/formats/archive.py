"""Archives of the exchange, and names of files as 1C gives them: both come from outside, neither is believed."""

import io
import stat
import unicodedata
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from chalicelib.domain.errors import BrokenFile

MAX_NAME = 255
MAX_XML = 64
MAX_ENTRIES = 20_000
MAX_RATIO = 200
"""An honest offers file packs 31:1."""
RATIO_FLOOR = 1 << 20
"""Bytes an entry may have whatever its ratio: a small file of blanks is no bomb."""
MAX_BYTES = 2 << 30
_READ = 1 << 16
_ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".bz2", ".xz", ".tar", ".tgz")
_OFFICE = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp")
"""Documents of items that are zip files by nature."""
_ZIP_MAGIC = b"PK\x03\x04"
_ENCRYPTED = 0x1


def safe_name(name: str) -> str:
    """The name with forward slashes, folders kept (`import_files/ab/photo.jpg`).

    Raises BrokenFile for one that is empty, too long, absolute, leads out of its folder or has characters nobody sees.
    """
    clean = name.replace("\\", "/")
    parts = clean.split("/")
    if len(clean) > MAX_NAME:
        raise BrokenFile("Имя файла «%(file)s…» длиннее %(limit)s знаков", file=_shown(clean[:60]), limit=MAX_NAME)
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for letter in clean):
        raise BrokenFile("В имени файла «%(file)s» недопустимые знаки", file=_shown(clean))
    if ":" in clean or any(part.strip(" .") == "" for part in parts):
        raise BrokenFile("Недопустимое имя файла «%(file)s»", file=_shown(clean))
    return clean


def _shown(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def unpack(file: BinaryIO, max_bytes: int = MAX_BYTES) -> Iterator[tuple[str, BinaryIO]]:
    """(safe name, stream) of every file in the archive; a stream is good until the next one is asked for.

    What can be told from the directory is refused before the first entry is given; sizes are counted while the streams are
    read, since the directory may lie. Raises BrokenFile, also from the streams.
    """
    try:
        archive = ZipFile(file, metadata_encoding="cp866")  # 1C on Windows; names marked as UTF-8 stay so
    except (BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BrokenFile("Архив не читается: %(detail)s", detail=str(error)) from None
    with archive:
        budget = _Budget(max_bytes)
        for name, info in _checked(archive, _size(file)):
            with _Entry(archive, info, name, budget) as entry:
                yield name, entry.buffered()


def _size(file: BinaryIO) -> int:
    return file.seek(0, io.SEEK_END)


def _checked(archive: ZipFile, size: int) -> list[tuple[str, ZipInfo]]:
    infos = [info for info in islice(archive.infolist(), MAX_ENTRIES + 1) if not info.filename.endswith("/")]
    if len(archive.infolist()) > MAX_ENTRIES:
        raise BrokenFile("В архиве больше %(limit)s файлов", limit=MAX_ENTRIES)
    if sum(info.compress_size for info in infos) > size:
        raise BrokenFile("Архив не читается: файлы в нём наложены друг на друга")
    found = [(_entry_name(info), info) for info in infos]
    _refuse_crowd([name for name, _ in found])
    return found


def _entry_name(info: ZipInfo) -> str:
    name = safe_name(info.orig_filename)  # not what was cut at a NUL byte
    if stat.S_ISLNK(info.external_attr >> 16):
        raise BrokenFile("«%(file)s» в архиве — ссылка, а не файл", file=name)
    if info.flag_bits & _ENCRYPTED:
        raise BrokenFile("«%(file)s» в архиве зашифрован", file=name)
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise BrokenFile("«%(file)s» в архиве сжат неизвестным способом", file=name)
    if name.lower().endswith(_ARCHIVES):
        raise BrokenFile("«%(file)s»: архив в архиве не принимается", file=name)
    return name


def _refuse_crowd(names: list[str]) -> None:
    if sum(name.lower().endswith(".xml") for name in names) > MAX_XML:
        raise BrokenFile("В архиве больше %(limit)s файлов XML", limit=MAX_XML)
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            raise BrokenFile("«%(file)s» в архиве встречается дважды", file=name)
        seen.add(name.casefold())


class _Budget:
    """Bytes the whole archive may still give."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise BrokenFile("Архив слишком велик в распакованном виде")


class _Entry(io.RawIOBase):
    """One file of the archive, counted as it is read."""

    def __init__(self, archive: ZipFile, info: ZipInfo, name: str, budget: _Budget) -> None:
        self._name, self._budget = name, budget
        self._limit = max(RATIO_FLOOR, info.compress_size * MAX_RATIO)
        self._count = 0
        try:
            self._inside = archive.open(info)
        except (BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
            raise self._broken(error) from None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview[int]") -> int:  # type: ignore[override] # io asks for any buffer
        try:
            part = self._inside.read(min(len(buffer), _READ))
        except (BadZipFile, zlib.error, OSError, EOFError, ValueError) as error:
            raise self._broken(error) from None
        if not self._count and part.startswith(_ZIP_MAGIC) and not self._name.lower().endswith(_OFFICE):
            raise BrokenFile("«%(file)s»: архив в архиве не принимается", file=self._name)
        self._count += len(part)
        if self._count > self._limit:
            raise BrokenFile("«%(file)s» в архиве распаковывается больше чем в %(limit)s раз", file=self._name, limit=MAX_RATIO)
        self._budget.spend(len(part))
        buffer[: len(part)] = part
        return len(part)

    def buffered(self) -> BinaryIO:
        return io.BufferedReader(self, _READ)

    def close(self) -> None:
        if not self.closed:
            inside = getattr(self, "_inside", None)
            if inside is not None:
                inside.close()
        super().close()

    def _broken(self, error: Exception) -> BrokenFile:
        return BrokenFile("«%(file)s» в архиве повреждён: %(detail)s", file=self._name, detail=str(error))
