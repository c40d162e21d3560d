"""What a written answer comes to: taken, one of several asked, a long list narrowed, or refused with a reason.

Not here: the reading of words itself (`reading/`), what an answer that was read does (`survey_answering.py`).
"""

from __future__ import annotations

import msgspec

from dialogs.answers import picked_indices
from dialogs.forms.questions import Question, QuestionType
from dialogs.interview import Interview
from dialogs.reading.declining import gives_none, leaves_unsaid
from dialogs.reading.folding import fold
from dialogs.reading.outcomes import Problem, Reading, Several, Taken, Unread
from dialogs.reading.reader import read
from dialogs.refusals import unread_text
from dialogs.survey_answering import ask_again, leave_out, take
from dialogs.survey_asking import options_of, visible
from dialogs.survey_picking import ranked
from dialogs.turn import Turn

_SHOWN = frozenset({QuestionType.GEOPOINT, QuestionType.IMAGE, QuestionType.AUDIO, QuestionType.FILE})
"""Questions that are answered by showing something, often put as "Would you like to …?"."""
SHOWN_OPTIONS = 8
"""Options that are named when an answer fits several."""


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
        place = msgspec.structs.replace(question, type=QuestionType.SELECT_ONE, options=options)
        named = read(place, text, language, now.date())
        if not isinstance(named, Unread):
            return named
    if question.type is QuestionType.REPEAT:
        question = msgspec.structs.replace(question, options=options)
    return read(question, text, language, now.date(), now.time())


def is_choice(interview: Interview, question: Question, text: str) -> bool:
    """Whether the text is one of the choices, word for word: then it is an answer and no command."""
    said = fold(text)
    options = options_of(question, interview.voice, interview)
    return bool(said) and any(fold(option.label or option.value) == said for option in options)


def is_yes_or_no(interview: Interview, question: Question, sign: str) -> bool:
    """Whether the question has two answers and the sign (an emoji) is one of them."""
    if question.type is not QuestionType.SELECT_ONE or len(options_of(question, interview.voice, interview)) != 2:
        return question.type is QuestionType.ACKNOWLEDGE and isinstance(read_answer(interview, question, sign), Taken)
    return isinstance(read_answer(interview, question, sign), Taken)


def declines(question: Question, text: str) -> bool:
    """Whether the text says that there is no answer, where the question needs none and has none yet: "no" to a photo
    or a place, "I do not know" to anything."""
    if question.required or question.value:
        return False
    return leaves_unsaid(text) or (question.type in _SHOWN and gives_none(text))


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
    reading = read_answer(interview, msgspec.structs.replace(question, type=QuestionType.SELECT_ONE), text)
    values = [option.value for option in question.options]
    if not isinstance(reading, Taken) or values.index(reading.value) in interview.state.picked:
        return None
    return ask_again(interview.moved(picked=ranked(interview, question, values.index(reading.value))), "")


def _which(interview: Interview, question: Question, text: str, indices: tuple[int, ...]) -> Turn:
    options = options_of(question, interview.voice, interview)
    if set(visible(options, text)) == set(indices):
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
