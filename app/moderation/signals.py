"""What moderation announces."""

from app.core.signals import signal

review_decided = signal(
    "review_decided",
    "After a reviewer decides, with item=ReviewItem, decision=Decision, actor=Viewer, at=datetime;"
    " the owner of the subject shows or hides it in the same commit.",
)
