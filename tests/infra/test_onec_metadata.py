"""The metadata of the 1C-side package: XML as the platform writes it, and what it says of the modules."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.infra.bsl import syntax
from tests.infra.bsl.syntax import EXTENSION, PACKAGE, modules

MD, XR = "{http://v8.1c.ru/8.3/MDClasses}", "{http://v8.1c.ru/8.3/xcf/readable}"
COMMON = {module.name: module for module in modules() if "CommonModules" in module.path.parts}
XML = sorted(PACKAGE.rglob("*.xml"))
each_xml = pytest.mark.parametrize("path", XML, ids=lambda path: str(path.relative_to(PACKAGE)))


def _tree(path: Path) -> Any:
    return etree.parse(path).getroot()


@each_xml
def test_xml_is_written_as_the_platform_writes_it(path: Path) -> None:
    raw = path.read_bytes()
    assert raw.startswith(b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>\n')
    root = _tree(path)
    assert root.get("version", "2.10") == "2.10"
    assert etree.QName(root).localname in ("MetaDataObject", "Form", "Rights", "JobSchedule")


def test_uuids_are_unique_in_the_whole_package() -> None:
    found: Counter[str] = Counter()
    for path in XML:
        root = _tree(path)
        found.update(node.get("uuid") for node in root.iter() if node.get("uuid"))
        found.update(str(node.text) for tag in ("TypeId", "ValueId", "ObjectId") for node in root.iter(f"{XR}{tag}"))
    assert len(found) > 60
    assert [uuid for uuid, times in found.items() if times > 1] == []
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", uuid) for uuid in found)


FOLDERS = {
    "Language": "Languages",
    "Subsystem": "Subsystems",
    "Role": "Roles",
    "CommonModule": "CommonModules",
    "EventSubscription": "EventSubscriptions",
    "ScheduledJob": "ScheduledJobs",
    "DataProcessor": "DataProcessors",
    "InformationRegister": "InformationRegisters",
}


def _children() -> list[tuple[str, str]]:
    listed = _tree(EXTENSION / "Configuration.xml").find(f".//{MD}ChildObjects")
    return [(etree.QName(node).localname, str(node.text)) for node in listed]


def test_the_configuration_lists_exactly_what_lies_in_the_folders() -> None:
    lying = {(kind, path.stem) for kind, folder in FOLDERS.items() for path in (EXTENSION / folder).glob("*.xml")}
    assert set(_children()) == lying
    for kind, name in lying:
        root = _tree(EXTENSION / FOLDERS[kind] / f"{name}.xml")
        assert (etree.QName(root[0]).localname, root.findtext(f".//{MD}Name")) == (kind, name)
        assert kind == "Language" or name.startswith("кбн_"), "own objects bear the extension's prefix"


def test_every_module_has_its_description_and_every_description_its_module() -> None:
    described = {path.stem for path in (EXTENSION / "CommonModules").glob("*.xml")}
    assert described == {path.parts[-3] for path in (EXTENSION / "CommonModules").rglob("Module.bsl")}


def test_handlers_of_events_and_jobs_are_exported_procedures() -> None:
    for path in [*(EXTENSION / "EventSubscriptions").glob("*.xml"), *(EXTENSION / "ScheduledJobs").glob("*.xml")]:
        root = _tree(path)
        _, module, method = (root.findtext(f".//{MD}Handler") or root.findtext(f".//{MD}MethodName")).split(".")
        found = COMMON[module].methods[method]
        assert found.exported and not found.is_function
        arguments = 2 if path.parent.name == "EventSubscriptions" else 0
        assert len(found.parameters) == arguments


def test_the_role_and_the_subsystem_name_objects_that_exist() -> None:
    existing = {f"{kind}.{name}" for kind, name in _children()}
    rights = _tree(EXTENSION / "Roles" / "кбн_НастройкаКабинета" / "Ext" / "Rights.xml")
    named = {node.text for node in rights.iterfind("{*}object/{*}name")}
    assert named and named <= existing
    subsystem = _tree(EXTENSION / "Subsystems" / "кбн_Кабинет.xml")
    listed = {str(node.text) for node in subsystem.iter(f"{XR}Item")}
    assert existing - listed == {"Language.Русский", "Subsystem.кбн_Кабинет", "DataProcessor.кбн_ОбменСКабинетом"} - listed


def test_registers_have_the_fields_that_the_modules_name() -> None:
    fields = {
        path.stem: {str(node.text) for node in _tree(path).iterfind(f".//{MD}ChildObjects/*/{MD}Properties/{MD}Name")}
        for path in (EXTENSION / "InformationRegisters").glob("*.xml")
    }
    for module in COMMON.values():
        for text in syntax.queries(module.root):
            for name, alias in re.findall(r"РегистрСведений\.(кбн_\w+) КАК (\w+)", text):
                assert set(re.findall(rf"\b{alias}\.(\w+)", text)) <= fields[name], module.name


FORM = EXTENSION / "DataProcessors" / "кбн_ОбменСКабинетом" / "Forms" / "Форма" / "Ext"


def test_the_form_calls_handlers_that_its_module_has() -> None:
    root = _tree(FORM / "Form.xml")
    handlers = {str(node.text) for node in root.iter("{*}Event")} | {str(node.text) for node in root.iter("{*}Action")}
    methods = syntax.read(FORM / "Form" / "Module.bsl").methods
    assert handlers and handlers <= methods.keys()
    commands = {f"Form.Command.{node.get('name')}" for node in root.iterfind("{*}Commands/{*}Command")}
    assert {str(node.text) for node in root.iter("{*}CommandName")} == commands


def test_the_form_shows_attributes_that_it_has_under_ids_of_their_own() -> None:
    root = _tree(FORM / "Form.xml")
    attributes = {node.get("name"): node for node in root.iterfind("{*}Attributes/{*}Attribute")}
    for node in root.iter("{*}DataPath"):
        name, _, column = str(node.text).partition(".")
        columns = {one.get("name") for one in attributes[name].iterfind("{*}Columns/{*}Column")}
        assert not column or column in columns
    items = [node.get("id") for node in root.find("{*}ChildItems").iter() if node.get("id")]
    assert len(items) == len(set(items))


def test_the_processing_describes_the_attributes_that_its_modules_use() -> None:
    root = _tree(PACKAGE / "processing" / "КабинетОбмен.xml")
    attributes = {str(node.text) for node in root.iterfind(f".//{MD}Attribute/{MD}Properties/{MD}Name")}
    assert attributes == {"Адрес", "Логин", "Пароль", "КаталогОбмена"}
    code = syntax.read(syntax.PROCESSING).text
    assert all(re.search(rf"\b{name}\b", code) for name in attributes)
