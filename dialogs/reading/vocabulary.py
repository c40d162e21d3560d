"""The shape of a language's word table, and the table of a language.

Words are data: one file per language (`german.py`, `english.py`), everything else of a language comes from CLDR
(`calendars.py`, `numbers.py`). A language without a table gets along with numbers, ISO dates and choice labels.
Not here: how the words are put together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import TypeVar

from dialogs.reading.folding import key


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number may be followed by. Units of one `dimension` convert: one is worth `size` of its smallest."""

    dimension: str
    size: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Daylight:
    """A part of the day: spoken hours 1 to 12 mean the one that lies in [`start`, `start` + 12) o'clock."""

    start: int


Phrases = frozenset[str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words of one language. All phrases are kept as `folding.key` makes them."""

    # numbers in words: "A" and, "U" 1-9, "T" 10-19, "Z" tens, "H" hundred, "K" thousand, "M" million
    numerals: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    ordinals: Mapping[str, int] = field(default_factory=dict)
    fractions: Mapping[str, Decimal] = field(default_factory=dict)
    """Whole expressions worth a number of their own ("anderthalb", "half a")."""
    and_a_half: tuple[str, ...] = ()
    """Endings that add one half ("einhalb", "and a half")."""
    nothing: Phrases = frozenset()
    """Zero as an answer ("keine", "none")."""
    nothing_of: Phrases = frozenset()
    """Words that make a counted thing zero ("keine Kinder")."""
    articles: Phrases = frozenset()
    """Words for one that are as often an article ("eine Menge")."""
    times_ending: str = ""
    """Ending of "dreimal"."""
    minus: Phrases = frozenset()
    hedges: Phrases = frozenset()
    """Words before or after a number that leave it as it is ("etwa", "ich bin")."""
    unlike: Phrases = frozenset()
    """Words that make a number another or no number ("mehr als", "bis", "oder")."""
    units: Mapping[str, Unit] = field(default_factory=dict)

    counting: Phrases = frozenset()
    """Words of a question after which its unit stands ("wie viele Minuten")."""

    # choices
    yes: Phrases = frozenset()
    no: Phrases = frozenset()
    undecided: Phrases = frozenset()
    """Neither yes nor no, and no misspelled yes or no either."""
    unknown: Phrases = frozenset()
    unsaid: Phrases = frozenset()
    acknowledged: Phrases = frozenset()
    everything: Phrases = frozenset()
    none_of_them: Phrases = frozenset()
    nowhere: Phrases = frozenset()
    """No place, where one is asked."""
    except_for: Phrases = frozenset()
    fillers: Phrases = frozenset()
    """Words that carry no choice ("ich nehme die")."""
    negations: Phrases = frozenset()
    joiners: Phrases = frozenset()
    up_to: Phrases = frozenset()
    order_first: Phrases = frozenset()
    order_then: Phrases = frozenset()
    order_last: Phrases = frozenset()

    # dates
    days: Mapping[str, int] = field(default_factory=dict)
    spans: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    """"Woche" -> ("day", 7), "Monat" -> ("month", 1)."""
    ago_before: Phrases = frozenset()
    ago_after: Phrases = frozenset()
    ahead_before: Phrases = frozenset()
    ahead_after: Phrases = frozenset()
    last: Phrases = frozenset()
    following: Phrases = frozenset()
    present: Phrases = frozenset()
    months: Mapping[str, int] = field(default_factory=dict)
    """Names of months that CLDR does not have ("Jänner")."""
    weekdays: Mapping[str, int] = field(default_factory=dict)
    """Names of weekdays that CLDR does not have ("Sonnabend"), Monday is 0."""
    date_fillers: Phrases = frozenset()

    # times
    oclock: Phrases = frozenset()
    """After a written hour of the 24-hour clock ("14 Uhr")."""
    oclock_spoken: Phrases = frozenset()
    """After a spoken hour of the 12-hour clock ("3 o'clock")."""
    half_to: Phrases = frozenset()
    """"halb drei" is 2:30."""
    towards: Mapping[str, int] = field(default_factory=dict)
    """Minutes from the hour that is begun: "dreiviertel drei" is 15 before three."""
    half_past: Phrases = frozenset()
    past: Phrases = frozenset()
    before: Phrases = frozenset()
    quarter: Phrases = frozenset()
    clock_names: Mapping[str, int] = field(default_factory=dict)
    """Minutes after midnight of "mittags"."""
    daylight: Mapping[str, Daylight] = field(default_factory=dict)
    now: Phrases = frozenset()
    time_fillers: Phrases = frozenset()
    minutes: Phrases = frozenset()


def phrases(*groups: str) -> Phrases:
    """Phrases written as people write them, separated by "|"."""
    return frozenset(filter(None, (key(phrase) for group in groups for phrase in group.split("|"))))


def table(rows: Mapping[str, T]) -> Mapping[str, T]:
    """A table whose keys are phrases separated by "|"."""
    return {key(phrase): value for group, value in rows.items() for phrase in group.split("|")}


@cache
def _tables() -> Mapping[str, Vocabulary]:
    from dialogs.reading import english, german

    return {"de": german.WORDS, "en": english.WORDS}


_WORDLESS = Vocabulary()


def vocabulary(language: str) -> Vocabulary:
    """The words of a language tag ("de", "de-simple", "en-GB"); an empty table for a language without one."""
    return _tables().get(primary(language), _WORDLESS)


def primary(language: str) -> str:
    """The first part of a language tag ("de-simple" -> "de")."""
    return language.replace("_", "-").split("-", 1)[0].lower()


@cache
def families(name: str) -> Phrases:
    """Phrases of every language at once, for what people say in any language ("yes", "ja"): `name` of the field."""
    return frozenset().union(*(getattr(words, name) for words in _tables().values()))


@cache
def families_of_tables(name: str) -> Mapping[str, int]:
    """The same for the fields that are tables of names."""
    return {word: value for words in _tables().values() for word, value in getattr(words, name).items()}
