"""An archive is made while the site runs, and refused in whatever way it is wrong."""

import hashlib
import json
import re
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.core.backup import archive, database
from app.core.backup.errors import BackupError
from app.core.backup.services import creating, restoring
from app.core.backup.types import Report
from app.core.settings import settings
from tests.conftest import POSTGRESQL

DATABASE = "database.dump" if POSTGRESQL else "database.sqlite"


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def written(path: Path, content: dict[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", packed) as target:
        for name, text in content.items():
            target.writestr(name, text)
    return path


def sealed(content: dict[str, bytes], **changes: Any) -> dict[str, bytes]:
    """Forge a manifest, and a seal as another town's key would make it."""
    told = json.loads(content["manifest.json"]) | changes
    key = {"key": "0" * 16, "seal": "0" * 32}
    return content | {
        "manifest.json": json.dumps(told).encode(),
        "seal.json": json.dumps(key).encode(),
    }


def listed(content: dict[str, bytes], name: str, text: bytes) -> dict[str, bytes]:
    """Add a file and list it in the manifest, as a careful forger would."""
    told = json.loads(content["manifest.json"])
    entry = {"size": len(text), "sha256": hashlib.sha256(text).hexdigest()}
    return sealed(content | {name: text}, files=told["files"] | {name: entry})


def test_an_archive_says_what_it_holds(made: Report) -> None:
    report = archive.checked(Path(made.path))
    figures = report.manifest.figures
    assert figures.tables["users"] == 1
    assert figures.ledger["seals"] == 1
    assert figures.ledger["turnover"] == {"CNY": 1250}
    assert report.manifest.media == {"where": "archive", "files": 3, "missing": []}
    assert report.seal == "this town's key"
    assert stat.S_IMODE(Path(made.path).stat().st_mode) == 0o600


def test_nothing_but_the_finished_archive_lies_in_the_folder(made: Report) -> None:
    folder = Path(made.path).parent
    assert sorted(path.name for path in folder.iterdir()) == [".lock", Path(made.path).name]


def test_what_a_killed_backup_left_goes_with_the_next(town: None, tmp_path: Path) -> None:
    left = tmp_path / "backups" / ".making-20260101-000000"
    left.mkdir(parents=True)
    (left / "archive.part").write_bytes(b"half")
    made = creating.create(tmp_path / "backups", label="again")
    assert not left.exists()
    assert Path(made.path).name.endswith("-again.zip")


def test_the_key_is_in_no_archive_without_a_passphrase(made: Report) -> None:
    content = members(Path(made.path))
    assert "secrets.enc" not in content
    for name, text in content.items():
        assert settings().secret_key.encode() not in text, name


def test_secrets_are_locked_with_a_passphrase(town: None, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="at least 12"):
        creating.create(tmp_path / "short", passphrase="short")
    assert not list((tmp_path / "short").glob("linli-*"))
    made = creating.create(tmp_path / "backups", passphrase="three blue boats")
    content = members(Path(made.path))
    assert settings().secret_key.encode() not in b"".join(content.values())
    assert made.manifest.has_secrets


def test_the_newest_archives_stay_and_labelled_ones_are_left_alone(tmp_path: Path) -> None:
    names = [f"linli-2026010{day}-030000.zip" for day in range(1, 8)]
    for name in [*names, "linli-20260101-040000-before-upgrade.zip", "other.zip"]:
        (tmp_path / name).write_bytes(b"")
    assert [path.name for path in creating.keep_newest(tmp_path, 3)] == names[:4]
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {*names[4:], "linli-20260101-040000-before-upgrade.zip", "other.zip"}


def cut_short(path: Path, content: dict[str, bytes]) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])


def one_bit_turned(path: Path, content: dict[str, bytes]) -> None:
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 3] ^= 1
    path.write_bytes(whole)


def manifest_changed(path: Path, content: dict[str, bytes]) -> None:
    told = json.loads(content["manifest.json"])
    told["site"] = "https://elsewhere.example"
    written(path, content | {"manifest.json": json.dumps(told).encode()})


def database_swapped(path: Path, content: dict[str, bytes]) -> None:
    swapped = bytearray(content[DATABASE])
    swapped[200] ^= 1
    written(path, content | {DATABASE: bytes(swapped)})


def picture_gone(path: Path, content: dict[str, bytes]) -> None:
    gone = next(name for name in content if name.startswith("media/"))
    written(path, {name: text for name, text in content.items() if name != gone})


def something_added(path: Path, content: dict[str, bytes]) -> None:
    written(path, content | {"extra.txt": b"x"})


def no_archive(path: Path, content: dict[str, bytes]) -> None:
    path.write_bytes(b"a letter, not a town")


def another_programs(path: Path, content: dict[str, bytes]) -> None:
    written(path, {"readme.txt": b"a zip of something else"})


def upward_path(path: Path, content: dict[str, bytes]) -> None:
    written(path, listed(content, "../escaped.txt", b"x"))


def absolute_path(path: Path, content: dict[str, bytes]) -> None:
    written(path, listed(content, "/tmp/escaped.txt", b"x"))


def a_link(path: Path, content: dict[str, bytes]) -> None:
    written(path, listed(content, "media/aa/x.webp", b"/etc/passwd"))
    with zipfile.ZipFile(path, "w") as target:
        for name, text in listed(content, "media/aa/x.webp", b"/etc/passwd").items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK if name.endswith("x.webp") else 0) << 16
            target.writestr(info, text)


def a_bomb(path: Path, content: dict[str, bytes]) -> None:
    written(path, listed(content, "media/aa/zeros.webp", b"\0" * 100_000_000))


def a_newer_format(path: Path, content: dict[str, bytes]) -> None:
    written(path, sealed(content, version=2))


def no_name(path: Path, content: dict[str, bytes]) -> None:
    written(path, listed(content, ".", b"x"))


def packed_otherwise(path: Path, content: dict[str, bytes]) -> None:
    written(path, content, zipfile.ZIP_LZMA)


def a_deep_manifest(path: Path, content: dict[str, bytes]) -> None:
    written(path, content | {"manifest.json": b"[" * 200_000}, zipfile.ZIP_STORED)


SPOILED: list[tuple[Callable[[Path, dict[str, bytes]], None], str]] = [
    (cut_short, "cut short"),
    (one_bit_turned, "damaged|cut short|not what its manifest says|no backup"),
    (manifest_changed, "its seal is broken"),
    (database_swapped, "not what its manifest says"),
    (picture_gone, "is missing"),
    (something_added, "is not in its manifest"),
    (no_archive, "no archive"),
    (another_programs, "no backup of a Linli town"),
    (upward_path, "outside of itself"),
    (absolute_path, "outside of itself"),
    (a_link, "no plain file"),
    (a_bomb, "swell"),
    (a_newer_format, "newer Linli"),
    (no_name, "outside of itself"),
    (packed_otherwise, "packed in an unknown way"),
    (a_deep_manifest, "no backup of a Linli town"),
]


def test_a_wrong_archive_is_refused_with_its_reason_and_leaves_nothing(
    made: Report, elsewhere: Flask
) -> None:
    path = Path(made.path)
    whole = path.read_bytes()
    before = sorted(settings().instance.rglob("*"))
    for spoil, says in SPOILED:
        path.write_bytes(whole)
        spoil(path, members(path))
        for refuse in (archive.checked, restoring.restore):
            with pytest.raises(BackupError) as refused:
                refuse(path)
            assert re.search(says, str(refused.value)), f"{spoil.__name__}: {refused.value}"
    assert sorted(settings().instance.rglob("*")) == before
    assert database.is_empty(settings().database_url)
    path.write_bytes(whole)
    restoring.restore(path)


def test_the_commands_answer_in_one_line(app: Flask, made: Report, tmp_path: Path) -> None:
    runner = app.test_cli_runner()
    shown = runner.invoke(args=["backup", "check", made.path])
    assert shown.exit_code == 0
    assert "whole" in shown.output
    told = json.loads(runner.invoke(args=["backup", "check", "--json", made.path]).stdout)
    assert told["figures"]["tables"]["users"] == 1
    Path(made.path).write_bytes(b"")
    refused = runner.invoke(args=["backup", "check", made.path])
    assert refused.exit_code == 1
    assert refused.output.count("\n") == 1
    folder = str(tmp_path / "nightly")
    again = runner.invoke(args=["backup", "create", folder, "--keep", "2", "--json"])
    assert json.loads(again.stdout)["removed"] == []
