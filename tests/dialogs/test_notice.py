"""Consent is the notice's version and a day: a notice that says something else has another version, and asks again.

`notice.txt` holds all that the notice says, in every language, and the version that says it. After a change: raise
`NOTICE_VERSION`, then `pytest tests/dialogs/test_notice.py --update-goldens`. That it asks again is played in
`tests/scenarios/hinweis_geaendert.txt`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from dialogs.capabilities import EVERY
from dialogs.i18n import Voice, house_languages
from dialogs.promises import NOTICE_VERSION, details, notice, short
from dialogs.world import Mode, Survey, Town, World

TOLD = Path(__file__).with_name("notice.txt")
NOW = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Berlin"))


def said() -> Iterator[str]:
    """Everything, by language, channel and kind of survey; no sentence twice."""
    told: set[str] = set()
    for language in house_languages():
        voice = Voice(language, NOW.date())
        for channel in EVERY:
            town = Town("Musterstadt", contact="Rathaus", privacy_url="https://example.org")
            world = World(NOW, random.Random(1), town, channel, {}, {})
            for mode in Mode:
                for closes in (None, date(2027, 3, 31)):
                    survey = Survey("bus", "hash", {"": "Bus"}, closes=closes, mode=mode)
                    texts = (
                        notice(survey, 8, world, voice),
                        short(survey, world, voice),
                        *details(survey, world, voice),
                    )
                    for line in "\n".join(texts).splitlines():
                        if line not in told:
                            told.add(line)
                            yield line


def test_what_the_notice_says_is_what_its_version_says(update_goldens: bool) -> None:
    version, _, before = TOLD.read_text("utf-8").partition("\n") if TOLD.exists() else ("", "", "")
    now = "".join(f"{line}\n" for line in said())
    if update_goldens and version != NOTICE_VERSION:
        TOLD.write_text(f"{NOTICE_VERSION}\n{now}", "utf-8")
        return
    assert version == NOTICE_VERSION, "write it anew: --update-goldens"
    assert now == before, "citizens agreed to another text: raise NOTICE_VERSION, so that they are asked again"
