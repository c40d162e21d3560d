"""`zuruf survey publish|list|close|results|export|links`: the acts of staff, each noted in the audit log.

They go by way of the database, so a running bot notices within a second; the desk will go the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.acting import at_work, note, town_of_now
from bot.config import Config
from bot.exporting import write_rows
from bot.home import Home
from bot.links import Links
from bot.screen import refusal, report, results, surveys
from bot.sharing import channel_links, write_codes
from dialogs.forms.model import Form, compile_form
from dialogs.i18n import Voice
from dialogs.world import Survey
from storage.acts import running
from storage.acts.errors import ActError
from storage.acts.filtering import read_conditions
from storage.acts.publishing import Card, checked_code, publish, read_draft
from storage.acts.results import Refused, current_view
from storage.sandbox import Sandbox
from storage.sql.copies import Copies


async def known_survey(home: Home, code: str, voice: Voice) -> Survey:
    """Raises `ActError`."""
    wanted = checked_code(code, voice)
    published = {survey.code: survey for survey in await home.surveys.all()}
    if wanted not in published:
        raise ActError(
            voice.t(
                "There is no survey with the code “{code}”. There are: {codes}.",
                code=wanted,
                codes=", ".join(published) or "–",
            )
        )
    return published[wanted]


async def form_of(home: Home, survey: Survey) -> Form:
    """The form that is in use."""
    version = await home.surveys.form(survey.form)
    assert version is not None, "a published survey has its form"
    return compile_form(version.xform, version.attachments)


async def publish_file(config: Config, file: Path, card: Card, voice: Voice) -> None:
    """Check and publish. Raises `ActError`."""
    sandbox = Sandbox()
    try:
        async with at_work(config) as (home, clock, console):
            draft = await read_draft(file, sandbox, voice)
            if draft.report.findings:
                console.print(report(draft.report, voice), soft_wrap=False)
            if draft.report.errors:
                raise ActError(voice.t("Nothing was published."))
            survey, _ = await publish(draft, card, home.surveys, sandbox, voice)
            await note(home, clock, "survey.publish", survey.code, survey.form)
            console.print(voice.t("Published as “{code}”.", code=survey.code))
            for label, link in channel_links(survey, _links(config)):
                console.print(f"  {label}: {link}")
            if not survey.purposes or not survey.owner:
                console.print(voice.t("Citizens will ask what it is for and who asks: add --purpose and --owner."))
    finally:
        await sandbox.close()


async def show_surveys(config: Config, voice: Voice) -> None:
    async with at_work(config) as (home, clock, console):
        console.print(surveys(await home.surveys.all(), clock.today(), voice))


async def close_survey(config: Config, code: str, voice: Voice) -> None:
    """Raises `ActError` if there is no such survey or it is closed already."""
    async with at_work(config) as (home, clock, console):
        survey = await known_survey(home, code, voice)
        await running.close(home.surveys, survey, clock.today(), voice)
        await note(home, clock, "survey.close", survey.code)
        await home.housekeeping.move_staged(clock.today())
        console.print(voice.t("“{code}” is closed.", code=survey.code))
        console.print(
            voice.n(
                "For {n} day citizens can still delete their answers; then the tie to them goes.",
                "For {n} days citizens can still delete their answers; then the tie to them goes.",
                survey.grace_days,
            )
        )


async def show_results(config: Config, code: str, by: Sequence[str], voice: Voice) -> None:
    """`by`: filters as they are typed, REF=VALUE. Raises `ActError` for a view that is not shown."""
    async with at_work(config) as (home, clock, console):
        survey = await known_survey(home, code, voice)
        form = await form_of(home, survey)
        wanted = read_conditions(by, form, voice)
        districts = (await town_of_now(config, home)).districts
        copies = Copies(home.database, home.keys, home.state)
        view = await current_view(home, survey, form, clock.now(), wanted, copies, districts)
        await note(home, clock, "survey.results", survey.code, " ".join(by))
        if isinstance(view, Refused):
            raise ActError(refusal(survey, form, view, voice))
        console.print(results(survey, form, view, voice, wanted))


async def export_rows(config: Config, code: str, to: Path | None, voice: Voice) -> None:
    """Raises `ActError` while the survey is open."""
    async with at_work(config) as (home, clock, console):
        survey = await known_survey(home, code, voice)
        if not survey.closed:
            raise ActError(
                voice.t(
                    "“{code}” is open: rows leave the house only after it is closed (zuruf survey close {code}).",
                    code=survey.code,
                )
            )
        target = to or Path(f"{survey.code}.csv")
        number = await write_rows(home, survey, await form_of(home, survey), target, clock.today(), voice)
        await note(home, clock, "survey.export", survey.code, str(number))
        written = voice.n("{n} row written to {file}.", "{n} rows written to {file}.", number, file=str(target))
        console.print(written)
        console.print(
            voice.t(
                "Names and numbers in texts are masked as far as they were found. Read before you pass the file on."
            )
        )


async def show_links(config: Config, code: str, to: Path, voice: Voice) -> None:
    async with at_work(config) as (home, _, console):
        survey = await known_survey(home, code, voice)
        found = channel_links(survey, _links(config))
        if not found:
            raise ActError(voice.t("No channel has a link yet: set http.public_url or telegram.username."))
        for label, link in found:
            console.print(f"{label}: {link}")
        for path in write_codes(survey.code, found, to):
            console.print(f"  {path}")


def _links(config: Config) -> Links:
    return Links(config)
