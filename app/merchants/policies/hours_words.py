"""What people write for opening hours, read as the words of one grammar, each with its place.

Beside the words of OpenStreetMap's opening_hours: Chinese as on a shop's door
(周一至周五 9点到18点, 节假日休息), names of days and months in many languages (from CLDR), clocks
as 9am, 9.30, 10h30 or 9⁰⁰, dashes and quotation marks of every kind. A word that means different
days in different languages is refused, like one that nobody knows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from babel import Locale

from app.core.i18n import lazy_gettext as _l
from app.merchants.errors import HoursError

WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SUN = ("dawn", "sunrise", "sunset", "dusk")
ALWAYS = "24/7"
OWN = {*WEEKDAYS, *MONTHS, *SUN, "ph", "sh", "week", "easter", "day", "open", "off", "unknown"}
SIGNS = ("||", "-", ",", ";", ":", "+", "[", "]", "(", ")", "/")

_LANGUAGES = (
    "fr", "es", "it", "pt", "nl", "pl", "cs", "hr", "ru", "uk", "ja", "ko", "th", "ar", "ka",
)  # fmt: skip
_SEASONS = {
    "spring", "summer", "autumn", "fall", "winter", "frühling", "fruehling", "sommer", "herbst",
    "primavera", "verano", "otoño", "invierno", "春季", "夏季", "秋季", "冬季",
}  # fmt: skip
_AS_SIGNS = {**dict.fromkeys("‐‑‒–—―−~〜→ー=", "-"), "&": ",", "、": ",", "。": ";", "_": " "}
_QUOTES = {
    '"': '"“”', "“": '”"', "„": '“”"', "'": "'", "‚": "‘’", "‘": "’‘", "’": "’",
    "«": "»", "「": "」", "『": "』",
}  # fmt: skip
# What stands for what: meanings in the grammar's own words, and the phrases that mean them.
_MEANINGS = {
    "prefix": "opening hours | öffnungszeit | öffnungszeiten | 营业时间",
    ALWAYS: (
        "24 / 7 | 24 x 7 | 24 hours | 24 hours 7 days a week | always | always open | anytime"
        " | all day | nonstop | nonstop open | nonstop geöffnet | 24 小时 | 24 小时 营业 | 全天"
    ),
    "mo - su": (
        "daily | everyday | every day | all days | 7 days a week | 7 days / week | täglich"
        " | 7 j / 7 | 7 / 7 | 每天 | 每日 | 天天"
    ),
    "sa - su": "weekend | weekends | 周末 | 週末",
    "mo - fr": (
        "weekday | weekdays | work day | work days | on work day | on work days | 工作日 | 平日"
    ),
    "ph": (
        "holiday | holidays | public holiday | public holidays | feiertag | feiertags | feiertage"
        " | feiertagen | 节假日 | 法定假日 | 法定节假日 | 公众假期"
    ),
    "sh": (
        "schoolholiday | schoolholidays | school holiday | school holidays | schulferien | ferien"
        " | 寒暑假 | 学校假期"
    ),
    "ph + 1 day": "day after public holiday | one day after public holiday",
    "ph - 1 day": "day before public holiday | one day before public holiday",
    "su ,": "sonn - und | sonn - / | sonn und",
    ",": "und | und an | und nur | and | et | 和",
    "-": (
        "to | til | till | until | through | bis | до | a | as | á | ás | à | às | ate | até"
        " | 至 | 到"
    ),
    "+": (
        "- late | - open end | - openend | til late | till late | until late | bis open end"
        " | bis openend"
    ),
    "off": (
        "closed | always closed | geschlossen | geschl | ruhetag | fermé | cerrado | chiuso"
        " | \u043eff | 休息 | 不营业 | 停业 | 关门"
    ),
    "open": "geöffnet | 营业 | 开门",
    "forenoon": "上午 | 早上 | 早晨 | 早",
    "afternoon": "下午 | 傍晚 | 晚上 | 晚",
    "comment": (
        "nach vereinbarung | on appointment | by appointment | sur rendez vous | sur rendez - vous"
        " | 预约"
    ),
    "day": "days",
    "0": "midnight",
    "sunrise - sunset": "daylight",
    "": "uhr",
}
_PHRASES = {
    phrase.strip(): meant for meant, phrases in _MEANINGS.items() for phrase in phrases.split("|")
}
_CLOCKS = re.compile(
    r"(?P<h>\d{1,2})(?::(?P<m>\d{1,2})(?!\d)|\.(?P<p>\d\d)(?!\d)|h(?P<f>\d\d)?(?!\w)"
    r"|[点點时時](?:(?P<half>半)|(?P<c>\d{1,2})分?)?)",
    re.I,
)
_HALF_DAY = re.compile(r"(?P<half>[ap])\.?\s?m(?!\w)\.?", re.I)
_CHINESE_DATE = re.compile(r"(?P<year>\d{4})年|(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号號])?")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the grammar: what kind, which, at which character it stands, how it is written."""

    kind: str
    text: str
    at: int
    minutes: int = 0
    written: str = ""


def words_of(text: str) -> list[Token]:
    """Return a text as the grammar's words; refuses by name, with its place, what it cannot read.

    Kinds: `comment`, `clock` (with its minutes), `number`, `word` (one of OWN, ALWAYS, am, pm,
    forenoon, afternoon) and `sign`.
    """
    return list(_understood(list(_Scanner(text).pieces())))


def _folded(text: str) -> list[tuple[str, int, bool]]:
    """Return each character in its plain form, its place, and whether it was a raised digit."""
    found = []
    for at, written in enumerate(text):
        if written == "°":
            found.append(("0", at, True))
            continue
        for plain in unicodedata.normalize("NFKC", written):
            is_raised = plain.isdigit() and unicodedata.category(written) == "No"
            found.append((_AS_SIGNS.get(plain, plain), at, is_raised))
    return found


class _Scanner:
    """The text cut into pieces: comments, clocks, numbers, words as they are written, signs."""

    def __init__(self, text: str) -> None:
        folded = _folded(text)
        self.text = "".join(piece[0] for piece in folded)
        self.places = [piece[1] for piece in folded] + [len(text)]
        self.raised = [piece[2] for piece in folded]
        self.here = 0

    def pieces(self) -> Iterator[Token]:
        before = ""
        while self.here < len(self.text):
            if self.text[self.here].isspace():
                self.here += 1
                continue
            for token in self._piece(before):
                before = token.kind
                yield token

    def _piece(self, before: str) -> list[Token]:
        sign = self.text[self.here]
        if sign in _QUOTES:
            return [self._comment()]
        if sign.isdigit():
            return self._digits()
        if before in ("clock", "number") and (half := _HALF_DAY.match(self.text, self.here)):
            return [self._taken("word", half.group("half").lower() + "m", half.end())]
        if _is_letter(sign):
            return self._letters()
        for known in SIGNS:
            if self.text.startswith(known, self.here):
                return [self._taken("sign", known, self.here + len(known))]
        raise self._refused(self.here, self.here + 12)

    def _taken(self, kind: str, text: str, end: int, minutes: int = 0) -> Token:
        written = self.text[self.here : end].strip()
        token = Token(kind, text, self.places[self.here], minutes, written)
        self.here = end
        return token

    def _refused(self, start: int, end: int) -> HoursError:
        return HoursError(part=self.text[start:end].strip(), at=self.places[start] + 1)

    def _comment(self) -> Token:
        closing = _QUOTES[self.text[self.here]]
        for end in range(self.here + 1, len(self.text)):
            if self.text[end] in closing:
                return self._taken("comment", self.text[self.here + 1 : end].strip(), end + 1)
        raise self._refused(self.here, self.here + 12)

    def _digits(self) -> list[Token]:
        date = _CHINESE_DATE.match(self.text, self.here)
        if date:
            return self._chinese_date(date)
        clock = _CLOCKS.match(self.text, self.here)
        if clock:
            minutes = (
                30
                if clock["half"]
                else int(clock["m"] or clock["p"] or clock["f"] or clock["c"] or 0)
            )
            return [self._clock(int(clock["h"]), minutes, clock.end())]
        end = self.here
        while end < len(self.text) and self.text[end].isdigit():
            end += 1
        digits = self.text[self.here : end]
        if len(digits) == 4 and any(self.raised[self.here : end]):
            return [self._clock(int(digits[:2]), int(digits[2:]), end)]
        if len(digits) > 4:
            raise self._refused(self.here, end)
        return [self._taken("number", digits, self._past_dot(end))]

    def _clock(self, hours: int, minutes: int, end: int) -> Token:
        if minutes > 59:
            raise self._refused(self.here, end)
        return self._taken("clock", self.text[self.here : end], end, hours * 60 + minutes)

    def _chinese_date(self, date: re.Match[str]) -> list[Token]:
        if date["year"]:
            return [self._taken("number", date["year"], date.end())]
        month = int(date["month"])
        if not 1 <= month <= len(MONTHS):
            raise self._refused(self.here, date.end())
        at = self.places[self.here]
        found = [Token("word", MONTHS[month - 1], at, written=date[0])]
        if date["day"]:
            found.append(Token("number", date["day"], at, written=date[0]))
        self.here = date.end()
        return found

    def _letters(self) -> list[Token]:
        end = self.here
        while end < len(self.text) and _is_letter(self.text[end]):
            end += 1
        run = self.text[self.here : end].casefold()
        for known in ("ph", "sh"):
            if run[2:] in WEEKDAYS and run.startswith(known):
                end, run = self.here + 2, known
        if not _is_chinese(run[0]) or run in _names():
            return [self._taken("word", run, self._past_dot(end))]
        found = []
        while self.here < end:
            rest = self.text[self.here : end].casefold()
            known = next((word for word in _chinese() if rest.startswith(word)), "")
            if not known:
                raise self._refused(self.here, end)
            found.append(self._taken("word", known, self.here + len(known)))
        return found

    def _past_dot(self, end: int) -> int:
        has_dot = self.text[end : end + 1] == "." and not self.text[end + 1 : end + 2].isdigit()
        return end + 1 if has_dot else end


def _is_letter(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LM"


def _is_chinese(sign: str) -> bool:
    return "\u4e00" <= sign <= "\u9fff"


def _understood(pieces: list[Token]) -> Iterator[Token]:
    here = 0
    if pieces and _meaning(pieces, 0)[0] == "prefix":
        here = _meaning(pieces, 0)[1]
        if here < len(pieces) and pieces[here].text in (":", "-"):
            here += 1
    while here < len(pieces):
        piece = pieces[here]
        meant, length = _meaning(pieces, here)
        if length:
            written = " ".join(piece.written for piece in pieces[here : here + length])
            yield from _tokens(meant, written, piece)
            here += length
            continue
        if piece.kind == "word":
            yield replace(piece, text=_known(piece))
        else:
            yield piece
        here += 1


def _tokens(meant: str, written: str, piece: Token) -> Iterator[Token]:
    for word in meant.split():
        if word == "comment":
            yield Token("comment", written, piece.at)
        elif word == "0":
            yield Token("clock", word, piece.at, 0, written)
        else:
            kind = "sign" if word in SIGNS else "number" if word.isdigit() else "word"
            yield Token(kind, word, piece.at, written=written)


def _meaning(pieces: list[Token], here: int) -> tuple[str, int]:
    """Return what the longest known phrase that begins here means, and how many pieces it has."""
    for length in range(min(_longest(), len(pieces) - here), 0, -1):
        ahead = pieces[here : here + length]
        if any(piece.kind in ("comment", "clock") for piece in ahead):
            continue
        meant = _PHRASES.get(" ".join(piece.text for piece in ahead))
        if meant is not None:
            return meant, length
    return "", 0


def _known(piece: Token) -> str:
    """Return a single word as the grammar knows it."""
    word = piece.text
    if word in OWN or word in ("am", "pm"):
        return word
    if word in _SEASONS:
        raise HoursError(
            _l("“%(part)s” begins on no fixed day; write from which date to which."),
            part=piece.written,
        )
    name = _names().get(word)
    if not name:
        raise HoursError(part=piece.written, at=piece.at + 1)
    return name


@cache
def _longest() -> int:
    return max(len(phrase.split()) for phrase in _PHRASES)


@cache
def _chinese() -> list[str]:
    """Return the Chinese words, the longest first."""
    single = {piece for word in (*_PHRASES, *_SEASONS, *_names()) for piece in word.split()}
    return sorted((word for word in single if _is_chinese(word[0])), key=len, reverse=True)


@cache
def _names() -> dict[str, str]:
    """Return names of days and months in many languages; an empty word for those that disagree."""
    found: dict[str, str] = {}
    for language in _LANGUAGES:
        for name, ours in _names_in(language):
            found[name] = ours if found.get(name, ours) == ours else ""
    found |= dict(_names_in("de"))  # the one beside English that is met on every map
    for name, ours in _names_in("en"):
        # Tues, Thurs, Sept: any beginning of an English name that is long enough to be one.
        found |= {name[:length]: ours for length in range(3, len(name) + 1)}
    for prefix in ("周", "週", "星期", "礼拜", "禮拜"):
        for names_of_days in ("一二三四五六日", "一二三四五六天"):
            found |= {
                prefix + name: ours for name, ours in zip(names_of_days, WEEKDAYS, strict=True)
            }
    return found


def _names_in(language: str) -> Iterator[tuple[str, str]]:
    locale = Locale.parse(language)
    for names, ours, first in ((locale.days, WEEKDAYS, 0), (locale.months, MONTHS, 1)):
        for form in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, written in names[form][width].items():
                    name = "".join(piece[0] for piece in _folded(written)).casefold().strip(". ")
                    yield name, ours[number - first]
                    if name.endswith("tag"):
                        yield name + "s", ours[number - first]
