"""The forum through the front door."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from app.core.access import GUEST
from app.core.activity.seen import flush_seen, forget_seen
from app.core.db import db, transaction
from app.core.errors import NotAllowedError
from app.core.search.queries import find
from app.forum import queries, services
from app.forum.models import Board, Post, PostThanks, Thread, ThreadRead
from app.forum.parts import talk
from app.forum.types import Showing, ThreadKind
from tests.factories.forum import a_board, a_neighbour, a_reply, a_thread
from tests.sizes import naughty_strings
from tests.visitor import Visitor

SignIn = Callable[..., Visitor]


def posts_in(thread_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Post.thread_id == thread_id)) or 0


def test_a_question_is_asked_and_answered(sign_in: SignIn) -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    board = a_board(required_fields=[{"label": "哪一栋", "label_en": "Which house"}])
    asking, helping = sign_in(zhao), sign_in(lin)
    page = asking.visit(f"/forum/boards/{board.id}/new")
    assert "Which house" in page
    sent = page.forms("/new")[0] | {
        "kind": "question",
        "title": "谁有梯子？",
        "body": "借一天，**周六**还。",
        "detail_0": "2 栋",
    }
    answer = asking.post(f"/forum/boards/{board.id}/new", sent, status=303)
    thread = asking.follow(answer)
    assert "Your thread is there." in thread
    assert "2 栋" in thread
    assert "<strong>周六</strong>还" in thread.text
    reading = helping.visit(f"/forum/threads/{_latest()}")
    form = reading.forms("/reply")[0] | {"body": "我有，来 301 拿。"}
    done = helping.follow(helping.post(f"/forum/threads/{_latest()}/reply", form, status=303))
    assert "我有，来 301 拿。" in done
    assert "No answer yet" not in done
    accept = asking.visit(f"/forum/threads/{_latest()}").forms("/accept")[0]
    asking.post(f"/forum/threads/{_latest()}/posts/2/accept", accept, status=303)
    assert "Best answer" in asking.visit(f"/forum/threads/{_latest()}")


def _latest() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.max(Thread.id))) or 0


def test_the_same_form_twice_is_one_post(sign_in: SignIn) -> None:
    zhao = a_neighbour("赵一鸣")
    board = a_board()
    thread = a_thread(board, zhao)
    visitor = sign_in(zhao)
    form = visitor.visit(f"/forum/threads/{thread.id}").forms("/reply")[0] | {"body": "补充一句"}
    first = visitor.post(f"/forum/threads/{thread.id}/reply", form, status=303)
    again = visitor.post(f"/forum/threads/{thread.id}/reply", form, status=303)
    assert again.location.split("#")[-1] == first.location.split("#")[-1] == "p2"
    assert posts_in(thread.id) == 2
    opening = visitor.visit(f"/forum/boards/{board.id}/new").forms("/new")[0]
    opening |= {"title": "一次", "body": "就一次", "kind": "discussion"}
    for _again in range(2):
        visitor.post(f"/forum/boards/{board.id}/new", opening, status=303)
    assert db.session.scalar(select(func.count()).where(Thread.title == "一次")) == 1


def test_a_guest_reads_without_a_cookie_and_is_told_when_nothing_changed(guest: Visitor) -> None:
    zhao = a_neighbour("赵一鸣")
    board = a_board()
    thread = a_thread(board, zhao, replies=[(zhao, "补充")])
    for url in ("/forum/", f"/forum/boards/{board.id}", f"/forum/threads/{thread.id}"):
        page = guest.visit(url)
        assert "Set-Cookie" not in page.answer.headers, url
        tag = page.answer.headers["ETag"]
        again = guest.get(url, headers={"If-None-Match": tag})
        assert again.status == 304, url
        assert "csrf_token" not in page.text
    a_reply(thread, zhao, "又一句")
    assert guest.get(f"/forum/threads/{thread.id}", headers={"If-None-Match": tag}).status == 200


def test_a_stranger_is_sent_to_sign_in_and_a_thread_is_not_written(guest: Visitor) -> None:
    zhao = a_neighbour("赵一鸣")
    thread = a_thread(a_board(), zhao)
    assert guest.post(f"/forum/threads/{thread.id}/reply", {"body": "我"}).status == 401
    assert posts_in(thread.id) == 1


def test_a_thread_is_paged_by_number(guest: Visitor) -> None:
    zhao = a_neighbour("赵一鸣")
    thread = a_thread(a_board(), zhao)
    for n in range(2, 46):
        a_reply(thread, zhao, f"第 {n} 条")
    last = guest.visit(f"/forum/threads/{thread.id}?page=3")
    assert re.findall(r'id="p(\d+)"', last.text) == ["41", "42", "43", "44", "45"]
    assert guest.get(f"/forum/threads/{thread.id}?page=4").status == 404
    assert guest.get(f"/forum/threads/{thread.id}?page=0").status == 404
    place = db.session.scalar(select(Post.id).where(Post.number == 25))
    assert guest.get(f"/forum/posts/{place}").location.endswith(f"{thread.id}?page=2#p25")


def test_every_page_of_a_board_has_each_thread_once(guest: Visitor) -> None:
    zhao = a_neighbour("赵一鸣")
    board = a_board()
    threads = [a_thread(board, zhao, f"第 {n} 件事").id for n in range(55)]
    keeper = a_keeper()
    with transaction():
        services.pin_thread(keeper, db.session.get_one(Thread, threads[3]), reason="常用")
    for sort in ("latest", "new", "unanswered"):
        url, seen = f"/forum/boards/{board.id}?sort={sort}", []
        while url:
            page = guest.visit(url)
            seen += [int(n) for n in re.findall(r'row-main" href="/forum/threads/(\d+)', page.text)]
            following = [a.get("href") for a in page.tree.iter("a") if a.get("rel") == "next"]
            url = following[0] if following else ""
        assert sorted(seen) == threads, sort
        assert (seen[0] == threads[3]) == (sort == "latest")
    for key in ("x", "~", "2026-01-01~5", "2026-01-01T00:00:00+00:00~abc", "9" * 400):
        assert guest.get(f"/forum/boards/{board.id}?after={key}").status == 200


def a_keeper() -> Any:
    return a_neighbour("值班", role="moderator")


def test_reading_is_noted_without_writing_and_new_posts_are_marked(
    sign_in: SignIn, count_queries: Callable[[], Any]
) -> None:
    forget_seen()
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    board = a_board()
    thread = a_thread(board, zhao)
    visitor = sign_in(lin)
    with count_queries() as statements:
        visitor.visit(f"/forum/threads/{thread.id}")
    assert not [s for s in statements if not s.lstrip().upper().startswith(("SELECT", "WITH"))]
    flush_seen()
    db.session.rollback()
    read = select(ThreadRead.number).where(ThreadRead.user_id == lin.id)
    assert db.session.scalar(read) == 1
    for n in range(25):
        a_reply(thread, zhao, f"第 {n}")
    page = visitor.visit(f"/forum/boards/{board.id}")
    assert "25 new" in page
    assert f"/forum/threads/{thread.id}#p2" in page.text
    visitor.visit(f"/forum/threads/{thread.id}?page=2")
    visitor.visit(f"/forum/threads/{thread.id}")
    flush_seen()
    db.session.rollback()
    assert db.session.scalar(read) == 26


@pytest.mark.parametrize("signed_in", [False, True])
def test_statements_do_not_grow_with_rows(
    app: Flask, sign_in: SignIn, count_queries: Callable[[], Any], signed_in: bool
) -> None:
    zhao = a_neighbour("赵一鸣")
    board = a_board()
    thread = a_thread(board, zhao, replies=[(zhao, f"第 {n} 条") for n in range(2)])
    visitor = sign_in(zhao) if signed_in else Visitor(app)
    urls = ["/forum/", f"/forum/boards/{board.id}", f"/forum/threads/{thread.id}"]
    urls += ["/forum/unanswered", f"/forum/boards/{board.id}?q=水管"]
    counts = {}
    for size in ("small", "large"):
        if size == "large":
            _fill(board.id, zhao.id, thread.id)
        for url in urls:
            db.session.remove()
            with count_queries() as statements:
                visitor.visit(url)
            counts[size, url] = len(statements)
    most = 10 if signed_in else 6
    for url in urls:
        assert counts["small", url] == counts["large", url], url
        assert counts["large", url] <= most, (url, counts)


def _fill(board_id: int, author_id: int, thread_id: int) -> None:
    """Write 2,000 threads, and 2,000 posts into one of them, as fast as the database takes them."""
    first = db.session.get_one(Thread, thread_id)
    when, last = first.opened_at, first.last_number
    with transaction():
        db.session.add_all(
            Thread(
                board_id=board_id,
                kind=ThreadKind.QUESTION,
                title=f"水管 {n}",
                excerpt="…",
                author_id=author_id,
                opened_at=when,
                last_post_at=when,
                last_number=1,
                asks_answer=True,
            )
            for n in range(2000)
        )
        db.session.add_all(
            Post(
                thread_id=thread_id,
                number=last + n,
                author_id=author_id,
                body="水管",
                body_html="<p>水管</p>",
                said_at=when,
            )
            for n in range(1, 2001)
        )
        db.session.get_one(Thread, thread_id).last_number = last + 2000


def test_a_reply_costs_few_statements(sign_in: SignIn, count_queries: Callable[[], Any]) -> None:
    zhao = a_neighbour("赵一鸣")
    thread = a_thread(a_board(), zhao)
    visitor = sign_in(zhao)
    form = visitor.visit(f"/forum/threads/{thread.id}").forms("/reply")[0] | {"body": "一句话"}
    with count_queries() as statements:
        visitor.post(f"/forum/threads/{thread.id}/reply", form, status=303)
    assert len(statements) <= 30, statements


def test_quoting_shows_the_words_and_keeps_them(sign_in: SignIn) -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    thread = a_thread(a_board(), zhao, body="厨房总阀后面滴水。")
    visitor = sign_in(lin)
    page = visitor.visit(f"/forum/threads/{thread.id}?quote=1")
    form = page.forms("/reply")[0]
    assert (form["quote_number"], form["quote"]) == ("1", "厨房总阀后面滴水。")
    form |= {"body": "先关总阀", "quote": "总阀后面"}
    after = visitor.follow(visitor.post(f"/forum/threads/{thread.id}/reply", form, status=303))
    assert "赵一鸣, post 1" in after
    assert "<p>总阀后面</p>" in after.text
    assert visitor.visit(f"/forum/threads/{thread.id}?quote=99").status == 200


def test_pictures_come_with_a_post_and_a_broken_one_is_refused_at_its_field(
    sign_in: SignIn,
) -> None:
    zhao = a_neighbour("赵一鸣")
    thread = a_thread(a_board(), zhao)
    visitor = sign_in(zhao)
    url = f"/forum/threads/{thread.id}"
    png = io.BytesIO()
    Image.new("RGB", (640, 400), "#C2452D").save(png, "PNG")
    form: dict[str, Any] = visitor.visit(url).forms("/reply")[0] | {"body": "拍了一张"}
    sent = form | {"pictures": (io.BytesIO(png.getvalue()), "a.png")}
    page = visitor.follow(visitor.post(f"{url}/reply", sent, status=303))
    assert "Picture 1 in post 2" in page.text
    source = re.search(r'<img src="(/media/[^"]+)"', page.text)
    assert source is not None
    assert visitor.get(source.group(1)).answer.mimetype == "image/webp"
    form = visitor.visit(url).forms("/reply")[0] | {"body": "坏的"}
    sent = form | {"pictures": (io.BytesIO(b"<svg onload=alert(1)>"), "a.png")}
    refused = visitor.post(f"{url}/reply", sent, status=422)
    assert "field-error" in refused.text
    assert "坏的" in refused
    assert posts_in(thread.id) == 2


def test_nobody_edits_or_hides_another_s_post(sign_in: SignIn) -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    thread = a_thread(a_board(), zhao)
    url = f"/forum/threads/{thread.id}/posts/1"
    other, own = sign_in(lin), sign_in(zhao)
    assert other.get(f"{url}/edit").status == 403
    assert other.post(f"{url}/edit", {"body": "我的了"}).status == 403
    assert other.post(f"{url}/hide", {"reason": "不喜欢"}).status == 403
    assert other.get(f"/forum/threads/{thread.id}/duty").status == 403
    form = own.visit(f"{url}/edit").forms("/edit")[0] | {"body": "改好了"}
    assert "改好了" in own.follow(own.post(f"{url}/edit", form, status=303))
    assert "厨房总阀后面滴水" in other.visit(f"{url}/edits")
    gone = own.visit(f"{url}/hide").forms("/hide")[0]
    own.post(f"{url}/hide", gone, status=303)
    assert other.get(f"/forum/threads/{thread.id}").status == 404


def test_an_author_settles_a_thread_and_opens_it_again(sign_in: SignIn) -> None:
    zhao = a_neighbour("赵一鸣")
    thread = a_thread(a_board(), zhao)
    own, other, url = sign_in(zhao), sign_in(a_neighbour("林阿姨")), f"/forum/threads/{thread.id}"
    assert not other.visit(url).forms("/settle")
    assert other.post(f"{url}/settle").status == 403
    page = own.follow(own.post(f"{url}/settle", own.visit(url).forms("/settle")[0], status=303))
    assert "Its author says that this is settled" in page
    assert not other.visit(url).forms("/reply")
    assert other.post(f"{url}/settle", {"again": "1"}).status == 403
    own.post(f"{url}/settle", own.visit(url).forms("/settle")[0], status=303)
    assert other.visit(url).forms("/reply")


def test_what_was_closed_on_duty_its_author_cannot_open(sign_in: SignIn) -> None:
    zhao = a_neighbour("赵一鸣")
    thread = a_thread(a_board(), zhao)
    own, keeper, url = sign_in(zhao), sign_in(a_keeper()), f"/forum/threads/{thread.id}"
    form = keeper.visit(f"{url}/duty").forms("/duty")[0]
    keeper.post(f"{url}/duty", form | {"change": "close", "reason": "说完了"}, status=303)
    assert not own.visit(url).forms("/settle")
    assert own.post(f"{url}/settle", {"again": "1"}).status == 403
    assert "takes no more replies" in own.visit(url)


def test_duty_people_close_and_hide_with_a_reason(sign_in: SignIn) -> None:
    zhao = a_neighbour("赵一鸣")
    thread = a_thread(a_board(), zhao)
    keeper = sign_in(a_keeper())
    url = f"/forum/threads/{thread.id}/duty"
    form = keeper.visit(url).forms("/duty")[0]
    assert keeper.post(url, form | {"change": "close", "reason": ""}, status=422)
    page = keeper.follow(keeper.post(url, form | {"change": "close", "reason": "说完了"}))
    assert "takes no more replies" in page
    keeper.post(url, keeper.visit(url).forms("/duty")[0] | {"change": "hide", "reason": "广告"})
    assert "taken away: 广告" in keeper.visit(f"/forum/threads/{thread.id}")
    assert "taken away: 广告" in sign_in(zhao).visit(f"/forum/threads/{thread.id}")
    other = sign_in(a_neighbour("林阿姨"))
    assert other.get(f"/forum/threads/{thread.id}").status == 404


def test_duty_people_put_a_thread_on_another_board(sign_in: SignIn) -> None:
    zhao = a_neighbour("赵一鸣")
    board, other = a_board(), a_board("二手")
    thread = a_thread(board, zhao)
    keeper = sign_in(a_keeper())
    url = f"/forum/threads/{thread.id}/duty"
    form = keeper.visit(url).forms("/duty")[0] | {"change": "move", "reason": "是卖东西"}
    assert "Choose the board" in keeper.post(url, form, status=422)
    keeper.post(url, form | {"board": str(other.id)}, status=303)
    db.session.rollback()
    moved = db.session.get_one(Thread, thread.id, populate_existing=True)
    counts = [
        db.session.get_one(Board, one.id, populate_existing=True).thread_count
        for one in (board, other)
    ]
    assert (moved.board_id, counts) == (other.id, [0, 1])


def test_who_leads_a_board_puts_a_thread_off_it_and_none_on_it(sign_in: SignIn) -> None:
    leader, zhao = a_neighbour("林阿姨"), a_neighbour("赵一鸣")
    led, other = a_board(leader_id=leader.id), a_board("二手")
    visitor = sign_in(leader)
    url = f"/forum/threads/{a_thread(led, zhao).id}/duty"
    form = visitor.visit(url).forms("/duty")[0] | {"change": "move", "reason": "是卖东西"}
    visitor.post(url, form | {"board": str(other.id)}, status=303)
    foreign = a_thread(other, zhao)
    assert visitor.get(f"/forum/threads/{foreign.id}/duty").status == 403
    with pytest.raises(NotAllowedError), transaction():
        services.move_thread(leader, foreign, led, reason="mine")


def test_hiding_a_long_thread_costs_no_more_than_hiding_a_short_one(count_queries: Any) -> None:
    zhao, lin, keeper = a_neighbour("赵一鸣"), a_neighbour("林阿姨"), a_keeper()
    costs = []
    for replies in (1, 12):
        thread = a_thread(
            a_board(f"board {replies}"), zhao, replies=[(lin, "我周六有空")] * replies
        )
        assert find("周六", GUEST).rows
        with count_queries() as counted, transaction():
            services.hide_thread(keeper, thread, rule="spam")
        costs.append(len(counted))
        assert not find("周六", GUEST).rows
    assert costs[0] == costs[1]


def test_thanks_are_given_and_taken_back_by_button(sign_in: SignIn) -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    thread = a_thread(a_board(), zhao)
    visitor = sign_in(lin)
    for expected in (1, 0):
        form = visitor.visit(f"/forum/threads/{thread.id}").forms("/thanks")[0]
        visitor.post(f"/forum/threads/{thread.id}/posts/1/thanks", form, status=303)
        db.session.rollback()
        assert db.session.scalar(select(func.count()).select_from(PostThanks)) == expected


def test_following_is_a_button(sign_in: SignIn) -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    thread = a_thread(a_board(), zhao)
    visitor = sign_in(lin)
    for expected in ([zhao.id, lin.id], [zhao.id]):
        form = visitor.visit(f"/forum/threads/{thread.id}").forms("/follow")[0]
        visitor.post(f"/forum/threads/{thread.id}/follow", form, status=303)
        db.session.rollback()
        assert queries.followers_of(thread.id) == expected


def test_a_board_is_searched_by_single_characters(guest: Visitor) -> None:
    zhao = a_neighbour("赵一鸣")
    board, other = a_board(), a_board("二手")
    pipe = a_thread(board, zhao, "二单元水管漏了", replies=[(zhao, "总阀也坏了")])
    a_thread(other, zhao, "卖水桶")
    page = guest.visit(f"/forum/boards/{board.id}?q=水")
    assert "<mark>水</mark>" in page.text
    assert "卖" not in page
    deep = guest.visit(f"/forum/boards/{board.id}?q=总阀也")
    assert f"/forum/threads/{pipe.id}#p2" in deep.text
    assert "Nothing on this board" in guest.visit(f"/forum/boards/{board.id}?q=螃蟹")


def test_talk_about_a_thing_needs_its_house_to_vouch(app: Flask, sign_in: SignIn) -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    with transaction():
        thread = services.thread_about("order", 5, title="订单", audience="order:5", actor=zhao)
    visitor, stranger = sign_in(zhao), sign_in(lin)
    assert visitor.get(f"/forum/threads/{thread.id}").status in {302, 404}
    with app.test_request_context("/orders/5"):
        piece = str(talk({5: thread.id, 6: None}, zhao)[5])
    proof = re.search(r'name="talk" value="([0-9a-f]+)"', piece)
    assert proof is not None
    sent = {"body": "几点能取？", "talk": proof.group(1), "back": "/orders/5"}
    done = visitor.post(f"/forum/threads/{thread.id}/reply", sent, status=303)
    assert done.location.startswith("/orders/5?said=")
    assert stranger.post(f"/forum/threads/{thread.id}/reply", sent).status == 404
    evil = sent | {"back": "https://evil.test/"}
    assert visitor.post(f"/forum/threads/{thread.id}/reply", evil).location.startswith("/forum/")
    assert posts_in(thread.id) == 2
    with app.test_request_context("/orders/5"):
        assert "几点能取？" in str(talk({5: thread.id}, zhao)[5])


def test_the_waiting_list_shows_ages(guest: Visitor) -> None:
    zhao = a_neighbour("赵一鸣")
    a_thread(a_board(), zhao)
    page = guest.visit("/forum/unanswered")
    assert "1 thread waits for an answer" in page
    assert "first thread here" in page


def test_a_board_has_a_feed_that_any_reader_reads(guest: Visitor) -> None:
    zhao = a_neighbour("赵一鸣")
    board = a_board()
    a_thread(board, zhao, "<b>水管</b> & 阀门")
    answer = guest.get(f"/forum/boards/{board.id}/feed.atom")
    assert answer.answer.mimetype == "application/atom+xml"
    atom = "{http://www.w3.org/2005/Atom}"
    tree = ElementTree.fromstring(answer.text)
    assert [entry.findtext(f"{atom}title") for entry in tree.iter(f"{atom}entry")] == [
        "<b>水管</b> & 阀门"
    ]
    assert (tree.findtext(f"{atom}id") or "").startswith("http://localhost/forum/boards/")


@pytest.mark.sized
def test_naughty_strings_are_kept_or_refused_and_never_break(
    sign_in: SignIn, data_dir: Path
) -> None:
    zhao = a_neighbour("赵一鸣")
    board = a_board()
    thread = a_thread(board, zhao)
    visitor = sign_in(zhao)
    for text in filter(None, naughty_strings(data_dir, every=9)):
        title = text[:100]
        made = visitor.post(
            f"/forum/boards/{board.id}/new",
            {"title": title, "body": text, "kind": "discussion"},
        )
        assert made.status in {303, 422}, repr(text)
        reply = visitor.post(f"/forum/threads/{thread.id}/reply", {"body": text, "quote": text})
        assert reply.status in {303, 422}, repr(text)
        found = visitor.get(f"/forum/boards/{board.id}", query_string={"q": text, "after": text})
        assert found.status == 200, repr(text)
    db.session.rollback()
    for (thread_id,) in db.session.execute(select(Thread.id).order_by(Thread.id).limit(40)):
        assert visitor.get(f"/forum/threads/{thread_id}").status == 200
    for page in range(1, 4):
        shown = visitor.get(f"/forum/threads/{thread.id}?page={page}")
        assert shown.status == 200
        assert not [node for node in shown.tree.iter("script") if not node.get("src")]
        assert not [node for node in shown.tree.iter("img") if node.get("onerror")]
    assert db.session.scalar(select(func.count()).where(Post.showing == Showing.SHOWN)) > 50


def test_what_a_board_is_used_for_and_a_question_mark_choose_the_kind(sign_in: SignIn) -> None:
    zhao = a_neighbour("赵一鸣")
    talk_board, help_board = a_board("闲聊"), a_board("求助")
    a_thread(help_board, zhao)
    visitor = sign_in(zhao)
    asking = visitor.visit(f"/forum/boards/{help_board.id}/new").forms("/new")[0]
    assert asking["kind"] == "question"
    form = visitor.visit(f"/forum/boards/{talk_board.id}/new").forms("/new")[0]
    assert form["kind"] == "discussion"
    sent = form | {"title": "楼下的桂花开了", "body": "香"}
    visitor.post(f"/forum/boards/{talk_board.id}/new", sent, status=303)
    assert db.session.get_one(Thread, _latest()).kind is ThreadKind.DISCUSSION
    form = visitor.visit(f"/forum/boards/{talk_board.id}/new").forms("/new")[0]
    sent = form | {"title": "谁有梯子？ ", "body": "借一天"}
    visitor.post(f"/forum/boards/{talk_board.id}/new", sent, status=303)
    assert db.session.get_one(Thread, _latest()).kind is ThreadKind.QUESTION
