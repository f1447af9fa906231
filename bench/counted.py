"""The site with one header more on each answer: how many statements it sent to the database."""

from typing import Any

import sqlalchemy as sa
from flask import Response, g, has_request_context

from app.core.db import db
from bench.stage import STATEMENTS
from wsgi import app


def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if has_request_context() and not statement.startswith(("BEGIN", "PRAGMA")):
        g.statements = g.get("statements", 0) + 1


def tell(answer: Response) -> Response:
    answer.headers[STATEMENTS] = str(g.get("statements", 0))
    return answer


with app.app_context():
    sa.event.listen(db.engine, "before_cursor_execute", count)
app.after_request(tell)
