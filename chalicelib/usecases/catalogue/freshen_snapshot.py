"""The search snapshot orders and filters by prices and balances of the moment it was made: it is made anew while they move."""

from chalicelib.usecases.catalogue.publish_snapshot import begun_at
from chalicelib.usecases.ports.access import Beacons
from chalicelib.usecases.ports.files import Queues


def freshen_snapshot(beacons: Beacons, queues: Queues) -> bool:
    """Ask for a new one where 1C has told prices or balances since the one in force was begun."""
    moved = max((at for at in (beacons.stock_at, beacons.prices_at) if at), default=None)
    if beacons.snapshot is None or moved is None or moved <= begun_at(beacons.snapshot):
        return False
    queues.send("snapshot", {"because": "offers"})
    return True
