"""A 1C base with the extension installed: its registers are those of the package's XML, its data are rows of the queries."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from tests.infra.bsl import platform
from tests.infra.bsl.machine import Machine, ModuleObject
from tests.infra.bsl.syntax import EXTENSION, modules
from tests.infra.bsl.values import Array, BslError, Map, Metadata, Ref, Result, Structure, Table, Value, number

MD = "{http://v8.1c.ru/8.3/MDClasses}"
Send = Callable[[str, str, dict[str, str], bytes], tuple[int, bytes]]
"""Method, path, headers, body -> status, body. Raises OSError where there is no connection."""


@cache
def register_fields(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Dimensions and resources of a register, from its XML."""
    root = etree.parse(EXTENSION / "InformationRegisters" / f"{name}.xml").getroot()
    return _names(root, "Dimension"), _names(root, "Resource")


def _names(root: Any, kind: str) -> tuple[str, ...]:
    return tuple(str(one.text) for one in root.iterfind(f".//{MD}{kind}/{MD}Properties/{MD}Name"))


class Register:
    """An independent information register."""

    def __init__(self, name: str) -> None:
        self.dimensions, self.resources = register_fields(name)
        self.records: dict[tuple[Value, ...], dict[str, Value]] = {}

    def СоздатьМенеджерЗаписи(self) -> "RecordManager":
        return RecordManager(self)

    def rows(self, **filters: Value) -> list[dict[str, Value]]:
        return [row for row in self.records.values() if all(row[name] == value for name, value in filters.items())]


class RecordManager(Structure):
    def __init__(self, register: Register) -> None:
        super().__init__(", ".join(register.dimensions + register.resources))
        self.register, self.found = register, False

    @property
    def key(self) -> tuple[Value, ...]:
        return tuple(self.fields[name] for name in self.register.dimensions)

    def Прочитать(self) -> None:
        record = self.register.records.get(self.key)
        self.found = record is not None
        self.fields.update(record or {})

    def Выбран(self) -> bool:
        return self.found

    def Записать(self) -> None:
        assert all(platform.is_filled(one) for one in self.key), f"a dimension is empty: {self.fields}"
        self.register.records[self.key] = dict(self.fields)

    def Удалить(self) -> None:
        self.register.records.pop(self.key, None)


class Lock:
    """БлокировкаДанных."""

    def Добавить(self, _name: str) -> "Lock":
        return self

    def УстановитьЗначение(self, _name: str, _value: Value) -> None:
        pass

    def Заблокировать(self) -> None:
        pass


@dataclass
class Base:
    """`rows` are what the queries of the table of correspondence find, by the query's name; each row is a dict.

    `send` takes the requests. `log` is the event log; `now` the clock of the server, and milliseconds tick with every look.
    """

    send: Send
    rows: dict[str, list[dict[str, Value]]] = field(default_factory=dict)
    configuration: str = "кбн_СоставУТ"
    contact_info: list[dict[str, Value]] = field(default_factory=list)
    extra: list[dict[str, Value]] = field(default_factory=list)
    files: dict[Ref, list[tuple[Ref, bytes]]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    now: datetime = datetime(2026, 11, 21, 12, 0)

    def __post_init__(self) -> None:
        self.ticks = 0
        self.password = "пароль обмена"
        self.registers = {path.stem: Register(path.stem) for path in (EXTENSION / "InformationRegisters").glob("*.xml")}
        common = {module.name: module for module in modules() if module.path.parts[-4] == "CommonModules"}
        self.machine = Machine(common, self._globals(), self._types())
        self.setting("Адрес", "https://b2b.example")
        self.setting("Логин", "1c")
        self.setting("Конфигурация", self.configuration)

    def setting(self, name: str, value: Value) -> None:
        self.machine.call("кбн_Настройки", "Записать", name, value)

    def settings(self) -> Structure:
        found: Structure = self.machine.call("кбн_Настройки", "Прочитать")
        return found

    def changed(self, entity: str, ref: Ref) -> None:
        """An object was written."""
        self.machine.call("кбн_Очередь", "Поставить", entity, ref)

    def exchange(self) -> None:
        self.machine.call("кбн_Отправка", "ВыполнитьОбмен")

    def waiting(self) -> list[str]:
        return [row["Идентификатор"] for row in self.registers["кбн_Очередь"].rows()]

    def outcome(self, record_id: str) -> dict[str, Value]:
        (row,) = self.registers["кбн_Ревизии"].rows(Идентификатор=record_id)
        return row

    def _milliseconds(self) -> Decimal:
        self.ticks += 1
        return number(int((self.now - datetime(1, 1, 1)).total_seconds()) * 1000 + self.ticks)

    def _globals(self) -> dict[str, Any]:
        error = self._last_error
        own = {
            "РегистрыСведений": SimpleNamespace(**self.registers),
            "Перечисления": SimpleNamespace(
                ТипыКонтактнойИнформации=SimpleNamespace(Телефон="phone", АдресЭлектроннойПочты="mail", Адрес="address")
            ),
            "Метаданные": SimpleNamespace(Справочники=SimpleNamespace(Найти=lambda name: name)),
            "ОбработкаОшибок": SimpleNamespace(
                КраткоеПредставлениеОшибки=lambda _error: error(), ПодробноеПредставлениеОшибки=lambda _error: error()
            ),
            "ТекущаяУниверсальнаяДатаВМиллисекундах": self._milliseconds,
            "ТекущаяДатаСеанса": lambda: self.now,
            "ЗаписьЖурналаРегистрации": lambda *told: self.log.append(f"{told[1]}: {told[4]}"),
            "ПолучитьТекущийСеансИнформационнойБазы": lambda: SimpleNamespace(ПолучитьФоновоеЗадание=lambda: None),
        }
        return platform.FUNCTIONS | platform.OBJECTS | own | self._library()

    def _last_error(self) -> str:
        return self.machine.last_error[0]

    def _library(self) -> dict[str, Any]:
        """БСП."""
        return {
            "ОбщегоНазначения": SimpleNamespace(
                ОбщийМодуль=lambda name: ModuleObject(self.machine, name),
                МенеджерОбъектаПоПолномуИмени=Manager,
                ТаблицаЗначенийВМассив=lambda table: Array(table),
                СкопироватьРекурсивно=lambda value, _fixed: Map(value.entries),
                КодОсновногоЯзыка=lambda: "ru",
                ПрочитатьДанныеИзБезопасногоХранилища=lambda _owner, _key: self.password,
                ЗначениеРеквизитаОбъекта=lambda ref, name: {"Заголовок": str(ref)}[name],
                ЗначенияРеквизитовОбъекта=lambda _ref, names: Structure(names, "pdf", False),
            ),
            "ОбщегоНазначенияКлиентСервер": SimpleNamespace(СтруктураURI=_uri, НовоеЗащищенноеСоединение=lambda: "tls"),
            "СтроковыеФункцииКлиентСервер": SimpleNamespace(СтрокаВЧисло=number),
            "ПолучениеФайловИзИнтернета": SimpleNamespace(ПолучитьПрокси=lambda _scheme: None),
            "УправлениеКонтактнойИнформацией": SimpleNamespace(КонтактнаяИнформацияОбъектов=self._contact_info),
            "УправлениеСвойствами": SimpleNamespace(ЗначенияСвойств=self._extra),
            "РаботаСФайлами": SimpleNamespace(
                ЗаполнитьПрисоединенныеФайлыКОбъекту=self._attached, ДвоичныеДанныеФайла=self._content
            ),
        }

    def _contact_info(self, refs: Array) -> Table:
        return Table(row for row in self.contact_info if row["Объект"] in refs.items)

    def _extra(self, refs: Array, _attributes: bool, _information: bool) -> Table:
        return Table(row for row in self.extra if row["ВладелецСвойств"] in refs.items)

    def _attached(self, owner: Ref, found: Array) -> None:
        for file, _ in self.files.get(owner, []):
            found.Добавить(file)

    def _content(self, wanted: Ref) -> "Binary":
        return next(Binary(content) for kept in self.files.values() for file, content in kept if file == wanted)

    def _types(self) -> dict[str, Callable[..., Value]]:
        own: dict[str, Callable[..., Value]] = {
            "Запрос": lambda text="": Query(self, text),
            "БлокировкаДанных": Lock,
            "HTTPЗапрос": HttpRequest,
            "HTTPСоединение": lambda *where: HttpConnection(self.send, *where),
        }
        return platform.TYPES | own

    def found(self, query: "Query") -> list[dict[str, Value]]:
        """Own registers answer their queries; for the rest stand the rows of the base."""
        own = re.search(r"РегистрСведений\.(кбн_\w+)", query.text)
        if own:
            return self._own_rows(own[1], query)
        texts: Map = self.machine.call(self.configuration, "ТекстыЗапросов")
        name = next(name for name, text in texts.entries.items() if text == query.text)
        refs = query.parameters.get("Ссылки")
        rows = self.rows.get(name, [])
        if refs is not None:
            rows = [row for row in rows if row.get("Владелец", row.get("Ссылка")) in refs.items]
        return [dict(row) for row in rows]

    def _own_rows(self, name: str, query: "Query") -> list[dict[str, Value]]:
        entity = query.parameters.get("Сущность")
        rows = self.registers[name].rows(**({"Сущность": entity} if entity else {}))
        if "КОЛИЧЕСТВО(*)" in query.text:
            names = sorted({row["Сущность"] for row in rows})
            return [{"Сущность": one, "Количество": number(sum(row["Сущность"] == one for row in rows))} for one in names]
        if "Отметка" in query.text:
            rows = sorted((row for row in rows if row["Отметка"] > query.parameters["После"]), key=lambda row: row["Отметка"])
        if "КАК revision" in query.text:
            kept = [row for row in rows if row["Хеш"] and not row["Удалена"]]
            return [{"id": row["Идентификатор"], "revision": row["Ревизия"]} for row in kept]
        if "&Идентификаторы" in query.text:
            rows = [row for row in rows if row["Документ"] in query.parameters["Идентификаторы"].items]
        return rows


class Query:
    def __init__(self, base: Base, text: str) -> None:
        self.base, self.text, self.parameters = base, text, dict[str, Value]()

    def УстановитьПараметр(self, name: str, value: Value) -> None:
        self.parameters[name] = value

    def Выполнить(self) -> Result:
        return Result(self.base.found(self))


class Manager:
    """The manager of a catalogue or document, by its full name."""

    def __init__(self, table: str) -> None:
        self.table = table

    def ПолучитьСсылку(self, guid: Any) -> Ref:
        return Ref(self.table, str(guid))


class Binary(bytes):
    """ДвоичныеДанные."""

    def Размер(self) -> Decimal:
        return number(len(self))


def _uri(address: str) -> Structure:
    parts = urlsplit(address)
    names = "Схема, Логин, Пароль, ИмяСервера, Хост, Порт, ПутьНаСервере"
    path = parts.path.removeprefix("/") + (f"?{parts.query}" if parts.query else "")
    port = number(parts.port) if parts.port else None
    return Structure(names, parts.scheme, "", "", parts.netloc, parts.hostname, port, path)


class HttpRequest:
    def __init__(self, path: str, headers: Map) -> None:
        self.path, self.headers, self.body = path, headers.entries, b""

    def УстановитьТелоИзСтроки(self, text: str, _encoding: str, mark: bool) -> None:
        self.body = text.encode()
        assert mark is False

    def УстановитьТелоИзДвоичныхДанных(self, data: bytes) -> None:
        self.body = data


class HttpReply:
    def __init__(self, status: int, body: bytes) -> None:
        self.КодСостояния, self.body, self.Заголовки = number(status), body, Map()

    def ПолучитьТелоКакСтроку(self, encoding: str) -> str:
        return self.body.decode(encoding)


class HttpConnection:
    """HTTPСоединение(Сервер, Порт, Логин, Пароль, Прокси, Таймаут, Защищенное)."""

    def __init__(self, send: Send, host: str, port: Value, login: str, password: str, *_rest: Value) -> None:
        self.send, self.host, self.login, self.password = send, host, login, password
        assert host and port

    def ВызватьHTTPМетод(self, method: str, request: HttpRequest) -> HttpReply:
        sent = dict(request.headers) | {"host": self.host, "login": self.login, "password": self.password}
        try:
            return HttpReply(*self.send(method, request.path, sent, request.body))
        except OSError as error:
            raise BslError(str(error)) from error


__all__ = ["Base", "Binary", "Metadata", "Ref", "Register"]
