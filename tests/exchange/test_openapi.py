"""The document of `/exchange/v1` is right, and the route takes whatever it describes without falling over."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator

from app import app
from chalicelib.exchange.entities import BY_NAME, ENTITIES
from chalicelib.exchange.openapi import CALLS, document
from tests.exchange.client import Sender
from tests.exchange.memory import batch, memory_sender

DOCUMENT: dict[str, Any] = json.loads(json.dumps(document("https://b2b.example")))


@pytest.fixture(scope="module")
def sender() -> Iterator[Sender]:
    with memory_sender() as made:
        yield made


def test_it_is_openapi_3_1() -> None:
    """IN-04."""
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def test_every_path_is_one_of_the_application() -> None:
    """The entities share a route; API Gateway has no path of its own for each."""
    routes = {path for path in app.routes if path.startswith("/exchange/v1/")}
    assert routes == {
        "/exchange/v1/{entity}",
        "/exchange/v1/changes",
        "/exchange/v1/changes/acknowledged",
        "/exchange/v1/manifests",
        "/exchange/v1/openapi.json",
        "/exchange/v1/reconcile",
        "/exchange/v1/revisions",
    }
    described = {path.removeprefix("/exchange/v1/") for path in DOCUMENT["paths"]}
    assert described == {*BY_NAME, *(call.path for call in CALLS), "changes", "revisions"}
    names = [operation["operationId"] for path in DOCUMENT["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names))


def test_every_field_is_described_in_russian() -> None:
    for entity in ENTITIES:
        schema = DOCUMENT["components"]["schemas"][entity.message.__name__]
        assert schema["additionalProperties"] is False, entity.name
        plain = [name for name, field in schema["properties"].items() if not _russian(field.get("description", ""))]
        assert plain == [], entity.name
        assert _russian(DOCUMENT["paths"][f"/exchange/v1/{entity.name}"]["post"]["description"])


def _russian(text: str) -> bool:
    return any("а" <= letter <= "я" for letter in text.lower())


def test_the_examples_are_taken_in_the_order_of_the_table() -> None:
    """IN-04, IN-09, IN-12: what hangs on others comes after them; only an order can't come from here."""
    with memory_sender() as sender:
        taken: dict[str, str] = {}
        for entity in ENTITIES:
            path = f"/exchange/v1/{entity.name}"
            example = DOCUMENT["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"]
            answer = sender.call("POST", path, json.dumps(example, ensure_ascii=False).encode())
            assert answer.status == 200, answer
            (result,) = answer.body["results"]
            taken[entity.name] = result["outcome"]
        ours = ("partners", "counterparties", "contracts", "delivery_addresses", "individual_prices", "discounts",
                "currency_rates", "restrictions", "credit_limits", "settlements")  # fmt: skip
        assert {name: taken[name] for name in ours} == dict.fromkeys(ours, "written")


def test_the_examples_of_the_calls_are_taken() -> None:
    with memory_sender() as sender:
        for entity in ("partners", "individual_prices"):
            sender.post(entity, [dict(BY_NAME[entity].example)])
        for call in CALLS:
            answer = sender.post_message(call.path, dict(call.example))
            assert answer.status == 200, answer
            call.reply.model_validate(answer.body)


def test_the_reply_is_as_described(sender: Sender) -> None:
    from chalicelib.formats.messages import BatchReply, ProblemReply

    BatchReply.model_validate(sender.post("partners", [{}, None]).body)
    ProblemReply.model_validate(sender.post("no-such-thing", []).body)


def test_an_entity_there_is_not_is_404(sender: Sender) -> None:
    answer = sender.post("no-such-thing", [])
    assert (answer.status, answer.content_type) == (404, "application/problem+json")
    assert "partners" in answer.body["detail"]


# --- whatever comes -----------------------------------------------------------------------------------------------------

TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", " ", "\x00", "\ud800", "а" * 400, "2026-02-30", "2026-11-21", "NaN", "1e999", "🚪", "%s", "%(id)s"]),
)  # fmt: skip
NUMBERS = st.one_of(st.integers(), st.sampled_from([0, -1, 10**18, 10**19, 10**400, 0.1, 1e308, -1e-308]))
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)


def near(example: Any) -> st.SearchStrategy[Any]:
    """Values like the example, with some of it replaced, left out or added."""
    if isinstance(example, dict):
        fields = {name: st.one_of(st.just(value), near(value), JUNK) for name, value in example.items()}
        return st.one_of(
            st.fixed_dictionaries({}, optional=fields),
            st.fixed_dictionaries({name: st.just(value) for name, value in example.items()}, optional={"x": JUNK}),
            st.fixed_dictionaries(fields),
        )
    if isinstance(example, list):
        return st.lists(st.one_of(*(near(one) for one in example)) if example else JUNK, max_size=3)
    return st.one_of(st.just(example), JUNK)


def of_schema(name: str) -> st.SearchStrategy[Any]:
    """Values as the document describes them, and then some beyond."""
    fields = DOCUMENT["components"]["schemas"][name]["properties"]
    return st.fixed_dictionaries({}, optional={field: _of(schema) for field, schema in fields.items()})


def _of(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return st.deferred(lambda: of_schema(schema["$ref"].rpartition("/")[2]))
    if "anyOf" in schema:
        return st.one_of(*(_of(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"):
        case "string" if schema.get("format") == "date":
            return st.dates().map(str)
        case "string":
            return st.from_regex(schema["pattern"], fullmatch=True) if "pattern" in schema else TEXTS
        case "integer":
            return st.integers(schema.get("minimum"), schema.get("maximum"))
        case "number":
            return st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers())
        case "boolean":
            return st.booleans()
        case "array":
            return st.lists(_of(schema.get("items", {})), max_size=3)
    return JUNK


QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_no_body_makes_it_fall_over(sender: Sender, entity: Any) -> None:
    """Every record gets a result, whatever it is; never a 500."""
    records = st.lists(st.one_of(near(dict(entity.example)), of_schema(entity.message.__name__), JUNK), min_size=1, max_size=4)
    tried = 0

    @QUIET
    @given(records)
    def run(values: list[Any]) -> None:
        nonlocal tried
        tried += len(values)
        body = _bytes({entity.name: values})
        answer = sender.call("POST", f"/exchange/v1/{entity.name}", body)
        if answer.status == 422:
            assert "половина символа" in answer.body["detail"] and b"\\ud8" in body
            return
        assert answer.status == 200, answer
        results = answer.body["results"]
        assert len(results) == len(values)
        for result in results:
            assert result["outcome"] in ("written", "unchanged", "refused", "waiting"), result
            assert result["outcome"] != "refused" or result["reasons"]

    run()
    print(f"{entity.name}: {tried} records")


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.path)
def test_no_message_makes_it_fall_over(sender: Sender, call: Any) -> None:
    @QUIET
    @given(st.one_of(near(dict(call.example)), of_schema(call.message.__name__), JUNK))
    def run(value: Any) -> None:
        answer = sender.call("POST", f"/exchange/v1/{call.path}", _bytes(value))
        assert answer.status in (200, 404, 422), answer

    run()


@QUIET
@given(st.binary(max_size=200), st.sampled_from(sorted(BY_NAME)))
def test_no_bytes_make_it_fall_over(body: bytes, name: str) -> None:
    with memory_sender() as sender:
        assert sender.call("POST", f"/exchange/v1/{name}", body).status == 422


def _bytes(value: Any) -> bytes:
    """Lone surrogates as JSON writes them: `\\ud800`."""
    return json.dumps(value).encode()


def test_a_whole_batch_of_5000_is_taken_in_one_request(sender: Sender) -> None:
    """IN-10: five thousand prices, each with its result, in few calls of the store."""
    with memory_sender() as fresh:
        fresh.post("partners", [dict(BY_NAME["partners"].example)])
        example = dict(BY_NAME["individual_prices"].example)
        dynamo = fresh.portal.dynamo  # type: ignore[attr-defined]
        before = sum(dynamo.calls.values())
        body = batch("individual_prices", *(example | {"id": f"p-{n}"} for n in range(5000)))
        answer = fresh.call("POST", "/exchange/v1/individual_prices", body)
        assert {result["outcome"] for result in answer.body["results"]} == {"written"} and len(body) < 4_000_000
        calls = sum(dynamo.calls.values()) - before
        print(f"{calls} calls for 5000 records")
        assert calls < 5000 / 5
