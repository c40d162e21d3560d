"""Going on in another channel: a one-time code carries a half-finished survey there, and nothing stays behind.

The draft is where it is until the code is written in the other channel; only then does it leave. Not here: keeping
and fetching (`bot/movings.py`), the codes (`moving_codes.py`).
"""

from __future__ import annotations

import msgspec

from dialogs.channels.ways import ways
from dialogs.effects import FetchDraft, OfferDraft, ReleaseDraft, Send
from dialogs.errors import UnknownForm
from dialogs.events import DraftFetched, NotFetched
from dialogs.forms.msgids import N_
from dialogs.house import answered
from dialogs.interview import open_interview, voice_of
from dialogs.messages import Kind, Say
from dialogs.moving_codes import LIFE, new_moving_code
from dialogs.onboarding import has_answers
from dialogs.promises import title_of, who_reads
from dialogs.session import Session
from dialogs.standing import stand
from dialogs.survey import takes_any_text
from dialogs.turn import Turn
from dialogs.world import World

_PROBLEMS = {
    NotFetched.UNKNOWN: N_(
        "I do not know this code. A code holds for 15 minutes and works once; please fetch a new one."
    ),
    NotFetched.TOO_MANY: N_("Those were too many wrong codes. Please try it again in 15 minutes."),
    NotFetched.SAME: N_("This code is for another messenger: please write it there. It still holds."),
}


def can_move(session: Session, world: World) -> bool:
    """Whether there is a draft to take along, and a channel to take it to."""
    if session.survey is None or session.survey.amends or not has_answers(session, world):
        return False
    return bool(ways(world.surveys.get(session.survey.code), world, voice_of(session, world)))


def offer(session: Session, world: World) -> Turn:
    """Make a code; the draft stays until it is used."""
    voice = voice_of(session, world)
    if session.survey is not None and session.survey.amends:
        return stand(
            session, world, voice.t("You are changing answers that you sent from here. Please finish that here.")
        )
    if not can_move(session, world):
        return stand(session, world, voice.t("There is nothing to take along yet."))
    assert session.survey is not None, "there is a draft to take along"
    code = new_moving_code(world.rng)
    lines = [
        voice.n(
            "Your code is {code}. It holds for {n} minute and works once.",
            "Your code is {code}. It holds for {n} minutes and works once.",
            int(LIFE.total_seconds()) // 60,
            code=code,
        ),
        voice.t("Write it to me in one of these messengers, and we go on there with the same question:"),
        *ways(world.surveys.get(session.survey.code), world, voice),
        voice.t("Until then nothing changes here. Afterwards nothing of it is left here."),
    ]
    return Turn(session, (OfferDraft(code), Send(Say("\n".join(lines), kind=Kind.INFO, language=voice.language))))


def listens(session: Session, world: World) -> bool:
    """Whether a text that looks like a code is one, rather than an answer."""
    if session.feedback is not None:
        return False
    if session.survey is None or not has_answers(session, world):
        return True
    interview = open_interview(session, world)
    return not takes_any_text(interview, interview.standing())


def fetch(session: Session, code: str, world: World) -> Turn:
    """A code was written: look for the draft behind it, unless another one stands here."""
    if session.survey is not None and has_answers(session, world):
        voice = voice_of(session, world)
        text = voice.t("You have begun a survey here. Please send it or write “stop”, then write the code once more.")
        return stand(session, world, text)
    return Turn(msgspec.structs.replace(answered(session), survey=None), (FetchDraft(code),))


def fetched(session: Session, event: DraftFetched, world: World) -> Turn:
    """Go on with it here, or say why that cannot be."""
    voice = voice_of(session, world)
    if event.problem is not None:
        return stand(session, world, voice.t(_PROBLEMS[event.problem]))
    draft = event.session.survey if event.session is not None else None
    survey = world.surveys.get(draft.code) if draft is not None else None
    if event.session is None or draft is None or survey is None or not survey.is_open(world.now.date()):
        return stand(session, world, voice.t("There is nothing more to take along: the draft has ended."))
    title = title_of(survey, voice)
    if survey.bars(world.channel):
        return stand(session, world, voice.t("“{title}” cannot be answered in this messenger.", title=title))
    if event.took_part:
        text = voice.t("You have taken part in “{title}” here already. What you began waits where it is.", title=title)
        return stand(session, world, text)
    if draft.form not in world.forms:
        raise UnknownForm(draft.form)
    moved = msgspec.structs.replace(
        session,
        survey=draft,
        language=event.session.language,
        chosen_language=True,
        noticed=event.session.noticed,
        noticed_on=event.session.noticed_on,
        began=event.session.began,
    )
    here = voice_of(moved, world)
    lead = here.t("Good to have you here. We go on where you stopped.") + " " + who_reads(world, here)
    standing = stand(moved, world, lead)
    return Turn(standing.session, (ReleaseDraft(event.code), *standing.effects))
