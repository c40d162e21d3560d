"""Which cells of one row of counts are not shown, so that nobody can work out a small one.

The attacker knows the base, all shown cells, the rows of this question that were shown earlier (answers only come),
and these rules. He may learn no hidden cell more narrowly than within k. What is hidden together is a group:

- its sum is known, so it has at least two cells, and the sum leaves each of them at least k values to be;
- a cell that was shown before has its old count as a floor, so the group must also have grown by that much since;
- a group stays together until all of its cells can be shown: part of it would tell the rest.

Not here: tables of two questions (`crosstab.py`), words, rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How the cells of a question add up."""

    ONE_OF = "one_of"
    """Each person is in one cell: the cells add up to the base."""
    ANY_OF = "any_of"
    """A person may be in several cells (select_multiple, repeats)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as small."""

    least_cell: int
    """k: smaller cells are hidden; the narrowest interval that an attacker may find for a hidden cell."""
    small_row: int
    """In a row of fewer people than this, an empty cell counts as small."""
    least_base: int
    """In a row of fewer people than this, every cell counts as small."""


@dataclass(frozen=True, slots=True)
class PastRow:
    """The row of the same cells that was shown last; None for what was hidden."""

    base: int
    shown: tuple[int | None, ...]

    @property
    def hidden(self) -> frozenset[int]:
        return frozenset(place for place, count in enumerate(self.shown) if count is None)


@dataclass(frozen=True, slots=True)
class Row:
    """Unsafe: the counts of one question among `base` people who answered it."""

    shape: Shape
    base: int
    counts: tuple[int, ...]
    past: PastRow | None = None


def is_small(count: int, base: int, shape: Shape, limits: Limits) -> bool:
    """Whether so few people are in a cell that it is hidden; in several choices also if so few are not in it."""
    if base < limits.least_base or _few(count, base, limits):
        return True
    return shape is Shape.ANY_OF and _few(base - count, base, limits)


def _few(people: int, base: int, limits: Limits) -> bool:
    """An empty cell of a large row is no secret: nobody is in it."""
    return 0 < people < limits.least_cell or (people == 0 and base < limits.small_row)


def hidden_cells(row: Row, limits: Limits) -> frozenset[int] | None:
    """The cells to hide, or None if no choice of them is safe: then the row may not be shown."""
    places = range(len(row.counts))
    taken = frozenset(place for place in places if is_small(row.counts[place], row.base, row.shape, limits))
    together = row.past.hidden if row.past is not None else frozenset()
    if taken & together:
        taken |= together
    while not _is_safe(taken, row, limits):
        rest = [place for place in places if place not in taken]
        if not rest:
            return None
        more = [taken | (together if place in together else {place}) for place in _ascending(rest, row.counts)]
        widest = max(more, key=lambda each: _slack(each, row))
        taken = next((each for each in more if _is_safe(each, row, limits)), widest)
    return taken


def _ascending(places: Sequence[int], counts: Sequence[int]) -> list[int]:
    return sorted(places, key=lambda place: counts[place])


def _is_safe(hidden: frozenset[int], row: Row, limits: Limits) -> bool:
    match row.shape:
        case Shape.ONE_OF:
            return not hidden or _is_group(hidden, row, limits)
        case Shape.ANY_OF:
            return all(_is_free(place, row, limits) for place in hidden) or (
                _is_group(hidden, row, limits) and _has_room(hidden, row, limits)
            )


def _is_group(hidden: frozenset[int], row: Row, limits: Limits) -> bool:
    """Whether the sum, which may be known, leaves each cell enough values; they may be known not to be empty."""
    if len(hidden) < 2:
        return False
    total = sum(row.counts[place] for place in hidden)
    if row.past is not None and hidden == row.past.hidden:
        return total >= _past_sum(row) and total >= limits.least_cell + len(hidden)
    return _slack(hidden, row) >= limits.least_cell + _not_empty(hidden, row, limits)


def _not_empty(hidden: frozenset[int], row: Row, limits: Limits) -> int:
    """Cells that an attacker may take to hold one person at least."""
    small = row.base < limits.small_row and (row.past is None or row.past.base < limits.small_row)
    return 0 if small else len(hidden)


def _slack(hidden: frozenset[int], row: Row) -> int:
    """How much of the group's sum may be in any of its cells, for all that was shown before."""
    total = sum(row.counts[place] for place in hidden)
    if row.past is None:
        return total
    together = row.past.hidden
    floors = sum(row.past.shown[place] or 0 for place in hidden - together)
    return total - floors - (_past_sum(row) if together and together <= hidden else 0)


def _past_sum(row: Row) -> int:
    """Of the cells that were hidden in the past row; several choices have a sum only where each person has as many."""
    if row.past is None or not row.past.hidden:
        return 0
    each, uneven = (1, 0) if row.shape is Shape.ONE_OF else divmod(sum(row.counts), max(1, row.base))
    return 0 if uneven else max(0, each * row.past.base - sum(count or 0 for count in row.past.shown))


# -- several choices: the cells add up to nothing, unless the form asks for so many choices at least or at most


def _is_free(place: int, row: Row, limits: Limits) -> bool:
    """Whether one cell may be k values while all others stand, also if the choices of each person are bounded."""
    total, count = sum(row.counts), row.counts[place]
    most = -(-total // row.base) * row.base if row.base else 0
    least = total // row.base * row.base if row.base else 0
    low, high = 1, row.base - 1
    if row.past is not None and (known := row.past.shown[place]) is not None:
        low, high = max(low, known), min(high, known + row.base - row.past.base)
    return min(high, count + most - total) - max(low, count - (total - least)) >= limits.least_cell


def _has_room(hidden: frozenset[int], row: Row, limits: Limits) -> bool:
    """Whether the group leaves each cell enough values above: no choice is taken by more than all, and since the past
    row by no more than those who came."""
    enough = limits.least_cell + len(hidden)
    if sum(row.base - row.counts[place] for place in hidden) < enough:
        return False
    if row.past is None or hidden == row.past.hidden:
        return True
    came = row.base - row.past.base
    return came >= limits.least_cell + 2 and len(hidden) * came - _slack(hidden, row) >= enough
