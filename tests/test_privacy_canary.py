"""The attack: citizens whose every value is unique go through all that there is; then everything that was written down
anywhere is searched for them, in every disguise.

Zuruf runs as a process of its own, logging at debug level, with a Redis that keeps RDB and append-only file and whose
line is tapped. Nothing of an address may be found anywhere, nothing that somebody said may be readable; what was
erased, and what is over, opens with no key that is left.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import sqrt
from pathlib import Path
from urllib.error import HTTPError
from zoneinfo import ZoneInfo

import pytest
import redis
from conftest import _postgres_binaries, missing, short_folder
from e2e.canaries import (
    CAPTION,
    FILE,
    FIRST,
    FIRST_ID,
    LAST,
    LENS,
    NICK,
    OF_ADDRESSES,
    OF_TEXTS,
    PHONE,
    SLIP,
    TONE,
    WORD,
    Person,
    disguises,
    files_of,
    found,
    id_disguises,
    patterns,
    place_disguises,
    self_check,
)
from e2e.canary_phones import (
    Homeserver,
    MatrixChat,
    SignalChat,
    answers_the_town,
    follows,
    has_a_case,
    on_matrix,
    on_signal,
    take_along,
)
from e2e.network import MortalRedis, free_port, line_to, mortal_redis
from e2e.processes import config_of, environment, nursery
from e2e.test_forms_in_telegram import TelegramChat
from e2e.town import TOKEN, publish_form
from e2e.walking import Answer, Chat, Photo, Placed, Voice, Walker, Written
from e2e.webchat import WebCitizen
from PIL import Image
from servers import synapse as servers
from sqlalchemy import select

from adapters.signal.emulator import ACCOUNT as SIGNAL_ACCOUNT
from adapters.signal.emulator import Emulator as SignalEmulator
from adapters.telegram.emulator import Citizen, Emulator, ServerError
from bot.backing_up import back_up
from bot.config import Config
from bot.feedback import reply, set_status, show_case
from bot.home import Home, opened
from bot.housekeeping import housekeep
from bot.keys import back_up_keyring
from bot.privacy_record import write_record
from bot.staff import close_survey, export_rows, show_results, show_surveys
from bot.voice import terminal_voice
from desk.config import load as load_desk
from desk.home import opened as desk_opened
from dialogs.broadcasts import Broadcast, BroadcastState, Outcome, Text
from dialogs.forms.instance import Question
from dialogs.forms.model import Form, compile_form
from dialogs.forms.questions import QuestionType
from dialogs.forms.xlsform import to_xform
from dialogs.moderation import CaseStatus
from dialogs.world import Mode
from privacy.addresses import Address
from privacy.addresses import Person as Somebody
from privacy.answers import open_answer
from privacy.files import open_file
from privacy.keyring import Entry, SessionEpoch
from privacy.sealing import KEY_BYTES, Sealer, Unsealable
from storage.acts.cases import Casework, Clerk, on_their_way
from storage.acts.cases import reply as reply_at_desk
from storage.memory import MemoryConversations
from storage.readingkey import read_reading_key
from storage.redis import Space
from storage.redis import key as redis_key
from storage.rootkey import open_ring
from storage.sql.tables import keys as keyring_keys

FULL = os.environ.get("ZURUF_TEST_SCALE") == "full"
CROWD = int(os.environ.get("ZURUF_CANARIES", "200" if FULL else "60"))
STUMBLES = "submit:before:1,submit:before:3,submit:after:5,submit:before:8"
"""Defects, put where the exceptions quote whole submissions."""
OFFICIAL = "Amtskanari"
"""What staff write at the desk."""
ACCOUNT = TOKEN.partition(":")[0]
AT_ONCE = 30  # people who talk at the same time
ORDERS = 9  # of PostgreSQL's rows that are looked at
AT_HOME = 4  # of them on the real homeserver
TODAY = datetime.now(ZoneInfo("Europe/Berlin"))

PLACE = """
| survey | | | | | | |
| | type | name | label | required | relevant | parameters |
| | note | anfang | Danke, dass Sie sich Zeit nehmen. | | | |
| | select_multiple tun | was | Was tun Sie auf dem Platz? | yes | | |
| | rank tun | rang | Was ist am wichtigsten? | yes | | |
| | decimal | weg | Wie viele Kilometer ist Ihr Weg? | no | | |
| | range | zensur | Welche Note geben Sie? | yes | | start=1 end=6 step=1 |
| | date | tag | Wann waren Sie zuletzt dort? | no | | |
| | time | zeit | Um wie viel Uhr? | no | | |
| | dateTime | beides | Wann kommen Sie wieder? | no | | |
| | text | wort | Was schlagen Sie vor? | yes | | |
| | begin_repeat | idee | Ideen | | | |
| | text | einfall | Noch ein Einfall? | no | | |
| | end_repeat | | | | | |
| | image | bild | Haben Sie ein Foto? | no | | |
| | audio | ton | Sagen Sie etwas dazu? | no | | |
| | geopoint | stelle | Wo ist die Stelle? | no | | |
| | calculate | laenge | | | | |
| | acknowledge | gelesen | Die Ergebnisse stehen im Mai aus. | yes | | |
| choices | | | |
| | list_name | name | label |
| | tun | sitzen | Sitzen |
| | tun | spielen | Spielen |
| | tun | gehen | Gehen |
| settings | | | |
| | form_title | form_id | default_language |
| | Der neue Platz | platz | de |
""".replace("| | calculate | laenge | | | | |\n", "")

STRICT = """
| survey | | | | |
| | type | name | label | required |
| | text | wort | Was soll niemand wissen? | yes |
| settings | | | |
| | form_title | form_id | default_language |
| | Streng | streng | de |
"""

SHORT = """
| survey | | | | |
| | type | name | label | required |
| | select_one ja | bank | Fehlt eine Bank? | yes |
| | text | wort | Was noch? | yes |
| choices | | | |
| | list_name | name | label |
| | ja | ja | Ja |
| | ja | nein | Nein |
| settings | | | |
| | form_title | form_id | default_language |
| | Bänke | baenke | de |
"""


class Answering(Walker):
    """Answers with one person's canaries."""

    person: Person

    def _candidates(self, question: Question) -> Iterator[tuple[str, Answer]]:
        match question.type:
            case QuestionType.TEXT:
                yield self.person.words, Written(self.person.words)
            case QuestionType.GEOPOINT:
                latitude, longitude = self.person.place
                yield f"{latitude} {longitude} 0 0", Placed(latitude, longitude)
            case QuestionType.IMAGE:
                yield "x.jpg", Photo(self.person.photo())
            case QuestionType.AUDIO:
                yield "x.ogg", Voice(self.person.voice())
            case _:
                yield from super()._candidates(question)


@dataclass
class Scene:
    """What the attack works on."""

    config: Config
    environ: dict[str, str]
    telegram: Emulator
    signal: SignalEmulator
    daemon: Path
    """The data folder of signal-cli."""
    server: MortalRedis
    port: int
    folder: Path
    forms: dict[str, Form]
    people: list[Person] = field(default_factory=list)
    citizens: dict[int, Citizen] = field(default_factory=dict)
    browsers: dict[int, WebCitizen] = field(default_factory=dict)
    homeserver: Homeserver | None = None
    signals: dict[Person, SignalChat] = field(default_factory=dict)
    matrix: dict[Person, MatrixChat] = field(default_factory=dict)
    moved: Person | None = None
    """Who took a draft along to Matrix."""
    codes: list[str] = field(default_factory=list)
    """Return codes that were shown."""

    def addresses(self) -> dict[bytes, str]:
        """All disguises of whatever tells who somebody is."""
        wanted = patterns(OF_ADDRESSES)
        for citizen in self.citizens.values():
            wanted |= dict.fromkeys(id_disguises(citizen.id), "Telegram id")
        for uuid in (chat.citizen.uuid for chat in self.signals.values()):
            wanted |= dict.fromkeys(disguises(uuid), "Signal account")
            wanted |= dict.fromkeys(disguises(uuid.replace("-", "")), "Signal account")
        for chat in self.matrix.values():
            wanted |= dict.fromkeys(disguises(chat.citizen.user), "Matrix id")
            wanted |= dict.fromkeys(disguises(chat.citizen.room), "Matrix room")
        for browser in self.browsers.values():
            wanted |= dict.fromkeys(disguises(browser.token), "token of a browser")
            wanted[bytes.fromhex(browser.token)] = "token of a browser"
        for code in self.codes:
            wanted |= dict.fromkeys(disguises(code.replace(" ", "")), "return code")
            wanted |= dict.fromkeys(disguises(code), "return code")
        return wanted

    def words(self) -> dict[bytes, str]:
        """All disguises of whatever somebody said or showed."""
        wanted = patterns(OF_TEXTS)
        for person in self.people:
            wanted |= dict.fromkeys(place_disguises(person.place[0]), "latitude")
        return wanted


# -- the walk


async def on_telegram(scene: Scene, person: Person) -> None:
    citizen = scene.telegram.citizen(first_name=f"{FIRST}{person.number}", username=f"{NICK}{person.number}")
    citizen.user["last_name"] = citizen.chat["last_name"] = f"{LAST}{person.number}"
    scene.citizens[person.number] = citizen
    chat = TelegramChat(citizen)
    await _go_wrong(citizen, person)
    await _walk(scene, person, chat, "platz")
    await chat.until("Beleg")
    if person.number % 2 == 0:
        await _walk(scene, person, chat, "baenke")
        await chat.until("Beleg")
    else:
        await _walk(scene, person, chat, "streng")
        await chat.until("Beleg")
    if person.number % 3 == 0:
        await _report(person, chat)
    if person.number % 7 == 2:
        await _ask_a_person(person, chat)
    if person.number % 5 in {2, 3}:
        await _follow(chat)
    if person.number % 4 == 0:
        await citizen.says("meine daten")
        await chat.until("Hier ist alles")
    if person.number % 5 == 0:
        await citizen.blocks()
    elif person.number % 5 == 1:
        await _leave_a_draft(scene, person, chat)


async def _leave_a_draft(scene: Scene, person: Person, chat: TelegramChat) -> None:
    """Begin the survey that was not answered yet, and leave it open: here for a day, or in a browser."""
    if person.number % 2 == 0:
        await chat.begin("streng")
        await chat.until("Was soll niemand wissen?")
        await chat.citizen.says(person.words)
        await chat.until("Absenden")
        await _moving_code(scene, chat)
        await chat.citizen.says("/pause bis morgen")
        await chat.until("eine Pause")
    else:
        await chat.begin("baenke")
        await chat.until("Fehlt eine Bank?")
        await chat.citizen.says("Ja")
        await chat.until("Was noch?")
        await _take_along(scene, person, await _moving_code(scene, chat))


async def _moving_code(scene: Scene, chat: TelegramChat) -> str:
    """A code that takes the draft along, once."""
    await chat.citizen.says("/mitnehmen")
    shown = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", await chat.until("Ihr Code ist"))
    assert shown is not None, "the code stands in the message"
    scene.codes += [shown[0], shown[0].replace("-", "")]
    return shown[0]


async def _take_along(scene: Scene, person: Person, code: str) -> None:
    """Go on elsewhere, up to what is left to send: the first on Matrix, where it runs, everybody else in a browser."""
    if scene.homeserver is not None and scene.moved is None:
        scene.moved = person
        scene.matrix[person] = chat = await scene.homeserver.chat(person)
        await take_along(chat, person, code)
        return
    browser = _browser(scene, person)
    await browser.begin("baenke")
    await browser.until("Fehlt eine Bank?")
    await browser.acts("said", text=code)
    await browser.until("Es geht weiter", "Was noch?")
    await browser.acts("said", text=person.words)
    await browser.until("Absenden")


async def _follow(chat: TelegramChat) -> None:
    """News, and what becomes of a survey: an address is kept for each, apart."""
    await chat.citizen.says("bescheid geben")
    await chat.until("einmal Bescheid")
    await chat.citizen.says("nachrichten bekommen")
    await chat.until("Worüber möchten Sie")
    await chat.citizen.says("alle nachrichten")
    await chat.until("Sie bekommen Nachrichten über")


async def told(scene: Scene) -> None:
    """The town sends news to everybody who asked for them."""
    async with opened(scene.config) as home, asyncio.timeout(1200):  # Signal's pace is ten seconds a person
        now = datetime.now(ZoneInfo("Europe/Berlin"))
        number = await home.broadcasts.announce(
            Broadcast({"de": Text("", "Am Samstag ist Markt.")}, "de"), "canary", now
        )
        assert number is not None
        while True:
            stored = await home.broadcasts.get(number)
            if stored is not None and stored.state is BroadcastState.SENT:
                break
            await asyncio.sleep(0.1)
        told = Counter[tuple[str, Outcome]]()
        for count in await home.deliveries.counts(number):
            told[count.channel, count.outcome] += count.people
        asked = sum(number % 5 in {2, 3} for number in scene.citizens)
        asked += sum(follows(person) for person in (*scene.signals, *scene.matrix) if person not in scene.people)
        assert sum(told.values()) == asked, "everybody who asked has a delivery"
        reached = {channel for channel, outcome in told if outcome is Outcome.ACCEPTED}
        assert {"telegram", "signal", *(["matrix"] if scene.homeserver else [])} <= reached


async def _report(person: Person, chat: TelegramChat) -> None:
    """Something is broken: words, place and photo for the town, a code for the citizen."""
    citizen = chat.citizen
    await citizen.says("melden")
    await chat.until("Worum geht es?")
    await citizen.presses("Straßen und Wege", chat.last)
    await chat.until("Was ist es?")
    await citizen.says(person.words)
    await chat.until("Wo ist es?")
    await citizen.sends_location(*person.place)
    await chat.until("Foto davon")
    await citizen.sends_photo(person.photo())
    await chat.until("hier dazu schreiben?")
    await citizen.says("ja" if wishes_a_reply(person) else "nein")
    await chat.until("Bitte einmal prüfen")
    await citizen.presses("Absenden", chat.last)
    await chat.until("Ihr Fallcode")


def wishes_a_reply(person: Person) -> bool:
    return person.number % 2 == 0


async def _ask_a_person(person: Person, chat: TelegramChat) -> None:
    await chat.citizen.says("mensch")
    await chat.until("Was möchten Sie sagen")
    await chat.citizen.says(person.words)
    await chat.until("Ihr Fallcode")


async def the_town_writes(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """Staff answer every case whose reporter can be reached, say how it stands, and look at it; citizens answer."""
    voice = terminal_voice({"LANG": "de"})
    async with opened(scene.config) as home:
        ids = [case.stored.id for case in await home.cases.all()]
        tied = [id_.hex() for id_ in ids if await home.ties.is_tied(id_)]
    assert len(tied) >= 2, "some wish for a reply"
    for case in tied:
        await reply(scene.config, case, "Ist es noch so?", voice)
        await set_status(scene.config, case, CaseStatus.WITH_OFFICE, "Bauhof", "", voice)
        await show_case(scene.config, case, voice)
    for person in scene.people:
        citizen = scene.citizens.get(person.number)
        if citizen is None or person.number % 5 in {0, 1} or not _is_tied(person):
            continue
        chat = TelegramChat(citizen)
        await chat.until("Ist es noch so?")
        await citizen.says(f"{person.words} noch immer")
        await chat.until("weitergegeben")
    for person, phone in (*scene.signals.items(), *scene.matrix.items()):
        if has_a_case(person) and person not in scene.people:
            await answers_the_town(person, phone)
    shown = capsys.readouterr()
    assert found({"show": shown.out.encode() + shown.err.encode()}, scene.addresses()) == []


async def the_desk_reads_and_writes(scene: Scene, addresses: dict[bytes, str]) -> None:
    """Without the bot's keys: masked copies of every case, photos, and a reply that the bot takes."""
    settings = {name: text for name, text in scene.environ.items() if name.startswith("ZURUF_")}
    async with desk_opened(load_desk(environ=settings)) as desk, asyncio.timeout(60):
        while not all(case.report is not None for case in await desk.case_files.all(closed=True)):
            await desk.database.news("none", 0.05)
        every = await desk.case_files.all(closed=True)
        assert sum(WORD in case.report.words for case in every if case.report) == len(every) > 2
        read = {case.number: repr(await desk.case_files.get(case.id)).encode() for case in every}
        read |= {case.number: case.report.words.encode() for case in every if case.report}
        photos = [pixels for case in every if (pixels := await desk.case_files.photo(case)) is not None]
        assert photos
        assert not any(LENS.encode() in pixels or Image.open(io.BytesIO(pixels)).getexif() for pixels in photos)
        assert found(read, addresses) == []
        case = await desk.case_files.get(every[0].id)
        assert case is not None
        work = Casework(desk.case_files, desk.intakes, desk.orders, desk.audit, {})
        await reply_at_desk(work, Clerk("canary", TODAY, terminal_voice({"LANG": "de"})), case, OFFICIAL)
        while (await on_their_way(work, case.id)).replies:
            await desk.database.news("none", 0.05)


def _is_tied(person: Person) -> bool:
    return (person.number % 3 == 0 and wishes_a_reply(person)) or person.number % 7 == 2


async def _go_wrong(citizen: Citizen, person: Person) -> None:
    """What does not belong here, before anything stands and in the middle of a question."""
    await citizen.says("/start platz")
    await citizen.reads(3, 60)
    await citizen.says(f"{SLIP}{person.number}")
    await citizen.edits(f"{SLIP}{person.number} anders")
    await citizen.sends_contact(f"{PHONE}{person.number}")
    await citizen.sends_document(f"{FILE}{person.number}.pdf", "application/pdf", b"%PDF " + FILE.encode(), SLIP)
    await citizen.sends_photo(person.photo(), f"{CAPTION}{person.number}")
    await citizen.sends_sticker()
    await citizen.sends_location(*person.place)
    citizen.presses_data(f"{SLIP}{person.number}")
    await citizen.reads(4, 60)
    await citizen.says("/stopp")
    await TelegramChat(citizen).until("Wiedersehen")


def _browser(scene: Scene, person: Person) -> WebCitizen:
    browser = WebCitizen(scene.port, {name.replace("_", "-"): value for name, value in person.headers.items()})
    scene.browsers[person.number] = browser
    return browser


async def on_the_web(scene: Scene, person: Person) -> None:
    browser = _browser(scene, person)
    await browser.begin("platz")
    await browser.acts("said", text=f"{SLIP}{person.number}")
    await browser.uploads(person.photo(), "image/jpeg")
    await _walk(scene, person, browser, "platz")
    receipt = await browser.until("Beleg")
    scene.codes += _sixteen_digits(receipt)
    if person.number % 2 == 0:
        await browser.acts("started", code="baenke")
        await browser.until("Fehlt eine Bank?")


def _sixteen_digits(text: str) -> list[str]:
    return re.findall(r"\b\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}\b", text)


async def _walk(scene: Scene, person: Person, chat: Chat, code: str) -> None:
    walker = Answering(scene.forms[code], "", TODAY, "de")
    walker.person = person
    await walker.walk(chat, code)


async def erase(scene: Scene, number: int) -> None:
    """Deletes what was sent, in the chat."""
    chat = TelegramChat(scene.citizens[number])
    await chat.citizen.says("/löschen platz")
    while True:
        message = (await chat.citizen.reads(1, 60))[0]
        if "gelöscht" in message.text:
            return
        yes = next((label for label in message.labels if label.startswith("Ja")), None)
        if yes is not None:
            await chat.citizen.presses(yes, message)


@asynccontextmanager
async def daemon_of_signal() -> AsyncIterator[tuple[SignalEmulator, Path]]:
    """With a folder whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="signal-") as name:
        async with SignalEmulator(data=Path(name), socket=Path(name, "socket")) as signal:
            yield signal, Path(name)


@asynccontextmanager
async def acted(
    folder: Path, environ: dict[str, str], telegram_count: int, web_count: int, homeserver: Homeserver | None
) -> AsyncIterator[tuple[Scene, bytearray]]:
    """Everything that citizens do, done; the process still runs. Yields the scene and what passed to and from Redis."""
    binary = shutil.which("redis-server")
    if binary is None:
        missing("redis-server")
    port = free_port()
    async with (
        Emulator(token=TOKEN, first_citizen=FIRST_ID) as telegram,
        daemon_of_signal() as (signal, daemon),
        nursery() as zuruf,
    ):
        with mortal_redis(str(binary), "--rdbcompression", "no", "--loglevel", "debug") as server:
            async with line_to(server.url) as line:
                line.tapped = bytearray()
                environ = environment(
                    folder / "state", line.url, telegram, ZURUF_HTTP_PORT=str(port), ZURUF_LOG_LEVEL="debug",
                    CHILD_LOG=str(folder / "log"), TMPDIR=str(folder / "tmp"), STUMBLE_AT=STUMBLES,
                    ZURUF_SIGNAL_ACCOUNT=SIGNAL_ACCOUNT, ZURUF_SIGNAL_URL=signal.socket_url,
                    ZURUF_SIGNAL_DATA=str(daemon), ZURUF_SIGNAL_CEILING="1000",
                    ZURUF_NEWS_QUIET_FROM="0", ZURUF_NEWS_QUIET_UNTIL="0", **environ,
                )  # fmt: skip
                (folder / "tmp").mkdir()
                config = config_of({name: text for name, text in environ.items() if name.startswith("ZURUF_")})
                scene = Scene(
                    config, environ, telegram, signal, daemon, server, port, folder, await published(config, folder),
                    homeserver=homeserver,
                )  # fmt: skip
                scene.people = [Person(number) for number in range(telegram_count + web_count)]
                with monitored(server) as seen:
                    async with zuruf.process(environ) as running:
                        await answers(port)
                        try:
                            await talk(scene, telegram_count)
                            yield scene, line.tapped
                        finally:
                            for browser in scene.browsers.values():
                                await browser.http.close()
                            for chat in scene.matrix.values():
                                await chat.citizen.client.close()
                        await running.ends()
                    line.tapped += seen


async def published(config: Config, folder: Path) -> dict[str, Form]:
    forms: dict[str, Form] = {}
    for code, source in (("platz", PLACE), ("baenke", SHORT), ("streng", STRICT)):
        path = folder / f"{code}.md"
        path.write_text(source, "utf-8")
        mode = Mode.STRICT if code == "streng" else None
        await publish_form(config, path, code, purpose="Damit der Platz schöner wird.", owner="Amt", mode=mode)
        compiled = to_xform(path.name, source.encode())
        forms[code] = compile_form(compiled.xform, compiled.attachments)
    return forms


async def answers(port: int) -> None:
    """Until the web chat answers."""
    async with asyncio.timeout(60):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


async def talk(scene: Scene, telegram_count: int) -> None:
    scene.telegram.faults.add(ServerError(), times=3)
    places, homes = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(AT_HOME)

    async def talks(person: Person) -> None:
        async with places:
            await (on_telegram if person.number < telegram_count else on_the_web)(scene, person)

    async def talks_on_signal(person: Person) -> None:
        async with places:
            scene.signals[person] = await on_signal(scene.signal, person)

    async def talks_on_matrix(person: Person) -> None:
        assert scene.homeserver is not None
        async with homes:
            scene.matrix[person] = await on_matrix(scene.homeserver, person)

    async with asyncio.TaskGroup() as walks:
        for person in scene.people:
            walks.create_task(talks(person))
        for number in range(max(2, len(scene.people) // 6)):
            walks.create_task(talks_on_signal(Person(700 + number)))
        for number in range(len(scene.people) // 8 if scene.homeserver is not None else 0):
            walks.create_task(talks_on_matrix(Person(800 + number)))


@contextmanager
def monitored(server: MortalRedis) -> Iterator[bytearray]:
    """What MONITOR shows."""
    seen = bytearray()
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(server.socket))
        line.sendall(b"MONITOR\r\n")

        def read() -> None:
            while data := line.recv(1 << 16):
                seen.extend(data)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        yield seen
        line.shutdown(socket.SHUT_RDWR)
        reader.join(5)


# -- what was written down


def written_down(scene: Scene, tapped: bytes) -> dict[str, bytes]:
    """Everything that a thief, a clerk or an operator could read."""
    with redis.Redis.from_url(scene.server.url) as client:
        client.save()
    places = {"line to Redis and MONITOR": bytes(tapped)}
    places |= {f"redis {name}": data for name, data in files_of(scene.server.folder).items()}
    places |= {f"state {name}": data for name, data in files_of(scene.folder / "state").items()}
    places |= {f"tmp {name}": data for name, data in files_of(scene.folder / "tmp").items()}
    places |= {f"signal-cli {name}": data for name, data in files_of(scene.daemon).items()}
    places["log"] = (scene.folder / "log").read_bytes()
    for page in ("metrics", "healthz", "channels", ".well-known/zuruf.json", "platz", "nothing-here"):
        places[page] = fetched(f"http://127.0.0.1:{scene.port}/{page}")
    if scene.config.database.url.startswith("postgres"):
        dump = [str(_postgres_binaries() / "pg_dump"), "--inserts", scene.config.database.url]
        places["pg_dump"] = subprocess.run(dump, check=True, capture_output=True).stdout
    return places


def fetched(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return bytes(answer.read())
    except HTTPError as error:
        return error.read()


@dataclass(frozen=True)
class Copied:
    """Sealed values of a moment, as a backup or a thief keeps them."""

    answers: Sequence[tuple[bytes, str, str, bytes]]
    """(response, survey, ref, sealed)"""
    files: Sequence[tuple[bytes, bytes]]
    tokens: dict[str, dict[bytes, None]]
    """By survey, as they lie in the table."""
    entries: dict[bytes, bytes]
    """Of Redis."""


async def copied(config: Config, server: MortalRedis | None = None) -> Copied:
    async with opened(config) as home:
        rows = await home.database.read(
            lambda connection: connection.exec_driver_sql(
                "select a.response, r.survey, a.ref, a.sealed from answers a join responses r on r.id = a.response"
                " where a.sealed is not null"
            ).all()
        )
        files = await home.database.read(
            lambda connection: connection.exec_driver_sql("select locator, sealed from files").all()
        )
        await home.housekeeping.scattering.scatter()  # as the running process does every ten seconds
        parts = await home.database.read(
            lambda connection: connection.exec_driver_sql("select survey, token from participations").all()
        )
    tokens: dict[str, dict[bytes, None]] = {}
    for survey, token in parts:
        tokens.setdefault(survey, {})[bytes(token)] = None
    entries: dict[bytes, bytes | None] = {}
    if server is not None:
        with redis.Redis.from_url(server.url) as client:
            entries = {name: client.get(name) for name in client.scan_iter() if client.type(name) == b"string"}
    return Copied(
        [(bytes(row[0]), row[1], row[2], bytes(row[3])) for row in rows],
        [(bytes(row[0]), bytes(row[1])) for row in files],
        tokens,
        {name: value for name, value in entries.items() if value},
    )


async def all_keys(home: Home) -> dict[str, bytes]:
    """Every key that the keyring still gives."""
    rows = await home.database.ring_read(lambda connection: connection.execute(select(keyring_keys)).all())
    ring = open_ring(home.state)
    keys: dict[str, bytes] = {}
    for purpose, wrapped, *_ in rows:
        key = ring.unwrap(purpose, bytes(wrapped))
        if len(key) == KEY_BYTES:
            keys[purpose] = key
    return keys


def opens_answer(keys: Sequence[bytes], ref: str, sealed: bytes) -> str | None:
    for key in keys:
        try:
            return open_answer(Sealer(key), ref, sealed)
        except Unsealable:
            continue
    return None


def opens_entry(keys: Sequence[bytes], name: bytes, sealed: bytes) -> bool:
    for key in keys:
        epoch = SessionEpoch.derive(date(2026, 1, 1), key)
        for entry in Entry:
            try:
                epoch.unseal(entry, name.partition(b":")[2], sealed)
            except Unsealable:
                continue
            return True
    return False


# -- the tests


def test_the_search_finds_what_is_planted() -> None:
    self_check()


async def attack(
    folder: Path,
    environ: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    many: int,
    homeserver: Homeserver | None = None,
) -> None:
    """The whole life: talking, reading over shoulders, erasing, closing, forgetting."""
    telegram_count, web_count = many * 2 // 3, many - many * 2 // 3
    async with acted(folder, environ, telegram_count, web_count, homeserver) as (scene, tapped):
        await the_town_writes(scene, capsys)
        await told(scene)
        addresses, words = scene.addresses(), scene.words() | dict.fromkeys(disguises(OFFICIAL), "words of staff")
        await the_desk_reads_and_writes(scene, addresses)
        places = written_down(scene, bytes(tapped))
        assert_everything_was_there(scene, places)
        assert found(places, addresses) == []
        assert found(places, words) == []

        before = await copied(scene.config, scene.server)
        await assert_the_copy_opens_with_the_keys(scene, before)
        gone = [number for number in scene.citizens if number % 5 not in {0, 1}][:4]
        for number in gone:
            await erase(scene, number)
        await assert_nothing_erased_opens(scene, before, gone)
        await assert_unlinkable(scene, before)

        places = written_down(scene, bytes(tapped))
        assert found(places, addresses) == []
        assert found(places, words) == []
    await staff_see_no_address(scene, capsys)
    await backups_and_papers_hold_nothing(scene)
    await nothing_opens_after_the_grace(scene, before, len(gone))


def assert_everything_was_there(scene: Scene, places: dict[str, bytes]) -> None:
    """A search in empty files would find nothing, too."""
    assert len(places["line to Redis and MONITOR"]) > 10_000
    assert b"evalsha" in places["line to Redis and MONITOR"].lower()
    assert any(name.endswith(".rdb") for name in places)
    assert any("appendonly" in name for name in places)
    assert places["log"].count(b"turn_failed") >= 3, "defects were logged, without what they quoted"
    assert len(set(re.findall(rb"trace\S*=\S*?([0-9a-f]{8})", places["log"]))) >= 3, "each turn has its own"
    assert b"zuruf" in places["metrics"] or b"python" in places["metrics"]
    assert any(_sixteen_digits(code) for code in scene.codes), "the web citizens have return codes"
    assert any(not _sixteen_digits(code) for code in scene.codes), "and those who move have one for their draft"
    assert scene.browsers.keys() | scene.citizens.keys() == {person.number for person in scene.people}
    assert scene.browsers.keys() & scene.citizens.keys(), "some took a draft along"


async def assert_the_copy_opens_with_the_keys(scene: Scene, copy: Copied) -> None:
    """While they live, the keys open what they are for: so that "nothing opens" later is no accident."""
    async with opened(scene.config) as home:
        keys = await all_keys(home)
        texts = [opens_answer(list(keys.values()), ref, sealed) for _, _, ref, sealed in copy.answers]
        assert all(text is not None for text in texts)
        opened_texts = [text for text in texts if text is not None]
        for person in scene.people:
            assert person.words in opened_texts
        names = [text for text in opened_texts if text.endswith((".jpg", ".ogg"))]
        assert len(names) == 2 * len(scene.people)
        sealed_files = dict(copy.files)
        for name in names:
            data = open_file(name, sealed_files[bytes.fromhex(name[:32])])
            assert LENS.encode() not in data
            assert TONE.encode() not in data
            if name.endswith(".jpg"):
                assert not Image.open(io.BytesIO(data)).getexif()
        sessions = {name: value for name, value in copy.entries.items() if name.startswith(redis_key(Space.SESSION))}
        assert sessions, "some conversations are still going on"
        assert all(opens_entry(list(keys.values()), name, value) for name, value in sessions.items())


async def assert_nothing_erased_opens(scene: Scene, before: Copied, gone: Sequence[int]) -> None:
    """The copy of the data from before, and all keys of now."""
    words = {Person(number).words for number in gone}
    async with opened(scene.config) as home:
        keys = list((await all_keys(home)).values())
    now = await copied(scene.config, scene.server)
    left = {row[0] for row in now.answers}
    erased = [row for row in before.answers if row[0] not in left]
    assert len({row[0] for row in erased}) == len(gone)
    assert [row[2] for row in erased if opens_answer(keys, row[2], row[3]) is not None] == []
    still = {opens_answer(keys, ref, sealed) for _, survey, ref, sealed in before.answers if survey == "platz"}
    assert not words & still
    assert len(now.files) == len(before.files) - 2 * len(gone)


async def assert_unlinkable(scene: Scene, copy: Copied) -> None:
    """The same people in two surveys have nothing in common: whoever guesses who is who does no better than chance."""
    both = [token for tokens in copy.tokens.values() for token in tokens]
    assert len(both) == len(set(both)) > len(copy.tokens["platz"])
    async with opened(scene.config) as home:
        peppers = [await home.keychain.pepper_if_any(survey) for survey in ("platz", "baenke")]
    people = [Somebody(Address("telegram", ACCOUNT, str(citizen.id))) for citizen in scene.citizens.values()]
    first, second = ([person.token(pepper) for person in people if pepper] for pepper in peppers)
    # PostgreSQL's rows are laid in another order every ten seconds, and each order is another try.
    orders = [copy] if not scene.config.database.url else [await copied(scene.config) for _ in range(ORDERS)]
    known = set(both).intersection(*({token for tokens in each.tokens.values() for token in tokens} for each in orders))
    pairs = [pair for pair in zip(first, second, strict=True) if set(pair) <= known]
    assert len(pairs) >= 4
    assert abs(_auc(pairs, _common_bits) - 0.5) <= _chance(len(pairs))
    by_place = [_auc(pairs, _same_place(order)) for order in orders]
    assert abs(sum(by_place) / len(by_place) - 0.5) <= _chance(len(pairs) * len(orders))


def _chance(pairs: int) -> float:
    """How far an AUC of so many pairs may be from a half by chance: 0.05 where they are many, else four standard
    errors. That tokens themselves link nobody is shown with more people in `tests/privacy/test_pseudonyms.py`."""
    return max(0.05, 4 / sqrt(12 * pairs))


def _common_bits(one: bytes, other: bytes) -> float:
    return -float((int.from_bytes(one) ^ int.from_bytes(other)).bit_count())


def _same_place(copy: Copied) -> Callable[[bytes, bytes], float]:
    """Whether two tokens stand in the same part of their survey's rows, as the database keeps them."""
    place = {token: number / len(tokens) for tokens in copy.tokens.values() for number, token in enumerate(tokens)}
    return lambda one, other: -abs(place[one] - place[other])


def _auc(pairs: Sequence[tuple[bytes, bytes]], alike: Callable[[bytes, bytes], float]) -> float:
    """How often a true pair looks more alike than a false one."""
    wins = [
        0.5 * ((true := alike(one, mine)) > (false := alike(one, other))) + 0.5 * (true >= false)
        for one, mine in pairs
        for _, other in pairs
        if other != mine
    ]
    return sum(wins) / len(wins)


async def staff_see_no_address(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    voice = terminal_voice({"LANG": "de"})
    capsys.readouterr()
    await show_surveys(scene.config, voice)
    await show_results(scene.config, "platz", (), voice)
    shown = capsys.readouterr()
    places = {"results": shown.out.encode() + shown.err.encode()}
    assert found(places, scene.addresses() | scene.words()) == []
    await close_survey(scene.config, "platz", voice)
    target = scene.folder / "platz.csv"
    await export_rows(scene.config, "platz", target, voice)
    shown = capsys.readouterr()
    places = {"export": target.read_bytes(), "close": shown.out.encode() + shown.err.encode()}
    assert len(places["export"].splitlines()) > 5
    assert found(places, scene.addresses()) == []
    tokens = patterns([])
    for token in (await copied(scene.config)).tokens["platz"]:
        tokens |= {token: "token", token.hex().encode(): "token"}
    assert found(places, tokens) == []


async def backups_and_papers_hold_nothing(scene: Scene) -> None:
    voice = terminal_voice({"LANG": "de"})
    kept = scene.folder / "kept"
    for part in ("records", "keyring", "papers"):
        (kept / part).mkdir(parents=True)
    if not scene.config.database.url:
        await back_up(scene.config, kept / "records", voice)
    await back_up_keyring(scene.config, kept / "keyring", voice)
    await write_record(scene.config, "de", "html", kept / "papers", voice)
    places = {f"backup {name}": data for name, data in files_of(kept).items()}
    assert len(places) >= 2
    assert found(places, scene.addresses() | scene.words()) == []


async def nothing_opens_after_the_grace(scene: Scene, before: Copied, gone: int) -> None:
    """A month later, housekeeping done: no pseudonym can be made again, no conversation and no text of the copy opens
    with any key that is left."""
    later = TODAY.date() + timedelta(days=31)
    known = {
        number: Somebody(Address("telegram", ACCOUNT, str(citizen.id))) for number, citizen in scene.citizens.items()
    }
    async with opened(scene.config) as home:
        keys = list((await all_keys(home)).values())
        assert {person.token(key) for person in known.values() for key in keys} & set(before.tokens["platz"])
        await housekeep(home.housekeeping, MemoryConversations(), later)
        keys = list((await all_keys(home)).values())
        assert not {person.token(key) for person in known.values() for key in keys} & set(before.tokens["platz"])
        assert [name for name, value in before.entries.items() if opens_entry(keys, name, value)] == []
        left = await home.database.read(
            lambda connection: connection.exec_driver_sql(
                "select count(*) from participations where survey = 'platz'"
            ).scalar_one()
        )
        assert left == 0
        private = read_reading_key(home.state)
        masked = await home.readings.texts("platz")
        assert len([copy for copy in masked if copy.ref == "/data/wort"]) == len(scene.people) - gone
        closed = [row for row in before.answers if row[1] == "platz"]
        assert len(closed) >= 3 * len(scene.people)
        assert [row[2] for row in closed if opens_answer([*keys, private], row[2], row[3]) is not None] == []
    now = await copied(scene.config)
    assert {row[1] for row in now.answers} <= {"baenke", "streng"}, "originals of what is over are gone"
    assert not {row[0] for row in now.answers if row[1] == "platz"} & {row[0] for row in before.answers}
    if not scene.config.database.url:
        raw = b"".join(data for name, data in files_of(scene.folder / "state").items() if "sqlite" in name)
        assert not [token for token in before.tokens["platz"] if token in raw], "not even on a freed page"


@pytest.mark.timeout(300)
async def test_nothing_of_a_citizen_is_found_anywhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await attack(tmp_path, {}, capsys, 24)


@pytest.mark.timeout(300)
async def test_nothing_of_a_citizen_is_found_in_postgresql(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], new_postgres_database: Callable[[], str]
) -> None:
    await attack(tmp_path, {"ZURUF_DATABASE_URL": new_postgres_database()}, capsys, 18)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("of", ["sqlite", "postgres"])
async def test_nothing_of_a_crowd_is_found(
    of: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    """`make attack`: two hundred, on Matrix, too. Signal's pace and Synapse take their time."""
    made = {} if of == "sqlite" else {"ZURUF_DATABASE_URL": request.getfixturevalue("new_postgres_database")()}
    if not FULL:
        await attack(tmp_path, made, capsys, CROWD)
        return
    if not servers.is_installed():
        missing("Synapse (make .venv-synapse)")
    with short_folder() as folder, servers.running(folder) as synapse:
        user, password = synapse.register("zuruf")
        made |= {
            "ZURUF_MATRIX_HOMESERVER": synapse.url,
            "ZURUF_MATRIX_USER": user,
            "ZURUF_MATRIX_PASSWORD": password,
        }
        await attack(tmp_path, made, capsys, CROWD, Homeserver(synapse, user))
