"""Files in S3."""

import io
import threading
import urllib.error
import urllib.request
from datetime import timedelta
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from chalicelib.adapters.files import disposition
from chalicelib.domain.errors import NotFound
from chalicelib.runtime import Runtime


@pytest.fixture
def files(aws: SimpleNamespace) -> Any:
    return Runtime().files


def test_what_was_put_is_read_as_a_stream(files: Any) -> None:
    content = bytes(range(256)) * 4000
    files.put("a/bytes", content)
    files.put("a/stream", io.BytesIO(content))
    for key in ("a/bytes", "a/stream"):
        with files.open(key) as stream:
            assert stream.read(10) == content[:10]
            assert stream.read() == content[10:] and stream.read() == b""


@pytest.mark.parametrize("key", ["exchange/1c/Товар № 1 (+50%) #2.xml", "a b/~c'd\"e&f=g,h;i@j:k!l$m*n", "p/100%25"])
def test_a_name_of_1c_is_read_as_it_was_put(files: Any, key: str) -> None:
    files.put(key, b"x")
    with files.open(key) as stream:
        assert stream.read() == b"x"


class Broken(BaseHTTPRequestHandler):
    """Promises more bytes than it sends; first of all it is out of order."""

    heard: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.heard.append(self.path)
        self.send_response(503 if len(self.heard) == 1 else 200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"half of it")

    def log_message(self, *_: Any) -> None:
        """Nothing to say."""


def test_a_file_that_breaks_off_is_no_shorter_file(aws: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of half an exchange may be taken for the whole of it."""
    Broken.heard = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Broken) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{server.server_port}")
        with pytest.raises((ConnectionError, HTTPException)), Runtime().files.open("import.xml") as stream:
            stream.read()
        server.shutdown()
    assert len(Broken.heard) == 2


def test_a_missing_file_is_not_found(files: Any) -> None:
    with pytest.raises(NotFound):
        files.open("no/such")


def test_keys_in_their_order(files: Any) -> None:
    for key in ("p/2", "p/10", "q/1", "p/1"):
        files.put(key, b"")
    assert list(files.keys("p/")) == ["p/1", "p/10", "p/2"]
    files.delete("p/10")
    files.delete("p/10")
    assert list(files.keys("p/")) == ["p/1", "p/2"]


def test_a_link_opens_the_file_under_its_russian_name_and_nothing_else(files: Any) -> None:
    files.put("documents/p1/d1.pdf", b"%PDF-1.7")
    link = files.link("documents/p1/d1.pdf", "Счёт № 17.pdf", timedelta(minutes=5))
    with urllib.request.urlopen(link) as answer:
        assert answer.read() == b"%PDF-1.7"
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"] == disposition("Счёт № 17.pdf")
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(link.replace("d1.pdf?", "d2.pdf?"))
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(link.split("?")[0])


@pytest.mark.parametrize("name", ['a".pdf', "a\r\nX: 1.pdf", "Счёт.pdf", "a;b\\c.pdf"])
def test_a_name_can_not_break_out_of_its_header(name: str) -> None:
    made = disposition(name)
    assert made.isascii() and made.isprintable() and made.count('"') == 2 and "\\" not in made
