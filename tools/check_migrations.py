"""Prove that migrations go up, down and up again and end where the models are, from nothing.

On SQLite; with LINLI_TEST_DATABASE or LINLI_CI_POSTGRESQL set, on an empty PostgreSQL too.
"""

import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

FLASK = [str(Path(sys.executable).parent / "flask"), "--app", "wsgi", "db"]
STEPS = [["upgrade"], ["downgrade", "base"], ["upgrade"], ["check"]]


def main() -> int:
    """Walk the steps on each database and name the first that fails."""
    with tempfile.TemporaryDirectory() as folder:
        for name, address in databases(Path(folder)):
            for step in STEPS:
                if not walked(step, address, folder):
                    print(f"migrations on {name}: `db {' '.join(step)}` failed", file=sys.stderr)
                    return 1
            print(f"migrations on {name}: up, down and up again; the models agree")
    return 0


def databases(folder: Path) -> Iterator[tuple[str, str]]:
    """Give each database to walk, empty, and drop what was made for it."""
    yield "SQLite", f"sqlite:///{folder / 'empty.db'}"
    server = os.environ.get("LINLI_TEST_DATABASE") or os.environ.get("LINLI_CI_POSTGRESQL", "")
    if server.startswith("postgresql"):
        with made_beside(server) as address:
            yield "PostgreSQL", address


@contextmanager
def made_beside(server: str) -> Iterator[str]:
    """Make an empty database on the same server and drop it afterwards."""
    name = f"migrations_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{server.rsplit('/', 1)[0]}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def walked(step: list[str], address: str, folder: str) -> bool:
    """Run one step; show what it said only when it failed."""
    environment = os.environ | {"LINLI_DATABASE_URL": address, "LINLI_INSTANCE": folder}
    result = subprocess.run(
        [*FLASK, *step], env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode:
        print(result.stdout, result.stderr, file=sys.stderr)
    return result.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
