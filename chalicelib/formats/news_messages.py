"""Messages of `/exchange/v1` for people: news, and the managers who look after partners."""

from datetime import date as Day
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from chalicelib.formats.document_messages import AudienceMessage, DocumentId
from chalicelib.formats.fields import DeletionMark, Revision
from chalicelib.formats.messages import LIST_LIMIT, Id, Line, Message, Name

NewsId = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
LongText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)]

NEWS_EXAMPLE: dict[str, Any] = {
    "id": "b1d2c3e4-7d10-11ee-9a52-00155d012345",
    "revision": 63867182400000,
    "kind": "promotion",
    "title": "Скидка 10 % на межкомнатные двери до конца ноября",
    "text": "С 21 по 30 ноября на все межкомнатные двери действует скидка 10 %.\n\nСкидка уже учтена в ваших ценах.",
    "audience": {"segments": ["Опт"]},
    "important": True,
    "published_on": "2026-11-21",
    "valid_until": "2026-11-30",
    "attachments": [{"document_id": "c5f1a2b3-7d10-11ee-9a52-00155d012345", "title": "Условия акции"}],
}
MANAGER_EXAMPLE: dict[str, Any] = {
    "id": "0d6a3c54-7d0c-11ee-9a52-00155d012345",
    "revision": 63867182400000,
    "name": "Смирнова Ольга Петровна",
    "phone": "+7 812 555-01-10",
    "email": "smirnova@supplier.example",
    "partner_ids": ["5f1c0c0e-7d0b-11ee-9a52-00155d012345"],
}


class AttachmentMessage(Message):
    """Файл к новости: документ вида attachment, заявленный в documents с той же аудиторией."""

    document_id: DocumentId = Field(description="Идентификатор документа")
    title: Name = Field(description="Название, каким его увидит дилер")


class NewsMessage(Message):
    """Новость, акция, скидка или новинка для дилеров. Важную каждый должен подтвердить; кто прочёл, видно поставщику."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [NEWS_EXAMPLE]})

    id: NewsId = Field(description="Идентификатор новости: латинские буквы, цифры, дефис, подчёркивание")
    revision: Revision
    deletion_mark: DeletionMark = False
    kind: Literal["news", "promotion", "discount", "novelty"] = Field(
        "news", description="Вид: news — новость, promotion — акция, discount — скидка, novelty — новинка"
    )
    title: Name = Field(description="Заголовок")
    text: LongText = Field("", description="Простой текст; абзацы разделены пустой строкой")
    audience: AudienceMessage = Field(description="Кому показать")
    important: bool = Field(False, strict=True, description="Важная: стоит на главной, пока её не подтвердят")
    published_on: Day = Field(description="С какого дня видна, ГГГГ-ММ-ДД")
    valid_until: Day | None = Field(None, description="По какой день видна включительно; не передано — бессрочно")
    attachments: tuple[AttachmentMessage, ...] = Field((), max_length=20, description="Файлы")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "NewsMessage":
        if self.valid_until and self.valid_until < self.published_on:
            raise ValueError("valid_until раньше published_on")
        return self


class ManagerMessage(Message):
    """Персональный менеджер: его контакты всегда на виду у дилеров, которых он ведёт."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [MANAGER_EXAMPLE]})

    id: Id = Field(description="Идентификатор сотрудника в 1С")
    revision: Revision
    deletion_mark: DeletionMark = False
    name: Name = Field(description="ФИО")
    phone: Line = Field("", description="Телефон, как его показать дилеру")
    email: Line = Field("", description="Электронная почта")
    photo_document_id: DocumentId | None = Field(
        None, description="Фото: документ вида photo (JPEG или PNG до 1 МБ), заявленный в documents с аудиторией"
    )
    partner_ids: tuple[Id, ...] | None = Field(
        None,
        max_length=LIST_LIMIT,
        description="Все партнёры, которым он назначен этой записью; не передано — остаются прежними."
        " Менеджер из карточки партнёра назначается и без этого",
    )
