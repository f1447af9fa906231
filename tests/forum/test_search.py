"""What is found is exactly what stands there."""

import random

import pytest
from sqlalchemy import select

from app.core.access import GUEST
from app.core.db import db
from app.core.search.models import SearchDocument
from app.core.search.queries import find
from app.core.search.words import normalised
from app.forum import queries, services
from app.forum.models import Post, Thread
from app.forum.services.markdown import words_of
from tests.factories.forum import a_board, a_neighbour, a_reply, a_thread

pytestmark = pytest.mark.usefixtures("app")

SAID = [
    "二单元水管漏了，周末谁能来修？",
    "幼儿园面试都问些什么，求经验。",
    "犀浦菜市场改造，你最想保留哪一家豆花摊？",
    "周日上午一起去公园跑步，七点半集合，**下雨改期**。",
    "捡到一把钥匙，在三号楼门口的信箱上，失主来拿。",
    "快递柜又坏了，物业电话多少？请看 https://a.cn/x，谢谢。",
    "谁家有闲置的梯子借一天，水电师傅要用。",
    "Is the badminton hall open on Sunday? 羽毛球馆周日开吗",
    "論壇新開張，歡迎大家來聊天",
    "楼下面包房的可颂 12 元一个，水果茶也不错",
]


def brute_force(words: str) -> set[tuple[str, int]]:
    needle = normalised(words)
    found = set()
    for post in db.session.scalars(select(Post)):
        thread = db.session.get_one(Thread, post.thread_id)
        title = thread.title if post.number == 1 else ""
        if needle in normalised(title) or needle in normalised(words_of(post.body_html)):
            found.add(("thread", thread.id) if post.number == 1 else ("post", post.id))
    return found


def test_short_chinese_words_find_what_brute_force_finds() -> None:
    zhao = a_neighbour("赵一鸣")
    board = a_board()
    dice = random.Random(7)
    for n, text in enumerate(SAID):
        thread = a_thread(board, zhao, text[: dice.randint(4, 12)], text)
        for _reply in range(3):
            a_reply(thread, zhao, dice.choice(SAID) + f" {n}")
    text = "".join(SAID)
    chinese = [sign for sign in text if "\u4e00" <= sign <= "\u9fff"]
    asked = set(dice.sample(chinese, 40))
    for size in (2, 2, 3, 4):
        for _n in range(40):
            start = dice.randrange(len(text) - size)
            piece = text[start : start + size]
            if all("\u4e00" <= sign <= "\u9fff" for sign in piece):
                asked.add(piece)
    for words in sorted(asked):
        hits = {(hit.kind, hit.id) for hit in find(words, GUEST, limit=1000).rows}
        assert hits == brute_force(words), words
    assert find("论坛", GUEST).rows


def test_a_board_shows_each_thread_once_with_its_best_place() -> None:
    zhao = a_neighbour("赵一鸣")
    board, other = a_board(), a_board("二手")
    by_title = a_thread(board, zhao, "水管漏了", "怎么办", replies=[(zhao, "水管换了")])
    by_reply = a_thread(board, zhao, "周末", "闲聊", replies=[(zhao, "水管"), (zhao, "水管")])
    a_thread(other, zhao, "水管", "卖")
    rows = queries.found_on(board.id, "水管", viewer=zhao)
    assert [row.thread_id for row in rows] == [by_title.id, by_reply.id]
    assert rows[0].number == 1
    assert rows[1].number in {2, 3}


def test_a_rebuild_describes_everything_again() -> None:
    zhao = a_neighbour("赵一鸣")
    thread = a_thread(a_board(), zhao, replies=[(zhao, "补一句")])
    about = services.all_threads(), services.all_replies()
    kept = {
        (row.kind, row.subject_id): (row.title, row.body)
        for row in db.session.scalars(select(SearchDocument).where(SearchDocument.kind != "user"))
    }
    again = {(d.kind, d.subject_id): (d.title, d.body) for part in about for d in part}
    assert again == kept
    assert ("thread", thread.id) in kept
