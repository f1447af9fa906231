"""The command groups that houses add to, and the ground's own commands: settings, i18n, town."""

import json
import sys
from collections import defaultdict
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from flask import Flask
from flask.cli import AppGroup

from app.core import i18n
from app.core.settings import settings

GROUPS: dict[str, AppGroup] = {}
APP = Path(__file__).resolve().parents[1]
METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
]
KEYWORDS: dict[str, Any] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def group(name: str) -> AppGroup:
    """Return the command group of that name, for a house to add its commands to."""
    return GROUPS.setdefault(name, AppGroup(name))


def connect(app: Flask) -> None:
    """Give the groups that houses filled to Flask's command line."""
    for name in sorted(GROUPS):
        app.cli.add_command(GROUPS[name])
    app.cli.add_command(show_settings)


@click.command("settings")
@click.option("--json", "as_json", is_flag=True, help="for machines")
def show_settings(as_json: bool) -> None:
    """List every setting with its value and meaning; secrets are only said to be set."""
    rows = []
    for entry in fields(settings()):
        value: Any = getattr(settings(), entry.name)
        if entry.metadata["secret"]:
            value = "(set)" if value else ""
        rows.append(
            {
                "name": f"LINLI_{entry.name.upper()}",
                "value": str(value),
                "means": entry.metadata["says"],
            }
        )
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(f"{row['name']:<30} {row['value']:<40} {row['means']}")


translations = group("i18n")


def houses() -> list[str]:
    """Return the houses that may hold messages."""
    return sorted(path.name for path in APP.iterdir() if (path / "__init__.py").is_file())


def extracted(house: str) -> Catalog:
    """Return the messages that a house's code and templates hold."""
    catalog = Catalog(locale="zh_Hans", project="Linli", charset="utf-8")
    options: dict[str, Any] = {
        pattern: {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do"}
        for pattern, kind in METHODS
        if kind == "jinja2"
    }
    found = extract_from_dir(APP / house, METHODS, options, KEYWORDS, ("Translators:",))
    for file, _line, message, comments, context in found:
        catalog.add(
            message, locations=[(f"app/{house}/{file}", 0)], auto_comments=comments, context=context
        )
    return catalog


def po_file(house: str) -> Path:
    """Return where a house's Chinese is kept."""
    return i18n.CATALOGUES / "zh_Hans" / f"{house}.po"


def _kept(house: str) -> Catalog:
    if not po_file(house).exists():
        return Catalog(locale="zh_Hans")
    with po_file(house).open("rb") as source:
        return read_po(source, locale="zh_Hans")


@translations.command("update")
@click.argument("names", nargs=-1)
def update(names: tuple[str, ...]) -> None:
    """Write each house's messages into its file, keeping what is translated and dropping what is
    unused.
    """
    for house in names or houses():
        fresh, kept = extracted(house), _kept(house)
        missing = 0
        for message in fresh:
            old = kept.get(message.id, message.context) if message.id else None
            if old is not None and old.string:
                message.string = old.string
            missing += bool(message.id) and not (
                all(message.string) if isinstance(message.string, tuple) else message.string
            )
        if not len(fresh):
            po_file(house).unlink(missing_ok=True)
            continue
        po_file(house).parent.mkdir(parents=True, exist_ok=True)
        with po_file(house).open("wb") as target:
            write_po(
                target,
                fresh,
                width=120,
                sort_output=True,
                omit_header=False,
                no_location=True,
                include_lineno=False,
            )
        _drop_dates(po_file(house))
        click.echo(f"{house}: {len(fresh)} messages, {missing} to translate")


def _drop_dates(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    noise = (
        '"POT-Creation-Date',
        '"PO-Revision-Date',
        '"Last-Translator',
        '"Language-Team',
        '"Generated-By',
        '"Report-Msgid',
    )
    path.write_text(
        "".join(line for line in lines if not line.startswith((*noise, "#"))), encoding="utf-8"
    )


@translations.command("check")
def check() -> None:
    """Fail, naming each, on messages that are untranslated, unused, or translated differently in
    two houses.
    """
    faults = catalogue_faults()
    for fault in faults:
        click.echo(fault)
    if faults:
        sys.exit(1)
    click.echo("every message is translated and used")


def is_sound(text: str) -> bool:
    """Whether a page can fill its values into a text: a lone `%` breaks the page that shows it."""
    try:
        _ = text % defaultdict(int)
    except (ValueError, TypeError):
        return False
    return True


def catalogue_faults() -> list[str]:
    """Return one line for each untranslated, unused or doubly translated message."""
    faults: list[str] = []
    words: dict[Any, tuple[str, Any]] = {}
    for house in houses():
        fresh, kept = extracted(house), _kept(house)
        for message in fresh:
            if not message.id:
                continue
            old = kept.get(message.id, message.context)
            if old is None or not (
                all(old.string) if isinstance(old.string, tuple) else old.string
            ):
                faults.append(f"{house}: not translated: {message.id!r}")
                continue
            said = old.string if isinstance(old.string, tuple) else (str(old.string),)
            if not all(map(is_sound, said)):
                faults.append(f"{house}: a percent sign stands alone in {old.string!r}")
            first = words.setdefault((message.id, message.context), (house, old.string))
            if first[1] != old.string:
                faults.append(
                    f"{house}: {message.id!r} is {old.string!r}, in {first[0]} {first[1]!r}"
                )
        faults += [
            f"{house}: not used any more: {message.id!r}"
            for message in kept
            if message.id and fresh.get(message.id, message.context) is None
        ]
    return faults
