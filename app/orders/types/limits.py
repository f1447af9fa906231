"""How long and how often: the fixed measures of the order chain."""

from __future__ import annotations

HOLD_MINUTES = 15
UNDO_MINUTES = 10
REMINDERS = 2
CLOSE_DAYS = 7
TRIES = 10
MESSAGES = 6
MESSAGES_MINUTES = 10
TRIES_MINUTES = 15
MOST_OF_ONE = 999
CASE_DAYS = 7
CASE_ANSWER_HOURS = 48
CASE_DONE_DAYS = 7
CASE_PICTURES = 4
