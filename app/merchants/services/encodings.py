"""In which encoding somebody's table is written, where they did not say."""

from __future__ import annotations

import codecs
from pathlib import Path

from app.core.i18n import lazy_gettext as _l
from app.merchants.errors import ImportRefusedError
from app.merchants.services.files import opened

UTF8, GB18030 = "utf-8-sig", "gb18030"
_PIECE = 1 << 20
_MARKS = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
# So much of Chinese text are the characters that everybody writes (GB 2312). Text in another
# encoding that happens to be valid GB18030 gives rare ones.
_COMMON_SHARE = 0.9


def encoding_of(path: Path) -> str:
    """Return how a file is written: UTF-8 or GB18030; refuses UTF-16 by name, and what is none of
    them, each with what to do.
    """
    with opened(path) as stream:
        mark = _MARKS.get(stream.read(2))
    if mark is not None:
        raise ImportRefusedError(
            _l(
                "This file is written in %(encoding)s. Save it as “CSV UTF-8”, or add"
                " --encoding %(name)s."
            ),
            encoding=mark, name=mark.lower(),
        )  # fmt: skip
    if _is(path, UTF8):
        return UTF8
    if _is(path, GB18030):
        return GB18030
    raise ImportRefusedError(
        _l(
            "This file is written neither in UTF-8 nor in GB18030. Save it as “CSV UTF-8”, or name"
            " its encoding with --encoding."
        )
    )


def _is(path: Path, encoding: str) -> bool:
    """Whether all of a file can be read so and, in GB18030, reads as Chinese."""
    decoder = codecs.getincrementaldecoder(encoding)()
    wide = common = 0
    with opened(path) as stream:
        try:
            while piece := stream.read(_PIECE):
                signs = "".join(sign for sign in decoder.decode(piece) if sign >= "\x80")
                wide += len(signs)
                common += len(signs.encode("gb2312", "ignore")) // 2
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return encoding != GB18030 or common >= wide * _COMMON_SHARE


def text_of(content: bytes) -> str:
    """Return what somebody's table says, in UTF-8 or GB18030; refuses every other encoding with
    what to do.
    """
    for encoding in (UTF8, GB18030):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == UTF8 or _reads_as_chinese(text):
            return text
    raise ImportRefusedError(
        _l("This file is written neither in UTF-8 nor in GB18030. Save it as “CSV UTF-8”.")
    )


def _reads_as_chinese(text: str) -> bool:
    signs = "".join(sign for sign in text if sign >= "\x80")
    return len(signs.encode("gb2312", "ignore")) // 2 >= len(signs) * _COMMON_SHARE
