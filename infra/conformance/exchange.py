"""One request and its answer, as both sides saw it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Exchange:
    """`target` is the address without the host, `headers` by lower-case name; `reply` is the body of the answer."""

    number: int
    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    status: int = 200
    reply: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def mode(self) -> str:
        return self.query.get("mode", "")

    @property
    def name(self) -> str:
        return self.query.get("filename", "")

    @property
    def answer(self) -> str:
        try:
            return self.reply.decode()
        except UnicodeDecodeError:
            return self.reply.decode("cp1251", "replace")

    @property
    def verdict(self) -> str:
        return self.answer.partition("\n")[0].strip().lower()

    @property
    def cookies(self) -> list[str]:
        return [pair.strip() for pair in self.headers.get("cookie", "").split(";") if pair.strip()]

    @property
    def place(self) -> str:
        """How a person finds it: «запрос № 7, mode=file, import0_1.xml»."""
        if not self.mode:
            return f"запрос № {self.number}, {self.method} {self.path}"
        return ", ".join(filter(None, (f"запрос № {self.number}", f"mode={self.mode}", self.name)))
