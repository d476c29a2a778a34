"""A printed A4 sheet: Russian fonts, text that wraps, figures at a right edge, boxes. Measures are points, y grows upwards."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

REGULAR = "Roboto"
BOLD = "Roboto-Bold"
FONTS = {REGULAR: "Roboto-Regular.ttf", BOLD: "Roboto-Bold.ttf"}
FONT_FOLDER = Path(__file__).parent / "fonts"
MM = 72 / 25.4
WIDTH, HEIGHT = 210 * MM, 297 * MM
LEADING = 1.2
"""Height of a line of text in font sizes."""
_BREAKS = re.compile(r"[^\S\xa0]+")
"""Where a line may be broken: any white space but the no-break space."""


@cache
def font_widths(font: str) -> Any:
    """Width of every letter in thousandths of the size, by code point. Registers the font on first use (25 ms)."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    pdfmetrics.registerFont(TTFont(font, FONT_FOLDER / FONTS[font]))
    return pdfmetrics.getFont(font).face


def text_width(text: str, size: float, font: str = REGULAR) -> float:
    face = font_widths(font)
    widths, default = face.charWidths, face.defaultWidth
    return sum([widths.get(ord(letter), default) for letter in text]) * size / 1000


def wrapped(text: str, width: float, size: float, font: str = REGULAR, limit: int = 20) -> tuple[str, ...]:
    """Lines no wider than `width`; a word that is too long is cut; what passes `limit` lines ends with an ellipsis."""
    words = [word for word in _BREAKS.split(text) if word]
    lines: list[str] = []
    line = ""
    for word in words:
        longer = f"{line} {word}" if line else word
        if text_width(longer, size, font) <= width:
            line = longer
            continue
        lines += [line] if line else []
        *whole, line = _cut(word, width, size, font)
        lines += whole
    lines.append(line)
    return tuple(lines) if len(lines) <= limit else (*lines[: limit - 1], lines[limit - 1][:-1] + "…")


def _cut(word: str, width: float, size: float, font: str) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and text_width(pieces[-1] + letter, size, font) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


class Sheets:
    """The pages of one document, drawn in order. The same drawing gives the same bytes."""

    def __init__(self, title: str, author: str) -> None:
        from reportlab.pdfgen.canvas import Canvas

        for font in FONTS:
            font_widths(font)
        self._file = BytesIO()
        self.canvas = Canvas(self._file, pagesize=(WIDTH, HEIGHT), pageCompression=1, invariant=1, lang="ru-RU")
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)

    def text(self, x: float, y: float, text: str, size: float, font: str = REGULAR) -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, y, text)

    def lines(self, x: float, y: float, lines: Iterable[str], size: float, font: str = REGULAR) -> float:
        """Lines of text, the first with its base line at y; the base line that would come next."""
        self.canvas.setFont(font, size)
        for line in lines:
            self.canvas.drawString(x, y, line)
            y -= size * LEADING
        return y

    def right(self, x: float, y: float, text: str, size: float, font: str = REGULAR) -> None:
        """Text that ends at x."""
        self.text(x - text_width(text, size, font), y, text, size, font)

    def centred(self, x: float, y: float, text: str, size: float, font: str = REGULAR) -> None:
        self.text(x - text_width(text, size, font) / 2, y, text, size, font)

    def rules(self, segments: Sequence[tuple[float, float, float, float]], thickness: float = 0.6) -> None:
        """Straight lines x1, y1, x2, y2."""
        self.canvas.setLineWidth(thickness)
        self.canvas.lines(list(segments))

    def qr(self, text: str, x: float, y: float, side: float) -> None:
        """A QR code with error correction M, lower left corner at x, y. The quiet zone around it is the caller's."""
        modules = qr_modules(text)
        unit = side / len(modules)
        path = self.canvas.beginPath()
        for row, line in enumerate(modules):
            for start, end in _runs(line):
                path.rect(x + start * unit, y + side - (row + 1) * unit, (end - start) * unit, unit)
        self.canvas.drawPath(path, stroke=0, fill=1)

    def picture(self, png: bytes, x: float, y: float, width: float, height: float) -> None:
        """As large as fits into the box with its lower left corner at x, y; at the left and top of it."""
        from reportlab.lib.utils import ImageReader

        self.canvas.drawImage(ImageReader(BytesIO(png)), x, y, width, height, preserveAspectRatio=True, anchor="nw")

    def watermark(self, text: str) -> None:
        """Large pale letters across the page, over what stands there."""
        self.canvas.saveState()
        self.canvas.translate(WIDTH / 2, HEIGHT / 2)
        self.canvas.rotate(50)
        self.canvas.setFillColorRGB(0.8, 0.1, 0.1, alpha=0.18)
        self.centred(0, -35, text, 110, BOLD)
        self.canvas.restoreState()

    def next_page(self) -> None:
        self.canvas.showPage()

    def finish(self) -> bytes:
        self.canvas.save()
        return self._file.getvalue()


def qr_modules(text: str) -> list[list[bool]]:
    """Rows of dark modules of the smallest code that holds the text as UTF-8 with error correction M."""
    from reportlab.graphics.barcode.qrencoder import QR8bitByte, QRCode, QRErrorCorrectLevel

    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(QR8bitByte(text))
    code.make()
    modules: list[list[bool]] = code.modules
    return modules


def _runs(line: list[bool]) -> Iterable[tuple[int, int]]:
    """Places (from, to) of neighbouring dark modules: one rectangle each, so that no hairline shows between them."""
    start = None
    for place, dark in enumerate([*line, False]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place
            start = None
