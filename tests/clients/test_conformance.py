"""The conformance kit: the four clients keep every rule, and each purpose-made fault breaks its own and no other."""

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from infra.conformance.__main__ import main
from infra.conformance.checker import Checker
from infra.conformance.exchange import Exchange
from infra.conformance.listen import Listener
from infra.conformance.offline import check_paths
from infra.conformance.package import of_package, of_portal
from infra.conformance.report import Report
from infra.conformance.rules import RULES
from infra.conformance.upstream import Behind, StandIn, Upstream
from infra.demo.supplier import Supplier
from infra.simulator.book import OrderBook
from infra.simulator.client import ExchangeRefused, Site
from infra.simulator.clients import Configuration, Unf
from infra.simulator.play import VARIANTS
from infra.simulator.state import State
from tests.clients.faults import FAULTS, Fault, Talk
from tests.clients.real_portal import RealPortal
from tests.infra.programs import free_port, listens, running, wait_until

NOW = datetime(2026, 11, 21, 9, 5, 7)


@contextmanager
def listening(upstream: Upstream) -> Iterator[Listener]:
    listener = Listener("127.0.0.1", 0, upstream, Checker(of_package()), lambda _: None)
    listener.keep = True
    threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield listener
    listener.shutdown()
    listener.server_close()


def client(name: str, address: str, small: Supplier, folder: Path) -> Configuration:
    book = OrderBook(State(folder / "book.json"), small, lambda: NOW)
    made = VARIANTS[name](Site(address, "1c", "1c"), small, book, lambda: NOW)
    made.portion = 10
    if isinstance(made, Unf):
        made.manners = replace(made.manners, pause=0.001)
    return made


def whole_exchange(one: Configuration) -> None:
    one.test_connection()
    one.push_people()
    one.send_goods()
    one.send_changes([item.id for item in one.supplier.items[:5]])
    one.take_orders()
    one.answer_orders()
    one.push_records()


@pytest.mark.parametrize("name", [name for name in VARIANTS if name != "bus-no-success"])
def test_the_four_clients_keep_every_rule(small: Supplier, tmp_path: Path, name: str) -> None:
    """IN-04: what plays as 1C does passes the kit that a contractor's side is held to."""
    with listening(StandIn("1c", "1c", of_package())) as listener:
        whole_exchange(client(name, f"http://127.0.0.1:{listener.server_port}", small, tmp_path))
        report = listener.checker.finish()
    assert report.broken == [], report.text()
    assert not report.failed and report.summary().startswith("Пройдено")
    looked_at = {id for id, verdict in report.verdicts.items() if verdict.held}
    assert looked_at >= {"D01", "D11", "F01", "C04", "P01", "P03", "O01", "O02", "J02"}, report.text()


@pytest.fixture(scope="module")
def talk(small: Supplier, tmp_path_factory: pytest.TempPathFactory) -> Talk:
    """A whole exchange of УТ without a fault."""
    with listening(StandIn("1c", "1c", of_package())) as listener:
        whole_exchange(client("ut", f"http://127.0.0.1:{listener.server_port}", small, tmp_path_factory.mktemp("book")))
        return list(listener.seen)


def watched(talk: Talk) -> Report:
    checker = Checker(of_package())
    for one in talk:
        checker.see(one)
    return checker.finish()


@pytest.mark.parametrize(("rule", "fault"), [(rule, fault) for _, rule, fault in FAULTS], ids=[name for name, *_ in FAULTS])
def test_a_fault_breaks_its_rule_and_no_other(talk: Talk, rule: str, fault: Fault) -> None:
    """IN-04: what a contractor's side does wrong is told by its name, with the request, the object and the way to mend it."""
    report = watched(fault(talk))
    assert report.broken == [rule], report.text()
    (finding, *_) = report.verdicts[rule].findings
    assert finding.line()
    assert report.failed is not RULES[rule].advice
    assert finding.line() in report.text() and RULES[rule].mend in report.text()


def test_every_message_of_the_protocol_is_known_to_the_kit() -> None:
    """IN-04: the documented examples of all addresses are without fault, and the stand-in answers them."""
    schemas, checker = of_package(), Checker(of_package())
    stand_in = StandIn("1c", "1c", schemas)
    signed = {"authorization": stand_in.authorization, "content-type": "application/json"}
    for number, (path, operations) in enumerate(schemas.paths.items()):
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            body = json.dumps(content["example"]).encode() if content else b""
            answer = stand_in.answer(method.upper(), path, signed, body)
            checker.see(Exchange(number, method.upper(), path, signed, body, answer.status, answer.body))
    report = checker.finish()
    assert report.broken == [], report.text()
    assert report.verdicts["J02"].held >= len(schemas.paths) - 3


def test_there_is_a_fault_for_every_rule() -> None:
    print(f"{len(FAULTS)} faults, {len(RULES)} rules")
    assert {rule for _, rule, _ in FAULTS} == set(RULES)


def test_the_conversation_it_starts_from_is_without_fault(talk: Talk) -> None:
    assert watched(talk).broken == []


# --- the ways to use it -----------------------------------------------------------------------------------------------


def test_before_a_real_portal_it_passes_everything_on(small: Supplier, tmp_path: Path, real_portal: RealPortal) -> None:
    """IN-04: as a proxy it changes nothing; what the portal says of orders and records is watched too."""
    with listening(Behind(real_portal.address)) as listener:
        one = client("ut", f"http://127.0.0.1:{listener.server_port}", small, tmp_path)
        one.pictures = False
        one.push_people()
        one.send_goods()
        number = real_portal.order(real_portal.dealer(), (small.items[0].id, 1))
        assert [order.number for order in one.take_orders()] == [number]
        one.answer_orders()
        report = listener.checker.finish()
    assert report.broken == [], report.text()
    assert report.verdicts["O01"].held == 1
    assert set(of_portal(real_portal.address).paths) == set(of_package().paths)


def test_what_the_portal_refuses_is_told(small: Supplier, tmp_path: Path, real_portal: RealPortal) -> None:
    one = replace(small, items=(replace(small.items[0], group_id="unheard-of"), *small.items[1:]))
    with listening(Behind(real_portal.address)) as listener:
        sender = client("unf", f"http://127.0.0.1:{listener.server_port}", one, tmp_path)
        sender.pictures = False
        sender.send_goods()
        report = listener.checker.finish()
    assert {"C04", "R01"} <= set(report.broken)
    assert "unheard-of" in report.verdicts["R01"].findings[0].detail


def files_of(talk: Talk, folder: Path) -> Path:
    """What lies in the folder of an exchange."""
    for one in talk:
        if one.mode == "file" and one.query["type"] == "catalog":
            path = folder / one.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(one.body)
        elif one.path.endswith("/partners"):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "partners.json").write_bytes(one.body)
    return folder


def test_a_folder_of_files_is_checked_without_a_portal(talk: Talk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = files_of([one for one in talk if "_1.xml" not in one.name or "import" in one.name], tmp_path / "upload")
    whole = next(one for one in talk if one.name == "offers0_1.xml")
    (folder / whole.name).write_bytes(whole.body)
    assert main(["check", str(folder), "--report", str(tmp_path / "report")]) == 0
    said = capsys.readouterr().out
    data = json.loads((tmp_path / "report" / "report.json").read_text())
    assert data["passed"] and data["summary"] in said and data["summary"].startswith("Пройдено")
    assert {row["id"] for row in data["rules"] if row["held"]} >= {"F01", "F08", "C04", "P03", "P10", "J02"}

    goods = folder / "import0_2.xml"
    goods.write_text(goods.read_text("utf-8").replace("<Ставка>22", "<Ставка>двадцать"), "utf-8")
    assert main(["check", str(folder), "--report", str(tmp_path / "report")]) == 1
    said = capsys.readouterr().out
    assert "✗ C08" in said and "import0_2.xml, строка" in said and "двадцать" in said and RULES["C08"].mend in said
    page = (tmp_path / "report" / "report.html").read_text("utf-8")
    assert "двадцать" in page and "<script" not in page
    assert main(["check", str(tmp_path / "нет такого")]) == 2


def test_files_by_themselves_are_held_against_each_other(talk: Talk, tmp_path: Path) -> None:
    """Told apart by what is in them, whatever they are called and in what order they are given."""
    folder = files_of([one for one in talk if one.name in ("import0_2.xml", "offers0_2.xml", "import0_1.xml")], tmp_path)
    goods, offers, first = (folder / name for name in ("import0_2.xml", "offers0_2.xml", "import0_1.xml"))
    names = [path.rename(folder / name) for path, name in ((offers, "a.xml"), (goods, "b.xml"), (first, "c.xml"))]
    report = check_paths(names, of_package())
    assert report.broken == []
    assert all(report.verdicts[rule].held >= 10 for rule in ("C04", "C07", "P03")), "dictionaries, then goods, then offers"
    names[1].unlink()
    assert check_paths([names[0], names[2]], of_package()).broken == ["P03"], "the goods of these offers are not there"
    assert check_paths([names[0]], of_package()).broken == []


def test_the_command_listens_until_it_is_stopped(small: Supplier, tmp_path: Path) -> None:
    """The command itself: it says what comes while it comes, and ends with the summary and the exit code."""
    port = free_port()
    with running("infra.conformance", "--port", port, "--report", tmp_path / "report") as program:
        wait_until(lambda: listens(port), "listening")
        client("upp", f"http://127.0.0.1:{port}", small, tmp_path).send_goods()
        program.send_signal(signal.SIGINT)
        said, _ = program.communicate(timeout=30)
    assert program.returncode == 0, said
    assert "mode=checkauth" in said and "mode=import, offers.xml → 200 success" in said and "Пройдено" in said
    assert (tmp_path / "report" / "report.html").exists()


def test_the_command_fails_with_the_contractor(small: Supplier, tmp_path: Path) -> None:
    port = free_port()
    with running("infra.conformance", "listen", "--port", port, "--idle", 1, "--report", tmp_path / "report") as program:
        wait_until(lambda: listens(port), "listening")
        with pytest.raises(ExchangeRefused):
            Site(f"http://127.0.0.1:{port}", "1c", "мимо").open("catalog")
        said, _ = program.communicate(timeout=30)
    assert program.returncode == 1, said
    assert "✗ D02" in said and "Пройдено" in said
