"""Which vehicle a cart needs, and the supplier's table of vehicles."""

from collections.abc import Sequence

from chalicelib.domain.cart.carts import CartTotals
from chalicelib.domain.cart.vehicles import DEFAULT_VEHICLES, Fit, Vehicle, checked, fitting
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.ports.cart import VehicleStore


def fitting_vehicle(vehicles: VehicleStore, totals: CartTotals) -> Fit | None:
    return fitting(known_vehicles(vehicles), totals.weight_kg, totals.volume_m3) if totals.line_count else None


def known_vehicles(vehicles: VehicleStore) -> tuple[Vehicle, ...]:
    return vehicles.read() or DEFAULT_VEHICLES


def save_vehicles(vehicles: VehicleStore, *, visitor: Visitor, table: Sequence[Vehicle]) -> None:
    """An empty table brings the defaults back. Raises InvalidInput."""
    visitor.must("setting.manage")
    vehicles.save(checked(table))
