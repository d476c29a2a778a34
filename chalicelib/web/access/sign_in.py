"""Вход, забытый пароль, приглашение, выход; выбор языка."""

from chalice import Blueprint

from chalicelib.domain.access.passwords import SHORTEST
from chalicelib.domain.errors import InvalidInput, NotFound, Refused
from chalicelib.texts import LANGUAGES
from chalicelib.web import session
from chalicelib.web.answer import Answer, Cookie
from chalicelib.web.forms import problems
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)
YEAR = 365 * 24 * 3600


@get(routes, "/sign-in", guest=True)
def sign_in_form(visit: Visit) -> Answer:
    if not visit.guest:
        return visit.go(session.safe_next(visit.request.query.get("next", "/")))
    return _draw_sign_in(visit, None)


def _draw_sign_in(visit: Visit, refused: Refused | None) -> Answer:
    wanted = visit.request.form.get("next") or visit.request.query.get("next")
    return visit.page("sign_in/sign_in.html", next=wanted, login=visit.request.form.get("login"), **problems(refused))


@post(routes, "/sign-in", guest=True, redraw=_draw_sign_in)
def sign_in(visit: Visit) -> Answer:
    from chalicelib.formats.phones import login
    from chalicelib.usecases.access.sign_in import sign_in

    stores = visit.runtime
    signed_in = sign_in(
        stores.users,
        stores.attempts,
        stores.sessions,
        stores.partners,
        stores.hasher,
        stores.clock,
        login=login(visit.request.form.get("login")),
        password=visit.request.form.raw("password"),
        address=visit.request.address,
    )
    return _welcome(visit, signed_in.token, visit.request.form.get("next"))


def _welcome(visit: Visit, token: str, wanted: str, notice: str = "") -> Answer:
    path = session.without_prefix(session.safe_next(wanted or "/"), visit.request.prefix)
    return visit.go(path, notice).with_cookie(session.session_cookie(visit.request, token))


@post(routes, "/sign-out", guest=True)
def sign_out(visit: Visit) -> Answer:
    from chalicelib.usecases.access.sign_in import sign_out

    token = session.session_token(visit.request)
    if token:
        sign_out(visit.runtime.sessions, token=token)
    return visit.go("/sign-in", "signed-out").with_cookie(session.session_cookie(visit.request, ""))


@get(routes, "/forgotten-password", guest=True)
def forgotten_password_form(visit: Visit) -> Answer:
    return _draw_forgotten(visit, None)


def _draw_forgotten(visit: Visit, refused: Refused | None) -> Answer:
    return visit.page("sign_in/forgotten_password.html", login=visit.request.form.get("login"), **problems(refused))


@post(routes, "/forgotten-password", guest=True, redraw=_draw_forgotten)
def forgotten_password(visit: Visit) -> Answer:
    """The answer is the same whether or not there is such a person."""
    from chalicelib.formats.phones import login
    from chalicelib.usecases.access.invitations import forgot_password

    stores = visit.runtime
    forgot_password(
        stores.users,
        stores.attempts,
        stores.outbox,
        stores.clock,
        login=login(visit.request.form.get("login")),
        address=visit.request.address,
        public_url=stores.settings.public_url,
        queues=stores.queues,
    )
    return visit.page("sign_in/link_sent.html")


@get(routes, "/invite/{invite}", guest=True)
def invite_form(visit: Visit, invite: str) -> Answer:
    return _draw_invite(visit, None, invite)


def _draw_invite(visit: Visit, refused: Refused | None, invite: str = "") -> Answer:
    from chalicelib.usecases.access.invitations import open_invitation

    invite = invite or visit.request.params["invite"]
    try:
        user = open_invitation(visit.runtime.users, visit.runtime.clock, token=invite)
    except NotFound:
        return visit.page("sign_in/dead_link.html", status=404)
    return visit.page("sign_in/invite.html", user=user, invite=invite, shortest=SHORTEST, **problems(refused))


@post(routes, "/invite/{invite}", guest=True, redraw=_draw_invite)
def accept_invite(visit: Visit, invite: str) -> Answer:
    from chalicelib.usecases.access.invitations import accept_invitation

    password = visit.request.form.raw("password")
    if password != visit.request.form.raw("repeat"):
        raise InvalidInput("Пароли не совпадают", {"repeat": "Повторите тот же пароль"})
    stores = visit.runtime
    try:
        signed_in = accept_invitation(
            stores.users, stores.sessions, stores.partners, stores.hasher, stores.clock, token=invite, password=password
        )
    except NotFound:
        return visit.page("sign_in/dead_link.html", status=404)
    return _welcome(visit, signed_in.token, "/start", "password-set")


@post(routes, "/language", guest=True)
def choose_language(visit: Visit) -> Answer:
    code = visit.request.form.get("language")
    code = code if code in LANGUAGES else "ru"
    cookie = Cookie(session.cookie_name(visit.request, "kabinet-language"), code, visit.request.https, YEAR)
    return visit.go(visit.back).with_cookie(cookie)
