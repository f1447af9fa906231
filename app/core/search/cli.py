"""`flask search …`."""

from collections.abc import Iterable, Iterator
from itertools import islice

import click

from app.core.cli import group
from app.core.db import transaction
from app.core.search import registry, services
from app.core.search.types import Document


@group("search").command("rebuild")
@click.option("--kind", "kinds", multiple=True, help="Only this kind; may be given several times.")
def rebuild(kinds: tuple[str, ...]) -> None:
    """Describe all findable things anew, a few hundred a transaction; the index is derived, so this
    works while nobody may write, too.
    """
    for kind in kinds or sorted(registry.describers):
        if kind not in registry.describers:
            raise click.UsageError(f"nothing of the kind {kind} can be found")
        with transaction(though_closed=True):
            services.clear(kind)
        count = 0
        for documents in _in_batches(registry.describers[kind]()):
            with transaction(though_closed=True):
                services.put_many(documents)
            count += len(documents)
            click.echo(f"\r{kind:20}{count:>8}", nl=False, err=True)
        click.echo(f"\r{kind:20}{count:>8}")


def _in_batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    source = iter(documents)
    while batch := list(islice(source, 200)):
        yield batch
