"""The one door to PostgreSQL's own tools, and to commands of ours on another database."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.engine import make_url

from app.core.backup.errors import BackupError

ROOT = Path(__file__).resolve().parents[3]
INSTALL = "install PostgreSQL's client tools (Debian: apt install postgresql-client)"


def _tool(name: str, major: int) -> str:
    """Return the tool of the server's own version where Debian keeps several, else the one there
    is.
    """
    own = Path(f"/usr/lib/postgresql/{major}/bin/{name}")
    found = str(own) if own.exists() else shutil.which(name)
    if found is None:
        raise BackupError(f"{name} is not here: {INSTALL}")
    return found


def _run(name: str, *words: str, url: str, major: int) -> str:
    parts = make_url(url)
    plain = parts.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    surroundings = dict(os.environ)
    if parts.password:
        surroundings["PGPASSWORD"] = str(parts.password)
    done = subprocess.run(  # noqa: S603 - a fixed program, words of our own
        [_tool(name, major), *words, f"--dbname={plain}"],
        env=surroundings, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise BackupError(f"{name}: {said[0] if said else 'failed'}")
    return done.stdout


def check_tools(major: int) -> None:
    """Refuse (BackupError) where the tools that write and read a dump are not installed."""
    for name in ("pg_dump", "pg_restore"):
        _tool(name, major)


def dump(url: str, target: Path, snapshot: str, major: int) -> None:
    """Write a database as it is in an exported snapshot into a file, in PostgreSQL's form."""
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges",
         "--exclude-schema=replaced_*", f"--snapshot={snapshot}", f"--file={target}",
         url=url, major=major)  # fmt: skip


def load(url: str, source: Path, major: int) -> None:
    """Read a dump into an empty schema, all of it or nothing."""
    listed = subprocess.run(  # noqa: S603 - a fixed program, words of our own
        [_tool("pg_restore", major), "--list", str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        raise BackupError("pg_restore cannot read this dump: its PostgreSQL may be newer")
    kept = [line for line in listed.stdout.splitlines() if not re.search(r" SCHEMA - ", line)]
    contents = source.with_suffix(".list")
    contents.write_text("\n".join(kept) + "\n")
    _run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
         f"--use-list={contents}", str(source), url=url,
         major=major)  # fmt: skip


def flask(url: str, words: Sequence[str]) -> str:
    """Run one of our commands on another database and return what it printed, or refuse."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT, env=os.environ | {"LINLI_DATABASE_URL": url},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise BackupError(f"flask {' '.join(words)}: {said[-1] if said else 'failed'}")
    return done.stdout
