"""Multiple choice, ranking and long lists: options picked one after another, pages turned, "Continue".

Not here: what an answer does (`survey_answering.py`).
"""

from __future__ import annotations

from dialogs.effects import Revise
from dialogs.events import MessageRef
from dialogs.forms.questions import Question, QuestionType
from dialogs.interview import Interview
from dialogs.survey_answering import ask_again, leave_out, take
from dialogs.survey_asking import question_say
from dialogs.turn import Turn


def ranked(interview: Interview, question: Question, index: int) -> tuple[int, ...]:
    """The ranking with one more place given; the last option falls into its place by itself."""
    picked = (*interview.state.picked, index)
    rest = [other for other in range(len(question.options)) if other not in picked]
    return (*picked, *rest) if len(rest) == 1 else picked


def pick(interview: Interview, question: Question, index: int, message: MessageRef | None = None) -> Turn:
    """Pick an option of a multiple choice or ranking. Picking it again changes nothing."""
    picked = interview.state.picked
    if index not in picked:
        picked = ranked(interview, question, index) if question.type is QuestionType.RANK else (*picked, index)
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
    """Show another page of a long list; where there are no pages, the question once more."""
    asking = interview.moved(page=max(0, page))
    say = question_say(asking, question)
    if message is None and (say.choices is None or not say.choices.pages):
        return ask_again(interview, "")
    return Turn(asking.session, (Revise(say, message),))
