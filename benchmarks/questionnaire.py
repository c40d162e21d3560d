"""The ten questions that every bot of the benchmark asks, and what a citizen answers to each.

`survey.md` holds the same questions as the XLSForm that Zuruf plays; the peers are written against this module.
Citizens know a question by its text. Not here: how a citizen talks to a bot (`citizens.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

CODE = "bench"
"""The survey's code, as in `/start bench`."""

FEWEST_RIDERS = 1
MOST_RIDERS = 8
RIDERS_REFUSED = f"Please give a number between {FEWEST_RIDERS} and {MOST_RIDERS}."
DATE_REFUSED = "Please give a date as year-month-day, for example 2026-11-20."
THANKS = "Thank you! Your answers help the town to plan the shuttle bus."


class Kind(Enum):
    """How a question is answered."""

    ONE = auto()
    MANY = auto()
    NUMBER = auto()
    PLACE = auto()
    DAY = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `choices` maps the stored value to the label on the button."""

    name: str
    text: str
    kind: Kind
    choices: Mapping[str, str] = field(default_factory=dict)


USED = Question(
    "used",
    "How often do you ride the shuttle bus?",
    Kind.ONE,
    {"daily": "Every day", "weekly": "Every week", "rarely": "Rarely", "never": "Never"},
)
RATING = Question(
    "rating",
    "How content are you with it?",
    Kind.ONE,
    {"very": "Very content", "rather": "Rather content", "hardly": "Hardly", "not": "Not at all"},
)
"""The branch: asked only of those who ride it at all."""
PURPOSES = Question(
    "purposes",
    "What would you ride it for?",
    Kind.MANY,
    {"work": "Work", "shops": "Shopping", "doctor": "Doctor", "school": "School", "friends": "Friends"},
)
HOUR = Question(
    "hour",
    "When do you need it most?",
    Kind.ONE,
    {"morning": "In the morning", "noon": "At noon", "evening": "In the evening", "night": "At night"},
)
RIDERS = Question("riders", "How many people of your household would ride along?", Kind.NUMBER)
STOP = Question("stop", "Where should it stop?", Kind.PLACE)
DAY = Question("day", "On which day did you last take a bus?", Kind.DAY)
AGE = Question(
    "age",
    "How old are you?",
    Kind.ONE,
    {"young": "Under 18", "adult": "18 to 39", "middle": "40 to 64", "senior": "65 or older"},
)
LIKED = Question("liked", "What do you like about the shuttle bus?", Kind.TEXT)
WISH = Question("wish", "What should be better?", Kind.TEXT)

QUESTIONS = (USED, RATING, PURPOSES, HOUR, RIDERS, STOP, DAY, AGE, LIKED, WISH)

NEVER = "never"
"""The answer to `USED` that skips `RATING`."""

TOGGLED = ("shops", "doctor")
"""What a citizen ticks at `PURPOSES`."""
TYPED: Mapping[str, str] = {
    LIKED.name: "It comes to our street, and the drivers are friendly.",
    WISH.name: "A last ride after the cinema, please, and a stop at the cemetery.",
    DAY.name: "2026-11-20",
}
RIDERS_TYPED = ("40", "3")
"""The first is refused."""
PLACE = (50.9413, 6.9583)
"""Latitude and longitude that a citizen sends."""


def chosen(question: Question, walk: int) -> str:
    """Value of the choice that the citizen of the n-th walk makes: all are taken equally often."""
    values = tuple(question.choices)
    return values[walk % len(values)]
