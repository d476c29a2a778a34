"""Short messages. The URL says how: `sns:` (`sns:?sender=NAME`), `file:/folder`, `memory:`."""

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from chalicelib.adapters.outbox_folder import OutboxFolder
from chalicelib.domain.errors import Refused, Unavailable
from chalicelib.usecases.ports.files import Letter, Sender

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
REFUSED_BY_SNS = {"InvalidParameter", "InvalidParameterException", "InvalidParameterValue", "OptedOut", "OptedOutException"}


def texter(url: str) -> Sender:
    """Raises ValueError for a scheme nobody knows."""
    parts = urlsplit(url)
    match parts.scheme:
        case "sns":
            return SnsTexter(parse_qs(parts.query).get("sender", [""])[0])
        case "file":
            return FileTexter(OutboxFolder(parts.path, "txt"))
        case "memory":
            return MemoryTexter()
    raise ValueError(f"SMS_URL: unknown scheme {parts.scheme!r}")


def _phone(letter: Letter) -> str:
    if not E164.fullmatch(letter.to):
        raise Refused("Неверный номер телефона: %(phone)s", phone=repr(letter.to[:30]))
    return letter.to


class SnsTexter:
    def __init__(self, sender: str) -> None:
        import boto3

        self.client: SNSClient = boto3.client("sns")
        attributes = {"AWS.SNS.SMS.SMSType": "Transactional"} | ({"AWS.SNS.SMS.SenderID": sender} if sender else {})
        self.attributes: dict[str, MessageAttributeValueTypeDef] = {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        }

    def send(self, letter: Letter) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        phone = _phone(letter)
        try:
            self.client.publish(PhoneNumber=phone, Message=letter.text, MessageAttributes=self.attributes)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            kind = Refused if code in REFUSED_BY_SNS else Unavailable
            raise kind("СМС не принято: %(reason)s", reason=code) from error
        except BotoCoreError as error:
            raise Unavailable("Служба СМС не отвечает: %(reason)s", reason=type(error).__name__) from error


class FileTexter:
    """One `.txt` per message, the phone in its first line, and a line in the log that says where."""

    def __init__(self, folder: OutboxFolder) -> None:
        self.folder = folder

    def send(self, letter: Letter) -> None:
        self.folder.add(f"{_phone(letter)}\n\n{letter.text}\n".encode(), "sms")


class MemoryTexter:
    """Keeps what it was given in `letters`; refuses what a real one would refuse."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> None:
        _phone(letter)
        self.letters.append(letter)
