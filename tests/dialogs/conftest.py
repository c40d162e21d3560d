"""Small forms, compiled once, and one citizen's conversation in memory."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dialogs.capabilities import TELEGRAM, Capabilities
from dialogs.forms.model import Form, compile_form
from dialogs.forms.xlsform import to_xform
from dialogs.player import Player
from dialogs.world import Survey, Town, World

FORMS = Path(__file__).parent.parent / "scenarios" / "forms"
NOW = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Berlin"))


@cache
def _compiled(name: str) -> Form:
    compiled = to_xform(f"{name}.md", (FORMS / f"{name}.md").read_bytes())
    return compile_form(compiled.xform, compiled.attachments)


@pytest.fixture
def form_of() -> Callable[[str], Form]:
    """A form of `tests/scenarios/forms` by its name."""
    return _compiled


@pytest.fixture
def make_world() -> Callable[..., World]:
    """A world with some surveys of `tests/scenarios/forms`; changes of the (last) survey's card as keywords."""

    def make(
        *names: str, channel: Capabilities = TELEGRAM, seed: int = 1, now: datetime = NOW, **card: object
    ) -> World:
        surveys = {
            name: Survey(name, _compiled(name).hash, {"": _compiled(name).title}, closes=date(2027, 3, 31))
            for name in names
        }
        if card:
            surveys[names[-1]] = replace(surveys[names[-1]], **card)  # type: ignore[arg-type]
        return World(
            now=now,
            rng=random.Random(seed),
            town=Town("Musterstadt"),
            channel=channel,
            surveys=surveys,
            forms={_compiled(name).hash: _compiled(name) for name in names},
            language_hint="de",
            channels=(channel,),
        )

    return make


@pytest.fixture
def play() -> Callable[[World], Player]:
    """A citizen in a world that stands still."""
    return lambda world: Player(lambda: world, read_file=lambda path: b"data")
