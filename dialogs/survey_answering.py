"""What an answer does: it is read, taken or refused; then the next question comes, or the review.

Not here: how a question is put (`survey_asking.py`), the review (`survey_review.py`).
"""

from __future__ import annotations

import re
from datetime import timedelta

import msgspec

from dialogs.answers import NO, picked_indices, shown
from dialogs.effects import DropMedia, Effect, Send
from dialogs.events import MediaName, MessageRef
from dialogs.forms.errors import LimitExceeded
from dialogs.forms.questions import Question, QuestionType
from dialogs.forms.values import parse_date
from dialogs.interview import Interview, is_askable, is_told
from dialogs.messages import Kind, Say
from dialogs.reading.folding import fold
from dialogs.reading.outcomes import Taken
from dialogs.reading.reader import read
from dialogs.refusals import refused_text
from dialogs.session import Phase
from dialogs.survey_asking import MANY, REQUIRED, question_say, settled
from dialogs.survey_review import review
from dialogs.turn import Turn

_MEDIA = frozenset({QuestionType.IMAGE, QuestionType.AUDIO, QuestionType.FILE})
_MONTH, _YEAR = 31, 365  # days
_LAST_POSITION = re.compile(r"(.*)\[(\d+)\]/")
"""The innermost repeat of a ref, with its position; the first instance carries none and stays."""


_ECHOED = frozenset({QuestionType.DATE, QuestionType.TIME, QuestionType.DATETIME, QuestionType.GEOPOINT})
"""Types whose natural forms can be misunderstood: what was understood is said back."""


# -- going on


def ask(interview: Interview, question: Question, lead: str = "", before: tuple[Effect, ...] = ()) -> Turn:
    """Put this question: it stands from now on, with its present answer picked."""
    picked = picked_indices(question) if question.type in MANY else ()
    standing = interview.moved(cursor=question.ref, picked=picked, page=0, search="")
    return Turn(standing.session, (*before, Send(question_say(standing, question, lead), anchor=True)))


def ask_again(interview: Interview, lead: str, before: tuple[Effect, ...] = ()) -> Turn:
    """Put the question that stands once more, with a word before it; what is picked stays picked."""
    question = interview.standing()
    if question is None or not is_askable(question):
        return go_on(interview, interview.state.cursor, before, lead)
    return Turn(interview.kept(), (*before, Send(question_say(interview, question, lead), anchor=True)))


def begin(interview: Interview, before: tuple[Effect, ...] = ()) -> Turn:
    """Put the first question."""
    return _to_next(interview, interview.instance.first(), before, "")


def go_on(interview: Interview, ref: str, before: tuple[Effect, ...] = (), lead: str = "") -> Turn:
    """Put the question after `ref`, with the notes between; after the last one: what is missing, or the review."""
    return _to_next(interview, interview.instance.after(ref), before, lead)


def go_back(interview: Interview) -> Turn:
    """Put the question before the one that stands; an added instance of a repeat that is empty goes away again."""
    question = _taken_back(interview) or interview.instance.before(interview.state.cursor)
    while question is not None and not is_askable(question):
        question = interview.instance.before(question.ref)
    if question is None:
        return ask_again(interview, interview.voice.t("This is the first question."))
    return ask(interview.moved(typed=""), question)


def _taken_back(interview: Interview) -> Question | None:
    """Undo "Add another one?" where its first question stands and nothing was answered in it; that is asked again."""
    instance = interview.instance
    holder = _LAST_POSITION.match(interview.state.cursor)
    before = instance.before(interview.state.cursor)
    if holder is None or (before is not None and before.ref.startswith(holder[0])):
        return None
    try:
        if not instance.is_as_added(holder[1], int(holder[2]) - 1):
            return None
        instance.remove_repeat(holder[1], int(holder[2]) - 1)
    except (KeyError, LimitExceeded):
        return None
    return instance.question(holder[0].rstrip("/"))


def _to_next(interview: Interview, question: Question | None, before: tuple[Effect, ...], lead: str) -> Turn:
    told: list[Question] = []
    while question is not None and not is_askable(question):
        told.append(question)
        question = interview.instance.after(question.ref)
    effects = (*before, *_notes(interview, told))
    if question is not None:
        return ask(interview, question, lead, effects)
    return finish(interview, effects, lead)


def finish(interview: Interview, before: tuple[Effect, ...] = (), lead: str = "") -> Turn:
    """After the last question: ask what is missing, else the review."""
    missing = missing_question(interview)
    if missing is not None:
        return ask(interview, missing, lead or interview.voice.t("This question is still open."), before)
    return review(interview, lead, before)


def missing_question(interview: Interview) -> Question | None:
    """The first question without which the form does not let go."""
    question = interview.instance.next_open()
    while question is not None and not is_askable(question):
        question = _next_open_after(interview, question)
    return question


def _next_open_after(interview: Interview, passed: Question) -> Question | None:
    question = interview.instance.after(passed.ref)
    while question is not None and not (is_askable(question) and question.required and not question.value):
        question = interview.instance.after(question.ref)
    return question


def _notes(interview: Interview, told: list[Question]) -> tuple[Effect, ...]:
    texts = [_note_text(interview, question) for question in told]
    texts = [text for text in texts if text]
    if not texts:
        return ()
    return (Send(Say("\n\n".join(texts), kind=Kind.NOTE, language=interview.voice.language)),)


def _note_text(interview: Interview, question: Question) -> str:
    if not is_told(question):
        return interview.voice.t("“{label}” cannot be answered in a chat, so I leave it out.", label=question.label)
    lines = [question.label, question.hint]
    if question.type is not QuestionType.NOTE:
        lines.append(shown(question, interview.voice, interview.world.town.places))
    return "\n".join(line for line in lines if line)


# -- taking an answer


def take(
    interview: Interview, question: Question, value: str, message: MessageRef | None = None, written: str = ""
) -> Turn:
    """Take a canonical value as the answer. `written`: the words that were read as it, '' for a tap."""
    before_refs = _open_refs(interview) if _is_changing(interview) else frozenset()
    old = question.value
    refused = interview.instance.answer(question.ref, value)
    if refused is not None and _names_no_year(interview, question, value, written):
        value = _a_year_before(value)
        refused = interview.instance.answer(question.ref, value)
    if refused is not None:
        return ask_again(interview, refused_text(refused, question, interview.voice))
    answered = interview.instance.question(question.ref) or msgspec.structs.replace(question, value=value)
    effects: list[Effect] = list(_dropped(interview, question, old, value))
    line = "" if answered.type is QuestionType.TEXT and written else _answer_line(interview, answered)
    effects += settled(interview, answered, line, message)
    lead = _echo(interview, answered, written)
    moved = interview.moved(typed=question.ref if written else "")
    if _is_changing(interview):
        return _back_to_review(moved, before_refs, tuple(effects), lead)
    return go_on(moved, question.ref, tuple(effects), lead)


def _names_no_year(interview: Interview, question: Question, value: str, written: str) -> bool:
    """Whether a day was written by day and month alone: if the coming one does not fit, the past one may.

    Such words mean the same some weeks earlier or later, and another year a year ago; "24.12.26" means the same then,
    and "tomorrow" never does.
    """
    dated = question.type in (QuestionType.DATE, QuestionType.DATETIME) and "year" not in question.appearance
    if not dated or not written:
        return False
    language, today = interview.voice.language, interview.world.now.date()

    def meant(days: int) -> bool:
        return read(question, written, language, today + timedelta(days=days)) == Taken(value)

    return (meant(_MONTH) or meant(-_MONTH)) and not meant(-_YEAR)


def _a_year_before(value: str) -> str:
    return f"{parse_date(value).year - 1:04d}{value[4:]}"


def leave_out(interview: Interview, question: Question) -> Turn:
    """Skip the question, or take its answer away."""
    if question.type is QuestionType.REPEAT:
        return take(interview, question, NO)
    if question.required:
        return ask_again(interview, interview.voice.t(REQUIRED))
    before_refs = _open_refs(interview) if _is_changing(interview) else frozenset()
    old = question.value
    interview.instance.clear(question.ref)
    emptied = interview.instance.question(question.ref) or msgspec.structs.replace(question, value="")
    effects: tuple[Effect, ...] = (
        *_dropped(interview, question, old, ""),
        *settled(interview, emptied, interview.voice.t("Left out.")),
    )
    moved = interview.moved(typed="")
    if _is_changing(interview):
        return _back_to_review(moved, before_refs, effects, "")
    return go_on(moved, question.ref, effects)


def keep(interview: Interview, question: Question) -> Turn:
    """Leave the answer as it is and go on."""
    effects = settled(interview, question, _answer_line(interview, question))
    moved = interview.moved(typed="")
    if _is_changing(interview):
        return _back_to_review(moved, _open_refs(interview), effects, "")
    return go_on(moved, question.ref, effects)


def _answer_line(interview: Interview, question: Question) -> str:
    return interview.voice.t(
        "Your answer: {answer}", answer=shown(question, interview.voice, interview.world.town.places)
    )


def _is_changing(interview: Interview) -> bool:
    return interview.state.phase is Phase.CHANGING


def _open_refs(interview: Interview) -> frozenset[str]:
    return frozenset(question.ref for question in interview.questions())


def _back_to_review(interview: Interview, before: frozenset[str], effects: tuple[Effect, ...], lead: str) -> Turn:
    """After a change: first what became relevant by it, then the review again."""
    fresh = [
        question.ref
        for question in interview.questions()
        if question.ref not in before and is_askable(question) and not question.value
    ]
    pending = (*fresh, *(ref for ref in interview.state.pending if ref not in fresh))
    while pending:
        question = interview.instance.question(pending[0])
        pending = pending[1:]
        if question is not None and is_askable(question) and not question.value:
            return ask(interview.moved(pending=pending), question, lead, effects)
    return finish(interview.moved(pending=()), effects, lead)


def _dropped(interview: Interview, question: Question, old: str, new: str) -> tuple[DropMedia, ...]:
    """The file that a new answer replaces, unless it belongs to answers that were sent before."""
    if question.type in _MEDIA and old and old != new and not interview.state.amends:
        return (DropMedia(MediaName(old)),)
    return ()


def _echo(interview: Interview, answered: Question, written: str) -> str:
    """What was understood, where words were read as something else and the question cannot show it."""
    answer = shown(answered, interview.voice, interview.world.town.places)
    if not written or interview.world.channel.edits or answered.type not in _ECHOED:
        return ""
    if fold(written) == fold(answer):
        return ""
    return interview.voice.t("Noted: {answer}.", answer=answer)
