"""What CLDR knows of a language's calendar: names of months and weekdays, order of a date, 12- or 24-hour clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError

from dialogs.reading.folding import key
from dialogs.reading.vocabulary import families_of_tables, primary

_WIDTHS = ("wide", "abbreviated", "short")
_CONTEXTS = ("format", "stand-alone")
_HOUSE_LANGUAGES = ("de", "en")
"""Languages whose names of months and days are read whatever the language of the conversation is."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Names as `folding.key` makes them."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    """Monday is 0."""
    order: str
    """Order of a date in figures: "dmy", "mdy" or "ymd"."""
    twelve_hours: bool
    """Whether the language's clock has am and pm."""
    day_periods: Mapping[str, str]
    """Words for "am" and "pm"."""


@cache
def calendar(language: str) -> Calendar:
    """The calendar of a language tag; English names and ISO order for a language CLDR does not know."""
    locale = _locale(language)
    months: dict[str, int] = {}
    weekdays: dict[str, int] = {}
    for each in (*map(_locale, _HOUSE_LANGUAGES), locale):
        if each is not None:
            months |= _names(each, "months")
            weekdays |= _names(each, "days")
    months |= families_of_tables("months")
    weekdays |= families_of_tables("weekdays")
    if locale is None:
        return Calendar(months, weekdays, "ymd", False, {})
    pattern = str(locale.date_formats["short"].pattern).lower()
    order = "".join(dict.fromkeys(letter for letter in pattern if letter in "dmy"))
    clock = str(locale.time_formats["short"].pattern)
    periods = {key(name): period for period, name in _periods(locale).items() if period in ("am", "pm")}
    return Calendar(months, weekdays, order if len(order) == 3 else "ymd", "h" in clock, periods)


def _periods(locale: Locale) -> Mapping[str, str]:
    return dict(locale.day_periods.get("format", {}).get("abbreviated", {}))


def _names(locale: Locale, kind: str) -> dict[str, int]:
    table = getattr(locale, kind)
    return {
        key(name): number
        for context in _CONTEXTS
        for width in _WIDTHS
        for number, name in table.get(context, {}).get(width, {}).items()
        if key(name)
    }


def _locale(language: str) -> Locale | None:
    for tag in (language, primary(language)):
        try:
            return Locale.parse(tag.replace("_", "-"), sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return None
