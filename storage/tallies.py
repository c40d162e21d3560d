"""From raw counts and the form to a `Tally`: which cells a question has, in which order, how numbers are binned.

Still unsafe: what may be shown of it is `privacy.disclosure`'s. But no cell is named after an answer: names come from
the form's choices, or are bins with open ends, so that the name of a hidden cell tells nothing either.
Not here: SQL (`sql/counting.py`), words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dialogs.forms.controls import Control
from dialogs.forms.model import Form
from dialogs.forms.questions import QuestionType
from privacy.disclosure import Question, Shape, Tally
from storage.base import RawCounts

MOST_BINS = 8
"""Cells that a number question is cut into."""
TAIL = 0.1
"""Share of the answers that each open end of a histogram holds, so that no bin's edge tells an extreme answer."""

_CHOICES = frozenset({QuestionType.SELECT_ONE, QuestionType.SELECT_MULTIPLE, QuestionType.RANK})
_NUMBERS = frozenset({QuestionType.INTEGER, QuestionType.DECIMAL, QuestionType.RANGE})
_DAYS = frozenset({QuestionType.DATE, QuestionType.DATETIME})
_ASIDE = frozenset({QuestionType.NOTE, QuestionType.REPEAT})


def lists_of(form: Form) -> frozenset[str]:
    """Refs whose values are lists, as `Responses.counts` wants them."""
    return frozenset(control.ref for control in form.controls if control.type is QuestionType.SELECT_MULTIPLE)


def tally(form: Form, counts: RawCounts) -> Tally:
    """Every question of the form, in its order; texts, places and files as the number of people who gave one."""
    asked = (control for control in form.controls if control.type not in _ASIDE)
    return Tally(counts.responses, tuple(_question(control, counts) for control in asked))


def _question(control: Control, counts: RawCounts) -> Question:
    found = counts.by_ref.get(control.ref, {})
    base = counts.answered.get(control.ref, 0)
    one_of = Shape.ANY_OF if control.in_repeat or control.type is QuestionType.SELECT_MULTIPLE else Shape.ONE_OF
    return Question(control.ref, one_of, base, tuple(_cells(control, found).items()))


def _cells(control: Control, found: Mapping[str, int]) -> dict[str, int]:
    if control.type in _CHOICES:
        return _of_choices(control, found)
    if control.type in _NUMBERS:
        return _binned(_numbers(found), _plain)
    if control.type in _DAYS:
        return _binned(_months(found), _month)
    return {}


def _of_choices(control: Control, found: Mapping[str, int]) -> dict[str, int]:
    """Choices in the form's order, those that nobody took with 0; none where choices are made of answers."""
    if control.type is QuestionType.RANK:
        found = _summed(found.items(), lambda value: value.partition(" ")[0])
    return {value: found.get(value, 0) for value in control.choices or ()}


def _summed(pairs: Iterable[tuple[str, int]], cell: Callable[[str], str]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for value, people in pairs:
        sums[cell(value)] = sums.get(cell(value), 0) + people
    return sums


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


def _binned(numbers: Mapping[float, int], edge: Callable[[float], str]) -> dict[str, int]:
    if not numbers:
        return {}
    bins = _bins(numbers)
    cells = dict.fromkeys(range(bins.inner + 2), 0)
    for number, people in numbers.items():
        cells[bins.cell(number)] += people
    return {bins.name(cell, edge): people for cell, people in cells.items()}


def _numbers(found: Mapping[str, int]) -> dict[float, int]:
    numbers: dict[float, int] = {}
    for value, people in found.items():
        try:
            number = float(value)
        except ValueError:
            continue
        if math.isfinite(number):
            numbers[number] = numbers.get(number, 0) + people
    return numbers


def _months(found: Mapping[str, int]) -> dict[float, int]:
    """Days as months since the year 0."""
    months: dict[float, int] = {}
    for value, people in found.items():
        year, _, rest = value.partition("-")
        if year.isdigit() and rest[:2].isdigit():
            month = float(int(year) * 12 + int(rest[:2]) - 1)
            months[month] = months.get(month, 0) + people
    return months


def _plain(number: float) -> str:
    return f"{number:.10g}"


def _month(number: float) -> str:
    return f"{int(number) // 12:04d}-{int(number) % 12 + 1:02d}"


def _bins(numbers: Mapping[float, int]) -> _Bins:
    low, high = _quantile(numbers, TAIL), _quantile(numbers, 1 - TAIL)
    raw = max(high - low, 1.0) / (MOST_BINS - 2)
    power = 10.0 ** math.floor(math.log10(raw))
    width = max(1.0, next(step * power for step in (1, 2, 5, 10) if step * power >= raw * (1 - 1e-9)))
    start = math.floor(low / width) * width  # at least one wide: finer bins would say more than people remember
    return _Bins(start, width, max(1, math.ceil((high - start) / width)))


def _quantile(numbers: Mapping[float, int], share: float) -> float:
    wanted, seen = share * sum(numbers.values()), 0
    for number, people in sorted(numbers.items()):
        seen += people
        if seen >= wanted:
            return number
    return max(numbers)
