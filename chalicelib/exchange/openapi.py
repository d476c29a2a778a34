"""The description of `/exchange/v1` for who programs the 1C side: OpenAPI 3.1, made from the table of entities."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from chalicelib.exchange.answers import LONGEST_KEY
from chalicelib.exchange.batches import RECORD_LIMIT
from chalicelib.exchange.change_entities import CHANGES
from chalicelib.exchange.entities import ENTITIES
from chalicelib.exchange.entity import Entity
from chalicelib.exchange.snapshots import PAGE
from chalicelib.formats import change_messages as changes
from chalicelib.formats import feed_messages as feed
from chalicelib.formats import messages
from chalicelib.usecases.exchange.change_feed import MOST

INTRODUCTION = """Обмен с 1С сообщениями JSON: партнёры, договоры, цены, взаиморасчёты и всё остальное, чего не переносит
стандартный обмен CommerceML. Каталог, остатки и заказы идут по нему на `/exchange/1c`.

Вход: HTTP Basic с логином и паролем узла обмена или ключ `Authorization: Bearer <ключ>`.

Пачка — до 5000 записей и до 4 МБ, UTF-8. Каждая запись принимается или отклоняется отдельно;
повтор той же пачки ничего не меняет. Запись с тем же или меньшим номером изменения (`revision`), чем у принятой раньше,
подтверждается и не применяется. Запись, которая ссылается на ещё не пришедший объект, ждёт его (`waiting`).

Заголовок `Idempotency-Key` (до 255 знаков, свой у каждого запроса, хранится 30 дней): повтор запроса с тем же ключом получает
тот же ответ байт в байт и ничего не делает второй раз; тот же ключ с другим телом — ошибка 409.

Обратно: `GET /exchange/v1/changes` отдаёт по номерам заказы и всё, о чём ещё должна знать 1С: ответы и отметки дилеров, их людей,
прочтение важных новостей; `POST /exchange/v1/changes/acknowledged` подтверждает. Заказ, подтверждённый здесь, не отдаётся и
по CommerceML, и наоборот. Сверка: `GET /exchange/v1/revisions`, `POST /exchange/v1/reconcile`; полная выгрузка закрывается
`POST /exchange/v1/manifests`."""

JSON = "application/json"


@cache
def document(server: str) -> dict[str, Any]:
    """The whole document; `server` is the address before `/exchange/v1`."""
    called = [model for call in CALLS for model in (call.message, call.reply)]
    models: list[type[BaseModel]] = list(dict.fromkeys([*(entity.message for entity in ENTITIES), *REPLIES, *called]))
    _, schemas = models_json_schema([(model, "validation") for model in models], ref_template="#/components/schemas/{model}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kabinet: обмен с 1С", "version": "1", "description": INTRODUCTION},
        "servers": [{"url": server}],
        "security": [{"basic": []}, {"key": []}],
        "paths": {
            **{f"/exchange/v1/{entity.name}": {"post": _post(entity)} for entity in ENTITIES},
            **{f"/exchange/v1/{call.path}": {"post": _call(call)} for call in CALLS},
            "/exchange/v1/changes": {"get": _changes()},
            "/exchange/v1/revisions": {"get": _revisions()},
        },
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}, "key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _post(entity: Entity) -> dict[str, Any]:
    result = {"id": entity.example.get("id", ""), "outcome": "written", "reasons": []}
    return {
        "summary": entity.title,
        "description": entity.message.__doc__,
        "operationId": f"save_{entity.name}",
        "parameters": [KEY],
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": _envelope(entity), "example": {entity.name: [dict(entity.example)]}}},
        },
        "responses": {
            "200": _reply("Итог по каждой записи", "BatchReply", {"run": "00000042", "results": [result]}),
            **PROBLEMS,
        },
    }


def _call(call: "Call") -> dict[str, Any]:
    return {
        "summary": call.title,
        "description": call.message.__doc__,
        "operationId": call.operation,
        "parameters": [KEY],
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": _schema(call.message.__name__), "example": dict(call.example)}},
        },
        "responses": {"200": _reply(call.title, call.reply.__name__), **PROBLEMS, "404": _problem("Таких объектов в обмене нет")},
    }


def _changes() -> dict[str, Any]:
    return {
        "summary": "Изменения портала для 1С",
        "description": "Что случилось на портале и о чём должна знать 1С: заказы, ответы и отметки дилеров, их люди, прочтение"
        " важных новостей — пока 1С не подтвердит. Отложенных и подтверждённых здесь нет; изменение, записанное позже, всегда"
        " получает больший номер. Несколько изменений одного объекта приходят одним, каким он стоит сейчас.",
        "operationId": "get_changes",
        "parameters": [
            _asked("after", {"type": "integer", "minimum": 0}, "Отдать изменения с большими номерами; не передан — все"),
            _asked("limit", {"type": "integer", "minimum": 1, "maximum": MOST}, "Не больше стольких изменений"),
            _asked("entities", {"type": "string"}, f"Только этих видов, через запятую: {', '.join(CHANGES)}; не передан — все"),
        ],
        "responses": {"200": _reply("Изменения", "ChangesReply", changes.CHANGES_EXAMPLE), **PROBLEMS},
    }


def _revisions() -> dict[str, Any]:
    example = {"entity": "contracts", "records": [{"id": "p c", "revision": 7, "active": True}], "next": None}
    return {
        "summary": "Что есть в портале",
        "description": "Идентификаторы и номера изменений объектов одного вида, для сверки. Есть у всех видов, кроме"
        " companies и uploaded_documents; contacts — контактные лица из записей партнёров.",
        "operationId": "get_revisions",
        "parameters": [
            _asked("entity", {"type": "string"}, "Вид объектов, например contracts", required=True),
            _asked("after", {"type": "string"}, "Последний идентификатор предыдущей страницы"),
            _asked("limit", {"type": "integer", "minimum": 1, "maximum": PAGE}, "Записей на странице"),
        ],
        "responses": {
            "200": _reply("Страница списка", "RevisionsReply", example),
            **PROBLEMS,
            "404": _problem("Таких объектов в обмене нет"),
        },
    }


def _asked(name: str, schema: dict[str, Any], description: str, *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": schema, "description": description}


def _envelope(entity: Entity) -> dict[str, Any]:
    """One object with the one list: told in place, so that a generator of clients names it after the operation."""
    records = {"type": "array", "maxItems": RECORD_LIMIT, "items": _schema(entity.message.__name__)}
    return {"type": "object", "required": [entity.name], "properties": {entity.name: records}, "additionalProperties": False}


def _schema(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _reply(description: str, schema: str, example: Any = None) -> dict[str, Any]:
    shown = {} if example is None else {"example": example}
    return {"description": description, "content": {JSON: {"schema": _schema(schema), **shown}}}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/problem+json": {"schema": _schema("ProblemReply")}}}


PROBLEMS = {
    "401": _problem("Неверный логин, пароль или ключ"),
    "409": _problem("Ключ Idempotency-Key уже использован для другого запроса"),
    "422": _problem("Запрос не разобран или слишком большой"),
    "429": _problem("Слишком много неудачных входов"),
    "503": _problem("Сервис временно недоступен: повторите запрос"),
}
"""What any request may be answered with."""

KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": LONGEST_KEY},
    "description": "Свой ключ каждого запроса: повтор с тем же ключом получает тот же ответ",
}
REPLIES: tuple[type[BaseModel], ...] = (messages.BatchReply, messages.ProblemReply, changes.ChangesReply, feed.RevisionsReply)


@dataclass(frozen=True)
class Call:
    """A POST that is no batch of records."""

    path: str
    operation: str
    title: str
    message: type[BaseModel]
    example: Mapping[str, Any]
    reply: type[BaseModel]


CALLS = (
    Call(
        "changes/acknowledged", "acknowledge_changes", "Подтвердить изменения",
        feed.AcknowledgedMessage, feed.ACKNOWLEDGED_EXAMPLE, feed.AcknowledgedReply,
    ),
    Call(
        "manifests", "close_snapshot", "Закрыть полную выгрузку",
        feed.ManifestMessage, feed.MANIFEST_EXAMPLE, feed.ManifestReply,
    ),
    Call(
        "reconcile", "reconcile", "Сверить список, ничего не меняя",
        feed.ManifestMessage, feed.MANIFEST_EXAMPLE, feed.ReconcileReply,
    ),
)  # fmt: skip
