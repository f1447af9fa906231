"""What may be done in the forum, each refusal beside its success."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts import queries as accounts
from app.core import clock
from app.core.access import SYSTEM
from app.core.activity.models import LogEntry
from app.core.db import db, transaction
from app.core.errors import FieldError, NotAllowedError, NotFoundError
from app.core.search.queries import find
from app.forum import queries, services
from app.forum.errors import (
    BoardArchivedError,
    EmptyTextError,
    NotAQuestionError,
    OwnThanksError,
    PostMovedError,
    ThreadClosedError,
)
from app.forum.models import Board, Post, Thread
from app.forum.types import BoardDraft, Showing, ThreadKind
from app.moderation import services as moderation
from app.moderation.errors import RefusedWordError
from app.moderation.queries import review_queue
from app.moderation.types import Decision, Rule, WordOutcome
from tests.factories.forum import a_board, a_neighbour, a_reply, a_thread

pytestmark = pytest.mark.usefixtures("app")


def fresh(thread: Thread) -> Thread:
    db.session.expire_all()
    return db.session.get_one(Thread, thread.id)


def test_posts_are_numbered_densely_and_counted() -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    thread = a_thread(a_board(), zhao)
    numbers = [a_reply(thread, who).number for who in (lin, zhao, lin)]
    now = fresh(thread)
    assert numbers == [2, 3, 4]
    assert (now.last_number, now.reply_count) == (4, 3)
    assert db.session.get_one(Board, thread.board_id).thread_count == 1


def test_only_another_person_s_reply_is_an_answer() -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    thread = a_thread(a_board(), zhao)
    a_reply(thread, zhao, "自己顶一下")
    assert fresh(thread).first_reply_at is None
    assert [row.id for row in queries.unanswered(zhao, at=clock.now())] == [thread.id]
    answer = a_reply(thread, lin)
    assert fresh(thread).first_reply_at == answer.said_at
    assert queries.unanswered(zhao, at=clock.now()) == []


def test_an_answer_taken_away_opens_the_question_again() -> None:
    zhao, lin, li = a_neighbour("赵一鸣"), a_neighbour("林阿姨"), a_neighbour("李工")
    thread = a_thread(a_board(), zhao)
    first, second = a_reply(thread, lin), a_reply(thread, li)
    with transaction():
        services.hide_post(lin, first, rule="own")
    assert fresh(thread).first_reply_at == second.said_at
    with transaction():
        services.hide_post(li, second, rule="own")
    now = fresh(thread)
    assert now.first_reply_at is None
    assert (now.reply_count, now.last_number) == (0, 3)
    assert a_reply(thread, lin).number == 4


def test_an_announcement_does_not_ask_and_is_not_everybody_s_to_make() -> None:
    zhao, keeper = a_neighbour("赵一鸣"), a_neighbour("值班", role="moderator")
    board = a_board()
    a_thread(board, keeper, kind=ThreadKind.ANNOUNCEMENT)
    assert queries.unanswered(zhao, at=clock.now()) == []
    with pytest.raises(NotAllowedError):
        a_thread(board, zhao, kind=ThreadKind.ANNOUNCEMENT)


def test_the_age_of_a_waiting_thread_counts_waking_hours() -> None:
    zhao = a_neighbour("赵一鸣")
    board = a_board()
    evening = clock.at_local(clock.today(), clock.local(clock.now()).time().replace(21, 0, 0, 0))
    a_thread(board, zhao, at=evening - timedelta(days=1))
    (row,) = queries.unanswered(zhao, at=evening - timedelta(days=1) + timedelta(hours=12))
    assert row.age == timedelta(hours=2)
    assert not row.is_late
    assert row.is_first_thread
    (later,) = queries.unanswered(zhao, at=evening)
    assert later.is_late


def test_a_closed_thread_takes_no_reply_until_it_is_opened_again() -> None:
    zhao, keeper = a_neighbour("赵一鸣"), a_neighbour("值班", role="moderator")
    thread = a_thread(a_board(), zhao)
    with transaction():
        services.close_thread(keeper, thread, reason="说完了")
    with pytest.raises(ThreadClosedError):
        a_reply(thread, zhao)
    assert fresh(thread).last_number == 1
    with transaction():
        services.reopen_thread(keeper, thread, reason="还有话说")
    assert a_reply(thread, zhao).number == 2


def test_only_duty_people_and_the_leader_close_and_pin() -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    thread = a_thread(a_board(leader_id=lin.id), zhao)
    with pytest.raises(NotAllowedError), transaction():
        services.pin_thread(zhao, thread, reason="看我")
    with transaction():
        services.pin_thread(lin, thread, reason="常用")
    assert fresh(thread).is_pinned


def test_an_archived_board_takes_no_new_thread() -> None:
    zhao = a_neighbour("赵一鸣")
    board = a_board()
    a_thread(board, zhao)
    with transaction():
        services.archive_board(zhao, board, reason="没人来")
    with pytest.raises(BoardArchivedError):
        a_thread(db.session.get_one(Board, board.id), zhao)
    with pytest.raises(NotFoundError):
        queries.board_for(zhao, board.id)


def test_nothing_to_read_is_refused_at_its_field() -> None:
    zhao = a_neighbour("赵一鸣")
    thread = a_thread(a_board(), zhao)
    for text in ("", "   ", "\u0000\u0001", "\r\n\t "):
        with pytest.raises(EmptyTextError) as refused:
            a_reply(thread, zhao, text)
        assert refused.value.field == "body"
    with pytest.raises(FieldError):
        a_reply(thread, zhao, "长" * 20_001)
    assert a_reply(thread, zhao, "长" * 20_000).number == 2


def test_a_quote_keeps_the_part_that_really_stands_there() -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    thread = a_thread(a_board(), zhao, body="厨房总阀后面滴水，拧紧了没用。")
    part = a_reply(thread, lin, "先关水", quote_number=1, quote="拧紧了没用")
    invented = a_reply(thread, lin, "嗯", quote_number=1, quote="他没说过的话")
    absent = a_reply(thread, lin, "啊", quote_number=77, quote="谁")
    assert (part.quote, part.quote_author, part.quote_number) == ("拧紧了没用", "赵一鸣", 1)
    assert invented.quote == "厨房总阀后面滴水，拧紧了没用。"
    assert absent.quote_number is None


def test_those_who_are_called_are_named_in_the_log() -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    thread = a_thread(a_board(), zhao)
    post = a_reply(thread, zhao, "@林阿姨你来过吗？@没有这个人")
    data = db.session.scalar(
        select(LogEntry.data).where(LogEntry.subject_kind == "post", LogEntry.subject_id == post.id)
    )
    assert data["mentioned"] == [lin.id]
    assert f'<a href="/people/{lin.id}">@林阿姨</a>' in post.body_html


def test_writing_makes_follow_unless_one_said_no() -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    thread = a_thread(a_board(), zhao)
    a_reply(thread, lin)
    assert queries.followers_of(thread.id) == [zhao.id, lin.id]
    with transaction():
        services.unfollow(lin, thread.id)
    a_reply(thread, lin)
    assert queries.followers_of(thread.id) == [zhao.id]
    with transaction():
        services.follow(lin, thread.id)
    assert queries.followers_of(thread.id) == [zhao.id, lin.id]


def test_only_the_author_edits_and_the_old_text_is_kept() -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    thread = a_thread(a_board(), zhao, "旧题目", "旧的话")
    post = queries.post_for(zhao, queries.thread_for(zhao, thread.id), 1)
    with pytest.raises(NotAllowedError), transaction():
        services.edit_post(lin, post, "别人的话")
    with transaction():
        services.edit_post(zhao, post, "新的话", title="新题目")
    db.session.expire_all()
    assert post.body_html == "<p>新的话</p>"
    assert (fresh(thread).title, fresh(thread).excerpt) == ("新题目", "新的话")
    (old,) = queries.edits_of(post.id)
    assert (old.title, old.body) == ("旧题目", "旧的话")
    assert find("新题目", zhao).rows
    assert not find("旧题目", zhao).rows


def test_thanks_count_once_and_not_for_oneself() -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    thread = a_thread(a_board(), zhao)
    post = a_reply(thread, lin)
    for _again in range(2):
        with transaction():
            services.thank_post(zhao, post)
    db.session.refresh(post)
    assert post.score == 1
    for _again in range(2):
        with transaction():
            services.take_thanks_back(zhao, post)
    db.session.refresh(post)
    assert post.score == 0
    with pytest.raises(OwnThanksError), transaction():
        services.thank_post(lin, post)


def test_the_asker_accepts_an_answer_and_nobody_else() -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    board = a_board()
    thread = a_thread(board, zhao, replies=[(lin, "周六有空")])
    with pytest.raises(NotAllowedError), transaction():
        services.accept_answer(lin, thread, 2)
    with pytest.raises(NotFoundError), transaction():
        services.accept_answer(zhao, thread, 9)
    with transaction():
        services.accept_answer(zhao, thread, 2)
    assert fresh(thread).accepted_number == 2
    talk = a_thread(board, zhao, kind=ThreadKind.DISCUSSION, replies=[(lin, "嗯")])
    with pytest.raises(NotAQuestionError), transaction():
        services.accept_answer(zhao, talk, 2)


def test_what_is_about_a_thing_has_one_thread_for_each_audience() -> None:
    zhao = a_neighbour("赵一鸣")
    with transaction():
        first = services.thread_about("listing", 7, title="乡村酸面包", actor=zhao)
        again = services.thread_about("listing", 7, title="乡村酸面包", actor=zhao)
        order = services.thread_about("order", 7, title="订单", audience="order:7", actor=zhao)
    assert first.id == again.id != order.id
    assert queries.threads_about("listing", [7, 8]) == {7: first.id}
    with pytest.raises(NotFoundError):
        queries.thread_for(zhao, order.id)
    assert queries.thread_for(zhao, order.id, is_vouched=True).id == order.id


def test_a_reviewer_hides_a_whole_thread_and_shows_it_again() -> None:
    zhao, keeper = a_neighbour("赵一鸣"), a_neighbour("值班", role="moderator")
    lin = a_neighbour("林阿姨")
    board = a_board()
    thread = a_thread(board, zhao, replies=[(keeper, "看到了水管")])
    first = queries.post_for(keeper, queries.thread_for(keeper, thread.id), 1)
    with transaction():
        services.hide_post(keeper, first, rule="广告")
    with pytest.raises(NotFoundError):
        queries.thread_for(lin, thread.id)
    assert queries.thread_for(zhao, thread.id).showing is Showing.HIDDEN
    assert not find("水管", zhao).rows
    db.session.expire_all()
    assert db.session.get_one(Board, board.id).thread_count == 0
    with transaction():
        services.show_thread(keeper, thread)
    assert queries.thread_for(lin, thread.id).showing is Showing.SHOWN
    assert len(find("水管", zhao).rows) == 2
    with pytest.raises(PostMovedError), transaction():
        services.show_post(keeper, first)


# --- what waits for a reviewer ---------------------------------------------------------------


def listed(word: str, outcome: WordOutcome) -> None:
    keeper = a_neighbour("管理", role="operator")
    with transaction():
        moderation.add_word(keeper, word, outcome, at=clock.now())


def test_listed_words_are_refused_masked_or_held() -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    thread = a_thread(a_board(), zhao)
    listed("办证", WordOutcome.REFUSE)
    listed("讨厌鬼", WordOutcome.MASK)
    listed("借钱", WordOutcome.HOLD)
    with pytest.raises(RefusedWordError) as refused:
        a_reply(thread, lin, "专业办证")
    assert refused.value.field == "body"
    assert a_reply(thread, lin, "你这讨厌鬼").body == "你这***"
    held = a_reply(thread, lin, "谁能借钱给我")
    assert held.showing is Showing.HELD
    assert fresh(thread).reply_count == 1
    assert not find("借钱", lin).rows


def test_a_held_post_is_there_for_its_author_and_reviewers_only() -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    keeper = a_neighbour("值班", role="moderator")
    thread = a_thread(a_board(), zhao)
    listed("借钱", WordOutcome.HOLD)
    a_reply(thread, lin, "谁能借钱给我")
    seen = {
        who.name: len(queries.posts_on(queries.thread_for(who, thread.id), viewer=who))
        for who in (zhao, lin, keeper)
    }
    assert seen == {"赵一鸣": 1, "林阿姨": 2, "值班": 2}


@pytest.mark.parametrize(
    ("decision", "showing", "count"),
    [(Decision.APPROVE, Showing.SHOWN, 1), (Decision.HIDE, Showing.HIDDEN, 0)],
)
def test_a_decision_shows_or_hides_what_was_held(
    decision: Decision, showing: Showing, count: int
) -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    keeper = a_neighbour("值班", role="moderator")
    thread = a_thread(a_board(), zhao)
    listed("借钱", WordOutcome.HOLD)
    post = a_reply(thread, lin, "谁能借钱给我")
    (item,) = review_queue(keeper).rows
    with transaction():
        moderation.decide(keeper, item.id, decision, rule=Rule.SPAM, at=clock.now())
    db.session.expire_all()
    assert db.session.get_one(Post, post.id).showing is showing
    assert fresh(thread).reply_count == count
    assert len(find("借钱", zhao).rows) == count


def test_on_a_reviewed_board_a_thread_waits_and_then_counts() -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    keeper = a_neighbour("值班", role="moderator")
    board = a_board(review="everyone")
    thread = a_thread(board, zhao)
    assert thread.showing is Showing.HELD
    assert queries.threads_on(board.id, viewer=lin).rows == []
    assert [row.is_held for row in queries.threads_on(board.id, viewer=zhao).rows] == [True]
    with pytest.raises(NotFoundError):
        queries.thread_for(lin, thread.id)
    (item,) = review_queue(keeper).rows
    with transaction():
        moderation.decide(keeper, item.id, Decision.APPROVE, at=clock.now())
    assert [row.id for row in queries.threads_on(board.id, viewer=lin).rows] == [thread.id]
    assert len(queries.posts_on(queries.thread_for(lin, thread.id), viewer=lin)) == 1
    assert db.session.get_one(Board, board.id).thread_count == 1
    assert find("水管", lin).rows


def test_the_first_three_posts_wait_and_the_fourth_does_not() -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    keeper = a_neighbour("值班", role="moderator")
    thread = a_thread(a_board(), lin)
    careful = a_board("二手", review="first_posts")
    for _n in range(2):
        a_reply(thread, zhao)
    first = a_thread(careful, zhao)
    assert first.showing is Showing.HELD
    (item,) = review_queue(keeper).rows
    with transaction():
        moderation.decide(keeper, item.id, Decision.APPROVE, at=clock.now())
    assert a_thread(careful, zhao).showing is Showing.SHOWN


def test_others_hear_of_a_held_post_when_it_is_shown() -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    keeper = a_neighbour("值班", role="moderator")
    thread = a_thread(a_board(), zhao)
    listed("借钱", WordOutcome.HOLD)
    post = a_reply(thread, lin, "@赵一鸣 谁能借钱给我")
    (item,) = review_queue(keeper).rows
    with transaction():
        moderation.decide(keeper, item.id, Decision.APPROVE, at=clock.now())
    rows = db.session.scalars(
        select(LogEntry.data)
        .where(LogEntry.verb == "post.written", LogEntry.subject_id == post.id)
        .order_by(LogEntry.id)
    ).all()
    assert [row.get("held", False) for row in rows] == [True, False]
    assert rows[1]["mentioned"] == [zhao.id]


def test_who_leads_a_board_reviews_it_and_no_other() -> None:
    lin, li, zhao = a_neighbour("林阿姨"), a_neighbour("李工"), a_neighbour("赵一鸣")
    board, other = a_board(leader_id=lin.id, review="everyone"), a_board("二手", review="everyone")
    a_thread(board, zhao)
    a_thread(other, zhao)
    assert len(review_queue(accounts.viewer_as(lin.id)).rows) == 1
    draft = BoardDraft(name="便民求助", promise="有事说一声", leader_id=li.id, review="everyone")
    with transaction():
        services.change_board(SYSTEM, db.session.get_one(Board, board.id), draft)
    assert review_queue(accounts.viewer_as(lin.id)).rows == []
    assert len(review_queue(accounts.viewer_as(li.id)).rows) == 1


def test_a_report_decided_against_a_post_takes_it_away() -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    keeper = a_neighbour("值班", role="moderator")
    thread = a_thread(a_board(), zhao)
    post = a_reply(thread, lin, "难听的话")
    with transaction():
        item = moderation.report(zhao, "post", post.id, reason="rude", text=None, at=clock.now())
    with transaction():
        moderation.decide(keeper, item.id, Decision.HIDE, rule=Rule.KIND, at=clock.now())
    rows = queries.posts_on(queries.thread_for(zhao, thread.id), viewer=zhao)
    assert (rows[1].showing, str(rows[1].body_html)) == (Showing.HIDDEN, "")
    assert fresh(thread).reply_count == 0


def test_many_who_write_at_once_get_numbers_without_a_gap(app: Flask) -> None:
    zhao = a_neighbour("赵一鸣")
    thread = a_thread(a_board(), zhao)
    db.session.remove()

    def write(n: int) -> int:
        with app.app_context():
            number = a_reply(thread, zhao, f"第 {n} 句").number
            db.session.remove()
            return number

    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(write, range(18)))
    assert sorted(numbers) == list(range(2, 20))
    now = fresh(thread)
    assert (now.last_number, now.reply_count) == (19, 18)


def test_the_log_has_each_deed_once(app: Flask) -> None:
    zhao, lin = a_neighbour("赵一鸣"), a_neighbour("林阿姨")
    thread = a_thread(a_board(), zhao, replies=[(lin, "有")])
    verbs = dict(
        db.session.execute(
            select(LogEntry.verb, func.count())
            .where(LogEntry.subject_kind.in_(["thread", "post"]))
            .group_by(LogEntry.verb)
        ).all()
    )
    assert verbs == {"thread.opened": 1, "post.written": 1}
    assert fresh(thread).author_id == zhao.id
