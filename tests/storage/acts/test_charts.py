"""A chart shows what may be shown, has every letter, and is described in words."""

from __future__ import annotations

import io
from datetime import date

from PIL import Image

from dialogs.i18n import Voice
from dialogs.messages import Language
from privacy.disclosure import SafeCell, SafeQuestion, Status
from privacy.suppression import Shape
from storage.acts.charts import BAR_INK, chart, described

VOICE = Voice(Language("de"), date(2026, 1, 1))
LABELS = {"yes": "Ja, für Größeres", "no": "Nein", "some": "Manchmal"}
QUESTION = SafeQuestion(
    "/data/used",
    Shape.ONE_OF,
    Status.ROUNDED,
    120,
    (
        SafeCell("yes", Status.ROUNDED, 80, 67),
        SafeCell("no", Status.ROUNDED, 40, 33),
        SafeCell("some", Status.SUPPRESSED, None, None),
    ),
)


def test_a_chart_has_a_bar_for_each_number_that_may_be_shown() -> None:
    image = Image.open(io.BytesIO(chart(QUESTION, "Benutzt?", LABELS.__getitem__, VOICE))).convert("RGB")
    column = [image.getpixel((45, y)) == BAR_INK for y in range(image.height)]
    assert sum(now and not before for before, now in zip([False, *column], column, strict=False)) == 2
    lengths = [sum(image.getpixel((x, y)) == BAR_INK for x in range(image.width)) for y in range(image.height)]
    assert min(length for length in lengths if length > 200) * 2 <= max(lengths) + 20


def test_the_description_says_the_same_and_no_number_that_is_hidden() -> None:
    told = described(QUESTION, "Benutzt?", LABELS.__getitem__, VOICE)
    assert told == (
        "Benutzt? Ja, für Größeres: 80 (67 %); Nein: 40 (33 %); Manchmal: zu wenige, um sie zu zeigen. "
        "Etwa 120 Personen haben das beantwortet."
    )
