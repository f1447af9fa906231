"""Pictures in a store outside are listed by name and hash, and looked for after a restore."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import obstore
import pytest
from flask import Flask

from app.core.backup import archive
from app.core.backup.services import creating, restoring
from app.core.jobs import services as jobs
from app.core.media import gateway
from tests.core.media.test_outside import keep_one, media_url, outside

__all__ = ["media_url", "outside"]


@pytest.mark.usefixtures("outside")
def test_pictures_outside_are_listed_by_hash_and_missed_when_they_are_gone(
    app: Flask, elsewhere: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        keep_one()
        jobs.run_all()
        made = creating.create(tmp_path / "kept")
        here = app.extensions["linli_settings"]
        with zipfile.ZipFile(made.path) as opened:
            lines = [json.loads(line) for line in opened.read("media.jsonl").splitlines()]
        lying = {
            path.relative_to(gateway.local_folder()).as_posix(): archive.file_sha256(path)
            for path in gateway.local_folder().rglob("*.webp")
        }
    assert {line["path"]: line["sha256"] for line in lines} == lying
    assert made.manifest.media == {"where": "outside", "files": 3, "missing": []}
    assert not [name for name in made.manifest.files if name.startswith("media/")]
    known = elsewhere.extensions["linli_settings"]
    elsewhere.extensions["linli_settings"] = replace(known, media_url=here.media_url)
    outcome = restoring.restore(Path(made.path))
    assert any("all of them are there" in note for note in outcome.notes)
    obstore.delete(gateway.remote_store(), lines[0]["path"])
    again = restoring.restore(Path(made.path), is_replacing=True)
    assert any("1 of them are missing there" in note for note in again.notes)
