"""Filtered results: all views of a survey that staff may look at, made at once, of the same answers.

A survey declares at most two filters. Their values with fewer than ten people are put together with those that gave no
answer; every view has ten people or more, and so has everybody outside it, so no two views differ by fewer. The views
by both filters are refused as a whole if one of them would be smaller: its people could be worked out from the others.
Since all views are made in one step and checked together (`crosstab.py`), it does not matter who looks at which of them
in which order, and whoever compares notes with a colleague learns nothing more. For the same reason there is one such
step only, after the close: two of them an hour apart would tell who came in between.
Not here: counting (storage), words (templates).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from typing import Any, Final, TypeAlias

from privacy.crosstab import PLANS, Cell, Cube, Group, Plan, Table, Tables, safe_tables, table_of
from privacy.disclosure import (
    DESK,
    Policy,
    Question,
    SafeQuestion,
    SafeTally,
    Status,
    Tally,
    disclose,
    nothing_of,
    safe_question,
    safe_tally,
    tells,
)
from privacy.suppression import Shape
from privacy.vocabulary import SafeWords

MOST_FILTERS: Final = 2

THE_REST: Final = "*"
"""The value of a filter for people of small groups and without an answer."""

View: TypeAlias = tuple[tuple[str, str], ...]
"""(ref of a filter, value), in the order in which the survey declares its filters; () is everybody."""


class Refusal(StrEnum):
    """Why a view is not shown."""

    OPEN = "open"
    """The survey still takes answers."""
    NOT_DECLARED = "not_declared"
    """The survey has no such filter."""
    TWICE = "twice"
    """The same filter twice."""
    NO_SUCH_VALUE = "no_such_value"
    SMALL = "small"
    """The value's people are in "the rest", because they are few."""
    TOGETHER = "together"
    """The two filters together make a group that is too small."""
    UNAVAILABLE = "unavailable"
    """There are too few people, or too few groups of them, to filter by this."""


@dataclass(frozen=True, slots=True)
class Release:
    """Everything of a survey that was made safe in one step."""

    everybody: SafeTally
    views: Mapping[View, SafeTally]
    words: Mapping[str, SafeWords] = field(default_factory=dict)
    """Frequent words of the masked copies, by question; of everybody."""
    drawn: Mapping[str, str] = field(default_factory=dict)
    """Which districts the cells of a map are, by question: a mark that other borders do not have."""

    def as_json(self) -> dict[str, Any]:
        """Plain values (`from_json` reads them back)."""
        return {
            "everybody": self.everybody.as_json(),
            "views": [[list(view), safe.as_json()] for view, safe in self.views.items()],
            "words": {ref: words.as_json() for ref, words in self.words.items()},
            "drawn": dict(self.drawn),
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Release:
        """A release that was made earlier and kept. Raises KeyError or ValueError for anything else."""
        views = {tuple((ref, value) for ref, value in view): SafeTally.from_json(safe) for view, safe in kept["views"]}
        words = {ref: SafeWords.from_json(each) for ref, each in kept.get("words", {}).items()}
        return cls(SafeTally.from_json(kept["everybody"]), views, words, dict(kept.get("drawn", {})))

    def view(self, wanted: Sequence[tuple[str, str]], filters: Sequence[str], closed: bool) -> SafeTally | Refusal:
        """A view of a survey with these declared filters."""
        refs = [ref for ref, _ in wanted]
        if not set(refs) <= set(filters):
            return Refusal.NOT_DECLARED
        if len(set(refs)) < len(refs):
            return Refusal.TWICE
        if not closed and wanted:
            return Refusal.OPEN
        view: View = tuple(sorted(wanted, key=lambda condition: filters.index(condition[0])))
        found = self.everybody if not view else self.views.get(view)
        return found if found is not None else self._refusal(view)

    def values(self, ref: str) -> list[str]:
        """Values of a filter that have a view."""
        return [view[0][1] for view in self.views if len(view) == 1 and view[0][0] == ref]

    def _refusal(self, view: View) -> Refusal:
        for ref, value in view:
            offered = self.values(ref)
            if not offered:
                return Refusal.UNAVAILABLE
            if value not in offered:
                question = next((each for each in self.everybody.questions if each.ref == ref), None)
                named = question is not None and value in {cell.value for cell in question.cells}
                return Refusal.SMALL if named else Refusal.NO_SUCH_VALUE
        return Refusal.TOGETHER


def release(tally: Tally, filters: Sequence[str] = (), policy: Policy = DESK, past: SafeTally | None = None) -> Release:
    """What of a tally may be shown, with all views by its filters. `past`: as in `disclose`.

    The tally has its `members`; without them, and with fewer than two groups of a filter, there are no views.
    """
    everybody = disclose(tally, policy, past)
    safe = {question.ref: question for question in everybody.questions}
    by_ref = {question.ref: question for question in tally.questions}
    axes = [
        axis
        for ref in filters[:MOST_FILTERS]
        if ref in safe and (axis := _axis(by_ref[ref], safe[ref], tally.people, policy)) is not None
    ]
    if len(axes) == MOST_FILTERS and _differ_by_few(axes[0], axes[1], policy.least_cell):
        axes = axes[:1]
    if not axes:
        return Release(everybody, {})
    ways = [dict(_Crossing(tally, safe, axes, policy, by_both).views()) for by_both in _ways(axes, policy)]
    return Release(everybody, max(ways, key=_numbers_shown))


def _ways(axes: Sequence[_Axis], policy: Policy) -> list[bool]:
    """Whether views by both filters may be made: if none of their groups is small. They cost: how many people are in
    each of them is then known, and tables by one filter must hide more. So it is tried without them too."""
    if len(axes) < MOST_FILTERS:
        return [False]
    for (_, first), (_, second) in product(axes[0].groups, axes[1].groups):
        size = (first & second).bit_count()
        smaller = min(first.bit_count(), second.bit_count())
        if size < policy.least_respondents and (size or smaller < policy.small_row):  # nobody of many is no secret
            return [False]
    return [True, False]


def _numbers_shown(views: Mapping[View, SafeTally]) -> int:
    rows = [row for safe in views.values() for row in safe.questions]
    return sum(cell.count is not None for row in rows for cell in row.cells)


@dataclass(frozen=True, slots=True)
class _Axis:
    """A filter: its groups of people, which together are everybody."""

    ref: str
    groups: tuple[tuple[str, int], ...]
    """(value, members)."""


def _axis(question: Question, safe: SafeQuestion, people: int, policy: Policy) -> _Axis | None:
    """Hidden and thin values are put together with those who gave no answer; None if that leaves nothing to filter."""
    if not safe.is_shown or safe.kept or not question.members or question.shape is not Shape.ONE_OF:
        return None
    groups = [
        (cell.value, members)
        for cell, members in zip(safe.cells, question.members, strict=True)
        if cell.count is not None and members.bit_count() >= policy.least_respondents
    ]
    rest = (1 << people) - 1
    for _, members in groups:
        rest &= ~members
    while groups and 0 < rest.bit_count() < policy.least_respondents:
        smallest = min(groups, key=lambda group: group[1].bit_count())
        groups.remove(smallest)
        rest |= smallest[1]
    if rest:
        groups.append((THE_REST, rest))
    return _Axis(question.ref, tuple(groups)) if len(groups) > 1 else None


def _differ_by_few(first: _Axis, second: _Axis, least: int) -> bool:
    """Whether some groups of one filter are nearly the same people as some of the other: fewer than `least` apart.

    Groups that share `least` people or more stay on the same side of any such comparison.
    """
    shared = {
        (one, len(first.groups) + two): (a & b).bit_count()
        for (one, (_, a)), (two, (_, b)) in product(enumerate(first.groups), enumerate(second.groups))
    }
    side = list(range(len(first.groups) + len(second.groups)))
    for (one, two), people in shared.items():
        if people >= least:
            side = [side[one] if each == side[two] else each for each in side]
    parts = sorted(set(side))
    for choice in range(1, 1 << (len(parts) - 1)):
        chosen = {part for bit, part in enumerate(parts) if choice >> bit & 1}
        apart = sum(people for (one, two), people in shared.items() if (side[one] in chosen) != (side[two] in chosen))
        if 0 < apart < least:
            return True
    return False


class _Crossing:
    """The tables "filters by question" of one step."""

    def __init__(
        self, tally: Tally, safe: Mapping[str, SafeQuestion], axes: Sequence[_Axis], policy: Policy, by_both: bool
    ) -> None:
        self._tally = tally
        self._questions = {question.ref: question for question in tally.questions}
        self._safe = safe
        self._policy = policy
        self._axes = axes
        self._filters = {axis.ref: axis for axis in axes}
        self._firsts = axes[0].groups
        self._seconds = axes[1].groups if len(axes) > 1 else ((THE_REST, (1 << tally.people) - 1),)
        self._by_both = by_both
        self._columns: dict[str, list[list[int]]] = {}
        self._tables: dict[str, Tables] = {}

    def views(self) -> Iterator[tuple[View, SafeTally]]:
        shown = [
            question for question in self._tally.questions if question.ref not in {axis.ref for axis in self._axes}
        ]
        for question in self._tally.questions:
            self._tables[question.ref] = self._suppressed(question)
        for group in self._groups():
            members = self._members(group)
            size = members.bit_count()
            if size:
                rows = tuple(self._row(question, group, members) for question in shown)
                yield self._named(group), safe_tally(size, rows, self._policy)

    def _groups(self) -> list[Group]:
        groups = [Group(place, None) for place in range(len(self._firsts))]
        if len(self._axes) > 1:
            groups += [Group(None, place) for place in range(len(self._seconds))]
        if self._by_both:
            groups += [Group(*pair) for pair in product(range(len(self._firsts)), range(len(self._seconds)))]
        return groups

    def _members(self, group: Group) -> int:
        members = (1 << self._tally.people) - 1
        if group.first is not None:
            members &= self._firsts[group.first][1]
        if group.second is not None:
            members &= self._seconds[group.second][1]
        return members

    def _named(self, group: Group) -> View:
        named = []
        if group.first is not None:
            named.append((self._axes[0].ref, self._firsts[group.first][0]))
        if group.second is not None:
            named.append((self._axes[1].ref, self._seconds[group.second][0]))
        return tuple(named)

    # -- tables

    def _suppressed(self, question: Question) -> Tables:
        safe = self._safe[question.ref]
        if question.ref in self._filters or not safe.is_shown or safe.kept:
            return Tables(frozenset(), frozenset())
        self._columns[question.ref] = _columns(safe)
        plans = [plan for plan in self._plans() if not any(self._tells(question, table) for table in plan)]
        return safe_tables(self._cube(question), self._policy.limits, plans, self._by_both)

    def _plans(self) -> Sequence[Plan]:
        if len(self._axes) == 1:
            return [frozenset({Table.FIRST})]
        return PLANS if self._by_both else PLANS[1:]

    def _tells(self, question: Question, table: Table) -> bool:
        """Whether who was asked would tell hidden cells of this table of another question."""
        for ref in question.depends:
            of = self._questions.get(ref)
            if of is not None and tells(question, of, self._hidden_of(of, table)):
                return True
        return False

    def _hidden_of(self, question: Question, table: Table) -> Collection[int] | None:
        """Places of the cells that this table hides, in any of its rows; None if it hides all."""
        if question.ref in self._filters:
            return self._put_together(question, table)
        tables = self._tables.get(question.ref)
        if tables is None or table not in tables.plan:
            return None
        columns = self._columns[question.ref]
        hidden = {each for cell in tables.hidden if table_of(cell.group) is table for each in columns[cell.column]}
        return hidden | {place for place, cell in enumerate(self._safe[question.ref].cells) if cell.count is None}

    def _put_together(self, question: Question, table: Table) -> Collection[int] | None:
        """Of a filter: the values that have no view of their own."""
        own = {self._axes[0].ref} if table is Table.FIRST else {self._axes[-1].ref}
        if not self._by_both and question.ref not in own:
            return None
        views = {value for value, _ in self._filters[question.ref].groups}
        return [place for place, (value, _) in enumerate(question.cells) if value not in views]

    def _cube(self, question: Question) -> Cube:
        columns = self._columns[question.ref]
        counts, bases = [], []
        for _, first in self._firsts:
            groups = [first & second for _, second in self._seconds]
            counts.append(
                tuple(
                    tuple(sum((group & question.members[each]).bit_count() for each in column) for column in columns)
                    for group in groups
                )
            )
            bases.append(tuple((group & question.answered).bit_count() for group in groups))
        return Cube(question.shape, tuple(counts), tuple(bases))

    # -- rows

    def _row(self, question: Question, group: Group, members: int) -> SafeQuestion:
        tables = self._tables[question.ref]
        if table_of(group) not in tables.plan:
            whole = self._safe[question.ref]
            return nothing_of(question, Status.SUPPRESSED if whole.is_shown else whole.status)
        base = (members & question.answered).bit_count()
        if base < self._policy.least_respondents:
            return nothing_of(question, Status.TOO_FEW)
        columns = self._columns[question.ref]
        hidden = {each for at, column in enumerate(columns) if Cell(group, at) in tables.hidden for each in column}
        counts = tuple((members & each).bit_count() for each in question.members)
        together = [place for place, cell in enumerate(self._safe[question.ref].cells) if cell.count is None]
        if any(counts[place] for place in together):  # else the shown cells say that nobody is in them
            hidden.update(together)
        return safe_question(question, base, counts, hidden, self._policy)


def _columns(safe: SafeQuestion) -> list[list[int]]:
    """Places of the cells that a column is made of: one each, and last those that are hidden from everybody."""
    columns = [[place] for place, cell in enumerate(safe.cells) if cell.count is not None]
    hidden = [place for place, cell in enumerate(safe.cells) if cell.count is None]
    return [*columns, hidden] if hidden else columns
