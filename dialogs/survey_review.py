"""The review before sending: every answer with its number, each can be changed.

Not here: the sending itself (`survey_sending.py`), how a changed answer is asked (`survey_answering.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.actions import Tap, Verb, encode
from dialogs.answers import shown
from dialogs.effects import Effect, Send, Settle
from dialogs.forms.questions import Question, QuestionType
from dialogs.interview import Interview, is_askable
from dialogs.messages import Button, Choices, Kind, Say
from dialogs.promises import clipped, what_can_be_undone
from dialogs.session import Asked, Phase
from dialogs.survey_asking import control, page_size
from dialogs.triggers import LABELS, Command
from dialogs.turn import Turn

LABEL_LIMIT = 120
"""Characters of a question in the review."""
BUTTON_LIMIT = 34
"""Characters of a question on a button."""

_PASSED_OVER = frozenset({QuestionType.REPEAT, QuestionType.ACKNOWLEDGE})


def review(interview: Interview, lead: str = "", before: tuple[Effect, ...] = ()) -> Turn:
    """Show the review: it stands from now on."""
    standing = interview.moved(phase=Phase.REVIEW, cursor="", picked=(), page=0, search="", pending=())
    return Turn(standing.session, (*before, Send(review_say(standing, lead), anchor=True)))


def reviewed(interview: Interview) -> tuple[Question, ...]:
    """The questions of the review, in the order of their numbers."""
    return tuple(
        question for question in interview.questions() if is_askable(question) and question.type not in _PASSED_OVER
    )


def review_say(interview: Interview, lead: str = "") -> Say:
    """All answers, what can be undone later, and the way to send."""
    voice, questions = interview.voice, reviewed(interview)
    hint = [what_can_be_undone(interview.survey, voice)]
    if questions:
        hint.append(voice.t("To change an answer, its number is enough."))
    return Say(
        text=_text(interview, questions),
        kind=Kind.REVIEW,
        lead=lead,
        hint="\n".join(hint),
        controls=(
            Button(control(Command.SEND, voice).action, voice.t(LABELS[Command.SEND])),
            control(Command.CHANGE, voice),
        ),
        language=voice.language,
    )


def settled_review(interview: Interview) -> tuple[Settle, ...]:
    """The review when it is sent: the same text, nothing to tap. Nothing where the channel cannot edit."""
    if not interview.world.channel.edits:
        return ()
    return (Settle(Say(_text(interview, reviewed(interview)), kind=Kind.REVIEW, language=interview.voice.language)),)


def which_say(interview: Interview, lead: str = "") -> Say:
    """ "Which answer?": a button for each where the channel has buttons, else the number is typed."""
    voice, channel = interview.voice, interview.world.channel
    questions = reviewed(interview)
    size = page_size(channel)
    pages = max(1, -(-len(questions) // size))
    page = min(interview.state.page, pages - 1)
    choices = None
    if channel.buttons is not None:
        choices = Choices(
            tuple(
                Button(encode(Tap(Verb.REPLY, Asked.CHANGE, index)), f"{index + 1} · {_name(question, BUTTON_LIMIT)}")
                for index, question in enumerate(questions)
            )[page * size : (page + 1) * size],
            first=page * size + 1,
            pages=tuple(
                Button(encode(Tap(Verb.PAGE, Asked.CHANGE, to)), voice.t(LABELS[command]), secondary=True)
                for to, command in ((page - 1, Command.FEWER), (page + 1, Command.MORE))
                if 0 <= to < pages
            ),
        )
    return Say(
        voice.t("Which answer would you like to change? Its number is enough."),
        kind=Kind.REVIEW,
        lead=lead,
        choices=choices,
        controls=(control(Command.BACK, voice),),
        language=voice.language,
    )


def _text(interview: Interview, questions: Sequence[Question]) -> str:
    lines = (_line(number, question, interview) for number, question in enumerate(questions, 1))
    return "\n".join((interview.voice.t("Please check once:"), *lines))


def _line(number: int, question: Question, interview: Interview) -> str:
    answer = shown(question, interview.voice, interview.world.town.places) or interview.voice.t("no answer")
    name = _name(question, LABEL_LIMIT)
    return f"{number}. {name} – {answer}"


def _name(question: Question, limit: int) -> str:
    label = clipped(_gist(question.label) or question.hint or question.ref.rsplit("/", 1)[-1], limit)
    if question.repeat:
        return f"({'.'.join(map(str, question.repeat))}) {label}"
    return label


def _gist(label: str) -> str:
    """The question itself, without what stands around it: up to the first question mark, else the first line."""
    line = next((line for line in label.splitlines() if "?" in line), label.strip().split("\n", 1)[0])
    asked, mark, _ = line.partition("?")
    return (asked + mark).strip() if mark else line.strip()
