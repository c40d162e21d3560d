"""Dates as people write them: "3.5.", "3rd of May", "übermorgen", "vor zwei Wochen", "letzten Montag".

Rules where people leave something out: a year that is missing is the one that brings the date nearest to today (a
tie goes to the future); a year of two digits lies between 80 years ago and 20 years ahead; "next Friday" is the first
Friday after today. A weekday alone is not guessed, nor one that contradicts the date beside it.
Not here: times of day (`times.py`).
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date

from dialogs.reading.calendars import Calendar, calendar
from dialogs.reading.folding import distance, key
from dialogs.reading.outcomes import Problem, Reading, Taken, Unread
from dialogs.reading.relative import NoDate, neighbour, relative
from dialogs.reading.vocabulary import Vocabulary, vocabulary

CENTURY_BACK, CENTURY_AHEAD = 80, 20
"""Years around today within which a year of two digits lies."""
_LEAP_REACH = 8  # years in which a 29 February is sure to be found
_LONGEST_DATE = 12  # words
_MONTH_LETTERS = 5  # letters of a month's name from which on a slip is forgiven
_SMALL_WORD = 3  # letters of words like "de" that join a date in languages without a table

_FIGURES = re.compile(
    r"(?<![\d.:/])(?P<a>\d{1,4})\s?(?P<s>[./-])\s?(?P<b>\d{1,2})"
    r"(?:(?:\s?(?P=s)\s?|\s)(?P<c>'?\d{4}|'?\d{1,2})|\s?(?P=s))?(?![\d:])(?!\s?[./-]\s?\d)",
    re.ASCII,
)
_MONTH_FIGURES = re.compile(
    r"(?:(?P<m>\d{1,2})\s?[./-]\s?(?P<y>\d{4})|(?P<y2>\d{4})\s?[./-]\s?(?P<m2>\d{1,2}))", re.ASCII
)
_ORDINAL_ENDING = re.compile(r"(\d{1,2})(?:st|nd|rd|th|ten|te|ter|er|e|a|o)")
_EAST_ASIAN = re.compile("[年月년월]\\s*")


def read_date(appearance: frozenset[str], text: str, language: str, today: date) -> Reading:
    """Read a date question; with the appearances "month-year" and "year" the first day of what is asked."""
    try:
        if "year" in appearance:
            return Taken(_year(text, language, today).isoformat())
        if "month-year" in appearance:
            return Taken(_month(text, language, today).isoformat())
    except NoDate as no:
        return Unread(no.problem)
    found = day(text, language, today)
    return Taken(found.isoformat()) if isinstance(found, date) else Unread(found)


def day(text: str, language: str, today: date) -> date | Problem:
    """The day that is meant, or why there is none."""
    try:
        return _day(text, language, today)
    except NoDate as no:
        return no.problem
    except OverflowError:
        return Problem.NO_SUCH_DATE


def _day(text: str, language: str, today: date) -> date:
    words, names = vocabulary(language), calendar(language)
    text = _latin_digits(text)
    match = _FIGURES.search(text)
    if match is not None:
        found = _in_figures(match, names, today)
        said = key(text[: match.start()] + " " + text[match.end() :]).split()
        return _checked(found, said, words, names)
    said = key(_ORDINAL_ENDING.sub(r"\1", text.casefold())).split()
    if not 0 < len(said) <= _LONGEST_DATE:
        raise NoDate
    return relative(said, words, names, today) or _named(said, words, names, language, today)


def _latin_digits(text: str) -> str:
    text = "".join(str(int(c)) if c.isdecimal() else c for c in text)
    return _EAST_ASIAN.sub("/", text).replace("日", " ").replace("일", " ").replace("/ ", "/")


# ---------------------------------------------------------------- in figures


def _in_figures(match: re.Match[str], names: Calendar, today: date) -> date:
    first, second, third = match["a"], int(match["b"]), (match["c"] or "").lstrip("'")
    if len(first) == 4:
        if not third:
            raise NoDate
        if len(third) > 2:
            raise NoDate(Problem.NO_SUCH_DATE)
        return _date(int(first), second, int(third))
    if len(first) == 3 or len(third) == 1:
        raise NoDate(Problem.NO_SUCH_DATE)
    number, month = _ordered(int(first), second, match["s"], names.order, bool(third))
    return _date(_full_year(third, today), month, number) if third else _nearest(month, number, today)


def _ordered(first: int, second: int, sign: str, order: str, whole: bool) -> tuple[int, int]:
    """Day and month of two figures as the language orders them; a month above 12 tells the other order."""
    if sign == "." or order == "dmy":
        number, month = first, second
    elif order == "mdy" or not whole:
        number, month = second, first
    elif first <= 12 and second <= 12 and first != second:
        raise NoDate(Problem.AMBIGUOUS_DATE)
    else:
        number, month = first, second
    if month > 12 >= number and sign != ".":
        return month, number
    return number, month


def _full_year(figures: str, today: date) -> int:
    year = int(figures)
    if len(figures) > 2:
        return year
    year += today.year // 100 * 100
    if year > today.year + CENTURY_AHEAD:
        return year - 100
    return year + 100 if year <= today.year - CENTURY_BACK else year


def _date(year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except ValueError:
        raise NoDate(Problem.NO_SUCH_DATE) from None


def _nearest(month: int, number: int, today: date) -> date:
    """The date of this day and month that is nearest to today."""
    years = range(max(MINYEAR, today.year - _LEAP_REACH), min(MAXYEAR, today.year + _LEAP_REACH) + 1)
    if not 1 <= month <= 12 or number < 1:
        raise NoDate(Problem.NO_SUCH_DATE)
    found = [date(year, month, number) for year in years if number <= monthrange(year, month)[1]]
    if not found:
        raise NoDate(Problem.NO_SUCH_DATE)
    return min(found, key=lambda each: (abs(each - today), each < today))


def _checked(found: date, said: list[str], words: Vocabulary, names: Calendar) -> date:
    """The date, if the words around it are a fitting weekday and words without weight."""
    for word in said:
        if names.weekdays.get(word, found.weekday()) != found.weekday():
            raise NoDate(Problem.AMBIGUOUS_DATE)
        if word not in names.weekdays and word not in words.date_fillers:
            raise NoDate
    return found


# ---------------------------------------------------------------- with a month's name


def _named(said: list[str], words: Vocabulary, names: Calendar, language: str, today: date) -> date:
    said = _ordinals_as_figures(said, words)
    months = [month for word in said if (month := _month_named(word, words, names)) is not None]
    figures = [word for word in said if word.isascii() and word.isdigit()]
    if len(months) != 1 or not 0 < len(figures) <= 2:
        raise NoDate
    others = [w for w in said if w not in figures and _month_named(w, words, names) is None]
    if not words.date_fillers:  # a language without a table
        others = [word for word in others if len(word) > _SMALL_WORD]
    number, year = figures[0], figures[1] if len(figures) == 2 else ""
    if len(number) == 4:
        number, year = year, number
    if not 1 <= len(number) <= 2 or len(year) not in (0, 2, 4):
        raise NoDate
    found = _date(_full_year(year, today), months[0], int(number)) if year else _nearest(months[0], int(number), today)
    return _checked(found, others, words, names)


def _ordinals_as_figures(said: list[str], words: Vocabulary) -> list[str]:
    out: list[str] = []
    at = 0
    while at < len(said):
        for length in (2, 1):
            number = words.ordinals.get(" ".join(said[at : at + length]))
            if number is not None:
                out.append(str(number))
                break
        else:
            length = 1
            out.append(said[at])
        at += length
    return out


def _month_named(word: str, words: Vocabulary, names: Calendar) -> int | None:
    if word in names.months or len(word) < _MONTH_LETTERS or word in names.weekdays:
        return None if word in words.date_fillers else names.months.get(word)
    near = {
        month for name, month in names.months.items() if len(name) >= _MONTH_LETTERS and distance(word, name, 1) <= 1
    }
    return near.pop() if len(near) == 1 else None


# ---------------------------------------------------------------- months and years


def _month(text: str, language: str, today: date) -> date:
    words, names = vocabulary(language), calendar(language)
    text = _latin_digits(text)
    if match := _MONTH_FIGURES.fullmatch(text.strip(" .")):
        return _date(int(match["y"] or match["y2"]), int(match["m"] or match["m2"]), 1)
    said = [word for word in key(text).split() if word not in words.date_fillers]
    months = [month for word in said if (month := _month_named(word, words, names)) is not None]
    years = [word for word in said if word.isascii() and word.isdigit()]
    if len(months) == 1 and len(said) == 1:
        return _nearest(months[0], 1, today.replace(day=1))
    if len(months) == 1 and len(said) == 2 and years and len(years[0]) in (2, 4):
        return _date(_full_year(years[0], today), months[0], 1)
    if (moved := neighbour(said, words, today, "month", 1)) is not None:
        return moved.replace(day=1)
    return _day(text, language, today).replace(day=1)


def _year(text: str, language: str, today: date) -> date:
    words = vocabulary(language)
    said = [word for word in key(_latin_digits(text)).split() if word not in words.date_fillers]
    if len(said) == 1 and said[0].isascii() and said[0].isdigit() and len(said[0]) in (2, 4):
        return _date(_full_year(said[0], today), 1, 1)
    if (moved := neighbour(said, words, today, "month", 12)) is not None:
        return moved.replace(month=1, day=1)
    return _month(text, language, today).replace(month=1)
