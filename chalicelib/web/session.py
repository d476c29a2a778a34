"""Cookies of a visit and the proof that a form was ours (CSRF)."""

import secrets
from hmac import compare_digest
from urllib.parse import urlsplit

from chalicelib.domain.errors import Forbidden
from chalicelib.web.answer import Cookie
from chalicelib.web.request import Request

FORM_FIELD = "form_token"
FORM_HEADER = "x-csrf"
SESSION_SECONDS = 30 * 24 * 3600


def cookie_name(request: Request, name: str) -> str:
    """`__Host-` binds the cookie to this very host, but browsers take it over https alone."""
    return f"__Host-{name}" if request.https else name


def session_token(request: Request) -> str:
    return request.cookies.get(cookie_name(request, "kabinet"), "")


def session_cookie(request: Request, token: str) -> Cookie:
    """An empty token takes the cookie away."""
    return Cookie(cookie_name(request, "kabinet"), token, request.https, SESSION_SECONDS if token else 0)


def guest_token(request: Request) -> str:
    """The double-submit token of a visitor without a session; made where there is none."""
    return request.cookies.get(cookie_name(request, "kabinet-form"), "") or secrets.token_urlsafe(24)


def guest_cookie(request: Request, token: str) -> Cookie:
    return Cookie(cookie_name(request, "kabinet-form"), token, request.https)


def check_form(request: Request, expected: str, public_url: str) -> None:
    """Raises Forbidden for a form that did not come from our own page with the visitor's own token."""
    if not _same_origin(request, public_url):
        raise Forbidden("Запрос пришёл с чужого сайта и не выполнен")
    given = request.headers.get(FORM_HEADER) or request.form.get(FORM_FIELD)
    if not expected or not compare_digest(given.encode(), expected.encode()):
        raise Forbidden("Страница устарела. Откройте её заново и повторите действие")


def _same_origin(request: Request, public_url: str) -> bool:
    """By what the browser itself says; clients that send neither header are stopped by the token alone."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc in (request.headers.get("host", ""), urlsplit(public_url).netloc)


def safe_next(path: str) -> str:
    """A path of ours to go to after signing in; anything else is the front page."""
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if inside else "/"


def without_prefix(path: str, prefix: str) -> str:
    """Our path of an address that stands under the prefix."""
    inside = bool(prefix) and (path == prefix or path.startswith((prefix + "/", prefix + "?")))
    return (path[len(prefix) :] or "/") if inside else path
