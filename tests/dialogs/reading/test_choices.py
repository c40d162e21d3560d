"""One choice, however it is said: a position from 1, a tuple where it is asked, None where it is not read."""

from datetime import date

import pytest

from dialogs.forms.questions import Option, Question, QuestionType
from dialogs.reading import Problem, Several, Taken, Unread, read

TODAY = date(2026, 11, 23)

SHUTTLE = ("Ja, mehrmals", "Ja, einmal", "Nein")
MODES = ("Bus", "Fahrrad", "Auto", "Zu Fuß")
MODES_EN = ("Bus", "Bicycle", "Car", "On foot")
YES_NO = ("Ja", "Nein", "Weiß nicht")
YES_NO_EN = ("Yes", "No", "Don't know")
PLEASED = ("Sehr zufrieden", "Zufrieden", "Unzufrieden", "Nicht zufrieden")
AGREE = ("Strongly agree", "Agree", "Disagree", "Strongly disagree")
CONSENT = ("Stimme zu", "Stimme nicht zu")
MARKS_DOWN = ("5", "4", "3", "2", "1")
SCALE = ("0 - gar nicht", "1 - wenig", "2 - sehr")
AGES = ("unter 18", "18-29", "30-44", "45-64", "65 und älter")
OFTEN = ("Täglich", "2 mal die Woche", "1 mal im Monat", "Seltener")
HOW_MANY = ("0", "1", "2", "3 oder mehr")
HOURS = ("6 bis 8 Uhr", "8 bis 10 Uhr", "10 bis 12 Uhr")
QUARTERS = ("Neustadt", "Altstadt", "Äußere Neustadt")
FACES = ("😀", "😐", "🙁")
CODES = ("C", "C++", "C#")
LONG = ("Öffentlicher Nahverkehr", "Rad- und Fußwege", "Straßenbäume & Grün", "Keine Angabe")


def ask(labels, values=None):
    values = values or [f"v{n}" for n in range(len(labels))]
    return Question("/data/q", QuestionType.SELECT_ONE, "?", options=tuple(map(Option, values, labels)))


def outcome(labels, text, language, values=None):
    question = ask(labels, values)
    names = [option.value for option in question.options]
    match read(question, text, language, TODAY):
        case Taken(value):
            return names.index(value) + 1
        case Several(indices):
            return tuple(index + 1 for index in indices)
        case Unread(problem):
            assert problem is Problem.NOT_A_CHOICE
            return None


GERMAN = [
    # the number shown
    *[(SHUTTLE, text, 2) for text in ("2", "2.", "2)", "(2)", " 2 ", "Nr. 2", "nr 2", "Nummer 2", "Antwort 2", "2!")],
    *[(SHUTTLE, text, 2) for text in ("2️⃣", "②", "٢", "２", "zwei", "die zwei", "Zwei bitte", "ich nehme die 2")],
    *[(SHUTTLE, text, 2) for text in ("die zweite", "das Zweite", "den zweiten", "zweite")],
    (SHUTTLE, "die letzte", 3),
    (SHUTTLE, "das dritte", 3),
    (SHUTTLE, "0", None),
    (SHUTTLE, "4", None),
    (SHUTTLE, "99999999999999", None),
    (SHUTTLE, "1 oder 2", (1, 2)),
    # a count is no position
    *[(SHUTTLE, text, None) for text in ("2 mal", "3 mal", "drei Mal", "zweimal", "2x", "3 Stunden")],
    *[(OFTEN, text, 2) for text in ("2 mal", "zwei mal die Woche")],
    *[(("1 Person", "2 Personen", "3 und mehr"), text, 2) for text in ("2 Leute", "zwei Personen", "2")],
    *[(AGES, text, 2) for text in ("20 Jahre", "ich bin 20 Jahre alt")],
    # the label
    *[(SHUTTLE, text, 1) for text in ("Ja, mehrmals", "ja mehrmals", "JA MEHRMALS", "  ja,mehrmals  ")],
    *[(SHUTTLE, text, 1) for text in ("Ja – mehrmals.",)],
    *[(MODES, text, 4) for text in ("Zu Fuß", "zu fuss", "ZU FUSS", "zu  fuß", "zufuß")],
    *[(LONG, text, 1) for text in ("Öffentlicher Nahverkehr", "oeffentlicher nahverkehr")],
    *[(LONG, text, 1) for text in ("offentlicher Nahverkehr 🚌",)],
    *[(LONG, text, 3) for text in ("Straßenbäume & Grün", "Strassenbaeume und Grün", "strassenbaume grun")],
    (PLEASED, "nicht zufrieden", 4),
    (PLEASED, "unzufrieden", 3),
    (CODES, "C", 1),
    (CODES, "c++", 2),
    (CODES, "C#", 3),
    (FACES, "😐", 2),
    (("😀 gut", "🙁 schlecht"), "😀", 1),
    (("👍🏽 Mag ich", "Mag ich nicht 👎"), "👎", 2),
    # a part of it
    (SHUTTLE, "mehrmals", 1),
    (SHUTTLE, "einmal", 2),
    (SHUTTLE, "Ja", (1, 2)),
    (MODES, "Fahr", 2),
    (MODES, "fa", 2),
    (LONG, "nahverkehr", 1),
    (LONG, "Bäume", None),
    (LONG, "Straßenbäume", 3),
    (LONG, "Fußwege", 2),
    (PLEASED, "sehr", 1),
    # a slip of the finger
    (MODES, "Fahrad", 2),
    (MODES, "Farrad", 2),
    (MODES, "Fahhrad", 2),
    (MODES, "Atuo", 3),
    (MODES, "Bsu", None),
    *[(QUARTERS, text, 3) for text in ("ausere Neustadt", "Äusere Neustadt", "in der äußeren Neustadt")],
    *[(QUARTERS, text, 1) for text in ("Neustadt", "in der Neustadt")],
    (LONG, "Öfentlicher Nahverker", 1),
    (YES_NO, "Neim", 2),
    (YES_NO, "neun", None),
    (("Norden", "Süden", "Osten", "Westen"), "Esten", (3, 4)),
    (("möglich",), "unmöglich", None),
    (("Mit Auto", "Kein Auto"), "ein Auto", (1, 2)),
    (("Haus", "Maus"), "Raus", (1, 2)),
    (("Linie 10", "Linie 11"), "Linie 12", None),
    # yes and no
    *[(YES_NO, text, 1) for text in ("ja", "Ja!", "jo", "jup", "klar", "na klar", "yes", "yep", "👍", "👍🏿")],
    *[(YES_NO, text, 1) for text in ("jaa", "j")],
    *[(YES_NO, text, 1) for text in ("ja klar", "auf jeden Fall", "ja, aber selten", "Ja, gerne", "natürlich", "✅")],
    *[(YES_NO, text, 2) for text in ("nein", "nö", "nee", "nope", "no", "👎", "nein danke", "Nein, noch nie")],
    *[(YES_NO, text, 2) for text in ("auf keinen Fall",)],
    *[(YES_NO, text, None) for text in ("Jein", "na ja", "naja", "vielleicht", "kommt drauf an")],
    (("Männlich", "Weiblich", "Divers"), "w", 2),
    (AGES, "20", 2),
    (("Bis 1 Jahr", "2 bis 5 Jahre", "6 bis 9 Jahre"), "3", (2, 3)),
    (YES_NO, "ja nicht", None),
    (YES_NO, "ja, äh, nein", (1, 2)),
    (SHUTTLE, "jo", (1, 2)),
    (SHUTTLE, "ja, schon mehrmals", 1),
    (SHUTTLE, "nö", 3),
    (SHUTTLE, "👎", 3),
    (MODES, "ja", None),
    (MODES, "👍", None),
    # do not know, do not want to say
    *[(YES_NO, text, 3) for text in ("weiß nicht", "weiss ich nicht", "Keine Ahnung", "kein Plan", "unsicher")],
    *[(YES_NO, text, 3) for text in ("don't know",)],
    (YES_NO, "egal", None),
    (LONG, "möchte ich nicht sagen", 4),
    (LONG, "weiß nicht", None),
    (MODES, "weiß nicht", None),
    # labels that are numbers, or begin with one
    *[(MARKS_DOWN, str(n), 6 - n) for n in range(1, 6)],
    (MARKS_DOWN, "die 2", 4),
    *[(MARKS_DOWN, text, 4) for text in ("zwei", "eine Zwei")],
    (MARKS_DOWN, "die zweite", 2),
    *[(HOW_MANY, text, 2) for text in ("eins", "1 Auto")],
    *[(HOW_MANY, text, 4) for text in ("drei", "3")],
    *[(HOURS, text, 2) for text in ("8 bis 10", "8-10", "8 – 10 Uhr", "von 8 bis 10", "8 bis 10 Uhr")],
    (MARKS_DOWN, "die zweite", 2),
    (SCALE, "0", 1),
    (SCALE, "1", 2),
    (SCALE, "2", 3),
    (SCALE, "wenig", 2),
    (AGES, "18-29", 2),
    (AGES, "18 - 29", 2),
    (AGES, "18 bis 29", 2),
    (AGES, "2", 2),
    (AGES, "30", 3),
    (AGES, "unter 18", 1),
    (AGES, "älter", 5),
    (OFTEN, "2", 2),
    (OFTEN, "1", (1, 3)),
    # a sentence
    (MODES, "ich nehme den Bus", 1),
    (MODES, "Meistens mit dem Fahrrad, bei Regen selten", 2),
    (MODES, "nicht mit dem Bus", None),
    (MODES, "Kein Auto", None),
    (MODES, "ohne Auto", None),
    (MODES, "Bus oder Auto", (1, 3)),
    (MODES, "Bus oder Kutsche", None),
    (MODES, "der Bus?", None),
    (MODES, "was ist mit dem Bus?", None),
    (MODES, "Autobahn", None),
    (CONSENT, "stimme zu", 1),
    (CONSENT, "ich stimme nicht zu", 2),
    (CONSENT, "stimme", (1, 2)),
    (("Stimme nicht zu", "Enthaltung"), "stimme zu", None),
    (MODES, "hkjhkjh", None),
    (MODES, "...", None),
    (MODES, "🚌", None),
]  # fmt: skip

ENGLISH = [
    *[(MODES_EN, text, 2) for text in ("2", "2.", "no. 2", "number 2", "two", "the second one", "second")],
    *[(MODES_EN, text, 2) for text in ("number two",)],
    *[(MODES_EN, text, 2) for text in ("option 2", "I'll take 2", "the second", "bicycle", "Bicycle please")],
    *[(MODES_EN, text, 2) for text in ("Bicicle", "bicyc")],
    (MODES_EN, "the last one", 4),
    (MODES_EN, "one", 1),
    (MODES_EN, "on foot", 4),
    (MODES_EN, "foot", 4),
    (MODES_EN, "I take the bus", 1),
    (MODES_EN, "by car mostly", 3),
    (MODES_EN, "not by bus", None),
    (MODES_EN, "I don't use the car", None),
    (MODES_EN, "bus or car", (1, 3)),
    (MODES_EN, "carpet", None),
    *[(YES_NO_EN, text, 1) for text in ("yes", "Yep", "yeah", "sure", "of course", "ja", "y", "👍")],
    *[(YES_NO_EN, text, 1) for text in ("yes, but rarely", "yes please")],
    *[(YES_NO_EN, text, 2) for text in ("no", "nope", "No thanks", "nein", "n", "not really", "👎", "no, never")],
    *[(YES_NO_EN, text, 2) for text in ("nah",)],
    *[(YES_NO_EN, text, 3) for text in ("don't know", "dont know", "I don't know", "no idea", "not sure")],
    *[(YES_NO_EN, text, 3) for text in ("dunno", "idk")],
    (AGREE, "agree", 2),
    (AGREE, "disagree", 3),
    (AGREE, "Strongly disagree", 4),
    (AGREE, "strongly", (1, 4)),
    (AGREE, "strongly agre", 1),
    (("Prefer not to say", "Female", "Male"), "rather not say", 1),
    (("Prefer not to say", "Female", "Male"), "male", 3),
    (("Prefer not to say", "Female", "Male"), "female", 2),
]  # fmt: skip


@pytest.mark.parametrize(("labels", "text", "expected"), GERMAN)
def test_a_choice_is_read_from_german(labels, text, expected):
    assert outcome(labels, text, "de") == expected


@pytest.mark.parametrize(("labels", "text", "expected"), ENGLISH)
def test_a_choice_is_read_from_english(labels, text, expected):
    assert outcome(labels, text, "en") == expected


@pytest.mark.parametrize("language", ["de-simple", "fr", "ar", "xx", ""])
def test_any_language_has_numbers_labels_and_yes(language):
    assert outcome(("Oui", "Non"), "2", language) == 2
    assert outcome(("Oui", "Non"), "oui", language) == 1
    assert outcome(("Oui", "Non"), "yes", language) == 1
    assert outcome(("حافلة", "دراجة"), "دراجة", language) == 2


def test_a_value_is_read_where_no_label_and_no_number_fits():
    assert outcome(MODES, "bike", "de", ("bus", "bike", "car", "foot")) == 2
    assert outcome(MODES, "-99", "de", ("1", "2", "3", "-99")) == 4


def test_the_position_wins_over_the_stored_value():
    assert outcome(("Gut", "Schlecht"), "1", "de", ("2", "1")) == 1


def test_yes_and_no_are_known_by_their_values():
    assert outcome(("Ich war dabei", "Ich war verhindert"), "jo", "de", ("yes", "no")) == 1
    assert outcome(("Ich war dabei", "Ich war verhindert"), "nö", "de", ("1", "0")) == 2


def test_options_that_look_alike_are_asked():
    assert outcome(("Hafen", "Hafen"), "Hafen", "de") == (1, 2)


def test_an_option_without_a_label_is_known_by_its_value():
    assert outcome(("", ""), "rot", "de", ("blau", "rot")) == 2
