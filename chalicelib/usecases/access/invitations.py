"""One-time links: a person sets his password himself, and no password ever travels."""

import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.access.passwords import check_password
from chalicelib.domain.access.users import User
from chalicelib.domain.errors import NotFound, TooManyAttempts
from chalicelib.domain.exchange.records import part_id
from chalicelib.usecases.access.sign_in import SignedIn, open_session, token_hash, workplace
from chalicelib.usecases.ports.access import AttemptStore, PasswordHasher, SessionStore, UserStore
from chalicelib.usecases.ports.clock import Clock
from chalicelib.usecases.ports.files import Letter, Queues
from chalicelib.usecases.ports.orders import Outbox, OutboxRow
from chalicelib.usecases.ports.partners import PartnerStore

logger = logging.getLogger(__name__)

INVITE_LIFETIME = timedelta(days=7)
RESET_LIFETIME = timedelta(hours=2)
RESET_WINDOW = timedelta(hours=1)
RESETS_PER_ACCOUNT = 3
RESETS_PER_ADDRESS = 30


@dataclass(frozen=True, slots=True)
class Wording:
    """Texts of a kind of link; `%(…)s` places are filled with `name`, `link` and `until`."""

    subject: str
    letter: str
    sms: str
    lifetime: timedelta


INVITATION = Wording(
    "Приглашение в личный кабинет",
    """Здравствуйте, %(name)s!

Вам открыт личный кабинет: каталог с вашими ценами, остатки складов, заказы и счета в одном месте.

Придумайте пароль по ссылке:
%(link)s

Ссылка одноразовая и действует %(until)s. Логин для входа: %(phone)s.

Если вы не ждали этого письма, просто удалите его: без пароля кабинетом никто не воспользуется.
""",
    "Вам открыт личный кабинет. Придумайте пароль: %(link)s Ссылка действует %(until)s.",
    INVITE_LIFETIME,
)
RESET = Wording(
    "Новый пароль для личного кабинета",
    """Здравствуйте, %(name)s!

Мы получили просьбу сменить пароль к вашему личному кабинету. Новый пароль задайте по ссылке:
%(link)s

Ссылка одноразовая и действует %(until)s. Логин для входа: %(phone)s.

Если вы об этом не просили, ничего не делайте: старый пароль останется в силе.
""",
    "Новый пароль для личного кабинета: %(link)s Ссылка действует %(until)s. Не просили — не открывайте.",
    RESET_LIFETIME,
)


def invite(
    users: UserStore, outbox: Outbox, clock: Clock, *, user: User, public_url: str, queues: Queues | None = None
) -> tuple[OutboxRow, ...]:
    """Send a one-time link by mail and SMS, wherever the person can be reached."""
    return _send_link(users, outbox, queues, clock(), user, public_url, INVITATION)


def _send_link(
    users: UserStore, outbox: Outbox, queues: Queues | None, now: datetime, user: User, public_url: str, wording: Wording
) -> tuple[OutboxRow, ...]:
    """The letters are kept before the link is: cut short between the two, the person is invited again, not forgotten."""
    token = secrets.token_urlsafe(32)
    letters = _letters(user, f"{public_url}/invite/{token}", wording)
    rows = tuple(outbox.add("messages", user.id, _body(channel, letter), now) for channel, letter in letters)
    users.invite(token_hash(token), user.id, now + wording.lifetime)
    announce(queues, rows)
    return rows


def _letters(user: User, link: str, wording: Wording) -> list[tuple[str, Letter]]:
    filling = {"name": user.name, "link": link, "phone": user.phone, "until": _lifetime(wording.lifetime)}
    letters = [("sms", Letter(user.phone, "", wording.sms % filling))]
    if user.email:
        letters.append(("mail", Letter(user.email, wording.subject, wording.letter % filling)))
    return letters


def _lifetime(lifetime: timedelta) -> str:
    return f"{lifetime.days} дней" if lifetime.days else "2 часа"


def _body(channel: str, letter: Letter) -> dict[str, str]:
    return {"channel": channel, "to": letter.to, "subject": letter.subject, "text": letter.text}


def announce(queues: Queues | None, rows: Iterable[OutboxRow]) -> None:
    """Tell the senders of new rows. What is not told is found by the schedule that looks through the outbox."""
    if queues is None:
        return
    for row in rows:
        try:
            queues.send("messages", {"row": row.id})
        except Exception:  # the row is safe: a queue that fails must not fail the caller
            logger.warning("the messages queue was not told of %s", row.id, exc_info=True)


def open_invitation(users: UserStore, clock: Clock, *, token: str) -> User:
    """Whose link it is. Raises NotFound."""
    user = users.invited(token_hash(token), clock())
    if user is None:
        raise NotFound("Ссылка уже использована или устарела. Запросите новую")
    return user


def accept_invitation(
    users: UserStore,
    sessions: SessionStore,
    partners: PartnerStore,
    hasher: PasswordHasher,
    clock: Clock,
    *,
    token: str,
    password: str,
) -> SignedIn:
    """Set the password and sign in. Raises NotFound for a used link, InvalidInput for a weak password or closed access."""
    now = clock()
    user = open_invitation(users, clock, token=token)
    check_password(password, phone=user.phone, name=user.name)
    partner_id = workplace(partners, user)
    users.accept(token_hash(token), user, hasher.hash(password), now, () if user.password_hash else contact_rows(user, now))
    return open_session(sessions, user, partner_id, now)


def contact_rows(user: User, now: datetime) -> tuple[OutboxRow, ...]:
    """1C learns what has become of a person, at each of his partners."""
    return tuple(OutboxRow.of_change("contact", part_id(partner_id, user.id), now) for partner_id in user.partner_ids)


def forgot_password(
    users: UserStore,
    attempts: AttemptStore,
    outbox: Outbox,
    clock: Clock,
    *,
    login: str,
    address: str,
    public_url: str,
    queues: Queues | None = None,
) -> None:
    """Send a link to whoever has the login; the caller learns nothing either way. Raises TooManyAttempts."""
    now = clock()
    _count_reset(attempts, now, login, address)
    user = users.by_login(login)
    if user is not None and not user.disabled:
        _send_link(users, outbox, queues, now, user, public_url, RESET if user.password_hash else INVITATION)


def _count_reset(attempts: AttemptStore, now: datetime, login: str, address: str) -> None:
    by_address = attempts.count(f"reset address {address}", RESET_WINDOW, now)
    if by_address > RESETS_PER_ADDRESS or attempts.count(f"reset {login}", RESET_WINDOW, now) > RESETS_PER_ACCOUNT:
        raise TooManyAttempts("Слишком много запросов. Попробуйте через час")
