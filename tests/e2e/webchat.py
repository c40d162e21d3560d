"""A citizen in a browser, by the frames that the browser sends: POST and long poll. (`browsing.py` has a real one.)"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiohttp import ClientSession, CookieJar
from e2e.walking import Answer, Photo, Placed, Pressed, Voice, Written, plain

PATIENCE = 60.0


class WebCitizen:
    """One browser. Keeps `walking.Chat`."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.http = ClientSession(cookie_jar=CookieJar(unsafe=True), headers={"Origin": self.address, **headers})
        self._chat, self._seen, self._ids = "", 0, itertools.count(10_000_001)
        self.lost_the_thread = False
        """The town could not say what this browser missed: it asks what stands (`reopened`)."""
        self._waiting: list[dict[str, Any]] = []
        self.shown: list[dict[str, Any]] = []
        """Messages as they came, the newest last."""

    @property
    def token(self) -> str:
        """The native id of this citizen."""
        return next(cookie.value for cookie in self.http.cookie_jar)

    async def opens(self) -> None:
        async with self.http.post(self.address + "/chat/open") as answer:
            assert answer.status == 204

    @property
    def chat(self) -> str:
        """Name of the ring that this browser reads."""
        return self._chat

    @property
    def seen(self) -> int:
        """Number of the last message that it has."""
        return self._seen

    def next_id(self) -> str:
        """A new act's id."""
        return f"act-{next(self._ids)}"

    async def acts(self, t: str, **fields: Any) -> None:
        """One act, sent until it is taken."""
        body = json.dumps({"t": t, "id": self.next_id(), **fields})
        await self.until_taken("/chat/send", body.encode(), {})

    async def uploads(self, data: bytes, mime: str) -> None:
        await self.until_taken(f"/chat/upload?id={self.next_id()}", data, {"Content-Type": mime})

    async def until_taken(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                async with self.http.post(self.address + path, data=body, headers=headers) as answer:
                    assert answer.status in {200, 503}, answer.status
                    frame = await answer.json()
                if frame["t"] == "ack":
                    return
                assert frame["t"] == "again", frame
                await asyncio.sleep(min(frame["after"], 0.5))

    async def polls(self, language: str = "de") -> None:
        body = json.dumps({"t": "hello", "chat": self._chat, "seen": self._seen, "lang": language})
        async with self.http.post(self.address + "/chat/poll", data=body) as answer:
            assert answer.status == 200
            for frame in await answer.json():
                if frame["t"] == "welcome":
                    self.lost_the_thread = bool(self._chat) and not frame["resumed"]
                    self._chat, self._seen = frame["chat"], frame["n"]
                elif "n" in frame:
                    self._seen = frame["n"]
                    self.shown.append(frame)
                    self._waiting.append(frame)

    # -- walking.Chat

    async def begin(self, code: str) -> None:
        await self.opens()
        async with self.http.get(f"{self.address}/{code}") as page:
            await page.read()
        await self.polls()
        await self.acts("started", code=code)

    async def give(self, answer: Answer) -> None:
        match answer:
            case Pressed(labels, words):
                for label in labels:
                    button = self.button(label)
                    if button is None:
                        await self.acts("said", text=words)
                        return
                    await self.acts("pressed", **button)
            case Written(words):
                await self.acts("said", text=words)
            case Placed(latitude, longitude):
                await self.acts("placed", latitude=latitude, longitude=longitude)
            case Photo(data):
                await self.uploads(data, "image/jpeg")
            case Voice(data):
                await self.uploads(data, "audio/ogg")

    async def until(self, *texts: str) -> str:
        async with asyncio.timeout(PATIENCE):
            while True:
                while self._waiting:
                    whole = _whole(self._waiting.pop(0))
                    if all(text in whole for text in texts):
                        return whole
                await self.polls()

    def button(self, label: str) -> dict[str, str] | None:
        """The newest button of this label, as an act's fields."""
        for frame in reversed(self.shown):
            for row in frame["part"].get("buttons", []):
                for one in row:
                    if plain(one["label"]) == plain(label):
                        return {"action": one["action"], "ref": frame["ref"]}
        return None


def _whole(frame: dict[str, Any]) -> str:
    part = frame["part"]
    labels = [one["label"] for row in part.get("buttons", []) for one in row]
    return plain(" ".join([part.get("title", ""), part["text"], *labels]))


@contextlib.asynccontextmanager
async def web_citizen(port: int, **headers: str) -> AsyncIterator[WebCitizen]:
    """`headers`: further ones of this browser, with _ for -."""
    citizen = WebCitizen(port, {name.replace("_", "-"): value for name, value in headers.items()})
    try:
        yield citizen
    finally:
        await citizen.http.close()
