"""The one log of Kabinet, JSON lines as CloudWatch searches them. Powertools is loaded by the first line that is written."""

from functools import cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


@cache
def _made() -> "Logger":
    from aws_lambda_powertools import Logger

    return Logger(service="kabinet", child=False)


class _Late:
    """Most requests write nothing, and a new instance need not wait for it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_made(), name)


logger = cast("Logger", _Late())
