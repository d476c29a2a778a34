"""Машины поставщика: по ним корзина подсказывает, какая подойдёт. Ведёт администратор."""

from chalice import Blueprint

from chalicelib.domain.cart.vehicles import Vehicle
from chalicelib.domain.errors import Refused
from chalicelib.usecases.cart.vehicles import known_vehicles, save_vehicles
from chalicelib.web import forms
from chalicelib.web.answer import Answer
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)


@get(routes, "/vehicles", needs="setting.manage")
def vehicles(visit: Visit) -> Answer:
    return _draw(visit, None)


def _draw(visit: Visit, refused: Refused | None) -> Answer:
    return visit.page("cart/vehicles.html", vehicles=known_vehicles(visit.runtime.vehicles), **forms.problems(refused))


@post(routes, "/vehicles", needs="setting.manage", redraw=_draw)
def change_vehicles(visit: Visit) -> Answer:
    """All rows at once; one without a name is left out."""
    form = visit.request.form
    told = zip(form.all("name"), form.all("load_kg"), form.all("volume_m3"), strict=False)
    table = [Vehicle(name.strip(), forms.quantity(load), forms.quantity(volume)) for name, load, volume in told if name.strip()]
    save_vehicles(visit.runtime.vehicles, visitor=visit.visitor, table=table)
    return visit.go("/vehicles", "vehicles-saved")
