"""Drafts: several named carts beside one's own, shared inside the dealer where somebody says so."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from chalicelib.domain.access.users import Role
from chalicelib.domain.cart.carts import CartHead, CartKind, CartLine, CartTotals
from chalicelib.domain.errors import Conflict, Forbidden, InvalidInput
from chalicelib.usecases.access.visitors import Visitor
from chalicelib.usecases.cart.cart import cart_of, carts_of, change_by, current_cart
from chalicelib.usecases.ports.access import SessionStore
from chalicelib.usecases.ports.cart import CartStore
from chalicelib.usecases.ports.clock import Clock

MOST_DRAFTS = 50
"""Named drafts of one partner: their heads are read with every page."""

LONGEST_NAME = 80
LONGEST_COMMENT = 200


@dataclass(frozen=True, slots=True)
class DraftsView:
    """`carts` as in `carts_of`; `current` is the one goods are put in."""

    carts: tuple[CartHead, ...]
    current: CartHead


def drafts(*, visitor: Visitor) -> DraftsView:
    """Without a call: the heads came with the account."""
    visitor.must("cart.edit")
    return DraftsView(carts_of(visitor), current_cart(visitor))


def may_manage(visitor: Visitor, cart: CartHead) -> bool:
    """Rename, share and delete: who made it, and the head of the account."""
    if cart.kind is CartKind.OWN:
        return False
    head = visitor.membership is not None and visitor.membership.role is Role.ACCOUNT_HEAD
    return head or (cart.created is not None and cart.created.user_id == visitor.session.user_id)


def must_manage(visitor: Visitor, cart: CartHead) -> None:
    """Raises Forbidden."""
    if not may_manage(visitor, cart):
        raise Forbidden("Это может сделать автор или руководитель")


def choose_cart(sessions: SessionStore, *, visitor: Visitor, cart_id: str) -> None:
    """Put goods in this one from now on. Raises NotFound."""
    visitor.must("cart.edit")
    cart = cart_of(visitor, cart_id)
    sessions.choose_cart(visitor.session.id, "" if cart.kind is CartKind.OWN else cart.id)


def new_draft(
    carts: CartStore,
    clock: Clock,
    *,
    visitor: Visitor,
    name: str,
    lines: Sequence[CartLine] = (),
    totals: CartTotals | None = None,
    shared: bool = False,
) -> CartHead:
    """`totals` are those of the lines, where they are known.

    Raises InvalidInput for a name that is empty or too long, or where there are too many drafts.
    """
    visitor.must("cart.edit")
    if sum(cart.kind is CartKind.DRAFT and cart.is_open for cart in _all(visitor)) >= MOST_DRAFTS:
        raise InvalidInput("Черновиков уже %(most)s: удалите ненужные", most=MOST_DRAFTS)
    if shared:
        visitor.must("draft.share")
    known = totals or CartTotals(len(lines))
    scope = visitor.partner_scope
    named = CartHead(uuid4().hex, scope.partner_id, totals=known, kind=CartKind.DRAFT, name=good_name(name), shared=shared)
    return carts.create(scope, named, lines, change_by(visitor, clock))


def _all(visitor: Visitor) -> Collection[CartHead]:
    return visitor.account.carts if visitor.account else ()


def good_name(text: str) -> str:
    """Raises InvalidInput."""
    name = " ".join(text.split())
    if not name:
        raise InvalidInput("Введите название", {"name": "Введите название"})
    if len(name) > LONGEST_NAME:
        raise InvalidInput("Название длиннее %(most)s знаков", {"name": "Сократите название"}, most=LONGEST_NAME)
    return name


def rename_draft(carts: CartStore, clock: Clock, *, visitor: Visitor, cart_id: str, name: str) -> None:
    cart = _own_draft(visitor, cart_id)
    carts.rename(visitor.partner_scope, replace(cart, name=good_name(name)), change_by(visitor, clock))


def share_draft(carts: CartStore, clock: Clock, *, visitor: Visitor, cart_id: str, shared: bool) -> None:
    """Let colleagues see and change it, or keep it to oneself again."""
    visitor.must("draft.share")
    cart = _own_draft(visitor, cart_id)
    carts.rename(visitor.partner_scope, replace(cart, shared=shared), change_by(visitor, clock))


def delete_draft(carts: CartStore, *, visitor: Visitor, cart_id: str, version: int) -> None:
    """Only what never became an order is deleted. `version` is what the page showed: a line put in since is not lost."""
    cart = _own_draft(visitor, cart_id)
    carts.delete(visitor.partner_scope, replace(cart, version=version))


def _own_draft(visitor: Visitor, cart_id: str) -> CartHead:
    visitor.must("cart.edit")
    cart = cart_of(visitor, cart_id)
    must_manage(visitor, cart)
    return cart


def copy_draft(carts: CartStore, clock: Clock, *, visitor: Visitor, cart_id: str, name: str) -> CartHead:
    """A draft of his own with the same lines, from any cart he may see."""
    visitor.must("cart.edit")
    source = cart_of(visitor, cart_id)
    lines = carts.lines(visitor.partner_scope, source)
    return new_draft(carts, clock, visitor=visitor, name=name, lines=lines, totals=source.totals)


def move_lines(
    carts: CartStore, clock: Clock, *, visitor: Visitor, source_id: str, target: CartHead, item_ids: Collection[str]
) -> int:
    """Lines with these items, from one cart to another; how many went. Quantities add up there. Raises Conflict."""
    visitor.must("cart.edit")
    scope, source = visitor.partner_scope, cart_of(visitor, source_id)
    if source.id == target.id:
        raise InvalidInput("Строки уже лежат в этой корзине")
    lines = [line for line in carts.lines(scope, source) if line.item_id in item_ids]
    carts.move_lines(scope, source, target, lines, change_by(visitor, clock))
    return len(lines)


def remove_lines(carts: CartStore, clock: Clock, *, visitor: Visitor, cart_id: str, item_ids: Collection[str]) -> int:
    visitor.must("cart.edit")
    scope, cart = visitor.partner_scope, cart_of(visitor, cart_id)
    lines = [line for line in carts.lines(scope, cart) if line.item_id in item_ids]
    carts.remove_lines(scope, cart, lines, change_by(visitor, clock))
    return len(lines)


def put_aside(carts: CartStore, clock: Clock, *, visitor: Visitor, name: str) -> CartHead:
    """All of one's own cart becomes a named draft; the cart is empty then. Cut short between the two, both have the lines."""
    visitor.must("cart.edit")
    scope = visitor.partner_scope
    own = carts.head(scope, visitor.session.user_id)
    lines = carts.lines(scope, own)
    if not lines:
        raise InvalidInput("Корзина пуста: откладывать нечего")
    draft = new_draft(carts, clock, visitor=visitor, name=name, lines=lines, totals=own.totals)
    try:
        carts.clear(scope, own, change_by(visitor, clock))
    except Conflict:  # something was put in meanwhile: nothing has happened
        carts.delete(scope, draft)
        raise
    return draft


def annotate(carts: CartStore, clock: Clock, *, visitor: Visitor, cart_id: str, item_id: str, comment: str) -> None:
    """The comment of a line; it goes into the order. Raises InvalidInput, Conflict."""
    visitor.must("cart.edit")
    text = " ".join(comment.split())
    if len(text) > LONGEST_COMMENT:
        raise InvalidInput("Комментарий к строке длиннее %(most)s знаков", most=LONGEST_COMMENT)
    carts.annotate(visitor.partner_scope, cart_of(visitor, cart_id), item_id, text, change_by(visitor, clock))
