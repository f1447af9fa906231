"""What people write becomes clean HTML here, once, when it is written."""

import html
import re
from collections.abc import Mapping

import comrak
import nh3

from app.forum.types import PERSON_PATH, Format, Rendered

_EXTENSIONS = comrak.ExtensionOptions()
_EXTENSIONS.autolink = True
_EXTENSIONS.table = True
_EXTENSIONS.strikethrough = True
_EXTENSIONS.tasklist = True
_EXTENSIONS.cjk_friendly_emphasis = True
_RENDER = comrak.RenderOptions()
_RENDER.escape = True
_RENDER.hardbreaks = True

_CLEANER = nh3.Cleaner(
    tags={
        *("p", "br", "hr", "blockquote", "pre", "code", "ul", "ol", "li", "strong", "em", "b", "i"),
        *("del", "s", "sub", "sup", "kbd", "a", "img", "table", "thead", "tbody", "tr", "th", "td"),
    },
    attributes={"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}},
    clean_content_tags={"script", "style", "iframe", "object", "noscript", "template"},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow ugc noopener",
)
_WORDS_ONLY = nh3.Cleaner(tags=set())

_TASK = re.compile(r'<input type="checkbox"( checked="")?[^>]*>')
_HEADING = re.compile(r"<(/?)h[1-6](?:\s[^>]*)?>", re.IGNORECASE)
_IMAGE = re.compile(r"<img\b([^>]*)>")
_ATTRIBUTE = re.compile(r'(src|alt)="([^"]*)"')
_BARE_LINK = re.compile(r'<a href="[^"]*"( rel="[^"]*")?>(https?://[^<]+)</a>')
_URL = re.compile(r"https?://[^\s<，。；：！？、（）【】「」『』《》“”‘’…—]+")
# A full-width sign never belongs to an address; a Chinese character only after the host's slash.
_STOP = re.compile(r"[，。；：！？、（）【】「」『』《》“”‘’…—\u3000]")
_HOST_STOP = re.compile(r"^https?://[^/?#\s]*?([\u3400-\u9fff])")
_BREAK = re.compile(r"<br\s*/?>|</(?:p|li|tr|blockquote|pre)>")
_TAG = re.compile(r"(<[^>]*>)")
_MENTION = re.compile(r"(?<![\w@./])@([\w·.\-]{1,40})")
_BLANK = re.compile(r"\s+")


def rendered(source: str, written_in: Format, people: Mapping[str, int] | None = None) -> Rendered:
    """Return clean HTML for a post, its bare words, and the names of `people` it really mentions.

    No script, style, form or foreign picture survives, whatever was written; a picture elsewhere
    becomes a link.
    """
    raw = source
    if written_in is Format.MARKDOWN:
        raw = comrak.render_markdown(source, extension_options=_EXTENSIONS, render_options=_RENDER)
        raw = _TASK.sub(lambda found: "☑" if found.group(1) else "☐", raw)
    raw = _HEADING.sub(lambda found: "</strong></p>" if found.group(1) else "<p><strong>", raw)
    clean = _IMAGE.sub(_linked_picture, _CLEANER.clean(raw))
    clean = _BARE_LINK.sub(_cut_link, clean)
    named: list[str] = []
    if people:
        clean = _with_mentions(clean, people, named)
    return Rendered(html=clean.strip(), words=words_of(clean), names=tuple(named))


def words_of(clean: str) -> str:
    """Return the bare words of clean HTML, one line for each of its blocks."""
    bare = html.unescape(_WORDS_ONLY.clean(_BREAK.sub("\n", clean)))
    lines = (_BLANK.sub(" ", line).strip() for line in bare.split("\n"))
    return "\n".join(line for line in lines if line)


def shortened(words: str, limit: int) -> str:
    """Return the beginning of a text on one line, cut with an ellipsis."""
    line = one_line(words)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def one_line(text: str) -> str:
    """Return a text with every run of blanks as one space."""
    return _BLANK.sub(" ", text).strip()


def called_names(source: str) -> set[str]:
    """Return every name that an `@` in the text may mean: each beginning of what follows it.

    Chinese puts no space after a name, so `@林阿姨你好` may mean 林, 林阿, 林阿姨 and so on.
    """
    runs = [found.group(1) for found in _MENTION.finditer(source)][:10]
    return {run[:size] for run in runs for size in range(1, len(run) + 1)}


def _linked_picture(found: re.Match[str]) -> str:
    parts: dict[str, str] = dict(_ATTRIBUTE.findall(found.group(1)))
    source = parts.get("src", "")
    if not source.startswith(("http://", "https://")):
        return parts.get("alt", "")
    return f'<a href="{source}" rel="nofollow ugc noopener">{parts.get("alt") or source}</a>'


def _cut_link(found: re.Match[str]) -> str:
    rel, shown = found.group(1) or "", found.group(2)
    in_host = _HOST_STOP.match(shown)
    stops = [stop.start() for stop in [_STOP.search(shown)] if stop]
    stops += [in_host.start(1)] if in_host else []
    if not stops:
        return found.group(0)
    address, rest = shown[: min(stops)], shown[min(stops) :]
    rest = _URL.sub(lambda other: f'<a href="{other.group(0)}"{rel}>{other.group(0)}</a>', rest)
    return f'<a href="{address}"{rel}>{address}</a>{rest}'


def _with_mentions(clean: str, people: Mapping[str, int], named: list[str]) -> str:
    """Link the names in running text; what stands in code or in another link is left alone."""
    longest_first = sorted(people, key=len, reverse=True)
    pattern = re.compile("@(" + "|".join(re.escape(html.escape(n)) for n in longest_first) + ")")
    depth = 0
    pieces = []
    for piece in _TAG.split(clean):
        if piece.startswith("<"):
            depth += _quiet_depth(piece)
        elif depth == 0:
            piece = pattern.sub(lambda found: _mention(found, people, named), piece)  # noqa: PLW2901
        pieces.append(piece)
    return "".join(pieces)


def _quiet_depth(tag: str) -> int:
    if re.match(r"<(a|code|pre)\b", tag):
        return 1
    return -1 if re.match(r"</(a|code|pre)>", tag) else 0


def _mention(found: re.Match[str], people: Mapping[str, int], named: list[str]) -> str:
    name = html.unescape(found.group(1))
    named.append(name)
    return f'<a href="{PERSON_PATH.format(people[name])}">@{found.group(1)}</a>'
