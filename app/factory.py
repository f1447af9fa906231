"""Builds the application: the only module that knows every house."""

import gc
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click
from flask import Flask
from flask.cli import ScriptInfo
from flask_migrate import Migrate
from jinja2 import FileSystemLoader
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from app.core import access, cli, clock, db, facts, forms, i18n, money, pages, views
from app.core.activity.jobs import start_flushing
from app.core.jobs.jobs import start_worker
from app.core.presence import announce
from app.core.settings import Settings, completed, from_environment
from app.core.templating import Town
from app.operator.cli import say_key

ROOT = Path(__file__).resolve().parents[1]
GROUND = (
    "activity",
    "jobs",
    "ledger",
    "pools",
    "search",
    "media",
    "mail",
    "sms",
    "wechat",
    "running",
    "backup",
)
HOUSES = (
    "places",
    "accounts",
    "moderation",
    "forum",
    "payments",
    "promotions",
    "merchants",
    "orders",
    "settlement",
    "events",
    "notifications",
    "workbench",
    "operator",
    "home",
    "demo",
)
ROOMS = ("models", "parts", "jobs", "cli", "subscribers", "views", "api")
LARGEST_BODY = 12 * 1024 * 1024


class BoundedInteger(IntegerConverter):
    """An id in a URL; what no database row can have is not found."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Bound the number to what an id column holds."""
        super().__init__(*args, **({"max": 2**31 - 1} | kwargs))  # type: ignore[arg-type]


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application for these settings (from the environment where none are given)."""
    conf = from_environment() if settings is None else completed(settings)
    app = Town("app", root_path=str(ROOT / "app"), static_folder=None, template_folder=None)
    app.jinja_loader = FileSystemLoader(
        [ROOT / "app" / house / "templates" for house in ("core", *HOUSES)]
    )
    app.url_map.converters["int"] = BoundedInteger
    app.extensions |= {"linli_settings": conf, "linli_static": ROOT / "static"}
    app.config.update(
        SECRET_KEY=conf.secret_key, TESTING=conf.testing, MAX_CONTENT_LENGTH=LARGEST_BODY
    )
    app.config.update(MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024, MAX_FORM_PARTS=2000)
    clock.use_zone(conf.timezone)
    money.use_currency(conf.currency)
    i18n.use_language(conf.language)
    db.connect(app, conf)
    Migrate(app, db.db, directory=str(ROOT / "migrations"), render_as_batch=True)
    for part in (pages, access, forms, views):
        part.connect(app)
    for house in [*(f"core.{room}" for room in GROUND), *HOUSES]:
        _move_in(app, house)
    cli.connect(app)
    facts.hold_fast(app, conf)
    if conf.trusted_proxies:
        hops = conf.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def start_threads(app: Flask) -> None:
    """In a process that serves pages: write down what is seen and, where told so, carry out jobs.

    A command line imports the same application and gets neither.
    """
    command = click.get_current_context(silent=True)  # the server's own command line is one, too
    if command is not None and command.find_object(ScriptInfo) is not None:
        return
    gc.collect()
    gc.freeze()  # what the start made stays for good: no collection need walk over it again
    conf: Settings = app.extensions["linli_settings"]
    say_key(app)
    announce(conf.instance)
    start_flushing(app, conf.seen_seconds)
    if conf.jobs_embedded:
        start_worker(app, conf.instance)


def _move_in(app: Flask, house: str) -> None:
    if find_spec(f"app.{house}") is None:
        return
    rooms = (room for room in ROOMS if find_spec(f"app.{house}.{room}") is not None)
    for room in rooms:
        module = import_module(f"app.{house}.{room}")
        if room in {"views", "api"} and hasattr(module, "bp"):
            app.register_blueprint(module.bp)
        if room == "subscribers":
            module.connect()
        elif hasattr(module, "connect"):
            module.connect(app)
