"""What other houses' forms ask beside a picture: whether the people in it agreed."""

from wtforms import SelectChoice

from app.moderation.types import CONSENT_WORDS, Consent

CONSENT_CHOICES = [SelectChoice(str(one), words) for one, words in CONSENT_WORDS.items()]


def consent_said(chosen: str | None) -> Consent | None:
    """Return what was chosen, or None where nothing was; the picture's own page asks later."""
    return Consent(chosen) if chosen in set(Consent) else None
