"""From raw counts to what may be shown: `Tally -> SafeTally`, the only type in which results leave the house.

A cell under five, or one that could be worked out from its neighbours and the total, is not shown; a question or a
survey with fewer than ten people says so and nothing else. A view stands until at least ten more answers and an hour
have come. The rules are data (`Policy`): the public's are a second row of the same table. Not here: counting (storage),
words (templates).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

_MADE_HERE: Final = object()


@dataclass(frozen=True, slots=True)
class Policy:
    """The limits of one audience."""

    least_respondents: int
    """Fewer people than this and nothing is shown, for the survey and for each question."""
    least_cell: int
    """Smaller cells are suppressed (k); what is suppressed together adds up to at least this much."""
    small_row: int
    """In a question answered by fewer people than this, an empty cell counts as small."""
    round_to: int = 1


DESK: Final = Policy(least_respondents=10, least_cell=5, small_row=20)
PUBLIC: Final = Policy(least_respondents=20, least_cell=10, small_row=40, round_to=5)

NEW_ANSWERS: Final = 10
"""New answers before a new view is made."""

VIEW_LASTS: Final = timedelta(hours=1)


class Shape(StrEnum):
    """How the cells of a question add up."""

    ONE_OF = "one_of"
    """Each person is in one cell: the cells add up to the base."""
    ANY_OF = "any_of"
    """A person may be in several cells (select_multiple, repeats)."""


class Status(StrEnum):
    """Why a number is shown or not."""

    SHOWN = "shown"
    SUPPRESSED = "suppressed"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Question:
    """Unsafe: the counts of one question, its cells in the form's order, empty ones with 0."""

    ref: str
    shape: Shape
    base: int
    """People who answered it."""
    cells: tuple[tuple[str, int], ...]
    """(canonical value, people)."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Unsafe: the counts of one survey at one moment."""

    respondents: int
    questions: tuple[Question, ...]


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
            raise TypeError("a SafeTally is made by privacy.disclosure.disclose and by nobody else")
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
            )
            for question in kept["questions"]
        )
        return cls(Status(kept["status"]), kept["respondents"], kept["least"], questions, _MADE_HERE)


def disclose(tally: Tally, policy: Policy = DESK) -> SafeTally:
    """What of a tally may be shown to the audience of `policy`."""
    if tally.respondents < policy.least_respondents:
        return SafeTally(Status.TOO_FEW, None, policy.least_respondents, (), _MADE_HERE)
    shown = _rounded(tally.respondents, policy)
    questions = tuple(_question(question, policy) for question in tally.questions)
    return SafeTally(Status.SHOWN, shown, policy.least_respondents, questions, _MADE_HERE)


def _question(question: Question, policy: Policy) -> SafeQuestion:
    if question.base < policy.least_respondents:
        return SafeQuestion(question.ref, question.shape, Status.TOO_FEW, None, ())
    counts = [count for _, count in question.cells]
    hidden = _small(counts, question.base, policy)
    if question.shape is Shape.ONE_OF:
        hidden = _with_complement(counts, hidden, policy)
    base = _rounded(question.base, policy)
    cells = tuple(
        _cell(value, None if place in hidden else _rounded(count, policy), base)
        for place, (value, count) in enumerate(question.cells)
    )
    return SafeQuestion(question.ref, question.shape, Status.SHOWN, base, cells)


def _small(counts: Sequence[int], base: int, policy: Policy) -> frozenset[int]:
    """Primary suppression. An empty cell of a large row is no secret: nobody is in it."""
    zero_is_small = base < policy.small_row
    return frozenset(
        place for place, count in enumerate(counts) if 0 < count < policy.least_cell or (count == 0 and zero_is_small)
    )


def _with_complement(counts: Sequence[int], hidden: frozenset[int], policy: Policy) -> frozenset[int]:
    """Hide the next smallest cells, until what is hidden cannot be worked out from the total.

    The hidden cells' sum is known (base less the shown ones), so each lies between 0 and that sum: at least two cells,
    and a sum of at least `least_cell`.
    """
    if not hidden:
        return hidden
    rest = sorted((place for place in range(len(counts)) if place not in hidden), key=lambda place: counts[place])
    taken = list(hidden)
    for place in rest:
        if len(taken) > 1 and sum(counts[each] for each in taken) >= policy.least_cell:
            break
        taken.append(place)
    return frozenset(taken)


def _cell(value: str, count: int | None, base: int) -> SafeCell:
    if count is None:
        return SafeCell(value, Status.SUPPRESSED, None, None)
    return SafeCell(value, Status.SHOWN, count, round(100 * count / base))


def _rounded(count: int, policy: Policy) -> int:
    return policy.round_to * round(count / policy.round_to)


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
