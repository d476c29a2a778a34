"""`python -m infra.simulator.play --client unf`: one whole exchange of a configuration with any portal, told in Russian."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from infra.demo import supplier as demo_supplier
from infra.demo.supplier import Supplier
from infra.simulator.book import OrderBook
from infra.simulator.client import ExchangeError, Said, Site
from infra.simulator.clients import CLIENTS, Bus, Configuration, Unf, Upp, Ut
from infra.simulator.clients.configuration import Clock
from infra.simulator.small import smaller
from infra.simulator.state import State

CHANGED = 20
"""Goods in the exchange of changes."""

Make = Callable[[Site, Supplier, OrderBook, Clock], Configuration]
VARIANTS: dict[str, Make] = {
    "ut": Ut,
    "ut-11.4": lambda *all_of: Ut(*all_of, generation="11.4"),
    "ut-11.2": lambda *all_of: Ut(*all_of, generation="11.2"),
    "ut-no-import": lambda *all_of: Ut(*all_of, waits=False),
    "unf": Unf,
    "unf-208": lambda *all_of: Unf(*all_of, generation="208"),
    "unf-205": lambda *all_of: Unf(*all_of, generation="205"),
    "upp": Upp,
    "upp-1251": lambda *all_of: Upp(*all_of, ansi=True),
    "bus": Bus,
    "bus-no-success": lambda *all_of: Bus(*all_of, acknowledges=False),
}
"""Each of the four clients with the ways it may be set up."""


def moscow() -> datetime:
    return datetime.now(ZoneInfo("Europe/Moscow")).replace(tzinfo=None)


@dataclass
class Told:
    """Prints every call and counts. The same answer to the same call again is counted alone."""

    calls: int = 0
    sent: int = 0
    repeated: int = 0
    _last: tuple[str, str] = ("", "")

    def hear(self, said: Said) -> None:
        self.calls += 1
        self.sent += said.size
        call = _call(said)
        if self._last == (call, said.reply.text):
            self.repeated += 1
            return
        self._repeats()
        self._last = (call, said.reply.text)
        size = f", {said.size} байт" if said.method == "POST" else ""
        print(f"  → {call}{size}\n  ← {said.reply.status} {_shown(said.reply.text)} ({said.seconds:.2f} с)", flush=True)

    def _repeats(self) -> None:
        if self.repeated:
            print(f"    … и ещё {self.repeated} раз так же", flush=True)
        self.repeated = 0


def _call(said: Said) -> str:
    url = urlsplit(said.address)
    given = {name: values[0] for name, values in parse_qs(url.query).items()}
    words = [given.get("type", ""), given.get("mode", ""), given.get("filename", "")]
    return " ".join([said.method, url.path, *filter(None, words)])


def _shown(answer: str, limit: int = 200) -> str:
    line = " ⏎ ".join(answer.split("\n"))
    return line if len(line) <= limit else f"{line[:limit]}… (всего {len(answer)} знаков)"


def play(client: Configuration, say: Callable[[str], None]) -> bool:
    """Every step in its turn; one that fails does not stop the others. Whether all went well."""
    steps: list[tuple[str, Callable[[], object]]] = [
        ("Проверка соединения", client.test_connection),
        ("Организация и партнёры (JSON)", client.push_people),
        ("Номенклатура, цены и остатки", client.send_goods),
        ("Повтор выгрузки: ничего не изменилось", client.send_goods),
        ("Изменения остатков и цен", lambda: client.send_changes([item.id for item in client.supplier.items[:CHANGED]])),
        ("Лимиты, взаиморасчёты, поставки (JSON)", client.push_records),
        ("Заказы с сайта", client.take_orders),
        ("Ответы по заказам", client.answer_orders),
    ]
    return all([_step(name, act, say) for name, act in steps])


def _step(name: str, act: Callable[[], object], say: Callable[[str], None]) -> bool:
    say(f"▸ {name}")
    try:
        found = act()
    except (ExchangeError, ValueError) as error:
        say(f"  ✗ {error}")
        return False
    for row in found if isinstance(found, list) else ():
        say(f"  • {getattr(row, 'number', row)}")
    say("  ✓ выполнено")
    return True


def arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.simulator.play", description="Обмен одной конфигурации 1С с порталом")
    parser.add_argument("--client", choices=VARIANTS, default="ut", help="какую 1С играть")
    parser.add_argument("--portal", default="http://127.0.0.1:8000", help="адрес портала")
    parser.add_argument("--user", default="1c", help="логин узла обмена")
    parser.add_argument("--password", default="1c", help="пароль узла обмена")
    parser.add_argument("--items", type=int, default=200, help="сколько позиций номенклатуры выгрузить, 0 — все")
    parser.add_argument("--portion", type=int, default=100, help="сколько позиций в одной порции")
    parser.add_argument("--pause", type=float, default=5, help="пауза УНФ между запросами, секунды")
    parser.add_argument("--no-pictures", dest="pictures", action="store_false", help="без картинок")
    parser.add_argument("--state", type=Path, help="файл книги заказов; без него она живёт до конца обмена")
    return parser.parse_args(given)


def made(chosen: argparse.Namespace, told: Told, state: Path) -> Configuration:
    """The client as the arguments say."""
    supplier = smaller(demo_supplier(), chosen.items)
    book = OrderBook(State(state), supplier, moscow)
    site = Site(chosen.portal, chosen.user, chosen.password, told.hear)
    client = VARIANTS[chosen.client](site, supplier, book, moscow)
    client.portion, client.pictures = chosen.portion, chosen.pictures
    if isinstance(client, Unf):
        again = chosen.pause if client.new else None
        client.manners = replace(client.manners, pause=chosen.pause, retry_after=again)
    return client


def main(given: list[str] | None = None) -> int:
    chosen, told = arguments(given), Told()
    with TemporaryDirectory() as folder:
        client = made(chosen, told, chosen.state or Path(folder) / "book.json")
        print(f"{client.title}: {client.manners.name} → {chosen.portal}, позиций: {len(client.supplier.items)}")
        well = play(client, lambda text: print(text, flush=True))
    print(f"Обмен {'завершён' if well else 'завершён с ошибками'}: запросов {told.calls}, отправлено {told.sent} байт")
    return 0 if well else 1


__all__ = ["CLIENTS", "VARIANTS", "made", "main", "play"]

if __name__ == "__main__":
    sys.exit(main())
