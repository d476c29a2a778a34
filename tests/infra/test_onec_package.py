"""The modules of the 1C-side package as text: grammar of them and of their queries, calls, and the names of the protocol."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from chalicelib.exchange.entities import ENTITIES
from chalicelib.exchange.entity import is_listed
from chalicelib.formats import change_messages, document_messages, feed_messages, messages, order_state_messages, supply_messages
from tests.infra.bsl import syntax
from tests.infra.bsl.known import LIBRARY, OBJECT_METHODS, PLATFORM, RESERVED
from tests.infra.bsl.syntax import PACKAGE, Module, modules

BY_ENTITY = {entity.name: entity for entity in ENTITIES}
BY_NAME = {entity.name: entity.message for entity in ENTITIES}
each_module = pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)


# --- grammar ------------------------------------------------------------------------------------------------------------


@each_module
def test_every_module_is_read_by_the_grammar(module: Module) -> None:
    assert syntax.faults(module.root) == []


@pytest.mark.parametrize(
    "broken",
    [
        "Процедура П()\n\tЕсли А Тогда\n\t\tБ = 1;\nКонецПроцедуры",
        "Процедура П()\n\tБ = А(1,;\nКонецПроцедуры",
        "Процедура П()\n\tПопытка\n\t\tБ = 1;\n\tКонецПопытки;\nКонецПроцедуры",
        'Процедура П()\n\tБ = "не закрыта;\nКонецПроцедуры',
    ],
)
def test_the_grammar_finds_what_the_platform_would(broken: str) -> None:
    assert syntax.faults(syntax.parsed(broken))


@each_module
def test_every_query_is_read_by_the_grammar_of_queries(module: Module) -> None:
    for text in syntax.queries(module.root):
        assert syntax.faults(syntax.parsed_query(text)) == [], text[:200]


def test_the_grammar_of_queries_finds_a_lost_word() -> None:
    assert syntax.faults(syntax.parsed_query("ВЫБРАТЬ А.Б КАК ИЗ ГДЕ"))


@each_module
def test_statements_end_with_a_semicolon(module: Module) -> None:
    """The grammar forgives a missing one, the platform does not. Before a closing word it may be left out; here it never is."""
    kinds = ("assignment_statement", "call_statement", "return_statement", "if_statement", "try_statement", "while_statement")
    kinds = (*kinds, "for_statement", "for_each_statement")
    missing = [node for node in syntax.walk(module.root) if node.type in kinds and not _ended(node)]
    assert [node.start_point.row + 1 for node in missing] == []


def _ended(node: Any) -> bool:
    return syntax.text_of(node).endswith(";") or syntax.text_of(node.next_sibling) == ";"


@each_module
def test_no_variable_bears_a_word_of_the_language_or_the_name_of_a_method(module: Module) -> None:
    taken = {name.casefold() for name in module.methods}
    for node in syntax.walk(module.root):
        if node.type == "assignment_statement":
            left = node.child_by_field_name("left")
            name = syntax.text_of(left) if left and left.type == "identifier" else ""
            assert name.casefold() not in taken | RESERVED, f"{node.start_point.row + 1}: {name}"


@each_module
def test_regions_are_balanced(module: Module) -> None:
    depth = 0
    for line in module.text.splitlines():
        depth += line.strip().startswith("#Область ")
        depth -= line.strip() == "#КонецОбласти"
        assert depth >= 0
    assert depth == 0
    assert "\r" not in module.text and not re.search(r"\S[ \t]+$", module.text, re.MULTILINE)


@each_module
def test_the_processing_keeps_to_the_words_of_platform_8_2(module: Module) -> None:
    if not module.path.is_relative_to(PACKAGE / "processing"):
        return
    newer = {"СтрНайти", "СтрШаблон", "СтрРазделить", "СтрСоединить", "ЗаписатьJSON_", "ПрочитатьJSON_", "СтрЗаканчиваетсяНа"}
    newer |= {
        "ТекущаяУниверсальнаяДатаВМиллисекундах",
        "ПолучитьHexСтрокуИзДвоичныхДанных",
        "ВызватьHTTPМетод",
        "ТекущаяДатаСеанса",
    }
    made = {
        syntax.text_of(node.child_by_field_name("type")) for node in syntax.walk(module.root) if node.type == "new_expression"
    }
    assert {call.name for call in syntax.calls(module.root)} & newer == set()
    assert made & {"ЗаписьJSON", "ЧтениеJSON", "HTTPЗапрос", "ХешированиеДанных", "ДвоичныеДанные"} == set()
    assert "#Область" not in re.sub(r"//.*", "", module.text)


# --- calls --------------------------------------------------------------------------------------------------------------


COMMON = {module.name: module for module in modules() if "CommonModules" in module.path.parts}


@each_module
def test_every_procedure_called_exists_and_takes_so_many_arguments(module: Module) -> None:
    for call in syntax.calls(module.root):
        fault = _fault(module, call)
        assert not fault, f"{module.name}:{call.row} {fault}"


def _fault(module: Module, call: syntax.Call) -> str:
    owner = "кбн_СоставУТ" if call.owner == "Таблица()" else call.owner
    if owner in COMMON or not owner:
        own = (COMMON[owner] if owner else module).methods.get(call.name)
        if own is None:
            known = not call.owner and (call.name in PLATFORM or call.name in _of_the_object(module))
            return "" if known else f"нет метода {call.owner}.{call.name}"
        if call.owner and not own.exported:
            return f"{call.name} не экспортный"
        fits = own.least <= call.arguments <= len(own.parameters)
        return "" if fits else f"{call.name}: {call.arguments} параметров"
    if call.owner in LIBRARY:
        return "" if call.name in LIBRARY[call.owner] else f"нет метода {call.owner}.{call.name} в БСП"
    return "" if call.name in OBJECT_METHODS else f"незнакомый метод объекта {call.name}"


def _of_the_object(module: Module) -> set[str]:
    """The form of the processing sees the exported methods of its object."""
    if module.path.name != "FormModule.bsl":
        return set()
    return {name for name, method in syntax.read(syntax.PROCESSING).methods.items() if method.exported}


@each_module
def test_a_function_always_returns_and_a_procedure_never_returns_a_value(module: Module) -> None:
    for method in module.methods.values():
        values = [
            node.child_by_field_name("result") is not None for node in syntax.walk(method.node) if node.type == "return_statement"
        ]
        raises = any(node.type == "rise_error_statement" for node in syntax.walk(method.node))
        assert (any(values) or raises) if method.is_function else not any(values), method.name


@each_module
def test_what_is_exported_is_described(module: Module) -> None:
    lines = module.text.splitlines()
    for method in module.methods.values():
        if method.exported:
            before = []
            row = method.node.start_point.row - 1
            while lines[row].startswith("//"):
                before.insert(0, lines[row])
                row -= 1
            told = "\n".join(before)
            assert told, method.name
            assert not method.parameters or "Параметры:" in told or "См. " in told, method.name
            assert not method.is_function or "Возвращаемое значение:" in told, method.name


def test_names_of_a_configuration_stand_only_in_its_table() -> None:
    """Differences of the configurations are one module each: no other module names their catalogues and documents."""
    tables = {"кбн_СоставУТ", "кбн_СоставУНФ"}
    for name, module in COMMON.items():
        if name not in tables:
            pattern = r"(?:Справочник|Документ|Перечисление|РегистрНакопления|РегистрСведений)\.(?!кбн_)\w+"
            assert [text for text in syntax.strings(module.root) if re.search(pattern, text)] == [], name


def test_both_tables_answer_the_same_questions_with_the_same_columns() -> None:
    trade, small = (_columns(COMMON[name]) for name in ("кбн_СоставУТ", "кбн_СоставУНФ"))
    assert {name for name in COMMON["кбн_СоставУТ"].methods if COMMON["кбн_СоставУТ"].methods[name].exported} == {
        name for name in COMMON["кбн_СоставУНФ"].methods if COMMON["кбн_СоставУНФ"].methods[name].exported
    }
    assert small.keys() < trade.keys()
    assert {name: columns for name, columns in trade.items() if name in small} == small


def _columns(module: Module) -> dict[str, set[str]]:
    """Columns of the last query of every function of the module."""
    found = {}
    for method in module.methods.values():
        texts = list(syntax.queries(method.node))
        if texts:
            last = texts[0].rpartition("/\n")[2]
            found[method.name] = set(re.findall(r"КАК (\w+),?$", last.partition("\nИЗ")[0], re.MULTILINE))
    return found


# --- the protocol ---------------------------------------------------------------------------------------------------------


PACKERS: dict[str, type[BaseModel]] = {
    "Партнер": messages.PartnerMessage,
    "Менеджер": messages.AccountManagerMessage,
    "КонтактноеЛицо": messages.ContactMessage,
    "Контрагент": messages.CounterpartyMessage,
    "Договор": messages.ContractMessage,
    "АдресДоставки": messages.DeliveryAddressMessage,
    "Организация": messages.CompanyMessage,
    "ИндивидуальнаяЦена": BY_NAME["individual_prices"],
    "КредитныйЛимит": BY_NAME["credit_limits"],
    "Движение": BY_NAME["settlements"],
    "ОжидаемаяПоставка": BY_NAME["incoming_supply"],
    "Партия": supply_messages.IncomingLotMessage,
    "Резерв": BY_NAME["reserves"],
    "РезервНаСкладе": supply_messages.WarehouseReserveMessage,
    "СостояниеЗаказа": BY_NAME["order_states"],
    "СтрокаСостояния": order_state_messages.LineStateMessage,
    "ЧастьСтроки": order_state_messages.BucketMessage,
    "Документ": document_messages.DocumentMessage,
    "Загруженный": document_messages.UploadedDocumentMessage,
    "Подтверждение": feed_messages.AcknowledgedMessage,
    "Отклоненное": feed_messages.RefusedChangeMessage,
    "Список": feed_messages.ManifestMessage,
}
"""What a function that fills `Запись` makes."""


def _packed() -> Iterator[tuple[str, str, list[str]]]:
    """Module, function, names put into `Запись`."""
    for module in modules():
        for method in module.methods.values():
            names = [
                next(syntax.strings(node), "")
                for node in syntax.walk(method.node)
                if node.type == "call_statement" and syntax.text_of(node).startswith("Запись.Вставить(")
            ]
            if names and "Запись = Новый Структура;" in syntax.text_of(method.node):
                yield module.name, method.name, names


@pytest.mark.parametrize("packed", list(_packed()), ids=lambda packed: f"{packed[0]}.{packed[1]}")
def test_packers_write_the_fields_of_the_protocol_and_no_others(packed: tuple[str, str, list[str]]) -> None:
    """IN-04: the package can't drift from the models that the portal reads."""
    _, function, names = packed
    fields = PACKERS[function].model_fields
    assert set(names) <= fields.keys()
    assert len(names) == len(set(names))
    required = {name for name, field in fields.items() if field.is_required()}
    assert required - set(names) <= {"revision"}, "what must be there is not sent"


def test_every_packer_is_held_to_its_model() -> None:
    assert {function for _, function, _ in _packed()} == PACKERS.keys()


def test_entities_of_the_package_are_those_of_the_portal() -> None:
    listed = re.findall(r'(?:ПоОчереди|Опросом)\("(\w+)", "(\w+)"', COMMON["кбн_Сущности"].text)
    paths = [path for _, path in listed]
    order = [entity.name for entity in ENTITIES]
    assert set(paths) <= BY_NAME.keys()
    assert [path for path in paths if path != "companies"] == sorted(paths[1:], key=order.index), "parents go first"
    old = re.findall(r'"ЕстьРевизия|Путь, ЕстьРевизия, ЕстьПометка", "(\w+)"', syntax.read(syntax.PROCESSING).text)
    assert {path for path in old if path} <= BY_NAME.keys()


def test_marks_and_revisions_are_as_the_models_say() -> None:
    source = COMMON["кбн_Сущности"].text
    without = {field: set[str]() for field in ("ЕстьРевизия", "ЕстьПометка", "ЕстьСверка")}
    for name, field in re.findall(r'ИзменитьОписание\(Список, "(\w+)", "(\w+)", Ложь\)', source):
        without[field] = without[field] | {name}
    for name, path in re.findall(r'ПоОчереди\("(\w+)", "(\w+)"', source):
        fields = BY_NAME[path].model_fields
        assert ("revision" in fields) == (name not in without["ЕстьРевизия"]), name
        assert ("deletion_mark" in fields) == (name not in without["ЕстьПометка"]), name
        assert is_listed(BY_ENTITY[path]) == (name not in without["ЕстьСверка"]), name


def test_replies_are_read_by_the_names_the_portal_writes() -> None:
    named = (
        set(messages.RecordResult.model_fields) | set(messages.BatchReply.model_fields) | set(messages.ProblemReply.model_fields)
    )
    named |= set(change_messages.ChangesReply.model_fields) | set(change_messages.OrderChange.model_fields)
    named |= set(feed_messages.ReconcileReply.model_fields) | set(feed_messages.DifferenceReply.model_fields)
    named |= {"upload", "url", "headers"}  # of `documents`, told in its description
    for model in (change_messages.OrderReply, change_messages.OrderLineReply, change_messages.OrderDeliveryReply):
        named |= set(model.model_fields)
    for module in modules():
        read = re.findall(r'\["([a-z_]+)"\]', re.sub(r"//.*", "", module.text))
        assert set(read) <= named, module.name


def test_states_of_lines_are_codes_of_the_portal() -> None:
    codes = set(order_state_messages.LineStatusCode.__args__)  # type: ignore[attr-defined]
    for name in ("кбн_СоставУТ", "кбн_СоставУНФ"):
        assert set(re.findall(r'Статусы\.Вставить\("[^"]+", "(\w+)"\)', COMMON[name].text)) <= codes


@pytest.mark.parametrize(
    ("column", "model", "field"),
    [
        ("Вид", messages.CounterpartyMessage, "kind"),
        ("Вид", BY_NAME["settlements"], "kind"),
        ("Вид", document_messages.DocumentMessage, "kind"),
    ],
)
def test_kinds_written_in_queries_are_kinds_of_the_protocol(column: str, model: Any, field: str) -> None:
    schema = model.model_json_schema()["properties"][field]
    allowed = set(schema.get("enum", [])) | set(re.findall(r"\w+", schema.get("pattern", "")))
    functions = {"CounterpartyMessage": "Контрагенты", "SettlementMessage": "Взаиморасчеты", "DocumentMessage": "Документы"}
    for module in modules():
        for name, method in module.methods.items():
            if name in (functions[model.__name__], f"Текст{functions[model.__name__]}"):
                for text in syntax.queries(method.node):
                    assert set(re.findall(r'"(\w+)"', text)) <= allowed, f"{module.name}.{name}"
