"""Commands about people: `flask users create`, `flask users grant`."""

import secrets

import click

from app.accounts import queries, services
from app.accounts.errors import PersonNotFoundError
from app.accounts.policies import passwords
from app.accounts.types import Language
from app.core import clock
from app.core.access import SYSTEM, Role
from app.core.cli import group
from app.core.db import transaction
from app.core.errors import LinliError

users = group("users")
ROLES = click.Choice([str(role) for role in Role])


@users.command("create")
@click.argument("mail")
@click.argument("name")
@click.option("--password", help="made up and printed where none is given")
@click.option("--language", type=click.Choice(["zh_Hans", "en"]), default="zh_Hans")
@click.option("--role", type=ROLES, help="a role for the whole site, such as operator")
def create(mail: str, name: str, password: str | None, language: str, role: str | None) -> None:
    """Make an account for MAIL with NAME."""
    word = password or secrets.token_urlsafe(12)
    try:
        new_hash = passwords.hashed(word)
        with transaction():
            person = services.create_person(
                name=name,
                mail=mail,
                password_hash=new_hash,
                language=Language(language),
                at=clock.now(),
            )
            if role:
                why = "flask users create"
                services.give_role(SYSTEM, person.id, role, reason=why, at=clock.now())
    except LinliError as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{mail}: person {person.id}" + ("" if password else f", password {word}"))


@users.command("grant")
@click.argument("mail")
@click.argument("role", type=ROLES)
@click.option("--scope", help="where it counts, such as merchant:12; the whole site without it")
@click.option("--reason", default="flask users grant", show_default=True)
def grant(mail: str, role: str, scope: str | None, reason: str) -> None:
    """Give the person with MAIL a ROLE."""
    kind, _colon, number = (scope or "").partition(":")
    if scope and not number.isdecimal():
        raise click.ClickException("--scope: expected a kind and an id, such as merchant:12")
    try:
        person = queries.user_by_mail(mail)
        if person is None:
            raise PersonNotFoundError
        where = (kind, int(number)) if scope else ("", 0)
        with transaction():
            services.give_role(SYSTEM, person.id, role, scope=where, reason=reason, at=clock.now())
    except LinliError as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{mail}: {role}" + (f" of {scope}" if scope else ""))
