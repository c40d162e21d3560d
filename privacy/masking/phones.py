"""Phone numbers, by the numbering plans that libphonenumber knows.

A number that a network could have (`VALID`) is masked wherever it is written like one to be dialled: with a leading
`0`, `+` or bracket. Anything that could be a number at all (`POSSIBLE`) is masked only after a word that announces
one: taken everywhere, it would hold every plan number, paragraph and postcode for a telephone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

import phonenumbers
from phonenumbers import Leniency, PhoneNumber, PhoneNumberMatcher

HOME: Final = "DE"
"""The region whose numbers need no country code."""

MOST_TRIES: Final = 1000
"""Numbers that are tried in one text before the rest is taken for data, not words."""

_ANNOUNCED: Final = re.compile(
    r"(?:\b(?:tel|telefon|telefonnr|telefonnummer|fon|phone|mobil|mobile|mobilnummer|handy|handynr|handynummer|fax|"
    r"festnetz|nummer|number|nr|ruf|rufnummer|durchwahl|erreichbar|erreichen|anrufen|zurückrufen|rückruf|ruft|rufen|"
    r"call|reach|whats\s?app|signal|sms|threema|telegram)\b"
    r"[^\d\n+(]{0,40})"
    r"(\+?\(?\d[\d\s()/.\-–]{3,24}\d)",
    re.IGNORECASE,
)
_DIALLED: Final = re.compile(r"[+0(]")
_RUN: Final = re.compile(r"(?<![\w.,/§-])(\(?(?:\+|0)[\d\s()/.\-–]{6,24}\d)(?![\w%€])")
_MEASURED: Final = re.compile(
    r"\s?(?:€|%|°|euro\b|eur\b|uhr\b|meter\b|m\b|m²|qm\b|km\b|kg\b|prozent\b|pounds?\b|einwohner)", re.IGNORECASE
)
_NO_PHONE_BEFORE: Final = re.compile(
    r"(?:§|art\.|nr\. des|b-?plan(?:\s*nr\.?)?|bebauungsplan(?:\s*nr\.?)?|flurst(?:ü|ue)ck|"
    r"az\.?:?|aktenzeichen:?|plz:?|din(?:\s+en)?|iso)\s*$",
    re.IGNORECASE,
)
_LOOK_BACK: Final = 24
_DATE: Final = re.compile(
    r"\(?(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})?|\d{4}-\d{2}-\d{2})(?:\s*[-–]\s*\d{1,2}[./-]\d{1,2}[./-](?:\d{4})?)?\)?"
)
FEWEST_DIGITS: Final = 5
"""Of an announced number."""


def phones(text: str) -> Iterator[tuple[int, int]]:
    """Where phone numbers are."""
    for match in PhoneNumberMatcher(text, HOME, Leniency.VALID, MOST_TRIES):
        if _DIALLED.match(match.raw_string) and _is_free(text, match.start, match.end):
            yield match.start, match.end
    for run in _RUN.finditer(text):
        if _is_free(text, *run.span(1)) and _parses(run.group(1), phonenumbers.is_valid_number):
            yield run.span(1)
    for announced in _ANNOUNCED.finditer(text):
        start, end = announced.span(1)
        digits = sum(letter.isdigit() for letter in announced.group(1))
        can_be = _is_free(text, start, end) and _parses(announced.group(1), phonenumbers.is_possible_number)
        if digits >= FEWEST_DIGITS and can_be:
            yield start, end


def _is_free(text: str, start: int, end: int) -> bool:
    """Not a date, an amount, or a number of a plan or a law."""
    return not (
        _MEASURED.match(text, end)
        or _DATE.fullmatch(text, start, end)
        or _NO_PHONE_BEFORE.search(text[max(0, start - _LOOK_BACK) : start])
    )


def _parses(raw: str, test: Callable[[PhoneNumber], bool]) -> bool:
    try:
        return test(phonenumbers.parse(raw, HOME))
    except phonenumbers.NumberParseException:
        return False
