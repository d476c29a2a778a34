"""The portal at a real HTTP address with the workers of its imports at work, for a simulated 1C to speak with."""

import re
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from app import app
from chalicelib import runtime
from chalicelib.adapters.passwords import Argon2Hasher
from chalicelib.domain.exchange.exchange import ExchangeNode, ExchangeRun
from chalicelib.runtime import Runtime
from chalicelib.usecases.access.invitations import accept_invitation, invite
from chalicelib.usecases.catalogue.publish_snapshot import publish_snapshot
from chalicelib.workers.imports import imports
from chalicelib.workers.worker import consume_batch
from infra.demo import SIGN_INS
from infra.local.gateway import Gateway, Server
from tests.people import PASSWORD, token_in
from tests.web.browser import Browser

LOGIN = "1c"
PLENTY = SimpleNamespace(get_remaining_time_in_millis=lambda: 900_000)


class RealPortal:
    """One exchange account, `1c`/`1c`. `patience`: seconds an `import` waits before it says `progress`."""

    def __init__(self, patience: float = 5, **node: Any) -> None:
        self.runtime = Runtime()
        self.runtime.exchange_patience = timedelta(seconds=patience)
        runtime.use(self.runtime)
        self.runtime.exchange.save_node(ExchangeNode(LOGIN, Argon2Hasher().hash(LOGIN), **node))
        self.stopping, self.paused = threading.Event(), threading.Event()
        self.failures: list[str] = []
        self.address = ""

    def work(self) -> None:
        """What Lambda's event source does with the queue of imports, until the test is over."""
        sqs, url = self.runtime.sqs, self.runtime.settings.queues["imports"]
        while not self.stopping.is_set():
            found = [] if self.paused.is_set() else sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1).get("Messages", [])
            records = [{"messageId": one["MessageId"], "body": one["Body"]} for one in found]
            if records and self._failed(records):
                self.failures += [record["body"] for record in records]
            for one in found:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
            if not found:
                self.stopping.wait(0.03)

    @staticmethod
    def _failed(records: list[dict[str, Any]]) -> bool:
        """A thread that dies would leave 1C asking for ever."""
        try:
            return consume_batch(imports, records, PLENTY, in_order=True) != {"batchItemFailures": []}
        except Exception:
            traceback.print_exc()
            return True

    def settle(self) -> None:
        """Wait for the files nobody asks after."""
        for _ in range(400):
            if all(file.finished_at for run in self.runs() for file in run.files):
                return
            self.stopping.wait(0.05)
        raise AssertionError("files are not loaded")

    def runs(self) -> list[ExchangeRun]:
        """Those that brought files, oldest first, files and all."""
        found = (self.runtime.exchange.run(run.id) for run in self.runtime.exchange.runs())
        return sorted((run for run in found if run), key=lambda run: run.number)

    def node(self, **changes: Any) -> None:
        known = self.runtime.exchange.node(LOGIN)
        assert known
        self.runtime.exchange.save_node(replace(known, **changes))

    # --- a dealer -----------------------------------------------------------------------------------------------------

    def dealer(self) -> Browser:
        """The first contact of the demo's first dealer, with the search of the site up to date."""
        now, phone = self.runtime, SIGN_INS[0][1]
        publish_snapshot(now.catalogue, now.categories, now.files, now.snapshot_writer, clock=now.clock, asked_at=None)
        user = now.users.by_login("".join(phone.replace("-", "").split()))
        assert user, "partners are not loaded"
        browser = Browser()
        if not user.password_hash:
            (row,) = invite(now.users, now.outbox, now.clock, user=user, public_url="https://b2b.example")[:1]
            self._accept(token_in(row.body["text"]))
        assert browser.sign_in(phone, PASSWORD).status == 303
        return browser

    def _accept(self, token: str) -> None:
        now = self.runtime
        accept_invitation(now.users, now.sessions, now.partners, now.hasher, now.clock, token=token, password=PASSWORD)

    def order(self, browser: Browser, *lines: tuple[str, int], comment: str = "") -> str:
        """The number of a new order, taken away by the dealer himself."""
        for item_id, quantity in lines:
            fields = {"only": item_id, f"quantity:{item_id}": str(quantity)}
            assert browser.submit("/catalogue", "/cart/put", fields).status == 303
        page = browser.get("/checkout")
        fields = {name: page.hidden(name) for name in ("form_token", "generation", "seen")}
        payer = _first_payer(page.text)
        answer = browser.post("/checkout", fields | {"counterparty_id": payer, "delivery_method": "pickup", "comment": comment})
        assert answer.status == 303, answer.text
        return answer.location.removeprefix("/orders/").removesuffix("?placed=1")


def _first_payer(page: str) -> str:
    select = page[page.index('name="counterparty_id"') :]
    found = re.search(r'value="([0-9a-f-]{36})"', select)
    assert found
    return found[1]


@contextmanager
def serving(portal: RealPortal) -> Iterator[RealPortal]:
    kind = app.__class__
    server = Server(0, Gateway(app))
    threads = [
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True),
        threading.Thread(target=portal.work, daemon=True),
    ]
    for thread in threads:
        thread.start()
    portal.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield portal
    finally:
        portal.stopping.set()
        threads[1].join(10)
        server.shutdown()
        server.server_close()
        app.__class__ = kind
        runtime.use(None)
    assert portal.failures == []
