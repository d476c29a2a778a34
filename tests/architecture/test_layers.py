"""The direction of the imports, as README draws it."""

import sys
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.architecture.imports import Module, modules

ENTRIES = {"web", "exchange", "workers", "schedules"}
ALLOWED = {
    "app": ENTRIES,
    "domain": {"domain"},
    "usecases": {"usecases", "domain"},
    "adapters": {"adapters", "domain", "formats", "log"},
    "formats": {"formats", "domain"},
    "runtime": {"settings", "domain", "usecases", "adapters", "formats"},
    "settings": set(),
    "texts": {"domain"},
    "log": set(),
} | {entry: {entry, "runtime", "settings", "log", "texts", "usecases", "domain", "formats"} for entry in ENTRIES}
"""Layer -> the layers it may import. `texts` translates for the entries."""

PORTS = "chalicelib.usecases.ports."
"""The one part of the use cases that adapters see: it says what they must keep."""

SHARED_TABLES = {
    ("schedules", "chalicelib.exchange.entities"),
    ("workers", "chalicelib.exchange.entities"),
    ("workers", "chalicelib.exchange.take_batch"),
}
"""The table of the open protocol: the clock and the loader save records that waited, and kept batches, as the exchange would."""


def own(module: Module) -> list[Module]:
    by_name = {other.name: other for other in modules()}
    return [by_name[name] for name in sorted(module.imported) if name in by_name and by_name[name].layer != "chalicelib"]


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_a_layer_imports_only_what_lies_below(module: Module) -> None:
    if module.name == "chalicelib":
        assert not module.imported
        return
    allowed = ALLOWED[module.layer]
    wrong = [
        other.name
        for other in own(module)
        if other.layer not in allowed
        and not (module.layer == "adapters" and other.name.startswith(PORTS))
        and (module.layer, other.name) not in SHARED_TABLES
    ]
    assert wrong == []


@pytest.mark.parametrize("module", [module for module in modules() if module.layer == "domain"], ids=lambda module: module.name)
def test_the_domain_imports_the_standard_library_alone(module: Module) -> None:
    assert _roots(module) - {"chalicelib"} <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("library", "layers"),
    [
        ("boto3", {"adapters", "runtime"}),
        ("botocore", {"adapters", "runtime"}),
        ("chalice", ENTRIES | {"app"}),
        ("jinja2", {"web"}),
        ("pydantic", {"formats", "exchange"}),
    ],
)
def test_a_library_stays_in_its_layers(library: str, layers: set[str]) -> None:
    wrong = [module.name for module in modules() if library in _roots(module) and module.layer not in layers]
    assert wrong == []


def _roots(module: Module) -> set[str]:
    return {name.split(".")[0] for name in module.imported}


def test_nothing_knows_where_it_runs() -> None:
    """No emulator, laptop or test in the code that is deployed."""
    foreign = ("infra", "tests", "ministack", "moto", "pytest")
    wrong = {(module.name, name) for module in modules() for name in module.imported if name.split(".")[0] in foreign}
    assert wrong == set()


def test_there_are_no_cycles() -> None:
    names = {module.name for module in modules()}
    try:
        order = list(TopologicalSorter({module.name: module.imported & names for module in modules()}).static_order())
    except CycleError as cycle:
        raise AssertionError(" -> ".join(cycle.args[1])) from None
    assert set(order) == names


def test_nobody_imports_app() -> None:
    assert [module.name for module in modules() if "app" in module.imported] == []
