"""Who exchanges with us: HTTP Basic (login and password, as 1C's form asks) or a bearer key."""

import base64
import binascii
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from weakref import WeakKeyDictionary

from chalicelib.domain.errors import NotSignedIn, TooManyAttempts
from chalicelib.domain.exchange.exchange import ExchangeNode
from chalicelib.runtime import Runtime

WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 100
REMEMBERED_FOR = timedelta(minutes=5)
REMEMBERED_AT_MOST = 1000
REFUSED = "Неверный логин, пароль или ключ обмена"

_process_key = secrets.token_bytes(32)
Verified = dict[bytes, tuple[datetime, ExchangeNode]]
_verified: WeakKeyDictionary[Runtime, Verified] = WeakKeyDictionary()
"""Credentials that were right a moment ago, by a keyed hash: 1C signs in with every request, and argon2 is slow by design."""


def authenticate(runtime: Runtime, headers: Mapping[str, str], address: str) -> ExchangeNode:
    """The account of the `Authorization` header. Raises NotSignedIn, or TooManyAttempts.

    A key reads `<login>.<random>`. Tries are counted by account and address together: a stranger can't lock 1C out.
    """
    given = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
    remembered = _verified.setdefault(runtime, {})
    place = hmac.digest(_process_key, given.encode(), "sha256")
    until, node = remembered.get(place, (None, None))
    if node and until and runtime.clock() < until:
        return node
    node = _verify(runtime, given, address)
    if len(remembered) >= REMEMBERED_AT_MOST:
        remembered.clear()
    remembered[place] = (runtime.clock() + REMEMBERED_FOR, node)
    return node


def new_key(login: str) -> tuple[str, str]:
    """A bearer key for the account, and the `api_key_hash` to keep of it."""
    key = f"{login}.{secrets.token_urlsafe(32)}"
    return key, sha256(key.encode()).hexdigest()


def _verify(runtime: Runtime, given: str, address: str) -> ExchangeNode:
    scheme, _, secret = given.partition(" ")
    match scheme.lower():
        case "basic":
            login, password = _basic(secret.strip())
            node = _counted(runtime, login, address)
            fits = runtime.hasher.verify(node.password_hash if node else "", password)
        case "bearer":
            login = secret.strip().rpartition(".")[0]
            node = _counted(runtime, login, address)
            fits = _is_key(node, secret.strip())
        case _:
            raise NotSignedIn(REFUSED)
    if node is None or not fits:
        raise NotSignedIn(REFUSED)
    runtime.attempts.forget(f"exchange {login} {address}", WINDOW, runtime.clock())
    return node


def _basic(secret: str) -> tuple[str, str]:
    """Login and password. 1C sends them in UTF-8, old platforms in windows-1251."""
    try:
        raw = base64.b64decode(secret, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotSignedIn(REFUSED) from error
    login, _, password = _text(raw).partition(":")
    return login, password


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("windows-1251", errors="replace")


def _is_key(node: ExchangeNode | None, key: str) -> bool:
    kept = node.api_key_hash if node else ""
    return hmac.compare_digest(sha256(key.encode()).hexdigest(), kept)


def _counted(runtime: Runtime, login: str, address: str) -> ExchangeNode | None:
    """The account, if the caller may still try."""
    now = runtime.clock()
    by_address = runtime.attempts.count(f"exchange address {address}", WINDOW, now)
    if by_address > TRIES_PER_ADDRESS or runtime.attempts.count(f"exchange {login} {address}", WINDOW, now) > TRIES_PER_ACCOUNT:
        raise TooManyAttempts("Слишком много неудачных входов. Повторите через 15 минут")
    return runtime.exchange.node(login) if 0 < len(login) <= 100 else None
