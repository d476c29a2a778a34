"""Vehicles a load fits in: the supplier's table, smallest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from chalicelib.domain.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Vehicle:
    """What it carries: weight in kg, volume in m³."""

    name: str
    load_kg: Decimal
    volume_m3: Decimal


DEFAULT_VEHICLES = (
    Vehicle("Каблук 0,7 т", Decimal(700), Decimal("3.2")),
    Vehicle("Газель 1,5 т", Decimal(1_500), Decimal(9)),
    Vehicle("Газель удлинённая 1,5 т", Decimal(1_500), Decimal(18)),
    Vehicle("Грузовик 3 т", Decimal(3_000), Decimal(20)),
    Vehicle("Грузовик 5 т", Decimal(5_000), Decimal(36)),
    Vehicle("Грузовик 10 т", Decimal(10_000), Decimal(50)),
    Vehicle("Фура 20 т", Decimal(20_000), Decimal(82)),
)
"""Until the supplier's administrator writes his own."""

MOST_VEHICLES = 30


@dataclass(frozen=True, slots=True)
class Fit:
    """The vehicle to take, `count` of them where the load is more than the biggest carries."""

    vehicle: Vehicle
    count: int = 1


def fitting(vehicles: Sequence[Vehicle], weight_kg: Decimal, volume_m3: Decimal) -> Fit | None:
    """The smallest that carries it; else as few of the biggest as do. None for a load without weight and volume."""
    if not vehicles or (weight_kg <= 0 and volume_m3 <= 0):
        return None
    by_size = sorted(vehicles, key=lambda vehicle: (vehicle.load_kg, vehicle.volume_m3))
    for vehicle in by_size:
        if vehicle.load_kg >= weight_kg and vehicle.volume_m3 >= volume_m3:
            return Fit(vehicle)
    counts = [(_count(vehicle, weight_kg, volume_m3), n) for n, vehicle in enumerate(reversed(by_size))]
    count, n = min(counts)
    return Fit(list(reversed(by_size))[n], count)


def _count(vehicle: Vehicle, weight_kg: Decimal, volume_m3: Decimal) -> int:
    share = max(weight_kg / vehicle.load_kg, volume_m3 / vehicle.volume_m3)
    return int(share.to_integral_value(ROUND_CEILING))


def checked(vehicles: Sequence[Vehicle]) -> tuple[Vehicle, ...]:
    """The table as it may be kept. Raises InvalidInput."""
    if len(vehicles) > MOST_VEHICLES:
        raise InvalidInput("Машин больше %(most)s", most=MOST_VEHICLES)
    for vehicle in vehicles:
        if not vehicle.name or len(vehicle.name) > 60:
            raise InvalidInput("Название машины: от 1 до 60 знаков")
        if not (0 < vehicle.load_kg <= 100_000 and 0 < vehicle.volume_m3 <= 1_000):
            raise InvalidInput("«%(name)s»: укажите грузоподъёмность в кг и объём в м³", name=vehicle.name)
    return tuple(sorted(vehicles, key=lambda vehicle: (vehicle.load_kg, vehicle.volume_m3)))
