"""A sheet to draw goods on: shapes with soft light, wood grain and shadows, in units of 600 × 800."""

from functools import cache
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from infra.demo.pictures.palette import Colour, tone

WIDTH, HEIGHT = 600, 800
_FINE = 2  # drawn twice as large and reduced: smooth edges
Box = tuple[float, float, float, float]
Points = list[tuple[float, float]]


class Canvas:
    """Boxes are (left, top, right, bottom); later shapes cover earlier ones."""

    def __init__(self) -> None:
        self.image = _sheet().copy()
        self._pen = ImageDraw.Draw(self.image)

    def finished(self) -> Image.Image:
        return self.image.reduce(_FINE)

    def fill(self, box: Box, colour: Colour, radius: float = 0) -> None:
        self._pen.rounded_rectangle(_fine(box), radius * _FINE, fill=colour)

    def outline(self, box: Box, colour: Colour, width: float = 1, radius: float = 0) -> None:
        self._pen.rounded_rectangle(_fine(box), radius * _FINE, outline=colour, width=round(width * _FINE))

    def ellipse(self, box: Box, colour: Colour) -> None:
        self._pen.ellipse(_fine(box), fill=colour)

    def ring(self, box: Box, colour: Colour, width: float) -> None:
        self._pen.ellipse(_fine(box), outline=colour, width=round(width * _FINE))

    def polygon(self, points: Points, colour: Colour) -> None:
        self._pen.polygon([(x * _FINE, y * _FINE) for x, y in points], fill=colour)

    def line(self, points: Points, colour: Colour, width: float = 1) -> None:
        self._pen.line([(x * _FINE, y * _FINE) for x, y in points], fill=colour, width=round(width * _FINE), joint="curve")

    def arc(self, box: Box, start: float, end: float, colour: Colour, width: float) -> None:
        self._pen.arc(_fine(box), start, end, fill=colour, width=round(width * _FINE))

    def gradient(self, box: Box, first: Colour, last: Colour, *, across: bool = True, radius: float = 0) -> None:
        """From `first` at the left (top) to `last` at the right (bottom)."""
        self._blend(_fine(box), _ramp(_fine(box), across), first, last, radius)

    def glow(self, box: Box, colour: Colour, *, across: bool = True, radius: float = 0, strength: float = 0.35) -> None:
        """A rounded body of metal: light along the middle, dark at the edges."""
        left, top, right, bottom = box
        dark, light = tone(colour, 1 - strength), tone(colour, 1 + strength)
        middle = left + (right - left) * 0.4 if across else top + (bottom - top) * 0.4
        first: Box = (left, top, middle, bottom) if across else (left, top, right, middle)
        second: Box = (middle, top, right, bottom) if across else (left, middle, right, bottom)
        mask = self._mask(box, radius)
        before = self.image.crop(_fine(box))
        self.gradient(first, dark, light, across=across)
        self.gradient(second, light, dark, across=across)
        after = self.image.crop(_fine(box))
        self.image.paste(Image.composite(after, before, mask), _fine(box)[:2])

    def grain(self, box: Box, colour: Colour, seed: str, *, upright: bool = True) -> None:
        """Wood: fine uneven lines along the board."""
        left, top, right, bottom = box
        random = Random(seed)
        place, end = (left, right) if upright else (top, bottom)
        while place < end - 2:
            shade = tone(colour, 1 + random.uniform(-0.09, 0.05))
            width = random.uniform(0.5, 2.2)
            ends = [(place, top), (place, bottom)] if upright else [(left, place), (right, place)]
            self.line([(float(x), float(y)) for x, y in ends], shade, width)
            place += random.uniform(1.5, 6)

    def shadow(self, box: Box, *, blur: float = 10, depth: float = 0.28, radius: float = 4) -> None:
        """What lies under a thing standing in soft light; drawn coarsely, since it is soft."""
        coarse = 8
        left, top, right, bottom = _fine((box[0] - 3 * blur, box[1] - 3 * blur, box[2] + 3 * blur, box[3] + 3 * blur))
        size = ((right - left) // coarse, (bottom - top) // coarse)
        edge = 3 * blur * _FINE / coarse
        mask = Image.new("L", size, 0)
        inner = (edge, edge, size[0] - edge, size[1] - edge)
        ImageDraw.Draw(mask).rounded_rectangle(inner, radius * _FINE / coarse, fill=round(255 * depth))
        mask = mask.filter(ImageFilter.GaussianBlur(blur * _FINE / coarse))
        mask = mask.resize((size[0] * coarse, size[1] * coarse), Image.Resampling.BILINEAR)
        self.image.paste((60, 58, 56), (left, top, left + mask.width, top + mask.height), mask)

    def _blend(self, box: tuple[int, int, int, int], ramp: Image.Image, first: Colour, last: Colour, radius: float) -> None:
        size = ramp.size
        filled = Image.composite(Image.new("RGB", size, last), Image.new("RGB", size, first), ramp)
        self.image.paste(filled, box[:2], self._mask_of(size, radius) if radius else None)

    def _mask(self, box: Box, radius: float) -> Image.Image:
        left, top, right, bottom = _fine(box)
        return self._mask_of((right - left, bottom - top), radius)

    @staticmethod
    def _mask_of(size: tuple[int, int], radius: float) -> Image.Image:
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), radius * _FINE, fill=255)
        return mask


@cache
def _sheet() -> Image.Image:
    ramp = Image.linear_gradient("L").resize((WIDTH * _FINE, HEIGHT * _FINE), Image.Resampling.BILINEAR)
    low, high = (Image.new("RGB", ramp.size, colour) for colour in ((236, 236, 234), (253, 253, 252)))
    return Image.composite(low, high, ramp)


def _fine(box: Box) -> tuple[int, int, int, int]:
    left, top, right, bottom = (round(side * _FINE) for side in box)
    return left, top, right, bottom


def _ramp(box: tuple[int, int, int, int], across: bool) -> Image.Image:
    ramp = Image.linear_gradient("L")
    if across:
        ramp = ramp.transpose(Image.Transpose.ROTATE_90)
    return ramp.resize((max(1, box[2] - box[0]), max(1, box[3] - box[1])), Image.Resampling.BILINEAR)
