"""Votes in polls while a survey is under way: on the question that stands, and on an earlier one, which corrects it.

A poll shows its own state, so nothing is said to a vote that only adds an option. Not here: how a choice becomes a
poll (`polls.py`), what an answer does (`survey_answering.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.actions import Tap, Verb
from dialogs.answers import shown
from dialogs.effects import Send
from dialogs.events import MessageRef
from dialogs.forms.questions import Option, Question
from dialogs.interview import Interview
from dialogs.messages import Say
from dialogs.session import Phase
from dialogs.survey import is_asking, not_here
from dialogs.survey_answering import take
from dialogs.survey_asking import MANY, mark, options_of
from dialogs.survey_picking import done
from dialogs.survey_taps import pressed
from dialogs.turn import Turn

OPTIONS = frozenset({Verb.CHOOSE, Verb.SET, Verb.UNSET})
"""A poll may have been made when an option was picked already ("unset"): voting for it means it all the same."""


def voted(interview: Interview, taps: Sequence[Tap], message: MessageRef | None) -> Turn:
    """All options that are chosen now in the poll of a question."""
    marked = taps[0].mark
    question = interview.standing()
    if question is not None and is_asking(interview) and _mark(interview, question) == marked:
        return _voted_now(interview, question, taps, message)
    if interview.state.phase is not Phase.OFFER_CHANGE:
        for earlier in interview.questions():
            if earlier.value and _mark(interview, earlier) == marked:
                return _corrected(interview, earlier, taps)
    return pressed(interview, taps[0], message)


def _voted_now(interview: Interview, question: Question, taps: Sequence[Tap], message: MessageRef | None) -> Turn:
    chosen = _chosen(taps, _options(interview, question))
    if question.type not in MANY:
        if len(chosen) != 1:
            return Turn(interview.session)
        return take(interview, question, _options(interview, question)[chosen[0]].value, message)
    if any(tap.verb is Verb.DONE for tap in taps):
        # A program that knows one choice only sends "Continue" alone: what was voted before it stands.
        return done(interview.moved(picked=chosen) if chosen else interview, question, message)
    return Turn(interview.moved(picked=chosen).session)


def _corrected(interview: Interview, question: Question, taps: Sequence[Tap]) -> Turn:
    """A vote changed after the conversation went on: the answer follows what the poll shows."""
    voice = interview.voice
    options = _options(interview, question)
    value = " ".join(options[index].value for index in _chosen(taps, options))
    if not value or value == question.value or (question.type not in MANY and " " in value):
        return Turn(interview.session)
    if interview.instance.answer(question.ref, value) is not None:
        return not_here(interview, voice.t("The changed answer does not fit, so the answer stays as it was."))
    corrected = interview.instance.question(question.ref)
    assert corrected is not None, "an answer that was taken has its question"
    moved = interview.moved()
    answer = shown(corrected, voice, interview.world.town.places)
    text = voice.t("I changed your answer to: {answer}.", answer=answer)
    standing = moved.standing()
    if is_asking(moved) and standing is not None and question.type in MANY:
        # More taps may follow, and the question that stands is still there to read.
        return Turn(moved.session, (Send(Say(text, language=voice.language)),))
    return not_here(moved, text)


def _chosen(taps: Sequence[Tap], options: Sequence[Option]) -> tuple[int, ...]:
    numbers = {tap.number for tap in taps if tap.verb in OPTIONS}
    return tuple(sorted(number for number in numbers if number < len(options)))


def _options(interview: Interview, question: Question) -> tuple[Option, ...]:
    return options_of(question, interview.voice, interview)


def _mark(interview: Interview, question: Question) -> str:
    return mark(question, _options(interview, question))
