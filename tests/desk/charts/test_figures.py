"""Charts of results: they say what the table says, claim no more than the numbers bear, and no words run together."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.charts.bars import side_of
from desk.charts.columns import Label, fitting
from desk.charts.figures import Drawer, Figure
from desk.charts.outlines import _touch
from desk.charts.paper import NARROWEST, lines, width
from dialogs import districts
from dialogs.forms.model import Form, compile_form
from dialogs.forms.xlsform import to_xform
from dialogs.i18n import Voice
from dialogs.messages import Language
from privacy.disclosure import DESK, PUBLIC, Policy, Question, Tally, disclose
from privacy.suppression import Shape
from privacy.vocabulary import common_words
from storage.acts.places import cells_of, grid_outline
from storage.places import Districts

SVG = "{http://www.w3.org/2000/svg}"
SOURCE = """
| survey |
| | type | name | label | appearance |
| | select_one yn | used | Have you <used> it? | |
| | select_multiple yn | several | Which ones? | |
| | select_one scale | view | It is on time. | likert |
| | integer | age | How old are you? | |
| | date | day | When? | |
| | geopoint | spot | Where? | |
| | text | why | Why? | |
| choices |
| | list_name | name | label |
| | yn | yes | Yes, "often" & more |
| | yn | no | No |
| | yn | other | Something else altogether that takes very many words to say and does not fit on one line |
| | scale | 1 | not at all |
| | scale | 2 | rather not |
| | scale | 3 | partly |
| | scale | 4 | rather |
| | scale | 5 | fully |
"""
SQUARES = b"""{"features": [
 {"properties": {"name": "North"}, "geometry": {"type": "Polygon",
  "coordinates": [[[8.0, 50.1], [8.2, 50.1], [8.2, 50.2], [8.0, 50.2], [8.0, 50.1]]]}},
 {"properties": {"name": "South"}, "geometry": {"type": "Polygon",
  "coordinates": [[[8.0, 50.0], [8.2, 50.0], [8.2, 50.1], [8.0, 50.1], [8.0, 50.0]]]}}]}"""
DRAWN = Districts(SQUARES, (), districts.read(SQUARES), "north and south")
ENGLISH = Voice(Language("en"), date(2026, 11, 28))
GERMAN = Voice(Language("de"), date(2026, 11, 28))


@cache
def the_form() -> Form:
    return compile_form(to_xform("bus.md", SOURCE.encode(), {}).xform)


@pytest.fixture(scope="module")
def form() -> Form:
    return the_form()


def drawn(form: Form, question: Question, policy: Policy = DESK, voice: Voice = ENGLISH, **options) -> Figure:
    safe = disclose(Tally(max(question.base, 40), (question,)), policy)
    return Drawer(form, voice, **options).figures(safe)[0]


def one_of(ref: str, *cells: tuple[str, int]) -> Question:
    return Question(f"/data/{ref}", Shape.ONE_OF, sum(count for _, count in cells), cells)


counts = st.lists(st.integers(0, 400), min_size=2, max_size=9)


@given(numbers=counts, ref=st.sampled_from(["used", "view", "age", "day", "spot"]), public=st.booleans())
@settings(max_examples=60)
def test_whatever_the_numbers_a_figure_is_drawn_and_read_aloud(numbers: list[int], ref: str, public: bool) -> None:
    values = {
        "used": ["yes", "no", "other"],
        "view": ["1", "2", "3", "4", "5"],
        "age": ["<20", *(f"{low}..{low + 10}" for low in range(20, 80, 10)), ">=80"],
        "day": ["<2026-01", "2026-01", "2026-02", ">=2026-03"],
        "spot": ["North", "South", "*"],
    }[ref]
    question = one_of(ref, *zip(values, numbers, strict=False))
    figure = drawn(the_form(), question, PUBLIC if public else DESK, districts=DRAWN)
    assert figure.sentence
    if figure.chart:
        root = ElementTree.fromstring(figure.chart)
        assert root.get("role") == "img"
        assert root.get("aria-label") == figure.sentence
        assert len(figure.rows) == len(question.cells)
        assert_nothing_overlaps(root)
        drawn_texts = " ".join(text.text or "" for text in root.iter(f"{SVG}text"))
        if ref in ("used", "view"):
            for row in figure.rows:
                assert row[0].split()[0] in drawn_texts


def assert_nothing_overlaps(root: ElementTree.Element) -> None:
    """On the narrowest page every text is in it and apart from every other, as wide as words can be."""
    boxes = []
    in_units = root.get("viewBox") is not None
    for text in root.iter(f"{SVG}text"):
        said = text.text or ""
        if in_units:
            wide, tall = width(said) * 46, 46.0
            x, y = float(text.get("x", "")), float(text.get("y", ""))
        else:
            wide, tall = width(said), 1.1
            at, y = text.get("x", "0"), float(text.get("y", "").removesuffix("em"))
            x = float(at.removesuffix("%")) / 100 * NARROWEST if at.endswith("%") else float(at)
        left = x - {"middle": wide / 2, "end": wide}.get(text.get("text-anchor", ""), 0.0)
        boxes.append((left, y - tall * 0.8, left + wide, y + tall * 0.2))
        assert left >= -0.01
        assert left + wide <= (1000 if in_units else NARROWEST) + 0.01
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            assert not _touch(tuple(v + 0.01 if i < 2 else v - 0.01 for i, v in enumerate(one)), other)  # type: ignore[arg-type]


@given(st.text(max_size=200))
def test_lines_are_never_wider_than_the_narrowest_page(words: str) -> None:
    told = lines(words)
    assert all(width(line) <= NARROWEST for line in told)
    assert "".join(told).replace(" ", "") == "".join(words.split())


@given(st.lists(st.tuples(st.floats(0, 100), st.text(max_size=12)), max_size=30))
def test_names_under_a_histogram_are_apart(placed: list[tuple[float, str]]) -> None:
    spans = []
    for label in fitting([Label(middle, said, 0.0) for middle, said in sorted(placed)]):
        wide, x = width(label.words), label.middle / 100 * NARROWEST
        left = x - {"middle": wide / 2, "end": wide, "start": 0.0}[label.anchor]
        spans.append((left, left + wide))
    assert all(after[0] >= before[1] for before, after in pairwise(spans))


def test_bars_stand_for_shares_of_everybody(form: Form) -> None:
    figure = drawn(form, one_of("used", ("yes", 60), ("no", 30), ("other", 10)))
    widths = re.findall(r'width="([0-9.]+)%" height="0.75em" class="bar"', figure.chart)
    assert [float(each) for each in widths] == [60, 30, 10]
    assert figure.rows[0] == ('Yes, "often" & more', "60%", "60")
    assert figure.sentence == 'More than half, 60%, said “Yes, "often" & more”.'


def test_words_of_the_form_cannot_become_markup(form: Form) -> None:
    figure = drawn(form, one_of("used", ("yes", 60), ("no", 30), ("other", 10)))
    assert figure.title == "Have you <used> it?"
    assert "&amp; more" in figure.chart
    assert "<used>" not in figure.chart


def test_german_writes_shares_with_a_space(form: Form) -> None:
    figure = drawn(form, one_of("used", ("yes", 60), ("no", 30), ("other", 10)), voice=GERMAN)
    assert figure.rows[0][1] == "60 %"


def test_a_scale_of_agreement_goes_to_both_sides(form: Form) -> None:
    figure = drawn(form, one_of("view", ("1", 10), ("2", 20), ("3", 10), ("4", 20), ("5", 40)))
    assert figure.sentence == "30% are on the side of “not at all”, 60% on the side of “fully”."
    spans = re.findall(r'<rect x="([0-9.]+)%" y="[^"]+" width="([0-9.]+)%" height="[^"]+" class="(left|right|neither)',
                       figure.chart)  # fmt: skip
    sides = [(float(x), float(x) + float(across), side) for x, across, side in spans]
    assert [side for *_, side in sides] == ["left", "left", "neither", "right", "right"]
    assert all(end == 50 for _, end, side in sides if side == "left")
    assert all(start == 50 for start, _, side in sides if side == "right")


@pytest.mark.parametrize(("most", "sides"), [(4, [-1, -1, 1, 1]), (5, [-1, -1, 0, 1, 1]), (2, [-1, 1])])
def test_the_middle_of_a_scale(most: int, sides: list[int]) -> None:
    assert [side_of(place, most) for place in range(most)] == sides


def test_a_hidden_number_is_said_to_be_hidden_and_why(form: Form) -> None:
    figure = drawn(form, one_of("used", ("yes", 60), ("no", 3), ("other", 7)))
    assert figure.rows[1][1] == "hidden"
    assert "fewer than 5 people" in figure.notes[0]
    assert not {"3", "7"} & {row[2] for row in figure.rows}


def test_a_question_of_few_people_shows_nothing_else(form: Form) -> None:
    safe = disclose(Tally(30, (one_of("used", ("yes", 5), ("no", 4), ("other", 0)),)))
    figure = Drawer(form, ENGLISH).figures(safe)[0]
    assert figure.sentence == "Hidden, because fewer than 10 people answered."
    assert not figure.chart
    assert not figure.rows


def test_no_answer_is_called_the_most_where_hidden_ones_may_be_more(form: Form) -> None:
    numbers = Question("/data/several", Shape.ANY_OF, 40, (("yes", 12), ("no", 37), ("other", 2)))
    figure = drawn(form, numbers)
    assert figure.sentence.startswith("Of the numbers shown")


def test_the_public_is_told_of_rounded_numbers_with_care(form: Form) -> None:
    figure = drawn(form, one_of("used", ("yes", 51), ("no", 48), ("other", 0)), PUBLIC)
    assert "More than half" not in figure.sentence
    assert {row[2] for row in figure.rows} == {"50", "0"}


def test_places_are_counted_by_district_and_the_rest_is_elsewhere(form: Form) -> None:
    outline = districts.read(SQUARES)
    spots = (
        dict.fromkeys(range(20), "50.15 8.1") | dict.fromkeys(range(20, 30), "50.05 8.1") | {30: "1 1", 31: "nonsense"}
    )
    cells = cells_of(spots, (1 << 40) - 1, outline)
    assert {name: members.bit_count() for name, members in cells.items()} == {"North": 20, "South": 10, "*": 10}
    figure = drawn(form, one_of("spot", *((name, members.bit_count()) for name, members in cells.items())),
                   districts=DRAWN)  # fmt: skip
    assert figure.rows[0] == ("North", "50%", "20")
    assert figure.rows[2][0] == "elsewhere"
    assert "North" in figure.chart


def test_numbers_of_earlier_borders_are_not_drawn_on_later_ones(form: Form) -> None:
    spot = one_of("spot", ("North", 20), ("South", 20), ("*", 0))
    figure = drawn(form, spot, districts=replace(DRAWN, mark="moved"), drawn={"/data/spot": DRAWN.mark})
    assert (figure.chart, figure.rows[0]) == ("", ("North", "50%", "20"))
    assert "earlier borders" in figure.notes[-1]
    assert not drawn(form, spot, drawn={"/data/spot": DRAWN.mark}).chart, "no districts any more"
    assert drawn(form, spot, districts=DRAWN, drawn={"/data/spot": DRAWN.mark}).chart


def test_without_districts_a_square_is_named_only_by_ten_people() -> None:
    spots = dict.fromkeys(range(20), "50.15 8.1") | dict.fromkeys(range(20, 29), "50.25 8.1")
    cells = cells_of(spots, (1 << 29) - 1, None)
    assert {name: members.bit_count() for name, members in cells.items()} == {"50.14 8.10": 20, "*": 9}
    outline = grid_outline(cells)
    assert outline is not None
    assert [each.name for each in outline.districts] == ["50.14 8.10"]


def test_words_are_shown_that_five_people_used(form: Form) -> None:
    texts = ["Der Bus kommt zu spät [Name]"] * 8 + ["Die Busse sind voll, voll, voll"] * 4 + ["bus bus bus"] * 3
    common = common_words(texts)
    assert common.counts == (("Bus", 11), ("kommt", 8), ("spät", 8))
    safe = disclose(Tally(15, (Question("/data/why", Shape.ONE_OF, 15, ()),)))
    figure = Drawer(form, ENGLISH).figures(safe, {"/data/why": common})[0]
    assert figure.sentence == "The word used by most is “Bus”: 11 of 15 texts."
    assert figure.rows[0] == ("Bus", "73%", "11")
    assert "at least 5 people" in figure.notes[0]


def test_few_texts_show_no_words() -> None:
    assert common_words(["Bus zu spät"] * 9).counts == ()


@pytest.mark.parametrize("name", ["bars", "scale", "histogram", "map"])
def test_drawings_look_as_they_did(form: Form, name: str, update_goldens: bool) -> None:
    question = {
        "bars": one_of("used", ("yes", 60), ("no", 30), ("other", 3)),
        "scale": one_of("view", ("1", 10), ("2", 20), ("3", 10), ("4", 20), ("5", 40)),
        "histogram": one_of("age", ("<20", 12), ("20..30", 30), ("30..40", 41), (">=40", 17)),
        "map": one_of("spot", ("North", 70), ("South", 25), ("*", 5)),
    }[name]
    figure = drawn(form, question, districts=DRAWN)
    golden = Path(__file__).parent / f"{name}.svg"
    told = figure.chart.replace("><", ">\n<") + "\n"
    if update_goldens:
        golden.write_text(told, "utf-8")
    assert told == golden.read_text("utf-8")
