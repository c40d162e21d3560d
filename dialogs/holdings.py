"""What is stored of the person who asks: the query for it, and how it is told.

Not here: what is then done with it (`my_data.py`, `deleting.py`, `correcting.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

from dialogs.effects import FindEverything
from dialogs.events import Aim, Everything, Participated
from dialogs.i18n import Voice
from dialogs.interview import Interview, open_interview
from dialogs.promises import deletable_until, title_of
from dialogs.session import Session, SurveyState
from dialogs.survey_again import refilled
from dialogs.survey_review import reviewed
from dialogs.turn import Turn
from dialogs.world import Survey, World


def look_up(session: Session, aim: Aim) -> Turn:
    """Ask what is stored of this person. Nothing is said yet."""
    return Turn(session, (FindEverything(aim, codes_of(session)),))


def codes_of(session: Session) -> tuple[tuple[str, str], ...]:
    """The return codes that were shown in this conversation, each with its survey."""
    shown: dict[str, str] = {}
    if session.last and session.returning:
        shown[session.last] = session.returning
    if session.survey is not None and session.survey.returning:
        shown[session.survey.code] = session.survey.returning
    return tuple(shown.items())


def code_for(session: Session, survey: str) -> str:
    """The return code that was shown for a survey, or ''."""
    return dict(codes_of(session)).get(survey, "")


def tied(event: Everything, world: World) -> tuple[Participated, ...]:
    """Responses that are known to be this person's."""
    return tuple(each for each in event.found if each.response and each.survey in world.surveys)


def untied(event: Everything, world: World) -> tuple[Survey, ...]:
    """Surveys that this person took part in, and nothing says with which answers."""
    return tuple(
        world.surveys[each.survey] for each in event.found if each.response == b"" and each.survey in world.surveys
    )


def still_noted(surveys: Iterable[Survey], voice: Voice) -> list[str]:
    """What no deletion reaches: that somebody took part in a strict survey."""
    lines = []
    for survey in surveys:
        until, title = deletable_until(survey), title_of(survey, voice)
        if until is None:
            lines.append(
                voice.t(
                    "It is noted that you took part in “{title}”, so that nobody answers twice. "
                    "Nobody can tell which answers are yours. The note goes after the survey ends.",
                    title=title,
                )
            )
        else:
            lines.append(
                voice.t(
                    "It is noted that you took part in “{title}”, so that nobody answers twice. "
                    "Nobody can tell which answers are yours. The note goes on {day}.",
                    title=title,
                    day=voice.day(until),
                )
            )
    return lines


def about_reports(world: World, voice: Voice) -> list[str]:
    """Reports that the town is not to write about hang on nobody: they are not found here."""
    if not world.town.categories:
        return []
    return [
        voice.t(
            "Reports that we are not to write to you about are not tied to you. "
            "To read or delete one, write its case code."
        )
    ]


def answered_interview(session: Session, found: Participated, world: World) -> Interview | None:
    """The answers that were sent, in their form; None where the form is not at hand."""
    if found.form not in world.forms or found.survey not in world.surveys:
        return None
    state = SurveyState(found.survey, found.form, found.response or b"")
    return open_interview(refilled(session, state, found, world), world)


def answers_in(session: Session, found: Participated, world: World) -> int:
    """How many answers a response has, counted as its receipt counted them."""
    interview = answered_interview(session, found, world)
    if interview is None:
        return len(found.answers)
    return sum(1 for question in reviewed(interview) if question.value)
