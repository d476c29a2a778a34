"""A 1C that sends files to the portal of a `Shop`, and the worker of its files fed with the queue's real messages."""

import importlib
import json
from typing import Any

from chalicelib.domain.exchange.exchange import ExchangeRun
from chalicelib.usecases.exchange import receive_files
from tests.exchange import commerceml as cml
from tests.exchange.conversation import Site
from tests.web.browser import Browser
from tests.web.shop import Shop

GOOD = cml.catalogue(cml.item("n1", "Дрель ударная", sku="ДУ-750"), cml.item("n2", "Краска", sku="КР-1"))
HALF_BAD = cml.catalogue(cml.item("n1", "Дрель ударная", sku="ДУ-750"), cml.item("n9", "Валик", group=cml.LOST))
PRICES_OF_NOTHING = cml.offers(cml.offer("ghost", "Призрак", prices={cml.RETAIL: "1"}, stock={cml.MOSCOW: "3"}))
CUT_OFF = GOOD[: len(GOOD) // 2] + b"</\xd0\x9a"


class Exchange(Site):
    """`administrator`: a browser signed in as the supplier's administrator."""

    def __init__(self, shop: Shop) -> None:
        self.runtime = shop.runtime
        self.app = importlib.import_module("app").app
        self.administrator: Browser = shop.staff()

    def run(self, *files: tuple[str, bytes], kind: str = "catalog", node: str = "УТ 11") -> ExchangeRun:
        """A session of 1C with these files, loaded."""
        now = self.runtime
        run, _ = receive_files.check_in(now.exchange, now.clock, node=node, kind=kind)
        for name, content in files:
            receive_files.receive_chunk(
                now.exchange, now.files, now.queues, now.clock, run=run, name=name, body=content, kind=kind
            )
            if receive_files.is_xml(name):
                receive_files.start_import(now.exchange, now.queues, run=run, name=name, kind=kind)
        self.work()
        return self.read(run.id)

    def read(self, run_id: str) -> ExchangeRun:
        found = self.runtime.exchange.run(run_id)
        assert found
        return found

    def do(self, page: str, form: str, **fields: str) -> Any:
        return self.administrator.submit(page, form, fields)

    def bury(self, queue: str, *messages: dict[str, Any]) -> None:
        """Dead letters, as they lie after the last attempt."""
        from chalicelib.settings import dead_letter_url

        url = dead_letter_url(self.runtime.settings.queues[queue])
        for number, message in enumerate(messages):
            fifo: dict[str, Any] = {}
            if url.endswith(".fifo"):
                fifo = {"MessageGroupId": "1c", "MessageDeduplicationId": f"{number}"}
            attributes: Any = {"trace": {"DataType": "String", "StringValue": f"t-{number}"}}
            self.runtime.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(message), MessageAttributes=attributes, **fifo)
