"""`python -m infra.bench.round_trip`: seconds between the two sides, over a whole laptop with its simulated 1C.

The simulated 1C asks for orders every 3 seconds, as its schedule says; what is measured is what a dealer waits.
"""

import base64
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from urllib.parse import urlencode

from infra.bench.laptop import free_port
from infra.demo import SIGN_INS

ROUNDS = 7
PATIENCE = 60


class Browser:
    """A dealer's browser: cookies, forms with their hidden fields, redirects."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def page(self, path: str, fields: dict[str, str] | None = None) -> str:
        body = urlencode(fields).encode() if fields else None
        request = urllib.request.Request(self.url + path, body, {"Origin": self.url, "Accept": "text/html"})
        with self.opener.open(request, timeout=60) as answer:
            text: str = answer.read().decode()
            return text

    def send(self, form_path: str, path: str, **fields: str) -> str:
        """Fill the form of a page and send it."""
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.page(form_path)))
        return self.page(path, {name: hidden[name] for name in ("form_token", "generation", "seen") if name in hidden} | fields)


def main() -> None:
    print("\nRound trips over a whole laptop (seconds: median, most)")
    with laptop() as (url, odata):
        dealer = Browser(url)
        _, phone, password = SIGN_INS[2]
        dealer.send("/sign-in", "/sign-in", login=phone, password=password)
        items = re.findall(r'name="quantity:([^"]+)"', dealer.page("/catalogue?" + urlencode({"text": "ручка"})))
        payer = str(_found(r'<option value="([^"]+)"', _checkout_page(dealer, items[0])))
        taken, changed = zip(*(_round(dealer, odata, items[n], payer) for n in range(ROUNDS)), strict=True)
    for what, seconds in (("order placed -> 1C has it", taken), ("changed in 1C -> the dealer's page", changed)):
        print(f"{what:<40}{statistics.median(seconds):>8.1f}{max(seconds):>8.1f}")


def _checkout_page(dealer: Browser, item: str) -> str:
    dealer.send("/catalogue", "/cart/put", only=item, **{f"quantity:{item}": "1"})
    return dealer.page("/checkout")


def _round(dealer: Browser, odata: str, item: str, payer: str) -> tuple[float, float]:
    _checkout_page(dealer, item)
    page = dealer.send("/checkout", "/checkout", counterparty_id=payer, delivery_method="pickup")
    number = str(_found(r"K-\d+", page))
    taken = _wait(dealer, number, "Заказ принят в 1С")
    _wait(dealer, number, "№ в 1С")
    body = json.dumps({"number": number, "state": "Закрыт"}).encode()
    account = base64.b64encode(b"odata:odata").decode()
    headers = {"Authorization": f"Basic {account}", "Content-Type": "application/json"}
    started = time.monotonic()
    urllib.request.urlopen(urllib.request.Request(f"{odata}/control/state", body, headers), timeout=60).close()
    _wait(dealer, number, "Выполнен")
    return taken, time.monotonic() - started


def _wait(dealer: Browser, number: str, words: str) -> float:
    started = time.monotonic()
    while words not in dealer.page(f"/orders/{number}"):
        if time.monotonic() - started > PATIENCE:
            raise RuntimeError(f"{number}: no «{words}» within {PATIENCE} s")
        time.sleep(0.1)
    return time.monotonic() - started


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"no {pattern} on the page")
    return match[match.lastindex or 0]


@contextmanager
def laptop() -> Iterator[tuple[str, str]]:
    """A portal with the demo, and where its 1C listens; both addresses."""
    ports = {name: str(free_port()) for name in ("PORT", "AWS_PORT", "ODATA_PORT")}
    with tempfile.TemporaryDirectory() as folder:
        environ = os.environ | ports | {"VAR": folder, "DEMO": ""}
        program = subprocess.Popen([sys.executable, "-m", "infra.local"], env=environ, stdout=subprocess.PIPE, text=True)
        try:
            assert program.stdout
            if not any("Ctrl-C ends it" in line for line in program.stdout):
                raise RuntimeError("the laptop did not start")
            yield f"http://127.0.0.1:{ports['PORT']}", f"http://127.0.0.1:{ports['ODATA_PORT']}"
        finally:
            program.terminate()
            program.wait(60)


if __name__ == "__main__":
    main()
