"""The description of `/exchange/v1` for who programs the 1C side: OpenAPI 3.1, made from the message models."""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

INTRODUCTION = """Обмен с 1С сообщениями JSON: партнёры с контактными лицами, контрагентами, договорами и адресами доставки,
а также наши организации. Каталог, цены, остатки и заказы идут по стандартному обмену CommerceML на `/exchange/1c`.

Вход: HTTP Basic с логином и паролем узла обмена или ключ `Authorization: Bearer <ключ>`.

Пачка — до 5000 записей и до 4 МБ, UTF-8. Каждая запись принимается или отклоняется отдельно;
повтор той же пачки ничего не меняет."""


@cache
def document(server: str) -> dict[str, Any]:
    """The whole document; `server` is the address before `/exchange/v1`."""
    from pydantic.json_schema import models_json_schema

    from chalicelib.formats import messages

    models: list[type[BaseModel]] = [
        messages.PartnersBatch,
        messages.CompaniesBatch,
        messages.BatchReply,
        messages.ProblemReply,
    ]
    _, schemas = models_json_schema([(model, "validation") for model in models], ref_template="#/components/schemas/{model}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kabinet: обмен с 1С", "version": "1", "description": INTRODUCTION},
        "servers": [{"url": server}],
        "security": [{"basic": []}, {"key": []}],
        "paths": {
            "/exchange/v1/partners": {
                "post": _operation("Партнёры", "PartnersBatch", {"partners": [messages.PARTNER_EXAMPLE]}, messages.PartnersBatch)
            },
            "/exchange/v1/companies": {
                "post": _operation(
                    "Наши организации", "CompaniesBatch", {"companies": [messages.COMPANY_EXAMPLE]}, messages.CompaniesBatch
                )
            },
        },
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}, "key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(summary: str, schema: str, example: dict[str, Any], model: "type[BaseModel]") -> dict[str, Any]:
    reply = {"run": "00000042", "results": [{"id": next(iter(example.values()))[0]["id"], "outcome": "written", "reasons": []}]}
    return {
        "summary": summary,
        "description": model.__doc__,
        "operationId": f"save{schema.removesuffix('Batch')}",
        "requestBody": {"required": True, "content": {"application/json": _content(schema, example)}},
        "responses": {
            "200": {
                "description": "Итог по каждой записи",
                "content": {"application/json": _content("BatchReply", reply)},
            },
            "401": _problem("Неверный логин, пароль или ключ"),
            "422": _problem("Запрос не разобран или слишком большой"),
            "429": _problem("Слишком много неудачных входов"),
            "503": _problem("Сервис временно недоступен: повторите запрос"),
        },
    }


def _content(schema: str, example: dict[str, Any]) -> dict[str, Any]:
    return {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": example}


def _problem(description: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemReply"}}}
    return {"description": description, "content": content}
