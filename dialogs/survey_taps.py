"""Taps while a survey is under way: on the question that stands, and on an old one.

Not here: what an answer does (`survey_answering.py`), commands (`survey.py`).
"""

from __future__ import annotations

from dialogs.actions import Tap, Verb, number_of
from dialogs.answers import picked_indices
from dialogs.effects import Revise
from dialogs.events import (
    MessageRef,
)
from dialogs.forms.questions import Question
from dialogs.interview import Interview
from dialogs.session import Phase
from dialogs.survey import not_here
from dialogs.survey_again import offer
from dialogs.survey_answering import (
    ask_again,
    take,
)
from dialogs.survey_asking import MANY, mark, options_of
from dialogs.survey_picking import done, pick, turn_page, unpick
from dialogs.survey_review import review, which_say
from dialogs.turn import Turn


def pressed(interview: Interview, tap: Tap, message: MessageRef | None) -> Turn:
    """A button of a question: of the one that stands, or an old one."""
    question = interview.standing()
    if question is not None and interview.state.phase in (Phase.ASKING, Phase.CHANGING):
        options = options_of(question, interview.voice, interview)
        if tap.mark == mark(question, options):
            return _pressed_now(interview, question, tap, message)
    return _pressed_old(interview, tap)


def _pressed_now(interview: Interview, question: Question, tap: Tap, message: MessageRef | None) -> Turn:
    options = options_of(question, interview.voice, interview)
    inside = tap.number < len(options)
    match tap.verb:
        case Verb.CHOOSE if inside and question.type not in MANY:
            return take(interview, question, options[tap.number].value, message)
        case Verb.SET if inside and question.type in MANY:
            return pick(interview, question, tap.number, message)
        case Verb.UNSET if inside and question.type in MANY:
            return unpick(interview, question, tap.number, message)
        case Verb.DONE if question.type in MANY:
            return done(interview, question, message)
        case Verb.PAGE:
            return turn_page(interview, question, tap.number, message)
        case _:
            return ask_again(interview, interview.voice.t("I do not know this button any more."))


def _pressed_old(interview: Interview, tap: Tap) -> Turn:
    """A button of an earlier question: a double tap does nothing, anything else gets a word."""
    for question in interview.questions():
        options = options_of(question, interview.voice, interview)
        if question.value and options and mark(question, options) == tap.mark and _is_same(question, options, tap):
            return Turn(interview.session)
    lead = interview.voice.t("That button belongs to an earlier question. To change its answer, write “back”.")
    if interview.state.phase is Phase.REVIEW:
        return review(
            interview,
            interview.voice.t("That button belongs to an earlier question. To change its answer, write its number."),
        )
    if interview.state.phase is Phase.OFFER_CHANGE:
        return offer(interview)
    return ask_again(interview, lead)


def _is_same(question: Question, options: tuple[object, ...], tap: Tap) -> bool:
    if tap.verb is Verb.DONE:
        return True
    chosen = picked_indices(question)
    if tap.verb is Verb.CHOOSE and not chosen:
        return tap.number < len(options) and getattr(options[tap.number], "value", None) == question.value
    return tap.verb in (Verb.CHOOSE, Verb.SET) and tap.number in chosen


def pressed_old_control(interview: Interview, number: int) -> Turn:
    """Back or skip under a question that is no longer the one that stands: a double tap does nothing."""
    cursor = interview.state.cursor
    near_by = [interview.instance.before(cursor), interview.instance.after(cursor)] if cursor else []
    if any(question is not None and number_of(question.ref) == number for question in near_by):
        return Turn(interview.session)
    return not_here(interview, interview.voice.t("That button belongs to an earlier question."))


def turn_review_page(interview: Interview, page: int, message: MessageRef | None) -> Turn:
    """Another page of "which answer?"."""
    turned = interview.moved(page=page)
    return Turn(turned.session, (Revise(which_say(turned), message),))
