"""Open accounts that nobody can open in the portal: `python -m infra.accounts administrator --phone … --stage prod`.

    administrator, finance   make a person of the supplier's staff and print a one-time link to set the password
    exchange                 make or renew the account of a 1C base and print a generated password

It works through the stores of the stage named: with AWS credentials for its tables.
"""

import secrets
import uuid
from datetime import timedelta

from chalicelib.domain.exchange import ExchangeNode
from chalicelib.domain.users import Role, User
from chalicelib.formats import phones
from chalicelib.runtime import Runtime

OPEN_FOR = timedelta(minutes=5)


def open_staff(runtime: Runtime, role: Role, name: str, phone: str) -> User:
    """The person with this phone, made as one of the staff where there is none."""
    login = phones.login(phone)
    standing = runtime.users.by_login(login)
    if standing:
        return standing
    user = User(id=str(uuid.uuid4()), name=name, phone=login, staff_role=role)
    runtime.users.add_staff(user)
    return user


def open_exchange(runtime: Runtime, login: str, password: str) -> None:
    """The account of a 1C base; one that stands keeps its settings, but for the password."""
    standing = runtime.exchange.node(login)
    if standing and runtime.passwords.verify(standing.password_hash, password):
        return
    runtime.exchange.save_node(ExchangeNode(login, runtime.passwords.hash(password)))
