"""`zuruf feedback list|show|photo|reply|status`: what staff do with cases, each act noted in the audit log.

Staff never learn who wrote: a case shows no address and no name. What they write to a citizen is an order, which a
running bot takes (`casenews.py`). Not here: the desk.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.acting import at_work, note
from bot.config import Config
from bot.home import Home
from bot.screen import visible
from dialogs.events import MediaName
from dialogs.forms.msgids import N_
from dialogs.i18n import Voice
from dialogs.moderation import CLOSED, FIXED_AFTER, NEEDS_REASON, NEXT, CaseStatus
from dialogs.promises import clipped, in_language
from dialogs.reading.folding import key
from privacy.files import open_file
from storage.acts.categories import categories_of, person_of
from storage.acts.errors import ActError
from storage.casebook import Case
from storage.clock import Clock
from storage.errors import Conflict
from storage.orders import Order, OrderKind, OrderState

NUMBER_LETTERS = 8
"""Letters of a case's random id by which staff name it."""
LISTED_WORDS = 60  # characters of a report in the list
NEAR = 50.0  # metres within which two reports of one category may be about the same thing
EARTH = 6_371_000.0  # metres
REPLY_LIMIT = 3000  # characters
ASKED_AT = time(10)
"""When in the day a citizen is asked whether it is fixed."""

ORDER_NAMES: Mapping[OrderState, str] = {
    OrderState.WAITING: N_("waits to be brought"),
    OrderState.TAKEN: N_("is being brought"),
    OrderState.DONE: N_("brought"),
    OrderState.DROPPED: N_("not brought: nobody is there any more, or it is no longer true"),
    OrderState.FAILED: N_("not brought: the messenger did not answer for days"),
}

STATUS_NAMES: Mapping[CaseStatus, str] = {
    CaseStatus.RECEIVED: N_("received"),
    CaseStatus.WITH_OFFICE: N_("with the office"),
    CaseStatus.DONE: N_("done"),
    CaseStatus.DECLINED: N_("declined"),
}


def number_of(case: Case) -> str:
    """How staff call the case."""
    return case.stored.id.hex()[:NUMBER_LETTERS]


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance of two places (WGS 84, degrees) on a sphere."""
    (a, b), (c, d) = (tuple(map(radians, place)) for place in (one, other))
    half = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return 2 * EARTH * asin(sqrt(half))


def same_thing(case: Case, others: Sequence[Case]) -> list[Case]:
    """Cases that are not closed, of the same category and at the same place."""
    return [
        other
        for other in others
        if other.stored.id != case.stored.id
        and other.stored.category == case.stored.category
        and other.stored.status not in CLOSED
        and _same_place(case, other)
    ]


def _same_place(case: Case, other: Case) -> bool:
    """Within `NEAR` metres or, where places were described, in the same words."""
    here, there = case.reported, other.reported
    if here.point is not None and there.point is not None:
        return metres(here.point, there.point) <= NEAR
    return bool(here.place) and key(here.place) == key(there.place)


async def list_cases(config: Config, closed: bool, voice: Voice) -> None:
    """Open cases, or all of them."""
    async with at_work(config) as (home, clock, console):
        cases = [case for case in await home.cases.all() if closed or case.stored.status not in CLOSED]
        await note(home, clock, "feedback.list", "", str(len(cases)))
        if not cases:
            console.print(voice.t("There are no cases."))
            return
        table = Table(box=None, pad_edge=False)
        for head in (voice.t("case"), voice.t("day"), voice.t("status"), voice.t("about"), voice.t("words")):
            table.add_column(head)
        for case in cases:
            words = clipped(visible(case.reported.words), LISTED_WORDS)
            twins = same_thing(case, cases)
            if twins:
                words += "\n" + voice.t("The same as {cases}?", cases=", ".join(map(number_of, twins)))
            stored = case.stored
            day, status = stored.opened.isoformat(), voice.t(STATUS_NAMES[stored.status])
            table.add_row(number_of(case), day, status, _label(config, case, voice), words)
        console.print(table, markup=False)


async def show_case(config: Config, number: str, voice: Voice) -> None:
    """Raises `ActError` if there is no such case."""
    async with at_work(config) as (home, clock, console):
        every = await home.cases.all()
        case = await _known(home, number, voice)
        await note(home, clock, "feedback.show", number_of(case))
        stored, reported = case.stored, case.reported
        lines = [
            voice.t(
                "Case {number} of {day}: {status}",
                number=number_of(case),
                day=stored.opened.isoformat(),
                status=voice.t(STATUS_NAMES[stored.status]),
            ),
            voice.t("About: {category}", category=_label(config, case, voice)),
            voice.t("Office: {office}", office=stored.office or "–"),
            voice.quoted(visible(reported.words)),
        ]
        if reported.point is not None:
            lines.append(voice.t("Where: {place}", place="{:.6f}, {:.6f}".format(*reported.point)))
        elif reported.place:
            lines.append(voice.t("Where: {place}", place=visible(reported.place)))
        lines.append(voice.t("Photo: {photo}", photo=voice.t("a photo") if reported.photo else voice.t("none")))
        brought = await _brought(home, case)
        for message in case.messages:
            who = config.town.name if message.by_town else voice.t("Citizen")
            line = f"{who}, {message.day.isoformat()}: {voice.quoted(visible(message.words))}"
            state = brought.get(message.id.hex())
            lines.append(line if state is None else f"{line} ({voice.t(ORDER_NAMES[state])})")
        if case.reason:
            lines.append(voice.t("Why not: {reason}", reason=case.reason))
        if await home.ties.is_tied(case.stored.id):
            lines.append(voice.t("Whoever reported it can be written to here."))
        if case.stored.asked is not None:
            lines.append(voice.t("Asked on {day} whether it is fixed.", day=case.stored.asked.isoformat()))
        twins = same_thing(case, every)
        if twins:
            lines.append(voice.t("The same as {cases}?", cases=", ".join(map(number_of, twins))))
        console.print("\n".join(lines), markup=False)


async def export_photo(config: Config, number: str, to: Path, voice: Voice) -> None:
    """The photo as it is kept: pixels only, nothing hidden in it. Raises `ActError`."""
    async with at_work(config) as (home, clock, console):
        case = await _known(home, number, voice)
        name = MediaName(case.reported.photo)
        sealed = await home.media.read(name) if name else None
        if sealed is None:
            raise ActError(voice.t("This case has no photo."))
        await note(home, clock, "feedback.photo", number_of(case))
        try:
            descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise ActError(
                voice.t("{file} cannot be written ({problem}).", file=str(to), problem=error.strerror or "")
            ) from None
        with os.fdopen(descriptor, "wb") as file:
            file.write(open_file(name, sealed))
        console.print(voice.t("Written to {file}. Delete it when it is no longer needed.", file=str(to)), markup=False)


async def reply(config: Config, number: str, words: str, voice: Voice, clock: Clock | None = None) -> None:
    """Raises `ActError` if there is no such case, or nothing is said."""
    async with at_work(config, clock) as (home, at, console):
        case = await _known(home, number, voice)
        if not words.strip():
            raise ActError(voice.t("A reply needs words."))
        if len(words) > REPLY_LIMIT:
            raise ActError(
                voice.n("A reply has {n} character at most.", "A reply has {n} characters at most.", REPLY_LIMIT)
            )
        tied = await home.ties.is_tied(case.stored.id)
        await home.cases.reply(case.stored.id, words.strip(), at.now(), tell=tied)
        await note(home, at, "feedback.reply", number_of(case))
        _say_stored(console, voice, tied=tied)


async def set_status(
    config: Config,
    number: str,
    then: CaseStatus,
    office: str,
    reason: str,
    voice: Voice,
    clock: Clock | None = None,
) -> None:
    """Raises `ActError` if the case may not go there, or a reason is missing."""
    async with at_work(config, clock) as (home, at, console):
        case = await _known(home, number, voice)
        if then in NEEDS_REASON and not reason.strip():
            raise ActError(voice.t("Say why, with --because: the citizen is told."))
        if then not in NEXT[case.stored.status]:
            allowed = ", ".join(sorted(NEXT[case.stored.status]))
            raise ActError(voice.t("From there a case can go to: {allowed}.", allowed=allowed))
        tied = await home.ties.is_tied(case.stored.id)
        orders = status_orders(case, then, at, tied=tied)
        try:
            await home.cases.step(case, then, at.today(), office.strip(), reason.strip(), orders)
        except Conflict:
            raise ActError(voice.t("The case has changed in the meantime: look at it again.")) from None
        await note(home, at, "feedback.status", number_of(case), then.value)
        _say_stored(console, voice, tied=tied)


def status_orders(case: Case, then: CaseStatus, clock: Clock, *, tied: bool) -> list[Order]:
    """What the bot is to say of a new status: the status itself and, four weeks after "done", the question.

    The question is ordered for cases that are tied to nobody, too: by then they may be."""
    subject, now = case.stored.id.hex(), clock.now()
    orders = [Order(OrderKind.CASE_STATUS, subject, now, then.value)] if tied else []
    if then is CaseStatus.DONE:
        due = datetime.combine(clock.today() + FIXED_AFTER, ASKED_AT, now.tzinfo)
        orders.append(Order(OrderKind.CASE_QUESTION, subject, due, clock.today().isoformat()))
    return orders


def _say_stored(console: Console, voice: Voice, *, tied: bool) -> None:
    text = voice.t("Stored. The citizen reads it with the case code.")
    if tied:
        text = voice.t("Stored. The citizen is told in the chat, and reads it with the case code.")
    console.print(text)


async def _known(home: Home, number: str, voice: Voice) -> Case:
    wanted = number.strip().lower()
    found = [case for case in await home.cases.all() if case.stored.id.hex().startswith(wanted)] if wanted else []
    if len(found) != 1:
        raise ActError(voice.t("There is no case “{number}”. `zuruf feedback list` shows them.", number=number))
    case = await home.cases.get(found[0].stored.id)
    assert case is not None, "it was there a moment ago"
    return case


async def _brought(home: Home, case: Case) -> Mapping[str, OrderState]:
    """What became of the town's words, by message."""
    orders = await home.orders.about(case.stored.id.hex())
    return {order.detail: order.state for order in orders if order.kind is OrderKind.CASE_MESSAGE}


def _label(config: Config, case: Case, voice: Voice) -> str:
    person = person_of(config)
    known = {each.key: each for each in (*categories_of(config), *([person] if person is not None else []))}
    category = known.get(case.stored.category)
    return in_language(category.labels, voice) if category is not None else case.stored.category
