"""The web's bench: browsers by the frames that they send (a real one is in `tests/adapters/web/test_browser.py`)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientError
from channels.base import Feature, GroupChat, Heard, Reader, TownScene
from e2e.network import free_port
from e2e.talking import quiet
from e2e.walking import Answer, Photo, Placed, Pressed, Voice, Written, plain
from e2e.webchat import WebCitizen

from adapters.web import codec
from adapters.web.adapter import WebAdapter
from adapters.web.chats import Token
from bot.app import App
from dialogs.capabilities import WEB, Capabilities

HERE = Path(__file__).parent


@dataclass
class WebPhone(Reader):
    """A citizen with a browser."""

    citizen: WebCitizen = field(kw_only=True)
    bench: WebBench = field(kw_only=True)
    language: str = field(kw_only=True)
    _shown: int = 0
    _refs: set[str] = field(default_factory=set)

    @property
    def native(self) -> str:
        return self.citizen.token

    def look(self) -> None:
        for frame in self.citizen.shown[self._shown :]:
            self.heard.append(_heard(frame, frame["ref"] in self._refs))
            self._refs.add(frame["ref"])
        self._shown = len(self.citizen.shown)

    async def stirs(self) -> None:
        await self.bench.connected()
        try:
            await self.citizen.polls(self.language)
            if self.citizen.lost_the_thread:
                self.citizen.lost_the_thread = False
                await self.citizen.acts("reopened")
        except (ClientError, OSError):
            await asyncio.sleep(0.05)  # as the browser does before it tries again

    async def begin(self, code: str) -> None:
        """As the page does: it reads what there is, and acts beside the request that waits for more."""
        await self.citizen.opens()
        async with self.citizen.http.get(f"{self.citizen.address}/{code}?lang={self.language}") as page:
            await page.read()
        if not self.citizen.chat or self.bench.unseen(self.citizen):
            await self.citizen.polls(self.language)
        await self.citizen.acts("started", code=code)

    async def give(self, answer: Answer) -> None:
        match answer:
            case Pressed(labels, words):
                await self.tap_or_say([plain(label) for label in labels], words)
            case Written(words):
                await self.says(words)
            case Placed(latitude, longitude):
                await self.citizen.acts("placed", latitude=latitude, longitude=longitude)
            case Photo(data):
                await self.citizen.uploads(data, "image/jpeg")
            case Voice(data):
                await self.citizen.uploads(data, "audio/ogg")

    async def says(self, text: str) -> None:
        await self.bench.deliver(self.citizen, "said", text=text)

    async def taps(self, label: str) -> None:
        button = self.citizen.button(label)
        assert button is not None, label
        await self.bench.deliver(self.citizen, "pressed", **button)

    async def quiet(self) -> None:
        await self.bench.idle()
        while self.bench.unseen(self.citizen):
            await self.citizen.polls(self.language)
        self.look()

    async def edits(self, text: str) -> None:
        """What was sent cannot be changed in the chat itself."""

    async def deletes(self) -> None:
        """Nothing of the kind in the chat."""

    async def reacts(self, sign: str) -> None:
        """Nothing of the kind in the chat."""

    async def sends_file(self, name: str, mime: str, data: bytes) -> None:
        await self.citizen.uploads(data, mime)

    async def sends_odd(self) -> None:
        """A film, which no question takes: a browser sends nothing else that would be odd."""
        await self.citizen.uploads(b"\x00\x00\x00\x18ftypmp42" + bytes(64), "video/mp4")

    async def leaves(self) -> None:
        await self.citizen.acts("left")

    async def returns(self) -> None:
        """Opens the page again; who had left is somebody new."""


def _heard(frame: dict[str, Any], revised: bool) -> Heard:
    part = frame["part"]
    buttons = [button for row in part.get("buttons", []) for button in row]
    files = [picture["alt"] for picture in part.get("pictures", [])]
    files += [part["document"]["name"]] if part.get("document") else []
    return Heard(
        "\n".join(filter(None, [part.get("title", ""), part["text"]])),
        tuple(plain(button["label"]) for button in buttons),
        tuple(plain(button["label"]) for button in buttons if button.get("chosen")),
        tuple(files),
        revised,
    )


class WebBench:
    """The pages of the town itself: there is no messenger in between."""

    capabilities: Capabilities = WEB
    cannot: Mapping[Feature, str] = {
        Feature.EDITS: "a message that was sent stands as it is; “back” changes the answer",
        Feature.DELETIONS: "a message that was sent stands as it is; “delete” deletes the answers",
        Feature.REACTIONS: "the chat has none; a sign can be typed",
        Feature.LATENESS: "a browser shows at once that it has no connection, and sends when it has one",
        Feature.GROUPS: "a chat belongs to one browser",
    }
    captured: Sequence[bytes] = tuple(
        json.dumps(one).encode() for one in json.loads((HERE / "captured" / "web.json").read_text("utf-8"))
    )
    refusals = (codec.Malformed,)

    def __init__(self) -> None:
        self._port = free_port()
        self._citizens: list[WebCitizen] = []
        self._app: App | None = None
        self._copies = 1
        self._broken = asyncio.Event()
        self._whole = asyncio.Event()
        self._whole.set()

    async def start(self) -> None: ...

    async def close(self) -> None:
        await asyncio.gather(*(citizen.http.close() for citizen in self._citizens))

    def scene(self, folder: Path, redis_url: str) -> TownScene:
        return TownScene(self, folder, redis_url)

    def settings(self) -> Mapping[str, str]:
        return {"ZURUF_HTTP_PORT": str(self._port)}

    def attach(self, app: App) -> None:
        self._app = app

    async def phone(self, language: str = "de") -> WebPhone:
        citizen = WebCitizen(self._port, {"Accept-Language": language})
        self._citizens.append(citizen)
        return WebPhone(citizen=citizen, bench=self, language=language)

    async def group(self, phone: WebPhone) -> GroupChat:
        raise AssertionError("the web has no groups")

    async def idle(self) -> None:
        assert self._app is not None
        await quiet(self._app)

    def unseen(self, citizen: WebCitizen) -> bool:
        """Whether the citizen's ring holds anything that the browser has not fetched."""
        assert self._app is not None
        if not len(citizen.http.cookie_jar):
            return False
        adapter = self._app.adapters["web"]
        assert isinstance(adapter, WebAdapter)
        chat = adapter._chats.find(Token(citizen.token))
        return chat is not None and not (chat.name == citizen.chat and chat.last <= citizen.seen)

    def decode(self, payload: bytes) -> object:
        return codec.decode(payload)

    async def brings(self, payload: bytes) -> None:
        phone = await self.phone()
        await phone.citizen.opens()
        async with phone.citizen.http.post(phone.citizen.address + "/chat/send", data=payload) as answer:
            assert answer.status in {200, 400}, answer.status

    # -- the line between browser and town

    async def connected(self) -> None:
        """Return when the line is whole."""
        if not self._whole.is_set():
            self._broken.set()
        await self._whole.wait()

    async def deliver(self, citizen: WebCitizen, t: str, **fields: Any) -> None:
        """Send an act, `_copies` times at once with one id; tried until the town takes it."""
        await self.connected()
        body = json.dumps({"t": t, "id": citizen.next_id(), **fields}).encode()
        while True:
            try:
                await asyncio.gather(*(citizen.until_taken("/chat/send", body, {}) for _ in range(self._copies)))
            except (ClientError, OSError):
                await asyncio.sleep(0.05)  # as the browser does before it tries again
            else:
                return

    def duplicates(self, on: bool) -> None:
        self._copies = 3 if on else 1

    def disorders(self, on: bool) -> None:
        """Requests of different browsers overtake each other by nature."""

    def ages(self, seconds: float) -> None: ...

    def limits(self) -> None:
        """The town's own bound on acts of one browser stands in for a messenger's (`Again`)."""

    def cuts(self) -> None:
        self._whole.clear()
        self._broken.clear()

    async def felt(self) -> None:
        await self._broken.wait()

    def mends(self) -> None:
        self._whole.set()
