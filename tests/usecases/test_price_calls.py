"""What pricing costs in calls: a page of the catalogue, and a cart of five hundred lines."""

from dataclasses import replace
from decimal import Decimal

from chalicelib.domain.partners.partner_terms import PartnerTerms, by_goods
from chalicelib.domain.partners.terms import Discount
from chalicelib.usecases.cart.cart import view_cart
from chalicelib.usecases.cart.compare_contracts import compare_contracts
from chalicelib.usecases.catalogue.browse import browse
from chalicelib.usecases.ports.catalogue import Search
from tests.usecases.orders_world import World

LINES = 500


def counted(world: World) -> list[str]:
    calls: list[str] = []
    world.dynamo.fault = lambda name, moment: calls.append(name) if moment == "before" else None
    return calls


def test_a_page_of_the_list_costs_one_call_after_the_visitor_is_known() -> None:
    """CT-08: prices by terms, restrictions and balances of fifty rows come in one call; with the account it is two."""
    world = World({f"i{n}": ("10", 5) for n in range(50)})
    visitor, calls = world.visitor(), counted(world)
    page = browse(world.index, world.offers, visitor=visitor, search=Search())
    assert len(page.rows) == 50 and all(row.price for row in page.rows)
    assert len(calls) == 1


def test_a_cart_of_500_lines_is_priced_in_twelve_calls() -> None:
    """C-20: ten calls for prices and balances, two for the cart; under all contracts not one more."""
    world = World({f"i{n:03d}": ("100", 5) for n in range(LINES)})
    for n in range(LINES):
        world.put(f"i{n:03d}", 2)
    discount = Discount("d", "Осень", percent=Decimal(10), min_quantity=Decimal(2))
    visitor = replace(world.visitor(), terms=PartnerTerms(discounts=by_goods([discount])))
    view_cart(world.index, world.offers, world.carts, visitor=visitor)
    calls = counted(world)
    view = view_cart(world.index, world.offers, world.carts, visitor=visitor)
    assert view.totals.amount == LINES * 2 * 90_00 and len(calls) <= 12, calls
    calls.clear()
    (one,) = compare_contracts(world.index, world.offers, world.carts, visitor=visitor).contracts
    assert (one.amount, one.chosen, one.difference) == (LINES * 2 * 90_00, True, 0) and len(calls) <= 12, calls


def test_who_may_not_see_prices_is_told_none() -> None:
    """PR-15: without `price.view` neither list, cart nor comparison carries the supplier's price; the goods are there."""
    world = World({"i1": ("10", 5)})
    world.put("i1", 2)
    full = world.visitor()
    visitor = replace(full, permissions=full.permissions - {"price.view"})
    (row,) = browse(world.index, world.offers, visitor=visitor, search=Search()).rows
    assert row.price is None and row.tiers == () and not row.can_be_ordered
    view = view_cart(world.index, world.offers, world.carts, visitor=visitor)
    assert [line.price for line in view.rows] == [None] and view.totals.amount == view.vat_amount == 0
    (one,) = compare_contracts(world.index, world.offers, world.carts, visitor=visitor).contracts
    assert one.amount == 0
