"""Several choices at once, and an order of choices."""

from datetime import date

import pytest

from dialogs.forms.questions import Option, Question, QuestionType
from dialogs.reading import Problem, Several, Taken, Unread, read

TODAY = date(2026, 11, 23)
QUARTERS = ("Neustadt", "Altstadt", "Äußere Neustadt")
EUROS = ("bis 500 Euro", "500 bis 1000 Euro", "1000 bis 2000 Euro")
HOURS = ("6 bis 8 Uhr", "8 bis 10 Uhr", "10 bis 12 Uhr")
PURPOSE = ("Arbeit", "Einkaufen", "Arzt", "Freizeit", "Anderes")
PURPOSE_EN = ("Work", "Shopping", "Doctor", "Leisure", "Something else")
COMMAS = ("Bus und Bahn", "Rad, E-Bike", "Auto", "Zu Fuß")
WITH_NONE = ("Rollstuhl", "Kinderwagen", "Nichts davon")
WITH_DONT_KNOW = ("Rot", "Blau", "Weiß nicht")
WEEK = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
NUMBERS = ("10", "20", "30")
RANKED = ("Bus", "Rad", "Auto")
RANKED_EN = ("Bus", "Bike", "Car")


def outcome(kind, labels, text, language, required=False):
    options = tuple(Option(str(n), label) for n, label in enumerate(labels, 1))
    question = Question("/data/q", kind, "?", options=options, required=required)
    match read(question, text, language, TODAY):
        case Taken(value):
            return value
        case Several(indices):
            return tuple(index + 1 for index in indices)
        case Unread(problem):
            return problem


NO = Problem.NOT_A_CHOICE
GERMAN = [
    *[(PURPOSE, text, "1 3 5") for text in ("1, 3 und 5", "1 3 5", "1,3,5", "5 3 1", "1+3+5", "1/3/5")],
    *[(PURPOSE, text, "1 3 5") for text in ("1; 3; 5", "1.3.5.")],
    *[(PURPOSE, text, "1 2 3") for text in ("1-3", "1 bis 3", "1–3", "1, 2-3", "eins, zwei und drei", "1 2 3")],
    (PURPOSE, "1-2, 4-5", "1 2 4 5"),
    *[(HOURS, text, "2") for text in ("8 bis 10", "8-10", "von 8 bis 10 Uhr")],
    *[(HOURS, text, "1 3") for text in ("6-8, 10-12", "6 bis 8 und 10 bis 12")],
    *[(QUARTERS, text, "3") for text in ("in der äußeren Neustadt", "ausere Neustadt")],
    (QUARTERS, "Altstadt und äußere Neustadt", "2 3"),
    (QUARTERS, "Altstadt und Ausere Neustadt", "2 3"),
    (QUARTERS, "Neustadt, Altstadt", "1 2"),
    *[(EUROS, text, NO) for text in ("50 bis 1000 Euro", "1000 bis 200 Euro")],
    *[(HOURS, text, "1 2") for text in ("1, 2", "1 und 2", "1-2")],
    (PURPOSE, "3-1", NO),
    (PURPOSE, "1-9", NO),
    (PURPOSE, "135", NO),
    (PURPOSE, "6", NO),
    (PURPOSE, "2", "2"),
    *[(PURPOSE, text, "2 3") for text in ("Arzt, Einkaufen", "Arzt und Einkaufen", "arzt einkaufen")],
    *[(PURPOSE, text, "2 3") for text in ("Einkaufen & Arzt", "Arzt\nEinkaufen")],
    *[(PURPOSE, text, "2 3") for text in ("- Arzt\n- Einkaufen", "zum Arzt und zum Einkaufen", "Artz, Einkaufn")],
    *[(PURPOSE, text, "2 3") for text in ("Einkauf und Arzt",)],
    *[(PURPOSE, text, "2 3") for text in ("1. Arzt 2. Einkaufen", "Arzt, 2", "3, Einkaufen")],
    *[(PURPOSE, text, "2 3") for text in ("Arzt, Arzt, Einkaufen", "2 Einkaufen, 3 Arzt")],
    (PURPOSE, "Arzt", "3"),
    (PURPOSE, "ich fahre zum Arzt", "3"),
    (PURPOSE, "2 mal Arzt", "3"),
    (PURPOSE, "Arzt und Kirche", NO),
    (PURPOSE, "nicht zum Arzt", NO),
    (PURPOSE, "Arbeit, aber nicht Arzt", NO),
    *[(PURPOSE, text, "1 2 3 4 5") for text in ("alle", "Alles", "alle davon")],
    (PURPOSE, "alle außer 2", "1 3 4 5"),
    (PURPOSE, "alles bis auf Arzt und Freizeit", "1 2 5"),
    (PURPOSE, "alles außer Kirche", NO),
    (PURPOSE, "keine", ""),
    (PURPOSE, "nichts davon", ""),
    (WITH_NONE, "keine", "3"),
    (WITH_NONE, "nichts davon", "3"),
    (WITH_NONE, "alle", "1 2"),
    (WITH_DONT_KNOW, "alle", "1 2"),
    (WITH_DONT_KNOW, "keine Ahnung", "3"),
    (COMMAS, "Bus und Bahn", "1"),
    (COMMAS, "Bus und Bahn, Rad, E-Bike", "1 2"),
    (COMMAS, "Bus und Bahn und Auto", "1 3"),
    (COMMAS, "rad e-bike, zu fuss", "2 4"),
    (COMMAS, "Bahn, Auto", "1 3"),
    (NUMBERS, "10, 30", "1 3"),
    (NUMBERS, "10 und 2", "1 2"),
    (("Hafen Nord", "Hafen Süd"), "Hafen", (1, 2)),
    (PURPOSE, "!!!", NO),
    (WEEK, "Sa, So", "6 7"),
    (WEEK, "Mo, Mi und So", "1 3 7"),
    (WEEK, "Montag bis Freitag", "1 2 3 4 5"),
    (WEEK, "von Montag bis Mittwoch", "1 2 3"),
    (WEEK, "Freitag bis Montag", NO),
    (WEEK, "Montag, bitte", "1"),
    (WEEK, "alle außer Sonntag", "1 2 3 4 5 6"),
]  # fmt: skip
ENGLISH = [
    *[(PURPOSE_EN, text, "1 3 5") for text in ("1, 3 and 5", "1 3 5", "1 & 3 & 5", "one, three and five")],
    *[(PURPOSE_EN, text, "1 2 3") for text in ("1-3", "1 to 3", "1 through 3")],
    *[
        (PURPOSE_EN, text, "2 3")
        for text in ("doctor, shopping", "Doctor and shopping", "shopping + doctor", "docter, shoping")
    ],
    (PURPOSE_EN, "all", "1 2 3 4 5"),
    (PURPOSE_EN, "all of them", "1 2 3 4 5"),
    (PURPOSE_EN, "all except work", "2 3 4 5"),
    (PURPOSE_EN, "none", ""),
    (PURPOSE_EN, "something else and work", "1 5"),
    (PURPOSE_EN, "doctor and church", NO),
]


@pytest.mark.parametrize(("labels", "text", "expected"), GERMAN)
def test_several_choices_are_read_from_german(labels, text, expected):
    assert outcome(QuestionType.SELECT_MULTIPLE, labels, text, "de") == expected


@pytest.mark.parametrize(("labels", "text", "expected"), ENGLISH)
def test_several_choices_are_read_from_english(labels, text, expected):
    assert outcome(QuestionType.SELECT_MULTIPLE, labels, text, "en") == expected


def test_nothing_is_no_answer_where_an_answer_is_required():
    assert outcome(QuestionType.SELECT_MULTIPLE, PURPOSE, "keine", "de", required=True) == NO
    assert outcome(QuestionType.SELECT_MULTIPLE, WITH_NONE, "keine", "de", required=True) == "3"


RANKINGS = [
    *[("de", RANKED, text, "3 1 2") for text in ("3 1 2", "312", "3, 1, 2", "Auto, Bus, Rad", "Auto > Bus > Rad")],
    *[
        ("de", RANKED, text, "1 2 3")
        for text in ("Bus, dann Rad, zuletzt Auto", "zuerst Bus, danach Rad, am Schluss Auto")
    ],
    ("de", RANKED, "1. Auto\n2. Rad\n3. Bus", "3 2 1"),
    ("de", RANKED, "Bus vor Rad vor Auto", "1 2 3"),
    ("de", RANKED, "3 1", Problem.NOT_ALL_RANKED),
    ("de", RANKED, "Bus", Problem.NOT_ALL_RANKED),
    ("de", RANKED, "3 1 2 4", NO),
    ("de", RANKED, "zuletzt Auto, Bus, Rad", NO),
    ("de", RANKED, "Auto, zuerst Bus, Rad", NO),
    ("de", RANKED, "Bus, Zug, Auto", NO),
    *[("en", RANKED_EN, text, "3 1 2") for text in ("3 1 2", "car, bus, bike", "first car, then bus, finally bike")],
    ("en", RANKED_EN, "car", Problem.NOT_ALL_RANKED),
]


@pytest.mark.parametrize(("language", "labels", "text", "expected"), RANKINGS)
def test_an_order_has_every_choice_exactly_once(language, labels, text, expected):
    assert outcome(QuestionType.RANK, labels, text, language) == expected
