"""A second attempt: the answers that were sent are found, and may be changed, left or deleted while the survey is open.

Not here: the deletion (`rights.py`), the questions themselves (`survey_answering.py`).
"""

from __future__ import annotations

import re
from contextlib import suppress

import msgspec

from dialogs.actions import Tap, Verb, encode
from dialogs.effects import Effect, FindParticipation, Send
from dialogs.errors import UnknownForm
from dialogs.events import Participated
from dialogs.forms.instance import Instance, open_instance
from dialogs.forms.refs import place_of
from dialogs.interview import Interview
from dialogs.messages import Button, Choices, Kind, Say
from dialogs.promises import title_of, what_can_be_undone
from dialogs.session import Asked, Phase, Session, SurveyState
from dialogs.survey_asking import control
from dialogs.triggers import LABELS, Command
from dialogs.turn import Turn
from dialogs.world import Survey, World

RESPONSE_BYTES = 16
"""A response id is random and this long."""

OFFERS = (Command.CHANGE, Command.KEEP, Command.DELETE)
"""What is offered, in this order."""


def find(session: Session, survey: Survey, world: World, return_code: str = "") -> Turn:
    """Ask whether this person answered before. Nothing is said yet."""
    state = SurveyState(
        code=survey.code,
        form=survey.form,
        response=world.rng.randbytes(RESPONSE_BYTES),
        phase=Phase.STARTING,
        returning=return_code,
    )
    searching = msgspec.structs.replace(session, survey=state, asked=Asked.NOTHING, about="", returning="")
    return Turn(searching, (FindParticipation(survey.code, return_code),))


def refilled(session: Session, state: SurveyState, found: Participated, world: World) -> Session:
    """The session with the answers that were sent, in the form version they were given to.

    Answers that the form would not take any more are left out; the review shows what is missing.
    """
    form = world.forms.get(found.form)
    if form is None:
        raise UnknownForm(found.form)
    instance = open_instance(form, None, world.now, world.rng)
    for ref, value in found.answers:
        with suppress(KeyError):  # what the form does not know (any more) is not ours to fill
            _grow(instance, ref)
            instance.answer(ref, value)
    again = msgspec.structs.replace(
        state,
        form=found.form,
        response=found.response or state.response,
        record=instance.record,
        phase=Phase.OFFER_CHANGE,
        amends=True,
    )
    return msgspec.structs.replace(session, survey=again)


_STEP_END = re.compile(r"(?:\[\d+\])?(?=/|$)")


def _grow(instance: Instance, ref: str) -> None:
    """Add the instances of repeats that a ref lies in. Raises KeyError if the form has no such node."""
    for end in _STEP_END.finditer(ref):
        holder = ref[: end.end()]
        if not holder:
            continue
        place = place_of(instance.form, holder)
        if place.definition.repeats and place.find(instance.tree) is None:
            instance.add_repeat(ref[: end.start()])


def offer(interview: Interview, lead: str = "", before: tuple[Effect, ...] = ()) -> Turn:
    """Say that there are answers, and what can be done with them."""
    return Turn(interview.session, (*before, Send(offer_say(interview, lead), anchor=True)))


def offer_say(interview: Interview, lead: str = "") -> Say:
    voice = interview.voice
    return Say(
        voice.t(
            "You have answered “{title}” already. {rights} What would you like to do?",
            title=title_of(interview.survey, voice),
            rights=what_can_be_undone(interview.survey, voice),
        ),
        kind=Kind.QUESTION,
        lead=lead,
        choices=Choices(
            tuple(Button(encode(Tap(Verb.COMMAND, command.value)), voice.t(LABELS[command])) for command in OFFERS)
        ),
        controls=(control(Command.HELP, voice),),
        language=voice.language,
    )
