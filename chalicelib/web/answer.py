"""What a page answers, and the headers every answer carries."""

import re
from dataclasses import dataclass, field, replace

from chalice import Response

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HTML = "text/html; charset=utf-8"
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Cookie:
    """A cookie to set; `seconds` None lives as long as the browser, 0 takes it away."""

    name: str
    value: str
    secure: bool
    seconds: int | None = None

    def header(self) -> str:
        parts = [f"{self.name}={self.value}", "Path=/", "HttpOnly", "SameSite=Lax"]
        if self.secure:
            parts.append("Secure")
        if self.seconds is not None:
            parts.append(f"Max-Age={self.seconds}")
        return "; ".join(parts)


@dataclass(frozen=True)
class Answer:
    body: bytes = b""
    status: int = 200
    content_type: str = HTML
    headers: dict[str, str] = field(default_factory=dict)
    cookies: tuple[Cookie, ...] = ()

    def with_cookie(self, cookie: Cookie) -> "Answer":
        return replace(self, cookies=(*self.cookies, cookie))


def to_response(answer: Answer, *, https: bool) -> Response:
    """Chalice's response. Header values are cleared of line breaks: Chalice lets some of them through."""
    headers = security_headers(https) | {"Content-Type": answer.content_type} | answer.headers
    clean: dict[str, str | list[str]] = {name: _UNSAFE.sub("", value) for name, value in headers.items()}
    if answer.cookies:
        clean["Set-Cookie"] = [_UNSAFE.sub("", cookie.header()) for cookie in answer.cookies]
    return Response(answer.body, clean, answer.status)


def security_headers(https: bool) -> dict[str, str]:
    headers = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        # not no-referrer: browsers would then send `Origin: null` with our own forms
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Cache-Control": "no-store",
        "Vary": "HX-Request",
    }
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers
