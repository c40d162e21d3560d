"""A stored answer as a citizen reads it."""

from __future__ import annotations

from datetime import date

from dialogs.answers import shown
from dialogs.forms.questions import Option, Question, QuestionType
from dialogs.i18n import Voice
from dialogs.messages import Language
from dialogs.world import Place

GERMAN = Voice(Language("de"), date(2026, 11, 22))
ENGLISH = Voice(Language("en"), date(2026, 11, 22))


def asked(kind: QuestionType, value: str, *options: Option) -> Question:
    return Question("/data/q", kind, "Q", options=options, value=value)


def test_a_district_is_called_by_its_name() -> None:
    places = (Place("Altstadt", 51.3157, 9.102),)
    assert shown(asked(QuestionType.GEOPOINT, "51.3157 9.102 0.0 900.0"), GERMAN, places) == "Altstadt"
    assert shown(asked(QuestionType.GEOPOINT, "51.3 9.1 0.0 0.0"), GERMAN, places) == "der Ort 51.3000, 9.1000"


def test_choices_are_shown_by_their_labels() -> None:
    options = (Option("a", "Arzt"), Option("b", "Bus"))
    assert shown(asked(QuestionType.SELECT_MULTIPLE, "b a", *options), GERMAN) == "Bus, Arzt"


def test_days_and_numbers_are_written_as_people_of_the_language_do() -> None:
    assert shown(asked(QuestionType.DATE, "2024-05-03"), GERMAN) == "3. Mai 2024"
    assert shown(asked(QuestionType.DATE, "2024-05-03"), ENGLISH) == "3 May 2024"
    assert shown(asked(QuestionType.DECIMAL, "1.5"), GERMAN) == "1,5"


def test_no_answer_is_no_words() -> None:
    assert shown(asked(QuestionType.TEXT, ""), GERMAN) == ""
