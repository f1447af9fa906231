"""The full-size proofs, part after part; each writes its figures into docs/proof.md when it ends.

Usage: prove.py [WORD…]; with words only the parts whose name has one of them (say, after a part
that did not pass: `prove.py kills`). All parts are run even when one fails; then the exit code
says so, and nothing that was proven before is lost.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import live

PYTEST = [sys.executable, "-m", "pytest", "-rA", "--timeout", "3600"]
SIZED = ["tests", "--ignore=tests/proof", "--ignore=tests/journeys", "-m", "sized", "-n", "2"]
ALONE = ["-p", "no:randomly"]


@dataclass(frozen=True)
class Part:
    """Some proofs: their name, about how many minutes they take, and what pytest is asked."""

    name: str
    minutes: int
    words: list[str]
    is_on_postgresql: bool = False


PARTS = [
    Part("kills under load", 20, ["tests/proof/test_kill.py", *ALONE]),
    Part("races for the last units", 8, ["tests/proof/test_last_units.py", *ALONE]),
    Part("backup, move and upgrade", 14, ["tests/proof/test_server.py", *ALONE]),
    Part("a fresh clone", 4, ["tests/proof/test_make_run.py", *ALONE]),
    Part("docs/run-a-town.md", 4, ["tests/proof/test_run_a_town.py", *ALONE]),
    Part("what the quick tests sample, SQLite", 10, SIZED),
    Part("what the quick tests sample, PostgreSQL", 20, SIZED, is_on_postgresql=True),
]
# A part that takes so many times as long as it should hangs.
PATIENCE = 3


def main(words: list[str]) -> int:
    """Run the parts and return how many did not pass."""
    chosen = [part for part in PARTS if not words or any(word in part.name for word in words)]
    if not chosen:
        print(f"No part is named so: {', '.join(part.name for part in PARTS)}", file=sys.stderr)
        return 2
    began = time.monotonic()
    left_undone: list[str] = []
    for number, part in enumerate(chosen, 1):
        rest = sum(later.minutes for later in chosen[number - 1 :])
        gone = int(time.monotonic() - began) // 60
        print(
            f"\n=== part {number} of {len(chosen)}: {part.name}"
            f" (after {gone} min, about {rest} min to go)",
            flush=True,
        )
        if ran(part) != 0:
            left_undone.append(part.name)
    minutes = int(time.monotonic() - began) // 60
    print(f"\n=== {len(chosen) - len(left_undone)} of {len(chosen)} parts held, in {minutes} min")
    for name in left_undone:
        print(f"did not hold: {name}")
    return len(left_undone)


def ran(part: Part) -> int:
    """Run one part and return its exit code; one that hangs is told to stop, and did not hold."""
    with ExitStack() as stack:
        given = os.environ | {"LINLI_PROOF": "full"}
        if part.is_on_postgresql:
            given["LINLI_TEST_DATABASE"] = stack.enter_context(live.postgresql())
        else:
            given.pop("LINLI_TEST_DATABASE", None)
        running = subprocess.Popen([*PYTEST, *part.words], env=given)
        try:
            return running.wait(PATIENCE * part.minutes * 60)
        except subprocess.TimeoutExpired:
            print(f"still running after {PATIENCE * part.minutes} min: {part.name}", flush=True)
            running.terminate()
            running.wait()
            return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
