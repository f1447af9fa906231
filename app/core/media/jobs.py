"""Work on pictures: copies to a store outside, and sweeping up files without a row."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.core.jobs.registry import every, job
from app.core.media import gateway, services


@job("media.copy")
def copy_out(payload: dict[str, Any]) -> None:
    """Copy a picture's files to the store outside."""
    for path in services.file_paths(payload["name"]):
        try:
            gateway.copy_out(path)
        except FileNotFoundError:
            continue


@every(days=1, key="media.sweep")
def sweep(now: datetime) -> None:
    """Remove files that are a day old and belong to no picture: of refused forms and of pictures
    taken away.
    """
    oldest = (now - timedelta(days=1)).timestamp()
    for folder in sorted(gateway.local_folder().glob("??")):
        files = [path for path in folder.glob("*.webp") if _is_older(path, oldest)]
        names = {path.name.rsplit("-", 1)[0] for path in files}
        for name in services.orphans_among(names):
            for path in services.file_paths(name):
                if _is_older(gateway.local_folder() / path, oldest):  # asked again: kept meanwhile?
                    gateway.remove(path)


def _is_older(path: Path, moment: float) -> bool:
    try:
        return path.stat().st_mtime < moment
    except FileNotFoundError:
        return False
