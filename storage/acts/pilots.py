"""Staff make a pilot what a file or a page of the desk says, step by step of its life. Each is noted in the audit log.

Not here: what is asked of a pilot (`pilotfile.py`, `dialogs/pilots.py`), what a step sets off (`bot/newsdesk.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dialogs.broadcasts import Act, BroadcastId, BroadcastState
from dialogs.i18n import N_, Voice
from dialogs.messages import Language
from dialogs.pilots import OVER, Pilot
from dialogs.standing_news import goodbye
from storage.acts.broadcasting import Stores
from storage.acts.errors import ActError
from storage.acts.pilotfile import read_pilot
from storage.audit import AuditEntry
from storage.clock import Clock
from storage.errors import Conflict
from storage.news import Step
from storage.settings import Shared

CHANGED_MEANWHILE: Final = N_("Somebody changed this in the meantime. Your words stand here: store them once more.")


@dataclass(frozen=True, slots=True)
class Applied:
    """The pilot as it is now; `goodbye`: the broadcast with its findings that somebody else has to approve."""

    pilot: Pilot
    goodbye: BroadcastId | None = None


async def known(stores: Stores, tree: Mapping[str, Any]) -> Pilot | None:
    """The pilot that a file is about, None for a new one."""
    code = str(tree.get("code", "")).strip().lower()
    return next((pilot for pilot in await stores.pilots.all() if pilot.code == code), None)


async def apply(
    settings: Shared,
    stores: Stores,
    tree: Mapping[str, Any],
    before: Pilot | None,
    who: str,
    clock: Clock,
    voice: Voice,
) -> Applied:
    """`tree`: as in a pilot's file. `before`: the pilot that it was written for (`known`). Raises `ActError`, also if
    somebody has changed it since; then nothing has changed."""
    pilot = read_pilot(tree, before, clock.today(), voice)
    _refuse_unknown_topics(settings, pilot, voice)
    try:
        await stores.pilots.put(pilot, before)
    except Conflict:
        raise ActError(voice.t(CHANGED_MEANWHILE)) from None
    step = "" if before is not None and before.state is pilot.state else pilot.state.value
    await stores.audit.append(AuditEntry(clock.now(), who, "pilot.apply", pilot.code, step))
    if step and pilot.state in OVER and pilot.findings:
        return Applied(pilot, await _submit_goodbye(settings, stores, pilot, who, clock))
    return Applied(pilot)


async def _submit_goodbye(settings: Shared, stores: Stores, pilot: Pilot, who: str, clock: Clock) -> BroadcastId:
    """The findings go to those who followed it, as the pilot's last message, once somebody else approves them."""
    broadcast = goodbye(pilot, [Language(tag) for tag in settings.town.languages], with_findings=True)
    number = await stores.broadcasts.draft(broadcast, None, who, clock.now(), "")
    await stores.broadcasts.step(number, Step(BroadcastState.DRAFT, Act.SUBMIT, clock.now(), who))
    await stores.audit.append(AuditEntry(clock.now(), who, "broadcast.submit", str(number), "goodbye"))
    return number


def _refuse_unknown_topics(settings: Shared, pilot: Pilot, voice: Voice) -> None:
    known = [topic.key for topic in settings.news.topics]
    strange = [topic for topic in pilot.topics if topic not in known]
    if strange:
        raise ActError(
            voice.t(
                "There is no topic “{topic}”. There are: {known}. Topics are set at the desk, or in [[news.topics]].",
                topic=strange[0],
                known=", ".join(known) or "–",
            )
        )
