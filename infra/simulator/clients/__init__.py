"""The four clients of the site exchange, each with its dialogue, its files and its way to read orders."""

from infra.simulator.clients.bus import Bus
from infra.simulator.clients.configuration import Configuration
from infra.simulator.clients.unf import Unf
from infra.simulator.clients.upp import Upp
from infra.simulator.clients.ut import Ut

CLIENTS: dict[str, type[Configuration]] = {"ut": Ut, "unf": Unf, "upp": Upp, "bus": Bus}

__all__ = ["CLIENTS", "Bus", "Configuration", "Unf", "Upp", "Ut"]
