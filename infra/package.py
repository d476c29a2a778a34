"""The tree that becomes the Lambda package of a stage: `build/<stage>`, made anew from the checkout each time.

It holds the application, `.chalice/` with the stage filled in, and `vendor/` with the run-time packages as wheels for Lambda's
own Python and Linux: Chalice itself would take the Python that runs it, and compile against the libraries of this machine
what has no wheel for it.
"""

import compileall
import hashlib
import json
import py_compile
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PYTHON = "3.13"
"""The Lambda runtime, Amazon Linux 2023."""

PLATFORMS = ("manylinux_2_34_x86_64", "manylinux_2_28_x86_64", "manylinux2014_x86_64", "manylinux_2_17_x86_64")

PROVIDED = ("boto3", "chalice")
"""Lambda has boto3; Chalice packs the two files of its own that a function needs."""

WITHOUT_DEPENDENCIES = ("num2words",)
"""It asks for docopt, which only its command line uses and which has no wheel."""

NEEDLESS_FILES = (
    "*.pyi",
    "*.pxd",
    "*.pyx",
    "*.h",
    "*.c",
    "*.pyc",
    "py.typed",
    "_avif*.so",
    "libavif*",
)
NEEDLESS_FOLDERS = ("tests", "test", "__pycache__", "bin", "isoschematron", "includes")

SOURCES_ONLY = shutil.ignore_patterns("__pycache__", "*.po", "*.pot")

Fill = Callable[[Path], None]


def build(stage: str, environment: Mapping[str, str], target: Path, fill: Fill, source: Path = ROOT) -> Path:
    """Make the tree at `target`; `fill` puts the packages into the folder it gets."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    shutil.copy2(source / "app.py", target)
    (target / "requirements.txt").touch()
    if (source / "chalicelib").exists():
        shutil.copytree(
            source / "chalicelib", target / "chalicelib", ignore=shutil.ignore_patterns("__pycache__", "*.po", "*.pot")
        )
    compile_templates(target / "chalicelib" / "web")
    write_config(stage, environment, target / ".chalice", source / ".chalice")
    (target / "vendor").mkdir()
    fill(target / "vendor")
    return target


def write_config(stage: str, environment: Mapping[str, str], target: Path, source: Path = ROOT / ".chalice") -> None:
    """`.chalice/` with the stage's name in the policies and its variables in the configuration. Raises KeyError."""
    target.mkdir(exist_ok=True)
    for policy in source.glob("policy-*.json"):
        (target / policy.name).write_text(policy.read_text().replace("${stage}", stage))
    config: dict[str, Any] = json.loads((source / "config.json").read_text())
    config["stages"] = {stage: config["stages"][stage]}
    config["stages"][stage].setdefault("environment_variables", {}).update(environment)
    written = target / "config.json"
    written.touch(mode=0o600)  # the addresses of mail and 1C may hold passwords
    written.write_text(json.dumps(config, indent=2, ensure_ascii=False))


def requirements(path: Path = ROOT / "requirements.txt") -> dict[str, str]:
    """Distribution -> pinned version, of what must be packed."""
    pinned = dict(re.findall(r"^([\w-]+)==(\S+)$", path.read_text(), re.MULTILINE))
    return {name: version for name, version in pinned.items() if name not in PROVIDED}


def wheels_for_lambda(vendor: Path) -> None:
    """Fill `vendor` with wheels for Lambda, downloaded once per set of pins. Raises CalledProcessError where one is missing."""
    pins = requirements()
    key = hashlib.sha256(json.dumps([pins, PYTHON, PLATFORMS]).encode()).hexdigest()[:12]
    kept = ROOT / "build" / f"wheels-{PYTHON}-{key}"
    if not kept.exists():
        partial = kept.with_name(f"{kept.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        _download([f"{name}=={version}" for name, version in pins.items() if name not in WITHOUT_DEPENDENCIES], partial)
        _download([f"{name}=={pins[name]}" for name in WITHOUT_DEPENDENCIES if name in pins], partial, "--no-deps")
        partial.rename(kept)
    shutil.copytree(kept, vendor, dirs_exist_ok=True)
    trim(vendor)


def _download(pins: list[str], target: Path, *more: str) -> None:
    platforms = [f"--platform={platform}" for platform in PLATFORMS]
    quiet = ["-qq", "--disable-pip-version-check", "--root-user-action=ignore"]
    for_lambda = ["--only-binary=:all:", f"--python-version={PYTHON}", "--implementation=cp", *platforms]
    command = [sys.executable, "-m", "pip", "install", *quiet, *for_lambda, f"--target={target}", *more, *pins]
    subprocess.run(command, check=True)


def trim(vendor: Path) -> None:
    """Drop what no function needs at run time."""
    for folder in NEEDLESS_FOLDERS:
        for found in list(vendor.rglob(folder)):
            if found.is_dir():
                shutil.rmtree(found)
    for pattern in NEEDLESS_FILES:
        for found in list(vendor.rglob(pattern)):
            found.unlink()


def compile_templates(web: Path) -> None:
    """Modules of the templates beside them, which `rendering` takes where they are."""
    from jinja2 import FileSystemLoader

    from chalicelib.web.rendering import COMPILED, TEMPLATES, environment

    loader = FileSystemLoader(web / TEMPLATES.name)
    environment().overlay(loader=loader).compile_templates(web / COMPILED.name, zip=None, ignore_errors=False)


def precompile(folder: Path) -> None:
    """Bytecode beside the sources: Lambda can't keep its own. Only for a package of the Python that runs this."""
    compileall.compile_dir(folder, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
