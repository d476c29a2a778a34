"""Short messages by every road."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from chalicelib.adapters.sms import MemoryTexter, texter
from chalicelib.domain.errors import Refused
from chalicelib.usecases.ports.files import Letter

LETTER = Letter("+79160000001", "", "Вам открыт личный кабинет: https://b2b.example/invite/x")


def test_a_message_in_a_folder_reads_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    texter(f"file:{tmp_path}").send(LETTER)
    [file] = tmp_path.glob("*.txt")
    assert file.read_text() == f"{LETTER.to}\n\n{LETTER.text}\n"
    logged = caplog.text
    assert file.name in logged
    assert "invite" not in logged and LETTER.to not in logged


def test_memory_keeps_what_it_was_given() -> None:
    sender = texter("memory:")
    sender.send(LETTER)
    assert isinstance(sender, MemoryTexter) and sender.letters == [LETTER]


@pytest.mark.parametrize(
    "phone", ["", "89160000001", "+7916", "+7 916 000-00-01", "+79160000001\n+79160000002", "+0123456789", "+٧٩١٦٠٠٠٠٠٠١"]
)
def test_what_is_not_one_phone_is_refused(phone: str, tmp_path: Path) -> None:
    for url in ("memory:", f"file:{tmp_path}"):
        with pytest.raises(Refused, match="Неверный номер"):
            texter(url).send(Letter(phone, "", "текст"))
    assert list(tmp_path.iterdir()) == []


def test_a_message_goes_by_sns(aws: SimpleNamespace) -> None:
    texter("sns:?sender=OPORA").send(LETTER)
    with pytest.raises(Refused):
        texter("sns:").send(Letter("12", "", "текст"))


def test_an_unknown_scheme_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="SMS_URL"):
        texter("pager:")
