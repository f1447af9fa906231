"""A text message."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sms:
    """One text to one phone number in E.164 form."""

    to: str
    text: str = field(repr=False)
    key: str = ""
