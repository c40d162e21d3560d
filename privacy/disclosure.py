"""From raw counts to what may be shown: `Tally -> SafeTally`, the only type in which results leave the house.

A cell under five, or one that could be worked out from its neighbours, from an earlier view or from a question that
only some are asked, is not shown; a question or a survey with fewer than ten people says so and nothing else. A view
stands until at least ten more answers and an hour have come. The rules are data (`Policy`): the public's are a second
row of the same table. Not here: which cells are hidden (`suppression.py`), filters (`views.py`), counting (storage),
words (templates).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from privacy.suppression import Limits, PastRow, Row, Shape, hidden_cells

_MADE_HERE: Final = object()


@dataclass(frozen=True, slots=True)
class Policy:
    """The limits of one audience."""

    least_respondents: int
    """Fewer people than this and nothing is shown, for the survey, for each view and for each question."""
    least_cell: int
    """Smaller cells are suppressed (k); no suppressed cell can be bounded more narrowly."""
    small_row: int
    """In a question answered by fewer people than this, an empty cell counts as small."""
    round_to: int = 1

    @property
    def limits(self) -> Limits:
        return Limits(self.least_cell, self.small_row, self.least_respondents)

    def rounded(self, count: int) -> int:
        return self.round_to * round(count / self.round_to)


DESK: Final = Policy(least_respondents=10, least_cell=5, small_row=20)
PUBLIC: Final = Policy(least_respondents=20, least_cell=10, small_row=40, round_to=5)

NEW_ANSWERS: Final = 10
"""New answers before a new view is made."""

VIEW_LASTS: Final = timedelta(hours=1)


class Status(StrEnum):
    """Why a number is shown or not."""

    PUBLISHED = "published"
    ROUNDED = "rounded"
    SUPPRESSED = "suppressed"
    TOO_FEW = "too_few"
    LINKED = "linked"
    """Who is asked this question depends on a question with suppressed cells: its numbers would tell them."""


@dataclass(frozen=True, slots=True)
class Question:
    """Unsafe: the counts of one question, its cells in the form's order, empty ones with 0."""

    ref: str
    shape: Shape
    base: int
    """People who answered it."""
    cells: tuple[tuple[str, int], ...]
    """(canonical value, people)."""
    members: tuple[int, ...] = ()
    """Who is in each cell: one bit a person, the same bit in every question of a tally."""
    answered: int = 0
    """Who answered it, likewise."""
    depends: tuple[str, ...] = ()
    """Questions whose answers decide whether this one is asked."""
    cascades: bool = False
    """Whether they decide which choices it has."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Unsafe: the counts of one survey at one moment."""

    respondents: int
    questions: tuple[Question, ...]
    people: int = 0
    """Respondents that have a bit in `members`: all but those who are counted only."""


@dataclass(frozen=True, slots=True)
class SafeCell:
    value: str
    status: Status
    count: int | None
    percent: int | None
    """Of the base, as an integer. None where the count is None."""


@dataclass(frozen=True, slots=True)
class SafeQuestion:
    ref: str
    shape: Shape
    status: Status
    base: int | None
    cells: tuple[SafeCell, ...]
    kept: bool = False
    """The row of an earlier view: the newer one beside it would tell a small number."""

    @property
    def is_shown(self) -> bool:
        return self.status in (Status.PUBLISHED, Status.ROUNDED)


class SafeTally:
    """Counts that may be shown. Made by `disclose` only; templates, exports and pictures accept nothing else."""

    __slots__ = ("_least", "_questions", "_respondents", "_status")

    def __init__(
        self,
        status: Status,
        respondents: int | None,
        least: int,
        questions: tuple[SafeQuestion, ...],
        made_by: object = None,
    ) -> None:
        if made_by is not _MADE_HERE:
            raise TypeError("a SafeTally is made by privacy.disclosure and by nobody else")
        self._status = status
        self._respondents = respondents
        self._least = least
        self._questions = questions

    @property
    def status(self) -> Status:
        return self._status

    @property
    def respondents(self) -> int | None:
        """None where there are fewer than `least`."""
        return self._respondents

    @property
    def least(self) -> int:
        """The number of people below which nothing is shown."""
        return self._least

    @property
    def least_cell(self) -> int:
        """The number of people below which a cell is hidden."""
        return next(policy.least_cell for policy in (DESK, PUBLIC) if policy.least_respondents == self._least)

    @property
    def questions(self) -> tuple[SafeQuestion, ...]:
        return self._questions

    def as_json(self) -> dict[str, Any]:
        """Plain values, to be kept as the view that was shown (`from_json` reads them back)."""
        return {
            "status": self._status.value,
            "respondents": self._respondents,
            "least": self._least,
            "questions": [
                {
                    "ref": question.ref,
                    "shape": question.shape.value,
                    "status": question.status.value,
                    "base": question.base,
                    "kept": question.kept,
                    "cells": [[cell.value, cell.status.value, cell.count, cell.percent] for cell in question.cells],
                }
                for question in self._questions
            ],
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> SafeTally:
        """A view that `disclose` made earlier and that was kept. Raises KeyError or ValueError for anything else."""
        questions = tuple(
            SafeQuestion(
                question["ref"],
                Shape(question["shape"]),
                Status(question["status"]),
                question["base"],
                tuple(SafeCell(v, Status(s), count, percent) for v, s, count, percent in question["cells"]),
                question["kept"],
            )
            for question in kept["questions"]
        )
        return cls(Status(kept["status"]), kept["respondents"], kept["least"], questions, _MADE_HERE)


def disclose(tally: Tally, policy: Policy = DESK, past: SafeTally | None = None) -> SafeTally:
    """What of a tally may be shown to the audience of `policy`, to whom `past` was shown before."""
    if tally.respondents < policy.least_respondents:
        return too_few(policy)
    earlier = {question.ref: question for question in past.questions} if past is not None else {}
    shown: dict[str, SafeQuestion] = {}
    by_ref = {question.ref: question for question in tally.questions}
    for question in tally.questions:
        safe = _question(question, by_ref, shown, earlier.get(question.ref), policy)
        shown[question.ref] = safe
    return safe_tally(tally.respondents, tuple(shown.values()), policy)


def too_few(policy: Policy) -> SafeTally:
    """Nothing is shown."""
    return SafeTally(Status.TOO_FEW, None, policy.least_respondents, (), _MADE_HERE)


def safe_tally(respondents: int, questions: tuple[SafeQuestion, ...], policy: Policy) -> SafeTally:
    """For `privacy.views` only, which makes the questions of a filtered view."""
    return SafeTally(Status.PUBLISHED, policy.rounded(respondents), policy.least_respondents, questions, _MADE_HERE)


def _question(
    question: Question,
    by_ref: Mapping[str, Question],
    shown: Mapping[str, SafeQuestion],
    past: SafeQuestion | None,
    policy: Policy,
) -> SafeQuestion:
    """The row as it is now; the earlier one, or none, if the new one would tell a small number."""
    if past is not None and not past.is_shown:
        past = None
    stands = replace(past, kept=True) if past is not None else None
    if any(tells(question, by_ref[ref], _hidden_of(shown[ref])) for ref in question.depends if ref in shown):
        return stands or nothing_of(question, Status.LINKED)  # before the next line: "too few" would tell as well
    if question.base < policy.least_respondents:
        return stands or nothing_of(question, Status.TOO_FEW)
    counts = tuple(count for _, count in question.cells)
    row = Row(question.shape, question.base, counts, _past_row(question, past))
    hidden = hidden_cells(row, policy.limits) if past is None or row.past is not None else None
    if hidden is None:
        return stands or nothing_of(question, Status.SUPPRESSED)
    return safe_question(question, question.base, counts, hidden, policy)


def _past_row(question: Question, past: SafeQuestion | None) -> PastRow | None:
    """The earlier row, cell by cell; None if it had cells that are no more."""
    if past is None or past.base is None:
        return None
    cells = {cell.value: cell.count for cell in past.cells}
    if not cells.keys() <= {value for value, _ in question.cells}:
        return None
    return PastRow(past.base, tuple(cells.get(value, 0) for value, _ in question.cells))


def _hidden_of(safe: SafeQuestion) -> frozenset[int] | None:
    """Places of the hidden cells; None if all are: nothing of the question as it is now is shown."""
    if not safe.is_shown or safe.kept:
        return None
    return frozenset(place for place, cell in enumerate(safe.cells) if cell.count is None)


def tells(question: Question, of: Question, hidden: Collection[int] | None) -> bool:
    """Whether the number of people who answered a question tells hidden cells of the one that decides who is asked.

    It does not if everybody in the hidden cells answered it, or nobody.
    """
    places = range(len(of.cells)) if hidden is None else hidden
    if not places:
        return hidden is None  # a text of which nothing is shown
    if question.cascades or not of.members:
        return True
    inside = [(of.members[place] & question.answered).bit_count() for place in places]
    counts = [of.members[place].bit_count() for place in places]
    return 0 in counts or (inside != counts and any(inside))


def nothing_of(question: Question, why: Status) -> SafeQuestion:
    return SafeQuestion(question.ref, question.shape, why, None, ())


def safe_question(
    question: Question, base: int, counts: tuple[int, ...], hidden: Collection[int], policy: Policy
) -> SafeQuestion:
    """A row with some cells hidden; percentages are of shown numbers only."""
    word = Status.PUBLISHED if policy.round_to == 1 else Status.ROUNDED
    shown_base = policy.rounded(base)
    cells = []
    for place, (value, _) in enumerate(question.cells):
        if place in hidden:
            cells.append(SafeCell(value, Status.SUPPRESSED, None, None))
        else:
            count = policy.rounded(counts[place])
            cells.append(SafeCell(value, word, count, round(100 * count / shown_base)))
    return SafeQuestion(question.ref, question.shape, word, shown_base, tuple(cells))


@dataclass(frozen=True, slots=True)
class Shown:
    """When a view was made, and of how many."""

    at: datetime
    respondents: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a survey stands."""

    respondents: int
    closed: bool
    strict: bool
    """Strict surveys are shown at close only."""


def new_view_is_due(last: Shown | None, progress: Progress, now: datetime) -> bool:
    """Whether results may step forward. Otherwise the last view stands (or none, in a strict survey before close)."""
    if progress.strict and not progress.closed:
        return False
    if last is None:
        return True
    return progress.respondents - last.respondents >= NEW_ANSWERS and now - last.at >= VIEW_LASTS
