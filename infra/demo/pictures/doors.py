"""How doors are drawn: a leaf in its frame, with panels, glass or milled lines after the design's number."""

from collections.abc import Callable

from infra.demo.pictures.canvas import Box, Canvas
from infra.demo.pictures.palette import Colour, colour, is_wood, tone
from infra.demo.supplier import Drawing

_LEAF: Box = (165, 62, 435, 738)
_METAL: Colour = (186, 189, 193)
_GLASS: Colour = (214, 226, 228)
_Leaf = Callable[[Canvas, Box, Colour, int], None]


def panel(canvas: Canvas, drawing: Drawing) -> None:
    _interior(canvas, drawing, _PANELS[drawing.design % len(_PANELS)])


def glazed(canvas: Canvas, drawing: Drawing) -> None:
    _interior(canvas, drawing, _GLAZINGS[drawing.design % len(_GLAZINGS)])


def milled(canvas: Canvas, drawing: Drawing) -> None:
    _interior(canvas, drawing, _MILLINGS[drawing.design % len(_MILLINGS)])


def hidden(canvas: Canvas, drawing: Drawing) -> None:
    """Flush with the wall: no frame to be seen, only the gap around the leaf."""
    canvas.fill((0, 0, 600, 738), (228, 226, 222))
    canvas.gradient(_LEAF, (237, 236, 233), (226, 225, 221))
    canvas.outline(_LEAF, (168, 167, 164), 1.5)
    canvas.fill((0, 738, 600, 800), (198, 184, 164))
    if drawing.design == 2:
        canvas.gradient((195, 100, 405, 700), (226, 234, 238), (190, 202, 210))
        canvas.polygon([(215, 690), (330, 110), (360, 110), (245, 690)], (238, 243, 246))
    _handle(canvas, _LEAF)


def entrance(canvas: Canvas, drawing: Drawing) -> None:
    base = colour(drawing.colour)
    left, top, right, bottom = _LEAF
    canvas.shadow((left - 24, top, right + 40, bottom + 14))
    canvas.gradient((left - 30, top - 30, right + 30, bottom), tone(base, 0.92), tone(base, 0.7))
    canvas.gradient(_LEAF, tone(base, 1.12), tone(base, 0.9))
    canvas.outline(_LEAF, tone(base, 0.5), 2)
    _STAMPS[drawing.design % len(_STAMPS)](canvas, _LEAF, base, drawing.design)
    _threshold(canvas)
    _hinges(canvas, left)
    canvas.ellipse((294, 262, 306, 274), _METAL)
    canvas.ellipse((297, 265, 303, 271), (40, 42, 46))
    _entrance_locks(canvas)


def fire(canvas: Canvas, drawing: Drawing) -> None:
    base = colour(drawing.colour)
    left, top, right, bottom = _LEAF
    canvas.shadow((left - 24, top, right + 40, bottom + 14))
    canvas.gradient((left - 24, top - 24, right + 24, bottom), tone(base, 0.9), tone(base, 0.78))
    canvas.gradient(_LEAF, tone(base, 1.06), tone(base, 0.95))
    canvas.outline(_LEAF, tone(base, 0.6), 2)
    if drawing.design == 1:
        _pane(canvas, (240, 150, 360, 330), base)
    canvas.fill((190, 92, 262, 116), (196, 52, 42), 3)
    canvas.fill((198, 100, 254, 108), (250, 246, 240), 1)
    _threshold(canvas)
    _hinges(canvas, left)
    canvas.glow((right - 62, 400, right - 22, 470), (70, 72, 76), radius=6)
    canvas.glow((right - 92, 424, right - 30, 440), (60, 62, 66), across=False, radius=8)


def _interior(canvas: Canvas, drawing: Drawing, leaf: _Leaf) -> None:
    base = colour(drawing.colour)
    left, top, right, bottom = _LEAF
    frame: Box = (left - 36, top - 36, right + 36, bottom)
    canvas.shadow((left - 30, top - 20, right + 50, bottom + 12))
    _board(canvas, frame, tone(base, 0.96), drawing)
    canvas.outline(frame, tone(base, 0.78), 1)
    canvas.fill((left - 4, top - 4, right + 4, bottom), tone(base, 0.55))
    _board(canvas, _LEAF, base, drawing)
    leaf(canvas, _LEAF, base, drawing.design)
    _handle(canvas, _LEAF)


def _board(canvas: Canvas, box: Box, base: Colour, drawing: Drawing) -> None:
    canvas.gradient(box, tone(base, 1.03), tone(base, 0.95))
    if is_wood(drawing.colour):
        canvas.grain(box, base, f"{drawing.colour}/{drawing.design}/{box}")


def _bevel(canvas: Canvas, box: Box, base: Colour, width: float = 7) -> None:
    """A panel sunk into the leaf: dark above and at the left, light below and at the right."""
    left, top, right, bottom = box
    canvas.line([(left, bottom), (left, top), (right, top)], tone(base, 0.78), width / 2)
    canvas.line([(left, bottom), (right, bottom), (right, top)], tone(base, 1.08), width / 2)
    canvas.outline((left + width, top + width, right - width, bottom - width), tone(base, 0.88), 1.5)


def _pane(canvas: Canvas, box: Box, base: Colour) -> None:
    left, top, right, bottom = box
    canvas.gradient(box, tone(_GLASS, 1.04), tone(_GLASS, 0.93), across=False)
    slope = (bottom - top) * 0.35
    canvas.polygon(
        [(left + 4, top + slope), (right - 4, top + 6), (right - 4, top + 22), (left + 4, top + slope + 18)], tone(_GLASS, 1.1)
    )
    canvas.outline(box, tone(base, 0.72), 3)


def _two_panels(canvas: Canvas, box: Box, base: Colour, design: int) -> None:
    left, top, right, bottom = box
    split = top + (bottom - top) * (0.42 + 0.08 * (design % 3))
    _bevel(canvas, (left + 42, top + 42, right - 42, split - 18), base)
    _bevel(canvas, (left + 42, split + 18, right - 42, bottom - 60), base)


def _three_panels(canvas: Canvas, box: Box, base: Colour, design: int) -> None:
    left, top, right, bottom = box
    step = (bottom - top - 90) / 3
    for row in range(3):
        _bevel(canvas, (left + 42, top + 40 + row * step, right - 42, top + 16 + (row + 1) * step + (design % 2) * 6), base)


def _rails(canvas: Canvas, box: Box, base: Colour, design: int) -> None:
    left, top, right, bottom = box
    for row in range(1, 4 + design % 3):
        y = top + row * (bottom - top) / (4 + design % 3)
        canvas.line([(left + 40, y), (right - 40, y)], tone(base, 0.72), 2)
        canvas.line([(left + 40, y + 2), (right - 40, y + 2)], tone(base, 1.1), 1)
    for x in (left + 40, right - 40):
        canvas.line([(x, top), (x, bottom)], tone(base, 0.78), 1.5)


def _inlay(canvas: Canvas, box: Box, _base: Colour, design: int) -> None:
    left, top, right, bottom = box
    for place in range(2 + design % 3):
        y = top + (bottom - top) * (0.2 + 0.2 * place)
        canvas.gradient((left, y, right, y + 5), (214, 216, 219), (168, 171, 176))


def _smooth(canvas: Canvas, box: Box, base: Colour, _design: int) -> None:
    canvas.outline((box[0] + 3, box[1] + 3, box[2] - 3, box[3] - 3), tone(base, 0.85), 1)


def _strip_glass(canvas: Canvas, box: Box, base: Colour, design: int) -> None:
    left, top, right, bottom = box
    count = 3 + design % 3
    step = (bottom - top - 60) / count
    for row in range(count):
        y = top + 30 + row * step
        _pane(canvas, (left + 46, y, right - 46, y + step * 0.45), base)


def _tall_glass(canvas: Canvas, box: Box, base: Colour, design: int) -> None:
    left, top, right, bottom = box
    width = 54 + 22 * (design % 3)
    middle = (left + right) / 2
    _pane(canvas, (middle - width / 2, top + 56, middle + width / 2, bottom - 90), base)


def _lattice_glass(canvas: Canvas, box: Box, base: Colour, _design: int) -> None:
    left, top, right, bottom = box
    area: Box = (left + 44, top + 44, right - 44, bottom - 240)
    _pane(canvas, area, base)
    for part in (1 / 3, 2 / 3):
        x = area[0] + (area[2] - area[0]) * part
        canvas.line([(x, area[1]), (x, area[3])], tone(base, 0.9), 5)
        y = area[1] + (area[3] - area[1]) * part
        canvas.line([(area[0], y), (area[2], y)], tone(base, 0.9), 5)
    _bevel(canvas, (left + 44, bottom - 200, right - 44, bottom - 56), base)


def _chevron(canvas: Canvas, box: Box, base: Colour, _design: int) -> None:
    left, top, right, bottom = box
    middle = (left + right) / 2
    for row in range(9):
        y = top + 40 + row * 70
        peak = min(y + 60, bottom - 6)
        canvas.line([(left + 8, y), (middle, peak), (right - 8, y)], tone(base, 0.84), 2)
        canvas.line([(left + 8, y + 2), (middle, peak + 2), (right - 8, y + 2)], tone(base, 1.06), 1)


def _arched(canvas: Canvas, box: Box, base: Colour, _design: int) -> None:
    left, top, right, bottom = box
    canvas.arc((left + 46, top + 44, right - 46, top + 230), 180, 360, tone(base, 0.78), 4)
    for x in (left + 46, right - 46):
        canvas.line([(x, top + 137), (x, bottom - 290)], tone(base, 0.78), 4)
    canvas.line([(left + 46, bottom - 290), (right - 46, bottom - 290)], tone(base, 1.08), 4)
    _bevel(canvas, (left + 46, bottom - 250, right - 46, bottom - 60), base)


def _frames(canvas: Canvas, box: Box, base: Colour, design: int) -> None:
    left, top, right, bottom = box
    for inset in (34, 48, 70)[: 2 + design % 2]:
        canvas.outline((left + inset, top + inset, right - inset, bottom - inset - 14), tone(base, 0.8), 2)
        canvas.outline((left + inset + 2, top + inset + 2, right - inset + 2, bottom - inset - 12), tone(base, 1.07), 1)


def _wide_stripes(canvas: Canvas, box: Box, base: Colour, _design: int) -> None:
    left, top, right, _ = box
    for row in range(5):
        y = top + 60 + row * 130
        canvas.gradient((left + 4, y, right - 4, y + 34), tone(base, 0.86), tone(base, 1.02), across=False)


def _mirror(canvas: Canvas, box: Box, base: Colour, _design: int) -> None:
    left, top, right, bottom = box
    area: Box = (left + 60, top + 110, right - 60, bottom - 120)
    canvas.gradient(area, (226, 234, 238), (182, 196, 204))
    canvas.polygon(
        [(left + 84, bottom - 140), (right - 130, top + 120), (right - 104, top + 120), (left + 110, bottom - 140)],
        (240, 245, 247),
    )
    canvas.outline(area, tone(base, 0.6), 4)


def _threshold(canvas: Canvas) -> None:
    left, _, right, bottom = _LEAF
    canvas.gradient((left - 30, bottom - 8, right + 30, bottom + 6), (196, 199, 203), (142, 145, 150), across=False)


def _hinges(canvas: Canvas, left: float) -> None:
    for y in (150, 400, 650):
        canvas.glow((left - 12, y, left - 2, y + 44), _METAL, radius=3)


def _handle(canvas: Canvas, box: Box) -> None:
    right = box[2]
    canvas.ellipse((right - 44, 408, right - 18, 434), tone(_METAL, 0.8))
    canvas.ellipse((right - 42, 409, right - 20, 431), _METAL)
    canvas.glow((right - 92, 414, right - 26, 427), _METAL, across=False, radius=6)


def _entrance_locks(canvas: Canvas) -> None:
    right = _LEAF[2]
    canvas.glow((right - 52, 372, right - 22, 500), _METAL, radius=10)
    canvas.glow((right - 98, 400, right - 32, 418), tone(_METAL, 0.95), across=False, radius=8)
    canvas.ellipse((right - 43, 452, right - 31, 464), (70, 72, 76))
    canvas.fill((right - 39, 460, right - 35, 476), (70, 72, 76))
    canvas.ellipse((right - 50, 560, right - 24, 586), _METAL)
    canvas.fill((right - 39, 566, right - 35, 580), (60, 62, 66))


_PANELS: tuple[_Leaf, ...] = (_two_panels, _rails, _inlay, _three_panels, _smooth, _frames)
_GLAZINGS: tuple[_Leaf, ...] = (_strip_glass, _tall_glass, _lattice_glass)
_MILLINGS: tuple[_Leaf, ...] = (_frames, _two_panels, _chevron, _three_panels, _arched, _rails, _wide_stripes)
_STAMPS: tuple[_Leaf, ...] = (_frames, _three_panels, _rails, _wide_stripes, _two_panels, _mirror)

PAINTERS = {"panel": panel, "glazed": glazed, "milled": milled, "hidden": hidden, "entrance": entrance, "fire": fire}
