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
    rules.what_carries_out_its_input: (
        "app/fault/services.py",
        "def run(words):\n    return subprocess.run(words, shell=True)\n",
    ),
    rules.statements_made_of_text: (
        "app/fault/queries.py",
        "def find(name):\n    return db.session.execute(text(f\"SELECT '{name}'\"))\n",
    ),
    rules.markup_of_input: (
        "app/fault/parts.py",
        "def bold(name):\n    return Markup(f'<b>{name}</b>')\n",
    ),
    rules.redirects_to_what_was_asked: (
        "app/fault/views.py",
        "def back():\n    return redirect(request.args.get('next'), 303)\n",
    ),
    rules.rows_filled_from_whole_forms: (
        "app/fault/views.py",
        "def save():\n    return change_profile(me(), **request.form.to_dict())\n",
    ),
    rules.secrets_in_logs: (
        "app/fault/services.py",
        "def enter(password):\n    log.info('tried %s', password)\n",
    ),
}
# The same fault in another shape.
MORE_FAULTS: list[tuple[Rule, str]] = [
    (rules.what_carries_out_its_input, "def f(t):\n    return pickle.loads(t)\n"),
    (rules.what_carries_out_its_input, "def f(t):\n    return yaml.load(t)\n"),
    (rules.what_carries_out_its_input, "def f(t):\n    return render_template_string(t)\n"),
    (rules.what_carries_out_its_input, "def f(t):\n    return environment.from_string(t)\n"),
    (rules.statements_made_of_text, "def f(t):\n    return sa.text('SELECT ' + t)\n"),
    (rules.statements_made_of_text, "def f(t):\n    return sa.text('SELECT %s' % t)\n"),
    (rules.statements_made_of_text, "def f(t):\n    return sa.text('SELECT {}'.format(t))\n"),
    (rules.markup_of_input, "def f():\n    return Markup(request.args['q'])\n"),
    (rules.markup_of_input, "def f(t):\n    return Markup('<b>%s</b>' % t)\n"),
    (rules.redirects_to_what_was_asked, "def f():\n    return redirect(request.referrer)\n"),
    (rules.rows_filled_from_whole_forms, "def f(form, row):\n    form.populate_obj(row)\n"),
    (rules.secrets_in_logs, "def f(row):\n    log.warning('%s', row.reset_token)\n"),
]


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


@pytest.mark.parametrize(("rule", "source"), MORE_FAULTS)
def test_the_same_fault_in_another_shape_is_seen(rule: Rule, source: str, tmp_path: Path) -> None:
    (tmp_path / "app/fault").mkdir(parents=True)
    (tmp_path / "app/__init__.py").write_text("")
    (tmp_path / "app/fault/views.py").write_text(source)
    assert any("app/fault/" in complaint for complaint in rule(tmp_path))
