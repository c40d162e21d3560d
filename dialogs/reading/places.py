"""Places written as coordinates, or as a link of a map that carries them. A link is parsed, never opened.

Not here: names of streets and districts; a channel's own location message.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from dialogs.forms.questions import QuestionType
from dialogs.forms.values import MAX_LATITUDE, MAX_LONGITUDE, decimal_text
from dialogs.reading.outcomes import Problem, Reading, Taken, Unread

_N = r"[+-]?\d{1,3}(?:\.\d{1,20})?"
_F = r"[+-]?\d{1,3}\.\d{1,20}"
_LINKS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"^geo:({_N}),({_N})(?:[,;?]|$)",
        rf"[?&#]mlat=({_N})&(?:amp;)?mlon=({_N})",
        rf"!3d({_F})!4d({_F})",
        rf"[?&](?:q|query|ll|sll|center|daddr|destination|coordinate)=(?:loc:)?({_N})(?:,|%2C|%2c)(?:\+|%20)?({_N})(?:[&#,;(+]|$)",
        rf"#map=\d{{1,2}}(?:\.\d+)?/({_N})/({_N})",
        rf"/@({_F}),({_F}),",
        rf"/(?:search|place|dir)/({_F}),(?:\+|%20)?({_F})",
    )
)
_LINK = re.compile(r"(?:https?://|geo:)\S+", re.IGNORECASE)
_PAIR = re.compile(rf"({_F})°?\s*(?:[,;/]\s*|\s+)({_F})°?(?:\s+[+-]?\d+(?:\.\d+)?){{0,2}}", re.ASCII)
_COMMA_PAIR = re.compile(r"([+-]?\d{1,3},\d{1,20})\s*(?:[;/]\s*|,?\s+)([+-]?\d{1,3},\d{1,20})", re.ASCII)
_DEGREES = r"""(?P<{0}d>[+-]?\d{{1,3}}(?:[.,]\d{{1,20}})?)\s?[°º]?\s?
(?:(?P<{0}m>\d{{1,2}}(?:[.,]\d{{1,20}})?)\s?['′’]\s?)?(?:(?P<{0}s>\d{{1,2}}(?:[.,]\d{{1,20}})?)\s?(?:["″”]|'')\s?)?"""
_LETTER = "(?P<{0}>[NSEOW])"
_COMPASS = tuple(
    re.compile(rf"{first}[\s,;/]{gap}{second}", re.ASCII | re.VERBOSE | re.IGNORECASE)
    for gap, (first, second) in (
        ("*", [rf"{_LETTER.format(n + 'l')}\s?{_DEGREES.format(n)}" for n in "ab"]),
        ("*", [rf"{_DEGREES.format(n)}\s?{_LETTER.format(n + 'l')}" for n in "ab"]),
    )
)
_PREFIX = re.compile(
    r"^(?:lat(?:itude)?|breite|gps|koordinaten|coordinates|position|standort)\s*[:=]?\s*", re.IGNORECASE
)
_SECOND = re.compile(r"[,;\s]\s*(?:lon|lng|long|longitude|länge)\s*[:=]?\s*", re.IGNORECASE)


def read_place(text: str) -> Reading:
    """Read a geopoint question; the value is "lat lon 0.0 0.0" in degrees, metres, metres."""
    found = _point(text)
    return Unread(Problem.NOT_A_PLACE) if found is None else Taken(found)


def read_line(kind: QuestionType, text: str) -> Reading:
    """Read a geotrace or geoshape: points separated by lines or semicolons. A shape is closed if it is not."""
    points = [_point(part.strip()) for part in re.split("[;\n]", text) if part.strip()]
    known = [point for point in points if point is not None]
    if kind is QuestionType.GEOSHAPE and known and known[0] != known[-1]:
        known.append(known[0])
    least = 4 if kind is QuestionType.GEOSHAPE else 2
    if len(known) < least or None in points:
        return Unread(Problem.NOT_A_PLACE)
    return Taken(";".join(known))


def _point(text: str) -> str | None:
    if link := _LINK.search(text):
        for pattern in _LINKS:
            if match := pattern.search(link[0]):
                return _canonical(match[1], match[2])
        return None
    text = _SECOND.sub(", ", _PREFIX.sub("", text.strip())).replace("−", "-").strip(" ()[]")
    if match := _PAIR.fullmatch(text):
        return _canonical(match[1], match[2])
    if match := _COMMA_PAIR.fullmatch(text):
        return _canonical(match[1].replace(",", "."), match[2].replace(",", "."))
    match = next(filter(None, (pattern.fullmatch(text) for pattern in _COMPASS)), None)
    return _of_compass(match) if match is not None else None


def _of_compass(match: re.Match[str]) -> str | None:
    """Degrees, minutes, seconds with the letters of the compass ("O" is German for east)."""
    axes = []
    for name in "ab":
        letter = match[name + "l"].upper()
        parts = [Decimal((match[name + unit] or "0").replace(",", ".")) for unit in "dms"]
        if parts[1] >= 60 or parts[2] >= 60 or parts[0] < 0:
            return None
        degrees = parts[0] + parts[1] / 60 + parts[2] / 3600
        axes.append((letter in "NS", -degrees if letter in "SW" else degrees))
    if axes[0][0] == axes[1][0]:
        return None
    (_, latitude), (_, longitude) = sorted(axes, reverse=True)
    return _canonical(str(round(latitude, 7)), str(round(longitude, 7)))


def _canonical(latitude: str, longitude: str) -> str | None:
    try:
        lat, lon = float(Decimal(latitude)), float(Decimal(longitude))
    except InvalidOperation:
        return None
    if abs(lat) > MAX_LATITUDE or abs(lon) > MAX_LONGITUDE:
        return None
    return f"{decimal_text(lat)} {decimal_text(lon)} 0.0 0.0"
