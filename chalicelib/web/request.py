"""A request as the pages see it: decoded, with the prefix under which the portal is mounted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

from chalicelib.domain.errors import InvalidInput
from chalicelib.web.multipart import UploadedFile, split_form

FORM_LIMIT = 200_000
"""Bytes of the biggest form: a cart of 500 lines takes about 60 KB."""

FIELD_LIMIT = 4_000
"""Fields of the biggest form."""


class Values:
    """Fields of a form or a query, each possibly several times. What is missing reads as ""."""

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self._values = {name: list(several) for name, several in values.items() if several}

    def get(self, name: str, default: str = "") -> str:
        """The last value, stripped."""
        return self._values[name][-1].strip() if name in self._values else default

    def raw(self, name: str) -> str:
        """The last value untouched: a password may begin with a space."""
        return self._values.get(name, [""])[-1]

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def names(self) -> list[str]:
        return list(self._values)


@dataclass(frozen=True)
class Request:
    """`prefix` is what stands before our paths in the address ("/api" under a stage, "" under a domain of our own)."""

    method: str
    path: str
    prefix: str
    headers: Mapping[str, str]
    query: Values
    form: Values
    cookies: Mapping[str, str]
    address: str
    params: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, UploadedFile] = field(default_factory=dict)

    @property
    def https(self) -> bool:
        return self.headers.get("x-forwarded-proto", "https").split(",")[0].strip() == "https"

    @property
    def wants_piece(self) -> bool:
        """htmx asks for a piece of the page, not for all of it."""
        return self.headers.get("hx-request") == "true" and self.headers.get("hx-history-restore-request") != "true"

    def url(self, path: str, **query: object) -> str:
        """The address of one of our paths; empty query values are left out, a list stands for a field several times."""
        filled = {name: value for name, value in query.items() if value not in (None, "", False, [])}
        return self.prefix + path + (f"?{urlencode(filled, doseq=True)}" if filled else "")


def read_request(raw: Any) -> Request:
    """Chalice's request as ours. Raises InvalidInput for a form that is too big or not text."""
    headers = {name.lower(): value for name, value in raw.headers.items()}
    params = {name: unquote(value) for name, value in (raw.uri_params or {}).items()}
    form, files = _form(raw, headers) if raw.method == "POST" else (Values({}), {})
    prefix, path = split_prefix(raw.path, raw.context.get("path") or raw.path, raw.uri_params)
    return Request(
        method=raw.method,
        path=path,
        prefix=prefix,
        headers=headers,
        query=Values({name: raw.query_params.getlist(name) for name in raw.query_params or ()}),
        form=form,
        cookies=_cookies(headers.get("cookie", "")),
        address=raw.context.get("identity", {}).get("sourceIp", ""),
        params=params,
        files=files,
    )


def split_prefix(resource: str, full_path: str, params: Mapping[str, str] | None = None) -> tuple[str, str]:
    """("/api", "/orders/17") of the resource `/orders/{number}` met at `/api/orders/17`. `{proxy+}` may hold several segments."""
    greedy = (params or {}).get("proxy", "x")
    depth = len(_segments(resource.replace("{proxy+}", greedy)))
    segments = _segments(full_path)
    cut = len(segments) - depth
    prefix = "".join(f"/{segment}" for segment in segments[:cut])
    return prefix, "/" + "/".join(segments[cut:])


def _segments(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment]


def _form(raw: Any, headers: Mapping[str, str]) -> tuple[Values, Mapping[str, UploadedFile]]:
    body: bytes = raw.raw_body
    if headers.get("content-type", "").startswith("multipart/"):
        texts, files = split_form(headers["content-type"], body)
        return Values(texts), files
    if len(body) > FORM_LIMIT:
        raise InvalidInput("Форма слишком большая")
    try:
        return Values(parse_qs(body.decode(), keep_blank_values=True, max_num_fields=FIELD_LIMIT)), {}
    except ValueError as error:  # UnicodeDecodeError is one of these
        raise InvalidInput("Форма не читается") from error


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}
