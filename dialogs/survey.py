"""The survey dialogue: what words and commands mean while a survey is under way.

Not here: taps (`survey_taps.py`), places and files (`survey_inputs.py`), how a question is put (`survey_asking.py`),
what an answer does (`survey_answering.py`), the review (`survey_review.py`), sending (`survey_sending.py`), a second
attempt (`survey_again.py`), commands that hold everywhere (`rights.py`).
"""

from __future__ import annotations

from msgspec.structs import replace

from dialogs.effects import Send
from dialogs.forms.questions import Question, QuestionType
from dialogs.interview import Interview, is_askable
from dialogs.messages import Kind, Say
from dialogs.promises import purpose_of
from dialogs.reading.outcomes import Taken
from dialogs.session import Asked, Phase
from dialogs.survey_again import offer
from dialogs.survey_answering import (
    ask,
    ask_again,
    begin,
    go_back,
    keep,
    leave_out,
    missing_question,
    take,
)
from dialogs.survey_asking import MANY
from dialogs.survey_picking import done, turn_page
from dialogs.survey_reading import answer_by_words, declines, is_choice, read_answer, refuse
from dialogs.survey_review import review, reviewed, which_say
from dialogs.survey_sending import send
from dialogs.triggers import Command, Trigger, bare, near
from dialogs.turn import Turn

FREE_TEXT = frozenset({QuestionType.TEXT, QuestionType.BARCODE})
"""Questions whose answer may be any word: only these commands are understood without a slash meanwhile."""
ALWAYS = frozenset({Command.STOP, Command.HELP})

OF_NEWS_ALONE = frozenset({Command.WEEKLY, Command.AT_ONCE})
"""Words ("weekly", "at once") that answer many a question; while one stands they need a slash."""

OF_SURVEY = frozenset(
    {
        Command.BACK,
        Command.SKIP,
        Command.KEEP,
        Command.CLEAR,
        Command.NEXT,
        Command.WHY,
        Command.CHANGE,
        Command.SEND,
        Command.MORE,
        Command.FEWER,
    }
)
"""Commands that this dialogue obeys; all others hold everywhere (`engine.py`)."""


# -- words


def command_in(interview: Interview, question: Question | None, text: str) -> Trigger | None:
    """The command that a text without slash means while `question` stands, if it is no answer."""
    trigger = bare(text)
    if interview.state.phase in (Phase.ASKING, Phase.CHANGING) and question is not None:
        if trigger is not None and trigger.command in OF_NEWS_ALONE:
            return None
        if trigger is not None and is_choice(interview, question, text):
            return None
        if question.type in FREE_TEXT and (trigger is None or trigger.command not in ALWAYS or trigger.argument):
            return None
    return trigger


def said(interview: Interview, question: Question | None, text: str) -> Turn | Trigger:
    """A text that is no command: an answer, or a command with a slip of the finger, or a helpful word."""
    match interview.state.phase:
        case Phase.OFFER_CHANGE:
            return _said_to_offer(interview, text)
        case Phase.REVIEW:
            return _said_in_review(interview, text)
        case Phase.STARTING | Phase.ASKING | Phase.CHANGING:
            return _said_to_question(interview, question, text)


def _said_to_question(interview: Interview, question: Question | None, text: str) -> Turn | Trigger:
    if question is None or not is_askable(question):
        return ask_again(interview, "")
    turn = answer_by_words(interview, question, text)
    if turn is not None:
        return turn
    if declines(question, text):
        return leave_out(interview, question)
    guess = near(text)
    if guess is not None and guess.command in OF_NEWS_ALONE:
        guess = None
    return guess or refuse(interview, question, text)


def _said_in_review(interview: Interview, text: str) -> Turn | Trigger:
    number = text.strip().rstrip(".)")
    if number.isdecimal():
        return change(interview, number)
    if _agrees(interview, text):
        return obey(interview, Trigger(Command.SEND))
    return near(text) or review(interview, interview.voice.t("To send your answers, write “send”."))


def _said_to_offer(interview: Interview, text: str) -> Turn | Trigger:
    offered = (Command.CHANGE, Command.KEEP, Command.DELETE)
    number = text.strip().rstrip(".)")
    if number.isdecimal() and 1 <= int(number[:3]) <= len(offered):
        return Trigger(offered[int(number[:3]) - 1])
    return near(text) or offer(interview, interview.voice.t("Please choose one of these."))


def _agrees(interview: Interview, text: str) -> bool:
    question = Question("send", QuestionType.ACKNOWLEDGE, "")
    return isinstance(read_answer(interview, question, text), Taken)


def takes_any_text(interview: Interview, question: Question | None) -> bool:
    """Whether the question that stands takes any words as its answer."""
    return question is not None and question.type in FREE_TEXT and is_asking(interview)


# -- commands


def obey(interview: Interview, trigger: Trigger) -> Turn:
    """One of the commands in `OF_SURVEY`."""
    match interview.state.phase:
        case Phase.OFFER_CHANGE:
            return _obey_at_offer(interview, trigger)
        case Phase.REVIEW:
            return _obey_in_review(interview, trigger)
        case Phase.STARTING | Phase.ASKING | Phase.CHANGING:
            return _obey_at_question(interview, trigger)


def _obey_at_question(interview: Interview, trigger: Trigger) -> Turn:
    question = interview.standing()
    if question is None:
        return ask_again(interview, "")
    match trigger.command:
        case Command.BACK:
            if interview.state.phase is Phase.CHANGING:
                return review(interview)
            return go_back(interview)
        case Command.NEXT if question.type in MANY:
            return done(interview, question)
        case Command.NEXT if question.type is QuestionType.ACKNOWLEDGE:
            return take(interview, question, "OK")
        case Command.NEXT | Command.KEEP if question.value:
            return keep(interview, question)
        case Command.SKIP if question.value:
            return keep(interview, question)
        case Command.NEXT | Command.KEEP | Command.SKIP | Command.CLEAR:
            return leave_out(interview, question)
        case Command.MORE:
            return turn_page(interview, question, interview.state.page + 1)
        case Command.FEWER:
            return turn_page(interview, question, interview.state.page - 1)
        case Command.WHY:
            return ask_again(interview, why(interview, question))
        case Command.SEND if interview.state.phase is Phase.CHANGING:
            return keep(interview, question)
        case Command.SEND:
            return ask_again(interview, interview.voice.t("Not yet: some questions are still to come."))
        case _:
            return ask_again(
                interview,
                interview.voice.t(
                    "To change an earlier answer, write “back”. Before sending you see all answers once more."
                ),
            )


def why(interview: Interview, question: Question | None) -> str:
    """Why this is asked: the form's own words, else what the survey is for."""
    town = interview.world.town.name
    purpose = purpose_of(interview.survey, interview.voice)
    if question is not None and question.guidance:
        return question.guidance
    if purpose or question is None or not question.hint:  # the hint stands under the question anyway
        return purpose or interview.voice.t("{town} asks this in order to decide with you in mind.", town=town)
    return question.hint


def _obey_in_review(interview: Interview, trigger: Trigger) -> Turn:
    match trigger.command:
        case Command.SEND | Command.NEXT | Command.KEEP:
            missing = missing_question(interview)
            if missing is not None:
                return ask(
                    interview.moved(phase=Phase.CHANGING), missing, interview.voice.t("This question is still open.")
                )
            return send(interview)
        case Command.CHANGE if trigger.argument:
            return change(interview, trigger.argument)
        case Command.CHANGE:
            return which(interview)
        case Command.BACK:
            questions = [question for question in interview.questions() if is_askable(question)]
            if not questions:
                return review(interview)
            return ask(interview.moved(phase=Phase.ASKING), questions[-1])
        case Command.WHY:
            return review(interview, why(interview, None))
        case _:
            return review(interview, interview.voice.t("To send your answers, write “send”."))


def which(interview: Interview, lead: str = "") -> Turn:
    """ "Which answer?" """
    session = replace(interview.kept(page=0), asked=Asked.CHANGE)
    return Turn(session, (Send(which_say(interview.moved(page=0), lead), anchor=True),))


def change(interview: Interview, number: str) -> Turn:
    """Ask one answer of the review once more."""
    questions = reviewed(interview)
    digits = number.strip().rstrip(".)")
    index = int(digits[:6]) - 1 if digits.isdecimal() else -1
    if not 0 <= index < len(questions):
        return review(
            interview, interview.voice.t("There is no answer with this number. Please choose one of the list.")
        )
    return ask(interview.moved(phase=Phase.CHANGING), questions[index])


def _obey_at_offer(interview: Interview, trigger: Trigger) -> Turn:
    match trigger.command:
        case Command.CHANGE | Command.NEXT:
            return _amend(interview)
        case Command.KEEP | Command.SKIP | Command.BACK:
            return _leave(interview)
        case Command.WHY:
            return offer(interview, why(interview, None))
        case _:
            return offer(interview, interview.voice.t("Please choose one of these."))


def _amend(interview: Interview) -> Turn:
    missing = missing_question(interview)
    if missing is None and reviewed(interview):
        return review(interview)
    return begin(interview.moved(phase=Phase.ASKING))


def _leave(interview: Interview) -> Turn:
    session = replace(interview.session, survey=None, returning=interview.state.returning)
    text = interview.voice.t("All right, your answers stay as they are. Thank you.")
    return Turn(session, (Send(Say(text, kind=Kind.INFO, language=interview.voice.language)),))


def not_here(interview: Interview, lead: str) -> Turn:
    """A helpful word, then what stands."""
    match interview.state.phase:
        case Phase.REVIEW:
            return review(interview, lead)
        case Phase.OFFER_CHANGE:
            return offer(interview, lead)
        case Phase.STARTING | Phase.ASKING | Phase.CHANGING:
            return ask_again(interview, lead)


def is_asking(interview: Interview) -> bool:
    return interview.state.phase in (Phase.ASKING, Phase.CHANGING)
