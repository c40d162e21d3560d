"""Numbers as people write them: "1.000", "anderthalb", "ca. 12 Minuten", "½", "٣".

A message is a number only if everything else in it is known to leave the number as it is; "mehr als 12" and
"zwischen 5 und 10" are none. Not here: figures (`figures.py`), words for numbers (`numerals.py`), numbers of choices.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

from dialogs.forms.questions import Bounds, Question, QuestionType
from dialogs.forms.values import INT_MAX, INT_MIN
from dialogs.reading.calendars import calendar
from dialogs.reading.figures import FIGURES, NUMBER_DIGITS, Doubtful, figure, number_text, plain_figures
from dialogs.reading.folding import key
from dialogs.reading.numerals import spelled
from dialogs.reading.outcomes import Problem, Reading, Taken, Unread
from dialogs.reading.vocabulary import Phrases, Unit, Vocabulary, vocabulary

MEASURES = frozenset(("time", "month", "length", "money", "mass", "area"))
"""Dimensions of which one is no answer to a question for another."""
_UNKNOWN_WORDS = 2  # words after a number that need not be known ("12 Rufbusse")
_LONGEST_PHRASE = 5  # words
_LONGEST_SENTENCE = 12  # words around and in a number spelled out

_OR_MORE = re.compile(r"\d\s*\+\s*\Z")
_UNIT_AT_ONCE = re.compile(r"[^\W\d_]+")


def read_number(question: Question, text: str, language: str) -> Reading:
    """Read an integer, decimal or range question; the value has "." as its decimal sign and no exponent.

    A number outside of the question's bounds is OUT_OF_RANGE; bounds count as allowed.
    """
    whole = _is_whole(question)
    try:
        number = _number(text, language, f"{question.label} {question.hint}", whole)
    except Doubtful as doubtful:
        return Unread(doubtful.problem)
    if number is None:
        return Unread(Problem.NOT_A_NUMBER)
    if len(number.as_tuple().digits) > NUMBER_DIGITS or abs(number) >= Decimal(10) ** NUMBER_DIGITS:
        return Unread(Problem.OUT_OF_RANGE)
    if whole and number != number.to_integral_value():
        return Unread(Problem.NOT_WHOLE)
    if whole and not INT_MIN <= number <= INT_MAX:
        return Unread(Problem.OUT_OF_RANGE)
    return _within(question, number)


def _is_whole(question: Question) -> bool:
    if question.type is QuestionType.RANGE:
        bounds = (question.bounds.start, question.bounds.end, question.bounds.step)
        return all(_bound(each) is None or _bound(each) == int(_bound(each) or 0) for each in bounds)
    return question.type is QuestionType.INTEGER


def _bound(text: str | None) -> Decimal | None:
    if text is None or re.fullmatch(r"[+-]?\d{1,30}(\.\d{1,30})?", text.strip(), re.ASCII) is None:
        return None
    return Decimal(text.strip())


def _within(question: Question, number: Decimal) -> Reading:
    bounds: Bounds = question.bounds
    start, end, step = map(_bound, (bounds.start, bounds.end, bounds.step))
    low, high = (end, start) if start is not None and end is not None and start > end else (start, end)
    if (low is not None and number < low) or (high is not None and number > high):
        return Unread(Problem.OUT_OF_RANGE)
    if step and start is not None and (number - start) % step != 0:
        return Unread(Problem.OFF_STEP)
    return Taken(number_text(number))


# ---------------------------------------------------------------- a message


def _number(text: str, language: str, asked: str, whole: bool) -> Decimal | None:
    words = vocabulary(language)
    if any(character in text for character in "?<>=") or _OR_MORE.search(text):
        return None
    text = plain_figures(text)
    match = FIGURES.search(text)
    if match is None:
        return _in_words(key(text).split(), words, asked)
    before, after = text[: match.start()], text[match.end() :]
    glued = _UNIT_AT_ONCE.match(after)
    if any(c.isdecimal() for c in before + after) or (glued and not _may_follow(key(glued[0]), words)):
        return None
    said = key(after).split()
    if any(word in calendar(language).months for word in said):
        return None  # "12. Mai"
    number = figure(match[0].strip().rstrip(".,"), language, whole)
    return None if number is None else _framed(number, key(before).split(), said, words, asked)


def _may_follow(word: str, words: Vocabulary) -> bool:
    return word in words.units or words.numerals.get(word, ("", 0))[0] in ("K", "M")


# ---------------------------------------------------------------- what stands around a number


def _framed(number: Decimal, before: list[str], after: list[str], words: Vocabulary, asked: str) -> Decimal | None:
    """The number, if what stands around it leaves it as it is, times what its unit makes of it."""
    if before and before[-1] in words.minus:
        before, number = before[:-1], -number
    if _without(before, words.hedges):
        return None
    number, after = _multiplied(number, after, words)
    unit = words.units.get(after[0]) if after else None
    rest = _without(after[1:] if unit else after, words.hedges)
    if len(rest) > _UNKNOWN_WORDS or not words.unlike.isdisjoint(rest) or any(map(str.isdigit, rest)):
        return None
    wanted = [words.units[word] for word in key(asked).split() if word in words.units and len(word) > 1]
    if unit is not None and _asks_for_another(unit, key(asked).split(), words):
        return None
    if any(words.units[word] not in wanted for word in rest if word in words.units):
        return None  # "3 mal am Tag" to "Wie oft in der Woche?"
    return _converted(number, unit, wanted)


def _asks_for_another(unit: Unit, asked: list[str], words: Vocabulary) -> bool:
    """Whether the question counts something else ("Wie viele Minuten …?" answered with euros)."""
    counted = [words.units[b] for a, b in pairwise(asked) if a in words.counting and b in words.units]
    return unit.dimension in MEASURES and bool(counted) and all(each.dimension != unit.dimension for each in counted)


def _multiplied(number: Decimal, after: list[str], words: Vocabulary) -> tuple[Decimal, list[str]]:
    said = " ".join(after)
    for ending in words.and_a_half:
        phrase = ending.strip()
        if said == phrase or said.startswith(phrase + " "):
            return number + Decimal("0.5"), said[len(phrase) :].split()
    if after and after[0] in words.numerals and words.numerals[after[0]][0] in ("K", "M"):
        return number * words.numerals[after[0]][1], after[1:]
    return number, after


def _converted(number: Decimal, unit: Unit | None, wanted: list[Unit]) -> Decimal | None:
    """An hour is 60 where minutes are asked, and no number where it is unclear what is asked."""
    alike = {each for each in wanted if unit is not None and each.dimension == unit.dimension}
    if unit is None or not alike or unit in alike:
        return number
    if len(alike) > 1:
        return None
    size = alike.pop().size
    converted = (number * unit.size / size).normalize()
    return converted if converted * size == number * unit.size else None


def _without(said: list[str], known: Phrases) -> list[str]:
    """The words that are no part of a known phrase."""
    left, at = [], 0
    while at < len(said):
        for length in range(min(_LONGEST_PHRASE, len(said) - at), 0, -1):
            if " ".join(said[at : at + length]) in known:
                at += length
                break
        else:
            left.append(said[at])
            at += 1
    return left


# ---------------------------------------------------------------- numbers in words


def _in_words(said: list[str], words: Vocabulary, asked: str) -> Decimal | None:
    if not 0 < len(said) <= _LONGEST_SENTENCE:
        return None
    if _is_nothing(said, words, asked):
        return Decimal(0)
    for length in range(len(said), 0, -1):
        for start in range(len(said) - length + 1):
            number = expression(said[start : start + length], words)
            if number is None:
                continue
            before, after = said[:start], said[start + length :]
            article = length == 1 and said[start] in words.articles
            if article and after and after[0] not in words.units and after[0] not in key(asked).split():
                continue  # "eine Menge", "a lot"
            if any(word in words.numerals and word not in words.articles for word in before + after):
                return None
            return _framed(number, before, after, words, asked)
    return None


def _is_nothing(said: list[str], words: Vocabulary, asked: str) -> bool:
    rest = _without(said, words.hedges)
    if " ".join(said) in words.nothing or (rest and " ".join(rest) in words.nothing):
        return True
    head, last = said[:-1], said[-1]
    return " ".join(head) in words.nothing_of and (last in words.units or last in key(asked).split())


def expression(said: list[str], words: Vocabulary) -> Decimal | None:
    """The number that these folded words are, all of them ("zweieinhalb", "half a dozen", "dreimal")."""
    text = " ".join(said)
    if text in words.fractions:
        return words.fractions[text]
    for ending in words.and_a_half:
        if text.endswith(ending) and (whole := spelled(text.removesuffix(ending).split(), words)) is not None:
            return whole + Decimal("0.5")
    if words.times_ending and len(said) == 1 and text.endswith(words.times_ending):
        text = text.removesuffix(words.times_ending)
    found = spelled(text.split(), words)
    return None if found is None else Decimal(found)
