"""What places write into the activity log."""

from app.core.activity.types import Hook, verb

NEIGHBOURHOOD_ADDED = verb("neighbourhood.added", Hook.BELONGING)
NEIGHBOURHOOD_EDITED = verb("neighbourhood.edited", Hook.BELONGING)
NEIGHBOURHOOD_ARCHIVED = verb("neighbourhood.archived", Hook.BELONGING, privileged=True)
NEIGHBOURHOOD_RESTORED = verb("neighbourhood.restored", Hook.BELONGING)
