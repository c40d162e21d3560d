"""What an answer does: it is read, taken or refused; then the next question comes, or the review.

Not here: how a question is put (`survey_asking.py`), the review (`survey_review.py`).
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace as changed

from dialogs.answers import NO, picked_indices, shown
from dialogs.effects import DropMedia, Effect, Revise, Send, Settle
from dialogs.events import MediaName, MessageRef
from dialogs.forms.questions import Question, QuestionType
from dialogs.forms.values import parse_date
from dialogs.interview import Interview, is_askable, is_told
from dialogs.messages import Kind, Say
from dialogs.reading.folding import fold
from dialogs.reading.outcomes import Problem, Reading, Several, Taken, Unread
from dialogs.reading.reader import read
from dialogs.refusals import refused_text, unread_text
from dialogs.session import Phase
from dialogs.survey_asking import MANY, REQUIRED, options_of, question_say, settled_say, visible
from dialogs.survey_review import review
from dialogs.turn import Turn

_MEDIA = frozenset({QuestionType.IMAGE, QuestionType.AUDIO, QuestionType.FILE})
_LAST_POSITION = re.compile(r"(.*)\[(\d+)\]/")
"""The innermost repeat of a ref, with its position; the first instance carries none and stays."""

SHOWN_OPTIONS = 8
"""Options that are named when an answer fits several."""

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
    _take_back_repeat(interview)
    question = interview.instance.before(interview.state.cursor)
    while question is not None and not is_askable(question):
        question = interview.instance.before(question.ref)
    if question is None:
        return ask_again(interview, interview.voice.t("This is the first question."))
    return ask(interview.moved(typed=""), question)


def _take_back_repeat(interview: Interview) -> None:
    """Undo "Add another one?" where its first question stands and nothing was answered in it."""
    instance = interview.instance
    holder = _LAST_POSITION.match(interview.state.cursor)
    before = instance.before(interview.state.cursor)
    if holder is None or (before is not None and before.ref.startswith(holder[0])):
        return
    if any(value for ref, value, kind in instance.answers() if kind is not None and ref.startswith(holder[0])):
        return
    with suppress(KeyError):
        instance.remove_repeat(holder[1], int(holder[2]) - 1)


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
        lines.append(shown(question, interview.voice))
    return "\n".join(line for line in lines if line)


# -- taking an answer


def take(
    interview: Interview, question: Question, value: str, message: MessageRef | None = None, written: str = ""
) -> Turn:
    """Take a canonical value as the answer. `written`: the words that were read as it, '' for a tap."""
    before_refs = _open_refs(interview) if _is_changing(interview) else frozenset()
    old = question.value
    refused = interview.instance.answer(question.ref, value)
    if refused is not None and _is_year_ago(question, value, written):
        value = _a_year_before(value)
        refused = interview.instance.answer(question.ref, value)
    if refused is not None:
        return ask_again(interview, refused_text(refused, question, interview.voice))
    answered = interview.instance.question(question.ref) or changed(question, value=value)
    effects: list[Effect] = list(_dropped(interview, question, old, value))
    line = "" if answered.type is QuestionType.TEXT and written else _answer_line(interview, answered)
    effects.append(Settle(settled_say(interview, answered, line), message))
    lead = _echo(interview, answered, written)
    moved = interview.moved(typed=question.ref if written else "")
    if _is_changing(interview):
        return _back_to_review(moved, before_refs, tuple(effects), lead)
    return go_on(moved, question.ref, tuple(effects), lead)


def _is_year_ago(question: Question, value: str, written: str) -> bool:
    """Whether a day was written without its year: if the coming one does not fit, the past one may."""
    return question.type is QuestionType.DATE and bool(written) and value[:4] not in written


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
    emptied = interview.instance.question(question.ref) or changed(question, value="")
    effects: tuple[Effect, ...] = (
        *_dropped(interview, question, old, ""),
        Settle(settled_say(interview, emptied, interview.voice.t("Left out."))),
    )
    moved = interview.moved(typed="")
    if _is_changing(interview):
        return _back_to_review(moved, before_refs, effects, "")
    return go_on(moved, question.ref, effects)


def keep(interview: Interview, question: Question) -> Turn:
    """Leave the answer as it is and go on."""
    effects = (Settle(settled_say(interview, question, _answer_line(interview, question))),)
    moved = interview.moved(typed="")
    if _is_changing(interview):
        return _back_to_review(moved, _open_refs(interview), effects, "")
    return go_on(moved, question.ref, effects)


def _answer_line(interview: Interview, question: Question) -> str:
    return interview.voice.t("Your answer: {answer}", answer=shown(question, interview.voice))


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
    answer = shown(answered, interview.voice)
    if not written or interview.world.channel.edits or answered.type not in _ECHOED:
        return ""
    if fold(written) == fold(answer):
        return ""
    return interview.voice.t("Noted: {answer}.", answer=answer)


# -- reading what was written


def read_answer(interview: Interview, question: Question, text: str) -> Reading:
    """What the text means as an answer to the question as it is shown now (page and search included)."""
    options = options_of(question, interview.voice, interview)
    if interview.state.search and text.strip().rstrip(".)").isdecimal():
        found = visible(options, interview.state.search)
        number = int(text.strip().rstrip(".)")[:6])
        if 1 <= number <= len(found):
            return Taken(options[found[number - 1]].value)
    language, now = interview.voice.language, interview.world.now
    if question.type is QuestionType.GEOPOINT and options:
        place = changed(question, type=QuestionType.SELECT_ONE, options=options)
        named = read(place, text, language, now.date())
        if not isinstance(named, Unread):
            return named
    if question.type is QuestionType.REPEAT:
        question = changed(question, options=options)
    return read(question, text, language, now.date(), now.time())


def is_choice(interview: Interview, question: Question, text: str) -> bool:
    """Whether the text is one of the choices, word for word: then it is an answer and no command."""
    said = fold(text)
    options = options_of(question, interview.voice, interview)
    return bool(said) and any(fold(option.label or option.value) == said for option in options)


def answer_by_words(interview: Interview, question: Question, text: str) -> Turn | None:
    """Take the text as the answer, ask which option is meant, or None if it fits nothing."""
    reading = read_answer(interview, question, text)
    match reading:
        case Taken(value):
            return _taken(interview, question, value, text)
        case Several(indices):
            return _which(interview, question, text, indices)
        case Unread(Problem.NOT_ALL_RANKED):
            return _ranked_one(interview, question, text)
        case Unread():
            return _narrowed(interview, question, text)


def refuse(interview: Interview, question: Question, text: str) -> Turn:
    """Say what is needed, and put the question again."""
    reading = read_answer(interview, question, text)
    problem = reading.problem if isinstance(reading, Unread) else Problem.NOT_A_CHOICE
    return ask_again(interview, unread_text(problem, question, interview.world.channel, interview.voice))


def _taken(interview: Interview, question: Question, value: str, text: str) -> Turn:
    options = options_of(question, interview.voice, interview)
    if question.type is QuestionType.SELECT_MULTIPLE and _touched(interview, question):
        added = [index for index, option in enumerate(options) if option.value in value.split()]
        return ask_again(interview.moved(picked=tuple(dict.fromkeys((*interview.state.picked, *added)))), "")
    if question.type is QuestionType.SELECT_MULTIPLE and not value:
        return leave_out(interview, question)
    return take(interview, question, value, written=text)


def _touched(interview: Interview, question: Question) -> bool:
    """Whether options were tapped since the question was put."""
    return bool(interview.state.picked) and set(interview.state.picked) != set(picked_indices(question))


def _ranked_one(interview: Interview, question: Question, text: str) -> Turn | None:
    """One option named in a ranking takes the next place."""
    reading = read_answer(interview, changed(question, type=QuestionType.SELECT_ONE), text)
    values = [option.value for option in question.options]
    if not isinstance(reading, Taken) or values.index(reading.value) in interview.state.picked:
        return None
    return ask_again(interview.moved(picked=_ranked(interview, question, values.index(reading.value))), "")


def _ranked(interview: Interview, question: Question, index: int) -> tuple[int, ...]:
    """The ranking with one more place given; the last option falls into its place by itself."""
    picked = (*interview.state.picked, index)
    rest = [other for other in range(len(question.options)) if other not in picked]
    return (*picked, *rest) if len(rest) == 1 else picked


def _which(interview: Interview, question: Question, text: str, indices: tuple[int, ...]) -> Turn:
    options = options_of(question, interview.voice, interview)
    if visible(options, text) == indices:
        asking = interview.moved(search=text, page=0)
        return ask_again(asking, interview.voice.t("Which of these do you mean?"))
    names = interview.voice.items(
        interview.voice.quoted(options[index].label or options[index].value) for index in indices[:SHOWN_OPTIONS]
    )
    return ask_again(interview, interview.voice.t("That could be several: {names}. Which one?", names=names))


def _narrowed(interview: Interview, question: Question, text: str) -> Turn | None:
    """Letters that fit options of a long list narrow it."""
    options = options_of(question, interview.voice, interview)
    if len(options) < 2 or not question.searchable:
        return None
    found = visible(options, text)
    if not 1 <= len(found) < len(options):
        return None
    asking = interview.moved(search=text, page=0)
    return ask_again(asking, interview.voice.t("Which of these do you mean?"))


# -- taps


def pick(interview: Interview, question: Question, index: int, message: MessageRef | None = None) -> Turn:
    """Pick an option of a multiple choice or ranking. Picking it again changes nothing."""
    picked = interview.state.picked
    if index not in picked:
        picked = _ranked(interview, question, index) if question.type is QuestionType.RANK else (*picked, index)
    return _picked(interview, question, picked, message)


def unpick(interview: Interview, question: Question, index: int, message: MessageRef | None = None) -> Turn:
    """Take an option back."""
    return _picked(interview, question, tuple(each for each in interview.state.picked if each != index), message)


def _picked(interview: Interview, question: Question, picked: tuple[int, ...], message: MessageRef | None) -> Turn:
    asking = interview.moved(picked=picked)
    return Turn(asking.session, (Revise(question_say(asking, question), message),))


def done(interview: Interview, question: Question, message: MessageRef | None = None) -> Turn:
    """ "Continue" under a multiple choice or ranking."""
    picked = interview.state.picked
    if question.type is QuestionType.SELECT_MULTIPLE:
        picked = tuple(sorted(picked))
    if not picked:
        if question.required:
            return ask_again(interview, interview.voice.t("Please choose at least one."))
        return leave_out(interview, question)
    if question.type is QuestionType.RANK and len(picked) < len(question.options):
        return ask_again(interview, interview.voice.t("Some are still without a place. Please tap them as well."))
    value = " ".join(question.options[index].value for index in picked if index < len(question.options))
    return take(interview, question, value, message)


def turn_page(interview: Interview, question: Question, page: int, message: MessageRef | None = None) -> Turn:
    """Show another page of a long list."""
    asking = interview.moved(page=max(0, page))
    return Turn(asking.session, (Revise(question_say(asking, question), message),))
