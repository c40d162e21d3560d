"""Correcting what was sent: which survey, then its review again. And return codes, the key to it from any browser.

Not here: the review (`survey_review.py`), the offer to change, keep or delete (`survey_again.py`).
"""

from __future__ import annotations

from msgspec.structs import replace

from dialogs import house
from dialogs.effects import FindEverything, FindParticipation
from dialogs.events import Aim, Everything
from dialogs.holdings import look_up, tied
from dialogs.interview import voice_of
from dialogs.onboarding import has_answers, start
from dialogs.session import Asked, Session
from dialogs.standing import report_first, stand
from dialogs.survey_again import find
from dialogs.survey_sending import CODE_DIGITS
from dialogs.turn import Turn
from dialogs.world import Survey, World


def correct(session: Session, world: World) -> Turn:
    """ "Correct" where no survey is under way."""
    if session.last in world.surveys:
        return start(session, session.last, world)
    return look_up(session, Aim.CORRECT)


def found(session: Session, event: Everything, world: World) -> Turn:
    """What was sent is known now: open it, or ask which."""
    voice = voice_of(session, world)
    open_now = {survey.code for survey in house.open_surveys(world)}
    codes = [each.survey for each in tied(event, world) if each.survey in open_now]
    if not codes:
        return stand(session, world, voice.t("There is nothing of yours that can be changed now."))
    if len(codes) == 1:
        return start(session, codes[0], world)
    return house.put(session, Asked.CORRECT, world, about=" ".join(codes))


# -- return codes


def code_entered(session: Session, code: str, world: World) -> Turn:
    """A return code was typed: find the answers that it belongs to."""
    voice = voice_of(session, world)
    digits = "".join(letter for letter in code if letter.isascii() and letter.isdigit())
    if session.feedback is not None:
        return report_first(session, world)
    if session.survey is not None and not session.survey.amends and has_answers(session, world):
        return stand(session, world, voice.t("To use a return code, first send these answers, or end with “stop”."))
    if len(digits) != CODE_DIGITS:
        return stand(session, world, voice.t("A return code has 16 digits. Please check it."))
    survey = _only(session, world)
    if survey is not None:
        return _open(session, survey, digits, world)
    return Turn(replace(session, returning=digits), (FindEverything(Aim.RETURN_CODE, (("", digits),)),))


def found_by_code(session: Session, event: Everything, world: World) -> Turn:
    """Which survey a return code belongs to is known now."""
    mine, digits = tied(event, world), session.returning
    if not mine:
        text = voice_of(session, world).t("I do not know this code. Please check its 16 digits.")
        return stand(replace(session, returning=""), world, text)
    return _open(replace(session, returning=""), world.surveys[mine[0].survey], digits, world)


def _open(session: Session, survey: Survey, digits: str, world: World) -> Turn:
    if survey.is_open(world.now.date()):
        return find(replace(session, survey=None), survey, world, digits)
    about = replace(session, asked=Asked.ERASE, about=survey.code, last=survey.code, returning=digits)
    return Turn(about, (FindParticipation(survey.code, digits),))


def _only(session: Session, world: World) -> Survey | None:
    """The survey that a code is surely meant for."""
    if session.survey is not None:
        return world.surveys.get(session.survey.code)
    return next(iter(world.surveys.values())) if len(world.surveys) == 1 else None
