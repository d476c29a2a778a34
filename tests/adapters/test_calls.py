"""Requests to addresses that people type in: where they must not go, and what is told of those that fail."""

import hashlib
import hmac
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.adapters.erp import calls
from chalicelib.adapters.erp.calls import Caller, is_public, read_address
from chalicelib.adapters.erp.choice import order_receivers
from chalicelib.adapters.erp.webhook import signature
from chalicelib.domain.errors import Refused, Unavailable
from tests.stand_ins.order_service import PASSWORD, OrderService, serving
from tests.usecases.orders_world import World

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def caller(url: str, *, private: bool = True) -> Caller:
    return Caller(read_address(url, "push"), private=private)


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "169.254.170.2",  # noqa: S104
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00:ec2::254", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::1",
    ],
)  # fmt: skip
def test_what_is_not_the_open_internet(ip: str) -> None:
    assert not is_public(ip)


@pytest.mark.parametrize("ip", ["8.8.8.8", "95.163.1.1", "2a00:1450:4010::8a"])
def test_what_is(ip: str) -> None:
    assert is_public(ip)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "10.0.0.1", "[::ffff:127.0.0.1]"])
def test_a_private_address_is_refused_in_whatever_notation(host: str) -> None:
    with pytest.raises((Refused, Unavailable)) as caught:
        caller(f"push+http://{host}:9/x", private=False).post("", b"{}", {})
    assert "127" not in host or isinstance(caught.value, Refused)


def test_nothing_is_sent_to_a_private_address() -> None:
    with serving(OrderService()) as service, pytest.raises(Refused, match="внутренней сети"):
        caller(service.url(), private=False).post("orders", b"{}", {})
    assert service.requests == []


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "[fd00:ec2::254]"])
def test_where_clouds_tell_secrets_nobody_is_asked_even_if_private_networks_are_allowed(host: str) -> None:
    with pytest.raises(Refused):
        caller(f"push+http://{host}/latest", private=True).post("", b"", {})


def test_a_name_that_changes_its_mind_leads_nowhere_new(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the connection goes to the address that was judged, and the name is asked once."""
    asked: list[str] = []
    connected: list[str] = []
    real = socket.getaddrinfo

    def resolver(host: str, *rest: Any, **more: Any) -> Any:
        asked.append(host)
        return real("95.163.1.1" if len(asked) == 1 else "127.0.0.1", *rest, **more)

    def connect(address: tuple[str, int], **_: Any) -> socket.socket:
        connected.append(address[0])
        raise TimeoutError

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Unavailable):
        caller("push+http://rebind.example/x", private=False).post("", b"", {})
    assert (asked, connected) == (["rebind.example"], ["95.163.1.1"])


def test_a_redirect_is_not_followed() -> None:
    with serving(OrderService(faults=["redirect"])) as service:
        assert caller(service.url()).post("orders", b"{}", {"Idempotency-Key": "k"}).status == 302
    assert len(service.requests) == 1


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(OrderService(faults=["503"])) as service:
        assert caller(service.url()).post("orders", b"{}", {"Idempotency-Key": "k"}).status == 503


@contextmanager
def tls_server(folder: Path) -> Iterator[int]:
    """A server whose certificate nobody has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = folder / "both.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    def greet(listening: socket.socket) -> None:
        try:
            connection, _ = listening.accept()
            context.wrap_socket(connection, server_side=True)
        except OSError:
            pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=greet, args=(listening,), daemon=True)
        thread.start()
        yield listening.getsockname()[1]


def test_a_certificate_nobody_signed_is_not_trusted(tmp_path: Path) -> None:
    with tls_server(tmp_path) as port, pytest.raises(Unavailable, match="SSLCertVerificationError"):
        caller(f"push+https://u:p@localhost:{port}/").post("", b"secret order", {})


def test_silence_and_endless_answers_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "SILENCE", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.raises(Unavailable, match="TimeoutError"):
        caller(f"push+http://127.0.0.1:{deaf.getsockname()[1]}/").post("", b"", {})
    monkeypatch.setattr(calls, "SILENCE", 5)
    monkeypatch.setattr(calls, "LONGEST", 10)
    service = OrderService(answer=lambda _: {"text": "x" * 100})
    with serving(service), pytest.raises(Unavailable):
        caller(service.url()).post("orders", b'{"number": "1", "revision": 1}', {"Idempotency-Key": "k"})


def test_an_error_names_the_host_and_nothing_else() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    client = caller(f"push+http://obmen:{PASSWORD}@127.0.0.1:{port}/rest/1/{PASSWORD}/")
    with pytest.raises(Unavailable) as caught:
        client.post("x", b"", {})
    assert PASSWORD not in f"{caught.value} {caught.value!r} {client.address!r}"


@pytest.mark.parametrize(
    "url", ["https://h/x", "push+ftp://h/x", "push+https:///x", "push+https://h:x/", "push", "webhook+https://h/x"]
)
def test_a_url_that_stands_for_nothing_is_refused_without_telling_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"expected|PUSH_URL") as caught:
        order_receivers(url.replace("//", f"//u:{PASSWORD}@" if "webhook" not in url else "//"), lambda: NOW, private=True)
    assert PASSWORD not in str(caught.value)


def test_a_webhook_is_signed_so_that_its_receiver_can_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """IN-02: the receiver needs the secret, an HMAC and a clock, nothing of ours."""
    world = World({"a": ("1.00", 5)})
    world.put("a", 1)
    number = world.place()
    with serving(OrderService()) as service:
        receiver = order_receivers(service.url("webhook", user="", path="/hook"), lambda: NOW, private=True)[0]
        from chalicelib.usecases.orders.export_orders import outgoing_order

        partners: Any = world
        assert receiver.receive(outgoing_order(world.orders, partners, number), "key-1") is not None
    path, headers, body = service.requests[0]
    fields = dict(part.split("=") for part in headers["Kabinet-Signature"].split(","))
    expected = hmac.new(PASSWORD.encode(), f"{fields['t']}.".encode() + body, hashlib.sha256).hexdigest()
    assert (path, fields["v1"], fields["t"]) == ("/hook", expected, str(int(NOW.timestamp())))
    assert json.loads(body)["number"] == number
    assert headers["Idempotency-Key"] == "key-1"
    assert signature("other", NOW, body) != headers["Kabinet-Signature"]
    assert signature(PASSWORD, NOW + timedelta(seconds=1), body) != headers["Kabinet-Signature"]
