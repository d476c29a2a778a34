"""`/exchange/v1`: what 1C sends about people, as it comes over HTTP."""

import json
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import runtime
from chalicelib.domain.exchange.exchange import ExchangeFile, FileState, Tally
from chalicelib.domain.partners.partners import Confirmation, PartnerScope
from chalicelib.formats.messages import COMPANY_EXAMPLE, PARTNER_EXAMPLE
from tests.exchange.client import Sender, company, partner
from tests.people import CountingHasher, Portal, token_in


@pytest.fixture
def sender(aws: SimpleNamespace) -> Iterator[Sender]:
    yield Sender(Portal(hasher=CountingHasher()))
    runtime.use(None)


def journal(sender: Sender, run_id: str) -> ExchangeFile:
    run = sender.portal.runtime.exchange.run(run_id)
    assert run
    (file,) = run.files
    return file


def letters(sender: Sender) -> list[Any]:
    return [row.body for row in sender.portal.runtime.outbox.pending("messages")]


def test_the_documented_example_becomes_a_partner(sender: Sender) -> None:
    """PT-01, PT-03, PT-06, PT-07, PT-08, PT-09, PT-11, PT-12: partner, payer, contract with its terms, address, manager."""
    (result,) = sender.partners(PARTNER_EXAMPLE)
    assert result == {"id": PARTNER_EXAMPLE["id"], "outcome": "written", "reasons": []}
    scope = PartnerScope(PARTNER_EXAMPLE["id"])
    account = sender.portal.runtime.partners.account(scope)
    assert account and account.manager and account.partner.region == "Санкт-Петербург"
    assert (account.partner.price_group, account.partner.warehouse_id) == ("Опт", PARTNER_EXAMPLE["warehouse_id"])
    assert account.manager.name == "Смирнова Ольга Петровна"
    assert account.counterparties[0].inn == "7801234564"
    contract = account.contracts[0]
    assert (contract.prepayment, contract.payment_deferral, contract.currency, contract.is_default) == (100, 0, "RUB", True)
    assert (contract.confirmation, contract.inbound_buffer_days) == (Confirmation.CLIENT_ON_CHANGE, 1)
    (address,) = sender.portal.runtime.partners.addresses(scope)
    assert (str(address.latitude), str(address.max_load_kg)) == ("59.844112", "5000")
    assert address.entry_pass == "Пропуск заказать до 16:00 накануне"


def test_a_contact_with_the_flag_is_invited_and_gets_in(sender: Sender) -> None:
    """AC-04, AC-05, AC-07, AC-09: 1C's contact becomes a user whose phone is his login; the letter's link lets him in."""
    sender.partners(partner())
    (mail,) = [letter for letter in letters(sender) if letter["channel"] == "mail"]
    assert mail["to"] == "c1@dealer.example"
    signed_in = sender.portal.accept(token_in(mail["text"].replace("http://127.0.0.1:8000", "https://b2b.example")))
    assert sender.portal.runtime.visitor(signed_in.token).name == "Кузнецов Иван Андреевич"
    assert sender.portal.sign_in("+79160000001").session.partner_id == "partner-1"


def test_a_repeat_is_acknowledged_and_sends_no_second_letter(sender: Sender) -> None:
    sender.partners(partner())
    before = len(letters(sender))
    (again,) = sender.partners(partner())
    assert (again["outcome"], len(letters(sender)), before) == ("unchanged", 2, 2)


@pytest.mark.parametrize("change", [{"portal_access": False}, {"deletion_mark": True}])
def test_a_cleared_flag_of_the_partner_throws_its_people_out(sender: Sender, change: dict[str, bool]) -> None:
    """AC-10."""
    sender.partners(partner())
    token = sender.portal.accept(token_in(letters(sender)[0]["text"].replace("http:", "https:"))).token
    sender.portal.clock.pass_by(seconds=1)
    sender.partners(partner(revision=2, **change))
    with pytest.raises(Exception, match="Войдите"):
        sender.portal.runtime.visitor(token)


@pytest.mark.parametrize("change", [{"portal_access": False}, {"deletion_mark": True}])
def test_a_cleared_flag_of_the_contact_throws_him_out(sender: Sender, change: dict[str, bool]) -> None:
    """AC-11."""
    sender.partners(partner())
    token = sender.portal.accept(token_in(letters(sender)[0]["text"].replace("http:", "https:"))).token
    sender.portal.clock.pass_by(seconds=1)
    card = partner(revision=2)
    card["contacts"][0] |= change
    sender.partners(card)
    with pytest.raises(Exception, match="Войдите"):
        sender.portal.runtime.visitor(token)


BROKEN = [
    ({"name": None}, "name: нужна строка"),
    ({"colour": "red"}, "colour: неизвестное поле"),
    ({"portal_access": "да"}, "portal_access: нужно true или false"),
    ({"revision": 0}, "revision: меньше 1"),
    ({"revision": "семь"}, "revision: нужно целое число"),
    ({"id": ""}, "id: недопустимое значение"),
    ({"contracts": "нет"}, "contracts: нужен массив"),
    ({"contracts": [{"id": "k"}]}, "contracts[0].name: не указано; contracts[0].price_type_id: не указано"),
    ({"delivery_addresses": [{"id": "a", "name": "А", "latitude": 200}]}, "delivery_addresses[0].latitude: больше 90"),
    ({"contacts": [{}] * 501}, "contacts: больше 500 записей"),
]


@pytest.mark.parametrize(("change", "reason"), BROKEN, ids=[reason for _, reason in BROKEN])
def test_a_broken_record_is_refused_alone_by_its_name(sender: Sender, change: dict[str, Any], reason: str) -> None:
    first, bad, last = sender.partners(partner(1), partner(2, name="Партнёр 2") | change, partner(3))
    assert (first["outcome"], bad["outcome"], last["outcome"]) == ("written", "refused", "written")
    (told,) = bad["reasons"]
    assert told.startswith("Партнёр «") and reason in told
    assert sender.portal.runtime.partners.account(PartnerScope("partner-2")) is None


@pytest.mark.parametrize("record", [None, 7, "x", [], {}, True])
def test_a_record_that_is_no_object_is_refused(sender: Sender, record: Any) -> None:
    (result,) = sender.partners(record)
    assert result["outcome"] == "refused" and "«без наименования»" in result["reasons"][0]


def test_a_price_in_a_word_and_a_nan_are_no_numbers(sender: Sender) -> None:
    body = b'{"partners": [{"id": "p", "revision": NaN, "name": "x", "portal_access": true}]}'
    assert sender.call("POST", "/exchange/v1/partners", body).status == 422


def test_a_contact_with_a_bad_phone_is_told_and_the_rest_is_taken(sender: Sender) -> None:
    card = partner()
    card["contacts"] += [{"id": "c-bad", "name": "Без телефона", "phone": "доб. 5", "portal_access": True}]
    (result,) = sender.partners(card)
    assert result["outcome"] == "written"
    assert result["reasons"] == ["Контактное лицо «Без телефона»: Телефон «доб. 5» не похож на номер"]
    account = sender.portal.runtime.partners.account(PartnerScope("partner-1"))
    assert account and len(account.members) == 1


def test_a_taken_phone_is_told(sender: Sender) -> None:
    """AC-08."""
    sender.partners(partner(1), partner(2))
    card = partner(2, revision=2)
    card["contacts"][0]["phone"] = "+7 916 000-00-01"
    (result,) = sender.partners(card)
    assert result["outcome"] == "written"
    assert "уже занят другим пользователем" in result["reasons"][0]


def test_the_journal_counts_every_record(sender: Sender) -> None:
    sender.partners(partner(1))
    answer = sender.post("partners", [partner(1), partner(2), {"id": "x"}])
    file = journal(sender, answer.body["run"])
    assert (file.name, file.state, file.error) == ("partners", FileState.DONE, "")
    assert file.tallies == {"partners": Tally(read=3, written=1, unchanged=1, refused=1)}
    assert [problem.id for problem in file.problems] == ["x"]
    assert file.size > 1000
    assert sender.portal.runtime.exchange.runs()[0].id == answer.body["run"]


UNREADABLE = [
    (b"", "Это не JSON"),
    (b"{", "Это не JSON: ошибка в строке 1, позиция 2"),
    (b"[]", "Ожидается объект с полем «partners»"),
    (b'{"partners": {}}', "Ожидается объект с полем «partners»"),
    (b'{"partners": [], "x": 1}', "Неизвестное поле «x»"),
    ('{"partners": ["Дилер"]}'.encode("windows-1251"), "Текст не в кодировке UTF-8: байт 15"),
    (b'{"partners": ' + b"[" * 100_000, "Это не JSON, который можно прочитать"),
    (b'{"partners": [' + b" " * 4_000_000 + b"]}", "Запрос больше 4 МБ"),
    (json.dumps({"partners": [1] * 5001}).encode(), "больше 5000 записей"),
]


@pytest.mark.parametrize(("body", "detail"), UNREADABLE, ids=[detail for _, detail in UNREADABLE])
def test_a_batch_that_cannot_be_read_is_a_problem_document_and_in_the_journal(sender: Sender, body: bytes, detail: str) -> None:
    answer = sender.call("POST", "/exchange/v1/partners", body)
    assert (answer.status, answer.content_type) == (422, "application/problem+json")
    assert (answer.body["title"], answer.body["status"]) == ("Запрос не разобран", 422)
    assert detail in answer.body["detail"]
    (run,) = sender.portal.runtime.exchange.runs()
    file = journal(sender, run.id)
    assert (file.state, file.error) == (FileState.FAILED, answer.body["detail"])


def test_a_byte_order_mark_is_taken(sender: Sender) -> None:
    body = b"\xef\xbb\xbf" + json.dumps({"partners": [partner()]}).encode()
    assert sender.call("POST", "/exchange/v1/partners", body).body["results"][0]["outcome"] == "written"


def test_many_records_in_one_batch(sender: Sender) -> None:
    results = sender.partners(*(partner(number) for number in range(1, 61)))
    assert {result["outcome"] for result in results} == {"written"}
    assert [result["id"] for result in results] == [f"partner-{number}" for number in range(1, 61)]


def test_what_time_does_not_allow_is_postponed_not_lost(sender: Sender) -> None:
    clock = sender.portal.clock
    stores = sender.portal.runtime.partners
    real = stores.save

    def slow(*given: Any) -> Any:
        clock.pass_by(seconds=30)
        return real(*given)

    stores.save = slow  # type: ignore[method-assign]
    outcomes = [result["outcome"] for result in sender.partners(*(partner(number) for number in range(1, 41)))]
    stores.save = real  # type: ignore[method-assign]
    assert set(outcomes) == {"written", "postponed"}
    again = [result["outcome"] for result in sender.partners(*(partner(number) for number in range(1, 41)))]
    assert set(again) <= {"written", "unchanged"}
    assert again.count("written") == outcomes.count("postponed")


def test_companies_are_written_once(sender: Sender) -> None:
    body = [company(1), company(2, bik="12")]
    first, bad = sender.post("companies", body).body["results"]
    assert (first["outcome"], bad["outcome"]) == ("written", "refused")
    assert bad["reasons"] == [f"Организация «{COMPANY_EXAMPLE['name']}»: bik: недопустимое значение"]
    assert sender.post("companies", body[:1]).body["results"][0]["outcome"] == "unchanged"
    kept = sender.portal.runtime.partners.company(None)
    assert kept and (kept.id, kept.bik) == ("company-1", "044525225")


def test_a_store_that_fails_is_a_500_document_and_the_run_is_ended(sender: Sender) -> None:
    class Failing:
        def save(self, *given: Any) -> Any:
            raise ConnectionError("the store is gone")

    sender.portal.runtime.partners = Failing()  # type: ignore[assignment]
    answer = sender.post("partners", [partner()])
    assert (answer.status, answer.content_type) == (500, "application/problem+json")
    assert "store" not in str(answer.body)
    (run,) = sender.portal.runtime.exchange.runs()
    assert journal(sender, run.id).state is FileState.FAILED


def test_the_openapi_document_describes_every_field_in_russian(sender: Sender) -> None:
    answer = sender.call("GET", "/exchange/v1/openapi.json", headers={})
    assert (answer.status, answer.body["openapi"]) == (200, "3.1.0")
    schemas = answer.body["components"]["schemas"]
    for name in ("PartnerMessage", "ContactMessage", "ContractMessage", "CounterpartyMessage", "DeliveryAddressMessage"):
        fields = schemas[name]["properties"]
        assert all(field.get("description") for field in fields.values()), name
        assert schemas[name]["additionalProperties"] is False


def test_the_openapi_document_is_whole(sender: Sender) -> None:
    """Every reference leads somewhere."""
    document = sender.call("GET", "/exchange/v1/openapi.json", headers={}).body
    references = set(_references(document))
    assert references
    for reference in references:
        assert reference.removeprefix("#/components/schemas/") in document["components"]["schemas"]


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from ([node["$ref"]] if "$ref" in node else [])
        for inner in node.values():
            yield from _references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _references(inner)


def test_nothing_is_read_before_the_sender_is_known(sender: Sender) -> None:
    """AC-01."""
    for kind in ("partners", "companies"):
        answer = sender.post(kind, [partner()], headers={})
        assert (answer.status, answer.content_type) == (401, "application/problem+json")
    assert sender.portal.runtime.exchange.runs() == ()


def test_a_changed_password_of_the_node_is_asked_for_within_minutes(sender: Sender) -> None:
    sender.partners(partner())
    exchange = sender.portal.runtime.exchange
    node = exchange.node("1c")
    assert node
    exchange.save_node(replace(node, password_hash="другой"))
    sender.portal.clock.pass_by(minutes=5)
    assert sender.post("partners", [partner()]).status == 401
