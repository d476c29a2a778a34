"""Профиль: человек, его компании, реквизиты, договоры и адреса из 1С."""

from chalice import Blueprint

from chalicelib.usecases.access.sign_in import workplaces
from chalicelib.usecases.partners.import_managers import manager_photo
from chalicelib.web.answer import Answer
from chalicelib.web.http import get
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)


@get(routes, "/profile")
def profile(visit: Visit) -> Answer:
    visitor, stores = visit.visitor, visit.runtime
    if visitor.account is None:
        return visit.page("profile/staff.html")
    addresses = stores.partners.addresses(visitor.partner_scope)
    partners = workplaces(stores.users, stores.partners, visitor=visitor)
    return visit.page("profile/profile.html", account=visitor.account, addresses=addresses, partners=partners)


@get(routes, "/manager-photo")
def photo(visit: Visit) -> Answer:
    """From here and not from the storage: pages show pictures of their own origin alone."""
    found = manager_photo(visit.runtime.documents, visitor=visit.visitor)
    with visit.runtime.files.open(found.key) as file:
        body = file.read()
    return Answer(body, content_type=found.media_type, headers={"Cache-Control": "private, max-age=86400"})
