"""How locks, cylinders, latches and seals are drawn."""

from infra.demo.pictures.canvas import Canvas
from infra.demo.pictures.palette import Colour, colour, tone
from infra.demo.supplier import Drawing

_STEEL: Colour = (150, 154, 160)
_KEY: Colour = (206, 188, 142)


def lock(canvas: Canvas, drawing: Drawing) -> None:
    base = colour(drawing.colour)
    canvas.shadow((210, 170, 440, 690), blur=10)
    canvas.gradient((200, 160, 420, 680), tone(_STEEL, 1.12), tone(_STEEL, 0.85), radius=10)
    canvas.glow((404, 120, 440, 720), base, radius=4, strength=0.2)
    for place in range(1 + drawing.design % 3):
        canvas.glow((436, 470 + place * 62, 500, 510 + place * 62), tone(base, 1.05), across=False, radius=5)
    canvas.polygon([(436, 250), (486, 262), (486, 300), (436, 312)], tone(base, 0.9))
    canvas.ellipse((286, 236, 334, 284), (64, 66, 70))
    canvas.ellipse((290, 480, 330, 520), (64, 66, 70))
    canvas.fill((300, 506, 320, 572), (64, 66, 70), 8)
    for x, y in ((224, 190), (396, 190), (224, 650), (396, 650)):
        canvas.ellipse((x - 10, y - 10, x + 10, y + 10), tone(_STEEL, 0.62))


def cylinder(canvas: Canvas, drawing: Drawing) -> None:
    _barrel(canvas, colour(drawing.colour))
    _keys(canvas)


def thumb(canvas: Canvas, drawing: Drawing) -> None:
    base = colour(drawing.colour)
    _barrel(canvas, base)
    canvas.glow((470, 196, 520, 330), base, radius=20)
    _keys(canvas)


def _barrel(canvas: Canvas, base: Colour) -> None:
    canvas.shadow((96, 220, 500, 390), blur=9)
    canvas.glow((90, 300, 480, 388), tone(base, 0.9), across=False, radius=16)
    canvas.glow((90, 200, 480, 318), base, across=False, radius=58)
    canvas.fill((262, 190, 308, 396), tone(base, 0.55))
    canvas.polygon([(262, 190), (285, 150), (308, 190)], tone(base, 0.7))
    canvas.ellipse((92, 208, 192, 308), tone(base, 1.15))
    canvas.fill((136, 232, 148, 284), (52, 52, 56), 4)


def _keys(canvas: Canvas) -> None:
    for place, left in enumerate((130, 300)):
        top = 470 + 30 * place
        canvas.shadow((left + 6, top + 10, left + 108, top + 112), blur=6, depth=0.2, radius=40)
        canvas.glow((left + 80, top + 40, left + 210, top + 66), _KEY, across=False, radius=4)
        for tooth in range(4):
            canvas.fill((left + 120 + tooth * 22, top + 60, left + 132 + tooth * 22, top + 72 + 5 * (tooth % 2)), tone(_KEY, 0.8))
        canvas.gradient((left, top, left + 104, top + 104), tone(_KEY, 1.15), tone(_KEY, 0.8), radius=40)
        canvas.ellipse((left + 18, top + 40, left + 44, top + 66), (236, 236, 234))


def latch(canvas: Canvas, drawing: Drawing) -> None:
    base = colour(drawing.colour)
    canvas.shadow((170, 330, 420, 470), blur=9)
    canvas.glow((150, 340, 400, 460), tone(_STEEL, 1.05), across=False, radius=10)
    canvas.glow((390, 240, 430, 560), base, radius=6, strength=0.22)
    canvas.polygon([(426, 366), (486, 366), (486, 400), (454, 436), (426, 436)], tone(base, 1.1))
    canvas.ellipse((236, 368, 300, 432), (62, 64, 68))
    canvas.fill((252, 384, 284, 416), tone(_STEEL, 1.2))
    for y in (276, 524):
        canvas.ellipse((401, y - 10, 421, y + 10), tone(base, 0.55))


def seal(canvas: Canvas, drawing: Drawing) -> None:
    """A coil of seal seen from above, with its end running out."""
    base = colour(drawing.colour)
    canvas.shadow((130, 245, 490, 598), blur=12, radius=175)
    for turn in range(8):
        inset = turn * 19
        canvas.ring((120 + inset, 220 + inset, 480 - inset, 580 - inset), tone(base, 1.08 if turn % 2 else 0.82), 17)
    canvas.glow((300, 560, 560, 582), base, across=False, radius=4, strength=0.2)


PAINTERS = {"lock": lock, "cylinder": cylinder, "thumb": thumb, "latch": latch, "seal": seal}
