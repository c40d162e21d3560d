"""The little formatting that staff may use in news: **bold**, *italic*, [words](https://…), lists with "- ".

`parse` takes it apart into plain text and spans; each channel writes spans its own way, and where it shows no links,
`shown_with` says a link's address in words. Everything else stands as it was typed: no markup of a messenger passes.
Pure. Not here: escaping (each channel's codec).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final

import msgspec

LINK_LIMIT: Final = 500  # characters of an address
_TOKEN: Final = re.compile(
    r"\\(?P<escaped>[\\*\[\]])"
    r"|\*\*(?P<strong>[^*\n]+)\*\*"
    r"|(?<![\w*])\*(?P<em>[^*\s](?:[^*\n]*[^*\s])?)\*(?![\w*])"
    r"|\[(?P<words>[^\]\[\n]+)\]\((?P<href>[^)\s]+)\)"
)
_ITEM: Final = re.compile(r"^[ \t]*[-*][ \t]+", re.MULTILINE)
_SAFE: Final = re.compile(r"https://[^\s<>\"'`\\^{|}\x00-\x1f]+", re.ASCII)


class Style(StrEnum):
    """How a span is shown."""

    STRONG = "strong"
    EMPHASIS = "emphasis"
    LINK = "link"


class Span(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """Characters from `start` up to `end` of a text."""

    start: int
    end: int
    style: Style
    href: str = ""


def is_safe_link(address: str) -> bool:
    """Whether an address may stand in news: https, no credentials, of bounded length."""
    host = address.removeprefix("https://").partition("/")[0]
    return bool(_SAFE.fullmatch(address)) and len(address) <= LINK_LIMIT and "@" not in host and "." in host


def parse(markup: str) -> tuple[str, tuple[Span, ...]]:
    """The text without markup, and its spans in order. A link that is not safe stays as it was typed."""
    source = _ITEM.sub("• ", "\n".join(line.rstrip() for line in markup.strip().splitlines()))
    pieces: list[str] = []
    spans: list[Span] = []
    length = at = 0

    def put(text: str) -> int:
        nonlocal length
        pieces.append(text)
        length += len(text)
        return length

    for match in _TOKEN.finditer(source):
        start = put(source[at : match.start()])
        at = match.end()
        if match["escaped"] is not None:
            put(match["escaped"])
        elif match["strong"] is not None:
            spans.append(Span(start, put(match["strong"]), Style.STRONG))
        elif match["em"] is not None:
            spans.append(Span(start, put(match["em"]), Style.EMPHASIS))
        elif is_safe_link(match["href"]):
            spans.append(Span(start, put(match["words"]), Style.LINK, match["href"]))
        else:
            put(match[0])
    put(source[at:])
    return "".join(pieces), tuple(spans)


def unsafe_links(markup: str) -> tuple[str, ...]:
    """Addresses that would not become links."""
    found = (match["href"] for match in _TOKEN.finditer(markup) if match["href"] is not None)
    return tuple(href for href in found if not is_safe_link(href))


def spelled_out(text: str, spans: Sequence[Span]) -> str:
    """The text for a channel that shows no spans: the address after the words of a link."""
    return shown_with(text, spans, ())[0]


def shown_with(text: str, spans: Sequence[Span], styles: Collection[Style]) -> tuple[str, tuple[Span, ...]]:
    """Text and spans for a channel that shows these styles: where links are none of them, their addresses stand in
    words, and what comes after moves along."""
    kept: list[Span] = []
    added = 0
    for span in sorted(spans, key=lambda span: span.start):
        start, end = span.start + added, span.end + added
        if span.style in styles:
            kept.append(Span(start, end, span.style, span.href))
        elif span.style is Style.LINK and text[start:end] != span.href:
            address = f" ({span.href})"
            text = f"{text[:end]}{address}{text[end:]}"
            added += len(address)
    return text, tuple(kept)


def shifted(spans: Sequence[Span], by: int) -> tuple[Span, ...]:
    """The same spans in a text that has so many characters before."""
    return tuple(Span(span.start + by, span.end + by, span.style, span.href) for span in spans)


def segments(text: str, spans: Sequence[Span]) -> list[tuple[str, Span | None]]:
    """The text in pieces, each with its span or None: what a codec writes one after the other."""
    found: list[tuple[str, Span | None]] = []
    at = 0
    for span in sorted(spans, key=lambda span: span.start):
        if not at <= span.start < span.end <= len(text):
            continue
        if span.start > at:
            found.append((text[at : span.start], None))
        found.append((text[span.start : span.end], span))
        at = span.end
    if at < len(text):
        found.append((text[at:], None))
    return found
