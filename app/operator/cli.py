"""`flask town key` and `flask town open`; and the line that a new site's server begins with."""

import logging
import sys

import click
import sqlalchemy as sa
from flask import Flask

from app.core import clock
from app.core.cli import group
from app.core.db import db, transaction
from app.core.facts import town
from app.core.settings import settings
from app.operator import queries, services

towns = group("town")
log = logging.getLogger(__name__)


@towns.command("key")
def show_key() -> None:
    """Print the first-start key of a site that is not open yet."""
    if town().is_open:
        raise click.ClickException("This town is open: there is no first start any more.")
    click.echo(_invitation())


@towns.command("open")
def open_now() -> None:
    """Open a town that commands have filled, without the first start."""
    if not town().is_open:
        with transaction():
            services.open_by_command(at=clock.now())
    click.echo("The town is open.")


def _invitation() -> str:
    address = f"{settings().base_url}/start/"
    if queries.has_operator():
        return f"This town is not open yet. Its operator goes on at {address}"
    return f"This site is new. Make it yours at {address}\nFirst-start key: {queries.start_key()}"


def say_key(app: Flask) -> None:
    """Print where a new site begins and its key, to the one who reads the server's terminal."""
    with app.app_context():
        try:
            is_made = sa.inspect(db.engine).has_table("start_drafts")
            if is_made and not town().is_open:
                sys.stderr.write(f"\n{_invitation()}\n")
                sys.stderr.flush()
        except sa.exc.SQLAlchemyError as down:
            log.warning("the database does not answer at start: %s", type(down).__name__)
        finally:
            db.session.remove()
