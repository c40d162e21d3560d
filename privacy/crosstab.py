"""Which cells of the tables "filter by question" are not shown, so that no table tells what another one hides.

A question and two filters make three tables: by the first filter, by the second, by both; their margins are the
question's own row and the numbers of people in each view. A small cell is hidden in a rectangle: two groups and two
cells of the question, so that people of the one group may have answered what people of the other did, and back, and
not one shown number would change. Only if such a swap lets a hidden cell take k values is the table shown (a swap that
leaves all else as it is proves more than any bound that an attacker can compute). What cannot be hidden that way is
left out: first the table by both filters, then the second one, then all.

`Cube` and its tables are unsafe and stay in this room. Not here: which filters there are (`views.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import Final, NamedTuple, TypeAlias

from privacy.suppression import Limits, Shape, is_small


class Group(NamedTuple):
    """People: those of one value of the first filter, of the second, or of both."""

    first: int | None
    second: int | None


class Cell(NamedTuple):
    group: Group
    column: int


class Table(Enum):
    """Which filters the rows of a table are made of."""

    FIRST = "first"
    SECOND = "second"
    BOTH = "both"


Plan: TypeAlias = frozenset[Table]

PLANS: Final[tuple[Plan, ...]] = (
    frozenset({Table.FIRST, Table.SECOND, Table.BOTH}),
    frozenset({Table.FIRST, Table.SECOND}),
    frozenset({Table.FIRST}),
    frozenset({Table.SECOND}),
)
"""Tables that are shown of a question, the most first."""


def table_of(group: Group) -> Table:
    if group.first is None:
        return Table.SECOND
    return Table.FIRST if group.second is None else Table.BOTH


@dataclass(frozen=True, slots=True)
class Cube:
    """Unsafe: one question's counts by two filters. With one filter the second has one value."""

    shape: Shape
    counts: tuple[tuple[tuple[int, ...], ...], ...]
    """[first][second][column] -> people."""
    bases: tuple[tuple[int, ...], ...]
    """[first][second] -> people who answered the question."""

    @property
    def columns(self) -> int:
        return len(self.counts[0][0])

    def groups(self, table: Table) -> list[Group]:
        firsts, seconds = range(len(self.counts)), range(len(self.counts[0]))
        match table:
            case Table.FIRST:
                return [Group(first, None) for first in firsts]
            case Table.SECOND:
                return [Group(None, second) for second in seconds]
            case Table.BOTH:
                return [Group(*pair) for pair in product(firsts, seconds)]


@dataclass(frozen=True, slots=True)
class Tables:
    """Which tables may be shown, and which of their cells not."""

    plan: Plan
    hidden: frozenset[Cell]


def safe_tables(cube: Cube, limits: Limits, plans: Sequence[Plan], sizes_known: bool) -> Tables:
    """The first of the plans that can be made safe; else no table at all.

    `sizes_known`: whether the number of people in each group of both filters is told.
    """
    for plan in plans:
        hidden = _Search(cube, limits, plan, sizes_known).hidden()
        if hidden is not None:
            return Tables(plan, hidden)
    return Tables(frozenset(), frozenset())


class _Swap(NamedTuple):
    """People of `cells` may trade places, `room` values wide, if all the cells are hidden."""

    cells: frozenset[Cell]
    room: int


class _Four(NamedTuple):
    out: tuple[Cell, ...]
    into: tuple[Cell, ...]


class _Search:
    """Hides cells of one plan's tables until each hidden cell has a swap."""

    def __init__(self, cube: Cube, limits: Limits, plan: Plan, sizes_known: bool) -> None:
        self._cube = cube
        self._limits = limits
        self._plan = plan
        self._linked = sizes_known and Table.SECOND in plan and Table.FIRST in plan
        self._sizes_known = sizes_known
        self._counts: dict[Cell, int] = {}
        self._bases: dict[Group, int] = {}
        self._sum_up()
        self._settled: set[Cell] = set()
        self._hidden: set[Cell] = set()

    def hidden(self) -> frozenset[Cell] | None:
        """None if this plan cannot be made safe."""
        for table in (Table.FIRST, Table.SECOND):
            if table in self._plan and not self._hide(table):
                return None
        if Table.BOTH in self._plan:
            return frozenset(self._hidden) if self._hide(Table.BOTH) else None
        return frozenset(self._hidden) if self._unshown_are_wide() else None

    def _sum_up(self) -> None:
        cube = self._cube
        for first, second in product(range(len(cube.counts)), range(len(cube.counts[0]))):
            groups = (Group(first, second), Group(first, None), Group(None, second))
            for group in groups:
                self._bases[group] = self._bases.get(group, 0) + cube.bases[first][second]
            for column, count in enumerate(cube.counts[first][second]):
                for group in groups:
                    cell = Cell(group, column)
                    self._counts[cell] = self._counts.get(cell, 0) + count

    # -- hiding

    def _hide(self, table: Table) -> bool:
        """Hide what is small and what keeps it hidden."""
        waiting: list[Cell] = []
        for group in self._cube.groups(table):
            for column in range(self._cube.columns):
                cell = Cell(group, column)
                if self._is_settled(cell):
                    self._settled.add(cell)
                elif self._inherits(cell) or is_small(
                    self._counts[cell], self._bases[group], self._cube.shape, self._limits
                ):
                    waiting.append(cell)
                elif self._is_even(self._bases[group], self._counts[cell]):
                    self._settled.add(cell)
        self._hidden.update(waiting)
        covered: set[Cell] = set()
        for cell in waiting:
            if cell in covered:
                continue
            swap = self._cheapest(cell)
            if swap is None:
                return False
            covered |= swap.cells
            self._hidden |= swap.cells
        return True

    def _inherits(self, cell: Cell) -> bool:
        return any(above in self._hidden for above in _above(cell))

    def _is_settled(self, cell: Cell) -> bool:
        """A larger group is shown to have nobody in this column (or everybody, of several choices), or nobody of the
        group is asked: there is nothing to hide."""
        if not self._bases[cell.group] or any(above in self._settled for above in _above(cell)):
            return True
        groups = self._cube.groups(Table.FIRST)
        return self._is_even(sum(self._bases[group] for group in groups), self._total(cell.column))

    def _is_even(self, base: int, count: int) -> bool:
        return count == 0 or (self._cube.shape is Shape.ANY_OF and count == base)

    def _total(self, column: int) -> int:
        return sum(self._counts[Cell(group, column)] for group in self._cube.groups(Table.FIRST))

    def _cheapest(self, cell: Cell) -> _Swap | None:
        """The swap with this cell that hides the fewest people more."""
        best: tuple[int, int, _Swap] | None = None
        for swap in self._swaps(cell):
            if swap.room < self._limits.least_cell or not self._may_hide(swap, table_of(cell.group)):
                continue
            more = [each for each in swap.cells if each not in self._hidden]
            price = (sum(self._counts[each] for each in more), len(more))
            if best is None or price < best[:2]:
                best = (*price, swap)
                if not more:
                    break
        return best[2] if best is not None else None

    def _may_hide(self, swap: _Swap, table: Table) -> bool:
        """Cells of this table may still be hidden, of the others not; one that is settled never."""
        return all(
            each in self._hidden
            or table_of(each.group) not in self._plan
            or (table_of(each.group) is table and each not in self._settled)
            for each in swap.cells
        )

    # -- swaps

    def _swaps(self, cell: Cell) -> Iterator[_Swap]:
        match table_of(cell.group):
            case Table.BOTH:
                yield from self._swaps_of_pair(cell)
            case _:
                yield from self._swaps_of_row(cell)

    def _swaps_of_row(self, cell: Cell) -> Iterator[_Swap]:
        """Two rows and two columns of a table by one filter."""
        mine, column = cell
        for other, across in product(self._cube.groups(table_of(mine)), range(self._cube.columns)):
            if other == mine or across == column:
                continue
            cells = frozenset(Cell(group, each) for group in (mine, other) for each in (column, across))
            if self._linked:  # the other table stays as it is if people trade within its groups
                up, down = 0, 0
                for one, two in zip(_parts(mine, self._cube), _parts(other, self._cube), strict=True):
                    spare = 1 if Table.BOTH in self._plan else 0
                    up += max(0, self._trade(one, two, across, column) - spare)
                    down += max(0, self._trade(one, two, column, across) - spare)
            else:
                up, down = self._trade(mine, other, across, column), self._trade(mine, other, column, across)
            yield _Swap(cells, max(0, up - 1) + max(0, down - 1))  # a hidden cell may be known not to be empty

    def _swaps_of_pair(self, cell: Cell) -> Iterator[_Swap]:
        """Two groups of both filters that may trade, or four of them with all rows and columns kept."""
        mine, column = cell
        for other, across in product(self._cube.groups(Table.BOTH), range(self._cube.columns)):
            if other == mine or across == column:
                continue
            yield self._swap_of_two(mine, other, column, across)
            if other.first != mine.first and other.second != mine.second:
                yield self._swap_of_four(mine, other, column, across)

    def _swap_of_two(self, mine: Group, other: Group, column: int, across: int) -> _Swap:
        groups = [mine, other]
        if mine.first != other.first:
            groups += [Group(mine.first, None), Group(other.first, None)]
        if mine.second != other.second:
            groups += [Group(None, mine.second), Group(None, other.second)]
        cells = frozenset(Cell(group, each) for group in groups for each in (column, across))
        spare = 1 if any(table_of(group) in self._plan for group in groups) else 0
        up = self._trade(mine, other, across, column) - spare
        down = self._trade(mine, other, column, across) - spare
        return _Swap(cells, max(0, up) + max(0, down))

    def _swap_of_four(self, mine: Group, other: Group, column: int, across: int) -> _Swap:
        beside, below = Group(mine.first, other.second), Group(other.first, mine.second)
        cells = frozenset(Cell(group, each) for group in (mine, other, beside, below) for each in (column, across))
        spare = 1 if Table.BOTH in self._plan else 0
        up = min(self._trade(mine, beside, across, column), self._trade(other, below, across, column)) - spare
        down = min(self._trade(mine, beside, column, across), self._trade(other, below, column, across)) - spare
        return _Swap(cells, max(0, up) + max(0, down))

    def _trade(self, one: Group, two: Group, out: int, into: int) -> int:
        """How many of `one` may go from column `out` to `into`, and as many of `two` back."""
        room = min(self._counts[Cell(one, out)], self._counts[Cell(two, into)])
        if self._cube.shape is Shape.ANY_OF:
            free = (
                self._bases[group] - self._counts[Cell(group, column)] for group, column in ((one, into), (two, out))
            )
            room = min(room, *free)
        return room

    # -- tables that are not shown

    def _unshown_are_wide(self) -> bool:
        """Whether cells of views that are not shown stay unknown too. Where even the views' numbers of people are not
        told, their margins, each k or more from empty and from full, leave room enough."""
        if not self._sizes_known:
            return True
        return all(
            self._is_wide(Cell(group, column))
            for group in self._cube.groups(Table.BOTH)
            for column in range(self._cube.columns)
            if self._is_open(group, column)
        )

    def _is_open(self, group: Group, column: int) -> bool:
        """Whether there is anything to know: zeros that are shown may leave one answer only."""
        live = [each for each in range(self._cube.columns) if not self._is_settled(Cell(group, each))]
        return column in live and len(live) > 1 and self._bases[group] > 0

    def _is_wide(self, cell: Cell) -> bool:
        least = self._limits.least_cell
        if any(swap.room >= least and self._is_free(swap) for swap in self._swaps(cell)):
            return True
        if len(self._plan) == 1:
            return self._room_in_slice(cell) >= least
        return self._room_of_many(cell, least) >= least

    def _room_of_many(self, cell: Cell, enough: int) -> int:
        """How far the cell moves if groups of four trade one after the other, each from what the last has left."""
        room = 0
        for down in (False, True):
            left = dict(self._counts)
            moved = True
            while moved and room < enough:
                moved = False
                for four in self._fours(cell, down):
                    many = min(left[each] for each in four.out)
                    for each in four.out:
                        left[each] -= many
                    for each in four.into:
                        left[each] += many
                    room += many
                    moved = moved or many > 0
        return room

    def _fours(self, cell: Cell, down: bool) -> Iterator[_Four]:
        """Trades that take people out of four cells and into four, this one among them; no margin changes."""
        mine, column = cell
        for other, across in product(self._cube.groups(Table.BOTH), range(self._cube.columns)):
            if other.first == mine.first or other.second == mine.second or across == column:
                continue
            beside, below = Group(mine.first, other.second), Group(other.first, mine.second)
            with_it = (Cell(mine, column), Cell(other, column), Cell(beside, across), Cell(below, across))
            against = (Cell(mine, across), Cell(other, across), Cell(beside, column), Cell(below, column))
            yield _Four(with_it, against) if down else _Four(against, with_it)

    def _is_free(self, swap: _Swap) -> bool:
        """Whether no cell of it is shown."""
        return all(each in self._hidden or table_of(each.group) not in self._plan for each in swap.cells)

    def _room_in_slice(self, cell: Cell) -> int:
        """Only one table is shown: within one of its rows, people may trade between all groups and all columns."""
        group, column = cell
        (table,) = self._plan
        row = Group(group.first, None) if table is Table.FIRST else Group(None, group.second)
        mine, all_mine = self._counts[cell], self._bases[group]
        whole, everybody = self._counts[Cell(row, column)], self._bases[row]
        rest = everybody - all_mine - (whole - mine)
        return min(mine, rest) + min(all_mine - mine, whole - mine)


def _above(cell: Cell) -> tuple[Cell, ...]:
    """The cells of one filter that a cell of both is a part of."""
    (first, second), column = cell
    if first is None or second is None:
        return ()
    return Cell(Group(first, None), column), Cell(Group(None, second), column)


def _parts(group: Group, cube: Cube) -> list[Group]:
    """The groups of both filters that make up a group of one."""
    if group.second is None:
        return [Group(group.first, second) for second in range(len(cube.counts[0]))]
    return [Group(first, group.second) for first in range(len(cube.counts))]
