"""Dates told from today: "übermorgen", "vor zwei Wochen", "next Friday", "letztes Jahr".

"Next Friday" is the first Friday after today, "this Friday" that of the week (Monday to Sunday) of today.
Not here: dates by day and month (`dates.py`).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date, timedelta
from decimal import Decimal

from dialogs.reading.calendars import Calendar
from dialogs.reading.numbers import expression
from dialogs.reading.outcomes import Problem
from dialogs.reading.vocabulary import Vocabulary

_MAX_SPANS = 100_000  # days, weeks …: enough for every date there is


class NoDate(Exception):
    """It is no date, and why; an outcome on its way up."""

    def __init__(self, problem: Problem = Problem.NOT_A_DATE) -> None:
        super().__init__(problem)
        self.problem = problem


def relative(said: list[str], words: Vocabulary, names: Calendar, today: date) -> date | None:
    bare = _stripped(said, words.date_fillers)
    for each in (said, bare):
        if " ".join(each) in words.days:
            return today + timedelta(days=words.days[" ".join(each)])
        if (found := _by_spans(each, words, today)) is not None:
            return found
    for length in range(1, len(bare)):  # "heute in drei Wochen"
        offset = words.days.get(" ".join(bare[:length]))
        if offset is not None and (found := _by_spans(bare[length:], words, today + timedelta(days=offset))):
            return found
    weekday = names.weekdays.get(bare[-1]) if bare else None
    if weekday is None:
        return None
    if len(bare) == 1:
        raise NoDate(Problem.AMBIGUOUS_DATE)
    return _weekday(" ".join(bare[:-1]), weekday, words, today)


def _weekday(which: str, weekday: int, words: Vocabulary, today: date) -> date | None:
    if which in words.last:
        return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    if which in words.following:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    if which in words.present:
        return today + timedelta(days=weekday - today.weekday())
    if which in words.days and (today + timedelta(days=words.days[which])).weekday() == weekday:
        return today + timedelta(days=words.days[which])
    return None


def _by_spans(said: list[str], words: Vocabulary, today: date) -> date | None:
    """The day that "vor zwei Wochen", "in 3 days", "a month ago" mean."""
    for before, after, sign in (
        (words.ago_before, None, -1),
        (words.ahead_before, None, 1),
        (None, words.ago_after, -1),
        (None, words.ahead_after, 1),
    ):
        rest = list(said)
        if before is not None:
            if not rest or rest.pop(0) not in before:
                continue
        elif after is not None:
            tail = next((n for n in (1, 2) if " ".join(rest[-n:]) in after), 0)
            if not tail:
                continue
            rest = rest[:-tail]
        if (found := _span(rest, words, today, sign)) is not None:
            return found
    return None


def _span(said: list[str], words: Vocabulary, today: date, sign: int) -> date | None:
    if len(said) < 2 or said[-1] not in words.spans:
        return None
    said, (kind, size) = said[:-1], words.spans[said[-1]]
    text = " ".join(said)
    amount = Decimal(text) if text.isascii() and text.isdigit() and len(text) < 7 else expression(said, words)
    if amount is None or amount * size != int(amount * size) or amount > _MAX_SPANS:
        return None
    count = sign * int(amount * size)
    return today + timedelta(days=count) if kind == "day" else _months_on(today, count)


def _months_on(today: date, count: int) -> date:
    """The same day `count` months later, or the last day of that month."""
    year, month = divmod(today.year * 12 + today.month - 1 + count, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise NoDate(Problem.NO_SUCH_DATE)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def _stripped(said: list[str], fillers: frozenset[str]) -> list[str]:
    start = 0
    while start < len(said) - 1 and said[start] in fillers:
        start += 1
    return said[start:]


def neighbour(said: list[str], words: Vocabulary, today: date, kind: str, size: int) -> date | None:
    """A day in what "letztes Jahr", "next month" mean."""
    if len(said) != 2 or words.spans.get(said[1]) != (kind, size):
        return None
    steps: tuple[tuple[frozenset[str], int], ...] = ((words.last, -1), (words.present, 0), (words.following, 1))
    return next((_months_on(today, step * size) for group, step in steps if said[0] in group), None)
