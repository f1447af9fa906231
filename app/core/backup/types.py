"""What an archive says of itself, and what came of a restore or a move."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

FORMAT = "linli-backup"
FORMAT_VERSION = 1

# Told of what is under way: what, how much of it is done, how much there is.
Watcher = Callable[[str, int, int], None]


def nobody(_what: str, _done: int, _total: int) -> None:
    """Watch without a word."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What two copies of one town must agree on: rows of each table, and what the books say."""

    tables: dict[str, int]
    ledger: dict[str, Any]

    def differences(self, other: "Figures", *, without: tuple[str, ...] = ()) -> list[str]:
        """Name what the other copy has differently, one line each."""
        names = sorted((self.tables.keys() | other.tables.keys()) - set(without))
        found = [
            f"{name}: {self.tables.get(name)} rows, there {other.tables.get(name)}"
            for name in names
            if self.tables.get(name) != other.tables.get(name)
        ]
        return found + [
            f"ledger {name}: {value}, there {other.ledger.get(name)}"
            for name, value in self.ledger.items()
            if other.ledger.get(name) != value
        ]


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its size in bytes and its SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds; written last, checked first."""

    made_at: str
    site: str
    database: str
    server: str
    revision: str
    figures: Figures
    media: dict[str, Any]
    has_secrets: bool
    files: dict[str, Member]
    format: str = FORMAT
    version: int = FORMAT_VERSION
    label: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Report:
    """What an archive holds, after every byte of it was read."""

    path: str
    size: int
    manifest: Manifest
    seal: str

    def as_json(self) -> dict[str, Any]:
        """Return what a person or a program wants to know; not the list of files."""
        told = {name: value for name, value in self.manifest.as_json().items() if name != "files"}
        return (
            {"path": self.path, "size": self.size, "seal": self.seal}
            | told
            | {"files": len(self.manifest.files)}
        )


@dataclass(slots=True)
class Outcome:
    """What came of a restore, a move or an upgrade; notes are for the person to read."""

    figures: Figures
    audits: dict[str, int] = field(default_factory=dict)
    media_files: int = 0
    revision: str = ""
    notes: list[str] = field(default_factory=list)
    replaced: str = ""
    backup: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)
