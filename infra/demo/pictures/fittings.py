"""How handles, hinges and other things on a door are drawn."""

from infra.demo.pictures.canvas import Box, Canvas
from infra.demo.pictures.palette import Colour, colour, tone
from infra.demo.supplier import Drawing


def lever(canvas: Canvas, drawing: Drawing) -> None:
    """A pair of lever handles, one above the other, each with its rosette."""
    base = colour(drawing.colour)
    for top in (190, 470):
        _lever(canvas, base, drawing.design, 110, top, flipped=top > 300)


def _lever(canvas: Canvas, base: Colour, design: int, left: float, top: float, *, flipped: bool) -> None:
    size, length = 118, 320
    rosette: Box = (left + 250, top, left + 250 + size, top + size) if flipped else (left, top, left + size, top + size)
    canvas.shadow((rosette[0] + 8, top + 14, rosette[2] + 6, top + size + 10), blur=7, radius=8 if design % 2 else size / 2)
    _rosette(canvas, base, rosette, square=design % 2 == 1)
    middle = (rosette[0] + rosette[2]) / 2
    start, end = (middle - length + 60, middle + 20) if flipped else (middle - 20, middle + length - 60)
    thick = 30 + 6 * (design % 4)
    axis = top + size / 2
    canvas.shadow((start, axis, end, axis + thick), blur=6, depth=0.2)
    radius = (thick / 2, 4, 10)[design % 3]
    canvas.glow((start, axis - thick / 2, end, axis + thick / 2), base, across=False, radius=radius)
    if design % 5 >= 3:
        canvas.line([(start + 30, axis), (end - 30, axis)], tone(base, 0.7), 2)
    canvas.ellipse((middle - 16, axis - 16, middle + 16, axis + 16), tone(base, 0.85))
    canvas.ellipse((middle - 13, axis - 14, middle + 12, axis + 11), tone(base, 1.12))


def _rosette(canvas: Canvas, base: Colour, box: Box, *, square: bool) -> None:
    radius = 8 if square else (box[2] - box[0]) / 2
    canvas.gradient(box, tone(base, 1.2), tone(base, 0.72), radius=radius)
    inner: Box = (box[0] + 6, box[1] + 6, box[2] - 6, box[3] - 6)
    canvas.gradient(inner, tone(base, 0.92), tone(base, 1.1), radius=max(4, radius - 6))


def plate(canvas: Canvas, drawing: Drawing) -> None:
    base = colour(drawing.colour)
    for left in (130, 350):
        canvas.shadow((left + 8, 150, left + 98, 676), blur=8)
        canvas.glow((left, 140, left + 84, 660), base, radius=14 if drawing.design % 2 else 40, strength=0.22)
        canvas.outline((left + 8, 150, left + 76, 650), tone(base, 0.75), 1.5, radius=10)
        inward = 1 if left < 300 else -1
        start, end = sorted((left + 42, left + 42 + inward * 150))
        canvas.glow((start, 262, end, 300), base, across=False, radius=16)
        canvas.ellipse((left + 30, 480, left + 54, 504), tone(base, 0.45))
        canvas.fill((left + 37, 496, left + 47, 536), tone(base, 0.45), 3)


def pull(canvas: Canvas, drawing: Drawing) -> None:
    base = colour(drawing.colour)
    canvas.shadow((262, 130, 352, 690), blur=10)
    for y in (190, 590):
        canvas.glow((250, y, 320, y + 26), tone(base, 0.9), across=False, radius=6)
        canvas.ellipse((236, y - 12, 276, y + 38), tone(base, 0.8))
    canvas.glow((300, 110, 344, 690), base, radius=22 if drawing.design % 2 else 6)


def flush(canvas: Canvas, drawing: Drawing) -> None:
    base = colour(drawing.colour)
    canvas.shadow((220, 200, 396, 632), blur=8, radius=88)
    canvas.gradient((210, 180, 390, 620), tone(base, 1.2), tone(base, 0.8), radius=90)
    canvas.gradient((236, 210, 364, 590), tone(base, 0.55), tone(base, 1.05), radius=64)


def hinge(canvas: Canvas, drawing: Drawing) -> None:
    base = colour(drawing.colour)
    for left, right in ((130, 292), (308, 470)):
        canvas.shadow((left + 8, 212, right + 8, 612), blur=8)
        canvas.gradient((left, 200, right, 600), tone(base, 1.12), tone(base, 0.86), radius=12 + 20 * (drawing.design % 2))
        _screws(canvas, base, (left + right) / 2)
    for y in range(200, 600, 80):
        canvas.glow((282, y, 318, y + 76), base, radius=5)
    canvas.ellipse((284, 180, 316, 206), tone(base, 0.9))
    canvas.ellipse((284, 592, 316, 618), tone(base, 0.7))


def _screws(canvas: Canvas, base: Colour, x: float) -> None:
    for row, y in enumerate((260, 400, 540)):
        shift = 24 if row % 2 else -24
        canvas.ellipse((x + shift - 17, y - 17, x + shift + 17, y + 17), tone(base, 0.6))
        canvas.ellipse((x + shift - 14, y - 15, x + shift + 14, y + 13), tone(base, 1.1))
        canvas.line([(x + shift - 9, y - 9), (x + shift + 9, y + 9)], tone(base, 0.5), 3)


def closer(canvas: Canvas, drawing: Drawing) -> None:
    base = colour(drawing.colour)
    canvas.shadow((120, 360, 500, 500), blur=10)
    canvas.line([(300, 360), (470, 250), (250, 190)], tone(base, 0.62), 24)
    canvas.line([(300, 356), (470, 246), (250, 186)], tone(base, 0.95), 12)
    canvas.glow((100, 340, 500, 480), base, across=False, radius=18, strength=0.18)
    canvas.fill((124, 366, 164, 380), tone(base, 0.7), 4)
    canvas.ellipse((276, 336, 324, 384), tone(base, 0.7))
    canvas.ellipse((450, 228, 488, 266), tone(base, 0.7))
    canvas.gradient((212, 168, 262, 212), tone(base, 1.05), tone(base, 0.8), radius=6)


def stop(canvas: Canvas, drawing: Drawing) -> None:
    base = colour(drawing.colour)
    canvas.gradient((180, 300, 420, 540), tone(base, 1.2), tone(base, 0.6), radius=118)
    canvas.fill((160, 506, 440, 560), (242, 242, 240))
    canvas.shadow((180, 500, 430, 530), blur=10, radius=10)
    canvas.glow((176, 490, 424, 520), base, radius=6, strength=0.25)
    canvas.fill((200, 408, 400, 444), (44, 44, 46), 16)
    canvas.ellipse((236, 330, 300, 370), tone(base, 1.45))


def eye(canvas: Canvas, drawing: Drawing) -> None:
    base = colour(drawing.colour)
    canvas.shadow((170, 270, 450, 556), blur=12, radius=140)
    canvas.gradient((160, 250, 440, 530), tone(base, 1.25), tone(base, 0.65), radius=140)
    canvas.ring((178, 268, 422, 512), tone(base, 0.7), 5)
    canvas.gradient((220, 310, 380, 470), (38, 44, 58), (96, 110, 134), radius=80)
    canvas.ellipse((250, 336, 304, 384), (206, 216, 230))


def turn(canvas: Canvas, drawing: Drawing) -> None:
    base = colour(drawing.colour)
    for left, top in ((110, 180), (290, 430)):
        box: Box = (left, top, left + 200, top + 200)
        canvas.shadow((left + 10, top + 16, left + 206, top + 208), blur=9, radius=8 if drawing.design % 2 else 96)
        _rosette(canvas, base, box, square=drawing.design % 2 == 1)
    canvas.glow((190, 214, 230, 346), base, radius=18)
    canvas.fill((350, 500, 430, 530), (188, 58, 48), 10)
    canvas.ellipse((376, 544, 404, 572), tone(base, 0.5))


def escutcheon(canvas: Canvas, drawing: Drawing) -> None:
    base = colour(drawing.colour)
    for left, top in ((100, 170), (290, 420)):
        canvas.shadow((left + 10, top + 16, left + 216, top + 218), blur=9, radius=98 if drawing.design % 2 else 8)
        _rosette(canvas, base, (left, top, left + 210, top + 210), square=drawing.design % 2 == 0)
        middle, y = left + 105, top + 78
        canvas.ellipse((middle - 22, y - 22, middle + 22, y + 22), (50, 50, 54))
        canvas.fill((middle - 12, y + 8, middle + 12, y + 74), (50, 50, 54), 8)


PAINTERS = {
    "lever": lever,
    "plate": plate,
    "pull": pull,
    "flush": flush,
    "hinge": hinge,
    "closer": closer,
    "stop": stop,
    "eye": eye,
    "turn": turn,
    "escutcheon": escutcheon,
}
