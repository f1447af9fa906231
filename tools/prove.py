"""The full-size proofs, one after the other; their figures go into docs/proof.md.

What runs real servers and kills them first, then every test marked `sized` at its full size, on
SQLite and on PostgreSQL. All are run even when one fails; then the exit code says so.
"""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import live

PYTEST = [sys.executable, "-m", "pytest", "-rA", "--timeout", "3600"]
SERVERS = [*PYTEST, "tests/proof", "-p", "no:randomly"]
SIZED = [
    *PYTEST,
    "tests",
    "--ignore=tests/proof",
    "--ignore=tests/journeys",
    "-m",
    "sized",
    "-n",
    "2",
]


def main() -> int:
    """Run the proofs and return how many runs did not pass."""
    full = os.environ | {"LINLI_PROOF": "full"}
    ended = [ran(SERVERS, full), ran(SIZED, full)]
    with live.postgresql() as server:
        ended.append(ran(SIZED, full | {"LINLI_TEST_DATABASE": server}))
    return sum(code != 0 for code in ended)


def ran(command: list[str], surroundings: dict[str, str]) -> int:
    """Run one part and return its exit code."""
    return subprocess.run(command, env=surroundings, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
