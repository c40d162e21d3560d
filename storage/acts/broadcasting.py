"""What staff do with news: draft, submit, approve, pause, stop; each checked against the life cycle, stored and noted.

They go by way of the database: a running bot sees an approval, a pause or a stop within a second. Whoever calls has
made sure that the person may do such a thing at all; that nobody approves their own is looked at here. Not here: files
(`newsfile.py`), what is known of a broadcast (`broadcast_report.py`), sending (`bot/broadcaster.py`).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol

from dialogs.broadcasts import (
    ONE_CLERK_MINUTES,
    Act,
    Audience,
    Broadcast,
    BroadcastId,
    BroadcastState,
    QuestionSort,
    after,
)
from dialogs.i18n import N_, Voice
from dialogs.pilots import Pilot, missing, quiet_from, takes_news
from dialogs.world import Survey
from storage.acts.errors import ActError
from storage.acts.evaluating import attached_survey
from storage.audit import Audit, AuditEntry
from storage.clock import Clock
from storage.errors import Conflict, ConverterBusy, Refused
from storage.news import Broadcasts, Deliveries, Pilots, Step, StoredBroadcast
from storage.places import read_districts
from storage.records import FormVersion, Surveys
from storage.sandbox import Sandbox
from storage.settings import Shared

TEST_DIGITS: Final = 8


class Stores(Protocol):
    """What these acts touch."""

    @property
    def broadcasts(self) -> Broadcasts: ...

    @property
    def deliveries(self) -> Deliveries: ...

    @property
    def pilots(self) -> Pilots: ...

    @property
    def surveys(self) -> Surveys: ...

    @property
    def audit(self) -> Audit: ...


STATES: Mapping[BroadcastState, str] = {
    BroadcastState.DRAFT: N_("draft"),
    BroadcastState.SUBMITTED: N_("submitted"),
    BroadcastState.APPROVED: N_("approved"),
    BroadcastState.SCHEDULED: N_("scheduled"),
    BroadcastState.SENDING: N_("being sent"),
    BroadcastState.PAUSED: N_("paused"),
    BroadcastState.SENT: N_("sent"),
    BroadcastState.STOPPED: N_("stopped"),
    BroadcastState.EXPIRED: N_("expired"),
}


CHANGED: Final = N_("It has changed in the meantime: look at it again.")


async def store_draft(
    stores: Stores,
    broadcast: Broadcast,
    picture: bytes | None,
    due: datetime | None,
    who: str,
    now: datetime,
    voice: Voice,
    standing: StoredBroadcast | None = None,
    detail: str = "",
) -> BroadcastId:
    """A draft, or a new version of one (`standing`), which then has to be submitted (again). `due`: not before.

    Raises `ActError`.
    """
    if standing is not None:
        if standing.broadcast.question is not None and broadcast.question is not None:
            broadcast = _same_survey(broadcast, standing.broadcast)
        try:
            await stores.broadcasts.change(
                standing.number, broadcast, picture, Step(standing.state, Act.CHANGE, now, who, due=due)
            )
        except Conflict:
            raise ActError(_cannot(standing, voice)) from None
        number = standing.number
    else:
        code = f"{secrets.randbelow(10**TEST_DIGITS):0{TEST_DIGITS}d}"
        number = await stores.broadcasts.draft(broadcast, picture, who, now, code, due)
    await _note(stores, now, who, "broadcast.draft", number, detail)
    return number


async def submit(stores: Stores, standing: StoredBroadcast, who: str, clock: Clock, voice: Voice) -> None:
    """Hand it to another person for approval. Raises `ActError`."""
    await _refuse_what_cannot_be_sent(stores, standing.broadcast, clock.today(), voice)
    await _step(stores, standing, Step(standing.state, Act.SUBMIT, clock.now(), who), voice)
    await _note(stores, clock.now(), who, "broadcast.submit", standing.number)


async def approve(
    settings: Shared, stores: Stores, standing: StoredBroadcast, who: str, confirmed: str, clock: Clock, voice: Voice
) -> None:
    """The second person's yes. `confirmed`: the number, typed, where a town lets the author approve. Raises
    `ActError`."""
    if after(standing.state, Act.APPROVE) is None:
        raise ActError(_cannot(standing, voice))
    alone = who == standing.author
    if alone:
        _refuse_same_person(settings, standing, clock, confirmed, voice)
    await _refuse_what_cannot_be_sent(stores, standing.broadcast, clock.today(), voice)
    asked = await _question(stores, standing.broadcast, clock.today())
    looked_at = Step(standing.state, Act.APPROVE, clock.now(), who, submitted=standing.submitted)
    try:
        if asked is None:
            await stores.broadcasts.step(standing.number, looked_at)
        else:
            await stores.broadcasts.approve(standing.number, looked_at, *asked)
    except Conflict:
        raise ActError(voice.t(CHANGED)) from None
    await _note(stores, clock.now(), who, "broadcast.approve", standing.number, "by the author, alone" if alone else "")


async def move(
    stores: Stores, standing: StoredBroadcast, act: Act, who: str, now: datetime, voice: Voice
) -> BroadcastState:
    """Pause, resume or stop: takes effect within seconds. Raises `ActError`."""
    state = await _step(stores, standing, Step(standing.state, act, now, who), voice)
    await _note(stores, now, who, f"broadcast.{act.value}", standing.number)
    return state


async def ask_again(stores: Stores, standing: StoredBroadcast, who: str, now: datetime, voice: Voice) -> int:
    """Send to those of whom it is not known whether they got it: so many may get it twice. Raises `ActError`."""
    if standing.state not in (BroadcastState.SENDING, BroadcastState.PAUSED):
        raise ActError(voice.t("This is possible while it is being sent or paused only."))
    again = await stores.deliveries.ask_again(standing.number)
    await _note(stores, now, who, "broadcast.retry_unknown", standing.number, str(again))
    return again


async def _note(stores: Stores, now: datetime, who: str, act: str, number: BroadcastId, detail: str = "") -> None:
    await stores.audit.append(AuditEntry(now, who, act, str(number), detail))


# -- checks


async def known(stores: Stores, number: int, voice: Voice) -> StoredBroadcast:
    """Raises `ActError`."""
    stored = await stores.broadcasts.get(BroadcastId(number))
    if stored is None:
        raise ActError(voice.t("There is no broadcast {number}.", number=str(number)))
    return stored


async def checked(settings: Shared, stores: Stores, broadcast: Broadcast, today: date, voice: Voice) -> Broadcast:
    """The broadcast with what its pilot adds, everything that it names being there. Raises `ActError`."""
    pilot = await _pilot(stores, broadcast, voice)
    topics = [topic.key for topic in settings.news.topics]
    districts = [place.name for place in read_districts(settings.town.districts).places]
    for named, there, what in (
        (broadcast.audience.topics, topics, voice.t("topic")),
        (broadcast.audience.districts, districts, voice.t("district")),
    ):
        strange = [each for each in named if each not in there]
        if strange:
            raise ActError(
                voice.t(
                    "There is no {what} “{name}”. There are: {known}.",
                    what=what,
                    name=strange[0],
                    known=", ".join(there) or "–",
                )
            )
    if broadcast.corrects and await stores.broadcasts.get(BroadcastId(broadcast.corrects)) is None:
        raise ActError(voice.t("It corrects broadcast {number}, which is not there.", number=str(broadcast.corrects)))
    if pilot is not None:
        own = broadcast.audience
        audience = Audience(tuple(dict.fromkeys((*own.topics, *pilot.topics))), own.districts or pilot.districts)
        broadcast = replace(broadcast, audience=audience)
    question = broadcast.question
    if question is not None and question.sort is QuestionSort.SURVEY:
        surveys = {survey.code: survey for survey in await stores.surveys.all()}
        if question.survey not in surveys or not surveys[question.survey].is_open(today):
            raise ActError(voice.t("There is no open survey “{code}”.", code=question.survey))
    elif question is not None:
        broadcast = replace(broadcast, question=replace(question, survey=f"news_{secrets.token_hex(4)}"))
    return broadcast


def _same_survey(broadcast: Broadcast, before: Broadcast) -> Broadcast:
    assert broadcast.question is not None, "asked before"
    assert before.question is not None, "asked before"
    if QuestionSort.SURVEY in (broadcast.question.sort, before.question.sort):
        return broadcast
    return replace(broadcast, question=replace(broadcast.question, survey=before.question.survey))


async def _pilot(stores: Stores, broadcast: Broadcast, voice: Voice) -> Pilot | None:
    if not broadcast.pilot:
        return None
    pilots = {pilot.code: pilot for pilot in await stores.pilots.all()}
    if broadcast.pilot not in pilots:
        raise ActError(
            voice.t(
                "There is no pilot “{code}”. There are: {known}.", code=broadcast.pilot, known=", ".join(pilots) or "–"
            )
        )
    return pilots[broadcast.pilot]


async def _refuse_what_cannot_be_sent(stores: Stores, broadcast: Broadcast, today: date, voice: Voice) -> None:
    pilot = await _pilot(stores, broadcast, voice)
    if pilot is None:
        return
    lacks = missing(pilot)
    if lacks:
        fields = ", ".join(need.value for need in lacks)
        raise ActError(
            voice.t("The pilot “{code}” lacks: {fields}. Nothing is sent of it before.", code=pilot.code, fields=fields)
        )
    end = quiet_from(pilot)
    may = end is not None and today < end if broadcast.goodbye else takes_news(pilot, today)
    if not may:
        raise ActError(voice.t("The pilot “{code}” is over: nothing more is sent of it.", code=pilot.code))


def _refuse_same_person(
    settings: Shared, standing: StoredBroadcast, clock: Clock, confirmed: str, voice: Voice
) -> None:
    if not settings.staff.alone:
        raise ActError(
            voice.t(
                "“{who}” wrote it: somebody else approves it. (A town with one clerk: staff.alone.)",
                who=standing.author,
            )
        )
    assert standing.submitted is not None, "what can be approved was submitted"
    earliest = standing.submitted + timedelta(minutes=ONE_CLERK_MINUTES)
    if clock.now().astimezone(UTC) < earliest:
        wait = voice.moment(earliest.astimezone(clock.now().tzinfo))
        raise ActError(
            voice.t("You wrote it yourself: read it once more, and approve it from {moment} on.", moment=wait)
        )
    if confirmed != str(standing.number):
        raise ActError(
            voice.t(
                "You wrote it yourself: confirm with --confirm {number}. The audit log says so.",
                number=str(standing.number),
            )
        )


async def _question(stores: Stores, broadcast: Broadcast, today: date) -> tuple[Survey, FormVersion] | None:
    """The small survey under it, None if it asks nothing of its own."""
    question = broadcast.question
    if question is None or question.sort is QuestionSort.SURVEY:
        return None
    pilots = {pilot.code: pilot for pilot in await stores.pilots.all()}
    sandbox = Sandbox()
    try:
        return await attached_survey(broadcast, question, pilots.get(broadcast.pilot), today, sandbox)
    finally:
        await sandbox.close()


async def picture_of(source: bytes, name: str, sandbox: Sandbox, voice: Voice) -> bytes:
    """The picture made new from its pixels: no place, no camera, no name remains in it. Raises `ActError`."""
    try:
        return (await sandbox.photo(source)).jpeg
    except Refused:
        raise ActError(voice.t("{file} is no picture that can be used: take a JPEG or PNG.", file=name)) from None
    except ConverterBusy:
        raise ActError(voice.t("Many files are being read. Please try again.")) from None


async def _step(stores: Stores, standing: StoredBroadcast, step: Step, voice: Voice) -> BroadcastState:
    if after(standing.state, step.act) is None:
        raise ActError(_cannot(standing, voice))
    try:
        return await stores.broadcasts.step(standing.number, step)
    except Conflict:
        raise ActError(voice.t(CHANGED)) from None


def _cannot(standing: StoredBroadcast, voice: Voice) -> str:
    return voice.t(
        "Broadcast {number} is {state}: that cannot be done now.",
        number=str(standing.number),
        state=voice.t(STATES[standing.state]),
    )
