"""The floor: a bare route, a 30 kB page with one query, a page with one committed insert."""

import os
import secrets

import sqlalchemy as sa
from flask import Flask, Response, redirect, request

# pysqlite3 is what the site itself uses where there is a wheel for it.
try:
    import pysqlite3.dbapi2 as sqlite_driver
except ImportError:
    import sqlite3 as sqlite_driver

ROWS = 52
URL = os.environ["LINLI_BENCH_FLOOR_DATABASE"]
OPTIONS = {"module": sqlite_driver} if URL.startswith("sqlite") else {}
engine = sa.create_engine(URL, **OPTIONS)
metadata = sa.MetaData()
things = sa.Table(
    "floor_things",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("title", sa.String(80)),
    sa.Column("text", sa.Text),
)
notes = sa.Table(
    "floor_notes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("text", sa.Text),
)

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Floor</title></head><body>
<h1>Floor</h1>
<form method="post" action="/insert">
<input name="text" value="{{ word }}"><button>Go</button></form>
{% for row in rows %}<article id="t{{ row.id }}">
<h2><a href="/things/{{ row.id }}">{{ row.title }}</a></h2>
<p>{{ row.text }}</p><p class="meta">{{ row.id }} of {{ rows | length }}</p></article>
{% endfor %}</body></html>"""


@sa.event.listens_for(engine, "connect")
def _set_up(connection: object, _record: object) -> None:
    if URL.startswith("sqlite"):
        cursor = connection.cursor()  # type: ignore[attr-defined]
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def fill() -> None:
    """Make the floor's two tables and 52 rows; together with the markup they are 30 kB."""
    metadata.create_all(engine)
    rows = [
        {"title": f"Thing number {n}", "text": f"Words of thing {n}. " * 24} for n in range(ROWS)
    ]
    with engine.begin() as connection:
        connection.execute(things.insert(), rows)


app = Flask(__name__)
template = app.jinja_env.from_string(PAGE)


@app.get("/healthz")
@app.get("/bare")
def bare() -> str:
    return "ok"


@app.get("/page")
def page() -> str:
    with engine.connect() as connection:
        rows = connection.execute(sa.select(things).order_by(things.c.id)).all()
    return template.render(rows=rows, word=secrets.token_hex(4))


@app.post("/insert")
def insert() -> Response:
    with engine.begin() as connection:
        connection.execute(notes.insert().values(text=request.form["text"]))
    return redirect("/page", 303)  # type: ignore[return-value]
