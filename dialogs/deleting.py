"""Deletion at the citizen's word: one survey or everything, asked once, and said how much it was.

Not here: how rows, files and keys go (`storage/`), and the tombstones that keep them gone.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from dialogs import house
from dialogs.effects import Depart, Effect, Erase, EraseCase, FindParticipation, ForgetOutcome, Send, Unsubscribe
from dialogs.ending import dropped_media, dropped_photo
from dialogs.events import Aim, Everything, Participated
from dialogs.holdings import about_reports, answers_in, code_for, look_up, still_noted, tied, untied
from dialogs.i18n import Voice
from dialogs.interview import voice_of
from dialogs.messages import Kind, Say
from dialogs.promises import deletable_until, title_of
from dialogs.session import Asked, Session
from dialogs.standing import stand, then_stand
from dialogs.turn import Turn
from dialogs.world import Mode, Survey, World

# -- one survey


def delete(session: Session, code: str, world: World) -> Turn:
    """ "Delete": find what is stored, then ask once. `code` names a survey or is ''."""
    survey = meant(session, code, world)
    if survey is None and code:
        return stand(session, world, voice_of(session, world).t("I do not know this link or code."))
    if survey is None:
        return look_up(session, Aim.DELETE)
    reason = _out_of_reach(survey, session, world)
    if reason:
        return stand(session, world, reason)
    asking = replace(session, asked=Asked.ERASE, about=survey.code)
    return Turn(asking, (FindParticipation(survey.code, code_for(session, survey.code)),))


def _out_of_reach(survey: Survey, session: Session, world: World) -> str:
    """Why answers to this survey cannot be found any more, or ''."""
    voice, until = voice_of(session, world), deletable_until(survey)
    if survey.mode is Mode.STRICT and session.survey is None:
        return _nothing_ties(survey, voice)
    if until is not None and world.now.date() > until:
        return voice.t(
            "The tie to your answers to “{title}” was deleted on {day}. I cannot find them any more.",
            title=title_of(survey, voice),
            day=voice.day(until),
        )
    return ""


def _nothing_ties(survey: Survey, voice: Voice) -> str:
    return voice.t(
        "Nothing ties your answers to “{title}” to you any more, so I cannot find them to delete them.",
        title=title_of(survey, voice),
    )


def found_one(session: Session, event: Participated, world: World) -> Turn:
    """What is stored for the survey is known now: ask once, or say that there is nothing."""
    voice = voice_of(session, world)
    survey = world.surveys[event.survey]
    if event.response or _is_draft(session, event.survey):
        return house.put(session, Asked.ERASE, world, about=event.survey)
    text = voice.t("Nothing of yours is stored for “{title}”.", title=title_of(survey, voice))
    if event.response is not None:
        text = _nothing_ties(survey, voice)
    return stand(house.answered(session), world, text)


def which(session: Session, event: Everything, world: World) -> Turn:
    """ "Delete", and it is not clear what: ask which survey, or all."""
    codes = _codes(session, event, world)
    about = house.with_reports(codes, len(event.cases))
    if not about:
        return _nothing(session, event, world)
    if not codes:
        return house.put(session, Asked.ERASE_ALL, world, about=about)
    if len(codes) == 1 and not event.cases:
        return house.put(session, Asked.ERASE, world, about=about)
    return house.put(session, Asked.ERASE_WHICH, world, about=about)


def confirmed(session: Session) -> Turn:
    """Deletion of one survey, confirmed: looked up once more, so that what is said is what was there."""
    looking = replace(session, asked=Asked.ERASING)
    return Turn(looking, (FindParticipation(session.about, code_for(session, session.about)),))


def erase(session: Session, event: Participated, world: World) -> Turn:
    """What was sent, and the draft."""
    voice = voice_of(session, world)
    survey = world.surveys[event.survey]
    effects: list[Effect] = [Erase(survey.code, code_for(session, survey.code)), ForgetOutcome(survey.code)]
    ended = house.answered(session)
    lines = []
    if event.response:
        lines.append(_deleted(answers_in(session, event, world), [survey], voice))
    if session.survey is not None and session.survey.code == survey.code:
        effects += dropped_media(session, world)
        if not session.survey.amends:
            lines.append(voice.t("Your unfinished answers are forgotten."))
        ended = replace(ended, survey=None)
    if session.last == survey.code:
        ended = replace(ended, last="", returning="")
    return _said(ended, effects, "\n".join(lines) or voice.t("None of your answers is stored any more."), world)


def _deleted(number: int, surveys: Iterable[Survey], voice: Voice) -> str:
    titles = voice.items(voice.quoted(title_of(survey, voice)) for survey in surveys)
    return voice.n("{n} answer is deleted: {titles}.", "{n} answers are deleted: {titles}.", number, titles=titles)


# -- everything


def ask_all(session: Session, event: Everything, world: World) -> Turn:
    """ "Delete everything": ask once, or say that there is nothing."""
    codes = _codes(session, event, world)
    if event.subscription is not None or event.outcomes:
        codes.append(house.NEWS)
    about = house.with_reports(codes, len(event.cases))
    if not about:
        return _nothing(session, event, world)
    return house.put(session, Asked.ERASE_ALL, world, about=about)


def erase_all(session: Session, event: Everything, world: World) -> Turn:
    """Deletion of everything, confirmed: looked up once more, so that what is said is what was there."""
    voice, mine = voice_of(session, world), tied(event, world)
    effects: list[Effect] = [Erase(each.survey, code_for(session, each.survey)) for each in mine]
    effects += [EraseCase(case.code) for case in event.cases]
    effects += (*dropped_media(session, world), *dropped_photo(session), Depart())
    lines = []
    effects += [ForgetOutcome(survey) for survey in event.outcomes]
    if event.subscription is not None:
        effects.append(Unsubscribe())
    if event.subscription is not None or event.outcomes:
        lines.append(voice.t("You get no more news; where to reach you is forgotten."))
    number = sum(answers_in(session, each, world) for each in mine)
    if mine:
        lines.append(_deleted(number, [world.surveys[each.survey] for each in mine], voice))
    if event.cases:
        lines.append(voice.n("{n} report is deleted.", "{n} reports are deleted.", len(event.cases)))
    if session.survey is not None and not session.survey.amends:
        lines.append(voice.t("Your unfinished answers are forgotten."))
    lines.append(voice.t("None of your answers is stored any more."))
    lines += still_noted(untied(event, world), voice)
    lines += about_reports(world, voice)
    fresh = Session(language=session.language, chosen_language=session.chosen_language)
    return Turn(fresh, (*effects, Send(Say("\n".join(lines), kind=Kind.INFO, language=voice.language))))


def _codes(session: Session, event: Everything, world: World) -> list[str]:
    """Surveys of which anything can be deleted, the draft's included."""
    codes = [each.survey for each in tied(event, world)]
    if session.survey is not None and session.survey.code not in codes:
        codes.append(session.survey.code)
    return codes


def _nothing(session: Session, event: Everything, world: World) -> Turn:
    voice = voice_of(session, world)
    lines = [voice.t("I have found nothing of yours.")]
    lines += still_noted(untied(event, world), voice)
    lines += about_reports(world, voice)
    if world.channel.return_code:
        lines.append(voice.t("If you have a return code, type it here."))
    return stand(house.answered(session), world, "\n".join(lines))


def _is_draft(session: Session, code: str) -> bool:
    return session.survey is not None and session.survey.code == code and not session.survey.amends


def _said(session: Session, effects: list[Effect], text: str, world: World) -> Turn:
    say = Say(text, kind=Kind.INFO, language=voice_of(session, world).language)
    return then_stand(session, (*effects, Send(say)), world)


def meant(session: Session, code: str, world: World) -> Survey | None:
    """The survey that a right is claimed for, if that is clear."""
    if code:
        return world.surveys.get(code.strip().lower())
    if session.survey is not None:
        return world.surveys.get(session.survey.code)
    if session.last:
        return world.surveys.get(session.last)
    return next(iter(world.surveys.values())) if len(world.surveys) == 1 else None
