"""Sending: the answers as they are stored, thanks, and the data receipt.

Not here: how they are stored and sealed (`storage/`, `privacy/`).
"""

from __future__ import annotations

import random
import re

import msgspec

from dialogs.effects import Send, Submit, Value
from dialogs.forms.questions import QuestionType
from dialogs.i18n import Voice
from dialogs.interview import Interview
from dialogs.messages import Kind, Say
from dialogs.promises import what_can_be_undone, who_reads
from dialogs.session import Asked
from dialogs.survey_asking import control
from dialogs.survey_review import reviewed, settled_review
from dialogs.triggers import Command
from dialogs.turn import Turn
from dialogs.world import Mode, Survey, World

PLAIN = frozenset(
    {
        QuestionType.SELECT_ONE,
        QuestionType.SELECT_MULTIPLE,
        QuestionType.RANK,
        QuestionType.INTEGER,
        QuestionType.DECIMAL,
        QuestionType.RANGE,
        QuestionType.DATE,
        QuestionType.TIME,
        QuestionType.DATETIME,
        QuestionType.ACKNOWLEDGE,
    }
)
"""Types stored in plain columns, so that they can be counted. Everything else is sealed, what the form computed
included: a calculation may quote a free text. So may a choice that is made of earlier answers."""

CHOICES = frozenset({QuestionType.SELECT_ONE, QuestionType.SELECT_MULTIPLE, QuestionType.RANK})

MEDIA = frozenset({QuestionType.IMAGE, QuestionType.AUDIO, QuestionType.FILE})

_POSITIONS = re.compile(r"\[\d+\]")

CODE_DIGITS = 16
"""Digits of a return code (privacy.md)."""
CODE = re.compile(r"(?:\d[\s.-]?){15}\d", re.ASCII)
"""A return code as people type it."""


def send(interview: Interview) -> Turn:
    """Store the answers, say thanks, hand out the receipt. The draft ends."""
    survey, state, voice = interview.survey, interview.state, interview.voice
    values = submitted(interview)
    code = _code(interview)
    session = msgspec.structs.replace(
        interview.session,
        survey=None,
        asked=Asked.NOTHING,
        about="",
        last=interview.session.last if survey.trial else survey.code,
        returning=state.returning,
    )
    submit = Submit(
        survey=survey.code,
        form=state.form,
        response=state.response,
        language=interview.session.language,
        values=values,
        return_code=code,
        informed=interview.session.noticed,
    )
    answered = sum(1 for question in reviewed(interview) if question.value)
    return Turn(
        session,
        (submit, *settled_review(interview), Send(receipt(survey, answered, code, interview.world, voice))),
    )


def submitted(interview: Interview) -> tuple[Value, ...]:
    """Every answer that is relevant, as it is stored.

    What a form notes of its own accord (start and end, device, instance id) is not: the receipt says "nothing else".
    """
    own = frozenset(preload.definition.path for preload in interview.form.preloads)
    made_of_answers = frozenset(
        control.ref for control in interview.form.controls if control.type in CHOICES and control.choices is None
    )
    return tuple(
        Value(
            ref,
            value,
            sealed=kind not in PLAIN or _POSITIONS.sub("", ref) in made_of_answers,
            media=kind in MEDIA,
        )
        for ref, value, kind in interview.instance.answers()
        if value
        and kind not in (QuestionType.NOTE, QuestionType.REPEAT)
        and (kind is not None or not ("/meta/" in ref or _POSITIONS.sub("", ref) in own))
    )


def receipt(survey: Survey, answers: int, code: str, world: World, voice: Voice) -> Say:
    """Thanks, and what was kept."""
    if survey.trial:
        text = voice.t("That was the test. Nothing of it was kept or counted; write the code again to begin anew.")
        return Say(text, kind=Kind.RECEIPT, language=voice.language)
    paragraphs = [
        voice.t("Thank you, that helps."),
        voice.n(
            "Your receipt: {n} answer is stored, with the day, the language and the way “{channel}”, nothing else.",
            "Your receipt: {n} answers are stored, with the day, the language and the way “{channel}”, nothing else.",
            answers,
            channel=world.channel.label,
        )
        + "\n"
        + what_can_be_undone(survey, voice)
        + "\n"
        + who_reads(world, voice),
    ]
    if code:
        paragraphs.append(
            voice.t("Your return code: {code}", code=grouped(code))
            + "\n"
            + voice.t(
                "With it you can change or delete your answers from any device. Please keep it; nobody else has it."
            )
        )
    undoable = survey.mode is Mode.DEDUPE
    return Say(
        "\n\n".join(paragraphs),
        kind=Kind.RECEIPT,
        controls=tuple(
            control(command, voice)
            for command, offered in (
                (Command.OUTCOME, world.channel.push_per_second > 0),
                (Command.CHANGE, undoable),
                (Command.DELETE, undoable),
            )
            if offered
        ),
        language=voice.language,
    )


def grouped(code: str) -> str:
    """A code in groups of four."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _code(interview: Interview) -> str:
    if interview.survey.mode is Mode.STRICT or interview.survey.trial or not interview.world.channel.return_code:
        return ""
    return interview.state.returning or new_code(interview.world.rng)


def new_code(rng: random.Random) -> str:
    """Sixteen random digits."""
    return f"{rng.randrange(10**CODE_DIGITS):0{CODE_DIGITS}d}"
