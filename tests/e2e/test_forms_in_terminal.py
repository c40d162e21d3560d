"""The same public forms, played to the end in the terminal by numbers and words alone."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from e2e.forms import FORMS, PublicForm
from e2e.town import Noon, shared
from e2e.walking import Answer, Photo, Placed, Pressed, Voice, Walker, Written, plain

from adapters.terminal.codec import decode, encode
from adapters.terminal.player import Player
from dialogs.capabilities import TERMINAL
from dialogs.events import Started
from dialogs.forms.model import compile_form
from dialogs.forms.xlsform import to_xform
from dialogs.languages import form_language
from dialogs.messages import Part
from dialogs.world import Survey, Town, World


class TerminalChat:
    """Types lines, reads lines."""

    def __init__(self, player: Player, folder: Path) -> None:
        self.player = player
        self.folder = folder
        self.read: list[str] = []

    async def begin(self, code: str) -> None:
        self._show(self.player.parts(Started(code)))

    async def give(self, answer: Answer) -> None:
        self.read = []
        self._show(self.player.parts(decode(self._line(answer))))

    def _line(self, answer: Answer) -> str:
        match answer:
            case Pressed(_, words) | Written(words):
                return words
            case Placed(latitude, longitude):
                return f"{latitude}, {longitude}"
            case Photo(data):
                return f"photo: {self._file('photo.jpg', data)}"
            case Voice(data):
                return f"voice: {self._file('voice.ogg', data)}"

    def _file(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def _show(self, parts: tuple[Part, ...]) -> None:
        self.read += [plain(encode(part)) for part in parts]

    async def until(self, *texts: str) -> str:
        whole = " ".join(self.read)
        assert all(text in whole for text in texts), f"waited for {texts}, read {self.read[-3:]}"
        return whole


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.code)
async def test_a_public_form_is_played_to_the_end(form: PublicForm, tmp_path: Path) -> None:
    path = shared("xlsform", "forms", form.file)
    compiled = to_xform(path.name, path.read_bytes())
    model = compile_form(compiled.xform, compiled.attachments)
    survey = Survey(code=form.code, form=model.hash, titles={"": model.title})
    world = World(
        now=Noon().now(),
        rng=random.Random(5),
        town=Town("Musterstadt"),
        channel=TERMINAL,
        surveys={form.code: survey},
        forms={model.hash: model},
        language_hint=form.tag,
    )
    player = Player(world=lambda: world, read_file=lambda name: Path(name).read_bytes())
    walker = Walker(model, form_language(model, form.tag) or "", Noon().now(), form.tag)
    await walker.walk(TerminalChat(player, tmp_path), form.code)

    sent = {value.ref: value.text for value in player.sent[form.code].values}
    expected = walker.expected()
    assert {ref: sent.get(ref) for ref in expected} == expected
