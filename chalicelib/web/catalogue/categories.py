"""Дерево каталога для контент-менеджера: категории портала поверх групп 1С."""

import re

from chalice import Blueprint

from chalicelib.domain.errors import Refused
from chalicelib.usecases.catalogue import edit_tree
from chalicelib.usecases.catalogue.edit_tree import CategoryForm, TreeDesk
from chalicelib.web.answer import Answer
from chalicelib.web.forms import problems, whole
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)
PATH = "/categories"
MAY = edit_tree.MAY


@get(routes, PATH, needs=MAY)
def categories(visit: Visit, refused: Refused | None = None, missing: tuple[str, ...] = ()) -> Answer:
    now = visit.runtime
    page = edit_tree.tree_page(now.index, now.categories, visitor=visit.visitor)
    asked = visit.request.query.get("id") or visit.request.form.get("id")
    chosen = next((row.category for row in page.rows if row.category.id == asked), None)
    return visit.page("catalogue/categories.html", page=page, chosen=chosen, missing=missing, **problems(refused))


def _again(visit: Visit, refused: Refused) -> Answer:
    return categories(visit, refused)


@post(routes, PATH, needs=MAY, redraw=_again)
def save(visit: Visit) -> Answer:
    form = visit.request.form
    filled = CategoryForm(
        id=form.get("id"),
        name=form.get("name"),
        parent_id=form.get("parent_id"),
        place=whole(form.get("place"), 10_000),
        kind=form.get("kind"),
        group_ids=form.all("group"),
        segments=_names(form.get("segments")),
        partner_ids=_names(form.get("partners")),
    )
    category_id = edit_tree.save_category(_desk(visit), form=filled)
    return visit.go(PATH, "category_saved", id=category_id)


@post(routes, "/categories/remove", needs=MAY)
def remove(visit: Visit) -> Answer:
    edit_tree.remove_category(_desk(visit), category_id=visit.request.form.get("id"))
    return visit.go(PATH, "category_removed")


@post(routes, "/categories/place", needs=MAY, redraw=_again)
def place(visit: Visit) -> Answer:
    form = visit.request.form
    codes = [code for line in re.split(r"[\n;\t]+", form.get("codes")) if (code := line.strip()[:64])]
    _, missing = edit_tree.place_items(_desk(visit), visit.runtime.index, codes=codes, category_id=form.get("category"))
    return categories(visit, missing=missing) if missing else visit.go(PATH, "items_placed", id=form.get("category"))


def _names(text: str) -> list[str]:
    return [name for part in re.split(r"[\n,;]+", text) if (name := part.strip()[:200])]


def _desk(visit: Visit) -> TreeDesk:
    now = visit.runtime
    return TreeDesk(now.categories, now.audit, now.queues, now.clock, visit.visitor)
