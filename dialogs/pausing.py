"""Pausing: a draft is kept until a day that the citizen names, at most as long as any draft lives.

Not here: the keeping itself (`bot/vault.py` reads `Session.paused_until`).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from msgspec.structs import replace

from dialogs import house
from dialogs.effects import Send
from dialogs.interview import voice_of
from dialogs.messages import Kind, Say
from dialogs.reading.calendars import calendar
from dialogs.reading.dates import day
from dialogs.reading.folding import key
from dialogs.session import Session
from dialogs.standing import stand
from dialogs.survey_asking import control
from dialogs.triggers import Command
from dialogs.turn import Turn
from dialogs.world import World

HOUR = 3600  # seconds
_WEEK = 7  # days
_LEADING = frozenset({"bis", "zum", "am", "fur", "until", "till", "til", "to", "for", "on"})
"""Words before the day itself, as `folding.key` writes them."""


def pause(session: Session, until: str, world: World) -> Turn:
    """Keep the draft until a day. `until` is what was typed after the word, '' for as long as possible."""
    voice = voice_of(session, world)
    if session.survey is None and session.feedback is None:
        return stand(session, world, voice.t("There is nothing to pause: no survey is under way here."))
    today, latest = world.now.date(), last_day(session, world)
    wanted = day_meant(until, session.language, today) if until else latest
    if wanted is None or wanted <= today:
        return stand(
            session, world, voice.t("Until which day? For example: “pause until {day}”.", day=voice.day(latest))
        )
    kept = min(wanted, latest)
    lines = [voice.t("All right, a pause. I keep your answers so far, encrypted, until {day}.", day=voice.day(kept))]
    if wanted > latest:
        lines.append(voice.t("An unfinished survey is kept for seven days at most."))
    lines.append(voice.t("To go on, write “continue”. To end it, write “stop”."))
    say = Say(
        "\n".join(lines),
        kind=Kind.INFO,
        controls=(control(Command.NEXT, voice), control(Command.STOP, voice)),
        language=voice.language,
    )
    return Turn(replace(house.answered(session), paused_until=kept), (Send(say),))


def resumed(session: Session, world: World) -> Turn:
    """Back from a pause."""
    return stand(awake(session), world, voice_of(session, world).t("Good to have you back. We go on here."))


def awake(session: Session) -> Session:
    """The session without its pause: any word ends it."""
    return session if session.paused_until is None else replace(session, paused_until=None)


def last_day(session: Session, world: World) -> date:
    """The last day until whose end the draft can be kept; today at the earliest."""
    ends = datetime.fromtimestamp((session.began + world.draft_hours) * HOUR, world.now.tzinfo)
    return max(world.now.date(), ends.date() - timedelta(days=1))


def day_meant(text: str, language: str, today: date) -> date | None:
    """The day that "until Friday", "bis 3.12." or "3 days" mean; None for what is no day."""
    words = text.split()
    while words and key(words[0]) in _LEADING:
        words.pop(0)
    for spoken in dict.fromkeys((language, "de", "en")):
        weekday = calendar(spoken).weekdays.get(key(" ".join(words)))
        if weekday is not None:
            return today + timedelta(days=(weekday - today.weekday() - 1) % _WEEK + 1)
        for phrase in (" ".join(words), "in " + " ".join(words)):
            found = day(phrase, spoken, today)
            if isinstance(found, date):
                return found
    return None
