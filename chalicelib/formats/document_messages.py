"""Messages of `/exchange/v1` about documents: announced first, then uploaded by the link that the answer gives."""

from datetime import date as Day
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from chalicelib.formats.fields import Revision
from chalicelib.formats.messages import LIST_LIMIT, Currency, Id, Line, Message

DocumentId = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
LARGEST_FILE = 50_000_000
DocumentKind = Literal[
    "payment_invoice",
    "upd",
    "waybill",
    "goods_issue",
    "tax_invoice",
    "reconciliation_statement",
    "certificate",
    "contract",
    "price_list",
    "attachment",
    "photo",
    "other",
]
MediaType = Literal[
    "application/pdf",
    "application/zip",
    "application/xml",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "text/csv",
    "text/plain",
    "image/jpeg",
    "image/png",
]

DOCUMENT_EXAMPLE: dict[str, Any] = {
    "id": "9f3e5d11-7d0f-11ee-9a52-00155d012345",
    "revision": 63867182400000,
    "kind": "upd",
    "number": "УТ-000123",
    "date": "2026-11-21",
    "partner_id": "5f1c0c0e-7d0b-11ee-9a52-00155d012345",
    "amount": 45200.5,
    "size": 48213,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "media_type": "application/pdf",
}
UPLOADED_DOCUMENT_EXAMPLE: dict[str, Any] = {"id": "9f3e5d11-7d0f-11ee-9a52-00155d012345", "revision": 63867182400000}


class AudienceMessage(Message):
    """Кому адресовано: всем, перечисленным партнёрам или партнёрам региона или ценовой группы."""

    everyone: bool = Field(False, strict=True, description="Всем дилерам")
    partner_ids: tuple[Id, ...] = Field((), max_length=LIST_LIMIT, description="Партнёрам по списку")
    segments: tuple[Line, ...] = Field(
        (), max_length=LIST_LIMIT, description="Партнёрам, у которых в карточке такой регион или такая ценовая группа"
    )


class DocumentMessage(Message):
    """Документ дилера: сначала заявите его, затем загрузите файл по ссылке `upload` из ответа (метод и заголовки — оттуда же,
    ссылка живёт 15 минут) и сообщите об этом в `uploaded_documents` или повторите эту же запись. Дилер увидит документ, только
    когда размер и контрольная сумма загруженного файла совпадут с заявленными. Запись с большим `revision` заменяет файл:
    прежний останется с пометкой «Заменён». Счёт на оплату из 1С заменяет счёт, напечатанный порталом по тому же заказу."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [DOCUMENT_EXAMPLE]})

    id: DocumentId = Field(description="Идентификатор документа в 1С: латинские буквы, цифры, дефис, подчёркивание")
    revision: Revision
    kind: DocumentKind = Field(
        description="Вид: payment_invoice — счёт на оплату, upd — УПД, waybill — ТОРГ-12, goods_issue — расходная накладная,"
        " tax_invoice — счёт-фактура, reconciliation_statement — акт сверки, certificate — сертификат, contract — договор,"
        " price_list — прайс-лист, attachment — приложение к новости, photo — фото менеджера, other — другой"
    )
    number: Line = Field("", description="Номер, каким его увидит дилер")
    date: Day = Field(description="Дата документа, ГГГГ-ММ-ДД")
    title: Line = Field("", description="Название вместо вида и номера: «Прайс-лист на двери, ноябрь»")
    partner_id: Id | None = Field(None, description="Партнёр; для документа по заказу можно не указывать")
    order: Id | None = Field(None, description="Номер заказа в кабинете или идентификатор (GUID) заказа в 1С")
    counterparty_name: Line = Field("", description="Плательщик, как в документе")
    audience: AudienceMessage | None = Field(None, description="Кому показать документ, который не принадлежит партнёру")
    amount: Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)] = Field(Decimal(0), description="Сумма документа")
    currency: Currency = Field("RUB", description="Код валюты по ISO 4217")
    size: int = Field(0, ge=0, le=LARGEST_FILE, description="Размер файла, байт; до 50 МБ")
    sha256: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$", to_lower=True)] = Field(
        "", description="SHA-256 файла, 64 шестнадцатеричных знака"
    )
    media_type: MediaType = Field("application/pdf", description="Тип файла")
    deletion_mark: bool = Field(False, strict=True, description="Документ аннулирован: файл не нужен")

    @model_validator(mode="after")
    def _has_file(self) -> "DocumentMessage":
        if not self.deletion_mark and not (self.size and self.sha256):
            raise ValueError("не указаны size и sha256 файла")
        if self.audience and (self.partner_id or self.order):
            raise ValueError("аудитория указывается у документа без партнёра и заказа")
        if not (self.audience or self.partner_id or self.order):
            raise ValueError("не указано, чей документ: partner_id, order или audience")
        return self


class UploadedDocumentMessage(Message):
    """Файл документа загружен: если он тот самый, документ становится виден."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [UPLOADED_DOCUMENT_EXAMPLE]})

    id: DocumentId = Field(description="Идентификатор заявленного документа")
    revision: Revision
