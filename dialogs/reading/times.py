"""Times of day as people say and write them: "14 Uhr", "halb drei", "half past two", "2 pm", "morgen um 9".

What is written for the 24-hour clock ("14:30", "3 Uhr") is taken at its word. What is said for the 12-hour clock
without a part of the day ("halb drei", "3 o'clock", "um 3") means the hour between 7 in the morning and 7 in the
evening. Values have no zone: the town's clock is meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time

from dialogs.reading.calendars import calendar
from dialogs.reading.dates import day
from dialogs.reading.folding import key
from dialogs.reading.numerals import spelled
from dialogs.reading.outcomes import Problem, Reading, Taken, Unread
from dialogs.reading.vocabulary import Daylight, Phrases, Vocabulary, vocabulary

WAKING = Daylight(7)
"""The half of the day that a spoken hour without a part of the day belongs to."""
_LONGEST_TIME = 9  # words
_LONGEST_MOMENT = 16  # words
_DAY_MINUTES = 24 * 60
_HALF_DAY = 12

_WRITTEN = re.compile(r"(?<![\d.:/])(\d{1,2})\s?[:.h]\s?(\d{2})(?:[:.](\d{2})(?:\.\d+)?)?(?![\d.:/])", re.ASCII)
_GLUED = re.compile(r"(?<=\d)(?=[^\W\d_])")  # "2pm"
_ISO_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time of day. `marked`: it says that it is one, rather than a number alone."""

    minute: int
    second: int = 0
    marked: bool = True

    @property
    def text(self) -> str:
        return f"{self.minute // 60:02}:{self.minute % 60:02}:{self.second:02}.000"


def read_time(text: str, language: str, now: time | None) -> Reading:
    """Read a time question; the value is "14:30:00.000"."""
    found = _clock(text, language, now)
    return Unread(Problem.NOT_A_TIME) if found is None else Taken(found.text)


def read_moment(text: str, language: str, today: date, now: time | None) -> Reading:
    """Read a dateTime question: a day and a time in either order; the value is "2026-05-03T14:30:00.000"."""
    if match := _ISO_MOMENT.fullmatch(text):
        found = day(match[1], language, today)
        clock = _of_hour(int(match[2]), int(match[3]), int(match[4] or 0))
        return _moment(found, clock)
    words = vocabulary(language)
    if key(text) in words.now and now is not None:
        return _moment(today, _of_hour(now.hour, now.minute, now.second))
    parts = text.replace(",", " ").split()
    if len(parts) > _LONGEST_MOMENT:
        return Unread(Problem.NOT_A_DATE)
    return _split_moment(parts, language, today)


def _split_moment(parts: list[str], language: str, today: date) -> Reading:
    """The first place where a day ends and a time begins, or else the other way round."""
    problem = Problem.NOT_A_DATE
    for day_first in (True, False):
        for at in range(1, len(parts)):
            head, tail = " ".join(parts[:at]), " ".join(parts[at:])
            said_day, said_time = (head, tail) if day_first else (tail, head)
            clock = _clock(said_time, language, None)
            if clock is None or not clock.marked:
                continue
            found = day(said_day, language, today)
            if isinstance(found, date):
                return _moment(found, clock)
            if found is not Problem.NOT_A_DATE:
                problem = found
    if isinstance(day(" ".join(parts), language, today), date):
        problem = Problem.NOT_A_TIME
    return Unread(problem)


def _moment(found: date | Problem, clock: _Clock | None) -> Reading:
    if not isinstance(found, date):
        return Unread(found)
    return Unread(Problem.NOT_A_TIME) if clock is None else Taken(f"{found.isoformat()}T{clock.text}")


# ---------------------------------------------------------------- a time of day


def _clock(text: str, language: str, now: time | None) -> _Clock | None:
    words, names = vocabulary(language), calendar(language)
    text = "".join(str(int(c)) if c.isdecimal() else c for c in text)
    if text.lstrip().startswith(("-", "−")):
        return None
    match = _WRITTEN.search(text)
    if match is None:
        return _spoken(key(_GLUED.sub(" ", text)).split(), words, names.day_periods, now)
    hour, minute, second = match[1], int(match[2]), int(match[3] or 0)
    said = key(text[: match.start()]).split() + key(text[match.end() :]).split()
    part, said = _part_of_day(said, words, names.day_periods)
    if any(w not in words.oclock and w not in words.oclock_spoken and w not in words.time_fillers for w in said):
        return None
    if part is None and names.twelve_hours and len(hour) == 1:
        part = WAKING
    return _of_hour(_in_part(int(hour), part), minute, second)


def _of_hour(hour: int, minute: int, second: int = 0, marked: bool = True) -> _Clock | None:
    if (hour, minute, second) == (24, 0, 0):
        hour = 0
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        return None
    return _Clock(hour * 60 + minute, second, marked)


def _in_part(hour: int, part: Daylight | None) -> int:
    """An hour of the 12-hour clock in a part of the day; of the 24-hour clock as it is."""
    if part is None or not 1 <= hour <= _HALF_DAY:
        return hour
    hour %= _HALF_DAY
    while hour < part.start:
        hour += _HALF_DAY
    return hour % 24


def _part_of_day(said: list[str], words: Vocabulary, periods: object) -> tuple[Daylight | None, list[str]]:
    """The part of the day that the words name, and the words without it."""
    known = dict(words.daylight)
    if isinstance(periods, dict):
        known |= {name: Daylight(0 if period == "am" else _HALF_DAY) for name, period in periods.items()}
    for length in range(min(4, len(said)), 0, -1):
        for start in range(len(said) - length + 1):
            part = known.get(" ".join(said[start : start + length]))
            if part is not None:
                return part, said[:start] + said[start + length :]
    return None, said


def _spoken(said: list[str], words: Vocabulary, periods: object, now: time | None) -> _Clock | None:
    if not 0 < len(said) <= _LONGEST_TIME:
        return None
    marked = said[0] in words.time_fillers
    while len(said) > 1 and said[0] in words.time_fillers:
        said = said[1:]
    whole = " ".join(said)
    if whole in words.clock_names:
        return _Clock(words.clock_names[whole])
    if whole in words.now and now is not None:
        return _of_hour(now.hour, now.minute, now.second)
    part, rest = _part_of_day(said, words, periods)
    while len(rest) > 1 and rest[0] in words.time_fillers:
        rest, marked = rest[1:], True
    return _whole_hour(rest, words, part, marked) or _around_the_hour(rest, words, part)


def _number(word: str, words: Vocabulary) -> int | None:
    if word.isascii() and word.isdigit() and len(word) <= 2:
        return int(word)
    return spelled([word], words)


def _whole_hour(said: list[str], words: Vocabulary, part: Daylight | None, marked: bool) -> _Clock | None:
    """A whole hour and what follows it: "14 Uhr 30", "3 o'clock", "9"."""
    if len(said) == 1 and said[0].isascii() and said[0].isdigit() and len(said[0]) == 4:
        return _of_hour(int(said[0][:2]), int(said[0][2:]), marked=marked or part is not None)
    hour = _number(said[0], words) if said else None
    if hour is None:
        return None
    tail = _phrase(said, 1, words.oclock)
    spoken = _phrase(said, 1, words.oclock_spoken)
    at = 1 + max(tail, spoken)
    minute = 0
    if at < len(said):
        number = _number(said[at], words)
        if number is None or len(said) > at + 1 + (said[-1] in words.minutes):
            return None
        minute = number
    written = (tail or at < len(said)) and said[0].isdigit()
    return _of_hour(
        _in_part(hour, part or (None if written else WAKING)),
        minute,
        marked=bool(marked or part or tail or spoken),
    )


def _around_the_hour(said: list[str], words: Vocabulary, part: Daylight | None) -> _Clock | None:
    """A time told from the hour: "halb drei", "viertel vor vier", "ten past two", "fünf vor halb acht"."""
    hour = _number(said[-1], words) if said else None
    if hour is None and len(said) > 1 and (said[-1] in words.oclock or said[-1] in words.oclock_spoken):
        said = said[:-1]
        hour = _number(said[-1], words)
    if hour is None or not 0 < hour <= 24:
        return None
    offset = _offset(said[:-1], words)
    if offset is None:
        return None
    base = 60 * (_in_part(hour, None) % _HALF_DAY or _HALF_DAY) if hour <= _HALF_DAY else 60 * hour
    minute = base + offset
    if hour <= _HALF_DAY:
        first = (part or WAKING).start * 60
        minute %= _HALF_DAY * 60
        while minute < first:
            minute += _HALF_DAY * 60
    return _Clock(minute % _DAY_MINUTES)


def _offset(said: list[str], words: Vocabulary) -> int | None:
    """Minutes from the hour ("viertel vor" -> -15, "halb" -> -30, "half past" -> 30, "viertel" -> -45)."""
    text = " ".join(said)
    if text in words.half_to:
        return -30
    if text in words.half_past:
        return 30
    if text in words.towards:
        return words.towards[text]
    if said and said[-1] in words.half_to and (around := _offset(said[:-1], words)) is not None:
        return around - 30
    if not said or (said[-1] not in words.past and said[-1] not in words.before):
        return None
    sign = 1 if said[-1] in words.past else -1
    minutes = " ".join(word for word in said[:-1] if word not in words.minutes)
    number = (
        15
        if minutes in words.quarter
        else spelled(minutes.split(), words)
        if not minutes.isdigit()
        else int(minutes[:3])
    )
    return sign * number if number is not None and 0 < number < 60 else None


def _phrase(said: list[str], at: int, group: Phrases) -> int:
    return next((n for n in (2, 1) if len(said) >= at + n and " ".join(said[at : at + n]) in group), 0)
