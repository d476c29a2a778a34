"""Pictures for the pages out of whatever 1C sends, by Pillow."""

import io
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING

from chalicelib.domain.catalogue.pictures import SIZES
from chalicelib.domain.errors import BrokenFile

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")
MAX_PIXELS = 40_000_000
"""Of the unpacked picture: more would take over 160 MB of memory. A few kilobytes can unpack to gigabytes."""

_QUALITY = 82
_NO_PICTURE = "Файл не является картинкой JPEG, PNG, GIF, WebP, BMP или TIFF"


class PillowPictures:
    """A `PictureMaker`: WebP in every size, upright, on white where 1C's is transparent, without any metadata."""

    def sizes(self, source: bytes) -> Mapping[str, bytes]:
        """Raises BrokenFile."""
        whole = _opened(source)
        return {size: _webp(whole, side) for size, side in SIZES.items()}


def _opened(source: bytes) -> "Image":
    """The first frame, unpacked no bigger than needed."""
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is stricter
            opened: Image.Image = Image.open(io.BytesIO(source), formats=FORMATS)
            _must_be_small(opened)
            return _on_white(ImageOps.exif_transpose(_reduced(opened)))
    except BrokenFile:
        raise
    except (OSError, ValueError, SyntaxError, ArithmeticError, LookupError, TypeError, Image.DecompressionBombError) as error:
        raise BrokenFile(_NO_PICTURE) from error  # Pillow's readers raise all of these on damaged files


def _reduced(opened: "Image") -> "Image":
    """In the biggest size that is shown; the whole is in memory only until here."""
    biggest = (max(SIZES.values()),) * 2
    opened.draft("RGB", biggest)
    mode = "RGBA" if "A" in opened.getbands() or "transparency" in opened.info else "RGB"
    colours = opened if opened.mode == mode else opened.convert(mode)
    colours.thumbnail(biggest)
    return colours


def _must_be_small(opened: "Image") -> None:
    if opened.width * opened.height > MAX_PIXELS:
        raise BrokenFile("Картинка больше %(pixels)s млн точек", pixels=MAX_PIXELS // 1_000_000)


def _on_white(layer: "Image") -> "Image":
    from PIL import Image

    if layer.mode == "RGB":
        return layer
    white = Image.new("RGB", layer.size, "white")
    white.paste(layer, mask=layer.getchannel("A"))
    return white


def _webp(whole: "Image", side: int) -> bytes:
    """Never bigger than it came."""
    sized = whole.copy()
    sized.thumbnail((side, side))
    sized.info.clear()
    packed = io.BytesIO()
    sized.save(packed, "WEBP", quality=_QUALITY)
    return packed.getvalue()
