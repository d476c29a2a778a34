"""Letters by mail. The URL says how: `ses://from@host`, `smtp://user:pass@host:port?from=…`, `file:/folder?from=…`, `memory:`.

`?name=…` adds the name people see beside the sender's address.
"""

import re
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from chalicelib.adapters.outbox_folder import OutboxFolder
from chalicelib.domain.errors import Refused, Unavailable
from chalicelib.usecases.ports.files import Letter, Sender

if TYPE_CHECKING:
    import smtplib

    from mypy_boto3_sesv2.client import SESV2Client

REFUSED_BY_SES = {"MessageRejected", "BadRequestException"}
UNVERIFIED = "not verified"
"""What SES says while it does not know our own address or keeps us in its sandbox: no fault of the letter, which waits."""
SMTP_TIMEOUT = 20


def mailer(url: str) -> Sender:
    """Raises ValueError for a scheme nobody knows."""
    parts = urlsplit(url)
    match parts.scheme:
        case "ses":
            return SesMailer(_sender(parts, unquote(parts.netloc)))
        case "smtp":
            return SmtpMailer(_sender(parts), parts)
        case "file":
            return FileMailer(_sender(parts), OutboxFolder(parts.path, "eml"))
        case "memory":
            return MemoryMailer(_sender(parts, "kabinet@example.com"))
    raise ValueError(f"MAIL_URL: unknown scheme {parts.scheme!r}")


def _sender(parts: SplitResult, default: str = "kabinet@localhost") -> Address:
    options = parse_qs(parts.query)
    return _address(options.get("from", [default])[0], options.get("name", [""])[0])


def _address(text: str, name: str = "") -> Address:
    """Exactly one address; a domain in Russian letters becomes its ASCII form. Raises Refused."""
    local, _, domain = text.strip().rpartition("@")
    try:
        found = Address(_one_line(name), addr_spec=f"{local}@{domain.encode('idna').decode()}")
    except (ValueError, IndexError, HeaderParseError) as error:
        raise Refused("Неверный адрес почты: %(address)s", address=_one_line(text)[:100]) from error
    if not (local.isascii() and found.addr_spec.isprintable() and found.username and found.domain):
        raise Refused("Неверный адрес почты: %(address)s", address=_one_line(text)[:100])
    return found


def _one_line(text: str) -> str:
    """Nothing that ends a header and begins another: no control characters, and no RFC 2047 word, as which they may come too."""
    return " ".join(re.sub(r"[^\S ]|[\x00-\x1f\x7f-\x9f]", " ", text).split()).replace("=?", "= ?")


def letter_message(sender: Address, letter: Letter, *, readable: bool = False) -> EmailMessage:
    """The letter with RFC 2047 headers. Raises Refused for an address that is none.

    The body is base64, which every server passes on; `readable` leaves it as UTF-8 for people who look into a folder.
    """
    message = EmailMessage(SMTP)
    message["From"] = sender
    message["To"] = _address(letter.to)
    message["Subject"] = _one_line(letter.subject)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=sender.domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="8bit" if readable else "base64")
    return message


class SesMailer:
    def __init__(self, sender: Address) -> None:
        import boto3

        self.sender = sender
        self.client: SESV2Client = boto3.client("sesv2")

    def send(self, letter: Letter) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        message = letter_message(self.sender, letter)
        to = _address(letter.to).addr_spec
        content = message.as_bytes()
        try:
            self.client.send_email(
                FromEmailAddress=self.sender.addr_spec, Destination={"ToAddresses": [to]}, Content={"Raw": {"Data": content}}
            )
        except ClientError as error:
            code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
            kind = Refused if code in REFUSED_BY_SES and UNVERIFIED not in text else Unavailable
            raise kind("Почта не приняла письмо: %(reason)s", reason=code) from error
        except BotoCoreError as error:
            raise Unavailable("Почта не отвечает: %(reason)s", reason=type(error).__name__) from error


class SmtpMailer:
    """A name and password are told only over TLS."""

    def __init__(self, sender: Address, parts: SplitResult) -> None:
        self.sender = sender
        self.host, self.port = parts.hostname or "localhost", parts.port or 25
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")

    def send(self, letter: Letter) -> None:
        import smtplib

        message = letter_message(self.sender, letter)
        try:
            with self._connection() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            [(code, _)] = error.recipients.values()
            kind = Refused if code >= 500 else Unavailable
            raise kind("Почта не приняла адрес получателя: %(code)s", code=code) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable("Почта не отвечает: %(reason)s", reason=type(error).__name__) from error

    def _connection(self) -> "smtplib.SMTP":
        import smtplib
        import ssl

        if self.port == 465:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=SMTP_TIMEOUT, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=SMTP_TIMEOUT)
            self._protect(server)
        if self.user:
            server.login(self.user, self.password)
        return server

    def _protect(self, server: "smtplib.SMTP") -> None:
        import ssl

        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        elif self.user:
            server.close()
            raise Unavailable("Почтовый сервер %(host)s не предлагает TLS: пароль ему не передаётся", host=self.host)


class FileMailer:
    """One `.eml` per letter, and a line in the log that says where."""

    def __init__(self, sender: Address, folder: OutboxFolder) -> None:
        self.sender = sender
        self.folder = folder

    def send(self, letter: Letter) -> None:
        message = letter_message(self.sender, letter, readable=True)
        self.folder.add(message.as_bytes(), "mail: " + _one_line(letter.subject))


class MemoryMailer:
    """Keeps what it was given in `letters`; refuses what a real one would refuse."""

    def __init__(self, sender: Address) -> None:
        self.sender = sender
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> None:
        letter_message(self.sender, letter)
        self.letters.append(letter)
