"""What is shown does not tell what is not shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.disclosure import (
    DESK,
    PUBLIC,
    Policy,
    Progress,
    Question,
    SafeTally,
    Shape,
    Shown,
    Status,
    Tally,
    disclose,
    new_view_is_due,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def question(*counts: int, shape: Shape = Shape.ONE_OF, base: int | None = None) -> Question:
    cells = tuple((f"c{place}", count) for place, count in enumerate(counts))
    return Question("/q", shape, sum(counts) if base is None else base, cells)


def shown(*counts: int, shape: Shape = Shape.ONE_OF, base: int | None = None) -> list[int | None]:
    asked = question(*counts, shape=shape, base=base)
    (safe,) = disclose(Tally(max(asked.base, 10), (asked,))).questions
    assert safe.status is Status.PUBLISHED
    return [cell.count for cell in safe.cells]


def test_fewer_than_ten_people_are_not_shown_at_all() -> None:
    safe = disclose(Tally(9, (question(9),)))
    assert (safe.status, safe.respondents, safe.least, safe.questions) == (Status.TOO_FEW, None, 10, ())


def test_a_question_that_fewer_than_ten_answered_shows_not_even_how_many() -> None:
    (safe,) = disclose(Tally(50, (question(6, 3),))).questions
    assert (safe.status, safe.base, safe.cells) == (Status.TOO_FEW, None, ())


def test_large_cells_are_shown_with_whole_percentages() -> None:
    (safe,) = disclose(Tally(30, (question(20, 10),))).questions
    assert safe.base == 30
    assert [(cell.count, cell.percent) for cell in safe.cells] == [(20, 67), (10, 33)]


def test_one_small_cell_takes_the_next_smallest_with_it() -> None:
    assert shown(20, 10, 3) == [20, None, None]


def test_two_small_cells_that_add_up_to_little_take_a_third() -> None:
    assert shown(20, 10, 2, 1) == [20, None, None, None]


def test_two_small_cells_that_hide_each_other_stay_alone() -> None:
    assert shown(20, 10, 4, 4) == [20, 10, None, None]


def test_an_empty_cell_is_shown_in_a_large_row_and_hidden_in_a_small_one() -> None:
    assert shown(25, 15, 0) == [25, 15, 0]
    assert shown(9, 6, 0) == [9, None, None]


def test_cells_that_do_not_add_up_need_no_complement() -> None:
    assert shown(20, 15, 3, shape=Shape.ANY_OF, base=30) == [20, 15, None]


@settings(max_examples=1000)
@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=8),
    st.sampled_from([DESK, Policy(10, 5, 20), Policy(20, 10, 40)]),
)
def test_whoever_subtracts_learns_no_interval_narrower_than_k(counts: list[int], policy: Policy) -> None:
    """The attacker knows base and shown cells: each hidden cell lies between 0 and the rest."""
    asked = question(*counts)
    (safe,) = disclose(Tally(max(asked.base, policy.least_respondents), (asked,)), policy).questions
    if safe.status is Status.TOO_FEW:
        assert asked.base < policy.least_respondents
        return
    hidden = [count for cell, count in zip(safe.cells, counts, strict=True) if cell.count is None]
    assert len(hidden) != 1 or len(counts) == 1
    if hidden:
        rest = asked.base - sum(cell.count or 0 for cell in safe.cells)
        assert rest == sum(hidden) >= policy.least_cell
    visible = [cell.count for cell in safe.cells if cell.count is not None]
    assert all(count == 0 or count >= policy.least_cell for count in visible)


def test_the_public_sees_rounded_numbers() -> None:
    (safe,) = disclose(Tally(101, (question(61, 22, 18),)), PUBLIC).questions
    assert (safe.base, [cell.count for cell in safe.cells]) == (100, [60, 20, 20])


def test_nobody_else_makes_a_safe_tally() -> None:
    with pytest.raises(TypeError):
        SafeTally(Status.PUBLISHED, 3, 10, ())


def test_a_view_that_was_kept_is_read_back() -> None:
    safe = disclose(Tally(30, (question(20, 7, 3),)))
    again = SafeTally.from_json(json.loads(json.dumps(safe.as_json())))
    assert again.as_json() == safe.as_json()
    assert again.questions == safe.questions


@pytest.mark.parametrize(
    ("new", "passed", "due"),
    [(10, 60, True), (9, 600, False), (100, 59, False), (0, 600, False)],
)
def test_a_view_stands_until_ten_new_answers_and_an_hour_have_come(new: int, passed: int, due: bool) -> None:
    last = Shown(NOW - timedelta(minutes=passed), 50)
    assert new_view_is_due(last, Progress(50 + new, closed=False, strict=False), NOW) is due


def test_the_first_view_is_due_at_once_and_in_a_strict_survey_at_close() -> None:
    assert new_view_is_due(None, Progress(3, closed=False, strict=False), NOW)
    assert not new_view_is_due(None, Progress(300, closed=False, strict=True), NOW)
    assert new_view_is_due(None, Progress(300, closed=True, strict=True), NOW)
