"""A survey that people have answered, for tests of results: published, answered and closed as the bot does it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from made_tables import with_tables

from bot.config import load
from bot.home import Home, opened
from dialogs.effects import Submit, Value
from dialogs.forms.model import Form, compile_form
from dialogs.forms.xlsform import to_xform
from dialogs.world import Filter, Mode, Survey
from storage.records import FormVersion, Submission, Token

TODAY = date(2026, 11, 23)
SOURCE = """
| settings |
| | form_title |
| | Bus on call |
| survey |
| | type | name | label | appearance |
| | select_one d | district | Where do you live? | |
| | integer | age | How old are you? | |
| | select_one yn | used | Have you used it? | |
| | select_one scale | view | It is on time. | likert |
| | select_multiple yn | several | Both? | |
| | geopoint | spot | Where did you wait? | |
| | text | why | Why? | |
| choices |
| | list_name | name | label |
| | d | north | North <b>side</b> |
| | d | south | South |
| | yn | yes | =Yes |
| | yn | no | No |
| | scale | 1 | not at all |
| | scale | 2 | partly |
| | scale | 3 | fully |
"""
DISTRICT = Filter("/data/district")
AGE = Filter("/data/age", (30.0, 60.0))


@cache
def form_version() -> FormVersion:
    converted = to_xform("bus.md", SOURCE.encode(), {})
    return FormVersion(the_form().hash, converted.xform.encode(), {}, "bus.md", SOURCE.encode())


@cache
def the_form() -> Form:
    return compile_form(to_xform("bus.md", SOURCE.encode(), {}).xform)


async def a_town(built: Path, state: Path, **options: Any) -> None:
    """`town` in a folder of state; built once in `built` for each choice of options, then copied."""
    name = "-".join(f"{key}-{value}" for key, value in sorted(options.items())) or "town"
    folder = built / name.replace("/", "_")
    if not folder.exists():
        await town(folder, **options)
    shutil.copytree(folder, state, dirs_exist_ok=True)


async def town(
    state: Path,
    people: int = 48,
    *,
    closed: bool = True,
    mode: Mode = Mode.DEDUPE,
    filters: Sequence[Filter] = (DISTRICT, AGE),
) -> Survey:
    """`people` answer, alike in north and south; closed, with masked copies made. Nobody: no survey either."""
    form = the_form()
    survey = Survey("bus", form.hash, {"": "Bus on call"}, purposes={"": "To decide on the bus."}, mode=mode,
                    opens=date(2026, 10, 1), closes=TODAY, filters=tuple(filters))  # fmt: skip
    async with opened(load(environ={"ZURUF_STATE_DIR": str(with_tables(state))})) as home:
        if not people:
            return survey
        await home.surveys.publish(survey, form_version())
        for number in range(people):
            await _answer(home, form, number)
        if closed:
            await home.surveys.close_survey("bus", TODAY)
        await home.readings.make("bus", TODAY, closed=closed)
    return survey


async def _answer(home: Home, form: Form, number: int) -> None:
    plain = {
        "district": ("north", "south")[number % 2],
        "age": str((20, 45, 70)[number // 2 % 3]),
        "used": ("yes", "yes", "no")[number // 6 % 3],
        "view": ("1", "2", "3", "3")[number // 3 % 4],
        "several": "yes no" if number % 3 == 0 else "yes",
    }
    sealed = {"spot": "50.05 8.1 0 0", "why": f"Die Haltestelle ist dunkel, sagt Eva Koch {number}"}
    values = tuple(Value(f"/data/{name}", text, sealed=False) for name, text in plain.items())
    values += tuple(Value(f"/data/{name}", text, sealed=True) for name, text in sealed.items())
    id_ = os.urandom(16)
    submit = Submit("bus", form.hash, id_, "de", values)
    channel = ("web", "telegram")[number % 3 == 0]
    await home.responses.submit(Submission(submit, Token(os.urandom(16)), TODAY, channel))
