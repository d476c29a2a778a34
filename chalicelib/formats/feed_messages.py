"""Messages of `/exchange/v1` that are no records: changes for 1C and their acknowledgement, lists of revisions."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from chalicelib.formats.fields import Line, Revision
from chalicelib.formats.messages import LIST_LIMIT, Message

Key = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]{1,200}$")]
Figure = Annotated[str, StringConstraints(pattern=r"^-?\d+(\.\d+)?$")]
MOST_LISTED = 60_000
"""What 4 MB hold."""

ACKNOWLEDGED_EXAMPLE: dict[str, Any] = {"number": 42, "refused": [{"number": 41, "reason": "Не заполнен склад"}]}
MANIFEST_EXAMPLE: dict[str, Any] = {
    "entity": "individual_prices",
    "revision": 63867182500000,
    "count": 1,
    "checksum": "87389bbe294ab52dd214a57266e15fdb8b57432cd29fb93359d7999debe0d10f",
    "records": [{"id": "a1a2a3a4-7d0c-11ee-9a52-00155d012345", "revision": 63867182400000}],
}


class RefusedChangeMessage(Message):
    """Изменение, которое 1С не смогла принять."""

    number: int = Field(ge=1, le=10**15, description="Номер изменения")
    reason: Line = Field("причина не указана", description="Почему: её прочитает сотрудник поставщика")


class AcknowledgedMessage(Message):
    """1С приняла все изменения до номера включительно, кроме отклонённых. Отклонённые откладываются и видны на портале."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [ACKNOWLEDGED_EXAMPLE]})

    number: int = Field(ge=0, le=10**15, description="Наибольший номер из полученных")
    refused: tuple[RefusedChangeMessage, ...] = Field((), max_length=LIST_LIMIT, description="Отклонённые изменения")
    entities: tuple[Line, ...] = Field(
        (), max_length=20, description="Подтвердить изменения только этих видов — тех же, что запрошены; не передано — всех"
    )


class AcknowledgedReply(Message):
    """Сколько изменений снято с очереди и сколько отложено."""

    taken: int
    refused: int


class RevisionMessage(Message):
    """Объект и номер его последнего изменения."""

    id: Key = Field(description="Идентификатор объекта; у договоров, контрагентов и адресов — партнёр и объект через пробел")
    revision: Revision


class ManifestMessage(Message):
    """Полный список объектов одного вида с номерами изменений.

    Список больше 4 МБ делится на диапазоны идентификаторов: каждый закрывается сам, `first_id` и `last_id` входят в него."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [MANIFEST_EXAMPLE]})

    entity: Line = Field(description="Вид объектов: имя из адреса, например individual_prices")
    revision: Revision = Field(
        description="Номер изменения, на который снят список: объекты, изменённые позже, он не затрагивает",
    )
    count: int = Field(ge=0, le=10**9, description="Число записей в records")
    checksum: Annotated[str, StringConstraints(pattern=r"^[0-9A-Fa-f]{64}$")] = Field(
        description="SHA-256 в шестнадцатеричном виде от строк «идентификатор:номер» с переводом строки LF после каждой,"
        " в UTF-8, по возрастанию байтов строки"
    )
    records: tuple[RevisionMessage, ...] = Field(max_length=MOST_LISTED, description="Объекты")
    first_id: Key | Literal[""] = Field("", description="Начало диапазона идентификаторов; не передано — с первого")
    last_id: Key | Literal[""] = Field("", description="Конец диапазона включительно; не передан — до последнего")


class DifferenceReply(Message):
    """Сколько и какие: первые сто."""

    count: int
    ids: tuple[str, ...]


class DifferencesReply(Message):
    """Чем список отличается от портала."""

    missing: DifferenceReply = Field(description="В портале нет")
    stale: DifferenceReply = Field(description="В портале более старое изменение")
    extra: DifferenceReply = Field(description="Есть в портале, нет в списке")


class ManifestReply(Message):
    """Снимок закрыт."""

    run: str = Field(description="Номер сеанса в журнале обмена")
    hidden: int = Field(description="Сколько объектов больше не действует")
    differences: DifferencesReply


class ReconcileReply(Message):
    """Итог сверки."""

    run: str = Field(description="Номер сеанса в журнале обмена")
    equal: bool
    differences: DifferencesReply


class MarkReply(Message):
    """Объект в портале."""

    id: str
    revision: int
    active: bool = Field(description="Действует")


class RevisionsReply(Message):
    """Страница списка по возрастанию идентификаторов."""

    entity: str
    records: tuple[MarkReply, ...]
    next: str | None = Field(description="Передать в after за следующей страницей; null — это последняя")
