"""The Big List of Naughty Strings: a sample in the quick run, all of it in the longer ones."""

import json
import os
from pathlib import Path


def naughty_strings(data_dir: Path, *, every: int) -> list[str]:
    """Return the list, in the quick run only every so many-th string of it."""
    texts: list[str] = json.loads((data_dir / "abuse" / "blns.json").read_text())
    return texts[::every] if os.environ.get("LINLI_PROOF", "quick") == "quick" else texts
