"""Citizens who answer the survey, each by what the bot says: the closed loop of the benchmark.

A citizen reads the question, answers it, waits for the bot's next question, and so on; after the thanks a new citizen
comes. Nothing in here knows which bot it talks to: a question is known by its text, a button by its label.
Not here: the network below (`wire.py`), the chats (`bot_api.py`), what is made of the figures (`turns.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any
from urllib.parse import urlsplit

import msgspec

from benchmarks import questionnaire as q
from benchmarks.bot_api import BotApi, Said
from benchmarks.questionnaire import Kind, Question
from benchmarks.wire import ClientConnection

PATIENCE = 15.0
"""Seconds that a citizen waits for the bot before the benchmark fails."""
REFUSED_PAUSE = 0.01
"""Seconds before an update that the webhook did not take is posted again; Telegram does so too."""
LONGEST_MEMORY = 8
"""Of a chat's last messages, for the error text."""

_SEND = re.compile(r"\b(send|submit)\b", re.IGNORECASE)
_DONE = re.compile(r"\b(done|ready|continue|next|finish)", re.IGNORECASE)
_THANKS = re.compile(r"\bthank", re.IGNORECASE)


class Stuck(Exception):
    """The bot did not say what a citizen could answer. Carries the end of the (made-up) conversation."""


class WentHome(Exception):
    """The measurement is over."""


class Beyond(Enum):
    """What a bot may say apart from questions."""

    REVIEW = auto()
    """Everything is answered; a button sends it."""
    THANKS = auto()


Read = Question | Beyond | None


def read(said: Said) -> Read:
    """What the citizen understands: the question asked, the end, or None for any other word."""
    if any(_SEND.search(label) for label, _ in said.buttons):
        return Beyond.REVIEW
    asked = [question for question in q.QUESTIONS if question.text in said.text]
    if len(asked) == 1:
        return asked[0]
    if not asked and _THANKS.search(said.text):
        return Beyond.THANKS
    return None


class Webhook:
    """Posts updates to a bot, over as many keep-alive connections as there are updates at once."""

    def __init__(self, url: str, secret: str, api: BotApi) -> None:
        self._api = api
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        self._host, self._port = parts.hostname, parts.port
        self._head = (
            f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: "
        ).encode()
        self._free: deque[ClientConnection] = deque()
        self._update_ids = itertools.count(1)
        self.refused = 0
        """Posts that were not answered with 2xx, and came again."""

    async def post(self, update: dict[str, Any]) -> None:
        """Hand over one update, again and again until the bot takes it.

        Raises `OSError` if nobody listens, `WireError` if the bot hangs up.
        """
        body = msgspec.json.encode({"update_id": next(self._update_ids), **update})
        raw = b"%b%d\r\n\r\n%b" % (self._head, len(body), body)
        while not 200 <= await self._once(raw) < 300:
            self.refused += 1
            await asyncio.sleep(REFUSED_PAUSE)

    async def _once(self, raw: bytes) -> int:
        connection = await self._connection()
        response = await connection.request(raw)
        self._free.append(connection)
        if response.body:
            self._api.take_within(response.body)
        return int(response.first_line.split(b" ")[1])

    async def _connection(self) -> ClientConnection:
        while self._free:
            connection = self._free.pop()
            if connection.alive:
                return connection
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(ClientConnection, self._host, self._port)
        return connection

    def close(self) -> None:
        """Hang up."""
        while self._free:
            self._free.pop().close()


@dataclass(slots=True)
class Tally:
    """What was measured while citizens talked."""

    latencies: list[float] = field(default_factory=list)
    """Seconds from posting an update to the bot's next question (or the toggled keyboard), one an update."""
    before_reply: list[int] = field(default_factory=list)
    """Round trips to Redis in that time, one an update; only where one citizen talks alone."""
    walks: int = 0
    """Finished surveys."""

    def clear(self) -> None:
        """Measure from here on; finished surveys are still counted."""
        self.latencies.clear()
        self.before_reply.clear()


@dataclass(frozen=True, slots=True)
class Town:
    """What all citizens of one measurement share."""

    api: BotApi
    webhook: Webhook
    people: itertools.count[int]
    """Numbers of citizens; none talks twice."""
    tally: Tally
    pause: float = 0.0
    """Seconds that a citizen thinks before each answer."""
    trips: Callable[[], int] = lambda: 0
    """Reads the counter of round trips to Redis."""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set: nobody says anything more."""


class Citizen:
    """One person in one chat."""

    FIRST_ID = 700_000_000

    def __init__(self, town: Town) -> None:
        self._town = town
        self._number = next(town.people)
        self._id = self.FIRST_ID + self._number
        self._awaited: asyncio.Future[tuple[Said, float, int]] | None = None
        self._wanted: Callable[[Said], bool] = lambda _: False
        self._memory: deque[str] = deque(maxlen=LONGEST_MEMORY)

    async def walk(self, answers: int | None = None) -> None:
        """Answer the whole survey, or only the first so many questions. Raises `Stuck`."""
        town = self._town
        town.api.enter(self._id, self._hear)
        try:
            said = await self._type(f"/start {q.CODE}", lambda s: isinstance(read(s), Question))
            left = -1 if answers is None else answers
            while left != 0 and isinstance(question := read(said), Question):
                said = await self._answer(question, said)
                left -= 1
            if left != 0 and read(said) is Beyond.REVIEW:
                await self._tap(said, _SEND, lambda s: not s.edited)
            if left < 0:
                town.tally.walks += 1
        finally:
            town.api.leave(self._id)

    async def _answer(self, question: Question, said: Said) -> Said:
        """Answer one question with all it takes; what the bot says next."""

        def next_one(said: Said) -> bool:
            return (now := read(said)) is not None and now is not question

        match question.kind:
            case Kind.ONE:
                label = question.choices[q.chosen(question, self._number)]
                return await self._tap(said, re.compile(re.escape(label)), next_one)
            case Kind.MANY:
                for value in q.TOGGLED:
                    label = re.escape(question.choices[value])
                    said = await self._tap(said, re.compile(label), lambda s: read(s) is question)
                return await self._tap(said, _DONE, next_one)
            case Kind.NUMBER:
                refused, taken = q.RIDERS_TYPED
                await self._type(refused, lambda s: read(s) is question and not s.edited)
                return await self._type(taken, next_one)
            case Kind.PLACE:
                latitude, longitude = q.PLACE
                place = {"latitude": latitude, "longitude": longitude}
                return await self._say({"message": self._message(location=place)}, next_one)
            case Kind.DAY | Kind.TEXT:
                return await self._type(q.TYPED[question.name], next_one)

    async def _type(self, text: str, wanted: Callable[[Said], bool]) -> Said:
        message = self._message(text=text)
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        return await self._say({"message": message}, wanted)

    async def _tap(self, said: Said, label: re.Pattern[str], wanted: Callable[[Said], bool]) -> Said:
        data = next((data for text, data in said.buttons if label.search(text)), None)
        if data is None:
            raise self._stuck(f"no button {label.pattern!r}")
        query = {
            "id": str(self._town.api.next_message_id()),
            "from": self._person(),
            "message": said.message,
            "chat_instance": "1",
            "data": data,
        }
        return await self._say({"callback_query": query}, wanted)

    async def _say(self, update: dict[str, Any], wanted: Callable[[Said], bool]) -> Said:
        """Post one update; the bot's word that was wanted. Measures."""
        town = self._town
        if town.pause:
            await asyncio.sleep(town.pause)
        if town.over.is_set():
            raise WentHome
        self._wanted = wanted
        self._awaited = asyncio.get_running_loop().create_future()
        trips, begun = town.trips(), time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                await town.webhook.post(update)
                said, heard, trips_then = await self._awaited
        except TimeoutError:
            raise self._stuck("no answer") from None
        finally:
            self._awaited = None
        town.tally.latencies.append(heard - begun)
        town.tally.before_reply.append(trips_then - trips)
        return said

    def _hear(self, said: Said) -> None:
        self._memory.append(f"{said.text!r} {[label for label, _ in said.buttons]}{' (edit)' if said.edited else ''}")
        if self._awaited is not None and not self._awaited.done() and self._wanted(said):
            self._awaited.set_result((said, time.perf_counter(), self._town.trips()))

    def _stuck(self, why: str) -> Stuck:
        return Stuck("\n".join([f"{why}; the bot's last words:", *self._memory]))

    def _person(self) -> dict[str, Any]:
        return {"id": self._id, "is_bot": False, "first_name": "Citizen", "language_code": "en"}

    def _message(self, **content: object) -> dict[str, Any]:
        return {
            "message_id": self._town.api.next_message_id(),
            "date": int(time.time()),
            "chat": {"id": self._id, "type": "private", "first_name": "Citizen"},
            "from": self._person(),
            **content,
        }


async def _one_after_another(town: Town) -> None:
    with contextlib.suppress(WentHome):
        while True:
            await Citizen(town).walk()


class Crowd:
    """Citizens who talk at the same time, one following another."""

    def __init__(self, town: Town, size: int) -> None:
        self._town = town
        self._places = [asyncio.create_task(_one_after_another(town)) for _ in range(size)]

    async def last(self, seconds: float) -> float:
        """Let them talk for so long; the seconds it really took. Raises `Stuck` as soon as one is."""
        begun = time.perf_counter()
        finished, _ = await asyncio.wait(self._places, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        for task in finished:
            task.result()
        return time.perf_counter() - begun

    async def go_home(self) -> None:
        """End when each has heard the answer to what was said last, so that the bot is left with nothing to do."""
        self._town.over.set()
        await asyncio.gather(*self._places, return_exceptions=True)


@asynccontextmanager
async def crowd(town: Town, size: int) -> AsyncIterator[Crowd]:
    """A crowd for as long as the block lasts."""
    people = Crowd(town, size)
    try:
        yield people
    finally:
        await people.go_home()
