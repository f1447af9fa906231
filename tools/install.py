"""Install one hashed lock file into .venv, wheels first, showing how far it has come.

Usage: .venv/bin/python tools/install.py [pip options] -r LOCKFILE
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PIP = [
    "-m",
    "pip",
    "--disable-pip-version-check",
    "--no-input",
    "install",
    "--require-hashes",
    "--progress-bar",
    "off",
]


def main(options: list[str]) -> int:
    """Run pip; print one moving line on a terminal, every tenth package elsewhere."""
    lock = Path(options[-1])
    total = sum("==" in line and not line.startswith(" ") for line in lock.read_text().splitlines())
    moving = sys.stdout.isatty()
    said: list[str] = []
    met = 0
    pip = subprocess.Popen(
        [sys.executable, *PIP, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert pip.stdout is not None
    for line in pip.stdout:
        said.append(line)
        if line.startswith(("Collecting ", "Requirement already satisfied: ")):
            met += 1
            name = line.split("==")[0].split()[-1]
            show(f"{lock.name}: {met} of about {total}, {name}", moving, met % 10 == 0)
        elif line.startswith("Installing collected"):
            show(f"{lock.name}: unpacking {met} packages", moving, True)
    if pip.wait() != 0:
        print("\n" + "".join(said[-15:]), file=sys.stderr)
        print(f"{lock.name} could not be installed; pip's last words are above.", file=sys.stderr)
        return 1
    show(f"{lock.name}: all there", moving, True)
    if moving:
        print()
    return 0


def show(text: str, moving: bool, often_enough: bool) -> None:
    """Write over the last line of a terminal; print a line of its own elsewhere."""
    if moving:
        print(f"\r\033[K  {text}", end="", flush=True)
    elif often_enough:
        print(f"  {text}", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
