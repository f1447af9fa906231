"""`flask ledger …`."""

import json
import sys

import click

from app.core.cli import group
from app.core.ledger import queries


@group("ledger").command("check")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def check(as_json: bool) -> None:
    """Audit the books; fail unless every figure is zero."""
    figures = queries.audit().figures | {"broken_seals": queries.broken_seals()}
    if as_json:
        click.echo(json.dumps(figures))
    else:
        for name, value in figures.items():
            click.echo(f"{name:22}{value:>8}")
        click.echo("clean" if not any(figures.values()) else "NOT CLEAN")
    sys.exit(1 if any(figures.values()) else 0)
