"""A survey with very many answers, written as the bot would have written them, only many in one transaction.

Each response has nine answers that can be counted and one free text, with its masked copy under a key of its own, as
the desk opens it. Originals are random bytes: nobody opens them here.
"""

from __future__ import annotations

import os
import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert

from bot.home import Home
from dialogs.forms.model import compile_form
from dialogs.forms.xlsform import to_xform
from dialogs.text_states import TextState
from dialogs.world import Filter, Survey
from privacy.keyring import reading_public_key
from privacy.pairs import public_of
from privacy.readings import new_reading_key, seal_copy
from storage.readingkey import make_reading_key
from storage.records import FormVersion
from storage.sql.key_tables import readings
from storage.sql.tables import answers, counters, responses
from storage.sql.text_tables import texts
from storage.sql.texts import number_of

AT_ONCE = 1000
"""Responses that are written in one transaction."""
ANSWERS_EACH = 10
WORDS = (
    "Haltestelle", "dunkel", "Bus", "Fahrer", "freundlich", "spät", "Abend", "Schule", "Kinder", "Fahrrad", "Ampel",
    "Radweg", "Lärm", "Bank", "Platz", "Markt", "Wochenende", "Fahrplan", "App", "Anruf", "Wartezeit", "Regen", "Dach",
    "Licht", "Weg", "Rollstuhl", "Oma", "Arbeit", "Bahnhof", "Takt",
)  # fmt: skip
SOURCE = """
| survey |
| | type | name | label | appearance |
| | select_one d | district | In which district do you live? | |
| | integer | age | How old are you? | |
| | select_one yn | used | Have you used the bus? | |
| | select_one scale | time | It is on time. | likert |
| | select_one scale | near | It is near. | likert |
| | select_multiple for | why | What for? | |
| | integer | minutes | How many minutes did you wait? | |
| | date | last | When was your last ride? | |
| | select_one yn | again | Will you use it again? | |
| | text | wish | What do you wish for? | |
| choices |
| | list_name | name | label |
| | d | north | North |
| | d | south | South |
| | d | east | East |
| | d | west | West |
| | d | middle | Middle |
| | yn | yes | Yes |
| | yn | no | No |
| | scale | 1 | not at all |
| | scale | 2 | rather not |
| | scale | 3 | partly |
| | scale | 4 | rather |
| | scale | 5 | fully |
| | for | work | Work |
| | for | shop | Shopping |
| | for | doctor | Doctor |
| | for | fun | Free time |
"""
FILTERS = (Filter("/data/district"), Filter("/data/age", (30.0, 60.0)))


async def answered(home: Home, code: str, number: int, today: date, *, closed: bool) -> Survey:
    """A survey with so many answers; a tenth of them are free texts."""
    xform = to_xform("bus.md", SOURCE.encode(), {}).xform.encode()
    form = compile_form(xform, {})
    survey = Survey(code, form.hash, {"": f"Bus on call ({code})"}, purposes={"": "To decide on the bus."},
                    opens=today - timedelta(days=30), closes=today, filters=FILTERS)  # fmt: skip
    await home.surveys.publish(survey, FormVersion(form.hash, xform, {}, "bus.md", SOURCE.encode()))
    public, rng = await _reading_pair(home, today), random.Random(number)
    left = number // ANSWERS_EACH
    while left > 0:
        await _write(home, survey, [os.urandom(16) for _ in range(min(AT_ONCE, left))], public, today, rng)
        left -= AT_ONCE
    channels = {"web": number // 20, "telegram": number // 25, "signal": number // 100}
    rows = [{"survey": code, "what": f"channel/{name}", "responses": people} for name, people in channels.items()]
    await home.database.write(lambda connection: connection.execute(insert(counters), rows))
    if closed:
        await home.surveys.close_survey(code, today)
    return replace(survey, closed=closed)


async def _reading_pair(home: Home, today: date) -> bytes:
    standing = await home.keychain.existing(reading_public_key())
    if standing is not None:
        return standing
    return await home.keychain.put_new(reading_public_key(), public_of(make_reading_key(home.state)), today)


async def _write(home: Home, survey: Survey, ids: list[bytes], public: bytes, today: date, rng: random.Random) -> None:
    heads, values, keys, queue = [], [], [], []
    for id_ in ids:
        head = {"id": id_, "survey": survey.code, "form": survey.form, "day": today, "language": "de", "informed": "1"}
        heads.append(head)
        for position, (name, plain) in enumerate(_given(rng).items()):
            values.append(_value(id_, position, name, plain))
        key = new_reading_key(public, id_)
        text = " ".join(rng.choices(WORDS, k=rng.randint(4, 25)))
        copy = seal_copy(key.sealer, "/data/wish", text)
        values.append({**_value(id_, 9, "wish", None), "sealed": os.urandom(96), "masked": copy})
        keys.append({"id": id_, "response": id_, "sealed": key.sealed, "created": today})
        queue.append({
            "number": number_of(copy), "survey": survey.code, "question": "/data/wish", "response": id_, "position": 9,
            "state": TextState.WAITING.value, "reason": "", "whose": "", "before": "", "decided_by": "",
            "claimed_by": "",
        })  # fmt: skip

    def work(connection: Any) -> None:
        for table, rows in ((responses, heads), (answers, values), (texts, queue)):
            connection.execute(insert(table), rows)

    await home.database.ring_write(lambda connection: connection.execute(insert(readings), keys))
    await home.database.write(work)


def _given(rng: random.Random) -> dict[str, str]:
    district = rng.choices(("north", "south", "east", "west", "middle"), (30, 25, 20, 15, 10))[0]
    return {
        "district": district,
        "age": str(rng.randint(14, 90)),
        "used": rng.choice(("yes", "yes", "no")),
        "time": rng.choices("12345", (10, 15, 25, 30, 20))[0],
        "near": rng.choices("12345", (5, 10, 20, 35, 30))[0],
        "why": " ".join(sorted({rng.choice(("work", "shop", "doctor", "fun")) for _ in range(2)})),
        "minutes": str(min(int(rng.expovariate(0.1)), 200)),
        "last": (date(2026, 11, 1) - timedelta(days=rng.randint(0, 300))).isoformat(),
        "again": rng.choice(("yes", "no")),
    }


def _value(response: bytes, position: int, name: str, plain: str | None) -> dict[str, Any]:
    ref = f"/data/{name}"
    return {"response": response, "position": position, "ref": ref, "question": ref, "plain": plain, "sealed": None,
            "file": None, "masked": None}  # fmt: skip
