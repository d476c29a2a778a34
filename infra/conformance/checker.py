"""The whole watch: every request goes to the rules it concerns."""

from infra.conformance.dialogue import Dialogue
from infra.conformance.exchange import Exchange
from infra.conformance.known import Known
from infra.conformance.messages import PREFIX, Messages
from infra.conformance.report import Report
from infra.conformance.schema import Schemas


class Checker:
    """`see` is for one thread at a time."""

    def __init__(self, schemas: Schemas, report: Report | None = None) -> None:
        self.report = report or Report()
        self.known = Known()
        self.dialogue = Dialogue(self.report, self.known)
        self.messages = Messages(self.report, schemas)

    def see(self, one: Exchange) -> None:
        if PREFIX in one.path:
            self.messages.see(one)
        else:
            self.dialogue.see(one)

    def finish(self) -> Report:
        self.dialogue.finish()
        return self.report
