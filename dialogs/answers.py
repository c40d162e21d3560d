"""A stored answer as a citizen reads it: labels for choices, days and numbers as people write them.

Not here: the canonical text itself (`forms/values.py`), reading what a citizen wrote (`reading/`).
"""

from __future__ import annotations

import math

from dialogs.forms.questions import Question, QuestionType
from dialogs.forms.values import parse_date, parse_datetime, parse_decimal, parse_geopoint, parse_time
from dialogs.i18n import Voice
from dialogs.promises import clipped
from dialogs.world import Place

SHOWN_TEXT = 120
"""Characters of a free text that a review shows; longer ones end with an ellipsis."""

SAME_SPOT = 1e-6
"""Degrees by which a stored place may differ from a district's middle and still be it."""

YES, NO = "yes", "no"
"""The answers to a REPEAT question."""

_MEDIA = frozenset({QuestionType.IMAGE, QuestionType.AUDIO, QuestionType.VIDEO, QuestionType.FILE})
_NUMBERS = frozenset({QuestionType.INTEGER, QuestionType.DECIMAL, QuestionType.RANGE})


def shown(question: Question, voice: Voice, places: tuple[Place, ...] = ()) -> str:
    """The question's present answer in words, '' if there is none. `places` are called by their names."""
    value = question.value
    if not value:
        return ""
    match question.type:
        case QuestionType.SELECT_ONE:
            return _labels(question, (value,))
        case QuestionType.SELECT_MULTIPLE | QuestionType.RANK:
            return _labels(question, value.split())
        case QuestionType.REPEAT:
            return voice.t("Yes") if value == YES else voice.t("No")
        case QuestionType.ACKNOWLEDGE:
            return voice.t("OK")
        case kind if kind in _MEDIA:
            return _media(kind, voice)
        case QuestionType.GEOPOINT:
            return _spot(value, voice, places)
        case kind:
            return _plain(kind, value, voice, question.appearance)


def picked_indices(question: Question) -> tuple[int, ...]:
    """Positions of the chosen options, in the order of the answer."""
    positions = {option.value: index for index, option in enumerate(question.options)}
    return tuple(positions[value] for value in question.value.split() if value in positions)


def _labels(question: Question, values: list[str] | tuple[str, ...]) -> str:
    known = {option.value: option.label or option.value for option in question.options}
    return ", ".join(clipped(known.get(value, value), SHOWN_TEXT) for value in values)


def _media(kind: QuestionType, voice: Voice) -> str:
    match kind:
        case QuestionType.IMAGE:
            return voice.t("a photo")
        case QuestionType.AUDIO:
            return voice.t("a voice message")
        case _:
            return voice.t("a file")


def _spot(value: str, voice: Voice, places: tuple[Place, ...]) -> str:
    try:
        latitude, longitude = parse_geopoint(value)[:2]
    except ValueError:
        return clipped(value, SHOWN_TEXT)
    for place in places:
        if math.isclose(place.latitude, latitude, abs_tol=SAME_SPOT) and math.isclose(
            place.longitude, longitude, abs_tol=SAME_SPOT
        ):
            return place.name
    return voice.t("the place {latitude:.4f}, {longitude:.4f}", latitude=latitude, longitude=longitude)


def _plain(kind: QuestionType, value: str, voice: Voice, appearance: frozenset[str]) -> str:
    try:
        if kind in _NUMBERS:
            return voice.figure(_number(value))
        match kind:
            case QuestionType.DATE if "year" in appearance:
                return voice.year(parse_date(value))
            case QuestionType.DATE if "month-year" in appearance:
                return voice.month(parse_date(value))
            case QuestionType.DATE:
                return voice.day(parse_date(value))
            case QuestionType.TIME:
                return voice.clock(parse_time(value))
            case QuestionType.DATETIME:
                return voice.moment(parse_datetime(value))
            case _:
                return voice.quoted(clipped(value, SHOWN_TEXT))
    except ValueError:
        return clipped(value, SHOWN_TEXT)


def _number(value: str) -> int | float:
    number = parse_decimal(value)
    return int(number) if number.is_integer() else number
