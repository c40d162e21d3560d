"""Places, files and edited messages while a survey is under way: an answer if the question asks for it, else a word.

Not here: words (`survey.py`), fetching and cleaning of files (`bot/`, `storage/sandbox.py`).
"""

from __future__ import annotations

from dialogs.answers import shown
from dialogs.effects import DropMedia, KeepMedia
from dialogs.events import (
    MediaKept,
    MediaKind,
    MediaName,
    MediaProblem,
    MediaRefused,
    MediaSent,
    Placed,
)
from dialogs.forms.msgids import N_
from dialogs.forms.questions import QuestionType
from dialogs.interview import Interview
from dialogs.reading.outcomes import Taken
from dialogs.session import Phase
from dialogs.survey import is_asking, not_here
from dialogs.survey_answering import (
    ask,
    ask_again,
    take,
)
from dialogs.survey_reading import read_answer
from dialogs.turn import Turn

_KEPT_AS = {
    QuestionType.IMAGE: MediaKind.PHOTO,
    QuestionType.AUDIO: MediaKind.VOICE,
    QuestionType.FILE: MediaKind.FILE,
}
"""What a file is cleaned as: what the question asks for, whatever the messenger calls it."""

_FITTING = {
    QuestionType.IMAGE: frozenset({MediaKind.PHOTO, MediaKind.FILE}),
    QuestionType.AUDIO: frozenset({MediaKind.VOICE, MediaKind.FILE}),
    QuestionType.FILE: frozenset({MediaKind.FILE, MediaKind.PHOTO}),
}


PROBLEMS = {
    MediaProblem.TOO_LARGE: N_("That file is too large for me. Please send a smaller one."),
    MediaProblem.UNREADABLE: N_("I could not open that file. Please try another one."),
    MediaProblem.WRONG_KIND: N_("I cannot use a file of that kind here."),
    MediaProblem.HEIC: N_(
        "I cannot open this kind of picture (HEIC). Please send it as JPEG, or take a screenshot of it."
    ),
    MediaProblem.TOO_MANY: N_("That is more files than I can take from one person in a day."),
    MediaProblem.UNAVAILABLE: N_("I could not fetch the file just now. Please send it once more."),
}


_UNFITTING = {
    MediaKind.PHOTO: N_("Thank you for the photo, but I cannot use one here; it is not kept."),
    MediaKind.VOICE: N_("I cannot listen to voice messages here; it is not kept. Please write or tap your answer."),
    MediaKind.VIDEO: N_("I cannot watch films; it is not kept."),
    MediaKind.FILE: N_("I cannot use a file here; it is not kept."),
    MediaKind.STICKER: N_("A nice sticker, but I do not know what it means. Please write or tap your answer."),
}

NOT_SEEN = N_("You deleted a message. What you have answered stays until you change it; write “back” for that.")


def unfitting(kind: MediaKind) -> str:
    """The msgid for a file that nothing here takes."""
    return _UNFITTING[kind]


def placed(interview: Interview, event: Placed) -> Turn:
    """A place was sent."""
    question = interview.standing()
    if question is None or question.type is not QuestionType.GEOPOINT or not is_asking(interview):
        return not_here(
            interview, interview.voice.t("Thank you for the place, but I do not need one here; it is not kept.")
        )
    accuracy = max(0.0, event.accuracy)
    return take(interview, question, f"{event.latitude:.7f} {event.longitude:.7f} 0.0 {accuracy:.1f}")


def takes(interview: Interview, event: MediaSent) -> bool:
    """Whether the file can be the answer to the question that stands."""
    question = interview.standing()
    return question is not None and is_asking(interview) and event.kind in _FITTING.get(question.type, ())


def media_sent(interview: Interview, event: MediaSent) -> Turn:
    """A file was sent: keep it if the question asks for one."""
    question = interview.standing()
    if question is not None and takes(interview, event):
        return Turn(interview.session, (KeepMedia(event.media, _KEPT_AS[question.type]),))
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
    return not_here(interview, interview.voice.t(PROBLEMS[event.problem]))


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
    answer = shown(corrected, voice, interview.world.town.places)
    return not_here(moved, voice.t("I changed your last answer to: {answer}.", answer=answer))


def retracted(interview: Interview) -> Turn:
    """The message that gave the last answer was deleted: the answer goes with it, and its question stands again."""
    voice, phase = interview.voice, interview.state.phase
    question = interview.instance.question(interview.state.typed) if interview.state.typed else None
    if question is None or phase is Phase.OFFER_CHANGE:
        return not_here(interview, voice.t(NOT_SEEN))
    interview.instance.clear(question.ref)
    emptied = interview.instance.question(question.ref) or question
    again = Phase.CHANGING if phase is Phase.REVIEW else phase
    return ask(
        interview.moved(typed="", phase=again),
        emptied,
        voice.t("You deleted your last message, so I have forgotten that answer."),
    )
