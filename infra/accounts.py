"""Open the accounts that nobody can open in the portal itself.

    python -m infra.accounts administrator --phone "+7 900 000-00-01" --name "Иван Петров" --stage prod
    python -m infra.accounts finance --phone … --stage prod
    python -m infra.accounts exchange --login 1c --stage prod
    python -m infra.accounts key --login 1c --stage prod

The first two make a person of the supplier's staff and print a one-time link for the password; the third makes the account of
a 1C base, or gives it a new password, and prints that; the fourth prints a new bearer key for that account. It works through
the tables of the stage, with AWS credentials for them.
"""

import argparse
import os
import secrets
import uuid
from dataclasses import replace
from datetime import timedelta

import boto3

from chalicelib.domain.access.users import Role, User
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.exchange.exchange import ExchangeNode
from chalicelib.exchange.accounts import new_key
from chalicelib.formats import phones
from chalicelib.runtime import Runtime
from chalicelib.usecases.access.invitations import INVITE_LIFETIME
from chalicelib.usecases.access.sign_in import token_hash
from infra import deploy, stack

AT_ONCE = timedelta(minutes=5)


def open_staff(runtime: Runtime, role: Role, name: str, phone: str) -> User:
    """The person with this phone, made as one of the staff where there is none. Raises InvalidInput for what is no phone."""
    login = phones.normalise(phone)
    if login is None:
        raise InvalidInput("Это не телефон: %(phone)s", {}, phone=phone)
    standing = runtime.users.by_login(login)
    if standing:
        return standing
    user = User(id=str(uuid.uuid4()), name=name, phone=login, staff_role=role)
    runtime.users.add_staff(user)
    return user


def open_link(runtime: Runtime, user: User, lifetime: timedelta = INVITE_LIFETIME) -> str:
    """A one-time link under which the person sets his password."""
    token = secrets.token_urlsafe(32)
    runtime.users.invite(token_hash(token), user.id, runtime.clock() + lifetime)
    return f"{runtime.settings.public_url}/invite/{token}"


def set_password(runtime: Runtime, phone: str, password: str) -> None:
    """A first password for a person who has none, as if he had followed a link."""
    user = runtime.users.by_login(phones.login(phone))
    if user is None or user.password_hash:
        return
    token = open_link(runtime, user, AT_ONCE).rpartition("/")[2]
    runtime.users.accept(token_hash(token), user, runtime.hasher.hash(password), runtime.clock())


def open_exchange(runtime: Runtime, login: str, password: str, name: str = "1С") -> None:
    """The account of a 1C base with this password; one that stands keeps its settings."""
    standing = runtime.exchange.node(login)
    if standing and runtime.hasher.verify(standing.password_hash, password):
        return
    hashed = runtime.hasher.hash(password)
    runtime.exchange.save_node(replace(standing, password_hash=hashed) if standing else ExchangeNode(login, hashed, name))


def open_key(runtime: Runtime, login: str) -> str:
    """A new bearer key of a 1C base's account, in place of the one it had. Raises NotFound."""
    standing = runtime.exchange.node(login)
    if standing is None:
        raise NotFound("Нет учётной записи обмена «%(login)s»", login=login)
    key, key_hash = new_key(login)
    runtime.exchange.save_node(replace(standing, api_key_hash=key_hash))
    return key


def enter_stage(session: boto3.Session, stage: str) -> None:
    """Set the environment of the stage's functions for this process."""
    outputs = stack.outputs(session.client("cloudformation"), stage)
    os.environ.update(stack.environment(stage, outputs) | deploy.own_settings(session.client("ssm"), stage))
    record = deploy.Record(session.client("s3"), outputs["Bucket"], stage)
    os.environ.setdefault("PUBLIC_URL", record.address() or deploy.UNKNOWN_URL)
    os.environ.setdefault("MAIL_URL", "memory:")
    os.environ.setdefault("SMS_URL", "memory:")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=[Role.ADMINISTRATOR, Role.MANAGER, Role.FINANCE, "exchange", "key"])
    parser.add_argument("--stage", default="dev")
    parser.add_argument("--phone", help="of the person: his login")
    parser.add_argument("--name", default="", help="of the person or of the 1C base")
    parser.add_argument("--login", default="1c", help="of the 1C base")
    chosen = parser.parse_args(arguments)
    if chosen.kind not in ("exchange", "key") and not chosen.phone:
        parser.error("a person needs --phone")
    enter_stage(boto3.Session(), chosen.stage)
    if chosen.kind == "exchange":
        password = secrets.token_urlsafe(18)
        open_exchange(Runtime(), chosen.login, password, chosen.name or "1С")
        print(f"{chosen.login} / {password}")
        return
    if chosen.kind == "key":
        print(open_key(Runtime(), chosen.login))
        return
    runtime = Runtime()
    user = open_staff(runtime, Role(chosen.kind), chosen.name or chosen.phone, chosen.phone)
    print(open_link(runtime, user))


if __name__ == "__main__":
    main()
