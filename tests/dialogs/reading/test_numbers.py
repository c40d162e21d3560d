"""Numbers as people write them."""

from datetime import date
from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from dialogs.forms.questions import Bounds, Question, QuestionType
from dialogs.reading import Problem, Taken, Unread, read

TODAY = date(2026, 11, 23)


UNBOUNDED = Bounds()


def outcome(kind, text, language, label="Wie viel?", bounds=UNBOUNDED):
    match read(Question("/data/q", kind, label, bounds=bounds), text, language, TODAY):
        case Taken(value):
            return value
        case Unread(problem):
            return problem


NO, PART, DOUBT, FAR = (
    Problem.NOT_A_NUMBER,
    Problem.NOT_WHOLE,
    Problem.AMBIGUOUS_NUMBER,
    Problem.OUT_OF_RANGE,
)

GERMAN_WHOLE = [
    *[(text, "12") for text in ("12", " 12 ", "12.", "12!", "+12", "012", "12,0", "12,-", "12.-", "１２", "١٢", "12x")],
    *[(text, "12") for text in ("zwölf", "zwoelf", "Zwölf", "zwölf.", "so um die zwölf", "etwa zwölf")],
    *[(text, "12") for text in ("zwölfmal", "ein Dutzend")],
    *[(text, "12") for text in ("ca. 12", "~12", "≈ 12", "etwa 12 Minuten", "12 min", "12min", "12 Min.")],
    *[(text, "12") for text in ("ungefähr 12", "so 12")],
    *[(text, "12") for text in ("12€", "12 €", "12 Euro", "12 Leute", "12 Rufbusse", "es waren 12")],
    *[(text, "12") for text in ("ich bin 12 Jahre alt", "12 oder so")],
    *[(text, "12") for text in ("vielleicht 12", "fast 12", "wir sind 12 Personen", "12 %", "12°", "12 mal")],
    *[(text, "12") for text in ("seit 12 Jahren",)],
    *[(text, "0") for text in ("0", "null", "keine", "Keiner", "gar nicht", "nie", "noch nie", "keins")],
    *[(text, "0") for text in ("nichts", "-0", "null Minuten")],
    *[(text, "1000") for text in ("1.000", "1000", "1 000", "1\u202f000", "1\u00a0000", "1'000", "tausend")],
    *[(text, "1000") for text in ("1 Tsd.", "eintausend")],
    *[(text, "1234567") for text in ("1.234.567", "1 234 567", "1.234.567,00")],
    *[(text, "23") for text in ("dreiundzwanzig", "Drei und zwanzig", "23", "rund dreiundzwanzig Stück")],
    ("hundert", "100"),
    ("einhundertfünf", "105"),
    ("hundertundeins", "101"),
    ("zweitausenddreihundertvier", "2304"),
    ("neunzehnhundertachtzig", "1980"),
    ("drei Millionen", "3000000"),
    ("2 Mio", "2000000"),
    ("12 tausend", "12000"),
    ("dreißig", "30"),
    ("dreissig", "30"),
    ("sechzehn", "16"),
    ("siebzig", "70"),
    ("eine", "1"),
    ("einmal", "1"),
    ("zweimal", "2"),
    ("eins", "1"),
    ("-3", "-3"),
    ("−3", "-3"),
    ("minus 3", "-3"),
    ("minus drei", "-3"),
    *[(text, PART) for text in ("1,5", "1.5", "½", "anderthalb", "2,25", "zweieinhalb", "drei viertel", "1 1/2")],
    *[(text, NO) for text in ("ziemlich lange", "viele", "ein paar", "eine Menge", "ein bisschen", "x", "?")],
    *[(text, NO) for text in ("12?", "keine Ahnung")],
    *[(text, NO) for text in ("1e3", "1E3", "0x10", "12a4", "1..2", "1,2,3", "1.2.3", "12:30", "3.5.2026")],
    *[(text, NO) for text in ("1.00.000.0",)],
    *[(text, NO) for text in ("zwischen 5 und 10", "5 bis 10", "5-10", "5 - 10", "5–10", "5 oder 6")],
    *[(text, NO) for text in ("mehr als 12", "über 12", ">12")],
    *[(text, NO) for text in ("nicht 12", "mindestens 12", "weniger als 12", "unter 12", "12 plus 3")],
    *[(text, NO) for text in ("12 Euro 50", "zwei drei")],
    *[(text, NO) for text in ("keine Lust", "keine Zeit", "weiß nicht", "∞", "unendlich", "NaN", "undzwanzig")],
    *[(text, NO) for text in ("zwanzigund", "12/15")],
    *[(text, DOUBT) for text in ("1,000", "12,000")],
    *[(text, FAR) for text in ("99999999999999999999", "2147483648", "-2147483649", "9" * 400)],
    *[(text, NO) for text in ("12. Mai", "10+", "Linie 5", "2-3 mal", "ein Paar")],
    ("2147483647", "2147483647"),
]  # fmt: skip
GERMAN_DECIMAL = [
    *[(text, "1.5") for text in ("1,5", "1.5", "1,50", "1½", "1 ½", "1 1/2", "anderthalb", "eineinhalb", "1٫5")],
    *[(text, "1.5") for text in ("etwa 1,5 km",)],
    *[(text, "0.5") for text in ("0,5", ",5", ".5", "½", "ein halb", "halb", "ein halber", "1/2")],
    *[(text, "0.5") for text in ("eine halbe Stunde", "einen halben Kilometer")],
    ("zweieinhalb", "2.5"),
    ("zwei und ein halb", "2.5"),
    ("1.234,56", "1234.56"),
    ("1,234.56", "1234.56"),
    ("1.234", "1234"),
    ("1,234", "1.234"),
    ("0.125", "0.125"),
    ("0,125", "0.125"),
    ("¾", "0.75"),
    ("drei viertel", "0.75"),
    ("12", "12"),
    ("-3,25", "-3.25"),
    ("1e3", NO),
    ("1,2,3", NO),
    ("1.23,4.5", NO),
]  # fmt: skip
ENGLISH_WHOLE = [
    *[(text, "12") for text in ("12", "twelve", "about 12", "around twelve", "12 min", "12 minutes")],
    *[(text, "12") for text in ("approx. 12", "a dozen", "12 people")],
    *[(text, "23") for text in ("twenty-three", "twenty three", "Twenty-Three", "23 or so")],
    *[(text, "0") for text in ("zero", "none", "0", "never", "nobody", "not at all")],
    *[(text, "1000") for text in ("1,000", "1000", "1 000", "a thousand", "one thousand", "1k", "1,000.00")],
    ("one hundred and five", "105"),
    ("a hundred", "100"),
    ("two thousand three hundred and four", "2304"),
    ("1,234,567", "1234567"),
    ("12,34,567", "1234567"),
    ("once", "1"),
    ("twice", "2"),
    ("three times", "3"),
    ("minus three", "-3"),
    ("I am 34 years old", "34"),
    *[(text, NO) for text in ("a lot", "a few", "quite long", "between 5 and 10", "5 to 10", "more than 12")],
    *[(text, NO) for text in ("five or six", "no idea", "not 12", "1e3")],
    *[(text, PART) for text in ("1.5", "1,5", "half", "one and a half", "2½")],
    ("1.000", DOUBT),
]  # fmt: skip
ENGLISH_DECIMAL = [
    *[(text, "1.5") for text in ("1.5", "1,5", "one and a half", "1½", "1 and a half", "1.50")],
    *[(text, "2.5") for text in ("two and a half", "2.5 km", "about 2.5")],
    *[(text, "0.5") for text in ("half", "a half", "half a mile", ".5", "1/2", "half an hour")],
    ("a quarter", "0.25"),
    ("three quarters", "0.75"),
    ("1,234.5", "1234.5"),
    ("1,234", "1234"),
    ("1.234", "1.234"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), GERMAN_WHOLE)
def test_a_whole_number_is_read_from_german(text, expected):
    assert outcome(QuestionType.INTEGER, text, "de") == expected


@pytest.mark.parametrize(("text", "expected"), GERMAN_DECIMAL)
def test_a_decimal_is_read_from_german(text, expected):
    assert outcome(QuestionType.DECIMAL, text, "de") == expected


@pytest.mark.parametrize(("text", "expected"), ENGLISH_WHOLE)
def test_a_whole_number_is_read_from_english(text, expected):
    assert outcome(QuestionType.INTEGER, text, "en") == expected


@pytest.mark.parametrize(("text", "expected"), ENGLISH_DECIMAL)
def test_a_decimal_is_read_from_english(text, expected):
    assert outcome(QuestionType.DECIMAL, text, "en") == expected


@pytest.mark.parametrize(
    ("label", "text", "expected"),
    [
        ("Wie viele Minuten haben Sie gewartet?", "eine halbe Stunde", "30"),
        ("Wie viele Minuten haben Sie gewartet?", "eine Viertelstunde", "15"),
        ("Wie viele Minuten haben Sie gewartet?", "2 Stunden", "120"),
        ("Wie viele Minuten haben Sie gewartet?", "anderthalb Stunden", "90"),
        ("Wie viele Minuten haben Sie gewartet?", "12 Minuten", "12"),
        ("Wie viele Minuten haben Sie gewartet?", "90 Sekunden", PART),
        ("Wie viele Minuten haben Sie gewartet?", "12 Euro", NO),
        ("Wie viele Minuten haben Sie gewartet?", "12 Minuten am Tag", NO),
        ("Wie lange haben Sie gewartet?", "12 Minuten", "12"),
        ("Wie viele Stunden am Tag?", "30 Minuten", NO),
        ("Wie oft in der Woche?", "3 mal in der Woche", "3"),
        ("Wie oft in der Woche?", "3 mal am Tag", NO),
        ("Wie viele Kinder haben Sie?", "keine Kinder", "0"),
        ("Wie viele Kinder haben Sie?", "ein Kind", "1"),
        ("Wie viele Kinder haben Sie?", "keine Lust", NO),
        ("Wie alt sind Sie?", "34 Jahre", "34"),
        ("Wie viele Hunde?", "eine Katze", NO),
        ("Wie viele Hunde?", "einen", "1"),
    ],
)
def test_a_unit_is_held_against_the_question(label, text, expected):
    assert outcome(QuestionType.INTEGER, text, "de", label) == expected


@pytest.mark.parametrize("language", ["fr", "ar", "hi", "xx", "", "zh-Hant", "not a tag"])
def test_any_language_reads_figures(language):
    assert outcome(QuestionType.INTEGER, "12", language) == "12"
    assert outcome(QuestionType.INTEGER, "٣٤", language) == "34"
    assert outcome(QuestionType.DECIMAL, "2½", language) == "2.5"


BETWEEN = Bounds("0", "200")


@pytest.mark.parametrize(
    ("kind", "bounds", "text", "expected"),
    [
        (QuestionType.INTEGER, BETWEEN, "0", "0"),
        (QuestionType.INTEGER, BETWEEN, "200", "200"),
        (QuestionType.INTEGER, BETWEEN, "201", FAR),
        (QuestionType.INTEGER, BETWEEN, "-1", FAR),
        (QuestionType.INTEGER, Bounds(start="18"), "17", FAR),
        (QuestionType.INTEGER, Bounds(end="5"), "6", FAR),
        (QuestionType.INTEGER, Bounds("a", "b"), "6", "6"),
        (QuestionType.RANGE, Bounds("1", "5", "1"), "3", "3"),
        (QuestionType.RANGE, Bounds("1", "5", "1"), "3,5", PART),
        (QuestionType.RANGE, Bounds("0", "1", "0.25"), "0,75", "0.75"),
        (QuestionType.RANGE, Bounds("0", "1", "0.25"), "0,8", Problem.OFF_STEP),
        (QuestionType.RANGE, Bounds("0", "10", "5"), "7", Problem.OFF_STEP),
        (QuestionType.RANGE, Bounds("10", "0", "-2"), "4", "4"),
        (QuestionType.RANGE, Bounds("1", "5", "1"), "6", FAR),
        (QuestionType.RANGE, Bounds("1", "5", "0"), "4", "4"),
    ],
)
def test_a_number_stays_in_its_bounds_and_steps(kind, bounds, text, expected):
    assert outcome(kind, text, "de", bounds=bounds) == expected


LANGUAGES = st.sampled_from(["de", "en", "fr", "es", "pl", "tr", "uk", "hi", "pt", "de-simple"])


@given(st.integers(-(2**31), 2**31 - 1), LANGUAGES)
def test_a_whole_number_reads_back_as_its_language_writes_it(number, language):
    text = format_decimal(number, locale=language.split("-")[0])
    assert outcome(QuestionType.INTEGER, text, language) == str(number)


@given(st.decimals(-(10**9), 10**9, places=3), LANGUAGES)
def test_a_decimal_reads_back_as_its_language_writes_it(number, language):
    text = format_decimal(number, locale=language.split("-")[0])
    assert Decimal(outcome(QuestionType.DECIMAL, text, language)) == number
