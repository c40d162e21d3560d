"""What an answer comes to that can be read in two ways: a day without its year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from dialogs.events import Said
from dialogs.forms.model import compile_form
from dialogs.forms.xlsform import to_xform
from dialogs.player import Player
from dialogs.world import Survey, World

RIDE = b"""
| survey | | | | | |
| | type | name | label | constraint | constraint_message |
| | date | ride | Wann sind Sie zuletzt mitgefahren? | . <= today() and . > today() - 365 | Das war im letzten Jahr. |
| | note | thanks | Danke. | | |

| settings | | |
| | form_title | form_id |
| | Fahrt | ride |
"""


@pytest.fixture
def citizen(make_world: Callable[..., World], play: Callable[[World], Player]) -> Player:
    """Asked on 23 November 2026 for a day within the year before."""
    compiled = to_xform("ride.md", RIDE)
    form = compile_form(compiled.xform, compiled.attachments)
    survey = Survey("ride", form.hash, {"": "Fahrt"})
    player = play(replace(make_world("kurz"), surveys={"ride": survey}, forms={form.hash: form}))
    player.take(Said("start"))
    return player


def stored(player: Player, text: str) -> str:
    """What is sent of this answer; '' if it was not taken."""
    player.take(Said(text))
    player.take(Said("absenden"))
    return next((value.text for submit in player.sent.values() for value in submit.values), "")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3. Mai", "2026-05-03"),
        ("gestern", "2026-11-22"),
        ("24.12.", "2025-12-24"),
        ("24. Dezember", "2025-12-24"),
        ("Heiligabend, also am 24. 12.", ""),
        ("24.12.25", "2025-12-24"),
        ("24.12.26", ""),
        ("morgen", ""),
        ("n\u00e4chsten Freitag", ""),
        ("in zwei Wochen", ""),
    ],
)
def test_only_a_day_without_its_year_is_taken_for_the_one_before(citizen: Player, text: str, day: str) -> None:
    assert stored(citizen, text) == day
