"""Черновики: несколько корзин с названиями, общие внутри дилера; строки переходят из одной в другую."""

from collections.abc import Callable

from chalice import Blueprint

from chalicelib.domain.cart.carts import CartHead
from chalicelib.domain.errors import InvalidInput, Refused
from chalicelib.usecases.cart import drafts
from chalicelib.usecases.cart.cart import cart_of, view_lines
from chalicelib.web import forms
from chalicelib.web.answer import Answer
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)
NEW = "new"
"""Instead of the id of a draft: make one, named as the form says."""


@get(routes, "/drafts", needs="cart.edit")
def draft_list(visit: Visit) -> Answer:
    return _draw(visit, None)


def _draw(visit: Visit, refused: Refused | None) -> Answer:
    view = drafts.drafts(visitor=visit.visitor)
    manages = {cart.id for cart in view.carts if drafts.may_manage(visit.visitor, cart)}
    return visit.page("cart/drafts.html", view=view, manages=manages, filled=visit.request.form, **forms.problems(refused))


@post(routes, "/drafts", needs="cart.edit", redraw=_draw)
def make_draft(visit: Visit) -> Answer:
    """An empty one to work in, or (`aside`) all that lies in one's own cart."""
    stores, form = visit.runtime, visit.request.form
    if form.get("aside"):
        drafts.put_aside(stores.carts, stores.clock, visitor=visit.visitor, name=form.get("name"))
        return visit.go("/drafts", "draft-put-aside")
    made = drafts.new_draft(
        stores.carts, stores.clock, visitor=visit.visitor, name=form.get("name"), shared=bool(form.get("shared"))
    )
    stores.sessions.choose_cart(visit.visitor.session.id, made.id)
    return visit.go("/drafts", "draft-made")


@post(routes, "/drafts/{cart_id}", needs="cart.edit", redraw=lambda visit, refused: _draw(visit, refused))
def change_draft(visit: Visit, cart_id: str) -> Answer:
    """What the pressed button says: `action`."""
    action = ACTIONS.get(visit.request.form.get("action"))
    if action is None:
        raise InvalidInput("Действие не выбрано")
    return action(visit, cart_id)


def _open(visit: Visit, cart_id: str) -> Answer:
    drafts.choose_cart(visit.runtime.sessions, visitor=visit.visitor, cart_id=cart_id)
    back = visit.request.form.get("back")
    return visit.go_back("cart-chosen") if back else visit.go("/cart")


def _rename(visit: Visit, cart_id: str) -> Answer:
    stores = visit.runtime
    drafts.rename_draft(stores.carts, stores.clock, visitor=visit.visitor, cart_id=cart_id, name=visit.request.form.get("name"))
    return visit.go("/drafts", "draft-renamed")


def _copy(visit: Visit, cart_id: str) -> Answer:
    stores, source = visit.runtime, cart_of(visit.visitor, cart_id)
    name = visit.request.form.get("name") or source.name
    drafts.copy_draft(stores.carts, stores.clock, visitor=visit.visitor, cart_id=cart_id, name=name)
    return visit.go("/drafts", "draft-copied")


def _share(visit: Visit, cart_id: str) -> Answer:
    stores, shared = visit.runtime, visit.request.form.get("action") == "share"
    drafts.share_draft(stores.carts, stores.clock, visitor=visit.visitor, cart_id=cart_id, shared=shared)
    return visit.go("/drafts", "draft-shared" if shared else "draft-private")


def _delete(visit: Visit, cart_id: str) -> Answer:
    version = forms.whole(visit.request.form.get("version"))
    drafts.delete_draft(visit.runtime.carts, visitor=visit.visitor, cart_id=cart_id, version=version)
    return visit.go("/drafts", "draft-deleted")


ACTIONS: dict[str, Callable[[Visit, str], Answer]] = {
    "open": _open,
    "rename": _rename,
    "copy": _copy,
    "share": _share,
    "unshare": _share,
    "delete": _delete,
}


@post(routes, "/cart/lines", needs="cart.edit")
def change_lines(visit: Visit) -> Answer:
    """The ticked lines of a cart: into another draft (`target`), or out."""
    form, stores = visit.request.form, visit.runtime
    cart_id, chosen = form.get("cart"), set(form.all("line"))
    if not chosen:
        raise InvalidInput("Отметьте строки")
    if form.get("action") == "remove":
        drafts.remove_lines(stores.carts, stores.clock, visitor=visit.visitor, cart_id=cart_id, item_ids=chosen)
        return visit.go("/cart", "lines-removed")
    target = _target(visit)
    drafts.move_lines(stores.carts, stores.clock, visitor=visit.visitor, source_id=cart_id, target=target, item_ids=chosen)
    # what the lines come to where they went is reckoned at once, for the list of drafts
    view_lines(stores.index, stores.offers, stores.carts, visitor=visit.visitor, head=_as_it_is(visit, target))
    return visit.go("/cart", "lines-moved")


def _as_it_is(visit: Visit, cart: CartHead) -> CartHead:
    return visit.runtime.carts.head(visit.visitor.partner_scope, cart.id, cart.kind)


def _target(visit: Visit) -> CartHead:
    stores, form = visit.runtime, visit.request.form
    if form.get("target") != NEW:
        return cart_of(visit.visitor, form.get("target"))
    return drafts.new_draft(stores.carts, stores.clock, visitor=visit.visitor, name=form.get("name"))
