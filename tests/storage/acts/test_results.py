"""Results step forward; filters open at the close, on the answers of the last step; each refusal says why."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from made_tables import with_tables

from bot.config import load
from bot.home import Home, opened
from bot.screen import refusal
from dialogs.effects import Submit, Value
from dialogs.forms.model import Form, compile_form
from dialogs.forms.xlsform import to_xform
from dialogs.i18n import Voice
from dialogs.messages import Language
from dialogs.world import Filter, Survey
from privacy.disclosure import DESK, SafeQuestion
from privacy.views import THE_REST, Refusal, Release
from storage.acts.errors import ActError
from storage.acts.filtering import read_conditions, read_filters
from storage.acts.results import Opened, Refused, View, current_view, make_release
from storage.places import Districts, read_districts
from storage.records import FormVersion, RawCounts, Submission, Token

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)
SOURCE = """
| survey |
| | type | name | label | relevant |
| | select_one d | district | Where do you live? | |
| | integer | age | How old are you? | |
| | select_one yn | used | Have you used it? | |
| | select_multiple yn | several | Both? | |
| | geopoint | where | Where? | |
| | text | why | Why not? | ${used} = 'no' |
| choices |
| | list_name | name | label |
| | d | north | North |
| | d | south | South |
| | d | harbour | Harbour |
| | yn | yes | Yes |
| | yn | no | No |
"""


@pytest.fixture(scope="module")
def form() -> Form:
    return compile_form(to_xform("bus.md", SOURCE.encode(), {}).xform)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with opened(load(environ={"ZURUF_STATE_DIR": str(with_tables(tmp_path / "state"))})) as house:
        yield house


async def published(home: Home, form: Form, *filters: Filter) -> Survey:
    survey = Survey("bus", form.hash, {"": "Bus"}, filters=filters)
    await home.surveys.publish(survey, FormVersion(form.hash, b"x", {}, "bus.md", b""))
    return survey


async def answer(home: Home, form: Form, number: int, district: str, age: int, used: str) -> None:
    for _ in range(number):
        id_ = os.urandom(16)
        given = {"/data/district": district, "/data/age": str(age), "/data/used": used}
        values = tuple(Value(ref, text, sealed=False) for ref, text in given.items())
        submit = Submit("bus", form.hash, id_, "de", values)
        await home.responses.submit(Submission(submit, Token(os.urandom(16)), TODAY, "web"))


DISTRICT = Filter("/data/district")
AGE = Filter("/data/age", (30.0, 60.0))


async def town(home: Home, form: Form) -> None:
    for district, age, used in itertools.product(("north", "south"), (20, 45, 70), ("yes", "no")):
        await answer(home, form, 12, district, age, used)
    await answer(home, form, 3, "harbour", 45, "no")


async def closed_town(home: Home, form: Form, *filters: Filter) -> Survey:
    survey = await published(home, form, *filters)
    await town(home, form)
    await home.surveys.close_survey("bus", TODAY)
    return replace(survey, closed=True)


def words() -> Voice:
    return Voice(Language("en"), TODAY)


async def test_a_filtered_view_shows_the_people_of_one_group(home: Home, form: Form) -> None:
    survey = await closed_town(home, form, DISTRICT, AGE)
    view = await current_view(home, survey, form, NOW, [("/data/district", "south")])
    assert isinstance(view, View)
    assert view.safe is not None
    assert view.safe.respondents == 72
    used = next(row for row in view.safe.questions if row.ref == "/data/used")
    assert [cell.count for cell in used.cells] == [36, 36]


def squares(*borders: float) -> Districts:
    """Districts one above the other between these latitudes."""
    features = [
        {
            "properties": {"name": f"D{at}"},
            "geometry": {"type": "Polygon", "coordinates": [[[8, low], [9, low], [9, high], [8, high]]]},
        }
        for at, (low, high) in enumerate(itertools.pairwise(borders))
    ]
    return read_districts(json.dumps({"features": features}))


def test_a_map_follows_the_districts_until_people_were_shown_by_others(form: Form) -> None:
    answers = [os.urandom(16) for _ in range(60)]
    spots = {each: f"{50.05 if at < 30 else 50.15} 8.5" for at, each in enumerate(answers)}
    everybody = (1 << 60) - 1
    counts = RawCounts(
        "bus",
        60,
        answered={"/data/where": 60},
        people=60,
        answering={"/data/where": everybody},
        places={each: at for at, each in enumerate(answers)},
    )
    opened, survey = Opened({}, {"/data/where": spots}), Survey("bus", form.hash, {"": "Bus"})

    def made(past: Release | None, districts: Districts) -> Release:
        again = make_release(survey, form, counts, past, DESK, opened, districts)
        return Release.from_json(json.loads(json.dumps(again.as_json())))

    def where(release: Release) -> SafeQuestion:
        return next(row for row in release.everybody.questions if row.ref == "/data/where")

    first, moved = squares(50.0, 50.1, 50.2), squares(50.0, 50.12, 50.2)
    one = made(None, first)
    assert [(cell.value, cell.count) for cell in where(one).cells] == [("D0", 30), ("D1", 30), ("*", 0)]
    assert (made(one, first).drawn, where(made(one, first)).kept) == ({"/data/where": first.mark}, False)
    other = made(one, moved)
    assert (where(other).kept, other.drawn) == (True, {"/data/where": first.mark}), "two borders would tell a strip"
    assert made(None, moved).drawn == {"/data/where": moved.mark}


async def test_two_filters_are_taken_together_in_any_order(home: Home, form: Form) -> None:
    survey = await closed_town(home, form, DISTRICT, AGE)
    both = [("/data/age", "30..60"), ("/data/district", "south")]
    one, two = (
        await current_view(home, survey, form, NOW, both),
        await current_view(home, survey, form, NOW, both[::-1]),
    )
    assert isinstance(one, View)
    assert isinstance(two, View)
    assert one.safe is not None
    assert two.safe is not None
    assert one.safe.as_json() == two.safe.as_json()
    assert one.safe.respondents == 24


async def test_filters_are_shut_while_answers_come_in(home: Home, form: Form) -> None:
    survey = await published(home, form, DISTRICT)
    await town(home, form)
    everybody = await current_view(home, survey, form, NOW)
    assert isinstance(everybody, View)
    refused = await current_view(home, survey, form, NOW, [("/data/district", "south")])
    assert isinstance(refused, Refused)
    assert refused.why is Refusal.OPEN


async def test_filtered_views_are_of_the_same_answers_as_the_last_view(home: Home, form: Form) -> None:
    survey = await published(home, form, DISTRICT)
    await town(home, form)
    await current_view(home, survey, form, NOW)
    await answer(home, form, 3, "south", 20, "yes")
    await home.surveys.close_survey("bus", TODAY)
    closed = replace(survey, closed=True)
    for later in (timedelta(0), timedelta(days=3)):
        view = await current_view(home, closed, form, NOW + later, [("/data/district", "south")])
        assert isinstance(view, View)
        assert view.safe is not None
        assert view.safe.respondents == 72


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ([("/data/used", "yes")], Refusal.NOT_DECLARED),
        ([("/data/district", "south"), ("/data/district", "south")], Refusal.TWICE),
        ([("/data/district", "moon")], Refusal.NO_SUCH_VALUE),
        ([("/data/district", "harbour")], Refusal.SMALL),
    ],
)
async def test_a_view_that_is_not_shown_says_why(
    home: Home, form: Form, wanted: list[tuple[str, str]], why: Refusal
) -> None:
    survey = await closed_town(home, form, DISTRICT)
    refused = await current_view(home, survey, form, NOW, wanted)
    assert isinstance(refused, Refused)
    assert refused.why is why
    assert len(refusal(survey, form, refused, words())) > 20


async def test_a_small_group_is_put_with_others_until_they_are_ten(home: Home, form: Form) -> None:
    survey = await closed_town(home, form, DISTRICT)
    view = await current_view(home, survey, form, NOW, [("/data/district", THE_REST)])
    assert isinstance(view, View)
    assert view.safe is not None
    assert (view.safe.respondents or 0) >= 10


async def test_the_views_are_kept_as_they_were_shown(home: Home, form: Form) -> None:
    survey = await closed_town(home, form, DISTRICT)
    shown = await current_view(home, survey, form, NOW, [("/data/district", "south")])
    kept = await home.snapshots.last("bus")
    assert kept is not None
    assert json.loads(kept.tally)["views"]
    again = await current_view(home, survey, form, NOW + timedelta(days=1), [("/data/district", "south")])
    assert isinstance(shown, View)
    assert isinstance(again, View)
    assert shown.safe is not None
    assert again.safe is not None
    assert again.safe.as_json() == shown.safe.as_json()


# -- as staff type them


def test_filters_are_named_by_the_last_part_of_their_ref(form: Form) -> None:
    assert read_filters(["district", "/data/age:30:60"], form, words()) == (DISTRICT, AGE)
    assert read_conditions(["age=<30"], form, words()) == [("/data/age", "<30")]


@pytest.mark.parametrize(
    "typed",
    [["why"], ["several"], ["age"], ["age:30"], ["age:30:35"], ["age:x:y"], ["moon"], ["district:1:20"],
     ["district", "used", "age:30:60"], ["district", "district"]],
)  # fmt: skip
def test_what_singles_people_out_is_no_filter(form: Form, typed: list[str]) -> None:
    with pytest.raises(ActError):
        read_filters(typed, form, words())
