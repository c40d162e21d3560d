"""Reports counted by category, office, district, month, status and theme, as what disclosure control takes.

Everything here is unsafe; `released` gives what may be shown. Two filters are declared, category and district; themes
are crossed with status and month in a release of their own, which is left out where themes are nearly the same people
as categories or districts: two tables of the same groups, each with cells of its own hidden, would tell each other's.
A report counts for itself: nobody knows which are one person's. Not here: words (`words.py`), when a new view is due
(`storage/sql/feedback_views.py`), pages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from desk.themes.saying import Saying
from privacy.disclosure import DESK, Question, SafeTally, Tally
from privacy.suppression import Shape
from privacy.views import Release, release

CATEGORY, OFFICE, DISTRICT, MONTH, STATUS, THEME = "category", "office", "district", "month", "status", "theme"
FACETS: Final = (CATEGORY, OFFICE, DISTRICT, MONTH, STATUS, THEME)
FILTERS: Final = (CATEGORY, DISTRICT)
CROSSED: Final = (THEME, STATUS, MONTH)
"""What is told by theme."""
NONE: Final = ""
"""No office, no district, no theme."""
EARLIER: Final = "earlier"
MOST_MONTHS: Final = 13
"""Months that are told apart; what is older is one cell."""
MOST_CELLS: Final = 40
"""Values of a facet that are told apart, the largest; the others are one cell."""
OTHER: Final = "*other*"

_BITS: Final = 8


@dataclass(frozen=True, slots=True)
class Released:
    """All that may be shown of feedback in numbers, made in one step."""

    feedback: Release
    by_theme: Release | None
    """Views by theme; None where they would tell too much."""

    def as_json(self) -> dict[str, Any]:
        by_theme = self.by_theme.as_json() if self.by_theme is not None else None
        return {"feedback": self.feedback.as_json(), "by_theme": by_theme}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Released:
        """What was released earlier and kept. Raises KeyError or ValueError for anything else."""
        by_theme = Release.from_json(kept["by_theme"]) if kept["by_theme"] is not None else None
        return cls(Release.from_json(kept["feedback"]), by_theme)


def themed(texts: Sequence[Saying], themes: Mapping[bytes, bytes]) -> list[Saying]:
    """The texts with their theme among their groups."""
    found = []
    for each in texts:
        theme = themes.get(each.number)
        groups = {**each.groups, THEME: theme.hex() if theme is not None else NONE}
        found.append(Saying(each.number, each.text, each.language, each.who, groups))
    return found


def tally_of(texts: Sequence[Saying], facets: Sequence[str]) -> Tally:
    """Unsafe: each text is one, in one cell of each facet."""
    everybody = (1 << len(texts)) - 1
    questions = []
    for facet in facets:
        cells = _cells(texts, facet)
        counts = tuple((value, members.bit_count()) for value, members in cells.items())
        questions.append(Question(facet, Shape.ONE_OF, len(texts), counts, tuple(cells.values()), everybody))
    return Tally(len(texts), tuple(questions), len(texts))


def released(texts: Sequence[Saying], past: SafeTally | None = None) -> Released:
    """What may be shown of reports. `past`: what of everybody was shown before."""
    feedback = release(tally_of(texts, FACETS), FILTERS, DESK, past)
    if any(_nearly_the_same(texts, THEME, other) for other in FILTERS):
        return Released(feedback, None)
    return Released(feedback, release(tally_of(texts, CROSSED), [THEME], DESK, past))


def _cells(texts: Sequence[Saying], facet: str) -> dict[str, int]:
    """Members by value, as bits: months in their order, everything else by size."""
    where: dict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(texts):
        where[each.groups.get(facet, NONE)].append(at)
    if facet == MONTH:
        order = sorted(where)
        kept, rest = order[-MOST_MONTHS:], order[:-MOST_MONTHS]
        names = ([(EARLIER, rest)] if rest else []) + [(month, [month]) for month in kept]
    else:
        order = sorted(where, key=lambda value: (-len(where[value]), value))
        kept, rest = order[:MOST_CELLS], order[MOST_CELLS:]
        names = [(value, [value]) for value in kept] + ([(OTHER, rest)] if rest else [])
    return {name: _bits([at for value in values for at in where[value]], len(texts)) for name, values in names}


def _bits(places: Sequence[int], people: int) -> int:
    row = bytearray(people // _BITS + 1)
    for place in places:
        row[place // _BITS] |= 1 << place % _BITS
    return int.from_bytes(row, "little")


def _nearly_the_same(texts: Sequence[Saying], one: str, other: str) -> bool:
    """Whether some group of one facet is some group of the other, or differs from it by fewer people than are told."""
    ones, others = _cells(texts, one), _cells(texts, other)
    return any((a ^ b).bit_count() < DESK.least_cell for a in ones.values() for b in others.values())
