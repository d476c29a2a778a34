"""The dealers' people of the demo set their passwords as anybody does; the simulator as a process ends when it is told to."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from infra.simulator.people import Invitation, NotAccepted, URLError, invitations, set_password

FORM = """<html><form action="/language" method="post"><input name="csrf" value="other"><button>EN</button></form>
<form method="post"><input type="hidden" name="csrf" value="secret&amp;7"><input type="password" name="password">
<input type="password" name="repeat"><input type="checkbox" name="remember" value="1"><button>Готово</button></form></html>"""


class _Pages(BaseHTTPRequestHandler):
    """An invite page with a cookie, a CSRF field, and a link that works once."""

    passwords: list[str]

    def do_GET(self) -> None:
        alive = self.path == "/invite/good" and not self.passwords
        self._send(200 if alive else 404, FORM if alive else "<h1>Ссылка не действует</h1>", "visitor=9; Path=/; HttpOnly")

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        form = {name: values[0] for name, values in sent.items()}
        right = self.headers.get("Cookie") == "visitor=9" and form.get("csrf") == "secret&7" and "remember" not in form
        if not right or form["password"] != form["repeat"]:
            self._send(422, FORM)
            return
        self.passwords.append(form["password"])
        self._send(303, "", "kabinet=session", location="/")

    def _send(self, status: int, text: str, cookie: str = "", location: str = "") -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in (("Set-Cookie", cookie), ("Location", location), ("Content-Length", str(len(body)))):
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class _Home(_Pages):
    def do_GET(self) -> None:
        if self.path == "/":
            self._send(200, "<h1>Главная</h1>")
        else:
            super().do_GET()


@pytest.fixture
def portal() -> Iterator[str]:
    _Home.passwords = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Home)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def put_letter(folder: Path, name: str, to: str, text: str) -> Path:
    letter = EmailMessage()
    letter["To"], letter["From"], letter["Subject"] = to, "portal@example.com", "Приглашение"
    letter.set_content(text)
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_bytes(bytes(letter))
    return file


def test_letters_with_an_invite_link_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    assert invitations(folder) == []
    link = "http://127.0.0.1:8000/api/invite/a-b_C9"
    first = put_letter(folder, "1.eml", "Gromova@severnydom.example.com", f"Здравствуйте!\nОткройте {link}.\nС уважением")
    put_letter(folder, "2.eml", "gromova@severnydom.example.com", "Счёт № 5: http://127.0.0.1:8000/documents/5")
    assert invitations(folder) == [Invitation(first, "gromova@severnydom.example.com", link)]


def test_a_password_is_set_through_the_form_with_its_cookie_and_hidden_field(portal: str) -> None:
    set_password(portal, "https://portal.example.com/invite/good", "kabinet-demo-1")
    assert _Home.passwords == ["kabinet-demo-1"]


def test_dead_links_and_dead_portals_are_told_apart(portal: str) -> None:
    with pytest.raises(NotAccepted, match="404 /invite/old"):
        set_password(portal, f"{portal}/invite/old", "kabinet-demo-1")
    set_password(portal, f"{portal}/invite/good", "kabinet-demo-1")
    with pytest.raises(NotAccepted):
        set_password(portal, f"{portal}/invite/good", "another-one")
    with pytest.raises(URLError):
        set_password("http://127.0.0.1:9", "http://127.0.0.1:9/invite/good", "kabinet-demo-1")
    assert _Home.passwords == ["kabinet-demo-1"]


def test_it_outlives_a_portal_that_is_away_and_ends_on_sigterm(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "infra.simulator", "--portal", "http://127.0.0.1:9", "--odata-port", "0", "--no-demo"]
    simulator = subprocess.Popen(
        [*command, "--state", str(tmp_path / "state.json")],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert simulator.stdout
    assert "Connection refused" in simulator.stdout.readline()
    assert simulator.poll() is None
    simulator.send_signal(signal.SIGTERM)
    assert simulator.wait(20) == 0
    assert simulator.stdout.read() == "", "the same trouble is told once"
