"""A DynamoDB that only remembers what is written to it."""

from decimal import Decimal
from types import SimpleNamespace

from chalicelib.domain.catalogue.catalogue import Item, ItemGroup, ItemPrice, Offer
from chalicelib.domain.exchange.exchange import Tally
from chalicelib.runtime import Runtime


def everything(runtime: Runtime) -> list[object]:
    tables = (runtime.portal, runtime.catalogue_table, runtime.ephemeral)
    return [sorted((item["PK"], item["SK"], str(item)) for item in table.scan()) for table in tables]


def test_nothing_is_written_and_everything_is_counted(aws: SimpleNamespace) -> None:
    """C-03: the very stores that load a file say what it would change."""
    runtime = Runtime()
    runtime.catalogue.save_cards([Item("a", "Дверь"), Item("b", "Ручка")], 1)
    runtime.stock.apply({"a": {"w": Decimal(5)}}, 1)
    before = everything(runtime)
    dry = runtime.dry()
    assert dry.catalogue.save_cards([Item("a", "Дверь"), Item("b", "Ручка медная"), Item("c", "Петля")], 2) == Tally(3, 2, 1)
    assert dry.catalogue.save_cards([Item("c", "Петля")], 2) == Tally(1, 0, 1)
    assert dry.catalogue.save_classifier([ItemGroup("g", "Группа")], 2) == Tally(1, 1)
    assert dry.catalogue.save_prices([Offer(Item("a", ""), (ItemPrice("p", Decimal(1)),))], 2) == Tally(1, 1)
    assert dry.stock.apply({"a": {"w": Decimal(5)}, "c": {"w": Decimal(1)}}, 2) == Tally(2, 1, 1)
    assert dry.catalogue.existing(["a", "c", "z"]) == {"a", "c"}
    assert dry.catalogue.cards(["c"])["c"].name == "Петля"
    dry.queues.send("snapshot", {"seq": 2})
    dry.monitor.succeeded("stock", runtime.clock())
    dry.outbox.remove("orders", "x")
    dry.exchange.start_file("1", "a.xml", runtime.clock())
    assert everything(runtime) == before
    assert runtime.queue_watch.states(runtime.clock())["snapshot"].waiting == 0


def test_a_late_run_would_change_nothing(aws: SimpleNamespace) -> None:
    runtime = Runtime()
    runtime.catalogue.save_cards([Item("a", "Дверь")], 7)
    assert runtime.dry().catalogue.save_cards([Item("a", "Старая дверь")], 3) == Tally(1, 0, 1)
