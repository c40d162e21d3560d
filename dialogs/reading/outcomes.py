"""What reading an answer can come to. The words for it are the conversation's (`dialogs/i18n.py`), not this room's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

TEXT_LIMIT = 10_000  # characters of a free text; longer is said to be too long, never cut
ANSWER_LIMIT = 2_000  # characters of any other answer; longer is not looked at


class Problem(StrEnum):
    """Why an answer could not be read."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOT_A_CHOICE = "not_a_choice"
    NOT_ALL_RANKED = "not_all_ranked"
    """A ranking that leaves something out or names it twice."""
    NOT_ACKNOWLEDGED = "not_acknowledged"
    NOT_A_NUMBER = "not_a_number"
    NOT_WHOLE = "not_whole"
    AMBIGUOUS_NUMBER = "ambiguous_number"
    """"1,000" in German, "1.000" in English: one, or a thousand."""
    OUT_OF_RANGE = "out_of_range"
    """Outside of `Question.bounds`, or more digits than a form can hold."""
    OFF_STEP = "off_step"
    """Inside the bounds, but not one of the steps of a range."""
    NOT_A_DATE = "not_a_date"
    NO_SUCH_DATE = "no_such_date"
    """Written like a date that no calendar has ("31. Februar")."""
    AMBIGUOUS_DATE = "ambiguous_date"
    """A weekday alone, or one that does not fit the date beside it."""
    NOT_A_TIME = "not_a_time"
    NOT_A_PLACE = "not_a_place"
    NEEDS_PHOTO = "needs_photo"
    NEEDS_VOICE = "needs_voice"
    NEEDS_FILE = "needs_file"


@dataclass(frozen=True, slots=True)
class Taken:
    """It was read: `value` is the canonical text of the question's type ('' for a select_multiple that chose none)."""

    value: str


@dataclass(frozen=True, slots=True)
class Several:
    """Each of the options at `indices` (ascending, at least two) fits: ask which one is meant."""

    indices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """It could not be read, and why."""

    problem: Problem


Reading = Taken | Several | Unread


@dataclass(frozen=True, slots=True)
class Picked:
    """Positions in a list of options, counted from 0, in the order that was said."""

    indices: tuple[int, ...]
