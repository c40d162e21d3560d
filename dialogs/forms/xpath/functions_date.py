"""Functions on dates and times (ODK XForms, "Date and Time Functions").

A date is text in canonical form (`values.py`); where a number is asked for it counts the days since 1970-01-01.
The clock is an argument of the instance: `today()` and `now()` are the moment it was given, in its zone.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, tzinfo

from dialogs.forms.values import EPOCH, SECONDS_PER_DAY, datetime_text, parse_date, parse_datetime, parse_time
from dialogs.forms.xpath.coercion import NAN, Compiled, Kind, as_text, number_of_text, zone_of
from dialogs.forms.xpath.compile import Compiler
from dialogs.forms.xpath.registry import function, scoped, special
from dialogs.forms.xpath.scope import Scope
from dialogs.forms.xpath.syntax import Expression

MAX_DAYS = 2_900_000
"""Days from 1970 to the last year that a date can have."""


@special("today", 0, 0)
def today(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    compiler.facts.volatile = True
    return Compiled(Kind.STRING, lambda scope: scope.world.now.date().isoformat())


@special("now", 0, 0)
def now(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    compiler.facts.volatile = True
    return Compiled(Kind.STRING, lambda scope: datetime_text(scope.world.now))


@special("date", 1, 1)
def date_(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    """ODK: a number of days or a text as a date; a text with a time of day keeps it."""
    argument = compiler.compile(arguments[0])
    text = as_text(argument)
    return Compiled(Kind.STRING, lambda scope: as_date(scope, text(scope)))


@special("date-time", 1, 1)
def date_time(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    return date_(compiler, arguments)


def as_date(scope: Scope, text: str) -> str:
    """The canonical date or dateTime of a number or text, '' if it is neither."""
    moment = moment_of(scope, text)
    if moment is None:
        return ""
    return datetime_text(moment) if isinstance(moment, datetime) else moment.isoformat()


def moment_of(scope: Scope, text: str) -> date | datetime | None:
    """What a text means as a moment in the zone of the instance; None if it means none."""
    zone = zone_of(scope)
    try:
        if "T" in text:
            moment = parse_datetime(text)
            return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
        if "-" in text[1:]:
            return parse_date(text)
    except (ValueError, OverflowError):
        return None
    number = number_of_text(text)
    if math.isnan(number) or abs(number) > MAX_DAYS:
        return None
    return _moment_of_days(number, zone)


def _moment_of_days(number: float, zone: tzinfo) -> date | datetime | None:
    try:
        if number.is_integer():
            return EPOCH + timedelta(days=number)
        return datetime(1970, 1, 1, tzinfo=zone) + timedelta(seconds=round(number * SECONDS_PER_DAY, 3))
    except OverflowError:
        return None


@function("decimal-date-time", "number", Kind.NUMBER)
def decimal_date_time(number: float) -> float:
    """ODK: days since 1970-01-01T00:00, with the time of day as a fraction."""
    return number


@function("decimal-date", "number", Kind.NUMBER)
def decimal_date(number: float) -> float:
    return float(math.floor(number)) if number == number else NAN


@function("decimal-time", "string", Kind.NUMBER)
def decimal_time(text: str) -> float:
    """ODK: the time of day as a fraction of a day."""
    try:
        clock = parse_datetime(text).timetz() if "T" in text else parse_time(text)
    except ValueError:
        return NAN
    return (clock.hour * 3600 + clock.minute * 60 + clock.second + clock.microsecond / 1e6) / SECONDS_PER_DAY


# ---------------------------------------------------------------- formats


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@scoped("format-date", "string string", Kind.STRING)
def format_date(scope: Scope, text: str, pattern: str) -> str:
    return _formatted(scope, text, pattern)


@scoped("format-date-time", "string string", Kind.STRING)
def format_date_time(scope: Scope, text: str, pattern: str) -> str:
    return _formatted(scope, text, pattern)


def _formatted(scope: Scope, text: str, pattern: str) -> str:
    """A moment by the escapes of ODK's format-date-time; an escape that is none is left as it stands."""
    moment = moment_of(scope, text) if text else None
    if moment is None:
        return ""
    at = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    written: list[str] = []
    letters = iter(pattern)
    written.extend(_escape(at, next(letters, "")) if letter == "%" else letter for letter in letters)
    return "".join(written)


def _escape(at: datetime, letter: str) -> str:
    match letter:
        case "Y":
            return f"{at.year:04}"
        case "y":
            return f"{at.year % 100:02}"
        case "m":
            return f"{at.month:02}"
        case "n":
            return str(at.month)
        case "b":
            return MONTHS[at.month - 1]
        case "d":
            return f"{at.day:02}"
        case "e":
            return str(at.day)
        case "H":
            return f"{at.hour:02}"
        case "h":
            return str(at.hour)
        case "M":
            return f"{at.minute:02}"
        case "S":
            return f"{at.second:02}"
        case "3":
            return f"{at.microsecond // 1000:03}"
        case "a":
            return WEEKDAYS[at.weekday()]
        case "%":
            return "%"
        case _:
            return "%" + letter
