"""`zuruf feedback list|show|photo|reply|status`: what staff do with cases, each act noted in the audit log.

As at the desk (`storage/acts/cases.py`), staff read masked copies and never learn who wrote. What they write goes by
an order; here, where the keys are, it is done at once (`casework.py`), and a running bot brings it (`casenews.py`).
"""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.acting import at_work, note, town_of_now
from bot.casework import do_now
from bot.config import Config
from bot.home import Home
from bot.screen import visible
from dialogs.i18n import Voice
from dialogs.moderation import CaseStatus
from dialogs.promises import clipped, in_language
from storage.acts import cases as acts
from storage.acts.cases import ORDER_NAMES, STATUS_NAMES, Casework, Clerk, on_their_way, same_thing
from storage.acts.categories import categories_of, due_days_of, person_of
from storage.acts.errors import ActError
from storage.clock import Clock
from storage.errors import Conflict
from storage.orders import OrderState
from storage.sql.case_files import CaseFile

LISTED_WORDS = 60  # characters of a report in the list


async def list_cases(config: Config, closed: bool, voice: Voice) -> None:
    """Open cases, or all of them."""
    async with at_work(config) as (home, clock, console):
        now = (await town_of_now(config, home)).config
        cases = await _all(home, clock, closed=closed)
        await note(home, clock, "feedback.list", "", str(len(cases)))
        if not cases:
            console.print(voice.t("There are no cases."))
            return
        table = Table(box=None, pad_edge=False)
        heads = (voice.t("case"), voice.t("day"), voice.t("due"), voice.t("status"), voice.t("about"), voice.t("words"))
        for head in heads:
            table.add_column(head)
        for case in cases:
            words = clipped(visible(_words(case)), LISTED_WORDS)
            if case.has_news:
                words += "\n" + voice.t("The citizen has written.")
            twins = same_thing(case, cases)
            if twins:
                words += "\n" + _twins(twins, voice)
            due = "" if case.due is None or case.is_closed else case.due.isoformat()
            due += f" ({voice.t('overdue')})" if case.is_overdue(clock.today()) else ""
            status, about = voice.t(STATUS_NAMES[case.status]), _label(now, case, voice)
            table.add_row(case.number, case.opened.isoformat(), due, status, about, words)
        console.print(table, markup=False)


async def show_case(config: Config, number: str, voice: Voice) -> None:
    """Raises `ActError` if there is no such case."""
    async with at_work(config) as (home, clock, console):
        now = (await town_of_now(config, home)).config
        every = await _all(home, clock)
        case = await _known(home, clock, number, voice)
        await note(home, clock, "feedback.show", case.number)
        lines = [*_head(now, case, voice), *await _conversation(now, home, clock, case, voice)]
        if case.reason:
            lines.append(voice.t("Why not: {reason}", reason=visible(case.reason)))
        if await home.ties.is_tied(case.id):
            lines.append(voice.t("Whoever reported it can be written to here."))
        if case.asked is not None:
            lines.append(voice.t("Asked on {day} whether it is fixed.", day=case.asked.isoformat()))
        twins = same_thing(case, every)
        if twins:
            lines.append(_twins(twins, voice))
        console.print("\n".join(lines), markup=False)


def _head(config: Config, case: CaseFile, voice: Voice) -> list[str]:
    status = voice.t(STATUS_NAMES[case.status])
    lines = [
        voice.t("Case {number} of {day}: {status}", number=case.number, day=case.opened.isoformat(), status=status),
        voice.t("About: {category}", category=_label(config, case, voice)),
        voice.t("Office: {office}", office=case.office or "–"),
    ]
    if case.due is not None and not case.is_closed:
        lines.append(voice.t("Due: {day}", day=case.due.isoformat()))
    lines.append(voice.quoted(visible(_words(case))))
    report = case.report
    if report is not None and report.point is not None:
        lines.append(voice.t("Where: {place}", place="{:.6f}, {:.6f}".format(*report.point)))
    elif report is not None and report.place:
        lines.append(voice.t("Where: {place}", place=visible(report.place)))
    if report is not None and report.district:
        lines.append(voice.t("District: {district}", district=report.district))
    has_photo = report is not None and bool(report.photo)
    lines.append(voice.t("Photo: {photo}", photo=voice.t("a photo") if has_photo else voice.t("none")))
    return lines


async def _conversation(config: Config, home: Home, clock: Clock, case: CaseFile, voice: Voice) -> list[str]:
    way = await on_their_way(await _work(config, home), case.id)
    lines = []
    for message in case.messages:
        who = config.town.name if message.by_town else voice.t("Citizen")
        line = f"{who}, {message.day.isoformat()}: {voice.quoted(visible(message.words or '…'))}"
        state: OrderState | None = way.brought.get(message.id)
        lines.append(line if state is None else f"{line} ({voice.t(ORDER_NAMES[state])})")
    return lines


async def export_photo(config: Config, number: str, to: Path, voice: Voice) -> None:
    """The photo as it is kept: pixels only, nothing hidden in it. Raises `ActError`."""
    async with at_work(config) as (home, clock, console):
        case = await _known(home, clock, number, voice)
        pixels = await home.case_files.photo(case)
        if pixels is None:
            raise ActError(voice.t("This case has no photo."))
        await note(home, clock, "feedback.photo", case.number)
        try:
            descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise ActError(
                voice.t("{file} cannot be written ({problem}).", file=str(to), problem=error.strerror or "")
            ) from None
        with os.fdopen(descriptor, "wb") as file:
            file.write(pixels)
        console.print(voice.t("Written to {file}. Delete it when it is no longer needed.", file=str(to)), markup=False)


async def reply(config: Config, number: str, words: str, voice: Voice, clock: Clock | None = None) -> None:
    """Raises `ActError` if there is no such case, or nothing is said."""
    async with at_work(config, clock) as (home, at, console):
        case = await _known(home, at, number, voice)
        await acts.reply(await _work(config, home), _clerk(at, voice), case, words)
        await _done(home, at, case, console, voice)


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
        case = await _known(home, at, number, voice)
        await acts.step(await _work(config, home), _clerk(at, voice), case, then, office, reason)
        await _done(home, at, case, console, voice)


async def _done(home: Home, clock: Clock, case: CaseFile, console: Console, voice: Voice) -> None:
    await do_now(home, clock, case.id)
    text = voice.t("Stored. The citizen reads it with the case code.")
    if await home.ties.is_tied(case.id):
        text = voice.t("Stored. The citizen is told in the chat, and reads it with the case code.")
    console.print(text)


async def _work(config: Config, home: Home) -> Casework:
    days = due_days_of((await town_of_now(config, home)).config)
    return Casework(home.case_files, home.intakes, home.orders, home.audit, days)


def _clerk(clock: Clock, voice: Voice) -> Clerk:
    return Clerk(getpass.getuser(), clock.now(), voice)


async def _all(home: Home, clock: Clock, *, closed: bool = True) -> list[CaseFile]:
    """With copies of what came in a moment ago. Raises `ActError`."""
    try:
        await home.intake.publish(clock.today())
        await home.case_copies.make_missing(clock.today())
        return list(await home.case_files.all(closed=closed))
    except Conflict as error:
        raise ActError(str(error)) from None


async def _known(home: Home, clock: Clock, number: str, voice: Voice) -> CaseFile:
    wanted = number.strip().lower()
    found = [case for case in await _all(home, clock) if case.id.hex().startswith(wanted)] if wanted else []
    case = await home.case_files.get(found[0].id) if len(found) == 1 else None
    if case is None:
        raise ActError(voice.t("There is no case “{number}”. `zuruf feedback list` shows them.", number=number))
    return case


def _words(case: CaseFile) -> str:
    return case.report.words if case.report is not None else "…"


def _twins(twins: list[CaseFile], voice: Voice) -> str:
    return voice.t("The same as {cases}?", cases=", ".join(twin.number for twin in twins))


def _label(config: Config, case: CaseFile, voice: Voice) -> str:
    person = person_of(config)
    known = {each.key: each for each in (*categories_of(config), *([person] if person is not None else []))}
    category = known.get(case.category)
    return in_language(category.labels, voice) if category is not None else case.category
