"""A picture on its way in."""

from dataclasses import dataclass
from enum import StrEnum


class Size(StrEnum):
    """The sizes a picture is kept in."""

    THUMB = "thumb"
    CARD = "card"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class PreparedPicture:
    """A decoded picture in all sizes, named by its content; nothing is stored before `keep`."""

    name: str
    width: int
    height: int
    files: dict[Size, bytes]


@dataclass(frozen=True, slots=True)
class PictureRow:
    """A kept picture."""

    id: int
    name: str
    width: int
    height: int
    owner_kind: str
    owner_id: int
