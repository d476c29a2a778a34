"""Rules of the JSON messages (J…)."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from infra.conformance.exchange import Exchange
from infra.conformance.report import Report
from infra.conformance.schema import Schemas

PREFIX = "/exchange/v1/"
SIZE, RECORDS = 4_000_000, 5_000
NAMED_FAULTS = 5


class Messages:
    """Sees every request to `/exchange/v1`. Remembers the revisions of objects and the keys of requests."""

    def __init__(self, report: Report, schemas: Schemas) -> None:
        self.report, self.schemas = report, schemas
        self.revisions: dict[tuple[str, str], tuple[int, str]] = {}
        self.keys: dict[str, str] = {}

    def see(self, one: Exchange) -> None:
        if not self.report.expect("D02", one.status != 401, one.place, "", "портал ответил 401"):
            return
        path = one.path[one.path.index(PREFIX) :]
        if not self.report.expect("J09", self._is_known(one.method, path), one.place, "", f"{one.method} {path}"):
            return
        if one.method == "POST":
            self._post(one, path)

    def _is_known(self, method: str, path: str) -> bool:
        steps = path.split("/")
        for known, operations in self.schemas.paths.items():
            parts = known.split("/")
            alike = len(parts) == len(steps) and all(a == b or a.startswith("{") for a, b in zip(parts, steps, strict=True))
            if alike and method.lower() in operations:
                return True
        return path == f"{PREFIX}openapi.json"

    def _post(self, one: Exchange, path: str) -> None:
        kind = one.headers.get("content-type", "").partition(";")[0].strip().lower()
        self.report.expect("J10", kind == "application/json", one.place, "", f"Content-Type «{kind}»")
        self._key(one)
        self.check_batch(one.body, path, one.place)
        self._reply(one)

    def _key(self, one: Exchange) -> None:
        key = one.headers.get("idempotency-key")
        if key:
            print_of = hashlib.sha256(one.target.encode() + b"\n" + one.body).hexdigest()
            former = self.keys.setdefault(key, print_of)
            self.report.expect("J05", former == print_of, one.place, f"ключ {key}", "уже был с другим телом")

    def _reply(self, one: Exchange) -> None:
        answer = loaded(one.reply)
        if one.status >= 400:
            told = answer.get("detail", "") if isinstance(answer, dict) else ""
            self.report.fault("R02", one.place, "", f"{one.status} {told}")
        elif isinstance(answer, dict):
            for row in answer.get("results", ()):
                refused = row.get("outcome") == "refused"
                self.report.expect("R02", not refused, one.place, str(row.get("id", "")), "; ".join(row.get("reasons", ())))

    # --- a batch, from the wire or from a file ------------------------------------------------------------------------

    def check_batch(self, body: bytes, path: str, place: str) -> None:
        """`path` is the address the body is for."""
        batch, found = loaded(body), self.schemas.record(path)
        if found is None:
            self._one_message(batch, path, place)
            return
        name, schema = found
        records = batch.get(name) if isinstance(batch, dict) else None
        if not self.report.expect("J01", isinstance(records, list), place, "", f"ожидается объект с массивом «{name}»"):
            return
        assert isinstance(records, list)
        fits = len(body) <= SIZE and len(records) <= RECORDS
        self.report.expect("J06", fits, place, "", f"{len(records)} записей, {len(body)} байт")
        self._repeats(name, records, place)
        for record in records:
            self._record(name, record, schema, place)

    def _one_message(self, message: Any, path: str, place: str) -> None:
        """What is no batch: a manifest, the acknowledgement of changes."""
        if self.schemas.body(path) and self.report.expect("J01", isinstance(message, dict), place, "", "ожидается объект"):
            faults = list(self.schemas.faults(message, self.schemas.body(path)))
            self.report.expect("J02", not faults, place, path, "; ".join(faults[:NAMED_FAULTS]))

    def _repeats(self, name: str, records: list[Any], place: str) -> None:
        counted = Counter(_key_of(record) for record in records if _key_of(record))
        again = [key for key, count in counted.items() if count > 1]
        self.report.expect("J07", not again, place, name, f"повторяются: {', '.join(again[:5])}")

    def _record(self, name: str, record: Any, schema: Mapping[str, Any], place: str) -> None:
        subject = f"{name} «{_called(record)}»"
        faults = list(self.schemas.faults(record, schema))
        if not self.report.expect("J02", not faults, place, subject, "; ".join(faults[:NAMED_FAULTS])):
            return
        self._revision(name, record, place, subject)
        self._links(record, place, subject)
        self._people(record, place)

    def _revision(self, name: str, record: dict[str, Any], place: str, subject: str) -> None:
        key, revision = _key_of(record), record.get("revision")
        if not key or not isinstance(revision, int):
            return
        print_of = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
        former, told = self.revisions.get((name, key), (0, ""))
        grown = self.report.expect("J03", revision >= former, place, subject, f"было {former}, стало {revision}")
        if revision == former:
            self.report.expect("J04", print_of == told, place, subject, f"запись изменилась, revision прежний: {revision}")
        if grown:
            self.revisions[name, key] = (revision, print_of)

    def _links(self, record: dict[str, Any], place: str, subject: str) -> None:
        """Contracts of a whole card name payers of the same card."""
        payers, contracts = record.get("counterparties"), record.get("contracts")
        if not isinstance(payers, list) or not isinstance(contracts, list):
            return
        known = {payer["id"] for payer in payers}
        for contract in contracts:
            payer = contract.get("counterparty_id")
            if payer:
                told = f"договор «{contract.get('name', '')}»: контрагент {payer} не передан"
                self.report.expect("J08", payer in known, place, subject, told)

    def _people(self, record: dict[str, Any], place: str) -> None:
        for contact in record.get("contacts") or ():
            if contact.get("portal_access") and not contact.get("deletion_mark"):
                self.report.expect(
                    "J11", contact.get("phone"), place, f"контактное лицо «{contact.get('name', '')}»", "телефона нет"
                )


def loaded(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def _key_of(record: Any) -> str:
    return str(record.get("id", "")) if isinstance(record, dict) else ""


def _called(record: Any) -> str:
    return str(record.get("name") or record.get("number") or record.get("id") or "")[:100] if isinstance(record, dict) else ""
