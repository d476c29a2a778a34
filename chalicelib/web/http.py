"""HTTP for people: how a page function becomes a route, and what every error looks like. One place, once."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from chalice import Blueprint, Chalice, Response
from chalice.app import CaseInsensitiveMapping
from chalice.app import Request as ChaliceRequest

from chalicelib import runtime
from chalicelib.domain import errors
from chalicelib.log import logger
from chalicelib.texts import DEFAULT_LANGUAGE, N_, _, use_language
from chalicelib.web import session
from chalicelib.web.answer import Answer, to_response
from chalicelib.web.request import Request, read_request
from chalicelib.web.visit import Visit

Page = Callable[..., Answer]
Redraw = Callable[[Visit, errors.Refused], Answer]

FORM_TYPES = ["application/x-www-form-urlencoded", "multipart/form-data", "application/json"]
STATUS: dict[type[errors.KabinetError], int] = {
    errors.InvalidInput: 422,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.NotSignedIn: 401,
    errors.Forbidden: 403,
    errors.TooManyAttempts: 429,
    errors.Unavailable: 503,
}
HEADINGS: dict[type[errors.KabinetError], str] = {
    errors.InvalidInput: N_("Проверьте введённое"),
    errors.NotFound: N_("Страница не найдена"),
    errors.Conflict: N_("Данные изменились"),
    errors.NotSignedIn: N_("Войдите, чтобы продолжить"),
    errors.Forbidden: N_("Нет доступа"),
    errors.TooManyAttempts: N_("Слишком много попыток"),
    errors.Unavailable: N_("Сервис временно недоступен"),
}


@dataclass(frozen=True)
class Rules:
    """`needs`: the permission asked for; `guest`: open to everybody; `redraw` shows a refused form again."""

    needs: str | None = None
    guest: bool = False
    redraw: Redraw | None = None


def get(routes: Blueprint, path: str, *, needs: str | None = None, guest: bool = False) -> Callable[[Page], Page]:
    """Register a page. Its function takes the visit and the path parameters, decoded."""
    return _register(routes, path, "GET", Rules(needs, guest))


def post(
    routes: Blueprint, path: str, *, needs: str | None = None, guest: bool = False, redraw: Redraw | None = None
) -> Callable[[Page], Page]:
    """Register what a form does. It runs only for a form of ours: see `session.check_form`."""
    return _register(routes, path, "POST", Rules(needs, guest, redraw))


def _register(routes: Blueprint, path: str, method: str, rules: Rules) -> Callable[[Page], Page]:
    def register(page: Page) -> Page:
        def view(**_params: str) -> Response:
            return serve(routes.current_request, page, rules)

        view.__name__ = f"{method.lower()}_{page.__name__}"
        routes.route(path, methods=[method], content_types=FORM_TYPES)(view)
        return page

    return register


def serve(raw: Any, page: Page, rules: Rules) -> Response:
    """The answer to one request, whatever happens."""
    try:
        request = read_request(raw)
    except errors.Refused as refused:  # there is no visit yet to draw a page for
        return to_response(Answer(str(refused).encode(), 422, "text/plain; charset=utf-8"), https=True)
    language = request.cookies.get(session.cookie_name(request, "kabinet-language"), DEFAULT_LANGUAGE)
    use_language(language)
    return to_response(_answer(request, page, rules), https=request.https)


def _answer(request: Request, page: Page, rules: Rules) -> Answer:
    visit = Visit(request, runtime.current(), None, session.guest_token(request))
    try:
        visit = _recognise(visit, rules.guest)
        _check(visit, rules)
        return _remember(visit, _run(visit, page, rules))
    except errors.NotSignedIn:
        return _to_sign_in(visit)
    except errors.KabinetError as error:
        return error_page(visit, error)
    except Exception:  # the last resort: the person gets a page and a number, we get the trace
        return _crash(visit)


def _check(visit: Visit, rules: Rules) -> None:
    """The form, if it is one, is ours; the visitor is allowed to be here."""
    if visit.request.method == "POST":
        session.check_form(visit.request, visit.token, visit.runtime.settings.public_url)
    if rules.needs:
        visit.visitor.must(rules.needs)


def _recognise(visit: Visit, guest: bool) -> Visit:
    token = session.session_token(visit.request)
    if not token:
        return visit if guest else _stranger()
    try:
        visitor = visit.runtime.visitor(token)
    except errors.NotSignedIn:
        return visit if guest else _stranger()
    return Visit(visit.request, visit.runtime, visitor, visitor.session.csrf)


def _stranger() -> Visit:
    raise errors.NotSignedIn("Войдите, чтобы продолжить")


def _run(visit: Visit, page: Page, rules: Rules) -> Answer:
    try:
        return page(visit, **visit.request.params)
    except (errors.InvalidInput, errors.Conflict, errors.TooManyAttempts, errors.BrokenFile) as refused:
        if rules.redraw is None:
            raise
        return replace(rules.redraw(visit, refused), status=STATUS[_kind(refused)])


def _kind(error: errors.KabinetError) -> type[errors.KabinetError]:
    return next((kind for kind in STATUS if isinstance(error, kind)), errors.InvalidInput)


def _remember(visit: Visit, answer: Answer) -> Answer:
    """A guest's form needs its cookie; a notice is shown once."""
    if visit.guest and answer.status != 303:
        answer = answer.with_cookie(session.guest_cookie(visit.request, visit.token))
    if visit.has_notice and answer.status == 200 and not visit.request.wants_piece:
        answer = answer.with_cookie(visit.forget_notice())
    return answer


def _to_sign_in(visit: Visit) -> Answer:
    if visit.request.method != "GET" or visit.request.wants_piece:
        return visit.go("/sign-in")
    return replace(visit.go("/sign-in", next=visit.here if visit.request.path != "/" else ""), status=302)


def error_page(visit: Visit, error: errors.KabinetError) -> Answer:
    kind = _kind(error)
    return _draw_error(visit, STATUS[kind], heading=_(HEADINGS[kind]), text=_(error.message, **error.params), error_id="")


def _crash(visit: Visit) -> Answer:
    """Without the frame: drawing it may be what failed."""
    error_id = secrets.token_hex(4)
    logger.exception("page failed", error_id=error_id, path=visit.request.path)
    plain = Visit(visit.request, visit.runtime, None, visit.token)
    text = _("Мы уже видим эту ошибку. Обновите страницу, а если не поможет, назовите номер поддержке.")
    return _draw_error(plain, 500, heading=_("Что-то сломалось"), text=text, error_id=error_id)


def _draw_error(visit: Visit, status: int, **values: Any) -> Answer:
    return visit.page("components/error_page.html", piece="components/error_piece.html", status=status, code=status, **values)


def register(app: Chalice) -> None:
    """What every HTTP request of the application needs, the exchange's too.

    Chalice refuses a request without Accept when all types are binary, checks Content-Type on GET as well, and can't
    encode text bodies then.
    """

    def tolerate(request: ChaliceRequest, get_response: Callable[[ChaliceRequest], Response]) -> Response:
        request.headers = CaseInsensitiveMapping(_tolerant(request))
        response = get_response(request)
        if isinstance(response.body, str):
            response.body = response.body.encode()
        return response

    app.register_middleware(tolerate, "http")


def _tolerant(request: ChaliceRequest) -> dict[str, str]:
    headers = {"accept": "*/*", **request.headers}
    if request.method == "GET":
        headers["content-type"] = "application/json"
    return headers
