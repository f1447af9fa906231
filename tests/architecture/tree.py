"""The source tree as the rules see it: modules with their house and room, and templates."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = frozenset(
    {
        "types",
        "errors",
        "signals",
        "models",
        "policies",
        "queries",
        "services",
        "gateway",
        "forms",
        "views",
        "api",
        "parts",
        "subscribers",
        "jobs",
        "cli",
    }
)
ENTRANCES = frozenset({"services", "queries", "parts", "models", "types", "errors", "signals"})
MARKS = frozenset({"public", "member", "role", "staff_of"})
# The demo town is a story, not a house: its chapters have names of their own.
STORY = "demo"


@dataclass(frozen=True)
class Module:
    """One Python file of app: `house` is the package, `room` the file or package in it."""

    path: Path
    where: str
    house: str
    room: str
    tree: ast.Module

    def complaint(self, node: ast.AST, what: str) -> str:
        """Word what is wrong so that an editor can jump to it."""
        return f"{self.where}:{getattr(node, 'lineno', 1)}: {what}"


@cache
def modules(root: Path) -> tuple[Module, ...]:
    """Return every Python file under app, parsed once."""
    return tuple(_parsed(root))


def _parsed(root: Path) -> Iterator[Module]:
    for path in sorted((root / "app").rglob("*.py")):
        parts = path.relative_to(root / "app").with_suffix("").parts
        house = parts[0] if len(parts) > 1 else ""
        # The ground's own folders have the same rooms, one floor deeper: core.pools.services.
        floor = 2 if house == "core" and len(parts) > 2 else min(1, len(parts) - 1)
        room = parts[floor]
        yield Module(path, str(path.relative_to(root)), house, room, ast.parse(path.read_text()))


def houses(root: Path) -> Iterator[Module]:
    """Leave out the ground and the story: what remains has the closed set of rooms."""
    return (module for module in modules(root) if module.house not in {"", "core", STORY})


def templates(root: Path) -> Iterator[Path]:
    """All markup files under app."""
    return (path for path in sorted((root / "app").rglob("templates/**/*")) if path.is_file())


def called(node: ast.AST) -> str:
    """Return the dotted name of what a call calls, as written: `db.session.add`."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """All calls in a tree."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def imported_from(tree: ast.AST) -> Iterator[tuple[ast.ImportFrom, str, str]]:
    """Each `from module import name` as (node, module, name as used here)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield node, node.module, alias.asname or alias.name
