"""One visit to one page: the request, who makes it, and the ways to answer."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from chalicelib.domain.cart.carts import CartTotals
from chalicelib.domain.errors import NotSignedIn
from chalicelib.runtime import Runtime
from chalicelib.texts import LANGUAGES, _, current_language
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.web import session
from chalicelib.web.answer import Answer, Cookie
from chalicelib.web.figures import MOSCOW
from chalicelib.web.frame import Frame, make_frame
from chalicelib.web.labels import NOTICES
from chalicelib.web.rendering import render
from chalicelib.web.request import Request

NOTICE = "kabinet-notice"


@dataclass(frozen=True)
class Notice:
    """A message shown once, on the page after a form."""

    text: str
    kind: str = "success"


class Visit:
    """What a page function gets. `token` is what our forms must bring back."""

    def __init__(self, request: Request, runtime: Runtime, visitor: Visitor | None, token: str) -> None:
        self.request = request
        self.runtime = runtime
        self.guest = visitor is None
        self.token = token
        self._visitor = visitor

    @property
    def visitor(self) -> Visitor:
        """Raises NotSignedIn."""
        if self._visitor is None:
            raise NotSignedIn("Войдите, чтобы продолжить")
        return self._visitor

    @cached_property
    def frame(self) -> Frame | None:
        """What stands around the page of a signed-in person."""
        return None if self._visitor is None else make_frame(self._visitor, self.runtime)

    def show_cart(self, totals: CartTotals) -> None:
        """What the header shows of the cart, where this request has just reckoned it."""
        if self.frame is not None:
            self.frame = replace(self.frame, cart=totals)

    @property
    def today(self) -> date:
        return self.runtime.clock().astimezone(MOSCOW).date()

    def url(self, path: str, **query: object) -> str:
        return self.request.url(path, **query)

    def item_url(self, item_id: str) -> str:
        """The page of an item; a variant's id holds a `#`."""
        return self.url("/items/" + quote(item_id, safe=""))

    def picture_url(self, name: str, size: str) -> str:
        return self.url(f"/pictures/{quote(name, safe='')}-{size}")

    def page(self, template: str, *, piece: str | None = None, status: int = 200, **values: Any) -> Answer:
        """The whole page, or the piece of it where htmx asks for one and there is one."""
        name = piece if piece and self.request.wants_piece else template
        around = {"frame": self.frame, "language": current_language(), "languages": LANGUAGES, "notices": self._notices()}
        return Answer(render(name, visit=self, **(around | values)), status)

    def _notices(self) -> tuple[Notice, ...]:
        found = NOTICES.get(self.request.cookies.get(session.cookie_name(self.request, NOTICE), ""))
        return (Notice(_(found)),) if found else ()

    def go(self, path: str, notice: str = "", **query: object) -> Answer:
        """Redirect to one of our paths; `notice` is the code of a message the next page shows."""
        target = self.url(path, **query)
        # a 302 is followed by htmx unseen, and the answer would land in the middle of the page
        answer = (
            Answer(headers={"HX-Redirect": target})
            if self.request.wants_piece
            else Answer(b"", 303, headers={"Location": target})
        )
        return answer.with_cookie(self._notice_cookie(notice, 60)) if notice else answer

    def go_back(self, notice: str = "") -> Answer:
        """Redirect to the page the form stood on, with its query."""
        path, _question, query = self.back.partition("?")
        return self.go(path, notice, **parse_qs(query))

    def leave(self, address: str) -> Answer:
        """Redirect to an address outside, such as a presigned link."""
        return Answer(b"", 302, headers={"Location": address})

    @property
    def has_notice(self) -> bool:
        return bool(self.request.cookies.get(session.cookie_name(self.request, NOTICE)))

    def forget_notice(self) -> Cookie:
        return self._notice_cookie("", 0)

    def _notice_cookie(self, code: str, seconds: int) -> Cookie:
        return Cookie(session.cookie_name(self.request, NOTICE), code, self.request.https, seconds)

    @property
    def here(self) -> str:
        """The path of this page with its query, for links that come back to it."""
        return self.url(self.request.path, **{name: self.request.query.all(name) for name in self.request.query.names()})

    @property
    def back(self) -> str:
        """The path, without prefix, of the page whose form this is."""
        given = self.request.form.get("back") or urlsplit(self.request.headers.get("referer", "")).path
        return session.without_prefix(session.safe_next(given or "/"), self.request.prefix)
