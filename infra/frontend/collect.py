"""Fetch the browser assets and fonts from npm and compile the translations: `python -m infra.frontend.collect`.

Node comes with a Python package, so nothing has to be installed by hand. Does nothing when everything is up to date.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MODULES = HERE / "node_modules"
STAMP = MODULES / ".collected"
LOCALES = ROOT / "chalicelib" / "locale"
VENDOR = "chalicelib/web/static/vendor"
FONTS = "chalicelib/adapters/fonts"

COPIES = {
    "bootstrap/dist/css/bootstrap.min.css": f"{VENDOR}/bootstrap.min.css",
    "htmx.org/dist/htmx.min.js": f"{VENDOR}/htmx.min.js",
    "@zxing/library/umd/index.min.js": f"{VENDOR}/zxing.min.js",
    "@expo-google-fonts/roboto/400Regular/Roboto_400Regular.ttf": f"{FONTS}/Roboto-Regular.ttf",
    "@expo-google-fonts/roboto/700Bold/Roboto_700Bold.ttf": f"{FONTS}/Roboto-Bold.ttf",
    "@expo-google-fonts/roboto/LICENSE_FONT": f"{FONTS}/LICENSE.txt",
}
"""Path in node_modules -> path in the project."""


def collect(root: Path = ROOT) -> None:
    """Bring every asset to its place under `root`. Raises CalledProcessError where npm fails."""
    if _stamp() != (STAMP.read_text() if STAMP.exists() else ""):
        npm("ci")
        STAMP.write_text(_stamp())
    for source, target in COPIES.items():
        _copy(MODULES / source, root / target)
    compile_translations(root / LOCALES.relative_to(ROOT))


def npm(*arguments: str) -> None:
    """Run npm with the Node of this Python environment."""
    tools = Path(sys.executable).parent
    path = os.pathsep.join([str(tools), os.environ.get("PATH", "")])
    subprocess.run([tools / "npm", *arguments], cwd=HERE, check=True, env=os.environ | {"PATH": path})


def _stamp() -> str:
    return hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()


def _copy(source: Path, target: Path) -> None:
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime and target.stat().st_size == source.stat().st_size:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def compile_translations(folder: Path = LOCALES) -> None:
    """.po -> .mo beside it, for those that changed."""
    for source in folder.rglob("*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            _compile(source, target)


def _compile(source: Path, target: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as text, target.open("wb") as machine:
        write_mo(machine, read_po(text))


if __name__ == "__main__":
    collect()
