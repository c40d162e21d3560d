"""From raw counts and the form to a `Tally`: which cells a question has, in which order, how numbers are binned.

Still unsafe: what may be shown of it is `privacy.disclosure`'s. But no cell is named after an answer: names come from
the form's choices, or are bins with open ends, so that the name of a hidden cell tells nothing either.
Not here: SQL (`sql/counting.py`), words.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from dialogs.forms.choices import ListedChoices
from dialogs.forms.controls import Control
from dialogs.forms.model import Form
from dialogs.forms.questions import QuestionType
from dialogs.world import Filter
from privacy.disclosure import Question, SafeTally, Tally
from privacy.suppression import Shape
from storage.records import RawCounts

MOST_BINS = 8
"""Cells that a number question is cut into."""
TAIL = 0.1
"""Share of the answers that each open end of a histogram holds, so that no bin's edge tells an extreme answer."""

LEAST_BANDS: Final = 3
LEAST_BAND: Final = 10
"""Width of the bands of a number that results are filtered by."""

_CHOICES = frozenset({QuestionType.SELECT_ONE, QuestionType.SELECT_MULTIPLE, QuestionType.RANK})
_NUMBERS = frozenset({QuestionType.INTEGER, QuestionType.DECIMAL, QuestionType.RANGE})
_DAYS = frozenset({QuestionType.DATE, QuestionType.DATETIME})
_ASIDE = frozenset({QuestionType.NOTE, QuestionType.REPEAT})


def lists_of(form: Form) -> frozenset[str]:
    """Refs whose values are lists, as `Responses.counts` wants them."""
    return frozenset(control.ref for control in form.controls if control.type is QuestionType.SELECT_MULTIPLE)


def tally(
    form: Form,
    counts: RawCounts,
    filters: Sequence[Filter] = (),
    past: SafeTally | None = None,
    places: Mapping[str, Mapping[str, int]] | None = None,
) -> Tally:
    """Every question of the form, in its order; texts and files as the number of people who gave one.

    Numbers keep the bins of `past`, so that one view cannot be held against the next at other edges; a filter has the
    bands that it was declared with. `places`: who is in which cell of a map, by question (`storage.acts.places`).
    """
    asked = [control for control in form.controls if control.type not in _ASIDE]
    edges = {each.ref: each.edges for each in filters if each.edges}
    kept = {row.ref: tuple(cell.value for cell in row.cells) for row in past.questions if row.cells} if past else {}
    depends = _depends(form, asked)
    questions = []
    for control in asked:
        found = counts.members.get(control.ref, {})
        cells = _cells(control, found, edges.get(control.ref), kept.get(control.ref))
        if places is not None and control.type is QuestionType.GEOPOINT:
            cells = dict(places.get(control.ref, {}))
        questions.append(
            Question(
                ref=control.ref,
                shape=_shape(control),
                base=counts.answered.get(control.ref, 0),
                cells=tuple((value, members.bit_count()) for value, members in cells.items()),
                members=tuple(cells.values()),
                answered=counts.answering.get(control.ref, 0),
                depends=depends[control.ref],
                cascades=_cascades(control),
            )
        )
    return Tally(counts.responses, tuple(questions), counts.people)


def can_filter(control: Control, edges: Sequence[float]) -> bool:
    """Whether results may be filtered by this question: one choice of a fixed list, or numbers in three bands or more
    that are not narrow."""
    if control.in_repeat:
        return False
    if control.type is QuestionType.SELECT_ONE:
        return not edges and bool(control.choices)
    wide = all(after - before >= LEAST_BAND for before, after in pairwise(edges))
    return control.type in _NUMBERS and len(edges) >= LEAST_BANDS - 1 and wide


def _shape(control: Control) -> Shape:
    several = control.in_repeat or control.type is QuestionType.SELECT_MULTIPLE
    return Shape.ANY_OF if several else Shape.ONE_OF


def _depends(form: Form, asked: Sequence[Control]) -> dict[str, tuple[str, ...]]:
    """For each question, those whose answers decide whether it is asked, or what it offers."""
    found: dict[str, list[str]] = {control.ref: [] for control in asked}
    for control in asked:
        for number in form.dependents(control.definition.number):
            other = form.by_number.get(number)
            if other is not None and other.ref in found and other.ref != control.ref:
                found[other.ref].append(control.ref)
    return {ref: tuple(refs) for ref, refs in found.items()}


def _cascades(control: Control) -> bool:
    choices = control.definition.choices
    return isinstance(choices, ListedChoices) and choices.filtered


def _cells(
    control: Control, found: Mapping[str, int], edges: Sequence[float] | None, kept: Sequence[str] | None
) -> dict[str, int]:
    """Members by cell."""
    if control.type in _CHOICES:
        return _of_choices(control, found)
    if control.type in _NUMBERS:
        return _banded(_numbers(found), edges) if edges else _binned(_numbers(found), _plain, kept, float)
    if control.type in _DAYS:
        return _binned(_months(found), _month, kept, _month_number)
    return {}


def _of_choices(control: Control, found: Mapping[str, int]) -> dict[str, int]:
    """Choices in the form's order, those that nobody took with 0; none where choices are made of answers."""
    if control.type is QuestionType.RANK:
        found = _united(found.items(), lambda value: value.partition(" ")[0])
    return {value: found.get(value, 0) for value in control.choices or ()}


def _united(pairs: Iterable[tuple[str, int]], cell: Callable[[str], str]) -> dict[str, int]:
    united: dict[str, int] = {}
    for value, people in pairs:
        united[cell(value)] = united.get(cell(value), 0) | people
    return united


# -- numbers


@dataclass(frozen=True, slots=True)
class _Bins:
    """Bins of equal width between two open ends."""

    start: float
    width: float
    inner: int

    def cell(self, number: float) -> int:
        """0 is below `start`, `inner` + 1 is the open upper end."""
        return min(max(math.floor((number - self.start) / self.width) + 1, 0), self.inner + 1)

    def name(self, cell: int, edge: Callable[[float], str]) -> str:
        """`<20`, `20..30`, `>=50`: lower edge included, upper not; `7` for a bin of one whole number or month."""
        if cell == 0:
            return f"<{edge(self.start)}"
        lower = self.start + (cell - 1) * self.width
        if self.width == 1 and cell <= self.inner:
            return edge(lower)
        return f">={edge(lower)}" if cell == self.inner + 1 else f"{edge(lower)}..{edge(lower + self.width)}"


def _banded(numbers: Mapping[float, int], edges: Sequence[float]) -> dict[str, int]:
    """Members by declared band, in order."""
    inner = [f"{_plain(before)}..{_plain(after)}" for before, after in pairwise(edges)]
    names = [f"<{_plain(edges[0])}", *inner, f">={_plain(edges[-1])}"]
    bands = dict.fromkeys(names, 0)
    for number, people in numbers.items():
        bands[names[bisect_right(edges, number)]] |= people
    return bands


def _binned(
    numbers: Mapping[float, int],
    edge: Callable[[float], str],
    kept: Sequence[str] | None,
    read: Callable[[str], float],
) -> dict[str, int]:
    if not numbers:
        return {}
    bins = _named_bins(kept or (), read) or _bins(numbers)
    cells = dict.fromkeys(range(bins.inner + 2), 0)
    for number, people in numbers.items():
        cells[bins.cell(number)] |= people
    return {bins.name(cell, edge): people for cell, people in cells.items()}


def _named_bins(names: Sequence[str], read: Callable[[str], float]) -> _Bins | None:
    """The bins that have these names; None if they are not names of bins."""
    if len(names) <= 2:
        return None
    try:
        start, end = read(names[0].removeprefix("<")), read(names[-1].removeprefix(">="))
    except ValueError:
        return None  # the question was of another type in an earlier version of the form
    inner = len(names) - 2
    return _Bins(start, (end - start) / inner, inner) if end > start else None


def _numbers(found: Mapping[str, int]) -> dict[float, int]:
    numbers: dict[float, int] = {}
    for value, people in found.items():
        try:
            number = float(value)
        except ValueError:
            continue
        if math.isfinite(number):
            numbers[number] = numbers.get(number, 0) | people
    return numbers


def _months(found: Mapping[str, int]) -> dict[float, int]:
    """Days as months since the year 0."""
    months: dict[float, int] = {}
    for value, people in found.items():
        year, _, rest = value.partition("-")
        if year.isdigit() and rest[:2].isdigit():
            month = _month_number(value)
            months[month] = months.get(month, 0) | people
    return months


def _plain(number: float) -> str:
    return f"{number:.10g}"


def _month(number: float) -> str:
    return f"{int(number) // 12:04d}-{int(number) % 12 + 1:02d}"


def _month_number(month: str) -> float:
    return float(int(month[:4]) * 12 + int(month[5:7]) - 1)


def _bins(numbers: Mapping[float, int]) -> _Bins:
    low, high = _quantile(numbers, TAIL), _quantile(numbers, 1 - TAIL)
    raw = max(high - low, 1.0) / (MOST_BINS - 2)
    power = 10.0 ** math.floor(math.log10(raw))
    width = max(1.0, next(step * power for step in (1, 2, 5, 10) if step * power >= raw * (1 - 1e-9)))
    start = math.floor(low / width) * width  # at least one wide: finer bins would say more than people remember
    return _Bins(start, width, max(1, math.ceil((high - start) / width)))


def _quantile(numbers: Mapping[float, int], share: float) -> float:
    wanted, seen = share * sum(people.bit_count() for people in numbers.values()), 0
    for number, people in sorted(numbers.items()):
        seen += people.bit_count()
        if seen >= wanted:
            return number
    return max(numbers)
