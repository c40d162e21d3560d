"""`zuruf broadcast …`: what staff do with news, each act checked against roles and life cycle, and noted.

They go by way of the database: a running bot sees an approval, a pause or a stop within a second. Not here: files
(`newsfile.py`), the screen (`newsscreen.py`), sending (`broadcaster.py`).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

from bot.acting import at_work, note
from bot.config import Config
from bot.home import Home
from bot.team import acting
from dialogs.broadcasts import (
    MAY,
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
from storage.acts.errors import ActError
from storage.acts.evaluating import attached_survey
from storage.acts.newsfile import PICTURE_LIMIT, NewsFile, read_news
from storage.clock import Clock
from storage.errors import Conflict, ConverterBusy, Refused
from storage.news import Step, StoredBroadcast
from storage.places import read_districts
from storage.sandbox import Sandbox

TEST_DIGITS = 8

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


async def draft(config: Config, path: Path, number: int, named: str, voice: Voice) -> BroadcastId:
    """Store a file as a draft, or as a new version of one (`number`). Raises `ActError`."""
    read = read_news(path, config.town.languages[0], voice)
    async with at_work(config) as (home, clock, console):
        who = await acting(home, named, MAY[Act.CHANGE], voice)
        broadcast = await _checked(config, home, read, clock, voice)
        picture = await _picture(read.picture, voice)
        due = None if read.send_at is None else read.send_at.replace(tzinfo=config.timezone)
        if number:
            standing = await known(home, number, voice)
            if standing.broadcast.question is not None and broadcast.question is not None:
                broadcast = _same_survey(broadcast, standing.broadcast)
            step = Step(standing.state, Act.CHANGE, clock.now(), who, due=due)
            try:
                await home.broadcasts.change(standing.number, broadcast, picture, step)
            except Conflict:
                raise ActError(_cannot(standing, voice)) from None
            stored = standing.number
        else:
            code = f"{secrets.randbelow(10**TEST_DIGITS):0{TEST_DIGITS}d}"
            stored = await home.broadcasts.draft(broadcast, picture, who, clock.now(), code, due)
        await note(home, clock, "broadcast.draft", str(stored), path.name, who)
        console.print(voice.t("Draft {number} is stored.", number=str(stored)))
        console.print(voice.t("See it as it will look: zuruf broadcast preview {number}", number=str(stored)))
        return stored


async def submit(config: Config, number: int, named: str, voice: Voice) -> None:
    """Hand it to another person for approval. Raises `ActError`."""
    async with at_work(config) as (home, clock, console):
        who = await acting(home, named, MAY[Act.SUBMIT], voice)
        standing = await known(home, number, voice)
        await _refuse_what_cannot_be_sent(home, standing.broadcast, clock, voice)
        await _step(home, standing, Step(standing.state, Act.SUBMIT, clock.now(), who), voice)
        await note(home, clock, "broadcast.submit", str(number), "", who)
        console.print(
            voice.t("Submitted. Somebody else approves it: zuruf broadcast approve {number}", number=str(number))
        )


async def approve(config: Config, number: int, named: str, confirmed: str, voice: Voice) -> None:
    """The second person's yes. Raises `ActError`."""
    async with at_work(config) as (home, clock, console):
        who = await acting(home, named, MAY[Act.APPROVE], voice)
        standing = await known(home, number, voice)
        if after(standing.state, Act.APPROVE) is None:
            raise ActError(_cannot(standing, voice))
        alone = who == standing.author
        if alone:
            _refuse_same_person(config, standing, clock, confirmed, voice)
        await _refuse_what_cannot_be_sent(home, standing.broadcast, clock, voice)
        await _publish_question(home, standing.broadcast, clock)
        await _step(home, standing, Step(standing.state, Act.APPROVE, clock.now(), who), voice)
        await note(home, clock, "broadcast.approve", str(number), "by the author, alone" if alone else "", who)
        console.print(
            voice.t(
                "Approved. The running bot sends it; follow it with: zuruf broadcast status {number} --watch",
                number=str(number),
            )
        )


async def act(config: Config, number: int, wanted: Act, named: str, voice: Voice) -> None:
    """Pause, resume or stop: takes effect within seconds. Raises `ActError`."""
    async with at_work(config) as (home, clock, console):
        who = await acting(home, named, MAY[wanted], voice)
        standing = await known(home, number, voice)
        state = await _step(home, standing, Step(standing.state, wanted, clock.now(), who), voice)
        await note(home, clock, f"broadcast.{wanted.value}", str(number), "", who)
        console.print(voice.t("Broadcast {number}: {state}.", number=str(number), state=voice.t(STATES[state])))


async def ask_again(config: Config, number: int, named: str, voice: Voice) -> None:
    """Send to those of whom it is not known whether they got it: they may get it twice. Raises `ActError`."""
    async with at_work(config) as (home, clock, console):
        who = await acting(home, named, MAY[Act.APPROVE], voice)
        standing = await known(home, number, voice)
        if standing.state not in (BroadcastState.SENDING, BroadcastState.PAUSED):
            raise ActError(voice.t("This is possible while it is being sent or paused only."))
        again = await home.deliveries.ask_again(standing.number)
        await note(home, clock, "broadcast.retry_unknown", str(number), str(again), who)
        console.print(voice.n("{n} person may get it twice.", "{n} people may get it twice.", again))


# -- checks


async def known(home: Home, number: int, voice: Voice) -> StoredBroadcast:
    """Raises `ActError`."""
    stored = await home.broadcasts.get(BroadcastId(number))
    if stored is None:
        raise ActError(voice.t("There is no broadcast {number}. zuruf broadcast list shows them.", number=str(number)))
    return stored


async def _checked(config: Config, home: Home, read: NewsFile, clock: Clock, voice: Voice) -> Broadcast:
    """The broadcast with what its pilot adds, everything that it names being there."""
    broadcast = read.broadcast
    pilot = await _pilot(home, broadcast, voice)
    topics = [topic.key for topic in config.news.topics]
    districts = [place.name for place in read_districts(config.town.districts).places]
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
    if broadcast.corrects and await home.broadcasts.get(BroadcastId(broadcast.corrects)) is None:
        raise ActError(voice.t("It corrects broadcast {number}, which is not there.", number=str(broadcast.corrects)))
    if pilot is not None:
        own = broadcast.audience
        audience = Audience(tuple(dict.fromkeys((*own.topics, *pilot.topics))), own.districts or pilot.districts)
        broadcast = replace(broadcast, audience=audience)
    question = broadcast.question
    if question is not None and question.sort is QuestionSort.SURVEY:
        surveys = {survey.code: survey for survey in await home.surveys.all()}
        if question.survey not in surveys or not surveys[question.survey].is_open(clock.today()):
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


async def _pilot(home: Home, broadcast: Broadcast, voice: Voice) -> Pilot | None:
    if not broadcast.pilot:
        return None
    pilots = {pilot.code: pilot for pilot in await home.pilots.all()}
    if broadcast.pilot not in pilots:
        raise ActError(
            voice.t(
                "There is no pilot “{code}”. There are: {known}.", code=broadcast.pilot, known=", ".join(pilots) or "–"
            )
        )
    return pilots[broadcast.pilot]


async def _refuse_what_cannot_be_sent(home: Home, broadcast: Broadcast, clock: Clock, voice: Voice) -> None:
    pilot = await _pilot(home, broadcast, voice)
    if pilot is None:
        return
    lacks = missing(pilot)
    if lacks:
        fields = ", ".join(need.value for need in lacks)
        raise ActError(
            voice.t("The pilot “{code}” lacks: {fields}. Nothing is sent of it before.", code=pilot.code, fields=fields)
        )
    end = quiet_from(pilot)
    may = end is not None and clock.today() < end if broadcast.goodbye else takes_news(pilot, clock.today())
    if not may:
        raise ActError(voice.t("The pilot “{code}” is over: nothing more is sent of it.", code=pilot.code))


def _refuse_same_person(config: Config, standing: StoredBroadcast, clock: Clock, confirmed: str, voice: Voice) -> None:
    if not config.staff.alone:
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


async def _publish_question(home: Home, broadcast: Broadcast, clock: Clock) -> None:
    question = broadcast.question
    if question is None or question.sort is QuestionSort.SURVEY:
        return
    pilots = {pilot.code: pilot for pilot in await home.pilots.all()}
    sandbox = Sandbox()
    try:
        survey, form = await attached_survey(broadcast, question, pilots.get(broadcast.pilot), clock.today(), sandbox)
    finally:
        await sandbox.close()
    await home.surveys.publish(survey, form)


async def _picture(path: Path | None, voice: Voice) -> bytes | None:
    """Made new from its pixels: no place, no camera, no name remains in it."""
    if path is None:
        return None
    source = _bytes(path, voice)
    sandbox = Sandbox()
    try:
        return (await sandbox.photo(source)).jpeg
    except (Refused, ConverterBusy):
        raise ActError(voice.t("{file} is no picture that can be used: take a JPEG or PNG.", file=path.name)) from None
    finally:
        await sandbox.close()


def _bytes(path: Path, voice: Voice) -> bytes:
    try:
        if path.stat().st_size > PICTURE_LIMIT:
            raise ActError(voice.t("{file} is too large for such a file.", file=path.name))
        return path.read_bytes()
    except OSError as error:
        raise ActError(
            voice.t("{file} cannot be read: {why}.", file=str(path), why=error.strerror or type(error).__name__)
        ) from None


async def _step(home: Home, standing: StoredBroadcast, step: Step, voice: Voice) -> BroadcastState:
    if after(standing.state, step.act) is None:
        raise ActError(_cannot(standing, voice))
    try:
        return await home.broadcasts.step(standing.number, step)
    except Conflict:
        raise ActError(voice.t("It has changed in the meantime: look at it again.")) from None


def _cannot(standing: StoredBroadcast, voice: Voice) -> str:
    return voice.t(
        "Broadcast {number} is {state}: that cannot be done now.",
        number=str(standing.number),
        state=voice.t(STATES[standing.state]),
    )
