"""Templates: lists of goods that are ordered again and again, everybody's at the partner."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

from chalicelib.domain.cart.carts import CartHead, CartKind, CartTotals
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.cart.cart import cart_of, change_by
from chalicelib.usecases.cart.drafts import good_name, must_manage
from chalicelib.usecases.ports.cart import CartStore
from chalicelib.usecases.ports.clock import Clock

MOST_TEMPLATES = 100


def templates(carts: CartStore, *, visitor: Visitor) -> tuple[CartHead, ...]:
    visitor.must("cart.edit")
    return carts.templates(visitor.partner_scope)


def template(carts: CartStore, *, visitor: Visitor, template_id: str) -> CartHead:
    """Raises NotFound."""
    visitor.must("cart.edit")
    found = carts.head(visitor.partner_scope, template_id, CartKind.TEMPLATE)
    if not found.version:
        raise NotFound("Шаблон не найден")
    return found


def save_template(carts: CartStore, clock: Clock, *, visitor: Visitor, cart_id: str, name: str) -> CartHead:
    """The goods of a cart under a name; the cart stays. Raises InvalidInput."""
    lines = carts.lines(visitor.partner_scope, cart_of(visitor, cart_id))
    if not lines:
        raise InvalidInput("Корзина пуста: сохранять нечего")
    if len(templates(carts, visitor=visitor)) >= MOST_TEMPLATES:
        raise InvalidInput("Шаблонов уже %(most)s: удалите ненужные", most=MOST_TEMPLATES)
    scope = visitor.partner_scope
    named = CartHead(
        uuid4().hex, scope.partner_id, totals=CartTotals(len(lines)), kind=CartKind.TEMPLATE, name=good_name(name), shared=True
    )
    return carts.create(scope, named, lines, change_by(visitor, clock))


def rename_template(carts: CartStore, clock: Clock, *, visitor: Visitor, template_id: str, name: str) -> None:
    found = template(carts, visitor=visitor, template_id=template_id)
    must_manage(visitor, found)
    carts.rename(visitor.partner_scope, replace(found, name=good_name(name)), change_by(visitor, clock))


def change_template(
    carts: CartStore, clock: Clock, *, visitor: Visitor, template_id: str, quantities: Mapping[str, Decimal]
) -> None:
    """Set quantities of lines it has; 0 takes a line out."""
    found = template(carts, visitor=visitor, template_id=template_id)
    must_manage(visitor, found)
    scope, by = visitor.partner_scope, change_by(visitor, clock)
    for line in carts.lines(scope, found):
        quantity = quantities.get(line.item_id, line.quantity)
        if quantity != line.quantity:
            changed = replace(line, quantity=quantity, changed_by=by.user_id)
            carts.put_line(scope, found, changed, by.at)
            carts.add_totals(scope, found, CartTotals(-int(quantity <= 0)), changed, by)


def delete_template(carts: CartStore, *, visitor: Visitor, template_id: str) -> None:
    found = template(carts, visitor=visitor, template_id=template_id)
    must_manage(visitor, found)
    carts.delete(visitor.partner_scope, found)
