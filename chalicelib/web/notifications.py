"""Уведомления: список с отметками о прочтении, матрица «событие × канал», тихие часы и сводки."""

from collections.abc import Mapping

from chalice import Blueprint

from chalicelib.domain.errors import NotFound
from chalicelib.domain.notifications import Channel, Digest, Event
from chalicelib.texts import N_
from chalicelib.usecases.notifications import choose, link_telegram
from chalicelib.web.answer import Answer
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)

EVENTS: Mapping[Event, str] = {
    Event.AWAITING: N_("Заказ ждёт вашего подтверждения"),
    Event.CONFIRMED: N_("Заказ подтверждён"),
    Event.CANCELLED: N_("Заказ отменён или отклонён"),
    Event.MODERATION: N_("Заказ на проверке у менеджера"),
    Event.PROGRESS: N_("Производство, отгрузка и доставка"),
    Event.DELAY: N_("Задержка поставки"),
    Event.PAYMENT: N_("Оплата заказа"),
    Event.DOCUMENT: N_("Счёт или другой документ"),
    Event.MESSAGE: N_("Сообщение менеджера"),
    Event.ARRIVAL: N_("Поступил товар, которого вы ждали"),
}
CHANNELS: Mapping[Channel, str] = {
    Channel.CABINET: N_("Кабинет"),
    Channel.MAIL: N_("E-mail"),
    Channel.SMS: N_("SMS"),
    Channel.TELEGRAM: N_("Telegram"),
}
DIGESTS: Mapping[Digest, str] = {
    Digest.NONE: N_("Сразу, по одному"),
    Digest.HOURLY: N_("Сводкой раз в час"),
    Digest.DAILY: N_("Сводкой раз в день, в 9:00"),
}
ZONES: Mapping[int, str] = {
    2: N_("Калининград (МСК−1)"),
    3: N_("Москва (МСК)"),
    4: N_("Самара (МСК+1)"),
    5: N_("Екатеринбург (МСК+2)"),
    6: N_("Омск (МСК+3)"),
    7: N_("Новосибирск (МСК+4)"),
    8: N_("Иркутск (МСК+5)"),
    9: N_("Якутск (МСК+6)"),
    10: N_("Владивосток (МСК+7)"),
    11: N_("Магадан (МСК+8)"),
    12: N_("Камчатка (МСК+9)"),
}
HOURS = ("quiet_from", "quiet_to")


@get(routes, "/notifications")
def notifications(visit: Visit) -> Answer:
    listed = choose.own_notifications(visit.runtime.notifications, visitor=visit.visitor)
    return visit.page("notifications/notifications.html", listed=listed, events=EVENTS)


@post(routes, "/notifications/open")
def open_one(visit: Visit) -> Answer:
    """A form, for reading changes the mark; it leads on to what the notification is about."""
    wanted = visit.request.form.get("id")
    return visit.go(choose.open_notification(visit.runtime.notifications, visitor=visit.visitor, notification_id=wanted))


@post(routes, "/notifications/read")
def read_all(visit: Visit) -> Answer:
    choose.read_all(visit.runtime.notifications, visitor=visit.visitor)
    return visit.go("/notifications")


@get(routes, "/notifications/settings")
def settings(visit: Visit) -> Answer:
    chosen = choose.own_preferences(visit.runtime.notifications, visitor=visit.visitor)
    return visit.page(
        "notifications/settings.html",
        chosen=chosen,
        bot=visit.runtime.telegram,
        events=EVENTS,
        channels=CHANNELS,
        digests=DIGESTS,
        zones=ZONES,
    )


@post(routes, "/notifications/telegram")
def telegram(visit: Visit) -> Answer:
    """The code for the bot; or the chat is let go."""
    stores = visit.runtime
    if stores.telegram is None:
        raise NotFound("Telegram у поставщика не подключён")
    if visit.request.form.get("unlink"):
        link_telegram.unlink_chat(stores.notifications, visitor=visit.visitor)
        return visit.go("/notifications/settings", "notifications-saved")
    code = link_telegram.offer_code(stores.notifications, stores.clock, visitor=visit.visitor)
    return visit.page("notifications/telegram.html", code=code, bot=stores.telegram)


@post(routes, "/notifications/settings")
def save(visit: Visit) -> Answer:
    form = visit.request.form
    values = {name: form.get(name) for name in ("digest", "zone", *HOURS)}
    ticked = form.all("tell")
    choose.choose_preferences(visit.runtime.notifications, visitor=visit.visitor, ticked=ticked, values=values)
    return visit.go("/notifications/settings", "notifications-saved")
