"""`zuruf demo`: Zuruf with a sample survey and sample answers, on this machine only. State survives a restart.

The sample answers are told apart everywhere: their survey is marked as a sample, their channel is called "sample",
and every sample text says that it is one.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import socket
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from rich.console import Console

from bot.app import App
from bot.config import Config, load
from bot.deskside import desk_beside, wait_for
from bot.home import Home, opened
from bot.process import serve
from bot.samples import DISTRICTS, SAMPLE_SURVEY
from bot.samples.cases import add_sample_cases
from bot.voice import terminal_voice
from dialogs.effects import Submit, Value
from dialogs.forms.instance import Instance, open_instance
from dialogs.forms.model import Form
from dialogs.forms.questions import Question, QuestionType
from dialogs.i18n import N_, Voice, translate
from dialogs.legal import Basis
from dialogs.roles import Role
from storage.acts.publishing import Card, publish, read_draft
from storage.clock import TownClock
from storage.people import Invitation, Staff
from storage.records import Submission, Token
from storage.sandbox import Sandbox
from storage.sql.people import SqlPeople

CODE = "rufbus"
SAMPLE_ANSWERS = 160
SAMPLE_CHANNEL = "sample"
SAMPLE_LANGUAGES = ("de", "de", "de-simple", "en")
OPEN_DAYS = 120
NOON = time(12)
FIRST_PORT, DESK_PORT, PORTS = 8080, 8090, 10
MOST_QUESTIONS = 200
"""Questions of one sample answer, against a form that never ends."""

SAMPLE_STAFF = {
    "alma": Role.ADMINISTRATOR,
    "emil": Role.EDITOR,
    "petra": Role.APPROVER,
    "mona": Role.MODERATOR,
    "rolf": Role.READER,
}
SAMPLE_PASSWORD = "probieren geht vor studieren"  # noqa: S105  # printed, for a demonstration on one machine

SAMPLE_TEXTS = (
    N_("(Sample) In the evening the last bus leaves too early."),
    N_("(Sample) Booking by phone worked well, the driver was friendly."),
    N_("(Sample) Please add a stop at the swimming pool."),
    N_("(Sample) I waited for half an hour and nobody told me."),
    N_("(Sample) With a walking frame getting in is hard."),
)


def play(state: Path) -> None:
    """Set up what is missing, start, print where to click, serve until Ctrl-C. Raises `SetupError`."""
    environ = _environ(state)
    config = load(environ=environ)
    voice = terminal_voice()
    console = Console(soft_wrap=True, highlight=False)
    asyncio.run(_prepare(config, voice, console))
    with desk_beside(os.environ | environ) as desk:

        def started(app: App) -> None:
            wait_for(desk)
            _say_where(app, voice, console)

        serve(config, started)
    console.print(voice.t("Stopped. All is kept in {folder}; start again with make demo.", folder=str(state)))


def _environ(state: Path) -> dict[str, str]:
    return {
        "ZURUF_STATE_DIR": str(state),
        "ZURUF_TOWN_DISTRICTS": str(DISTRICTS),
        "ZURUF_LOG_LEVEL": "warning",
        "ZURUF_HTTP_PORT": str(_free_port(os.environ.get("ZURUF_HTTP_PORT", ""), FIRST_PORT)),
        "ZURUF_DESK_PORT": str(_free_port(os.environ.get("ZURUF_DESK_PORT", ""), DESK_PORT)),
        "ZURUF_DESK_CODES": "false",
    } | {name: value for name, value in os.environ.items() if name not in {"ZURUF_HTTP_PORT", "ZURUF_DESK_PORT"}}


def _free_port(wanted: str, first: int) -> int:
    """The wanted port, or the first free one from `first` on."""
    if wanted.isdigit():
        return int(wanted)
    for port in range(first, first + PORTS):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    return first


def _say_where(app: App, voice: Voice, console: Console) -> None:
    web = f"http://localhost:{app.port}"
    results = f"ZURUF_STATE_DIR={app.config.state.dir} .venv/bin/zuruf survey results {CODE}"
    console.print()
    console.print(voice.t("Zuruf runs. Nothing leaves this machine."))
    console.print()
    rows = [
        (voice.t("Answer the sample survey"), f"{web}/s/{CODE}"),
        (voice.t("All surveys"), web),
        (voice.t("Read the results"), results),
        (voice.t("Play it in a terminal"), f".venv/bin/zuruf survey try {os.path.relpath(SAMPLE_SURVEY)}"),
        (voice.t("The desk for staff"), app.config.desk_address),
        (voice.t("Log in there as"), f"{', '.join(SAMPLE_STAFF)}; {voice.t('password: {word}', word=SAMPLE_PASSWORD)}"),
        (voice.t("Stop"), "Ctrl-C"),
    ]
    width = max(len(label) for label, _ in rows)
    for label, where in rows:
        console.print(f"  {label.ljust(width)}  {where}", markup=False)
    console.print()
    console.print(voice.t("The survey begins with {n} sample answers, marked as such.", n=SAMPLE_ANSWERS), style="dim")


async def _prepare(config: Config, voice: Voice, console: Console) -> None:
    async with opened(config) as home:
        await _add_sample_staff(home, TownClock(config.timezone))
        await add_sample_cases(home, TownClock(config.timezone).today())
        if any(survey.code == CODE for survey in await home.surveys.all()):
            return
        console.print(voice.t("Setting up the sample survey …"))
        today = TownClock(config.timezone).today()
        sandbox = Sandbox()
        try:
            draft = await read_draft(SAMPLE_SURVEY, sandbox, voice)
            card = Card(
                code=CODE, opens=today, closes=today + timedelta(days=OPEN_DAYS), sample=True, basis=Basis.PUBLIC_TASK
            )
            _, form = await publish(draft, card, home.surveys, sandbox, voice)
        finally:
            await sandbox.close()
        await add_sample_answers(home, form, today)


async def _add_sample_staff(home: Home, clock: TownClock) -> None:
    """One person for each role; at the desk of a demonstration only, which asks for no codes."""
    people = SqlPeople(home.database)
    for name, role in SAMPLE_STAFF.items():
        if await people.login(name) is not None:
            continue
        mark = hashlib.sha256(name.encode()).digest()
        await people.put(Staff(name, frozenset({role})), clock.today())
        await people.invite(mark, Invitation(name, "zuruf demo", clock.now() + timedelta(minutes=1)))
        await people.accept(mark, None, PasswordHasher().hash(SAMPLE_PASSWORD), clock.now())


async def add_sample_answers(home: Home, form: Form, today: date) -> None:
    """Answers of people who do not exist, the same in every demonstration."""
    chance = random.Random(2026)  # noqa: S311  (a demonstration, to be the same each time)
    for number in range(SAMPLE_ANSWERS):
        response = chance.randbytes(16)
        language = chance.choice(SAMPLE_LANGUAGES)
        submit = Submit(CODE, form.hash, response, language, _answers(form, today, chance, language))
        await home.responses.submit(
            Submission(
                submit=submit,
                token=Token(b"sample-%09d" % number),
                day=today - timedelta(days=number % 7),
                channel=SAMPLE_CHANNEL,
            )
        )


def _answers(form: Form, today: date, chance: random.Random, language: str) -> tuple[Value, ...]:
    now = datetime.combine(today, NOON, UTC)
    instance = open_instance(form, None, now, chance)
    question = instance.first()
    for _ in range(MOST_QUESTIONS):
        if question is None:
            break
        _answer(instance, question, today, chance, language)
        question = instance.after(question.ref)
    return tuple(
        Value(ref, text, sealed=kind is QuestionType.TEXT)
        for ref, text, kind in instance.answers()
        if kind is not None and text
    )


def _answer(instance: Instance, question: Question, today: date, chance: random.Random, language: str) -> None:
    match question.type:
        case QuestionType.SELECT_ONE:
            instance.answer(question.ref, chance.choice(question.options).value)
        case QuestionType.SELECT_MULTIPLE:
            picked = chance.sample(question.options, k=min(len(question.options), chance.randint(1, 2)))
            if instance.answer(question.ref, " ".join(option.value for option in picked)) is not None:
                instance.answer(question.ref, question.options[0].value)
        case QuestionType.INTEGER:
            instance.answer(question.ref, str(min(60, max(2, round(chance.gauss(17, 8))))))
        case QuestionType.DATE:
            instance.answer(question.ref, (today - timedelta(days=chance.randint(0, 60))).isoformat())
        case QuestionType.TEXT:
            if chance.random() < 0.3:
                instance.answer(question.ref, translate(chance.choice(SAMPLE_TEXTS), language))
        case _:
            return
