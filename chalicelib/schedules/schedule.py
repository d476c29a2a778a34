"""How a clock function works: one call a tick, one log context; what a tick can't do waits for the next one."""

from collections.abc import Callable

from chalice import Blueprint
from chalice.app import CloudWatchEvent

from chalicelib import runtime
from chalicelib.domain.errors import KabinetError
from chalicelib.log import logger

Tick = Callable[[runtime.Runtime], None]


def schedule(routes: Blueprint, name: str, expression: str) -> Callable[[Tick], Tick]:
    """Register a function of the clock: `expression` as EventBridge has it, `rate(5 minutes)`.

    A neighbour that does not answer, and what is refused, is logged and over. Anything else fails the function, so that
    Lambda counts the error and tries twice more.
    """

    def register(tick: Tick) -> Tick:
        def run(_: CloudWatchEvent) -> None:
            run_tick(tick, name)

        run.__name__ = f"schedule_{name}"
        function = routes.schedule(expression, name=f"schedule_{name}")
        # Lambda looks the function up in the tick's module, under the name that Chalice wrote down at its registration
        tick.__globals__[f"schedule_{name}"] = function(run)
        return tick

    return register


def run_tick(tick: Tick, name: str) -> None:
    logger.append_keys(schedule=name)
    try:
        tick(runtime.current())
    except KabinetError as error:
        logger.warning("%s: %s", name, error)
