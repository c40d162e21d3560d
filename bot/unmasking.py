"""`zuruf texts …`: staff read masked copies; an original only with a reason, a second person and an entry in the audit.

    request ── approved by somebody else ──> readable on that day and the next, for the two, through the reading key
            └─ declined ──> gone
    in a town with one clerk (`staff.alone`): by the same person, after ten minutes and a typed word; the audit says so

The desk goes the same way by the same acts (`storage/acts/unmasking.py`); here they are typed. Not here: copies and
their keys (`storage/sql/readings.py`).
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from rich.table import Table
from rich.text import Text

from bot.acting import at_work, note
from bot.config import Config
from bot.home import Home
from bot.screen import visible
from bot.staff import form_of, known_survey
from dialogs.events import MediaName
from dialogs.forms.questions import QuestionType
from dialogs.i18n import N_, Voice
from dialogs.world import Mode, Survey
from privacy.disclosure import DESK
from privacy.files import NoFileName, open_file, without_key
from privacy.readings import together
from storage.acts import unmasking
from storage.acts.errors import ActError
from storage.acts.naming import nearest
from storage.acts.unmasking import short
from storage.cases import CaseId
from storage.errors import Conflict
from storage.sql.readings import Copied
from storage.sql.rows import question_of
from storage.sql.unmaskings import Unmasking

# -- reading


async def list_texts(config: Config, code: str, voice: Voice) -> None:
    """Masked texts by question, in random order. Raises `ActError` where too few people answered."""
    async with at_work(config) as (home, clock, console):
        survey = await known_survey(home, code, voice)
        form = await form_of(home, survey)
        await _refuse_few(home, survey, voice)
        texts = await _texts(home, survey, clock.today())
        files = await home.readings.files(survey.code)
        await note(home, clock, "texts.read", survey.code, str(len(texts)))
        if not texts and not files:
            console.print(voice.t("There are no texts to read yet: they appear five at a time."))
        asked = {control.ref: nearest(control.labels, form, voice) for control in form.controls}
        places = {control.ref for control in form.controls if control.type is QuestionType.GEOPOINT}
        older = [question_of(copy.ref) for copy in (*texts, *files)]  # of an earlier version, or computed
        for ref in dict.fromkeys([*asked, *older]):
            here = [text for text in texts if question_of(text.ref) == ref and text.text]
            kept = [file for file in files if question_of(file.ref) == ref]
            if here or kept:
                console.print(Text(asked.get(ref) or ref, style="bold"))
                console.print(_places(here, voice) if ref in places else _table(here, kept, voice))


async def _refuse_few(home: Home, survey: Survey, voice: Voice) -> None:
    """As results do: never of fewer than ten people, of a strict survey not before its close."""
    counts = await home.responses.counts(survey.code)
    if counts.people < DESK.least_respondents:
        raise ActError(voice.t("Texts can be read when {least} people have answered.", least=DESK.least_respondents))
    if survey.mode is Mode.STRICT and not survey.closed:
        raise ActError(voice.t("This survey is strict: its texts can be read after the close."))


async def _texts(home: Home, survey: Survey, today: date) -> Sequence[Copied]:
    try:
        await home.readings.make(survey.code, today, closed=survey.closed)
        return await home.readings.texts(survey.code)
    except Conflict as error:
        raise ActError(str(error)) from None


def _table(texts: Sequence[Copied], files: Sequence[Copied], voice: Voice) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for text in texts:
        table.add_row(text.number, Text(visible(text.text)))
    for file in files:
        table.add_row(file.number, voice.t("a photo or voice message"))
    return table


def _places(copies: Sequence[Copied], voice: Voice) -> Table:
    """Where people pointed at, without those who are alone there."""
    table = Table(box=None, pad_edge=False, show_header=False)
    shown = together((copy.text for copy in copies), DESK.least_cell)
    for place, number in shown.items():
        table.add_row(place, voice.n("{n} place", "{n} places", number))
    if rest := len(copies) - sum(shown.values()):
        where = voice.t("elsewhere, fewer than {least} together", least=DESK.least_cell)
        table.add_row(where, voice.n("{n} place", "{n} places", rest))
    return table


# -- unmasking


async def ask(config: Config, code: str, number: str, reason: str, voice: Voice) -> None:
    """Ask to read the original of a text. Raises `ActError`."""
    if len(reason.strip()) < unmasking.LEAST_REASON:
        raise ActError(voice.t("Say why the original has to be read: --because, in a sentence."))
    async with at_work(config) as (home, clock, console):
        survey = await known_survey(home, code, voice)
        await _refuse_few(home, survey, voice)
        found = _named(
            number, [*await _texts(home, survey, clock.today()), *await home.readings.files(survey.code)], voice
        )
        actor, now = getpass.getuser(), clock.now()
        asked = unmasking.request(survey.code, found.response, found.position, reason, actor, now, voice)
        await home.unmaskings.ask(asked)
        await note(home, clock, "text.ask_original", survey.code, f"{short(asked)} {number}: {asked.reason}")
        console.print(voice.t("Request {number}: somebody else has to approve it.", number=short(asked)))
        console.print(f"  zuruf texts approve {short(asked)}")


async def list_requests(config: Config, voice: Voice) -> None:
    async with at_work(config) as (home, clock, console):
        asked = await home.unmaskings.all()
        await note(home, clock, "text.requests", "", str(len(asked)))
        if not asked:
            console.print(voice.t("Nobody asked to read an original."))
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in (N_("Request"), N_("Survey"), N_("Asked by"), N_("Approved by"), N_("Reason")):
            table.add_column(voice.t(column))
        for each in asked:
            about, approver = each.survey or voice.t("a case"), each.approved_by or "–"
            table.add_row(short(each), about, each.asked_by, approver, Text(visible(each.reason)))
        console.print(table)


async def approve(config: Config, number: str, type_: Callable[[str], str], voice: Voice) -> None:
    """Raises `ActError`: nobody approves what they asked for, unless they are alone."""
    async with at_work(config) as (home, clock, console):
        asked = await _request(home, number, voice)
        actor = getpass.getuser()
        alone = actor == asked.asked_by
        if alone:
            _refuse_alone(config, asked, clock.now(), type_, voice)
        if asked.survey:
            unmasked = await home.readings.unmask(asked.id, asked.response, asked.position, clock.today())
        else:
            case = CaseId(asked.response)
            unmasked = await home.case_copies.unmask(asked.id, case, asked.position, clock.today())
        if unmasked is None:
            raise ActError(_gone(voice))
        sealed, key = unmasked
        try:
            await home.unmaskings.approve(asked.id, actor, clock.now(), sealed)
        except Conflict:
            raise ActError(voice.t("This request is decided already.")) from None
        await home.readings.show_unmasked(key, clock.today())
        await note(home, clock, "text.approve", asked.survey, f"{short(asked)} {unmasking.how(asked, actor)}")
        console.print(voice.t("Approved. It can be read today and tomorrow: zuruf texts show {n}", n=short(asked)))


def _refuse_alone(config: Config, asked: Unmasking, now: datetime, type_: Callable[[str], str], voice: Voice) -> None:
    unmasking.refuse_alone(asked, getpass.getuser(), now, alone=config.staff.alone, voice=voice)
    word = short(asked)
    typed = type_(voice.t("Type the request's number to approve your own request ({number})", number=word))
    unmasking.refuse_untyped(asked, getpass.getuser(), typed, voice)


async def decline(config: Config, number: str, voice: Voice) -> None:
    async with at_work(config) as (home, clock, console):
        asked = await _request(home, number, voice)
        try:
            await home.unmaskings.decline(asked.id)
        except Conflict:
            raise ActError(voice.t("This request is decided already.")) from None
        await note(home, clock, "text.decline", asked.survey, short(asked))
        console.print(voice.t("Request {number} is gone.", number=short(asked)))


async def show(config: Config, number: str, to: Path | None, voice: Voice) -> None:
    """The original, for the two who decided. Raises `ActError`. `to`: where a photo or voice message is written."""
    async with at_work(config) as (home, clock, console):
        asked = await _request(home, number, voice)
        unmasking.refuse_reader(asked, getpass.getuser(), voice)
        text = await _original(home, asked, voice)
        await note(home, clock, "text.show_original", asked.survey, short(asked))
        name = _file_name(text)
        if name is None:
            console.print(Text(visible(text)))
            return
        target = to or Path(without_key(name))
        sealed = await home.media.read(name)
        if sealed is None:
            raise ActError(_gone(voice))
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(open_file(name, sealed))
        console.print(voice.t("Written to {file}.", file=str(target)))


async def _original(home: Home, asked: Unmasking, voice: Voice) -> str:
    text = None if asked.sealed is None else await home.readings.unmasked(asked.id, asked.sealed)
    if text is None:
        raise ActError(_gone(voice))
    return text


def _gone(voice: Voice) -> str:
    return voice.t("The original is gone: it was deleted, or the survey's grace is over.")


def _file_name(text: str) -> MediaName | None:
    try:
        return MediaName(text) if without_key(text) != text else None
    except NoFileName:
        return None


async def _request(home: Home, number: str, voice: Voice) -> Unmasking:
    found = [each for each in await home.unmaskings.all() if short(each) == number.strip().lower()]
    if len(found) != 1:
        raise ActError(voice.t("There is no request {number}: zuruf texts requests", number=number))
    return found[0]


def _named(number: str, copies: Sequence[Copied], voice: Voice) -> Copied:
    found = [copy for copy in copies if copy.number == number.strip().lower()]
    if len(found) != 1:
        raise ActError(voice.t("There is no text {number} in this survey.", number=number))
    return found[0]
