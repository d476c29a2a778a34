"""Проверка обмена на стороне 1С.

python -m infra.conformance --url https://portal --user 1c --password …     прокси перед порталом
python -m infra.conformance listen --port 8090                              приёмник вместо портала
python -m infra.conformance check ПАПКА ФАЙЛ …                              файлы выгрузки, без сети
python -m infra.conformance rules                                           список правил
"""

import argparse
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

from infra.conformance.checker import Checker
from infra.conformance.dialogue import PATHS
from infra.conformance.listen import Listener
from infra.conformance.offline import check_paths
from infra.conformance.package import of_package, of_portal
from infra.conformance.report import Report
from infra.conformance.rules import RULES
from infra.conformance.schema import Schemas
from infra.conformance.upstream import Behind, StandIn, Upstream


def say(text: str) -> None:
    print(text, flush=True)


def arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m infra.conformance", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    modes = parser.add_subparsers(dest="mode", required=True)
    listen = modes.add_parser("listen", help="принимать обмен и проверять его на ходу")
    listen.add_argument("--url", "--portal", dest="url", default="", help="настоящий портал; без него отвечает приёмник")
    listen.add_argument("--host", default="127.0.0.1", help="на каком адресе слушать; 0.0.0.0 — для 1С на другой машине")
    listen.add_argument("--port", type=int, default=8090)
    listen.add_argument("--user", default="1c", help="логин, который ждёт приёмник или знает портал")
    listen.add_argument("--password", default="1c")
    listen.add_argument("--idle", type=float, default=0, help="закончить после стольких секунд тишины; 0 — по Ctrl-C")
    check = modes.add_parser("check", help="проверить файлы выгрузки")
    check.add_argument("paths", nargs="+", type=Path, metavar="ФАЙЛ")
    for mode in (listen, check):
        mode.add_argument("--report", type=Path, default=Path("var/conformance"), help="папка для report.html и report.json")
    modes.add_parser("rules", help="показать все правила")
    modeless = not given or (given[0].startswith("-") and given[0] not in ("-h", "--help"))
    return parser.parse_args(["listen", *given] if modeless else given)


def main(given: list[str] | None = None) -> int:
    chosen = arguments(sys.argv[1:] if given is None else given)
    if chosen.mode == "rules":
        say("\n".join(f"{rule.id} {rule.title}\n    {rule.why}\n    {rule.mend}" for rule in RULES.values()))
        return 0
    if chosen.mode == "check":
        missing = [path for path in chosen.paths if not path.exists()]
        if missing:
            say(f"Нет такого файла: {missing[0]}")
            return 2
        return _end(check_paths(chosen.paths, of_package(), Report()), chosen.report)
    return _listen(chosen)


def _listen(chosen: argparse.Namespace) -> int:
    try:
        schemas, upstream = _upstream(chosen)
    except (OSError, ValueError) as error:
        say(f"Портал {chosen.url} не отвечает: {error}")
        return 2
    heard = [time.monotonic()]

    def tell(text: str) -> None:
        heard[0] = time.monotonic()
        say(text)

    checker = Checker(schemas, Report(tell))
    listener = Listener(chosen.host, chosen.port, upstream, checker, tell)
    address = f"http://{chosen.host}:{listener.server_port}"
    who = f"прокси к {chosen.url}" if chosen.url else f"приёмник, вход {chosen.user}"
    say(f"Слушаю {address} ({who}). Укажите в 1С адрес {address}/exchange/1c и выполните обмен. Ctrl-C — закончить.")
    threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    _wait(lambda: chosen.idle and time.monotonic() - heard[0] > chosen.idle)
    listener.shutdown()
    listener.server_close()
    return _end(checker.finish(), chosen.report)


def _upstream(chosen: argparse.Namespace) -> tuple[Schemas, Upstream]:
    """Raises OSError, ValueError where the portal does not answer."""
    if chosen.url:
        behind = Behind(chosen.url)
        _greet(behind, chosen)
        return of_portal(chosen.url), behind
    schemas = of_package()
    return schemas, StandIn(chosen.user, chosen.password, schemas)


def _greet(portal: Behind, chosen: argparse.Namespace) -> None:
    """Whether the portal knows the account, before the contractor begins. Raises OSError where nobody answers."""
    basic = "Basic " + b64encode(f"{chosen.user}:{chosen.password}".encode()).decode()
    answer = portal.answer("GET", f"{PATHS[0]}?type=catalog&mode=checkauth", {"authorization": basic}, b"")
    if answer.status == 502:
        raise OSError(answer.body.decode("utf-8", "replace"))
    known = answer.body.startswith(b"success")
    say(f"Портал {chosen.url}: узел «{chosen.user}» {'узнан' if known else 'не узнан, проверьте логин и пароль'}")


def _wait(enough: Callable[[], object]) -> None:
    try:
        while not enough():
            time.sleep(0.2)
    except KeyboardInterrupt:
        say("")


def _end(report: Report, folder: Path) -> int:
    page, data = report.save(folder)
    say(report.text())
    say(f"Отчёт: {page}, {data}")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
