"""Pictures from 1C: what is taken, what is refused, and what the stored ones look like."""

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from chalicelib.adapters.picture_sizes import PillowPictures
from chalicelib.domain.catalogue.pictures import SIZES
from chalicelib.domain.errors import BrokenFile


def packed(image: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def opened(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body))


def red(width: int, height: int, mode: str = "RGB") -> Image.Image:
    return Image.new("RGB", (width, height), (200, 30, 30)).convert(mode)


KINDS = ["JPEG RGB", "JPEG CMYK", "JPEG L", "PNG RGBA", "PNG P", "PNG 1", "PNG I;16", "GIF P", "WEBP RGB", "BMP RGB", "TIFF RGB"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_usual_kind_becomes_three_sizes(kind: str) -> None:
    """CT-15: dealers see the goods whatever format the supplier keeps his pictures in."""
    form, mode = kind.split()
    image = Image.new("I;16", (1600, 800)) if mode == "I;16" else red(1600, 800, mode)
    sizes = PillowPictures().sizes(packed(image, form))
    assert {size: opened(body).size for size, body in sizes.items()} == {"s": (96, 48), "m": (360, 180), "l": (1200, 600)}
    assert {opened(body).format for body in sizes.values()} == {"WEBP"}


def test_a_small_picture_is_not_blown_up() -> None:
    assert {opened(body).size for body in PillowPictures().sizes(packed(red(60, 40), "PNG")).values()} == {(60, 40)}


def test_one_very_long_side_keeps_a_point_of_the_other() -> None:
    assert opened(PillowPictures().sizes(packed(red(4000, 2), "PNG"))["s"]).size == (96, 1)


def test_nothing_of_the_metadata_stays() -> None:
    exif = Image.Exif()
    exif[0x9286] = "secret comment"
    exif[0x010F] = "secret camera"
    source = packed(red(200, 100), "JPEG", exif=exif, comment=b"secret note", icc_profile=b"secret profile")
    for body in PillowPictures().sizes(source).values():
        assert b"secret" not in body and not opened(body).getexif() and "icc_profile" not in opened(body).info


def test_a_picture_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90°
    body = PillowPictures().sizes(packed(red(200, 100), "JPEG", exif=exif))["l"]
    assert opened(body).size == (100, 200)


def test_transparent_becomes_white() -> None:
    clear = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    assert opened(PillowPictures().sizes(packed(clear, "PNG"))["m"]).convert("RGB").getpixel((25, 25)) == (255, 255, 255)


def png_of(width: int, height: int) -> bytes:
    """A few bytes that say they are a huge picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(7000, 7000), (60_000, 60_000), (2**31 - 1, 2**31 - 1), (40_000_001, 1), (0, 5)])
def test_a_picture_that_unpacks_to_gigabytes_is_refused(width: int, height: int) -> None:
    with pytest.raises(BrokenFile):
        PillowPictures().sizes(png_of(width, height))


HOSTILE = [
    b"",
    b"no picture",
    b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage",
    b"PK\x03\x04" + b"\0" * 100,
    b"%PDF-1.4",
    b"\xff\xd8\xff\xe0" + b"\0" * 50,
    b"GIF89a\x01\x00",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_what_is_no_picture_is_refused(source: bytes) -> None:
    with pytest.raises(BrokenFile, match="не является картинкой"):
        PillowPictures().sizes(source)


WHOLE = [
    packed(red(40, 30, mode), form)
    for form, mode in (("JPEG", "RGB"), ("PNG", "P"), ("GIF", "P"), ("WEBP", "RGB"), ("TIFF", "RGB"))
]


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=300, deadline=None)
@given(st.sampled_from(WHOLE), st.integers(0, 400), st.binary(max_size=8), st.integers(0, 2000))
def test_damaged_pictures_are_refused_or_taken_and_nothing_else(whole: bytes, place: int, put: bytes, cut: int) -> None:
    damaged = (whole[:place] + put + whole[place + len(put) :])[: max(cut, 20)]
    try:
        sizes = PillowPictures().sizes(damaged)
    except BrokenFile:
        return
    assert sizes.keys() == SIZES.keys()
