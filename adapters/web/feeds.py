"""A pilot's news as Atom (RFC 4287) and its dates as iCalendar (RFC 5545). Pure: values in, bytes out.

Not here: pages (`pilots.py`), what is said (`dialogs/`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

ATOM: Final = "http://www.w3.org/2005/Atom"
ENTRIES_MOST: Final = 50
FOLD: Final = 75  # octets of a line of iCalendar
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed."""

    id: str
    """A URI that never changes."""
    day: date
    title: str
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Feed:
    """What the feed says of itself. Addresses are absolute."""

    own: str
    page: str
    title: str
    subtitle: str
    author: str
    language: str
    began: date


@dataclass(frozen=True, slots=True)
class Event:
    """A day or days in a calendar; `last` is the last day of it."""

    uid: str
    first: date
    last: date
    summary: str
    description: str
    link: str


def atom(feed: Feed, items: Sequence[Item]) -> bytes:
    """The feed, the newest entry first."""
    root = Element("feed", {"xmlns": ATOM, "xml:lang": feed.language})
    newest = max((item.day for item in items), default=feed.began)
    _put(root, "id", feed.page)
    _put(root, "title", feed.title)
    if feed.subtitle:
        _put(root, "subtitle", feed.subtitle)
    _put(root, "updated", _moment(newest))
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": feed.own})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.page})
    _put(SubElement(root, "author"), "name", feed.author)
    for item in sorted(items, key=lambda item: (item.day, item.id), reverse=True)[:ENTRIES_MOST]:
        entry = SubElement(root, "entry")
        _put(entry, "id", item.id)
        _put(entry, "title", item.title)
        _put(entry, "updated", _moment(item.day))
        SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": item.link})
        content = SubElement(entry, "content", {"type": "text"})
        content.text = _clean(item.text)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _put(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _clean(text)


def _clean(text: str) -> str:
    """Without what XML cannot hold."""
    return _NO_XML.sub("", text)


def _moment(day: date) -> str:
    """A day as a moment: finer is not said of anything here."""
    return datetime.combine(day, time(12), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def calendar(name: str, language: str, stamp: date, events: Sequence[Event]) -> bytes:
    """An .ics of whole days."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Zuruf//Pilots//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME;LANGUAGE={language}:{_escaped(name)}",
    ]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_escaped(event.uid)}",
            f"DTSTAMP:{stamp:%Y%m%d}T120000Z",
            f"DTSTART;VALUE=DATE:{event.first:%Y%m%d}",
            f"DTEND;VALUE=DATE:{event.last + timedelta(days=1):%Y%m%d}",
            f"SUMMARY;LANGUAGE={language}:{_escaped(event.summary)}",
            f"DESCRIPTION;LANGUAGE={language}:{_escaped(event.description)}",
            f"URL:{event.link}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(_folded(line) + "\r\n" for line in lines).encode("utf-8")


def _escaped(text: str) -> str:
    clean = _clean(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return clean.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def _folded(line: str) -> str:
    """At most 75 octets a line; never cut inside a letter."""
    pieces: list[str] = []
    piece, octets = "", 0
    for letter in line:
        width = len(letter.encode("utf-8"))
        if octets + width > FOLD:
            pieces.append(piece)
            piece, octets = " ", 1
        piece += letter
        octets += width
    return "\r\n".join([*pieces, piece])
