"""Our static files: which there are, and addresses that change with their content, so that browsers keep them for good."""

import gzip
import hashlib
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


@cache
def files() -> dict[str, Path]:
    """Name -> file; those of `vendor/` beside our own. A name never leads out of the folder: it is looked up, not joined."""
    return {path.name: path for path in sorted(STATIC.rglob("*")) if path.suffix in TYPES}


@cache
def address(name: str) -> str:
    """`/static/kabinet.css?v=1f0c…` without the prefix. Raises KeyError for a file that was not collected."""
    return f"/static/{name}?v={hashlib.sha256(content(name)).hexdigest()[:10]}"


@cache
def packed(name: str) -> bytes:
    """The content as gzip: the stylesheets shrink to a seventh."""
    return gzip.compress(content(name), mtime=0)


@cache
def content(name: str) -> bytes:
    return files()[name].read_bytes()
