"""The dealers' people: each opens the link in his letter and sets his password in the portal's own form, as a person would."""

import re
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from typing import cast
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

_LINK = re.compile(r"https?://[^\s<>\"]+/invite/[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Invitation:
    """A letter in the mail folder: whom it is for and where its link leads."""

    letter: Path
    to: str
    link: str


def invitations(folder: Path) -> list[Invitation]:
    """Every letter with an invitation link, oldest first."""
    letters = sorted(folder.glob("*.eml"), key=lambda path: (path.stat().st_mtime_ns, path.name)) if folder.exists() else []
    return [found for letter in letters if (found := _invitation(letter))]


def _invitation(letter: Path) -> Invitation | None:
    message = message_from_bytes(letter.read_bytes(), policy=policy.default)
    body = message.get_body(("plain", "html"))
    link = _LINK.search(str(body.get_content())) if body else None
    return Invitation(letter, str(message["To"] or "").strip().lower(), link[0].rstrip(".,;)")) if link else None


@dataclass(slots=True)
class Form:
    """A form of a page: `fields` by name with what stands in them; `passwords` are those a person must fill."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    passwords: list[str] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("action", "")))
        elif tag == "input" and self.found and given.get("name"):
            self._input(self.found[-1], given)

    @staticmethod
    def _input(form: Form, given: dict[str, str]) -> None:
        if given.get("type") == "password":
            form.passwords.append(given["name"])
        elif given.get("type") not in {"checkbox", "radio", "submit", "button"} or "checked" in given:
            form.fields[given["name"]] = given.get("value", "")


class NotAccepted(Exception):
    """The portal did not take the password: a used or old link, or a page without such a form."""


def set_password(portal: str, link: str, password: str) -> None:
    """Open the link at `portal`, fill the form, send it. Raises NotAccepted, URLError where nobody answers."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()), ProxyHandler({}))
    address = _at(portal, link)
    try:
        with browser.open(address, timeout=30) as page:
            form = _password_form(page.read().decode(), cast(str, page.url))
        filled = form.fields | dict.fromkeys(form.passwords, password)
        with browser.open(Request(form.action, urlencode(filled).encode()), timeout=30) as page:
            page.read()
    except HTTPError as error:
        with error:
            raise NotAccepted(f"{error.code} {urlsplit(address).path}") from error


def _password_form(html: str, address: str) -> Form:
    forms = _Forms()
    forms.feed(html)
    form = next((form for form in forms.found if form.passwords), None)
    if form is None:
        raise NotAccepted(f"на странице {urlsplit(address).path} нет поля пароля")
    form.action = urljoin(address, form.action)
    return form


def _at(portal: str, link: str) -> str:
    """The link as it opens here: its path at the address the portal was given to us under."""
    here, there = urlsplit(portal), urlsplit(link)
    return urlunsplit((here.scheme, here.netloc, there.path, there.query, ""))


__all__ = ["Invitation", "NotAccepted", "URLError", "invitations", "set_password"]
