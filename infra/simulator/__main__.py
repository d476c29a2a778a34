"""`python -m infra.simulator`: loads the demo through the exchange, then stays as the supplier's 1C."""

import argparse
import signal
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import Random
from threading import Thread
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

from infra.demo import SIGN_INS, supplier
from infra.simulator.book import OrderBook
from infra.simulator.client import ExchangeError, ExchangeRefused, Site
from infra.simulator.load import Loader
from infra.simulator.odata import Interface, Server
from infra.simulator.orders import OrderDesk
from infra.simulator.people import NotAccepted, URLError, invitations, set_password
from infra.simulator.state import State

ORDERS_EVERY, STOCK_EVERY = 3.0, 30.0
ATTEMPTS = 3
LETTERS_WAIT = 60.0


def clock() -> datetime:
    """What the clock on the wall of the office shows: 1C knows no other time."""
    return datetime.now(ZoneInfo("Europe/Moscow")).replace(tzinfo=None)


def say(text: str) -> None:
    print(f"1С: {text}", flush=True)


class Simulator:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.supplier = supplier()
        self.state = State(Path(options.state))
        self.mail = Path(options.mail) if options.mail else Path(options.state).parent / "mail"
        self.book = OrderBook(self.state, self.supplier, clock)
        self.site = Site(options.portal, options.user, options.password)
        self.loader = Loader(self.site, self.supplier, self.book, clock, say)
        self.desk = OrderDesk(self.site, self.book, self.supplier, clock)
        self.random = Random()
        self._moved: set[str] = set()
        self._complaint = ""

    def serve(self) -> None:
        """OData and the levers, in the background."""
        interface = Interface(self.supplier, self.book)
        server = Server(self.options.odata_port, self.options.odata_account, interface, self.book, self.send_moved)
        Thread(target=server.serve_forever, daemon=True).start()

    def send_moved(self) -> int:
        """Balances that changed since they were last sent, to the portal; how many items. Raises ExchangeError."""
        moved = set(self._moved)
        if moved:
            self.loader.send_balances(moved)
            self._moved -= moved
        return len(moved)

    def load(self) -> None:
        """Everything, from where the last run stopped."""
        self._step("company", self.loader.send_company)
        for number, items in enumerate(self.loader.portions(), 1):
            self._step(f"portion {number}", lambda number=number, items=items: self.loader.send_portion(number, items))  # type: ignore[misc]
        self._step("partners", self.loader.send_partners)
        self._step("passwords", self._set_passwords)
        say("demo loaded")

    def _step(self, name: str, act: Callable[[], object]) -> None:
        """Once in the life of the state file. A portal that is away is waited for; a refusal is tried again a few times."""
        if name in self.state.data.get("done", []):
            return
        refusals = 0
        while True:
            try:
                act()
                break
            except ExchangeRefused as error:
                refusals += 1
                say(f"не принято: {error}")
                if refusals == ATTEMPTS:
                    raise SystemExit(f"demo not loaded: {name}: {error}") from error
            except ExchangeError as error:
                self._complain(str(error))
            time.sleep(1)
        with self.state.changing() as data:
            data.setdefault("done", []).append(name)

    def _set_passwords(self) -> None:
        """Wait for the letters and open them; a dealer whose link is dead has set a password before."""
        people = [(dealer.contacts[0].email, sign_in) for dealer, sign_in in zip(self.supplier.dealers, SIGN_INS, strict=True)]
        wanted = {email: sign_in for email, sign_in in people}
        until = time.monotonic() + LETTERS_WAIT
        dead: set[Path] = set()
        while wanted and time.monotonic() < until:
            for letter in invitations(self.mail):
                if letter.to in wanted and letter.letter not in dead:
                    dead.add(letter.letter)  # a link works once
                    if self._set_password(letter.link, wanted[letter.to]):
                        del wanted[letter.to]
            time.sleep(0.3)
        for _, login, _ in wanted.values():
            say(f"приглашение для {login} не пришло")

    def _set_password(self, link: str, sign_in: tuple[str, str, str]) -> bool:
        who, login, password = sign_in
        try:
            set_password(self.options.portal, link, password)
        except NotAccepted as error:
            self._complain(f"пароль для {login} не принят: {error}")
            return False
        except URLError as error:
            self._complain(f"портал не отвечает: {error.reason}")
            return False
        say(f"{who}: {login}, пароль задан")
        return True

    def stay(self) -> None:
        """1C's day: orders every few seconds, goods moving now and then."""
        moving = time.monotonic() + STOCK_EVERY
        while True:
            self._exchange_orders()
            if time.monotonic() >= moving:
                self._moved.update(self.book.move(self.random))
                moving = time.monotonic() + STOCK_EVERY
            time.sleep(ORDERS_EVERY)

    def _exchange_orders(self) -> None:
        try:
            taken, answered = self.desk.round()
        except (ExchangeError, ValueError) as error:
            self._complain(str(error))
            return
        self._complaint = ""
        for order in taken:
            self._moved.update(line.item_id for line in order.lines)
            say(f"заказ {order.number} принят как {order.erp_number}: {order.state}")
        for order in answered:
            say(f"заказ {order.number}: отправлен ответ «{order.state}»")

    def _complain(self, text: str) -> None:
        """The same trouble is told once, until it is over."""
        if text != self._complaint:
            self._complaint = text
            say(text)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.simulator", description=__doc__)
    parser.add_argument("--portal", default="http://127.0.0.1:8000", help="address of the portal")
    parser.add_argument("--user", default="1c", help="exchange account at the portal")
    parser.add_argument("--password", default="1c")
    parser.add_argument("--odata-port", type=int, default=8081)
    parser.add_argument("--odata-account", default="odata:odata", help="user:password the portal asks this 1C under")
    parser.add_argument("--state", default="var/simulator.json", help="file that keeps what this 1C remembers")
    parser.add_argument("--mail", help="folder where the portal puts its letters; `mail` beside the state file")
    parser.add_argument("--demo", action=argparse.BooleanOptionalAction, default=True, help="load the demo supplier first")
    return parser.parse_args()


def main() -> None:
    signal.signal(signal.SIGTERM, _stop)
    simulator = Simulator(arguments())
    simulator.serve()
    if simulator.options.demo:
        simulator.load()
    simulator.stay()


def _stop(_signal: int, _frame: FrameType | None) -> Any:
    raise SystemExit(0)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(0) from None
