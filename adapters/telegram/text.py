"""Text as Telegram counts and reads it: UTF-16 code units after entities are parsed, three characters to escape.

Pure. Not here: what is said (`dialogs/`), which call carries it (`codec.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dialogs.formatting import Span, Style, segments

TEXT_LIMIT: Final = 4096
"""UTF-16 code units of a message's text."""
CAPTION_LIMIT: Final = 1024
"""UTF-16 code units of a caption."""

_BREAKS: Final = ("\n\n", "\n", " ")
"""Where a text may be cut, best first."""

_ELLIPSIS: Final = "…"


def width(text: str) -> int:
    """Length in UTF-16 code units."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def escape(text: str) -> str:
    """For `parse_mode=HTML`, outside of attributes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def marked_up(text: str, spans: Sequence[Span]) -> str:
    """For `parse_mode=HTML`: the text with its formatting, everything else escaped."""
    if not spans:
        return escape(text)
    return "".join(_tagged(piece, span) for piece, span in segments(text, spans))


def _tagged(piece: str, span: Span | None) -> str:
    if span is None:
        return escape(piece)
    match span.style:
        case Style.STRONG:
            return f"<b>{escape(piece)}</b>"
        case Style.EMPHASIS:
            return f"<i>{escape(piece)}</i>"
        case Style.LINK:
            return f'<a href="{escape(span.href).replace(chr(34), "&quot;")}">{escape(piece)}</a>'


def _fitting(text: str, limit: int) -> int:
    """How many characters of `text` fit into `limit` code units."""
    if width(text[:limit]) <= limit:
        return min(len(text), limit)
    used = 0
    for index, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > limit:
            return index
    return len(text)


def cut(text: str, limit: int) -> str:
    """At most `limit` code units, with an ellipsis where something is missing."""
    if width(text) <= limit:
        return text
    return text[: _fitting(text, limit - width(_ELLIPSIS))].rstrip() + _ELLIPSIS


def split(text: str, limit: int, first: int | None = None) -> list[str]:
    """Pieces of at most `limit` code units (the first: of `first`), cut at paragraphs, lines or words where possible.

    Only white space at a cut is lost.
    """
    pieces: list[str] = []
    rest, room = text, limit if first is None else first
    while width(rest) > room:
        end = _fitting(rest, room)
        start = 0
        for mark in _BREAKS:
            found = rest.rfind(mark, end // 2, end + len(mark))
            if found > 0:
                end, start = found, len(mark)
                break
        pieces.append(rest[:end])
        rest, room = rest[end + start :], limit
    pieces.append(rest)
    return [piece for piece in pieces if piece.strip()] or [""]
