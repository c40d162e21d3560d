"""Cells that can be held against each other: bins that stay, bands as declared, questions that depend on others."""

from __future__ import annotations

import pytest

from dialogs.forms.model import Form, compile_form
from dialogs.forms.xlsform import to_xform
from dialogs.world import Filter
from privacy.disclosure import Question, disclose
from storage.members import Members, counted
from storage.records import RawCounts
from storage.tallies import tally

SOURCE = """
| survey |
| | type | name | label | relevant | choice_filter |
| | select_one yn | used | Used? | | |
| | integer | minutes | Minutes? | ${used} = 'yes' | |
| | select_one d | district | District? | | |
| | select_one s | street | Street? | | in=${district} |
| | calculate | rode | | | |
| | date | day | When? | ${used} = 'yes' | |
| choices |
| | list_name | name | label | in |
| | yn | yes | Yes | |
| | yn | no | No | |
| | d | north | North | |
| | d | south | South | |
| | s | a | A street | north |
| | s | b | B street | south |
"""
MINUTES = "/data/minutes"


@pytest.fixture(scope="module")
def form() -> Form:
    source = SOURCE.replace("| | calculate | rode | | | |\n", "")
    return compile_form(to_xform("bus.md", source.encode(), {}).xform)


def counts(*people: dict[str, str]) -> RawCounts:
    found = Members(frozenset())
    for number, person in enumerate(people):
        found.place(bytes([number]))
        for name, value in person.items():
            found.add(bytes([number]), f"/data/{name}", value)
    members, answering = found.members(), found.answering()
    answered = {ref: who.bit_count() for ref, who in answering.items()}
    return RawCounts("bus", found.people, answered, counted(members), people=found.people, members=members,
                     answering=answering)  # fmt: skip


def question(form: Form, raw: RawCounts, ref: str, **options: object) -> Question:
    return next(each for each in tally(form, raw, **options).questions if each.ref == ref)  # type: ignore[arg-type]


def test_each_cell_knows_its_people(form: Form) -> None:
    raw = counts({"used": "yes"}, {"used": "no"}, {}, {"used": "yes"})
    used = question(form, raw, "/data/used")
    assert (used.base, used.cells, used.answered, used.members) == (
        3,
        (("yes", 2), ("no", 1)),
        0b1011,
        (0b1001, 0b0010),
    )
    assert tally(form, raw).people == 4


def test_a_question_depends_on_those_that_decide_whether_it_is_asked(form: Form) -> None:
    raw = counts()
    assert question(form, raw, MINUTES).depends == ("/data/used",)
    assert question(form, raw, "/data/used").depends == ()
    street = question(form, raw, "/data/street")
    assert (street.depends, street.cascades) == (("/data/district",), True)
    assert not question(form, raw, MINUTES).cascades


def test_a_declared_filter_has_its_bands(form: Form) -> None:
    raw = counts(*({"minutes": value} for value in ("0", "29", "30", "59.5", "60", "900")))
    bands = question(form, raw, MINUTES, filters=[Filter(MINUTES, (30, 60))])
    assert bands.cells == (("<30", 2), ("30..60", 2), (">=60", 2))


@pytest.mark.parametrize(("name", "early", "late"), [
    (MINUTES, [str(number) for number in range(10, 40)], [str(number) for number in range(0, 200, 5)]),
    ("/data/day", [f"2026-{month:02d}-11" for month in (3, 4, 5, 6) for _ in range(8)],
     [f"2026-{month:02d}-02" for month in range(1, 13) for _ in range(8)]),
])  # fmt: skip
def test_the_next_view_has_the_bins_of_the_last(form: Form, name: str, early: list[str], late: list[str]) -> None:
    key = name.rpartition("/")[2]
    first = counts(*({"used": "yes", key: value} for value in early))
    past = disclose(tally(form, first))
    second = counts(*({"used": "yes", key: value} for value in early + late))
    names = [value for value, _ in question(form, first, name).cells]
    assert [value for value, _ in question(form, second, name, past=past).cells] == names
    assert [value for value, _ in question(form, second, name).cells] != names
    assert sum(count for _, count in question(form, second, name, past=past).cells) == len(early + late)


def test_names_that_are_no_bins_are_not_taken_for_some(form: Form) -> None:
    """The question was one of choices in an earlier version of the form."""
    raw = counts(*({"used": "yes", "minutes": str(number)} for number in range(30)))
    past = disclose(tally(form, raw))
    kept = past.as_json()
    for row in kept["questions"]:
        for place, cell in enumerate(row["cells"]):
            cell[0] = f"choice{place}"
    again = question(form, raw, MINUTES, past=type(past).from_json(kept))
    assert again.cells == question(form, raw, MINUTES).cells
