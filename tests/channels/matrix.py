"""Matrix's bench: a real Synapse behind a line that can be cut, and citizens with plain nio, encrypted."""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiohttp import web
from channels.base import Feature, Heard, Reader, TownScene, until
from conftest import missing
from e2e.talking import quiet
from e2e.walking import Answer, Photo, Placed, Pressed, Voice, Written
from nio import UnknownEvent
from servers import synapse as servers
from servers.between import Line, Trouble, line_to
from servers.matrix_citizen import Citizen
from servers.synapse import Synapse

from adapters.matrix import codec
from adapters.matrix.adapter import MatrixAdapter
from bot.app import App
from dialogs.capabilities import MATRIX, Capabilities

HERE = Path(__file__).parent
POLL = "org.matrix.msc3381.poll.start"
MARK = "org.zuruf.mark"
"""An event that means nothing: when the bot has seen it, it has seen all before it."""


@dataclass
class MatrixPhone(Reader):
    """A citizen with a Matrix client that shows polls."""

    citizen: Citizen = field(kw_only=True)
    bench: MatrixBench = field(kw_only=True)
    _last: str = ""
    _poll: str = ""
    _answers: dict[str, str] = field(default_factory=dict)
    _votes: list[str] = field(default_factory=list)

    @property
    def native(self) -> str:
        return self.citizen.user

    def look(self) -> None:
        events, self.citizen.heard = self.citizen.heard, []
        for event in events:
            self.heard.append(self._heard(event))

    def _heard(self, event: dict[str, Any]) -> Heard:
        content = event["content"]
        if event["type"] == POLL:
            poll = content[POLL]
            self._poll, self._votes = event["event_id"], []
            self._answers = {each["org.matrix.msc1767.text"]: each["id"] for each in poll["answers"]}
            return Heard(poll["question"]["org.matrix.msc1767.text"], tuple(self._answers))
        name = content.get("filename", "") if content.get("msgtype") != "m.text" else ""
        return Heard(content.get("body", ""), files=(name,) if name else ())

    async def stirs(self) -> None:
        await self.citizen.pump(500)

    async def until(self, *texts: str) -> str:
        """A poll comes as a message of its own, right after its question."""
        found = await super().until(*texts)
        await self.bench.idle()
        await self.citizen.pump(0)
        self.look()
        return found

    async def begin(self, code: str) -> None:
        if not self.citizen.room:
            await self.citizen.open_chat()
        await self.says(code)

    async def give(self, answer: Answer) -> None:
        match answer:
            case Pressed(labels, words):
                await self.tap_or_say(labels, words)
            case Written(words):
                await self.says(words)
            case Placed(latitude, longitude):
                content = {"msgtype": "m.location", "body": "hier", "geo_uri": f"geo:{latitude},{longitude}"}
                await self.citizen.send("m.room.message", content)
            case Photo(data):
                await self.citizen.send_file("m.image", "photo.jpg", "image/jpeg", data)
            case Voice(data):
                more: dict[str, Any] = {"org.matrix.msc3245.voice": {}}
                await self.citizen.send_file("m.audio", "voice.ogg", "audio/ogg", data, **more)

    async def says(self, text: str) -> None:
        self._last = await self.citizen.say(text)

    async def taps(self, label: str) -> None:
        self._votes.append(label)
        await self.citizen.vote(self._poll, *(self._answers[each] for each in self._votes))
        self.heard.append(Heard("", tuple(self._answers), tuple(self._votes), revised=True))

    async def quiet(self) -> None:
        if self.citizen.members.get(self.citizen.user) == "leave":
            await self.bench.idle()
            return
        await self.bench.has_seen(await self.citizen.send(MARK, {"n": uuid4().hex}))
        await self.bench.idle()
        mark = f"m{uuid4().hex}"
        await self.bench.tells(self.citizen.room, mark)
        await self.citizen.until(lambda: any(event["content"].get("mark") == mark for event in self.citizen.heard))
        self.citizen.heard = [event for event in self.citizen.heard if "mark" not in event["content"]]
        self.look()

    async def edits(self, text: str) -> None:
        await self.citizen.edit(self._last, text)

    async def deletes(self) -> None:
        await self.citizen.client.room_redact(self.citizen.room, self._last)

    async def reacts(self, sign: str) -> None:
        """Not encrypted, so it is no answer; sent all the same."""
        relation = {"rel_type": "m.annotation", "event_id": self._last, "key": sign}
        await self.citizen.send("m.reaction", {"m.relates_to": relation})

    async def sends_file(self, name: str, mime: str, data: bytes) -> None:
        await self.citizen.send_file("m.file", name, mime, data, filename=name)

    async def sends_odd(self) -> None:
        await self.citizen.send("m.room.message", {"msgtype": "org.example.dice", "body": "⚂"})

    async def leaves(self) -> None:
        await self.citizen.client.room_leave(self.citizen.room)
        await self.bench.has_forgotten(self.citizen.room)
        self.citizen.members[self.citizen.user] = "leave"

    async def returns(self) -> None:
        self.citizen.room = ""
        self.citizen.members.clear()


@dataclass
class MatrixGroup:
    """A room of three: somebody else made it."""

    citizen: Citizen
    guest: str

    async def invites(self) -> None:
        await self.citizen.open_chat(others=(self.guest,))

    async def says(self, text: str) -> None:
        await self.citizen.say(text)

    async def hears(self) -> str:
        return await self.citizen.hears_text("")

    async def is_left(self) -> None:
        await self.citizen.until(lambda: self.citizen.members.get(self.citizen.bot) == "leave")


class MatrixBench:
    """A homeserver on loopback."""

    capabilities: Capabilities = MATRIX
    cannot: Mapping[Feature, str] = {
        Feature.REVISION: "an edit of the bot would stand there as edited, and there is nothing on it to tap anyway",
        Feature.LANGUAGE: "Matrix does not tell in which language somebody reads",
        Feature.REACTIONS: "reactions are never encrypted, so none is an answer",
        Feature.DUPLICATES: "a homeserver brings an event twice only after a crash of ours (tests/adapters/matrix)",
        Feature.DISORDER: "one sync has one order",
    }
    captured: Sequence[bytes] = tuple(
        json.dumps(one).encode() for one in json.loads((HERE / "captured" / "matrix.json").read_text("utf-8"))
    )
    refusals = (ValueError,)

    def __init__(self) -> None:
        self._stack = contextlib.AsyncExitStack()
        self._app: App | None = None
        self._seen: set[str] = set()
        self._age_ms = 0
        self.synapse: Synapse | None = None
        self.line: Line | None = None
        self._account = ("", "")

    async def start(self) -> None:
        if not servers.is_installed():
            missing("Synapse (make .venv-synapse)")
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        starting = servers.running(folder)
        self.synapse = await asyncio.to_thread(starting.__enter__)
        self._stack.callback(starting.__exit__, None, None, None)
        self.line = await self._stack.enter_async_context(line_to(self.synapse.url))
        self.line.rewrite = self._aged
        self._account = self.synapse.register("zuruf")

    async def close(self) -> None:
        await self._stack.aclose()

    def scene(self, folder: Path, redis_url: str) -> TownScene:
        return TownScene(self, folder, redis_url)

    def settings(self) -> Mapping[str, str]:
        assert self.line is not None
        user, password = self._account
        return {
            "ZURUF_MATRIX_HOMESERVER": self.line.url,
            "ZURUF_MATRIX_USER": user,
            "ZURUF_MATRIX_PASSWORD": password,
        }

    def attach(self, app: App) -> None:
        self._app = app
        self._watching = asyncio.create_task(self._watch())

    @property
    def adapter(self) -> MatrixAdapter:
        assert self._app is not None
        adapter = self._app.adapters["matrix"]
        assert isinstance(adapter, MatrixAdapter)
        return adapter

    async def _watch(self) -> None:
        """See the marks with the adapter's own client."""
        await self.adapter.up.wait()
        assert self.adapter._live is not None

        async def note(room: object, event: UnknownEvent) -> None:
            if event.type == MARK:
                self._seen.add(event.event_id)

        self.adapter._live.client.add_event_callback(note, UnknownEvent)

    async def phone(self, language: str = "de") -> MatrixPhone:
        await self.adapter.up.wait()
        await self._watching
        assert self.synapse is not None
        citizen = await asyncio.to_thread(Citizen, self.synapse, self._account[0])
        await citizen.login()
        self._stack.push_async_callback(citizen.client.close)
        return MatrixPhone(citizen=citizen, bench=self)

    async def group(self, phone: MatrixPhone) -> MatrixGroup:
        return MatrixGroup((await self.phone()).citizen, phone.citizen.user)

    async def has_seen(self, event: str) -> None:
        await until(lambda: event in self._seen, "the bot to read the chat")

    async def has_forgotten(self, room: str) -> None:
        def gone() -> bool:
            return self.adapter._live is not None and self.adapter._live.book.room(room) is None

        await until(gone, "the bot to see that the citizen left")

    async def idle(self) -> None:
        """Every act was taken, every reply handed over."""
        assert self._app is not None
        live = self.adapter._live
        assert live is not None
        await until(lambda: not live.syncing._batches.under_way, "the acts to be taken")
        await quiet(self._app)

    async def tells(self, room: str, mark: str) -> None:
        """A word of the bot after all others: when it is heard, everything was."""
        live = self.adapter._live
        assert live is not None
        known = live.book.room(room)
        content = {"msgtype": "m.text", "body": "", "mark": mark}
        await live.client.put_event(room, known is not None and known.encrypted, "m.room.message", content, mark)

    def decode(self, payload: bytes) -> object:
        event = json.loads(payload)
        return codec.decode(event if isinstance(event, dict) else {"content": event}, self._account[0])

    async def brings(self, payload: bytes) -> None:
        """As the content of a message, whatever it is."""
        try:
            content = json.loads(payload)
        except (ValueError, RecursionError):
            content = {"body": payload.decode("utf-8", "replace"), "msgtype": "m.text"}
        if not isinstance(content, dict):
            content = {"body": content, "msgtype": "m.text"}
        phone = await self.phone()
        await phone.citizen.open_chat()
        await phone.citizen.send("m.room.message", content)

    def duplicates(self, on: bool) -> None:
        """See `cannot`."""

    def disorders(self, on: bool) -> None:
        """See `cannot`."""

    def ages(self, seconds: float) -> None:
        self._age_ms = int(seconds * 1000)

    def _aged(self, path: str, data: bytes) -> bytes:
        if not self._age_ms or not path.endswith("/sync"):
            return data
        answer = json.loads(data)
        for room in answer.get("rooms", {}).get("join", {}).values():
            for event in room["timeline"]["events"]:
                event["origin_server_ts"] -= self._age_ms
        return json.dumps(answer).encode()

    def limits(self) -> None:
        assert self.line is not None
        left = [1]

        def once(request: web.Request) -> Trouble | None:
            if "/send/" not in request.path or not left[0]:
                return None
            left[0] -= 1
            body: dict[str, object] = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too many", "retry_after_ms": 200}
            return Trouble(429, body)

        self.line.fault = once

    def cuts(self) -> None:
        assert self.line is not None
        self._cut_at = len(self.line.seen)
        self.line.fault = lambda request: Trouble(cut=True)

    async def felt(self) -> None:
        line = self.line
        assert line is not None
        await until(lambda: len(line.seen) > self._cut_at, "a request into the broken line")

    def mends(self) -> None:
        assert self.line is not None
        self.line.fault = lambda request: None
