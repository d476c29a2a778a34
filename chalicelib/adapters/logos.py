"""A dealer's logo out of whatever he sends, by Pillow: PNG or JPEG in, a small PNG out."""

import io
import warnings

from chalicelib.domain.errors import BrokenFile

FORMATS = ("PNG", "JPEG")
MAX_PIXELS = 25_000_000
BOX = (600, 240)
"""Twice what a printer needs for 50 mm by 20 mm."""

_NO_LOGO = "Файл не является картинкой PNG или JPEG"


class PillowLogos:
    def logo(self, source: bytes) -> bytes:
        """On white, upright, in the box, without metadata. Raises BrokenFile."""
        from PIL import Image, ImageOps

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is stricter
                opened = Image.open(io.BytesIO(source), formats=FORMATS)
                if opened.width * opened.height > MAX_PIXELS:
                    raise BrokenFile("Картинка больше %(pixels)s млн точек", pixels=MAX_PIXELS // 1_000_000)
                upright = ImageOps.exif_transpose(opened).convert("RGBA")
        except BrokenFile:
            raise
        except (OSError, ValueError, SyntaxError, ArithmeticError, LookupError, TypeError, Image.DecompressionBombError) as error:
            raise BrokenFile(_NO_LOGO) from error  # Pillow's readers raise all of these on damaged files
        upright.thumbnail(BOX)
        white = Image.new("RGB", upright.size, "white")
        white.paste(upright, mask=upright.getchannel("A"))
        packed = io.BytesIO()
        white.save(packed, "PNG", optimize=True)
        return packed.getvalue()
