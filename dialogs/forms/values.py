"""Canonical text of each data type, and back: the one form in which a value is stored, compared and submitted.

A value of the primary instance is always text, '' where there is none (ODK XForms, "Data Types",
https://getodk.github.io/xforms-spec/#data-types). `canonical` brings what was given into that form or refuses it.
Not here: how citizens write numbers and dates (`dialogs/reading/`), expressions (`xpath/`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum

from dialogs.forms.questions import QuestionType


class DataType(StrEnum):
    """The `type` of a bind. Selects, ranks and barcodes are text whose choices the control knows."""

    STRING = "string"
    INT = "int"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    DATETIME = "dateTime"
    GEOPOINT = "geopoint"
    GEOTRACE = "geotrace"
    GEOSHAPE = "geoshape"
    BINARY = "binary"

    @property
    def numeric(self) -> bool:
        """Whether the text is a number, so that "5" and "5.0" are the same value."""
        return self in (DataType.INT, DataType.DECIMAL)


INT_MIN, INT_MAX = -(2**31), 2**31 - 1
"""Whole numbers are 32 bits wide, as in every ODK client."""

EPOCH = date(1970, 1, 1)
EPOCH_MIDNIGHT = datetime.fromisoformat("1970-01-01T00:00:00")
SECONDS_PER_DAY = 86_400

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_TIME = re.compile(r"(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}(?::\d{2})?)?", re.ASCII)
_MAX_OFFSET_HOURS = 14


# ---------------------------------------------------------------- numbers


def parse_decimal(text: str) -> float:
    """A number in plain notation. Raises ValueError for anything else, exponents and "nan" included."""
    if _NUMBER.fullmatch(text) is None:
        raise ValueError("not a number")
    return float(text)


def parse_int(text: str) -> int:
    """A whole number of 32 bits; a fraction is cut off (10.1 is 10). Raises ValueError."""
    if _NUMBER.fullmatch(text) is None:
        raise ValueError("not a number")
    whole = int(Decimal(text))
    if not INT_MIN <= whole <= INT_MAX:
        raise ValueError("out of range")
    return whole


def plain(number: float) -> str:
    """A number as XPath writes it: no exponent, no ".0" (XPath 1.0, section 4.2, `string`)."""
    if number.is_integer():
        return str(int(number))
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    text = repr(number)
    return format(Decimal(text), "f") if "e" in text else text


def decimal_text(number: float) -> str:
    """A decimal as it is stored: at least one digit after the point. Raises ValueError for NaN and infinity."""
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    text = plain(number)
    return text if "." in text else text + ".0"


# ---------------------------------------------------------------- dates and times


def parse_date(text: str) -> date:
    """A date, of a date or the beginning of a dateTime. Raises ValueError."""
    head, separator, rest = text.partition("T")
    match = _DATE.fullmatch(head)
    if match is None or (separator and not _is_time(rest)):
        raise ValueError("not a date")
    return date(int(match[1]), int(match[2]), int(match[3]))


def parse_time(text: str) -> time:
    """A time of day with seconds, with its zone if it names one. Raises ValueError."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError("not a time")
    hour, minute, second, fraction, zone = match.groups()
    if zone not in (None, "Z") and int(zone[1:3]) > _MAX_OFFSET_HOURS:
        raise ValueError("no such time zone")
    micro = int(((fraction or "") + "000000")[:6])
    clock = time(int(hour), int(minute), int(second), micro)
    if zone is None:
        return clock
    padded = "+00:00" if zone == "Z" else zone if ":" in zone else zone + ":00"
    return time.fromisoformat(f"00:00:00{padded}").replace(
        hour=clock.hour, minute=clock.minute, second=clock.second, microsecond=micro
    )


def parse_datetime(text: str) -> datetime:
    """A date and a time of day, "T" between them, with the zone if it names one. Raises ValueError."""
    head, separator, rest = text.partition("T")
    if not separator:
        raise ValueError("no time of day")
    return datetime.combine(parse_date(head), parse_time(rest))


def _is_time(text: str) -> bool:
    try:
        parse_time(text)
    except ValueError:
        return False
    return True


def days(moment: date | datetime, zone: tzinfo) -> float:
    """Days since 1970-01-01 by the clock of `zone`, the number behind every date in an expression.

    By that clock, and not by that of Greenwich, because it is the one of days and of moments that name no zone.
    """
    if not isinstance(moment, datetime):
        return float((moment - EPOCH).days)
    wall = moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None)
    return (wall - EPOCH_MIDNIGHT) / timedelta(days=1)


def datetime_text(moment: datetime) -> str:
    """A moment as `now()` writes it: milliseconds and the offset of its zone."""
    return moment.isoformat(timespec="milliseconds")


# ---------------------------------------------------------------- places


MIN_TRACE, MIN_SHAPE = 2, 3
"""Points of a line, and of a shape with its first point repeated at the end."""

MAX_LATITUDE, MAX_LONGITUDE = 90.0, 180.0


def parse_geopoint(text: str) -> tuple[float, ...]:
    """Latitude and longitude in degrees, then altitude and accuracy in metres if given. Raises ValueError."""
    parts = tuple(parse_decimal(part) for part in text.split())
    if not 2 <= len(parts) <= 4:
        raise ValueError("not latitude, longitude, altitude, accuracy")
    if abs(parts[0]) > MAX_LATITUDE or abs(parts[1]) > MAX_LONGITUDE:
        raise ValueError("no such place on earth")
    return parts


def parse_points(text: str) -> tuple[tuple[float, ...], ...]:
    """The points of a trace or shape, separated by semicolons. Raises ValueError."""
    return tuple(parse_geopoint(part) for part in text.split(";") if part.strip())


# ---------------------------------------------------------------- canonical text


def _canonical_date(text: str) -> str:
    return parse_date(text).isoformat()


def _canonical_time(text: str) -> str:
    parse_time(text)
    return text


def _canonical_datetime(text: str) -> str:
    parse_datetime(text)
    return text


def _canonical_geopoint(text: str) -> str:
    return " ".join(map(decimal_text, parse_geopoint(text)))


def _canonical_line(minimum: int) -> Callable[[str], str]:
    def canonical_line(text: str) -> str:
        points = parse_points(text)
        if len(points) < minimum:
            raise ValueError("too few points")
        return ";".join(" ".join(map(decimal_text, point)) for point in points)

    return canonical_line


def _canonical_shape(text: str) -> str:
    shape = _canonical_line(MIN_SHAPE)(text)
    points = shape.split(";")
    if points[0].split()[:2] != points[-1].split()[:2]:
        raise ValueError("the shape is not closed")
    return shape


def _canonical_int(text: str) -> str:
    return str(parse_int(text))


def _canonical_decimal(text: str) -> str:
    return decimal_text(parse_decimal(text))


CANONICAL: dict[str, Callable[[str], str]] = {
    DataType.INT: _canonical_int,
    QuestionType.INTEGER: _canonical_int,
    DataType.DECIMAL: _canonical_decimal,
    QuestionType.RANGE: _canonical_decimal,
    DataType.DATE: _canonical_date,
    DataType.TIME: _canonical_time,
    DataType.DATETIME: _canonical_datetime,
    DataType.GEOPOINT: _canonical_geopoint,
    DataType.GEOTRACE: _canonical_line(MIN_TRACE),
    DataType.GEOSHAPE: _canonical_shape,
}
"""Types whose text has a form of its own; every other type is stored as given."""


def canonical(kind: DataType | QuestionType, text: str) -> str:
    """The stored form of a value; '' stays ''. Raises ValueError if the text is no value of this type."""
    bring = CANONICAL.get(kind)
    if bring is None or not text:
        return text
    return bring(text.strip())
