"""Where somebody lives: a street with a house number, coordinates, a street in a sentence about living there.

A street alone is a public place and stays. For a defect report the spot is the point: then only what a sentence calls
somebody's home is masked (`find_homes`), and the rest is left (`find_streets`). Not here: names of towns.

Each place is found by its number or its ending and read leftwards word by word, so the work is linear in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from privacy.masking.windows import matches_near_digits

Place = tuple[int, int]

NEAR: Final = (90, 60)
NEAR_ENGLISH: Final = (16, 90)
"""Letters before and after a digit that are read for a place."""

_NUMBERED: Final = re.compile(
    r"(?<![\w-])(?P<word>[^\W\d_][^\W\d_'’]{0,40}(?:-[^\W\d_]{1,30}){0,5}\.?),?[ \t\n]{0,2}"
    r"(?P<number>(?:(?:haus-?nr\.?|hausnummer|haus|nr\.?|nummer)\s?)?(?<!\d)[1-9]\d{0,3}(?:\s?[a-h](?!\w))?"
    r"(?:\s?[-–/+]\s?\d{1,4}(?:\s?[a-h](?!\w))?)?)(?!\w|[.,:]\d|[-/]\d)",
    re.IGNORECASE,
)
_NOT_A_HOUSE: Final = re.compile(
    r"\s?(?:uhr|h\b|euro|eur\b|€|%|prozent|mal\b|meter|m\b|km|cm\b|qm\b|m²|stund|minut|tag|woche|monat|jahr|kind|"
    r"auto|bäume|bank|bänke|mensch|leute|person|park|platz|plätze|latern|million|mio|mülltonn|container|schild|x\b|"
    r"o'clock|pm\b|am\b(?!\s[A-ZÄÖÜ])|years|cars|trees|people|minutes|metres|°)",
    re.IGNORECASE,
)
_STREET_ENDING: Final = re.compile(
    r"(?:stra(?:ß|ss)en?|str\.?|weg|gasse|allee|chaussee|twiete|stieg|steig|pfad|damm|kamp|ring|ufer|graben|platz|markt|"
    r"wall|hof|zeile|promenade|siedlung)$",
    re.IGNORECASE,
)
_BARE: Final = re.compile(
    r"(?:stra(?:ß|ss)e|str\.?|weg|gasse|allee|chaussee|platz|ring|damm|ufer|pfad|steig|markt|graben|wall|hof)",
    re.IGNORECASE,
)
_PUBLIC: Final = re.compile(
    r"(?:park|spiel|sport|bolz|tennis|fußball|stell|grill|zelt|camping|rast|sitz|bahn|bus|fried|bau|schul|innen|hinter|"
    r"bauern|wertstoff|recycling|rad|geh|fuß|fahrrad|wander|wald|feld|rückweg|hin|um|arbeits|schulweg|heim|"
    r"bundes|land|kreis|haupt(?=straßen)|einbahn|spielstraßen?|super|floh|wochen|weihnachts|bau|arbeitsplatz)-?"
    r"(?:platz|plätze|weg|wege|hof|straße|strasse|str\.?|markt|ring|steig|pfad|damm)",
    re.IGNORECASE,
)
"""Kinds of places, not names of streets: `Spielplatz 3`, `Radweg 7`."""

_ALONG: Final = re.compile(
    r"(?<![\w-])(?P<along>(?:am|an\s(?:der|den|dem)|auf\s(?:der|dem|den)|im|in\s(?:der|den|dem)|unter\s(?:den|der|dem)|"
    r"hinter\s(?:der|dem|den)|vor\s(?:der|dem|den)|bei\sder|beim|zum|zur|über\sder)\s(?:[^\W\d_]{3,20}\s)?[^\W\d_]{3,30})"
    r",?\s(?P<number>[1-9]\d{0,2}(?:\s?[a-h](?!\w))?(?:\s?[-–/]\s?\d{1,3}(?:\s?[a-h](?!\w))?)?)(?![\w%€]|[.,:/-]\d)",
    re.IGNORECASE,
)
"""`Am Alten Markt 3`: a name that begins with a preposition, taken where it is written large or is a home."""

_NO_NAME_ALONG: Final = re.compile(
    r"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|januar|februar|märz|april|mai|juni|juli|august|"
    r"september|oktober|november|dezember|linie|bus|gleis|bahnsteig|kapitel|punkt|seite|klasse|haus|nummer|stand|"
    r"kreis|raum|zimmer|block|zone|bereich|abschnitt|paragraph|artikel|kita|gruppe|jahr|frage|tag|alter|umkreis)\w{0,3}$",
    re.IGNORECASE,
)
_TOWN: Final = re.compile(
    r",?[ \t\n]{1,2}(?:D-)?\d{5}(?!\d)"
    r"(?:[ ](?:St\.[ ])?[A-ZÄÖÜ][\w-]{1,30}(?:[ ](?:am|an der|im)[ ][A-ZÄÖÜ]\w{1,20})?)?"
)
_POSTCODE: Final = re.compile(r",?\s(?:[A-Z][\w-]{1,30},?\s)?[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b")
_ENGLISH: Final = re.compile(
    r"(?<![\w-])(?:(?:flat|apartment|unit)\s\d{1,4}[a-z]?,?\s)?[1-9]\d{0,3}[a-d]?\s(?:[A-Z][\w'’.-]{1,20}\s){1,3}"
    r"(?:Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Drive|Close|Square|Terrace|Court|Gardens|Crescent|Way|Place|Grove|Hill|Mews)"
    r"\b\.?"
)
_COORDINATES: Final = re.compile(
    r"(?<![\w.])-?\d{1,3}[.,]\d{3,9}°?\s?[NSns]?\s?[,;/ ]\s?-?\d{1,3}[.,]\d{3,9}°?(?:\s?[EWOewo]\b)?(?!\w)"
)
_HOUSE_NUMBER: Final = re.compile(
    r"\b(?:hausnummer|haus-?nr\.?|house number)(?:\s(?:ist|is))?\s?:?\s?\d{1,4}(?:\s?[a-h](?!\w))?", re.IGNORECASE
)
_AT_HOME: Final = re.compile(
    r"\b(?:wohn(?:e|en|t|st|te|ten|haft|end|ung|sitz)|lebe|leben|lebt|anschrift|adresse|gemeldet|zu\s?hause|daheim|"
    r"mein(?:e[mrn]?)?\shaus|unser(?:e[mrn]?)?\shaus|nachbar(?:in|n|innen)?|famil(?:ie|y)|herrn?|frau|mieter(?:in)?|"
    r"i\slive|we\slive|lives|living|my\shome|our\shome|my\shouse|our\shouse|address|neighbou?r)\b",
    re.IGNORECASE,
)
_STREET_ALONE: Final = re.compile(
    r"(?<![\w-])[^\W\d_][^\W\d_'’]{0,40}(?:-[^\W\d_]{1,30}){0,5}\.?(?![\w-])",
)
_SENTENCE_END: Final = re.compile(r"[!?\n]|(?<![Ss]tr)(?<!\bNr)\.(?=\s|$)")
REACH_OF_A_HOME: Final = 60
"""Letters between a word about living somewhere and the place."""

_PREVIOUS_WORD: Final = re.compile(r"([^\W\d_][\w'’.-]{0,30})[ \t-]$")
_WORDS_BEFORE: Final = 3
_LONGEST_WORD: Final = 34


def find_streets(text: str) -> Iterator[Place]:
    """Where places are that a house number, or a pair of coordinates, makes exact; and every home."""
    yield from _addresses(text)
    yield from _english(text)
    yield from (match.span() for match in matches_near_digits(_COORDINATES, text, *NEAR))
    yield from (match.span() for match in _HOUSE_NUMBER.finditer(text))
    yield from find_homes(text)


def find_homes(text: str) -> Iterator[Place]:
    """Only the places that a sentence calls somebody's home, with or without a number."""
    reach = [match.end() for match in _AT_HOME.finditer(text)]
    if not reach:
        return
    ends = [match.start() for match in _SENTENCE_END.finditer(text)]
    for start, end in (*_addresses(text), *_alone(text), *_english(text)):
        at = bisect_right(reach, start) - 1
        near = at >= 0 and start - reach[at] <= REACH_OF_A_HOME
        if near and bisect_right(ends, start) == bisect_right(ends, reach[at] - 1):
            yield start, end
    for match in _HOUSE_NUMBER.finditer(text):
        yield match.span()


def _addresses(text: str) -> Iterator[Place]:
    small = text.islower()
    for match in matches_near_digits(_NUMBERED, text, *NEAR):
        word = match["word"]
        if _STREET_ENDING.search(word) and not _PUBLIC.fullmatch(word) and not _NOT_A_HOUSE.match(text, match.end()):
            start = _first_word(text, match.start(), small=small) if _BARE.fullmatch(word) else match.start()
            if start < match.start() or not _BARE.fullmatch(word):
                yield start, _with_town(text, match.end())
    for match in matches_near_digits(_ALONG, text, *NEAR):
        name_end = match.end("along")
        named = match["along"][0].isupper() and not _starts_sentence(text, match.start())
        town = _TOWN.match(text, match.end())
        is_name = (named or town) and not _NO_NAME_ALONG.search(text, match.start(), name_end)
        if is_name and not _NOT_A_HOUSE.match(text, match.end()):
            yield match.start(), _with_town(text, match.end())


def _english(text: str) -> Iterator[Place]:
    for match in matches_near_digits(_ENGLISH, text, *NEAR_ENGLISH):
        yield match.start(), _with_town(text, match.end())


def _alone(text: str) -> Iterator[Place]:
    """Streets without a number, and `am alten tor 3` in small letters."""
    for match in _STREET_ALONE.finditer(text):
        word = match.group() if match.group().lower().endswith("str.") else match.group().rstrip(".")
        ending = _STREET_ENDING.search(word)
        if ending and not _BARE.fullmatch(word) and not _PUBLIC.fullmatch(word) and word.lower() not in _NO_STREETS:
            yield match.start(), match.start() + len(word)
    for match in matches_near_digits(_ALONG, text, *NEAR):
        name = match["along"]
        is_name = not _NO_NAME_ALONG.search(name) and not _STREET_ENDING.search(name)  # those: `_addresses`
        if is_name and not _NOT_A_HOUSE.match(text, match.end()):
            yield match.span()


_NO_STREETS: Final = frozenset(
    {"bahnhof", "hauptbahnhof", "weg", "hinweg", "umweg", "markt", "supermarkt", "hof", "ring"}
)


def _first_word(text: str, start: int, *, small: bool) -> int:
    """Where the name begins whose last word (`Straße`) is at `start`: words written large, or one if all is small."""
    for _ in range(1 if small else _WORDS_BEFORE):
        previous = _PREVIOUS_WORD.search(text, max(0, start - _LONGEST_WORD), start)
        if previous is None or not (small or previous.group(1)[0].isupper()):
            return start
        start = previous.start(1)
    return start


def _with_town(text: str, end: int) -> int:
    town = _TOWN.match(text, end) or _POSTCODE.match(text, end)
    return town.end() if town else end


def _starts_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 3) : start].rstrip()
    return not before or before[-1] in ".!?"
