"""A town on loopback, and citizens that speak to it frame by frame."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType
from yarl import URL

from adapters.web.stage import Opened, Stage, opened
from dialogs import districts
from dialogs.forms.model import Form, compile_form
from dialogs.forms.xlsform import to_xform
from dialogs.world import Place, Survey

SAMPLES = Path(__file__).parents[3] / "bot" / "samples"
PATIENCE = 20.0  # seconds

SMALL = b"""
| survey | | | | | |
| | type | name | label::Deutsch (de) | label::English (en) | required |
| | select_one yn | used | Haben Sie den Bus benutzt? | Have you used the bus? | yes |
| | select_multiple why | why | Wofuer? | What for? | no |
| | geopoint | place | Wo fehlt eine Haltestelle? | Where is a stop missing? | no |
| | image | photo | Ein Foto? | A photo? | no |
| | date | day | Wann? | When? | no |
| | text | words | Was noch? | What else? | no |
| choices | | | | |
| | list_name | name | label::Deutsch (de) | label::English (en) |
| | yn | yes | Ja | Yes |
| | yn | no | Nein | No |
| | why | work | Arbeit | Work |
| | why | shop | Einkaufen | Shopping |
| | why | fun | Freizeit | Leisure |
| settings | | | |
| | form_title | form_id | default_language |
| | Kleiner Bus | small | Deutsch (de) |
"""


@pytest.fixture(scope="session")
def small_form() -> Form:
    compiled = to_xform("small.md", SMALL)
    return compile_form(compiled.xform, compiled.attachments)


@pytest.fixture(scope="session")
def geojson() -> bytes:
    return (SAMPLES / "districts.geojson").read_bytes()


def survey(form: Form, **fields: Any) -> Survey:
    titles = {"de": "Kleiner Bus", "en": "Little bus"}
    purposes = {"de": "Wir wollen wissen, wem der Bus hilft.", "en": "We want to know whom the bus helps."}
    return Survey(**{"code": "bus", "form": form.hash, "titles": titles, "purposes": purposes, "owner": "Bauamt",
                     "closes": date(2027, 3, 31), **fields})  # fmt: skip


@pytest.fixture
def stage(small_form: Form) -> Stage:
    return Stage([survey(small_form)], [small_form])


@pytest.fixture
def stage_with_places(small_form: Form, geojson: bytes) -> Stage:
    outline = districts.read(geojson)
    assert outline is not None
    places = [Place(one.name, one.latitude, one.longitude, one.radius) for one in outline.districts]
    return Stage([survey(small_form)], [small_form], places)


@pytest.fixture
async def town(stage: Stage, geojson: bytes) -> AsyncIterator[Opened]:
    async with opened(stage, geojson) as running:
        yield running


_TABS = itertools.count()


class Client:
    """A browser's side of the wire, honest: what it says waits until it is acknowledged."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.http = ClientSession(cookie_jar=CookieJar(unsafe=True), headers={"Origin": address})
        self.chat, self.seen = "", 0
        self.heard: list[dict[str, Any]] = []
        self._ids = itertools.count(next(_TABS) * 1000 + 1)
        self.ws: ClientWebSocketResponse | None = None

    def new_id(self) -> str:
        return f"client-id-{next(self._ids):04d}"

    def other_tab(self) -> Client:
        """Another tab of the same browser."""
        tab = Client(self.address)
        tab.http.cookie_jar.update_cookies(self.http.cookie_jar.filter_cookies(URL(self.address)))
        return tab

    async def open(self) -> None:
        async with self.http.post(self.address + "/chat/open") as answer:
            assert answer.status == 204

    async def connect(self) -> dict[str, Any]:
        """Open the socket, say hello, return the welcome."""
        self.ws = await self.http.ws_connect(self.address + "/chat/socket")
        await self.ws.send_json({"t": "hello", "chat": self.chat, "seen": self.seen, "lang": "de"})
        welcome = await self.receive()
        assert welcome["t"] == "welcome"
        return welcome

    async def receive(self) -> dict[str, Any]:
        assert self.ws is not None
        message = await self.ws.receive(PATIENCE)
        assert message.type is WSMsgType.TEXT, message
        return self._note(json.loads(message.data))

    def _note(self, frame: dict[str, Any]) -> dict[str, Any]:
        if frame["t"] == "welcome":
            self.chat, self.seen = frame["chat"], frame["n"]
        elif "n" in frame:
            assert frame["n"] == self.seen + 1, "nothing lost, nothing doubled"
            self.seen = frame["n"]
            self.heard.append(frame)
        return frame

    async def say(self, t: str, id_: str = "", **fields: Any) -> str:
        """Send an act; returns its id."""
        assert self.ws is not None
        id_ = id_ or self.new_id()
        await self.ws.send_json({"t": t, "id": id_, **fields})
        return id_

    async def acknowledged(self, id_: str) -> dict[str, Any]:
        """Read until the answer to this act; messages on the way are noted."""
        while True:
            frame = await self.receive()
            if frame.get("id") == id_:
                return frame

    async def do(self, t: str, **fields: Any) -> dict[str, Any]:
        return await self.acknowledged(await self.say(t, **fields))

    async def quiet(self) -> None:
        """Read what is still on its way."""
        assert self.ws is not None
        with contextlib.suppress(TimeoutError):
            while True:
                message = await self.ws.receive(0.15)
                if message.type is not WSMsgType.TEXT:
                    return
                self._note(json.loads(message.data))

    async def poll(self) -> list[dict[str, Any]]:
        body = json.dumps({"t": "hello", "chat": self.chat, "seen": self.seen, "lang": "de"})
        async with self.http.post(self.address + "/chat/poll", data=body) as answer:
            assert answer.status == 200
            return [self._note(frame) for frame in await answer.json()]

    async def post(self, t: str, **fields: Any) -> dict[str, Any]:
        """One act over plain HTTP."""
        body = json.dumps({"t": t, "id": self.new_id(), **fields})
        async with self.http.post(self.address + "/chat/send", data=body) as answer:
            assert answer.status == 200, await answer.text()
            found: dict[str, Any] = await answer.json()
            return found

    def texts(self) -> list[str]:
        return [frame["part"]["text"] for frame in self.heard if frame["t"] == "post"]

    def button(self, label: str) -> dict[str, str]:
        """The newest button of this label, as an act's fields."""
        for frame in reversed(self.heard):
            for row in frame["part"].get("buttons", []):
                for one in row:
                    if one["label"] == label:
                        return {"action": one["action"], "ref": frame["ref"]}
        raise AssertionError(f"no button {label}")

    async def drop(self) -> None:
        """The line is cut."""
        if self.ws is not None:
            self.ws._response.close()
            await self.ws.close()
            await asyncio.sleep(0)

    async def close(self) -> None:
        await self.http.close()


@contextlib.asynccontextmanager
async def client(address: str) -> AsyncIterator[Client]:
    made = Client(address)
    try:
        await made.open()
        yield made
    finally:
        await made.close()


@pytest.fixture
async def citizen(town: Opened) -> AsyncIterator[Client]:
    async with client(town.address) as made:
        yield made
