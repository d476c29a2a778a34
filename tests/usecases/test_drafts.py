"""Several named drafts: shared or not, changed by two people at once, moved about, placed once, deleted."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from types import SimpleNamespace

import pytest

from chalicelib.domain.access.users import Role
from chalicelib.domain.cart.carts import CartHead, CartLine
from chalicelib.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from chalicelib.usecases.cart import drafts
from chalicelib.usecases.cart.cart import accept_prices, carts_of, change_by, current_cart, in_cart, put_in_cart, view_cart
from chalicelib.usecases.cart.place_order import OfferChanged
from tests.usecases.orders_world import Died, World

ITEMS = {"a": ("100.50", 10), "b": ("20.1250", 5), "c": ("7", 50)}


def made(world: World, name: str = "Объект", user: str = "u-1", *, shared: bool = False) -> CartHead:
    return drafts.new_draft(world.carts, world.clock, visitor=world.visitor(user), name=name, shared=shared)


def quantities(world: World, cart_id: str, user: str = "u-1") -> dict[str, int]:
    rows = world.look(world.visitor(user), cart_id=cart_id).cart.rows
    return {row.line.item_id: int(row.line.quantity) for row in rows}


def test_goods_go_into_the_chosen_draft() -> None:
    """C-28: several named drafts beside one's own cart; what the catalogue and the header show is the chosen one."""
    world = World(ITEMS)
    world.put("a", 2)
    draft = made(world)
    world.chosen["u-1"] = draft.id
    world.put("b", 3)
    assert current_cart(world.visitor()).totals.line_count == 1
    assert in_cart(world.carts, visitor=world.visitor()) == {"b": 3}
    assert quantities(world, "u-1") == {"a": 2} and quantities(world, draft.id) == {"b": 3}
    assert [cart.name for cart in carts_of(world.visitor())] == ["", "Объект"]


def test_a_draft_is_its_makers_until_it_is_shared() -> None:
    """A colleague sees and changes a shared one; another partner never."""
    world = World(ITEMS)
    draft = made(world)
    with pytest.raises(NotFound):
        world.put("a", 1, world.visitor("u-2"), draft.id)
    drafts.share_draft(world.carts, world.clock, visitor=world.visitor(), cart_id=draft.id, shared=True)
    world.put("a", 1, world.visitor("u-2"), draft.id)
    head = carts_of(world.visitor("u-2"))[1]
    assert head.created and head.changed and (head.created.user_id, head.changed.user_id) == ("u-1", "u-2")
    for user, partner in (("u-9", "p-2"), ("u-1", "p-2")):
        with pytest.raises(NotFound):
            world.put("a", 1, world.visitor(user, partner), draft.id)
    with pytest.raises(Forbidden):
        drafts.rename_draft(world.carts, world.clock, visitor=world.visitor("u-2"), cart_id=draft.id, name="Моё")
    head_of_account = world.visitor("u-3", role=Role.ACCOUNT_HEAD)
    drafts.rename_draft(world.carts, world.clock, visitor=head_of_account, cart_id=draft.id, name="Ленина, 5")
    assert carts_of(world.visitor())[1].name == "Ленина, 5" and quantities(world, draft.id) == {"a": 1}


def test_two_people_in_one_draft_lose_no_line() -> None:
    """Whoever is late with the same line is told; different lines do not meet at all."""
    world = World(ITEMS)
    draft = made(world, shared=True)
    one, other = world.visitor("u-1"), world.visitor("u-2")
    world.put("a", 2, one, draft.id)
    world.put("b", 3, other, draft.id)
    assert quantities(world, draft.id) == {"a": 2, "b": 3}
    world.put("a", 5, other, draft.id, was=2)
    with pytest.raises(Conflict):
        world.put("a", 4, one, draft.id, was=2)
    with pytest.raises(Conflict):
        world.put("a", 0, one, draft.id, was=2)
    world.put("a", 6, other, draft.id, was=2)  # his own change, from a page of his that is older
    assert quantities(world, draft.id) == {"a": 6, "b": 3}


def test_lines_move_and_add_up() -> None:
    """Comments and the price once seen go along."""
    world = World(ITEMS)
    for item in ITEMS:
        world.put(item, 2)
    drafts.annotate(world.carts, world.clock, visitor=world.visitor(), cart_id="", item_id="a", comment=" для  Анны ")
    draft = made(world)
    world.put("a", 1, cart_id=draft.id)
    world.set_price("b", "30")
    moved = drafts.move_lines(
        world.carts, world.clock, visitor=world.visitor(), source_id="u-1", target=draft, item_ids={"a", "b"}
    )
    assert moved == 2 and quantities(world, "u-1") == {"c": 2} and quantities(world, draft.id) == {"a": 3, "b": 2}
    rows = {row.line.item_id: row for row in world.look(cart_id=draft.id).cart.rows}
    assert rows["a"].line.comment == "для Анны" and str(rows["b"].price_was) == "20.1250"
    assert carts_of(world.visitor())[0].totals.line_count == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", range(1, 7))
def test_a_move_that_dies_loses_nothing(call: int, when: str) -> None:
    """150 lines are more than one transaction: each line is in exactly one cart, and the repeat moves the rest."""
    items = {f"i{n:03d}": ("10", 5) for n in range(150)}
    world = World(items)
    draft = made(world)
    for item in items:
        world.put(item, 1)

    def move() -> None:
        drafts.move_lines(world.carts, world.clock, visitor=world.visitor(), source_id="u-1", target=draft, item_ids=set(items))

    world.die_at(call, when)
    try:
        move()
    except Died:
        here, there = quantities(world, "u-1"), quantities(world, draft.id)
        assert not set(here) & set(there) and set(here) | set(there) == set(items)
        move()
    world.live()
    assert quantities(world, "u-1") == {} and quantities(world, draft.id) == dict.fromkeys(items, 1)


def test_an_order_of_a_draft_ends_it_and_leaves_the_others() -> None:
    """CK-10: the second click, a colleague's too, finds the first order; the draft is gone, one's own cart is not."""
    world = World(ITEMS)
    draft = made(world, shared=True)
    world.put("a", 2)
    world.put("b", 1, cart_id=draft.id)
    world.chosen["u-1"] = draft.id
    form = world.form(world.look(cart_id=draft.id))
    number = world.send(form)
    assert world.send(form) == world.send(form, world.visitor("u-2")) == number
    assert [line.item_id for line in world.read(number).lines] == ["b"]
    assert [cart.kind.value for cart in carts_of(world.visitor())] == ["own"]
    assert current_cart(world.visitor()).id == "u-1" and quantities(world, "") == {"a": 2}
    stale = world.visitor()
    with pytest.raises(NotFound):
        world.put("c", 1, stale, draft.id)
    assert len(world.numbers()) == 1


def test_a_late_line_does_not_bring_a_draft_back() -> None:
    """Deleted or ordered meanwhile: the line is refused, and the draft stays gone."""
    for end in ("delete", "order"):
        world = World(ITEMS)
        draft = made(world, shared=True)
        world.put("a", 1, cart_id=draft.id)
        late = world.visitor("u-2")
        if end == "order":
            world.send(world.form(world.look(cart_id=draft.id)))
        else:
            version = carts_of(world.visitor())[1].version
            drafts.delete_draft(world.carts, visitor=world.visitor(), cart_id=draft.id, version=version)
        with pytest.raises(Conflict):
            world.put("b", 1, late, draft.id)
        assert len(carts_of(world.visitor("u-2"))) == 1


def test_only_drafts_are_deleted_and_not_behind_a_colleagues_back() -> None:
    """OP-11: one's own cart and orders stay; a draft somebody has just added to is looked at again first."""
    world = World(ITEMS)
    draft = made(world, shared=True)
    version = carts_of(world.visitor())[1].version
    world.put("a", 1, world.visitor("u-2"), draft.id)
    with pytest.raises(Conflict):
        drafts.delete_draft(world.carts, visitor=world.visitor(), cart_id=draft.id, version=version)
    with pytest.raises(Forbidden):
        drafts.delete_draft(world.carts, visitor=world.visitor("u-2"), cart_id=draft.id, version=version + 1)
    with pytest.raises(Forbidden):
        drafts.delete_draft(world.carts, visitor=world.visitor(), cart_id="u-1", version=0)
    drafts.delete_draft(world.carts, visitor=world.visitor(), cart_id=draft.id, version=version + 1)
    assert len(carts_of(world.visitor())) == 1
    number = world.send(world.form(_filled(world)))
    with pytest.raises(NotFound):
        drafts.delete_draft(world.carts, visitor=world.visitor(), cart_id=number, version=1)


def _filled(world: World):  # type: ignore[no-untyped-def]
    world.put("c", 1)
    return world.look()


def test_a_cart_is_put_aside_and_copied() -> None:
    world = World(ITEMS)
    with pytest.raises(InvalidInput):
        drafts.put_aside(world.carts, world.clock, visitor=world.visitor(), name="Пусто")
    world.put("a", 2)
    old_form = world.form(world.look())
    draft = drafts.put_aside(world.carts, world.clock, visitor=world.visitor(), name="  На   потом ")
    assert draft.name == "На потом" and quantities(world, "") == {} and quantities(world, draft.id) == {"a": 2}
    with pytest.raises(OfferChanged):
        world.send(old_form)
    copy = drafts.copy_draft(world.carts, world.clock, visitor=world.visitor(), cart_id=draft.id, name="Ещё раз")
    world.put("a", 9, cart_id=copy.id)
    assert quantities(world, draft.id) == {"a": 2} and quantities(world, copy.id) == {"a": 9}
    for name in ("", " ", "я" * 81):
        with pytest.raises(InvalidInput):
            made(world, name)


def test_changed_prices_stay_in_sight_until_they_are_seen() -> None:
    """PR-13: the price of the day a line was put in stays beside today's, whatever is done to the quantity."""
    world = World(ITEMS)
    world.put("a", 2)
    since = world.look().cart.rows[0].line.seen_at
    world.set_price("a", "120")
    world.put("a", 3, was=2)
    cart = world.look().cart
    assert (cart.rows[0].price_was, cart.rise, cart.priced_at) == (cart.rows[0].line.seen_price, 5850, since)
    accept_prices(world.index, world.offers, world.carts, world.clock, visitor=world.visitor())
    assert world.look().cart.repriced == ()


def test_a_shared_draft_is_placed_once_by_two_at_the_same_instant(aws: SimpleNamespace) -> None:
    """CK-10: two colleagues press «Оформить» together, others put lines in: one order, and no line is lost."""
    world = World(ITEMS, aws.dynamodb)
    draft = made(world, shared=True)
    world.put("c", 1, cart_id=draft.id)
    visitors = [world.visitor(f"u-{n}") for n in range(1, 7)]
    form = world.form(world.look(cart_id=draft.id))

    def click(n: int) -> str:
        try:
            return world.send(form, visitors[n])
        except (OfferChanged, NotFound) as changed:
            return type(changed).__name__

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(click, range(6)))
    numbers = {answer for answer in answers if answer.startswith("K-")}
    assert len(numbers) == 1 == len(world.numbers())
    assert world.balance("c") == (50, 1, 49)


def test_a_cart_of_five_hundred_lines_is_priced_in_twelve_calls() -> None:
    """C-20: head, lines and ten batches; one click in it costs four, however long it is."""
    items = {f"i{n:03d}": ("10", 5) for n in range(500)}
    world = World(items)
    lines = [CartLine(item, Decimal(1)) for item in items]
    own = current_cart(world.visitor())
    for _ in range(2):  # a form that comes twice adds once
        world.carts.add_lines(world.visitor().partner_scope, own, lines, change_by(world.visitor(), world.clock), once="f1")
    visitor, calls = world.visitor(), list[str]()
    world.dynamo.fault = lambda name, moment: calls.append(name) if moment == "before" else None
    view = view_cart(world.index, world.offers, world.carts, visitor=visitor)
    assert view.totals.line_count == 500 and view.totals.amount == 500_000
    view_cart(world.index, world.offers, world.carts, visitor=visitor)
    first, again = calls[: len(calls) // 2 + 1], calls[len(calls) // 2 + 1 :]
    assert len(again) <= 12 and len(first) <= 13, calls  # the first look puts the head right
    calls.clear()
    put_in_cart(world.index, world.offers, world.carts, world.clock, visitor=visitor, item_id="i007", quantity=Decimal(3))
    assert len(calls) <= 4, calls
