"""Numbers in figures, as each language writes them: "1.000,5", "1,000.5", "1 000", "2½", "٣٫٥".

Not here: what may stand around a number (`numbers.py`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel import Locale, UnknownLocaleError

from dialogs.reading.outcomes import Problem
from dialogs.reading.vocabulary import primary

NUMBER_DIGITS = 15
"""Digits that a number may have: what a form's arithmetic (IEEE 754) holds exactly."""
_GROUP_DIGITS = 3

_POINT = "\x00"
"""A decimal sign of no language, for what was written as a fraction; `clean` keeps it out of messages."""
_BLANKS = " '’\u00a0\u2009\u202f"
FIGURES = re.compile(rf"(?<![\w.,])[+-]?(?:\d|[.,](?=\d))(?:[\d.,{_POINT}]|[{_BLANKS}](?=\d))*", re.ASCII)
_GROUPED_BLANKS = re.compile(rf"[+-]?\d{{1,3}}(?:[{_BLANKS}]\d{{3}})+(?:[.,]\d+)?", re.ASCII)
_VULGAR = re.compile(r"(?P<whole>\d+)?\s*(?P<part>[¼½¾⅕⅖⅗⅘⅛⅜⅝⅞])")
_SLASHED = re.compile(r"(?<![\d/.,])(?:(\d+) )?([13])/([24])(?![\d/.,])")
_PRICE_TAIL = re.compile(r"(?<=\d)[.,](?:[-–—]{1,2})(?!\d)")
_MINUS = re.compile(r"(?<!\S)[−–]\s?(?=\d)")
_SIGNS = {"€": " euro ", "%": " prozent percent ", "°": " grad degrees ", "~": " ca ", "≈": " ca ", "×": " x "}


@dataclass(frozen=True, slots=True)
class Separators:
    """How a language writes numbers."""

    decimal: str
    group: str


@cache
def separators(language: str) -> Separators:
    """CLDR's separators of a language tag; those of English for a language CLDR does not know."""
    try:
        symbols = Locale.parse(language.replace("_", "-"), sep="-").number_symbols["latn"]
    except (UnknownLocaleError, ValueError, KeyError):
        base = primary(language)
        return separators(base if base != language else "en") if language != "en" else Separators(".", ",")
    return Separators(symbols["decimal"], symbols["group"])


class Doubtful(Exception):
    """Figures that may mean two numbers, or none; an outcome on its way up."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def number_text(number: Decimal) -> str:
    """A number in plain notation without superfluous zeros."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def plain_figures(text: str) -> str:
    """Digits of any script as 0-9, fractions as decimals, signs as words."""
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
        text = text.replace("٫", _POINT).replace("٬", "")
        text = _VULGAR.sub(lambda match: _fraction(match["whole"], Decimal(unicodedata.numeric(match["part"]))), text)
    text = _SLASHED.sub(lambda match: _fraction(match[1], Decimal(match[2]) / Decimal(match[3])), text)
    text = _MINUS.sub("-", _PRICE_TAIL.sub("", text))
    for sign, word in _SIGNS.items():
        text = text.replace(sign, word)
    return text


def _fraction(whole: str | None, part: Decimal) -> str:
    exact = Decimal((whole or "0")[-NUMBER_DIGITS - 1 :]) + part.quantize(Decimal("0.001"))
    return number_text(exact).replace(".", _POINT)


def figure(text: str, language: str, whole: bool) -> Decimal | None:
    """A number in figures as the language writes it; a sign of the other habit counts where it is clear.

    Raises Doubtful for a whole number like "1,000" where the comma is the decimal sign of the language.
    """
    if _GROUPED_BLANKS.fullmatch(text):
        text = re.sub(f"[{_BLANKS}]", "", text)
    sign, digits = ("-", text[1:]) if text[0] == "-" else ("", text.lstrip("+"))
    if re.fullmatch(rf"[\d.,{_POINT}]+", digits, re.ASCII) is None:
        return None
    plain = _decimal_form(digits, separators(language), whole)
    return None if plain is None else Decimal(sign + plain)


def _decimal_form(digits: str, habit: Separators, whole: bool) -> str | None:
    """Digits with "." as the only sign in them, or None if the signs make no number."""
    if _POINT in digits:
        return digits.replace(_POINT, ".") if sum(map(digits.count, (_POINT, ".", ","))) == 1 else None
    marks = [c for c in digits if c in ".,"]
    if not marks:
        return digits
    last = marks[-1]
    head, _, tail = digits.rpartition(last)
    if len(set(marks)) == 2:
        return _ungrouped(head, "." if last == "," else ",", tail) if marks.count(last) == 1 else None
    if len(marks) > 1:
        return _ungrouped(digits, last, None)
    if len(tail) != _GROUP_DIGITS or head in ("", "0") or len(head) > _GROUP_DIGITS:
        return f"{head or '0'}.{tail}"
    if last == habit.decimal:
        if whole and not tail.strip("0"):
            raise Doubtful(Problem.AMBIGUOUS_NUMBER)
        return f"{head}.{tail}"
    return head + tail


def _ungrouped(digits: str, mark: str, tail: str | None) -> str | None:
    groups = digits.split(mark)
    lengths = [len(group) for group in groups]
    if not 0 < lengths[0] <= _GROUP_DIGITS or lengths[-1] != _GROUP_DIGITS or any(n not in (2, 3) for n in lengths[1:]):
        return None
    return "".join(groups) + (f".{tail}" if tail else "")
