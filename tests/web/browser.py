"""A browser without a screen: real gateway events in, pages out; keeps cookies and fills forms."""

import html
import re
from dataclasses import dataclass, field
from types import SimpleNamespace
from urllib.parse import urlencode, urlsplit

from app import app
from infra.local.events import Context
from infra.local.proxy import Request, event
from infra.local.routing import Resources

HOST = "127.0.0.1:8000"


@dataclass
class Page:
    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def location(self) -> str:
        return self.headers.get("location", "")

    def hidden(self, name: str) -> str:
        """The value of the first hidden field with the name."""
        found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', self.text)
        assert found, f"no field {name}"
        return html.unescape(found[1])


@dataclass
class Browser:
    """`prefix`: the stage's, as in `/api`. `https`: as API Gateway tells it."""

    prefix: str = ""
    https: bool = False
    cookies: dict[str, str] = field(default_factory=dict)
    address: str = "10.0.0.7"

    def get(self, address: str, **headers: str) -> Page:
        return self.send("GET", address, b"", headers)

    def post(self, address: str, fields: dict[str, str], **headers: str) -> Page:
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"} | headers
        return self.send("POST", address, urlencode(fields).encode(), sent)

    def submit(self, page_address: str, form_address: str, fields: dict[str, str], **headers: str) -> Page:
        """Open a page, take the token of its forms and send one of them."""
        page = self.get(page_address)
        return self.post(form_address, {"form_token": page.hidden("form_token")} | fields, **headers)

    def sign_in(self, login: str, password: str) -> Page:
        return self.submit(f"{self.prefix}/sign-in", f"{self.prefix}/sign-in", {"login": login, "password": password})

    def send(self, method: str, address: str, body: bytes, headers: dict[str, str]) -> Page:
        parts = urlsplit(address)
        path = parts.path.removeprefix(self.prefix) or "/"
        resources = Resources(route for route, methods in app.routes.items() if method in methods)
        found = resources.match(path)
        assert found, f"{method} {path} is no route"
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = [("Host", HOST), ("Accept", "text/html,*/*;q=0.8"), ("Cookie", cookies)]
        sent += [(name.replace("_", "-"), value) for name, value in headers.items()]
        made = event(Request(method, path, parts.query, sent, body, self.address, 8000), found[0], found[1], self.prefix)
        if self.https:
            made["headers"]["X-Forwarded-Proto"] = "https"
        return self._page(app(made, Context("kabinet", 29)))

    def _page(self, given: dict[str, object]) -> Page:
        import base64

        answer = SimpleNamespace(**given)
        body = base64.b64decode(answer.body) if given.get("isBase64Encoded") else answer.body.encode()
        cookies = answer.multiValueHeaders.get("Set-Cookie", [])
        for cookie in cookies:
            name, _, rest = cookie.partition("=")
            value = rest.partition(";")[0]
            if "Max-Age=0" in cookie:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Page(answer.statusCode, headers, cookies, body)
