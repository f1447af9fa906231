"""What the repository holds: no address, no path of one machine, closed lock files."""

import re
import subprocess

import pytest

from tests.architecture.tree import ROOT

FOLDERS = ("work", "farm", "root", "home")
FLAGS = ("index-url", "extra-index-url", "find-links", "trusted-host")
MACHINE = re.compile(
    rf"(^|[^\w.])/({'|'.join(FOLDERS)})/[a-z.]|{'|'.join(f'--{flag}' for flag in FLAGS)}"
)
LOCKS = ["requirements.txt", "requirements-dev.txt"]


def faults(text: str) -> list[str]:
    return [line for line in text.splitlines() if MACHINE.search(line)]


def test_no_file_names_a_path_of_one_machine_or_a_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    if not listed:
        pytest.skip("not a git checkout")
    found = {
        name: faults((ROOT / name).read_text())
        for name in listed.split("\0")
        if name
        and (ROOT / name).is_file()
        and b"\0" not in (ROOT / name).read_bytes()[:4096]
        and not name.startswith("tests/architecture/")
    }
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_planted_path_is_seen() -> None:
    assert faults("open('/" + "home/me/town.db')")
    assert faults("pip install --index" + "-url x")


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_files_pin_every_package_by_hash_and_name_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    pins = re.findall(r"^[\w.\-\[\]]+==\S+.*\\\n    --hash=sha256:", text, re.M)
    names = re.findall(r"^[\w.\-\[\]]+\s*[=@<>~]", text, re.M)
    assert len(pins) == len(names) > 20
    assert "://" not in text
