"""`flask pools …`."""

import json
import sys

import click

from app.core.cli import group
from app.core.pools import queries


@group("pools").command("check")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def check(as_json: bool) -> None:
    """Recount all pools; fail if one counts other than its holds."""
    wrong = queries.wrong_counts()
    checked = queries.count_pools()
    if as_json:
        click.echo(json.dumps({"pools": checked, "wrong": wrong}, ensure_ascii=False))
    else:
        for row in wrong:
            click.echo(
                f"pool {row['id']} {row['kind']} {row['subject_key']}: "
                f"counts {row['taken']}, holds say {row['held']}, total {row['total']}"
            )
        click.echo(f"{checked} pools, {len(wrong)} wrong")
    sys.exit(1 if wrong else 0)
