"""`make run`: what stands in the way gives one line, and a fresh clone opens in time."""

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.proof.terminal import Terminal
from tests.sizes import Proven, Size

ROOT = Path(__file__).resolve().parents[2]
SERVE = [sys.executable, str(ROOT / "tools/serve.py"), "check"]
FIRST_PAGE_WITHIN = 90
SECOND_START_WITHIN = 3


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def checked(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        SERVE, env=os.environ | environment, capture_output=True, text=True, check=False
    )


def said_one_line(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 1
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1
    return result.stderr


def test_nothing_in_the_way_says_nothing(tmp_path: Path) -> None:
    result = checked(PORT=str(free_port()), LINLI_INSTANCE=str(tmp_path / "town"))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_taken_port_gives_one_line_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = said_one_line(checked(PORT=str(port), LINLI_INSTANCE=str(tmp_path)))
    assert f"Port {port} cannot be used" in said
    assert "make run PORT=" in said


def test_a_word_for_a_port_gives_one_line() -> None:
    assert "PORT=tea is not a port" in said_one_line(checked(PORT="tea"))


def test_an_unwritable_folder_gives_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    town = tmp_path / "file" / "town"
    said = said_one_line(checked(PORT=str(free_port()), LINLI_INSTANCE=str(town)))
    assert f"cannot write in {town}" in said


def test_a_too_old_python_gives_one_line() -> None:
    pretend = "import sys, runpy; sys.version_info = (3, 9, 2); sys.argv = ['serve.py', 'check']; "
    result = subprocess.run(
        [sys.executable, "-c", f"{pretend}runpy.run_path({SERVE[1]!r}, run_name='__main__')"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "needs Python 3.11 or newer and this is 3.9.2" in said_one_line(result)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What a newcomer gets: the tracked files, nothing else."""
    folder = tmp_path / "linli"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture
def opened(clone: Path, tmp_path: Path) -> tuple[str, dict[str, str]]:
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: os.environ[name] for name in os.environ if name.startswith(("PIP_", "SSL_"))}
    port = str(free_port())
    return (
        f"http://127.0.0.1:{port}/",
        kept | {"PATH": os.environ["PATH"], "HOME": str(home), "PORT": port, "TERM": "xterm"},
    )


def front_page(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return str(answer.read().decode())


@pytest.mark.timeout(600)
def test_a_fresh_clone_opens_in_time_and_closes_cleanly(
    clone: Path, opened: tuple[str, dict[str, str]], size: Size, proven: Proven
) -> None:
    if size == 0:
        pytest.skip("installs everything: LINLI_PROOF=ci or full")
    address, environment = opened
    first = Terminal(clone, ["make", "run"], environment)
    try:
        seconds = first.read_until("Linli is open at", FIRST_PAGE_WITHIN * 2)
        assert "<h1" in front_page(address)
        first.read_until("operator@linli.test", 400)
        first.press_ctrl_c()
        first.wait(20)
        assert first.left_behind() == []
        assert "Traceback" not in first.text
        assert "Linli is closed." in first.text
    finally:
        first.clear()
    assert seconds < FIRST_PAGE_WITHIN
    proven("first page of a fresh clone, downloads included", f"{seconds:.0f} s", "under 90 s")
    # The best of three: what else the machine does is not the start's fault.
    tries: list[float] = []
    while len(tries) < 3 and (size is Size.FULL or min([60, *tries]) >= SECOND_START_WITHIN):
        tries.append(started_again(clone, environment))
    again = min(tries)
    assert again < SECOND_START_WITHIN
    proven("second start, best of three", f"{again:.1f} s", "under 3 s")


def started_again(clone: Path, environment: dict[str, str]) -> float:
    """Start a town that is written already; return the seconds until it was open."""
    person = Terminal(clone, ["make", "run"], environment)
    try:
        seconds = person.read_until("Linli is open at", 60)
        person.press_ctrl_c()
        person.wait(20)
        assert person.left_behind() == []
        return seconds
    finally:
        person.clear()


@pytest.mark.timeout(600)
def test_ctrl_c_while_the_town_is_written_leaves_nothing_running(
    clone: Path, opened: tuple[str, dict[str, str]]
) -> None:
    _, environment = opened
    (clone / ".venv").symlink_to(ROOT / ".venv")
    person = Terminal(clone, ["make", "run"], environment)
    try:
        person.read_until("The demo town is being written", 60)
        person.read(3)
        person.press_ctrl_c()
        person.wait(20)
        assert person.left_behind() == []
        assert "Traceback" not in person.text
    finally:
        person.clear()
