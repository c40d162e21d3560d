"""Reports that the demo's desk begins with; each says that it is a sample. Not here: sample answers (`bot/demo.py`)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.home import Home
from dialogs.accessibility import Barrier, Part
from dialogs.effects import Report
from storage.acts.categories import due_from
from storage.cases import CaseId

_CODE_BYTES: Final = 8
_DUE: Final = {"": 14}


@dataclass(frozen=True, slots=True)
class SampleCase:
    """`age`: days since it was reported. `more`: what the citizen wrote later."""

    category: str
    words: str
    age: int
    point: tuple[float, float] | None = None
    more: str = ""


SAMPLE_CASES: Final = (
    SampleCase("roads", "Beispiel: Loch im Radweg vor der Hauptstraße 7, nachts nicht zu sehen.", 1, (51.3158, 9.1021)),
    SampleCase(
        "roads", "Beispiel: Tiefes Schlagloch an der Hauptstraße. Frau Koch ist gestürzt.", 0, (51.3159, 9.1022)
    ),
    SampleCase("lights", "Beispiel: Die Laterne am Mühlbach flackert jede Nacht.", 20, (51.3233, 9.1320)),
    SampleCase("waste", "Beispiel: Der Papierkorb quillt über.", 4, (51.3155, 9.0690), "Beispiel: Heute wieder."),
    SampleCase("ideas", "Beispiel: Mehr Bänke im Schatten, bitte auch mit Lehne.", 6),
    SampleCase("person", "Beispiel: Wann hat das Bürgerbüro samstags offen?", 2),
)


SAMPLE_BARRIER: Final = Barrier(
    Part.CITIZENS,
    "de",
    "Beispiel: Der Knopf „Weiter“ wird nicht vorgelesen. Ich benutze NVDA mit Firefox.",
    "/s/rufbus/chat",
    "Beispiel: 0123 456 78",
)


async def add_sample_cases(home: Home, today: date) -> None:
    """Unless there are cases already. Copies for the desk are made when the bot runs."""
    if await home.case_files.plain():
        return
    for sample in SAMPLE_CASES:
        day = today - timedelta(days=sample.age)
        code = os.urandom(_CODE_BYTES).hex()
        report = Report(os.urandom(16), sample.category, "", sample.words, "", sample.point, "", code, "de", "1")
        await home.cases.open(report, day, due_from(day, sample.category, _DUE))
        if sample.more:
            await home.cases.add(CaseId(report.case), os.urandom(16), sample.more, today)
    await home.barriers.report(SAMPLE_BARRIER, today - timedelta(days=3), await home.readings.public(today))
