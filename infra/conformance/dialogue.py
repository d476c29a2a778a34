"""The conversation of the site exchange, request by request (D…), with the files that come in it."""

import re
from dataclasses import dataclass, field, replace
from tempfile import TemporaryFile
from typing import IO

from lxml import etree

from infra.conformance.answers import Answers
from infra.conformance.exchange import Exchange
from infra.conformance.files import check_archive, check_file, safe
from infra.conformance.known import GivenOrder, Known
from infra.conformance.report import Report
from infra.conformance.rows import children, text

PATHS = ("/exchange/1c", "/bitrix/admin/1c_exchange.php")
TYPES = frozenset({"catalog", "sale"})
MODES = frozenset(
    {"checkauth", "init", "file", "import", "query", "success", "info", "deactivate", "complete"}
)  # fmt: skip
_END = re.compile("</КоммерческаяИнформация>\\s*$".encode())
_END_1251 = re.compile("</КоммерческаяИнформация>\\s*$".encode("cp1251"))


@dataclass
class Received:
    """A file as it comes. Of a picture only the size is kept. `checked`: the rules have seen it."""

    name: str
    content: IO[bytes] | None
    size: int = 0
    tail: bytes = b""
    checked: bool = False

    def take(self, chunk: bytes) -> None:
        self.size += len(chunk)
        self.tail = (self.tail + chunk[-200:])[-200:]
        if self.content:
            self.content.write(chunk)

    @property
    def whole(self) -> bool:
        return bool(_END.search(self.tail) or _END_1251.search(self.tail))


@dataclass
class Sitting:
    """A session: from `checkauth` on. `asked` are the orders of its last `query`; `pending` files that are `progress`."""

    cookie: str
    sessid: str
    begun: bool = False
    limit: int = 0
    files: dict[str, Received] = field(default_factory=dict)
    inner: set[str] = field(default_factory=set)
    queried: bool = False
    asked: tuple[str, ...] = ()
    acknowledged: bool = True
    pending: dict[str, str] = field(default_factory=dict)


class Dialogue:
    """Sees every request of the exchange in its order."""

    def __init__(self, report: Report, known: Known) -> None:
        self.report, self.known = report, known
        self.sittings: list[Sitting] = []

    def see(self, one: Exchange) -> None:
        path = one.path.rstrip("/")
        if not self.report.expect("D07", any(path.endswith(known) for known in PATHS), one.place, "", one.path):
            return
        if not self._command(one) or not self.report.expect("D02", one.status != 401, one.place, "", "портал ответил 401"):
            return
        if one.mode == "checkauth":
            self._check_in(one)
            return
        sitting = self._sitting(one)
        if sitting is not None:
            self._do(one, sitting)

    def _command(self, one: Exchange) -> bool:
        kind = one.query.get("type", "")
        known = self.report.expect("D08", kind in TYPES and one.mode in MODES, one.place, "", f"type={kind}, mode={one.mode}")
        method = "POST" if one.mode == "file" else "GET"
        right = not known or self.report.expect("D06", one.method == method, one.place, "", f"{one.method} вместо {method}")
        return known and right

    # --- sessions -----------------------------------------------------------------------------------------------------

    def _check_in(self, one: Exchange) -> None:
        lines = one.answer.split("\n")
        if one.verdict != "success" or len(lines) < 3:
            return
        self.report.expect("D01", True, one.place)
        sessid = next((line.removeprefix("sessid=") for line in lines[3:] if line.startswith("sessid=")), "")
        self.sittings.append(Sitting(f"{lines[1]}={lines[2]}", sessid))

    def _sitting(self, one: Exchange) -> Sitting | None:
        """By its cookie, else by its sessid, else the last one."""
        if not self.report.expect("D01", self.sittings, one.place, "", "checkauth не было"):
            return None
        by_cookie = next((known for known in reversed(self.sittings) if known.cookie in one.cookies), None)
        given = one.headers.get("cookie", "")
        told = f"Cookie «{given}» не из ответа checkauth" if given else "нет заголовка Cookie"
        self.report.expect("D03", by_cookie, one.place, "", told)
        by_sessid = next((known for known in reversed(self.sittings) if known.sessid == one.query.get("sessid")), None)
        found = by_cookie or by_sessid or self.sittings[-1]
        if "sessid" in one.query:
            self.report.expect("D04", one.query["sessid"] == found.sessid, one.place, "", f"sessid «{one.query['sessid']}»")
        return found

    def _do(self, one: Exchange, sitting: Sitting) -> None:
        if one.mode == "init":
            self._init(one, sitting)
        elif one.mode in ("file", "import"):
            self._file_call(one, sitting)
        elif one.mode == "query":
            self._query(one, sitting)
        elif one.mode == "success":
            self._success(one, sitting)

    def _init(self, one: Exchange, sitting: Sitting) -> None:
        sitting.begun = True
        found = re.search(r"file_limit=(\d+)", one.answer)
        sitting.limit = int(found[1]) if found else 0

    # --- files --------------------------------------------------------------------------------------------------------

    def _file_call(self, one: Exchange, sitting: Sitting) -> None:
        if not self.report.expect("D09", one.name, one.place):
            return
        if not self.report.expect("D10", safe(one.name), one.place, one.name):
            return
        if one.mode == "file":
            self._chunk(one, sitting)
        else:
            self._import(one, sitting)

    def _chunk(self, one: Exchange, sitting: Sitting) -> None:
        self.report.expect("D05", sitting.begun, one.place, one.name, "init в этом сеансе не было")
        if not self.report.expect("D13", one.body, one.place, one.name, "0 байт"):
            return
        form = one.headers.get("content-type", "").startswith(("multipart/", "application/x-www-form-urlencoded"))
        packed = one.headers.get("content-encoding", "identity") != "identity"
        if not self.report.expect("D12", not form and not packed, one.place, one.name, one.headers.get("content-type", "")):
            return
        if sitting.limit:
            told = f"{len(one.body)} байт при file_limit={sitting.limit}"
            self.report.expect("D11", len(one.body) <= sitting.limit, one.place, one.name, told)
        self._take(sitting, one)

    def _take(self, sitting: Sitting, one: Exchange) -> None:
        received = sitting.files.get(one.name)
        if received is None or received.checked:
            kept = one.name.lower().endswith((".xml", ".zip"))
            received = sitting.files[one.name] = Received(one.name, TemporaryFile() if kept else None)  # noqa: SIM115 - closed when checked
        received.take(one.body)
        self.known.sent.add(one.name)
        if received.content and received.whole:
            self._check(sitting, received)

    def _import(self, one: Exchange, sitting: Sitting) -> None:
        self._unpack(sitting)
        came = one.name in sitting.files or one.name in sitting.inner
        if not self.report.expect("D14", came, one.place, one.name, "такой файл не передавался"):
            return
        if one.name in sitting.files:
            self._check(sitting, sitting.files[one.name])
        if one.verdict == "progress":
            if one.query["type"] == "catalog":  # УНФ asks once after its answers to orders, УПП not at all
                sitting.pending[one.name] = one.place
            return
        if sitting.pending.pop(one.name, None):
            self.report.expect("D15", True, one.place)
        reason = one.answer.partition("\n")[2]
        self.report.expect("R01", one.verdict != "failure" and not reason, one.place, one.name, reason)

    def _unpack(self, sitting: Sitting) -> None:
        for received in sitting.files.values():
            if received.name.lower().endswith(".zip"):
                self._check(sitting, received)

    def _check(self, sitting: Sitting, received: Received) -> None:
        if received.checked or received.content is None:
            return
        received.checked = True
        with received.content as content:
            content.seek(0)
            if received.name.lower().endswith(".zip"):
                sitting.inner.update(check_archive(self.report, self.known, received.name, content))  # type: ignore[arg-type]
            else:
                check_file(self.report, self.known, received.name, content)

    # --- orders -------------------------------------------------------------------------------------------------------

    def _query(self, one: Exchange, sitting: Sitting) -> None:
        given = _orders(one.reply)
        sitting.queried, sitting.asked = True, tuple(order.number for order in given)
        sitting.acknowledged = not given
        for order in given:
            known = self.known.orders.get(order.number)
            self.known.orders[order.number] = replace(order, taken=known.taken if known else False)

    def _success(self, one: Exchange, sitting: Sitting) -> None:
        if not self.report.expect("D16", sitting.queried, one.place, "", "query в этом сеансе не было"):
            return
        sitting.acknowledged, sitting.queried = True, False
        for number in sitting.asked:
            self.report.expect("D17", True, one.place)
            self.known.orders[number] = replace(self.known.orders[number], taken=True)

    # --- the end ------------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """What only shows when nothing more comes."""
        for sitting in self.sittings:
            for received in sitting.files.values():
                self._check(sitting, received)
            for name, place in sitting.pending.items():
                self.report.fault("D15", place, name, "портал ответил progress, и вопрос больше не повторялся")
        waiting = {number for sitting in self.sittings if not sitting.acknowledged for number in sitting.asked}
        for number in sorted(waiting):
            if not self.known.orders[number].taken:
                self.report.fault("D17", "", f"заказ {number}", "получен (query), но не подтверждён (success)")
        Answers(self.report, self.known).finish()
        finish_goods(self.report, self.known)


def finish_goods(report: Report, known: Known) -> None:
    """Prices and pictures of all goods, where everything was sent."""
    if known.priced and known.whole and known.offers_whole:
        families = {id.partition("#")[0] for id in known.priced}
        for id, name in known.goods.items():
            report.expect("P10", id in known.priced or id in families, "", f"товар «{name}» ({id})", "цены нет")
    if any(not name.lower().endswith((".xml", ".zip", ".json")) for name in known.sent):
        for path, (place, subject) in known.pictures.items():
            report.expect("F08", path in known.sent, place, subject, f"файл {path} не передан")


def _orders(reply: bytes) -> list[GivenOrder]:
    try:
        document = etree.fromstring(reply, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return []
    return [
        GivenOrder(text(row, "Номер"), frozenset(text(line, "Ид") for line in children(row, "Товары/Товар")))
        for row in document.iter("{*}Документ")
    ]
