"""An attacker with a solver, who knows all rules and all that was shown, learns no suppressed cell within k.

`tests/attacks`: the towns (`towns.py`), what the attacker knows of them (`results.py`), exact bounds (`solver.py`).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from itertools import permutations

import pytest
from attacks.results import attack, publish
from attacks.towns import Asked, Person, Town, build_town, tally_of
from conftest import FIGURE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from privacy.disclosure import DESK, PUBLIC, Policy, SafeQuestion, Shape, safe_question, safe_tally
from privacy.views import Release, release

CASES = 60
LONG_CASES = 1000
LONG_PARTS = 10
QUESTIONS = 50


def leaks_of(first: int, number: int) -> list[str]:
    found = []
    for seed in range(first, first + number):
        town = build_town(random.Random(seed))
        found += [f"town {seed}: {leak}" for leak in attack(town, publish(town))]
    return found


def test_no_suppressed_cell_is_known_within_k() -> None:
    assert leaks_of(0, CASES) == []


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("part", range(LONG_PARTS))
def test_no_suppressed_cell_is_known_within_k_in_ten_thousand_towns(
    part: int, record_property: Callable[[str, object], None]
) -> None:
    first = 100_000 + part * LONG_CASES
    leaks = leaks_of(first, LONG_CASES)
    record_property(FIGURE, f"towns {first} to {first + LONG_CASES - 1}: {len(leaks)} cells known within k")
    assert leaks == []


@st.composite
def two_way_tables(draw: st.DrawFn) -> Town:
    """One filter, one question, any counts; from the first step to the next, any more."""
    groups, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    asked = (Asked("/f0", Shape.ONE_OF, tuple("abcd"[:groups])), Asked("/q0", Shape.ONE_OF, tuple("abcd"[:columns])))
    people: tuple[Person, ...] = ()
    steps = []
    for _ in range(draw(st.integers(1, 2))):
        for group in asked[0].choices:
            for column in asked[1].choices:
                person = {"/f0": frozenset(group), "/q0": frozenset(column)}
                people += (person,) * draw(st.one_of(st.integers(0, 8), st.integers(0, 60)))
        steps.append(people)
    return Town(
        asked, ("/f0",), tuple(steps), draw(st.sampled_from([DESK, PUBLIC]) if len(steps) == 1 else st.just(DESK))
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(two_way_tables())
def test_no_suppressed_cell_of_a_two_way_table_is_known_within_k(town: Town) -> None:
    assert attack(town, publish(town)) == []


# -- the attack is worth something, and so is what is shown


def small_cells_hidden_only(town: Town) -> Release:
    """What a program would show that knows of k and of nothing else."""
    people = town.steps[-1]
    tally = tally_of(town, people)
    rows: list[SafeQuestion] = []
    for question in tally.questions:
        counts = tuple(count for _, count in question.cells)
        hidden = {place for place, count in enumerate(counts) if 0 < count < town.policy.least_cell}
        rows.append(safe_question(question, question.base, counts, hidden, town.policy))
    return Release(safe_tally(len(people), tuple(rows), town.policy), {})


def town_of(*counts: int, policy: Policy = DESK) -> Town:
    choices = tuple("abcdef"[: len(counts)])
    people = [{"/q": frozenset(choice)} for choice, count in zip(choices, counts, strict=True) for _ in range(count)]
    return Town((Asked("/q", Shape.ONE_OF, choices),), (), (tuple(people),), policy)


def test_the_attacker_breaks_plain_suppression() -> None:
    town = town_of(20, 10, 3)
    (leak,) = attack(town, [small_cells_hidden_only(town)])
    assert (leak.smallest, leak.largest) == (3, 3)


def test_the_attacker_breaks_views_that_are_hidden_row_by_row() -> None:
    """Each row safe alone: the other district's number follows from everybody's."""
    people = [
        {"/f": frozenset(f), "/q": frozenset(q)} for f, q in [*["ax"] * 20, *["ay"] * 12, *["bx"] * 9, *["by"] * 3]
    ]
    form = (Asked("/f", Shape.ONE_OF, ("a", "b")), Asked("/q", Shape.ONE_OF, ("x", "y")))
    town = Town(form, ("/f",), (tuple(people),), DESK)
    (made,) = publish(town)
    question = tally_of(town, town.steps[0]).questions[1]
    rows = {
        "a": safe_question(question, 32, (20, 12), (), DESK),
        "b": safe_question(question, 12, (9, 3), (0, 1), DESK),
    }
    views = {(("/f", group),): safe_tally(row.base or 0, (row,), DESK) for group, row in rows.items()}
    assert {(leak.smallest, leak.largest) for leak in attack(town, [Release(made.everybody, views)])} == {
        (9, 9),
        (3, 3),
    }
    assert attack(town, [made]) == []


def plain_town(people: int, rng: random.Random) -> Town:
    form = (
        Asked("/f", Shape.ONE_OF, tuple("abcd")),
        Asked("/g", Shape.ONE_OF, tuple("abc")),
        Asked("/q", Shape.ONE_OF, tuple("abcde")),
    )
    weights = (4, 3, 2, 2, 1)
    everybody = tuple(
        {asked.ref: frozenset(rng.choices(asked.choices, weights[: len(asked.choices)])) for asked in form}
        for _ in range(people)
    )
    return Town(form, ("/f", "/g"), (everybody,), DESK)


@pytest.mark.parametrize(
    ("people", "by_one", "by_both"),
    [(200, 0.5, 0.0), (400, 0.8, 0.0), (1000, 1.0, 0.4), (3000, 1.0, 0.9)],
)
def test_large_surveys_show_most_of_their_cells(people: int, by_one: float, by_both: float) -> None:
    """What shows nothing is safe too. Shares of the cells of all views by one filter and by both."""
    cells_of_question, rng = 5, random.Random(7)
    shown: Counter[int] = Counter()
    for _ in range(10):
        for view, safe in publish(plain_town(people, rng))[-1].views.items():
            shown[len(view)] += sum(cell.count is not None for row in safe.questions for cell in row.cells)
    assert shown[1] >= by_one * 10 * (4 + 3) * cells_of_question
    assert shown[2] >= by_both * 10 * (4 * 3) * cells_of_question


# -- one moderator after the other


def test_no_view_is_another_one_and_a_few_people() -> None:
    """View A, A and B, A without B, and everything else that two views leave of each other."""
    for seed in range(300):
        town = build_town(random.Random(seed))
        made, people = publish(town)[-1], town.steps[-1]
        shown = [members(made, people, view) for view in made.views] + [frozenset(range(len(people)))]
        for one, two in permutations(shown, 2):
            if one < two:
                assert len(two - one) >= town.policy.least_cell
            elif town.filters and len({len(view) for view in made.views}) > 1:
                assert not 0 < len(one & two) < town.policy.least_cell


def test_no_number_less_another_is_a_small_one() -> None:
    """Subtract every shown cell of a view from the same cell of every larger one."""
    for seed in range(300):
        town = build_town(random.Random(seed))
        made = publish(town)[-1]
        if town.policy.round_to > 1:
            continue
        for view, safe in made.views.items():
            larger = [made.everybody, *(made.views[condition,] for condition in view if len(view) > 1)]
            for whole in larger:
                for small, large in cells_of_both(safe, whole):
                    assert large == small or large - small >= town.policy.least_cell


def cells_of_both(one: object, two: object) -> list[tuple[int, int]]:
    found = []
    rows = {row.ref: row for row in two.questions if not row.kept}  # type: ignore[attr-defined]
    for row in one.questions:  # type: ignore[attr-defined]
        other = {cell.value: cell.count for cell in rows[row.ref].cells} if row.ref in rows else {}
        for cell in row.cells:
            whole = other.get(cell.value)
            if cell.count is not None and whole is not None:
                found.append((cell.count, whole))
    return found


def members(made: Release, people: tuple[Person, ...], view: tuple[tuple[str, str], ...]) -> frozenset[int]:
    def fits(person: Person, ref: str, value: str) -> bool:
        given_ = next(iter(person.get(ref, ())), "")
        return given_ == value if value != "*" else given_ not in made.values(ref)

    return frozenset(bit for bit, person in enumerate(people) if all(fits(person, *condition) for condition in view))


# -- size


@pytest.mark.timeout(60)  # seconds; work that explodes with the number of questions would hang
def test_fifty_questions_are_made_safe_at_once() -> None:
    rng = random.Random(3)
    form = tuple(Asked(f"/q{number}", Shape.ONE_OF, tuple("abcdefgh"[: 2 + number % 7])) for number in range(QUESTIONS))
    people = tuple({asked.ref: frozenset(rng.choices(asked.choices)) for asked in form} for _ in range(200))
    tally = tally_of(Town(form, (), (people,), DESK), people)
    assert len(release(tally).everybody.questions) == QUESTIONS
