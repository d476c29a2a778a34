"""How advertising materials are drawn."""

from infra.demo.pictures.canvas import Box, Canvas
from infra.demo.pictures.palette import COLOURS, Colour, colour, is_wood, tone
from infra.demo.supplier import Drawing

_INK: Colour = (58, 72, 84)
_ACCENT: Colour = (176, 96, 52)
_PAPER: Colour = (250, 249, 246)
_WOOD = "дуб натуральный"
_FAN = ("дуб снежный", "дуб натуральный", "орех тёмный", "венге", "графит матовый", "ясень серый", "капучино", "эмаль белая")


def booklet(canvas: Canvas, _drawing: Drawing) -> None:
    canvas.shadow((150, 160, 470, 660), blur=10)
    for sheet in range(4):
        canvas.fill((146 + sheet * 3, 146 + sheet * 3, 456 + sheet * 3, 646 + sheet * 3), tone(_PAPER, 0.97 - sheet * 0.03))
    canvas.gradient((140, 140, 450, 640), tone(_ACCENT, 1.05), tone(_ACCENT, 0.8))
    canvas.fill((140, 140, 156, 640), tone(_ACCENT, 0.7))
    _small_door(canvas, (230, 230, 360, 500), (240, 232, 216))
    _lines(canvas, (190, 540, 400, 610), (246, 238, 226), 3)


def leaflet(canvas: Canvas, _drawing: Drawing) -> None:
    for place in range(3):
        left, top = 150.0 + place * 26, 130.0 + place * 24
        canvas.shadow((left + 8, top + 10, left + 286, top + 450), blur=7, depth=0.18)
        canvas.fill((left, top, left + 276, top + 440), tone(_PAPER, 1 - 0.03 * (2 - place)))
    canvas.fill((202, 178, 478, 300), _INK)
    _small_door(canvas, (300, 200, 380, 290), (232, 222, 204))
    _lines(canvas, (230, 330, 450, 560), tone(_INK, 1.6), 9)


def poster(canvas: Canvas, _drawing: Drawing) -> None:
    canvas.shadow((130, 90, 490, 710), blur=11)
    canvas.gradient((120, 80, 480, 690), tone(_INK, 1.2), tone(_INK, 0.85), across=False)
    _small_door(canvas, (220, 180, 380, 520), COLOURS["дуб снежный"])
    _lines(canvas, (180, 570, 420, 650), (240, 236, 228), 3)


def swatch(canvas: Canvas, drawing: Drawing) -> None:
    base = colour(drawing.colour)
    canvas.shadow((160, 220, 470, 640), blur=9)
    canvas.polygon([(450, 210), (474, 194), (474, 604), (450, 620)], tone(base, 0.7))
    canvas.polygon([(150, 210), (174, 194), (474, 194), (450, 210)], (208, 190, 162))
    canvas.gradient((150, 210, 450, 620), tone(base, 1.05), tone(base, 0.92))
    if is_wood(drawing.colour):
        canvas.grain((150, 210, 450, 620), base, drawing.colour)
    canvas.fill((270, 560, 430, 600), _PAPER, 4)
    _lines(canvas, (284, 568, 416, 592), (150, 150, 150), 2)


def fan(canvas: Canvas, _drawing: Drawing) -> None:
    for place, name in enumerate(_FAN):
        base = COLOURS[name]
        lean = (place - 3.5) * 62
        canvas.polygon([(276, 650), (324, 650), (346 + lean, 180), (268 + lean, 180)], tone(base, 0.82))
        canvas.polygon([(278, 646), (320, 646), (340 + lean, 184), (272 + lean, 184)], base)
    canvas.ring((280, 606, 320, 646), (120, 122, 126), 6)


def stand(canvas: Canvas, _drawing: Drawing) -> None:
    canvas.shadow((110, 660, 520, 740), blur=14)
    canvas.glow((286, 110, 314, 720), (120, 124, 130), radius=6)
    for place, name in enumerate(("орех тёмный", "дуб снежный", "эмаль белая")):
        left = 100.0 + place * 150
        _small_door(canvas, (left, 170, left + 118, 640), COLOURS[name])
    canvas.gradient((90, 150, 530, 172), (150, 154, 160), (100, 104, 110))
    canvas.glow((160, 708, 440, 736), (110, 114, 120), across=False, radius=8)


def board(canvas: Canvas, _drawing: Drawing) -> None:
    canvas.shadow((100, 120, 520, 720), blur=11)
    canvas.gradient((90, 110, 510, 700), (236, 232, 224), (220, 214, 204))
    finishes: tuple[Colour, ...] = ((190, 194, 199), (122, 91, 56), (48, 48, 50), (201, 169, 104))
    for place in range(12):
        left, top = 128 + place % 3 * 122, 150 + place // 3 * 134
        base = finishes[(place + place // 3) % 4]
        canvas.ellipse((left, top, left + 46, top + 46), tone(base, 0.9))
        canvas.glow((left + 12, top + 14, left + 96, top + 31), base, across=False, radius=8)


def sign(canvas: Canvas, _drawing: Drawing) -> None:
    canvas.shadow((70, 290, 550, 520), blur=16)
    canvas.gradient((60, 280, 540, 500), tone(_INK, 1.1), tone(_INK, 0.8), across=False, radius=12)
    canvas.outline((60, 280, 540, 500), (248, 214, 150), 5, radius=12)
    _small_door(canvas, (100, 310, 190, 470), COLOURS[_WOOD])
    _lines(canvas, (230, 340, 500, 450), (252, 236, 204), 3)
    for x in (150, 450):
        canvas.line([(x, 180), (x, 280)], (120, 122, 126), 5)


def _small_door(canvas: Canvas, box: Box, base: Colour) -> None:
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    canvas.gradient(box, tone(base, 1.03), tone(base, 0.9))
    canvas.outline(box, tone(base, 0.7), 2)
    inset = width * 0.18
    canvas.outline((left + inset, top + inset, right - inset, top + height * 0.45), tone(base, 0.76), 2)
    canvas.outline((left + inset, top + height * 0.52, right - inset, bottom - inset), tone(base, 0.76), 2)
    canvas.ellipse((right - inset, top + height * 0.48, right - inset + 8, top + height * 0.48 + 8), (120, 120, 122))


def _lines(canvas: Canvas, box: Box, ink: Colour, count: int) -> None:
    """Lines of print, the last one short."""
    left, top, right, bottom = box
    step = (bottom - top) / count
    for row in range(count):
        end = right if row < count - 1 else left + (right - left) * 0.6
        canvas.fill((left, top + row * step, end, top + row * step + step * 0.42), ink, 2)


PAINTERS = {
    "booklet": booklet,
    "leaflet": leaflet,
    "poster": poster,
    "swatch": swatch,
    "fan": fan,
    "stand": stand,
    "board": board,
    "sign": sign,
}
