"""Forms with files in them (`multipart/form-data`), split without guessing: what browsers send and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.domain.errors import InvalidInput

FORM_LIMIT = 4_400_000
"""Bytes of a form with files: more does not pass the gateway, which packs them a third bigger into at most 6 MB."""

MOST_PARTS = 4_000
_BOUNDARY = re.compile(r'boundary="?([0-9A-Za-z\'()+_,./:=? -]{1,70})"?')
_NAME = re.compile(r'[ ;]name="([^"]*)"')
_FILENAME = re.compile(r'[ ;]filename="([^"]*)"')


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """`name` as the browser told it: a text of the visitor's, not a path."""

    name: str
    content: bytes


Fields = tuple[dict[str, list[str]], dict[str, UploadedFile]]


def split_form(content_type: str, body: bytes) -> Fields:
    """Texts and files by the name of the field. Raises InvalidInput."""
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise InvalidInput("Форма не читается")
    if len(body) > FORM_LIMIT:
        raise InvalidInput("Файл больше 4 МБ: оставьте в нём только строки заказа")
    texts: dict[str, list[str]] = {}
    files: dict[str, UploadedFile] = {}
    for head, content in _parts(b"--" + boundary[1].strip().encode(), body):
        name, filename = _NAME.search(head), _FILENAME.search(head)
        if name is None:
            raise InvalidInput("Форма не читается")
        if filename is None:
            texts.setdefault(name[1], []).append(_text(content))
        elif filename[1]:
            files[name[1]] = UploadedFile(filename[1][-200:], content)
    return texts, files


def _parts(mark: bytes, body: bytes) -> Iterator[tuple[str, bytes]]:
    """(headers, content) between the marks; the last mark ends with two dashes."""
    pieces = (b"\r\n" + body).split(b"\r\n" + mark, MOST_PARTS + 2)
    if len(pieces) < 2 or len(pieces) > MOST_PARTS + 2 or not pieces[-1].startswith(b"--"):
        raise InvalidInput("Форма не читается")
    for piece in pieces[1:-1]:
        head, separator, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not separator or len(head) > 2_000:
            raise InvalidInput("Форма не читается")
        yield _text(head), content


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise InvalidInput("Форма не читается") from error
