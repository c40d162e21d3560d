"""The terminal's bench: a conversation in memory, typed line by line. There is no messenger, no store and no town."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from channels.base import Feature, GroupChat, Heard, Reader
from e2e.town import Noon
from e2e.walking import Answer, Photo, Placed, Pressed, Voice, Written

from adapters.terminal import codec
from dialogs.capabilities import TERMINAL, Capabilities
from dialogs.events import Gone, Started
from dialogs.forms.model import Form, compile_form
from dialogs.forms.xlsform import to_xform
from dialogs.messages import Part
from dialogs.player import Player
from dialogs.world import Survey, Town, World


@dataclass
class TerminalPhone(Reader):
    """Somebody at a keyboard."""

    scene: TerminalScene = field(kw_only=True)
    player: Player = field(kw_only=True)

    @property
    def native(self) -> str:
        return ""

    async def stirs(self) -> None:
        raise TimeoutError  # all that comes has come

    async def begin(self, code: str) -> None:
        self._show(self.player.parts(Started(code)))

    async def give(self, answer: Answer) -> None:
        match answer:
            case Pressed(_, words) | Written(words):
                await self.says(words)
            case Placed(latitude, longitude):
                await self.says(f"{latitude}, {longitude}")
            case Photo(data):
                await self.sends_file("photo", "image/jpeg", data)
            case Voice(data):
                await self.sends_file("voice", "audio/ogg", data)

    async def says(self, text: str) -> None:
        self._show(self.player.parts(codec.decode(text)))

    async def quiet(self) -> None: ...

    async def edits(self, text: str) -> None:
        """What was typed stands."""

    async def deletes(self) -> None:
        """What was typed stands."""

    async def reacts(self, sign: str) -> None:
        """There is nothing to put a sign on."""

    async def sends_file(self, name: str, mime: str, data: bytes) -> None:
        path = self.scene.folder / name
        path.write_bytes(data)
        kind = {"image": "photo", "audio": "voice"}.get(mime.partition("/")[0], "file")
        await self.says(f"{kind}: {path}")

    async def sends_odd(self) -> None:
        await self.sends_file("film.bin", "application/octet-stream", b"\x00")

    async def leaves(self) -> None:
        self.player.take(Gone())

    async def returns(self) -> None: ...

    def _show(self, parts: tuple[Part, ...]) -> None:
        self.heard += [Heard(codec.encode(part)) for part in parts]


@dataclass
class TerminalScene:
    """Surveys in memory."""

    bench: TerminalBench
    folder: Path
    surveys: dict[str, Survey] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    players: list[Player] = field(default_factory=list)

    async def publish(self, path: Path, code: str, **card: object) -> None:
        compiled = to_xform(path.name, path.read_bytes())
        form = compile_form(compiled.xform, compiled.attachments)
        self.forms[form.hash] = form
        self.surveys[code] = replace(Survey(code, form.hash, {"": form.title}), **card)  # type: ignore[arg-type]

    async def form(self, code: str) -> Form:
        return self.forms[self.surveys[code].form]

    async def phone(self, language: str = "de") -> TerminalPhone:
        def world() -> World:
            return World(
                now=Noon().now(),
                rng=random.Random(5),
                town=Town("Musterstadt"),
                channel=TERMINAL,
                surveys=self.surveys,
                forms=self.forms,
                language_hint=language,
                channels=(TERMINAL,),
            )

        player = Player(world, read_file=lambda name: Path(name).read_bytes())
        self.players.append(player)
        return TerminalPhone(scene=self, player=player)

    async def stored(self, code: str) -> list[dict[str, str]]:
        return [
            {value.ref: value.text for value in player.sent[code].values}
            for player in self.players
            if code in player.sent
        ]

    async def conversations(self) -> int:
        return sum(player.session is not None for player in self.players)

    def faults(self) -> float:
        return 0.0

    async def start(self) -> None: ...

    async def stop(self) -> None:
        """The process ends, and with it all that it had in memory."""
        for player in self.players:
            player.session = None


class TerminalBench:
    """A keyboard and a screen."""

    capabilities: Capabilities = TERMINAL
    cannot: Mapping[Feature, str] = {
        Feature.TAPS: "there is nothing to tap; choices are numbered",
        Feature.REVISION: "what was printed stands; a question is printed anew",
        Feature.PICTURES: "a picture's text stands for it",
        Feature.DOCUMENTS: "what a file would hold is printed",
        Feature.EDITS: "what was typed stands; “back” changes the answer",
        Feature.DELETIONS: "what was typed stands; “back” changes the answer",
        Feature.REACTIONS: "there are none; a sign can be typed",
        Feature.GROUPS: "one keyboard, one person",
        Feature.DUPLICATES: "a line is read once",
        Feature.DISORDER: "lines are read in their order",
        Feature.RESTART: "nothing is kept: who begins anew begins at the first question",
        Feature.LATENESS: "what is typed is read at once",
        Feature.LIMITS: "nobody asks to wait",
        Feature.LOSS: "there is no line that could break",
    }
    captured: Sequence[bytes] = (
        b"ja mehrmals\n", b"1 2", b"photo: /home/ada/haltestelle.jpg", b"voice:", b"/hilfe", b"\xff\xfe\x00", b"",
    )  # fmt: skip
    refusals: tuple[type[Exception], ...] = ()

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    def scene(self, folder: Path, redis_url: str) -> TerminalScene:
        return TerminalScene(self, folder)

    async def group(self, phone: TerminalPhone) -> GroupChat:
        raise AssertionError("the terminal has no groups")

    def decode(self, payload: bytes) -> object:
        return codec.decode(payload.decode("utf-8", "replace"))

    async def brings(self, payload: bytes) -> None:
        """Nothing comes but lines, and `decode` is all that reads them."""
        self.decode(payload)

    def duplicates(self, on: bool) -> None: ...

    def disorders(self, on: bool) -> None: ...

    def ages(self, seconds: float) -> None: ...

    def limits(self) -> None: ...

    def cuts(self) -> None: ...

    async def felt(self) -> None: ...

    def mends(self) -> None: ...
