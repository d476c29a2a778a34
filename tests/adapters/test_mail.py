"""Letters by every road; nothing of what a letter says can become a header or a second address."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest

from chalicelib.adapters.mail import MemoryMailer, mailer
from chalicelib.domain.errors import Refused, Unavailable
from chalicelib.usecases.ports.files import Letter

LETTER = Letter(
    "ivan@dealer.example",
    "Счёт на оплату № К-17 от 21.11.2026 на 1 234,50 ₽ и длинная-длинная тема",
    "Здравствуйте!\nСсылка: https://b2b.example/x?a=1\n",
)


def parsed(body: bytes) -> EmailMessage:
    message = message_from_bytes(body, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(body: bytes) -> str:
    content: str = parsed(body).get_content()
    return content.replace("\r\n", "\n")


def file_letters(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in sorted(folder.glob("*.eml"))]


def test_a_letter_in_a_folder_reads_back(tmp_path: Path) -> None:
    sender = mailer(f"file:{tmp_path}/post?from=portal@supplier.example&name=Опора")
    sender.send(LETTER)
    [body] = file_letters(tmp_path / "post")
    letter = parsed(body)
    assert letter["Subject"] == LETTER.subject
    assert (letter["To"], letter["From"]) == (LETTER.to, "Опора <portal@supplier.example>")
    assert text_of(body) == LETTER.text
    assert LETTER.text.encode() in body.replace(b"\r\n", b"\n"), "people can read the file as it is"
    headers = body.partition(b"\r\n\r\n")[0]
    assert headers.isascii() and max(map(len, headers.splitlines())) <= 78
    assert not list((tmp_path / "post").glob(".*")), "no unfinished file is left"


def test_every_letter_is_a_file_of_its_own_in_order(tmp_path: Path) -> None:
    sender = mailer(f"file:{tmp_path}?from=portal@supplier.example")
    for number in range(20):
        sender.send(Letter("a@b.example", f"{number}", "текст"))
    assert [parsed(body)["Subject"] for body in file_letters(tmp_path)] == [str(number) for number in range(20)]


def test_the_log_says_that_a_letter_went_but_not_to_whom_nor_what(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    mailer(f"file:{tmp_path}?from=portal@supplier.example").send(Letter("a@b.example", "Приглашение", "https://x/invite/SECRET"))
    logged = caplog.text
    assert "Приглашение" in logged and ".eml" in logged
    assert "SECRET" not in logged and "a@b.example" not in logged


@pytest.mark.parametrize(
    "subject",
    [
        "Тема\r\nBcc: evil@evil.example",
        "Subject\nX-Evil: 1\n\nbody",
        "a\rBcc: e@e.example",
        "a\x00b\x0bc\x85d\u2028e",
        "=?utf-8?q?=0D=0ABcc:_e@e.example?=",
    ],
)
def test_a_subject_can_not_add_a_header(tmp_path: Path, subject: str) -> None:
    mailer(f"file:{tmp_path}?from=portal@supplier.example").send(Letter("a@b.example", subject, "текст"))
    [body] = file_letters(tmp_path)
    letter = parsed(body)
    assert set(letter.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding",
        "MIME-Version",
    }  # fmt: skip
    assert text_of(body) == "текст\n"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ivan",
        "@b.example",
        "ivan@",
        "a@b.example, c@d.example",
        "a@b.example;c@d.example",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example\nX: 1",
        "Иван <a@b.example>",
        "a b@c.example",
        "a@b@c.example",
        "a@b..example",
        "почта@b.example",
        "a\x00@b.example",
        "a@" + "b" * 70 + ".example",
    ],
)
def test_what_is_not_one_address_is_refused(address: str) -> None:
    sender = mailer("memory:")
    with pytest.raises(Refused, match="Неверный адрес"):
        sender.send(Letter(address, "Тема", "текст"))
    assert isinstance(sender, MemoryMailer) and sender.letters == []


def test_a_russian_domain_is_written_in_ascii(tmp_path: Path) -> None:
    mailer(f"file:{tmp_path}?from=portal@supplier.example").send(Letter("zakaz@опора.рф", "Тема", "текст"))
    assert parsed(file_letters(tmp_path)[0])["To"] == "zakaz@xn--80a1aadg.xn--p1ai"


def test_an_unknown_scheme_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="MAIL_URL"):
        mailer("carrier-pigeon://roof")


# --- SMTP -------------------------------------------------------------------------------------------------------------


@contextmanager
def smtp_server(*, recipient: str = "250 ok") -> Iterator[SimpleNamespace]:
    """A mail server without TLS; `.bodies` and `.commands` keep what it was told."""
    seen = SimpleNamespace(bodies=[], commands=[], port=0)

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 test")
            for line in iter(self.rfile.readline, b""):
                command = line.decode().strip()
                seen.commands.append(command)
                match command.split(" ")[0].upper():
                    case "EHLO":
                        self.say("250-test\r\n250 SIZE")
                    case "RCPT":
                        self.say(recipient)
                    case "DATA":
                        self.say("354 go on")
                        seen.bodies.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                        self.say("250 ok")
                    case "QUIT":
                        return self.say("221 bye")
                    case _:
                        self.say("250 ok")

        def say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        seen.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield seen
        server.shutdown()


def test_a_letter_goes_by_smtp() -> None:
    with smtp_server() as server:
        mailer(f"smtp://127.0.0.1:{server.port}?from=portal@supplier.example").send(LETTER)
    [body] = server.bodies
    assert text_of(body) == LETTER.text
    assert parsed(body)["Subject"] == LETTER.subject
    assert body.isascii(), "a server that knows no 8 bits passes it on"
    assert "rcpt to:<ivan@dealer.example>" in map(str.lower, server.commands)


def test_an_address_the_server_does_not_know_is_refused_for_good_or_for_now() -> None:
    for reply, kind in (("550 no such user", Refused), ("451 try later", Unavailable)):
        with smtp_server(recipient=reply) as server, pytest.raises(kind):
            mailer(f"smtp://127.0.0.1:{server.port}?from=portal@supplier.example").send(LETTER)


def test_a_password_is_not_told_without_tls() -> None:
    with smtp_server() as server, pytest.raises(Unavailable, match="не предлагает TLS"):
        mailer(f"smtp://user:secret@127.0.0.1:{server.port}?from=portal@supplier.example").send(LETTER)
    assert not [command for command in server.commands if command.upper().startswith(("AUTH", "MAIL"))]


def test_no_server_is_unavailable() -> None:
    with smtp_server() as server:
        port = server.port
    with pytest.raises(Unavailable):
        mailer(f"smtp://127.0.0.1:{port}?from=portal@supplier.example").send(LETTER)


def test_a_letter_goes_by_ses(aws: SimpleNamespace) -> None:
    """While SES does not know the sender's own address the letter waits: that is no fault of the letter."""
    sender = mailer("ses://portal@supplier.example?name=Опора")
    with pytest.raises(Unavailable, match="MessageRejected"):
        sender.send(LETTER)
    ses = boto3.client("sesv2")
    for identity in ("portal@supplier.example", LETTER.to):
        ses.create_email_identity(EmailIdentity=identity)
    sender.send(LETTER)
    with pytest.raises(Refused):
        sender.send(Letter("a@b.example\nBcc: c@d.example", "", ""))
