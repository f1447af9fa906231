"""Threads of another site come in whole, once, and nothing hostile comes with them."""

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import User
from app.core import clock
from app.core.access import GUEST
from app.core.activity.models import LogEntry
from app.core.db import db
from app.core.search.queries import find
from app.forum import cli, queries, services
from app.forum.models import Board, Post, Thread, ThreadImport
from app.forum.types import ThreadKind
from tests.visitor import Visitor

HEAD = '\ufeff<?xml version="1.0" encoding="utf-8"?>\n'
LEAK = (
    "&lt;h2&gt;Help&lt;/h2&gt;&lt;p onclick='x()'&gt;It drips"
    "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=&quot;https://i.test/a.png&quot;&gt;&lt;/p&gt;"
)
POSTS = f"""<posts>
<row Id="3" PostTypeId="2" ParentId="1" CreationDate="2011-10-12T08:00:00.000" Score="5"
 Body="&lt;p&gt;Turn the &lt;b&gt;main valve&lt;/b&gt;.&lt;/p&gt;" OwnerUserId="8" />
<row Id="1" PostTypeId="1" AcceptedAnswerId="3" CreationDate="2011-10-11T19:42:20.713" Score="18"
 Title="How do I stop a leak &amp;amp; keep calm?" OwnerUserId="7"
 LastEditDate="2011-10-11T20:00:00" Body="{LEAK}" />
<row Id="4" PostTypeId="1" CreationDate="2012-01-01T10:00:00" Title="Gone author"
 Body="&lt;p&gt;Said by nobody&lt;/p&gt;" OwnerDisplayName="user39"
 ClosedDate="2012-01-03T00:00:00" />
<row Id="5" PostTypeId="5" CreationDate="2012-01-01T10:00:00" Body="a tag" />
<row Id="6" PostTypeId="2" ParentId="99" CreationDate="2012-01-01T10:00:00" Body="lost" />
<row Id="7" PostTypeId="2" ParentId="4" CreationDate="not a date" Body="when" />
<row Id="8" PostTypeId="2" ParentId="4" CreationDate="2012-01-02T10:00:00"
 Body="&lt;p&gt;&lt;/p&gt;" />
<row PostTypeId="1" CreationDate="2012-01-02T10:00:00" Body="x" Title="y" />
</posts>"""
COMMENTS = """<comments>
<row Id="1" PostId="3" Score="2" Text="It `worked`, see https://a.cn，thanks"
 CreationDate="2011-10-13T08:00:00" UserId="7" />
<row Id="2" PostId="1" Score="0" Text="When?" CreationDate="2011-10-11T21:00:00"
 UserDisplayName="user40" />
<row Id="3" PostId="77" Score="0" Text="Lost" CreationDate="2011-10-11T21:00:00" UserId="8" />
</comments>"""
USERS = """<users>
<row Id="-1" DisplayName="Community" CreationDate="2011-10-11T18:16:00" />
<row Id="7" DisplayName="Ada" CreationDate="2011-10-11T18:50:07" AboutMe="Plumber" />
<row Id="8" DisplayName="Lin" CreationDate="2011-10-11T19:00:00" />
<row Id="9" DisplayName="Silent" CreationDate="2011-10-11T19:00:00" />
</users>"""


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    folder = tmp_path / "old_site"
    folder.mkdir()
    for name, text in (("Posts", POSTS), ("Comments", COMMENTS), ("Users", USERS)):
        doctype = f"<!DOCTYPE {name.lower()} SYSTEM '{name.lower()}.dtd'>\n"
        (folder / f"{name}.xml").write_text(HEAD + doctype + text, encoding="utf-8")
    (folder / "Badges.xml").write_text('<badges><row Id="1" Name="Student" /></badges>')
    return folder


def bring(app: Flask, folder: Path, *more: str) -> dict[str, Any]:
    result = app.test_cli_runner().invoke(args=["import", "threads", str(folder), "--json", *more])
    assert result.exit_code == 0, result.output
    db.session.rollback()
    return json.loads(result.stdout)


def everything() -> list[Any]:
    db.session.rollback()
    counted = (Thread, Post, User, ThreadImport, LogEntry, Board)
    return [db.session.scalar(select(func.count()).select_from(table)) for table in counted]


def test_a_dump_comes_in_with_its_times_authors_and_answers(app: Flask, dump: Path) -> None:
    report = bring(app, dump)
    assert report["imported"] == {"questions": 2, "answers": 1, "comments": 2}
    assert report["accepted answers"] == 1
    thread = db.session.scalars(select(Thread).order_by(Thread.opened_at)).first()
    assert thread is not None
    assert (thread.title, thread.kind) == ("How do I stop a leak & keep calm?", ThreadKind.QUESTION)
    assert thread.opened_at.isoformat() == "2011-10-11T19:42:20.713000+00:00"
    view = queries.thread_for(GUEST, thread.id)
    rows = queries.posts_on(view, viewer=GUEST)
    assert [(row.number, row.author_name, row.score) for row in rows] == [
        (1, "Ada", 18),
        (2, "user40", 0),
        (3, "Lin", 5),
        (4, "Ada", 2),
    ]
    assert view.accepted_number == 3
    assert (rows[3].quote_number, rows[3].quote, rows[3].quote_author) == (
        3,
        "Turn the main valve.",
        "Lin",
    )
    assert not view.asks_answer
    assert not queries.unanswered(GUEST, at=clock.now())
    assert [hit.id for hit in find("calm", GUEST).rows] == [thread.id]


def test_what_was_said_there_is_made_safe_and_its_source_kept(app: Flask, dump: Path) -> None:
    bring(app, dump)
    post = db.session.scalars(select(Post).where(Post.number == 1).order_by(Post.said_at)).first()
    assert post is not None
    assert post.body_html == (
        '<p><strong>Help</strong></p><p>It drips<a href="https://i.test/a.png" '
        'rel="nofollow ugc noopener">https://i.test/a.png</a></p>'
    )
    assert "<script>" in post.body
    comment = db.session.scalars(select(Post).where(Post.body.contains("worked"))).one()
    assert "<code>worked</code>" in comment.body_html
    assert ">https://a.cn</a>，thanks" in comment.body_html


def test_those_who_are_gone_are_former_neighbours(app: Flask, dump: Path, guest: Visitor) -> None:
    bring(app, dump)
    thread = db.session.scalars(select(Thread).where(Thread.title == "Gone author")).one()
    assert (thread.author_id, thread.author_name) == (None, "user39")
    page = guest.visit(f"/forum/threads/{thread.id}")
    assert "user39" in page
    assert "takes no more replies" in page
    people = db.session.scalars(select(User.name).order_by(User.name)).all()
    assert people == ["Ada", "Lin"]


def test_all_that_is_left_out_is_listed_with_its_reason(
    app: Flask, dump: Path, tmp_path: Path
) -> None:
    report = bring(app, dump, "--rejects", str(tmp_path / "rejects.csv"))
    lines = (tmp_path / "rejects.csv").read_text(encoding="utf-8").splitlines()
    listed = list(csv.DictReader(lines))
    reasons = {(row["file"], row["id"]): row["reason"] for row in listed}
    assert set(reasons) == {
        ("Posts", "5"),
        ("Posts", "6"),
        ("Posts", "7"),
        ("Posts", "8"),
        ("Posts", ""),
        ("Comments", "3"),
    }
    read = report["read"]["posts"] + report["read"]["comments"]
    assert sum(report["imported"].values()) + report["rejected"] == read == 11


def test_a_second_run_changes_nothing(app: Flask, dump: Path) -> None:
    bring(app, dump)
    before = everything()
    report = bring(app, dump)
    assert everything() == before
    assert report["there already"] == {"questions": 2, "answers": 1, "comments": 2}
    assert report["imported"] == {"questions": 0, "answers": 0, "comments": 0}


def test_what_a_newer_dump_adds_comes_behind_what_is_there(app: Flask, dump: Path) -> None:
    bring(app, dump)
    more = (
        '<row Id="20" PostTypeId="2" ParentId="1" CreationDate="2013-01-01T00:00:00" Body="late" />'
    )
    text = (dump / "Posts.xml").read_text(encoding="utf-8").replace("</posts>", more + "</posts>")
    (dump / "Posts.xml").write_text(text, encoding="utf-8")
    assert bring(app, dump)["imported"] == {"questions": 0, "answers": 1, "comments": 0}
    thread = db.session.scalars(select(Thread).order_by(Thread.opened_at)).first()
    assert thread is not None
    assert (thread.last_number, thread.reply_count) == (5, 4)


BOMB = (
    HEAD
    + '<!DOCTYPE posts [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    + '<posts><row Id="1" PostTypeId="1" CreationDate="2011-10-11T19:42:20" Title="&b;" Body="b" />'
    + "</posts>"
)
FILE = (
    HEAD
    + '<!DOCTYPE posts [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    + '<posts><row Id="1" PostTypeId="1" CreationDate="2011-10-11T19:42:20" Title="t" Body="b" />'
    + "<row>&x;</row></posts>"
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Posts.xml", b""),
        ("Posts.xml", (HEAD + POSTS).encode()[:900]),
        ("Posts.xml", (HEAD + POSTS).encode().replace(b"Help", b"\xff\xfe")),
        ("Posts.xml", BOMB.encode()),
        ("Posts.xml", FILE.encode()),
        ("Posts.xml", b"<users></users>"),
        ("Posts.xml", b"PK\x03\x04 not xml at all"),
        ("Posts.xml.gz", b"not packed"),
        ("Posts.xml.gz", gzip.compress((HEAD + POSTS).encode())[:300]),
        ("Posts.xml.gz", gzip.compress(b"<posts>" + b" " * 40_000_000)),
        ("Comments.xml", COMMENTS.encode()[:-40]),
        ("Users.xml", b"<users><row Id='7' DisplayName='&amp"),
    ],
)
def test_a_broken_or_hostile_file_is_refused_and_leaves_nothing_behind(
    app: Flask, dump: Path, name: str, content: bytes
) -> None:
    (dump / name.removesuffix(".gz")).unlink()
    (dump / name).write_bytes(content)
    before = everything()
    result = app.test_cli_runner().invoke(args=["import", "threads", str(dump)])
    assert result.exit_code == 1
    assert "cannot be read" in result.output
    assert everything() == before


def test_an_import_that_was_cut_short_goes_on_where_it_stopped(
    app: Flask, dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "BATCH", 2)
    run = cli._Import("old_site", cli._board(cli.OLD_THREADS))
    said = services.said_in(dump, {})
    first = [entry for entry in said if not isinstance(entry[2], str)][:2]
    run.write(first, is_last=False)
    report = bring(app, dump)
    total = sum(report["imported"].values()) + sum(report["there already"].values())
    assert total == 5
    assert everything()[1] == 5


@pytest.mark.timeout(300)
def test_the_reference_dump_adds_up(app: Flask, data_dir: Path) -> None:
    report = bring(app, data_dir / "forum" / "history_meta_se")
    assert report["imported"] == {"questions": 556, "answers": 1095, "comments": 3454}
    assert report["accepted answers"] == 181
    assert report["rejected"] == 6
    assert db.session.scalar(select(func.count()).select_from(Thread)) == 556
    assert db.session.scalar(select(func.count()).select_from(Post)) == 556 + 1095 + 3454
    gaps = (
        select(func.count())
        .select_from(Thread)
        .where(
            Thread.last_number
            != select(func.count()).where(Post.thread_id == Thread.id).scalar_subquery()
        )
    )
    assert db.session.scalar(gaps) == 0
    assert db.session.scalar(select(func.sum(Post.score))) == 8788
    board = db.session.scalars(select(Board)).one()
    assert board.thread_count == 556
