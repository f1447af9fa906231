"""The picture question: four digits that a person reads and a program reads less well, or a sum in
words for whom a picture is no help. Nothing is kept: a question is its signed text.
"""

import secrets
from datetime import datetime, timedelta

from app.core.access import signed
from app.core.i18n import gettext as _

QUESTION_LASTS = timedelta(minutes=10)
_PURPOSE = "question"


def new_question(address_hash: str, *, at: datetime) -> str:
    """Return a question for one address, good for ten minutes."""
    head = f"{secrets.token_hex(6)}.{int((at + QUESTION_LASTS).timestamp())}"
    return f"{head}.{signed(_PURPOSE, f'{head}.{address_hash}')[:16]}"


def is_open(question: str, address_hash: str, *, at: datetime) -> bool:
    """Return whether we asked this question of this address, and lately."""
    head, _dot, seal = question.rpartition(".")
    ends = head.rpartition(".")[2]
    if not ends.isascii() or not ends.isdigit() or int(ends) < at.timestamp():
        return False
    return secrets.compare_digest(
        signed(_PURPOSE, f"{head}.{address_hash}")[:16].encode(), seal.encode()
    )


def digits_of(question: str) -> str:
    """Return the four digits that the picture shows."""
    return f"{int(signed('picture', question), 16) % 9000 + 1000}"


def sum_of(question: str) -> tuple[int, int]:
    """Return the two numbers of the question in words."""
    number = int(signed("sum", question), 16)
    return number % 70 + 21, number // 97 % 8 + 2


def in_words(question: str) -> str:
    """Return the question for those whom a picture does not help."""
    first, second = sum_of(question)
    return _("Or answer this: what is %(first)s plus %(second)s?", first=first, second=second)


def is_answered(question: str, answer: str, address_hash: str, *, at: datetime) -> bool:
    """Return whether the answer is one of the two, to a question that is ours and open."""
    typed = "".join(str(int(sign)) for sign in answer if sign.isdecimal())
    is_right = typed in {digits_of(question), str(sum(sum_of(question)))}
    return is_right and is_open(question, address_hash, at=at)
