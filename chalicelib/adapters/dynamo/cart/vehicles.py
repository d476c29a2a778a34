"""The supplier's table of vehicles: one item."""

from collections.abc import Sequence

from chalicelib.adapters.dynamo.table import Key, Table
from chalicelib.domain.cart.vehicles import Vehicle

KEY: Key = ("SETTINGS", "VEHICLES")


class DynamoVehicles:
    def __init__(self, portal: Table) -> None:
        self.portal = portal

    def read(self) -> tuple[Vehicle, ...]:
        kept = self.portal.get(KEY)
        return tuple(Vehicle(*row) for row in kept["vehicles"]) if kept else ()

    def save(self, vehicles: Sequence[Vehicle]) -> None:
        rows = [[one.name, one.load_kg, one.volume_m3] for one in vehicles]
        self.portal.put({"PK": KEY[0], "SK": KEY[1], "vehicles": rows})
