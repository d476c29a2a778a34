"""The sign-ins of the laptop, which are fixed and stand in README: it listens on the loopback interface alone."""

from collections.abc import Iterator

from chalicelib.domain.access.users import Role
from infra.accounts import open_exchange, open_staff, set_password

ADMINISTRATOR = ("Администратор", "+7 900 000-00-01", "kabinet-admin")
FINANCE = ("Финансист", "+7 900 000-00-02", "kabinet-finance")
MANAGER = ("Менеджер", "+7 900 000-00-03", "kabinet-manager")
EXCHANGE = ("1c", "1c")


def open_staff_accounts() -> None:
    """The administrator, the manager, the finance person and 1C's own account; whoever has a password keeps it."""
    from chalicelib.runtime import current

    staff = ((Role.ADMINISTRATOR, ADMINISTRATOR), (Role.MANAGER, MANAGER), (Role.FINANCE, FINANCE))
    for role, (name, phone, password) in staff:
        open_staff(current(), role, name, phone)
        set_password(current(), phone, password)
    open_exchange(current(), *EXCHANGE)


def sign_ins(public_url: str, *, demo: bool) -> Iterator[str]:
    """Lines for the terminal."""
    people = [ADMINISTRATOR, MANAGER, FINANCE]
    if demo:
        from infra.demo import SIGN_INS

        people += SIGN_INS
    for name, phone, password in people:
        yield f"{phone}  {password:<16}  {name}"
    yield f"1C: {public_url}/exchange/1c  {' / '.join(EXCHANGE)}"
