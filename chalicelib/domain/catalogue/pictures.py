"""Stored pictures of items: their sizes and the names of their files."""

from collections.abc import Mapping
from types import MappingProxyType

SIZES: Mapping[str, int] = MappingProxyType({"s": 96, "m": 360, "l": 1200})
"""Longest side in pixels: in a row of the table, on a tile, on the item's page."""

CONTENT_TYPE = "image/webp"


def picture_key(name: str, size: str) -> str:
    """The key of a stored picture's file; `name` is what `Card.picture` holds."""
    return f"pictures/{name}-{size}.webp"
