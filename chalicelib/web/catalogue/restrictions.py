"""Ограничения продаж: все, что прислала 1С, и те, что сотрудник поставщика ведёт здесь."""

from chalice import Blueprint

from chalicelib.domain.errors import Refused
from chalicelib.domain.partners.terms import Restriction
from chalicelib.usecases.catalogue import manage_restrictions as use
from chalicelib.web import forms
from chalicelib.web.answer import Answer
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)
PAGE = "/restrictions"
FIELDS = ("id", "whose", "whom", "goods", "chosen", "mode", "reason", "valid_from", "valid_to")


@get(routes, PAGE, needs=use.MAY)
def restrictions(visit: Visit) -> Answer:
    return _draw(visit, None)


def _draw(visit: Visit, refused: Refused | None) -> Answer:
    now = visit.runtime
    found = use.all_restrictions(now.restrictions, now.portal_restrictions, visitor=visit.visitor)
    edited = next((one for one in found if one.origin == "portal" and one.id == visit.request.query.get("edit")), None)
    filled = {name: visit.request.form.get(name) for name in FIELDS} if refused else _filled(edited)
    return visit.page(
        "catalogue/restrictions.html",
        restrictions=found,
        filled=filled,
        groups=now.index.classifier(visit.visitor.beacons.snapshot).groups,
        **forms.problems(refused),
    )


def _filled(one: Restriction | None) -> dict[str, str]:
    if one is None:
        return dict.fromkeys(FIELDS, "") | {"whose": "region", "goods": "item", "mode": "block"}
    people = (("region", one.region), ("segment", one.segment), ("partner", one.partner_id))
    whose, whom = next(pair for pair in people if pair[1])
    choices = (("item", one.item_id), ("group", one.group_id), ("brand", one.brand), ("all", "-"))
    goods, chosen = next(pair for pair in choices if pair[1])
    days = {name: day.isoformat() if (day := getattr(one, name)) else "" for name in ("valid_from", "valid_to")}
    told = {"id": one.id, "whose": whose, "whom": whom or "", "goods": goods, "chosen": (chosen or "").removeprefix("-")}
    return told | {"mode": one.mode, "reason": one.reason} | days


@post(routes, PAGE, needs=use.MAY, redraw=_draw)
def save(visit: Visit) -> Answer:
    now, form = visit.runtime, visit.request.form
    made = use.RestrictionForm(
        **{name: form.get(name) for name in FIELDS[:7]},
        valid_from=forms.day(form.get("valid_from"), "valid_from"),
        valid_to=forms.day(form.get("valid_to"), "valid_to"),
    )
    use.save_restriction(now.portal_restrictions, now.index, now.audit, now.clock, visitor=visit.visitor, form=made)
    return visit.go(PAGE, "restriction-saved")


@post(routes, "/restrictions/end", needs=use.MAY)
def end(visit: Visit) -> Answer:
    now = visit.runtime
    use.end_restriction(now.portal_restrictions, now.audit, now.clock, visitor=visit.visitor, id=visit.request.form.get("id"))
    return visit.go(PAGE, "restriction-ended")
