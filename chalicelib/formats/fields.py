"""Fields that messages of `/exchange/v1` share."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from chalicelib.formats.messages import Currency, Id, Line

Revision = Annotated[
    int,
    Field(
        ge=1,
        le=10**18,
        description="Номер изменения объекта: растёт с каждой записью, например ТекущаяУниверсальнаяДатаВМиллисекундах()."
        " Запись с тем же или меньшим номером принимается и не меняет ничего",
    ),
]
DeletionMark = Annotated[bool, Field(strict=True, description="Пометка удаления: объект остаётся и больше не действует")]
Amount = Annotated[Decimal, Field(ge=-(10**13), le=10**13, max_digits=15, decimal_places=2)]
"""Major units with kopecks."""
PositiveAmount = Annotated[Decimal, Field(ge=0, le=10**13, max_digits=15, decimal_places=2)]
Price = Annotated[Decimal, Field(ge=0, le=10**12, max_digits=18, decimal_places=4)]
PartnerId = Annotated[Id, Field(description="Идентификатор партнёра в 1С")]

__all__ = ["Amount", "Currency", "DeletionMark", "Id", "Line", "PartnerId", "PositiveAmount", "Price", "Revision"]
