"""Why an answer was not taken, and what to do: the citizen's side of every `Problem` and `Refused`.

The form's own constraint message comes first; ours names what is needed, with an example that the question would
take. Never a scolding word. Not here: whether it is taken (`reading/`, `forms/`).
"""

from __future__ import annotations

from dialogs.capabilities import Capabilities
from dialogs.forms.msgids import N_
from dialogs.forms.questions import Bounds, Question, QuestionType, Refusal, Refused
from dialogs.i18n import Voice
from dialogs.reading.outcomes import TEXT_LIMIT, Problem

_EXAMPLES = (12, 3, 1, 50, 100, 1980, 500, 0)
"""Numbers that look like answers; the first inside the bounds is the example."""

_PLAIN = {
    Problem.EMPTY: N_("I got an empty message."),
    Problem.NOT_A_CHOICE: N_("I did not find that among the answers. A number or a word of the answer is enough."),
    Problem.NOT_ACKNOWLEDGED: N_("Please write OK when you have read it."),
    Problem.NOT_WHOLE: N_("I need a whole number here, without a comma."),
    Problem.OFF_STEP: N_("Only certain steps are possible here."),
    Problem.NO_SUCH_DATE: N_("That day is not in the calendar. For example: 3 May"),
    Problem.AMBIGUOUS_DATE: N_(
        "I am not sure which day you mean. Please write it with day and month, for example: 3 May"
    ),
    Problem.NEEDS_FILE: N_("I need a file here."),
}


def refused_text(refused: Refused, question: Question, voice: Voice) -> str:
    """Why the form did not take an answer."""
    match refused.reason:
        case Refusal.REQUIRED:
            return refused.message or voice.t("This question needs an answer.")
        case Refusal.CONSTRAINT:
            return refused.message or _out_of_bounds(question, voice) or voice.t("That does not fit here.")
        case Refusal.NOT_A_CHOICE:
            return voice.t(_PLAIN[Problem.NOT_A_CHOICE])
        case Refusal.WRONG_TYPE:
            return refused.message or voice.t("That does not fit here.")
        case Refusal.READONLY:
            return voice.t("This answer is given by the form itself.")


def unread_text(problem: Problem, question: Question, channel: Capabilities, voice: Voice) -> str:
    """Why a text could not be read, and what would be."""
    match problem:
        case Problem.TOO_LONG:
            return too_long(voice)
        case Problem.NOT_A_NUMBER:
            return _number_needed(question, voice)
        case Problem.NOT_A_DATE | Problem.NOT_A_TIME:
            return _moment_needed(question, voice)
        case Problem.AMBIGUOUS_NUMBER:
            return voice.t("I am not sure which number you mean. Please write it without a point or comma.")
        case Problem.OUT_OF_RANGE:
            return question.constraint_message or _out_of_bounds(question, voice) or _number_needed(question, voice)
        case Problem.NOT_ALL_RANKED:
            return voice.t("Each one needs a place, for example: {numbers}", numbers=_ranking(len(question.options)))
        case Problem.NOT_A_PLACE:
            return _place_needed(channel, voice)
        case Problem.NEEDS_PHOTO:
            if not channel.takes_photo:
                return voice.t("Photos cannot be sent here.")
            return voice.t("I need a photo here.")
        case Problem.NEEDS_VOICE:
            if not channel.takes_voice:
                return voice.t("Voice messages cannot be sent here.")
            return voice.t("I need a voice message here.")
        case _:
            return voice.t(_PLAIN[problem])


def too_long(voice: Voice) -> str:
    """A text beyond what is read."""
    return voice.t(
        "That text is too long for me: at most {n} characters fit. Please send a shorter one.",
        n=voice.number(TEXT_LIMIT),
    )


def _place_needed(channel: Capabilities, voice: Voice) -> str:
    if channel.takes_place and channel.buttons is not None:
        return voice.t("I need a place here. Send your location, or type coordinates, for example: 51.05, 13.74")
    return voice.t("I need a place here. Type coordinates, for example: 51.05, 13.74")


def _ranking(options: int) -> str:
    """An order of so many, and not the one that they are shown in."""
    return " ".join(map(str, (2, 1, *range(3, options + 1))))


def _moment_needed(question: Question, voice: Voice) -> str:
    """Of a day with its time all of it: whoever was asked for the half that is missing would send that alone."""
    match question.type:
        case QuestionType.DATETIME:
            return voice.t("I need a day and a time of day here, for example: 3 May, 14:30")
        case QuestionType.TIME:
            return voice.t("I need a time of day here, for example: 14:30")
        case _ if "year" in question.appearance:
            return voice.t("I need a year here, for example: 1980")
        case _ if "month-year" in question.appearance:
            return voice.t("I need a month and a year here, for example: May 2019")
        case _:
            return voice.t("I need a day here, for example: 3 May, tomorrow, or 03.05.2026")


def _number_needed(question: Question, voice: Voice) -> str:
    low, high = _bound(question.bounds.start), _bound(question.bounds.end)
    example = voice.figure(_example(question.bounds))
    if low is not None and high is not None:
        return voice.t(
            "I need a number between {low} and {high} here, for example: {example}",
            low=voice.figure(low),
            high=voice.figure(high),
            example=example,
        )
    if question.type is QuestionType.INTEGER:
        return voice.t("I need a whole number here, for example: {example}", example=example)
    return voice.t("I need a number here, for example: {example}", example=example)


def _out_of_bounds(question: Question, voice: Voice) -> str:
    low, high = _bound(question.bounds.start), _bound(question.bounds.end)
    if low is not None and high is not None:
        return _number_needed(question, voice)
    if low is not None:
        return voice.t("The number must be at least {low}.", low=voice.figure(low))
    if high is not None:
        return voice.t("The number must be at most {high}.", high=voice.figure(high))
    return ""


def _example(bounds: Bounds) -> float:
    low, high = _bound(bounds.start), _bound(bounds.end)
    for number in _EXAMPLES:
        if (low is None or low <= number) and (high is None or number <= high):
            return number
    return low if low is not None else high if high is not None else _EXAMPLES[0]


def _bound(text: str | None) -> float | int | None:
    try:
        number = float(text) if text else None
    except ValueError:
        return None
    return int(number) if number is not None and number.is_integer() else number
