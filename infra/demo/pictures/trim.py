"""How trim is drawn: boards with their profile towards us, metal strips for thresholds."""

from infra.demo.pictures.canvas import Canvas
from infra.demo.pictures.palette import Colour, colour, is_wood, tone
from infra.demo.supplier import Drawing


def profile(canvas: Canvas, drawing: Drawing) -> None:
    """Three boards side by side, their ends cut; the number of the design gives width and height."""
    base = colour(drawing.colour)
    width = 74 + 16 * (drawing.design % 4)
    for place in range(3):
        _board(canvas, drawing, base, 70 + place * (width + 56), width, 90 + 46 * place)


def _board(canvas: Canvas, drawing: Drawing, base: Colour, left: float, width: float, top: float) -> None:
    right, bottom, depth = left + width, 690.0, 18 + 8 * (drawing.design % 3)
    canvas.shadow((left + 10, top + 20, right + depth + 8, bottom + 8), blur=8)
    canvas.gradient((left, top, right, bottom), tone(base, 1.04), tone(base, 0.93))
    if is_wood(drawing.colour):
        canvas.grain((left, top, right, bottom), base, f"{drawing.colour}/{drawing.design}/{left}")
    lift = depth * 0.6
    side = [(right, top), (right + depth, top - lift), (right + depth, bottom - lift), (right, bottom)]
    canvas.polygon(side, tone(base, 0.72))
    canvas.polygon([(left, top), (left + depth, top - lift), (right + depth, top - lift), (right, top)], (206, 186, 156))
    _relief(canvas, drawing.design, base, left, right, top, bottom)


def _relief(canvas: Canvas, design: int, base: Colour, left: float, right: float, top: float, bottom: float) -> None:
    grooves = {0: (), 1: (0.2,), 2: (0.18, 0.82), 3: (0.12, 0.24, 0.76, 0.88)}[design % 4]
    for part in grooves:
        x = left + (right - left) * part
        canvas.line([(x, top), (x, bottom)], tone(base, 0.76), 3)
        canvas.line([(x + 3, top), (x + 3, bottom)], tone(base, 1.09), 1.5)


def threshold(canvas: Canvas, drawing: Drawing) -> None:
    """A strip of metal with ribs, seen from above, and its short piece across."""
    base = colour(drawing.colour)
    canvas.shadow((70, 330, 540, 480), blur=9)
    canvas.gradient((60, 320, 540, 470), tone(base, 1.18), tone(base, 0.8), across=False, radius=4)
    for rib in range(5 + drawing.design % 3):
        y = 345 + rib * 18
        canvas.line([(60, y), (540, y)], tone(base, 0.72), 2)
        canvas.line([(60, y + 3), (540, y + 3)], tone(base, 1.22), 1.5)
    canvas.shadow((210, 540, 400, 650), blur=8)
    canvas.gradient((200, 530, 390, 640), tone(base, 1.1), tone(base, 0.85), across=False, radius=4)
    canvas.ellipse((232, 574, 252, 594), tone(base, 0.6))
    canvas.ellipse((338, 574, 358, 594), tone(base, 0.6))


PAINTERS = {"profile": profile, "threshold": threshold}
