"""The tree keeps every rule of the street, and every rule is seen to catch a planted fault."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture import rules
from tests.architecture.tree import ROOT

Rule = Callable[[Path], Iterator[str]]

FAULTS: dict[Rule, tuple[str, str]] = {
    rules.writes_outside_services: (
        "app/fault/views.py",
        "def show(thing):\n    db.session.add(thing)\n",
    ),
    rules.commits_outside_the_door: (
        "app/fault/services.py",
        "def keep():\n    db.session.commit()\n",
    ),
    rules.transactions_behind_the_door: (
        "app/fault/services.py",
        "def keep():\n    with transaction():\n        pass\n",
    ),
    rules.transactions_in_reading_views: (
        "app/fault/views.py",
        "@bp.get('/')\n@public\ndef show():\n    with transaction():\n        pass\n",
    ),
    rules.views_without_one_mark: (
        "app/fault/views.py",
        "@bp.get('/')\ndef show():\n    return ''\n",
    ),
    rules.unknown_rooms: ("app/fault/helpers.py", "ONE = 1\n"),
    rules.backward_relationships: (
        "app/fault/models.py",
        "posts = relationship('Post', backref='thread')\n",
    ),
    rules.hidden_imports: (
        "app/fault/services.py",
        "def keep():\n    from app.core import clock\n",
    ),
    rules.private_rooms: ("app/fault/views.py", "from app.forum.forms import ThreadForm\n"),
    rules.foreign_writes: (
        "app/fault/services.py",
        "from app.forum.models import Post\nPost(body='')\n",
    ),
    rules.misplaced_templates: ("app/fault/templates/forum/page.html", "<p></p>\n"),
    rules.inline_style_or_script: (
        "app/fault/templates/fault/page.html",
        '<p style="color:red">\n',
    ),
    rules.unguarded_forms: (
        "app/fault/templates/fault/page.html",
        '<form method="post"><button></button></form>\n',
    ),
}


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_tree_keeps_the_rule(rule: Rule) -> None:
    assert list(rule(ROOT)) == []


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_a_planted_fault_is_seen(rule: Rule, tmp_path: Path) -> None:
    where, source = FAULTS[rule]
    (tmp_path / where).parent.mkdir(parents=True)
    (tmp_path / "app/__init__.py").write_text("")
    (tmp_path / where).write_text(source)
    assert any("app/fault/" in complaint for complaint in rule(tmp_path))
