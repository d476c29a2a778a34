"""The order book of the simulated 1C: nothing taken twice, nothing lost, stock kept, answers that the portal can read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from chalicelib.domain.orders.orders import Approval, ErpOrder, state_axes
from chalicelib.formats.commerceml.reader import read
from infra.demo import supplier
from infra.demo.supplier import Item
from infra.simulator.book import STATES, OrderBook, UnknownOrder
from infra.simulator.client import PortalUnavailable, Site
from infra.simulator.orders import OrderDesk
from infra.simulator.state import State
from tests.infra.strict_portal import NO_ORDERS, StrictPortal

NOW = datetime(2026, 11, 21, 9, 5, 7)
MOSCOW = supplier().warehouses[0].id


def clock() -> datetime:
    return NOW


@dataclass
class World:
    """A portal, and a 1C whose state file outlives it."""

    portal: StrictPortal
    path: Path

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.book = OrderBook(State(self.path), supplier(), clock)
        self.desk = OrderDesk(Site(self.portal.address, "1c", "1c"), self.book, supplier(), clock)

    def answers(self) -> list[ErpOrder]:
        """Documents the portal has received, file by file."""
        files = (body for name, body in self.portal.files.items() if name.startswith("orders-"))
        return [record for body in files for record in read(BytesIO(body)) if isinstance(record, ErpOrder)]

    def free(self, item: Item) -> Decimal:
        return self.book.balances([item.id])[item.id][MOSCOW]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    portal = StrictPortal()
    yield World(portal, tmp_path / "simulator.json")
    assert portal.wrong == []
    portal.close()


def stocked(wanted: Callable[[Item], bool] = lambda _: True) -> Item:
    return next(item for item in supplier().items if item.balances[MOSCOW] >= 20 and wanted(item))


def order_xml(
    number: str, *lines: tuple[Item, int], comment: str = "", status: str = "Отправлен", cancelled: bool = False
) -> str:
    """An order as a site writes it: no namespace, UTF-8, times without a zone."""
    rows = "".join(
        f"<Товар><Ид>{item.id}</Ид><Артикул>{item.sku}</Артикул><Наименование>{item.name}</Наименование>"
        f'<БазоваяЕдиница Код="796" НаименованиеПолное="Штука">шт</БазоваяЕдиница>'
        f"<ЦенаЗаЕдиницу>{next(iter(item.prices.values()))}</ЦенаЗаЕдиницу><Количество>{quantity}</Количество>"
        "<Налоги><Налог><Наименование>НДС</Наименование><УчтеноВСумме>true</УчтеноВСумме><Ставка>22</Ставка></Налог></Налоги></Товар>"
        for item, quantity in lines
    )
    requisites = "".join(
        f"<ЗначениеРеквизита><Наименование>{name}</Наименование><Значение>{value}</Значение></ЗначениеРеквизита>"
        for name, value in (("Статус заказа", status), ("Отменен", "true" if cancelled else "false"))
    )
    return (
        f"<Документ><Ид>{number}</Ид><Номер>{number}</Номер><Дата>2026-11-21</Дата><Время>09:01:00</Время>"
        "<ХозОперация>Заказ товара</ХозОперация><Роль>Продавец</Роль><Валюта>RUB</Валюта><Курс>1</Курс>"
        "<Контрагенты><Контрагент><Ид>c-1</Ид><Наименование>ИП Громова Е. В.</Наименование><Роль>Покупатель</Роль>"
        "</Контрагент></Контрагенты>"
        + (f"<Комментарий>{comment}</Комментарий>" if comment else "")
        + f"<Склады><Склад><Ид>{MOSCOW}</Ид></Склад></Склады>"
        f"<Товары>{rows}</Товары><ЗначенияРеквизитов>{requisites}</ЗначенияРеквизитов></Документ>"
    )


def batch(*documents: str) -> str:
    return NO_ORDERS.replace("/>", ">") + "".join(documents) + "</КоммерческаяИнформация>"


def test_an_order_is_taken_acknowledged_reserved_and_answered(world: World) -> None:
    """IN-04: query → success, then the changed document through file → import."""
    item = stocked()
    before = world.free(item)
    world.portal.orders = batch(order_xml("П-1", (item, 5)))
    taken, answered = world.desk.round()
    (name,) = world.portal.files
    assert world.portal.said == [
        "sale checkauth", "sale query", "sale success",
        "sale checkauth", "sale init", f"sale file {name}", f"sale import {name}",
    ]  # fmt: skip
    assert name.startswith("orders-") and name.endswith("_1.xml")
    assert ([order.number for order in taken], [order.number for order in answered]) == (["П-1"], ["П-1"])
    (answer,) = world.answers()
    assert (answer.number, answer.erp_number, answer.state, answer.posted) == ("П-1", "ТДФЛ-000001", "Подтверждён", True)
    assert [(line.item_id, line.quantity) for line in answer.lines] == [(item.id, 5)]
    assert sum(line.amount for line in answer.lines) == item.prices[supplier().price_types[0].id] * 500
    assert ("Дата по 1С", "2026-11-21T9:05:07") in answer.attributes, "1C does not pad the hour"
    assert world.free(item) == before - 5


def test_an_order_given_again_after_a_lost_success_is_not_doubled(world: World) -> None:
    item = stocked()
    before = world.free(item)
    world.portal.orders = batch(order_xml("П-2", (item, 3)))
    world.portal.lost.add("success")
    with pytest.raises(PortalUnavailable):
        world.desk.round()
    world.restart()
    assert world.desk.round()[0] == [], "nothing new in it"
    assert [order.erp_number for order in world.book.orders()] == ["ТДФЛ-000001"]
    assert world.free(item) == before - 3
    assert world.portal.acknowledged == 2
    assert len(world.answers()) == 1


@pytest.mark.parametrize("mode", ["checkauth", "init", "file", "import"])
def test_a_lost_answer_is_sent_again_until_the_portal_has_it(world: World, mode: str) -> None:
    world.portal.orders = batch(order_xml("П-3", (stocked(), 2)))
    world.desk.take()
    world.portal.orders = NO_ORDERS
    world.portal.lost.add(mode)
    with pytest.raises(PortalUnavailable):
        world.desk.answer()
    world.restart()
    world.desk.round()
    sent = len(world.answers())
    assert [answer.number for answer in world.answers()] == ["П-3"] * sent
    assert len({(answer.erp_id, answer.lines) for answer in world.answers()}) == 1, "the same document every time"
    world.desk.round()
    assert len(world.answers()) == sent, "once it is there it is not sent again"


def test_a_change_while_the_answer_is_under_way_is_answered_too(world: World) -> None:
    world.portal.orders = batch(order_xml("П-4", (stocked(), 2)))
    world.desk.take()
    (order,) = world.book.unanswered()
    world.book.set_state("П-4", "Готов к отгрузке")
    world.book.answered(order)
    assert [order.state for order in world.book.unanswered()] == ["Готов к отгрузке"]


def test_short_stock_cuts_the_line_and_asks_the_dealer(world: World) -> None:
    item, other = stocked(), stocked(lambda one: one.kind == "Фурнитура")
    free = int(item.balances[MOSCOW])
    world.portal.orders = batch(order_xml("П-5", (item, free + 7), (other, 1)))
    world.desk.round()
    (answer,) = world.answers()
    assert (answer.state, state_axes(answer.state)) == ("Ожидает подтверждения", (Approval.AWAITING_CLIENT, None))
    assert [line.quantity for line in answer.lines] == [free, 1]
    assert answer.comment == f"{item.name}: есть {free} из {free + 7}"
    assert world.free(item) == 0
    world.portal.orders = batch(order_xml("П-6", (item, 1), (other, 1)))
    world.desk.round()
    assert [line.item_id for line in world.answers()[-1].lines] == [other.id], "a line with nothing left goes"
    world.portal.orders = batch(order_xml("П-7", (item, 1)))
    world.desk.round()
    assert world.answers()[-1].state == "Отклонён"


@pytest.mark.parametrize(
    ("comment", "share", "quantity", "state"),
    [
        ("Прошу уценка по акции", Decimal("0.9"), 8, "Подтверждён"),
        ("будет дороже?", Decimal("1.05"), 8, "Ожидает подтверждения"),
        ("мало ли что", Decimal(1), 4, "Ожидает подтверждения"),
    ],
)
def test_words_in_the_comment_make_the_manager_change_the_first_line(
    world: World, comment: str, share: Decimal, quantity: int, state: str
) -> None:
    item, other = stocked(), stocked(lambda one: one.kind == "Погонаж")
    world.portal.orders = batch(order_xml("П-8", (item, 8), (other, 8), comment=comment))
    world.desk.round()
    (answer,) = world.answers()
    price = next(iter(item.prices.values()))
    assert (answer.lines[0].price, answer.lines[0].quantity, answer.state) == (round(price * share, 2), quantity, state)
    assert (answer.lines[1].price, answer.lines[1].quantity) == (next(iter(other.prices.values())), 8)


def test_the_dealers_confirmation_settles_the_order(world: World) -> None:
    """OR-05: what the dealer agreed to stands in 1C as confirmed, with the lines 1C had proposed."""
    item = stocked()
    world.portal.orders = batch(order_xml("П-9", (item, 8), comment="мало"))
    world.desk.round()
    world.portal.orders = batch(order_xml("П-9", (item, 4), comment="мало", status="Подтверждён"))
    taken, _ = world.desk.round()
    assert [order.state for order in taken] == ["Подтверждён"]
    assert (world.answers()[-1].state, world.answers()[-1].lines[0].quantity) == ("Подтверждён", 4)
    assert len(world.book.orders()) == 1


def test_a_declined_change_gives_back_what_was_asked(world: World) -> None:
    item = stocked()
    world.portal.orders = batch(order_xml("П-10", (item, 8), comment="дороже"))
    world.desk.round()
    dearer = order_xml("П-10", (item, 8), comment="дороже", status="На модерации")
    world.portal.orders = batch(dearer)
    world.desk.round()
    last = world.answers()[-1]
    assert (last.state, last.lines[0].price) == ("Подтверждён", next(iter(item.prices.values())))


def test_a_cancelled_order_frees_its_goods(world: World) -> None:
    item = stocked()
    before = world.free(item)
    world.portal.orders = batch(order_xml("П-11", (item, 6)))
    world.desk.round()
    world.portal.orders = batch(order_xml("П-11", (item, 6), cancelled=True))
    world.desk.round()
    assert world.answers()[-1].cancelled
    assert world.free(item) == before


def test_shipping_takes_goods_off_the_shelf_once(world: World) -> None:
    item = stocked()
    there = world.book.on_hand(item.id, MOSCOW)
    world.portal.orders = batch(order_xml("П-12", (item, 6)))
    world.desk.round()
    world.portal.orders = NO_ORDERS
    assert world.book.on_hand(item.id, MOSCOW) == there
    for state in ("Готов к отгрузке", "В процессе отгрузки", "Закрыт"):
        world.book.set_state("П-12", state)
        world.desk.round()
        assert world.answers()[-1].state == state
    assert world.book.on_hand(item.id, MOSCOW) == there - 6 == world.free(item)
    with pytest.raises(UnknownOrder):
        world.book.set_state("П-99", "Закрыт")
    with pytest.raises(UnknownOrder):
        world.book.set_state("П-12", "Потерян")


def test_the_portal_knows_every_state_of_the_book() -> None:
    assert [state for state in STATES if state_axes(state) is None] == []


def test_goods_move_without_ever_falling_below_nothing(world: World) -> None:
    for seed in range(200):
        world.book.move(Random(seed), count=5)
    balances = world.book.balances()
    assert min(quantity for row in balances.values() for quantity in row.values()) >= 0
    assert balances != {item.id: item.balances for item in supplier().items}
    world.restart()
    assert world.book.balances() == balances, "kept over a restart"
