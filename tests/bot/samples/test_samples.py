"""The sample survey: one source, three languages, no remark of our own check."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest

from bot.samples import DISTRICTS, SAMPLE_SOURCE, SAMPLE_SURVEY
from dialogs.forms.check import check
from dialogs.forms.container import Kind
from dialogs.forms.questionnaire import Questionnaire, questionnaire
from dialogs.forms.questions import QuestionType
from dialogs.forms.reading_ease import reading
from dialogs.forms.spreadsheet import read
from dialogs.forms.xlsform import to_xform

EASY = "Leichte Sprache (de-simple)"
LANGUAGES = ("Deutsch (de)", "English (en)", EASY)


@pytest.fixture(scope="module")
def survey() -> Questionnaire:
    return questionnaire(read(Kind.MARKDOWN, SAMPLE_SOURCE.read_bytes()))


def easy_texts(survey: Questionnaire) -> list[str]:
    written = [text for item in survey.items for (_, language), text in item.texts.items() if language == EASY]
    labels = [choice.labels[EASY] for choices in survey.choices.values() for choice in choices]
    return [*written, *labels, survey.settings[f"purpose::{EASY}"]]


def test_the_workbook_holds_what_its_source_says() -> None:
    source = read(Kind.MARKDOWN, SAMPLE_SOURCE.read_bytes())
    workbook = read(Kind.XLSX, SAMPLE_SURVEY.read_bytes())
    assert workbook.names == source.names
    for name, sheet in source.sheets.items():
        other = workbook.sheets[name]
        assert other.headers == sheet.headers
        assert [row.cells for row in other.rows] == [row.cells for row in sheet.rows], "run: python -m bot.samples"
    one, other_form = (
        to_xform("rufbus.md", SAMPLE_SOURCE.read_bytes()),
        to_xform("rufbus.xlsx", SAMPLE_SURVEY.read_bytes()),
    )
    assert one.xform == other_form.xform


def test_our_own_check_has_no_remark() -> None:
    report = check(SAMPLE_SURVEY.name, SAMPLE_SURVEY.read_bytes())
    assert [found.english() for found in report.findings] == []


def test_it_asks_eight_questions_in_three_minutes() -> None:
    summary = check(SAMPLE_SURVEY.name, SAMPLE_SURVEY.read_bytes()).summary
    assert summary is not None
    assert summary.languages == LANGUAGES
    assert (summary.longest_path, summary.minutes) == (8, 3)
    assert set(summary.purpose) == set(LANGUAGES)


def test_every_question_answers_why_in_every_language(survey: Questionnaire) -> None:
    for item in survey.asked():
        for language in LANGUAGES:
            assert item.texts.get(("hint", language)), (item.name, language)
            assert ("constraint" in item.cells) == (("constraint_message", language) in item.texts), item.name


def test_easy_texts_have_short_sentences_one_a_line_and_no_genitive(survey: Questionnaire) -> None:
    for text in easy_texts(survey):
        for line in text.split("\n"):
            figures = reading(line, "de")
            assert figures is None or figures.longest_sentence <= 10, line
            assert len(re.findall(r"(?<![0-9])[.?!](?=\s|$)", line)) <= 1, f"one thought a line: {line}"
        assert not re.search(r"\b(des|eines|dessen|deren|wegen|trotz)\b", text), text
        assert not re.search(r"\b(würde|hätte|könnte|sollte|wurde|worden)\w*\b", text), text


def test_the_exclusive_choice_exists(survey: Questionnaire) -> None:
    (reasons,) = [item for item in survey.asked() if item.name == "reasons"]
    assert reasons.type is QuestionType.SELECT_MULTIPLE
    assert "'nothing'" in reasons.cells["constraint"]
    assert "nothing" in {choice.name for choice in survey.choices["reasons"]}


def test_the_districts_are_closed_rings_that_share_their_borders() -> None:
    districts = json.loads(DISTRICTS.read_text("utf-8"))["features"]
    assert len(districts) == 8
    assert len({district["properties"]["name"] for district in districts}) == 8
    borders: dict[frozenset[tuple[float, float]], int] = {}
    for district in districts:
        (ring,) = district["geometry"]["coordinates"]
        assert ring[0] == ring[-1]
        assert all(9.0 < longitude < 9.2 and 51.2 < latitude < 51.4 for longitude, latitude in ring)
        area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
        assert area > 0, "the outer ring of GeoJSON runs counter-clockwise"
        for a, b in pairwise(ring):
            border = frozenset({tuple(a), tuple(b)})
            borders[border] = borders.get(border, 0) + 1
    assert set(borders.values()) == {1, 2}
    assert sum(count == 2 for count in borders.values()) > 40
