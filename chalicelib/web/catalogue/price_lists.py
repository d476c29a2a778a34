"""Прайс-листы: файл по своему договору или выгрузка по ссылке с ключом."""

from typing import Any
from urllib.parse import quote

from chalice import Blueprint

from chalicelib.domain.catalogue.price_lists import Format, PriceList
from chalicelib.domain.errors import Refused
from chalicelib.texts import N_
from chalicelib.usecases.catalogue import price_lists
from chalicelib.usecases.catalogue.price_lists import NewList
from chalicelib.web import forms
from chalicelib.web.answer import Answer
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)
MAY = "cart.edit"
FORMATS = {
    Format.XLSX: N_("Excel (XLSX)"),
    Format.CSV: N_("CSV для 1С и Excel"),
    Format.YML: N_("YML для Яндекса и магазинов"),
    Format.JSON: N_("JSON для программистов"),
}


@get(routes, "/price-lists", needs=MAY)
def page(visit: Visit) -> Answer:
    return _draw(visit, None)


def _draw(visit: Visit, refused: Refused | None, made: PriceList | None = None, key: str = "") -> Answer:
    now = visit.runtime
    found = price_lists.lists(now.price_lists, visitor=visit.visitor)
    groups = sorted(now.index.classifier(visit.visitor.beacons.snapshot).groups.values(), key=lambda one: one.name.casefold())
    top = [group for group in groups if not group.parent_id]
    values: dict[str, Any] = {"lists": found, "formats": FORMATS, "groups": top, "now": now.clock(), "shown": made}
    values["link"] = _address(visit, made, key) if made else ""
    values["waiting"] = any(one.is_being_made(values["now"]) for one in found)
    return visit.page("price_lists/page.html", piece="price_lists/table.html", **values, **forms.problems(refused))


def _address(visit: Visit, one: PriceList, key: str) -> str:
    return f"{visit.runtime.settings.public_url}/feeds/{quote(key)}.{one.format.value}"


@post(routes, "/price-lists", needs=MAY, redraw=_draw)
def create(visit: Visit) -> Answer:
    """The link is shown on the page that answers and never again: its key is not kept."""
    form, now = visit.request.form, visit.runtime
    wanted = NewList(
        format=form.get("format"),
        name=form.get("name"),
        group_ids=tuple(form.all("group")),
        in_stock=bool(form.get("in_stock")),
        pictures=bool(form.get("pictures")),
    )
    made, key = price_lists.create(now.price_lists, now.index, now.queues, now.clock, visitor=visit.visitor, wanted=wanted)
    return _draw(visit, None, made, key)


@post(routes, "/price-lists/{list_id}", needs=MAY, redraw=_draw)
def change(visit: Visit, list_id: str) -> Answer:
    """`do`: refresh, renew (the key), revoke, delete."""
    now, visitor = visit.runtime, visit.visitor
    match visit.request.form.get("do"):
        case "renew":
            return _draw(visit, None, *price_lists.renew_key(now.price_lists, visitor=visitor, list_id=list_id))
        case "revoke":
            price_lists.revoke_key(now.price_lists, visitor=visitor, list_id=list_id)
        case "delete":
            price_lists.delete(now.price_lists, now.files, visitor=visitor, list_id=list_id)
        case _:
            price_lists.refresh(now.price_lists, now.queues, now.clock, visitor=visitor, list_id=list_id)
    return visit.go("/price-lists")


@get(routes, "/price-lists/{list_id}/file", needs=MAY)
def file(visit: Visit, list_id: str) -> Answer:
    from chalicelib.formats.price_lists import TYPES

    now = visit.runtime
    return visit.leave(price_lists.download(now.price_lists, now.files, TYPES, visitor=visit.visitor, list_id=list_id))


@get(routes, "/feeds/{name}", guest=True)
def feed(visit: Visit, name: str) -> Answer:
    """For programs: no session, only the key. The bytes never pass through us."""
    from chalicelib.formats.price_lists import TYPES

    now = visit.runtime
    key, _dot, format = name.rpartition(".")
    one, link = price_lists.fetch(now.price_lists, now.files, now.queues, TYPES, now.clock, now.buyer, key=key, format=format)
    headers = _headers(one)
    asked = [mark.strip().removeprefix("W/") for mark in visit.request.headers.get("if-none-match", "").split(",")]
    if headers.get("ETag") in asked:
        return Answer(b"", 304, headers=headers)
    answer = visit.leave(link())
    answer.headers.update(headers)
    return answer


def _headers(one: PriceList) -> dict[str, str]:
    if one.file is None:
        return {}
    modified = one.file.made_at.strftime("%a, %d %b %Y %H:%M:%S GMT")
    return {"ETag": f'"{one.file.etag}"', "Last-Modified": modified, "Cache-Control": "private, no-cache"}
