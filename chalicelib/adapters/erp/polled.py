"""1C that comes for its orders by itself: they wait in the outbox until it acknowledges them."""

from chalicelib.usecases.ports.orders import OrderWithParties


class Polled:
    """Where nothing is configured: nothing is to be done."""

    name = "1С"

    def receive(self, _order: OrderWithParties, _key: str) -> None:
        return None
