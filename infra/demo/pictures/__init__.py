"""Pictures of the demo goods, drawn when they are asked for: each shape has a painter."""

from collections.abc import Callable
from io import BytesIO

from infra.demo.pictures import doors, fittings, locks, showroom, trim
from infra.demo.pictures.canvas import Canvas
from infra.demo.supplier import Drawing

PAINTERS: dict[str, Callable[[Canvas, Drawing], None]] = {
    **doors.PAINTERS,
    **trim.PAINTERS,
    **fittings.PAINTERS,
    **locks.PAINTERS,
    **showroom.PAINTERS,
}


def draw(drawing: Drawing) -> bytes:
    """A JPEG of 600 × 800 pixels, byte for byte the same every time."""
    canvas = Canvas()
    PAINTERS[drawing.shape](canvas, drawing)
    file = BytesIO()
    canvas.finished().save(file, "JPEG", quality=86)
    return file.getvalue()
