"""The survey dialogue: what words, taps, places, files and commands mean while a survey is under way.

Not here: how a question is put (`survey_asking.py`), what an answer does (`survey_answering.py`), the review
(`survey_review.py`), sending (`survey_sending.py`), commands that hold everywhere (`rights.py`).
"""

from __future__ import annotations

from msgspec.structs import replace

from dialogs.actions import Tap, Verb, number_of
from dialogs.answers import picked_indices, shown
from dialogs.effects import DropMedia, KeepMedia, Revise, Send
from dialogs.events import (
    MediaKept,
    MediaKind,
    MediaName,
    MediaProblem,
    MediaRefused,
    MediaSent,
    MessageRef,
    Placed,
)
from dialogs.forms.msgids import N_
from dialogs.forms.questions import Question, QuestionType
from dialogs.interview import Interview, is_askable
from dialogs.messages import Kind, Say
from dialogs.promises import purpose_of
from dialogs.reading.outcomes import Taken
from dialogs.session import Asked, Phase
from dialogs.survey_again import offer
from dialogs.survey_answering import (
    answer_by_words,
    ask,
    ask_again,
    begin,
    done,
    go_back,
    is_choice,
    keep,
    leave_out,
    missing_question,
    pick,
    read_answer,
    refuse,
    take,
    turn_page,
    unpick,
)
from dialogs.survey_asking import MANY, mark, options_of
from dialogs.survey_review import review, reviewed, which_say
from dialogs.survey_sending import send
from dialogs.triggers import Command, Trigger, bare, near
from dialogs.turn import Turn

FREE_TEXT = frozenset({QuestionType.TEXT, QuestionType.BARCODE})
"""Questions whose answer may be any word: only these commands are understood without a slash meanwhile."""
ALWAYS = frozenset({Command.STOP, Command.HELP})

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

_FITTING = {
    QuestionType.IMAGE: frozenset({MediaKind.PHOTO, MediaKind.FILE}),
    QuestionType.AUDIO: frozenset({MediaKind.VOICE, MediaKind.FILE}),
    QuestionType.FILE: frozenset({MediaKind.FILE, MediaKind.PHOTO}),
}

_MEDIA_PROBLEMS = {
    MediaProblem.TOO_LARGE: N_("That file is too large for me. Please send a smaller one."),
    MediaProblem.UNREADABLE: N_("I could not open that file. Please try another one."),
    MediaProblem.WRONG_KIND: N_("I cannot use a file of that kind here."),
    MediaProblem.TOO_MANY: N_("That is more files than I can keep for one survey."),
    MediaProblem.UNAVAILABLE: N_("I could not fetch the file just now. Please send it once more."),
}

_UNFITTING = {
    MediaKind.PHOTO: N_("Thank you for the photo, but I cannot use one here; it is not kept."),
    MediaKind.VOICE: N_("I cannot listen to voice messages here; it is not kept. Please write or tap your answer."),
    MediaKind.VIDEO: N_("I cannot watch films; it is not kept."),
    MediaKind.FILE: N_("I cannot use a file here; it is not kept."),
    MediaKind.STICKER: N_("A nice sticker, but I do not know what it means. Please write or tap your answer."),
}


# -- words


def command_in(interview: Interview, question: Question | None, text: str) -> Trigger | None:
    """The command that a text without slash means while `question` stands, if it is no answer."""
    trigger = bare(text)
    if interview.state.phase in (Phase.ASKING, Phase.CHANGING) and question is not None:
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
    return near(text) or refuse(interview, question, text)


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
    return question is not None and question.type in FREE_TEXT and _is_asking(interview)


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


# -- taps


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


# -- places, files, edits


def unfitting(kind: MediaKind) -> str:
    """The msgid for a file that nothing here takes."""
    return _UNFITTING[kind]


def placed(interview: Interview, event: Placed) -> Turn:
    """A place was sent."""
    question = interview.standing()
    if question is None or question.type is not QuestionType.GEOPOINT or not _is_asking(interview):
        return not_here(
            interview, interview.voice.t("Thank you for the place, but I do not need one here; it is not kept.")
        )
    accuracy = max(0.0, event.accuracy)
    return take(interview, question, f"{event.latitude:.7f} {event.longitude:.7f} 0.0 {accuracy:.1f}")


def media_sent(interview: Interview, event: MediaSent) -> Turn:
    """A file was sent: keep it if the question asks for one."""
    question = interview.standing()
    fitting = (
        _FITTING.get(question.type, frozenset()) if question is not None and _is_asking(interview) else frozenset()
    )
    if event.kind in fitting:
        return Turn(interview.session, (KeepMedia(event.media, event.kind),))
    return not_here(interview, interview.voice.t(_UNFITTING[event.kind]))


def media_kept(interview: Interview, event: MediaKept) -> Turn:
    """The file is kept: it is the answer."""
    question = interview.standing()
    if question is None or question.type not in _FITTING:
        again = ask_again(interview, "")
        return Turn(again.session, (DropMedia(event.name), *again.effects))
    turn = take(interview, question, event.name)
    kept = interview.instance.question(question.ref)
    if kept is None or kept.value != event.name:
        return Turn(turn.session, (DropMedia(MediaName(event.name)), *turn.effects))
    return turn


def media_refused(interview: Interview, event: MediaRefused) -> Turn:
    """The file could not be kept."""
    return not_here(interview, interview.voice.t(_MEDIA_PROBLEMS[event.problem]))


def edited(interview: Interview, text: str) -> Turn:
    """An earlier message was changed: if it can be the last answer, that is corrected, and said so."""
    voice = interview.voice
    question = interview.instance.question(interview.state.typed) if interview.state.typed else None
    if question is None or interview.state.phase is Phase.OFFER_CHANGE:
        return not_here(
            interview, voice.t("I do not see changes to earlier messages. To change an answer, write “back”.")
        )
    reading = read_answer(interview, question, text)
    if not isinstance(reading, Taken) or not reading.value:
        return not_here(
            interview, voice.t("I could not read the changed message as an answer, so the answer stays as it was.")
        )
    if interview.instance.answer(question.ref, reading.value) is not None:
        return not_here(interview, voice.t("The changed answer does not fit, so the answer stays as it was."))
    corrected = interview.instance.question(question.ref)
    assert corrected is not None, "an answer that was taken has its question"
    moved = interview.moved()
    return not_here(moved, voice.t("I changed your last answer to: {answer}.", answer=shown(corrected, voice)))


def not_here(interview: Interview, lead: str) -> Turn:
    """A helpful word, then what stands."""
    match interview.state.phase:
        case Phase.REVIEW:
            return review(interview, lead)
        case Phase.OFFER_CHANGE:
            return offer(interview, lead)
        case Phase.STARTING | Phase.ASKING | Phase.CHANGING:
            return ask_again(interview, lead)


def _is_asking(interview: Interview) -> bool:
    return interview.state.phase in (Phase.ASKING, Phase.CHANGING)
