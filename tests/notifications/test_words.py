"""How a notice reads where it says more than its sentence."""

from datetime import UTC, datetime

from app.notifications.parts import sentence
from app.notifications.types import NoticeKind, NoticeRow

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)


def _notice(kind: NoticeKind, **data: str) -> NoticeRow:
    return NoticeRow(
        1, kind, "order", 1, {"number": "2611-0179", **data}, None, None, None, AT, None
    )


def test_the_notice_of_a_new_order_says_when_and_where_it_is_collected(app) -> None:
    where = {"slot_at": "2026-11-21T09:30:00+00:00", "point": "大堂", "point_en": "大堂"}
    with app.test_request_context():
        new = sentence(_notice(NoticeKind.ORDER_NEW, **where))
        assert "2611-0179 · " in new
        assert new.endswith("17:30 · 大堂")
        assert sentence(_notice(NoticeKind.ORDER_NEW)).endswith("2611-0179")
        assert "大堂" not in sentence(_notice(NoticeKind.ORDER_WAITS, **where))
