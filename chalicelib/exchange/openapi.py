"""The description of `/exchange/v1` for who programs the 1C side: OpenAPI 3.1, made from the table of entities."""

from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from chalicelib.exchange.batches import RECORD_LIMIT
from chalicelib.exchange.entities import ENTITIES
from chalicelib.exchange.entity import Entity
from chalicelib.formats import messages

INTRODUCTION = """Обмен с 1С сообщениями JSON: партнёры, договоры, цены, взаиморасчёты и всё остальное, чего не переносит
стандартный обмен CommerceML. Каталог, остатки и заказы идут по нему на `/exchange/1c`.

Вход: HTTP Basic с логином и паролем узла обмена или ключ `Authorization: Bearer <ключ>`.

Пачка — до 5000 записей и до 4 МБ, UTF-8. Каждая запись принимается или отклоняется отдельно;
повтор той же пачки ничего не меняет. Запись с тем же или меньшим номером изменения (`revision`), чем у принятой раньше,
подтверждается и не применяется. Запись, которая ссылается на ещё не пришедший объект, ждёт его (`waiting`)."""

JSON = "application/json"


@cache
def document(server: str) -> dict[str, Any]:
    """The whole document; `server` is the address before `/exchange/v1`."""
    models: list[type[BaseModel]] = [*(entity.message for entity in ENTITIES), messages.BatchReply, messages.ProblemReply]
    _, schemas = models_json_schema([(model, "validation") for model in models], ref_template="#/components/schemas/{model}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kabinet: обмен с 1С", "version": "1", "description": INTRODUCTION},
        "servers": [{"url": server}],
        "security": [{"basic": []}, {"key": []}],
        "paths": {f"/exchange/v1/{entity.name}": {"post": _post(entity)} for entity in ENTITIES},
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
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": _envelope(entity), "example": {entity.name: [dict(entity.example)]}}},
        },
        "responses": {
            "200": _reply("Итог по каждой записи", "BatchReply", {"run": "00000042", "results": [result]}),
            **PROBLEMS,
        },
    }


def _envelope(entity: Entity) -> dict[str, Any]:
    """One object with the one list: told in place, so that a generator of clients names it after the operation."""
    records = {"type": "array", "maxItems": RECORD_LIMIT, "items": _schema(entity.message.__name__)}
    return {"type": "object", "required": [entity.name], "properties": {entity.name: records}, "additionalProperties": False}


def _schema(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _reply(description: str, schema: str, example: Any) -> dict[str, Any]:
    return {"description": description, "content": {JSON: {"schema": _schema(schema), "example": example}}}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/problem+json": {"schema": _schema("ProblemReply")}}}


PROBLEMS = {
    "401": _problem("Неверный логин, пароль или ключ"),
    "422": _problem("Запрос не разобран или слишком большой"),
    "429": _problem("Слишком много неудачных входов"),
    "503": _problem("Сервис временно недоступен: повторите запрос"),
}
"""What any request may be answered with."""
