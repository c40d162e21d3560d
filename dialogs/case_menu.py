"""A case that was sent: what became of it, and what its reporter may do with it: add words, get replies here, end them,
delete it. Found by its code on any channel, or by a button under what the town wrote.

Not here: reporting (`feedback.py`), the talk with the town (`case_talk.py`), what is said (`feedback_words.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from dialogs import house
from dialogs.case_words import who
from dialogs.effects import AddToCase, Effect, EraseCase, FindCase, FindCases, Send, TieCase, UntieCase
from dialogs.events import CaseFound, CasesFor, CasesFound
from dialogs.feedback_words import case_text
from dialogs.i18n import Voice
from dialogs.interview import voice_of
from dialogs.messages import Kind, Say
from dialogs.moderation import CLOSED, MOST_OPEN, MOST_TIED
from dialogs.session import Asked, FeedbackState, Session, Step
from dialogs.standing import report_first, stand, then_stand
from dialogs.turn import Turn
from dialogs.world import World

CASE_BYTES = 16
WORDS_LIMIT = 2000  # characters of a report or an addition


def look_up(session: Session, code: str) -> Turn:
    """Ask what became of the report with this code."""
    return Turn(session, (FindCase(code),))


def found(session: Session, event: CaseFound, world: World) -> Turn:
    """What became of it is known now."""
    if event.status is None:
        text = voice_of(session, world).t("I do not know this case code. Please check it.")
        return stand(session, world, text)
    return menu(session, event, world)


def menu(session: Session, case: CaseFound, world: World) -> Turn:
    """The case, and what can be done with it."""
    about = f"{case.code} {case.replies}"
    lead = case_text(case, world, voice_of(session, world))
    return house.put(session, Asked.CASE, world, about=about, lead=lead)


def answer(session: Session, value: str, world: World) -> Turn:
    """What shall happen with a report that was looked up."""
    plain, code = house.answered(session), session.about.partition(" ")[0]
    voice = voice_of(session, world)
    match value:
        case house.ADD if session.feedback is not None:
            return report_first(plain, world)
        case house.ADD:
            state = FeedbackState(world.rng.randbytes(CASE_BYTES), Step.ADDITION, code=code)
            return stand(replace(plain, feedback=state), world)
        case house.HERE:
            return Turn(plain, (FindCases(CasesFor.TIE, code),))
        case house.NO_REPLIES:
            text = voice.t(
                "{town} does not write to you about it any more; your address is deleted.", town=world.town.name
            )
            text += " " + voice.t("With the case code you can still read what becomes of it.")
            return _done(replace(plain, case=""), UntieCase(code), text, world)
        case house.ERASE_CASE:
            text = voice.t("Your report is deleted, with everything that was written about it.")
            return _done(replace(plain, case=""), EraseCase(code), text, world)
        case _:
            return stand(plain, world)


def tie_found(session: Session, event: CasesFound, world: World) -> Turn:
    """How many cases the person can be written to about is known now: one more, or too many."""
    voice = voice_of(session, world)
    if is_full(event.cases):
        return stand(session, world, full_text(world, voice))
    text = voice.t("From now on {town} writes to you here about it, and nowhere else.", town=world.town.name)
    text += " " + voice.t("Your address is kept, encrypted, until 90 days after the case is closed.")
    return _done(session, TieCase(event.about), text, world)


def is_full(cases: Sequence[CaseFound]) -> bool:
    """Whether a person has as many cases as they can be written to about."""
    return len(cases) >= MOST_TIED or sum(case.status not in CLOSED for case in cases) >= MOST_OPEN


def full_text(world: World, voice: Voice) -> str:
    return voice.t(
        "{town} is writing to you about many reports already. What becomes of this one you read with its case code.",
        town=world.town.name,
    )


def added(session: Session, state: FeedbackState, text: str, world: World) -> Turn:
    """More words for a case."""
    if len(text) > WORDS_LIMIT:
        return too_long(session, WORDS_LIMIT, world)
    voice = voice_of(session, world)
    thanks = voice.t("Thank you. {who} finds that with your report.", who=who(state.to, world))
    return _done(replace(session, feedback=None), AddToCase(state.code, state.case, text), thanks, world)


def too_long(session: Session, limit: int, world: World) -> Turn:
    voice = voice_of(session, world)
    return stand(
        session, world, voice.n("Please use {n} character at most.", "Please use {n} characters at most.", limit)
    )


def _done(session: Session, act: Effect, text: str, world: World) -> Turn:
    say = Say(text, kind=Kind.INFO, language=voice_of(session, world).language)
    return then_stand(session, (act, Send(say)), world)
