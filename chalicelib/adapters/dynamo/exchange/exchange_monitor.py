"""What the exchange monitor reads and does beside the journal itself: marks of the flows, files loaded again or skipped."""

from collections.abc import Mapping
from datetime import datetime

from chalicelib.adapters.dynamo.exchange.exchange_checks import check_text
from chalicelib.adapters.dynamo.exchange.exchange_summary import FLOWS, mark_action, mark_of, pending_key, settle, skipped
from chalicelib.adapters.dynamo.table import ConditionFailed, Key, Table, put, transact, update
from chalicelib.adapters.dynamo.times import instant_text
from chalicelib.domain.errors import Conflict
from chalicelib.domain.exchange.exchange import Check, ExchangeFile, FileState, Problem
from chalicelib.domain.exchange.flows import FlowMark

SKIPPED = "Файл пропущен администратором"


def _head_key(run_id: str) -> Key:
    return f"EXCHANGE#{run_id}", "HEAD"


def _file_key(run_id: str, name: str) -> Key:
    return f"EXCHANGE#{run_id}", f"FILE#{name}"


class DynamoMonitor:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    # --- marks of the flows -------------------------------------------------------------------------------------------

    def marks(self) -> Mapping[str, FlowMark]:
        return {item["SK"]: mark_of(item) for item in self.portal.query(FLOWS)}

    def succeeded(self, flow: str, now: datetime) -> None:
        transact(self.portal.client, [mark_action(self.portal, flow, now, failed=False)])

    def failed(self, flow: str, now: datetime, problem: Problem) -> None:
        transact(self.portal.client, [mark_action(self.portal, flow, now, problem, failed=True)])

    # --- files --------------------------------------------------------------------------------------------------------

    def requeue(self, run_id: str, file: ExchangeFile) -> None:
        sets = "SET #s = :queued REMOVE #e, started_at, finished_at, skipped"
        values = {":queued": FileState.QUEUED.value, ":was": file.state.value}
        names = {"#s": "state", "#e": "error"}
        queued = update(self.portal.name, _file_key(run_id, file.name), sets, "#s = :was", values, names)
        partition, sort = pending_key(file.seq)
        pending = put(self.portal.name, {"PK": partition, "SK": sort, "run": run_id, "file": file.name})
        try:
            transact(self.portal.client, [queued, *([pending] if file.seq else [])])
        except ConditionFailed as failed:
            raise Conflict("Файл %(name)s тем временем изменился: откройте страницу заново", name=file.name) from failed

    def skip(self, run_id: str, file: ExchangeFile, by: str, now: datetime) -> None:
        error = file.error or SKIPPED
        values = {":state": FileState.FAILED.value, ":error": error, ":by": by, ":now": instant_text(now)}
        sets = "SET #s = :state, #e = :error, skipped = :by, finished_at = :now REMOVE done"
        names = {"#s": "state", "#e": "error"}
        verdict = skipped(file.name, file.tallies, SKIPPED, now)
        settle(self.portal, _head_key(run_id), _file_key(run_id, file.name), sets, values, names, verdict)

    def keep_check(self, run_id: str, name: str, check: Check) -> None:
        self.portal.update(
            _file_key(run_id, name), "SET #c = :check", values={":check": check_text(check)}, names={"#c": "check"}
        )
