"""All scripted threads of the town, oldest first."""

from __future__ import annotations

from app.demo.content.talk import Topic
from app.demo.content.threads_english import ENGLISH
from app.demo.content.threads_help import HELP, LOST, NOTICES
from app.demo.content.threads_life import CHAT, FOOD, PARENTS, SPORT, TRADE


def _age(topic: Topic) -> float:
    return topic.fresh if topic.fresh is not None else topic.day * 24 + 24 - topic.hour


THREADS: tuple[Topic, ...] = tuple(
    sorted(
        HELP + LOST + NOTICES + CHAT + TRADE + PARENTS + SPORT + FOOD + ENGLISH,
        key=_age,
        reverse=True,
    )
)
