"""Dates as people write them. Today is Monday, 23 November 2026."""

from datetime import date

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from dialogs.forms.questions import Question, QuestionType
from dialogs.reading import Problem, Taken, Unread, read

TODAY = date(2026, 11, 23)


def outcome(text, language, *appearance, today=TODAY):
    question = Question("/data/q", QuestionType.DATE, "Wann?", appearance=frozenset(appearance))
    match read(question, text, language, today):
        case Taken(value):
            return value
        case Unread(problem):
            return problem


NO, NONE_SUCH, DOUBT = Problem.NOT_A_DATE, Problem.NO_SUCH_DATE, Problem.AMBIGUOUS_DATE
GERMAN = [
    *[(text, "2026-05-03") for text in ("3.5.2026", "03.05.2026", "3. 5. 2026", "3.5.26", "3/5/2026")],
    *[(text, "2026-05-03") for text in ("3-5-2026", "2026-05-03", "2026/5/3")],
    *[(text, "2026-05-03") for text in ("3. Mai 2026", "3 Mai 2026", "3. mai 26", "am 3. Mai 2026")],
    *[(text, "2026-05-03") for text in ("Sonntag, 3. Mai 2026", "So., 3.5.2026")],
    *[(text, "2026-05-03") for text in ("der dritte Mai 2026", "am dritten Mai 2026", "3.Mai 2026", "٣.٥.٢٠٢٦")],
    *[(text, "2026-05-03") for text in ("3.5.'26",)],
    *[(text, "2027-05-03") for text in ("3. Mai", "3.5.", "3.5", "3. 5.", "03.05.", "am 3. Mai", "dritter Mai")],
    *[(text, "2027-05-03") for text in ("3 mai", "3. May", "3/5")],
    *[(text, "2027-03-01") for text in ("1. März", "1. Maerz", "1. maerz", "1. Mär", "erster März")],
    ("24.12.", "2026-12-24"),
    ("1.1.", "2027-01-01"),
    ("23.11.", "2026-11-23"),
    ("15. Jänner 2026", "2026-01-15"),
    ("3. Febuar 2026", "2026-02-03"),
    ("3. Sept. 2026", "2026-09-03"),
    ("3. Dez 2026", "2026-12-03"),
    ("einunddreißigster Dezember", "2026-12-31"),
    ("3.5.57", "1957-05-03"),
    ("3.5.45", "2045-05-03"),
    ("3.5.46", "2046-05-03"),
    ("3.5.47", "1947-05-03"),
    ("29.2.2024", "2024-02-29"),
    ("29.2.", "2028-02-29"),
    ("heute", "2026-11-23"),
    ("Heute!", "2026-11-23"),
    ("morgen", "2026-11-24"),
    ("übermorgen", "2026-11-25"),
    ("uebermorgen", "2026-11-25"),
    ("gestern", "2026-11-22"),
    ("gestern Abend", "2026-11-22"),
    ("vorgestern", "2026-11-21"),
    ("das war gestern", "2026-11-22"),
    ("in 3 Tagen", "2026-11-26"),
    ("in drei Tagen", "2026-11-26"),
    ("in einer Woche", "2026-11-30"),
    ("heute in einer Woche", "2026-11-30"),
    ("morgen in 2 Wochen", "2026-12-08"),
    ("in einem Monat", "2026-12-23"),
    ("vor zwei Wochen", "2026-11-09"),
    ("vor etwa 2 Wochen", NO),
    ("vor einem Tag", "2026-11-22"),
    ("vor einem Jahr", "2025-11-23"),
    ("vor einem halben Jahr", "2026-05-23"),
    ("vor anderthalb Jahren", "2025-05-23"),
    ("vor anderthalb Tagen", NO),
    ("letzten Montag", "2026-11-16"),
    ("am letzten Freitag", "2026-11-20"),
    ("vergangenen Sonntag", "2026-11-22"),
    ("nächsten Montag", "2026-11-30"),
    ("nächsten Freitag", "2026-11-27"),
    ("kommenden Sonnabend", "2026-11-28"),
    ("diesen Freitag", "2026-11-27"),
    *[(text, DOUBT) for text in ("Freitag", "am Freitag", "Montag, 3. Mai 2026", "Di, 3.5.2026")],
    *[(text, NONE_SUCH) for text in ("31.2.2026", "30. Februar", "32.1.2026", "0.5.2026", "3.13.2026")],
    *[(text, NONE_SUCH) for text in ("29.2.2026", "31. April 2026", "3.5.0000", "31.4.")],
    *[(text, NO) for text in ("Mitte Mai", "Ende Mai", "Anfang 2024", "Mai", "Mai 2024", "2024", "bald")],
    *[(text, NO) for text in ("nächste Woche", "3", "12 Uhr", "14:30", "1.2.3.4")],
    *[(text, NO) for text in ("nicht morgen", "3. Mai oder 4. Mai", "3.-5. Mai", "3.5.2026 bis 5.5.2026")],
    *[(text, NO) for text in ("in 3 Minuten", "vor langer Zeit", "?", "Marzipan 3")],
    ("in 99999 Jahren", NONE_SUCH),
    ("in 99999999 Tagen", NO),
]  # fmt: skip
ENGLISH = [
    *[(text, "2026-05-03") for text in ("May 3, 2026", "3 May 2026", "3rd of May 2026", "May 3rd, 2026")],
    *[(text, "2026-05-03") for text in ("the 3rd of May, 2026", "2026-05-03")],
    *[(text, "2026-05-03") for text in ("5/3/2026", "5/3/26", "3.5.2026", "Sunday, May 3, 2026")],
    *[(text, "2026-05-03") for text in ("third of May 2026", "03 may 2026", "on 3 May 2026")],
    *[(text, "2027-05-03") for text in ("May 3", "3rd of May", "May 3rd", "3 May", "the third of May")],
    *[(text, "2027-05-03") for text in ("may third", "5/3")],
    ("3/5/2026", "2026-03-05"),
    ("15/3/2026", "2026-03-15"),
    ("twenty-first of May 2026", "2026-05-21"),
    ("today", "2026-11-23"),
    ("tomorrow", "2026-11-24"),
    ("yesterday", "2026-11-22"),
    ("the day after tomorrow", "2026-11-25"),
    ("day before yesterday", "2026-11-21"),
    ("in 3 days", "2026-11-26"),
    ("three days from now", "2026-11-26"),
    ("two weeks ago", "2026-11-09"),
    ("a week ago", "2026-11-16"),
    ("a fortnight ago", "2026-11-09"),
    ("6 months ago", "2026-05-23"),
    ("last Monday", "2026-11-16"),
    ("next Friday", "2026-11-27"),
    ("Friday", DOUBT),
    ("Monday, May 3 2026", DOUBT),
    ("Feb 30 2026", NONE_SUCH),
    ("13/13/2026", NONE_SUCH),
    *[(text, NO) for text in ("mid May", "May", "May 2024", "soon", "next week", "not tomorrow", "I may come")],
    *[(text, NO) for text in ("3", "long ago")],
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), GERMAN)
def test_a_date_is_read_from_german(text, expected):
    assert outcome(text, "de") == expected


@pytest.mark.parametrize(("text", "expected"), ENGLISH)
def test_a_date_is_read_from_english(text, expected):
    assert outcome(text, "en") == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en-GB", "3/5/2026", "2026-05-03"),
        ("fr", "3 mai 2026", "2026-05-03"),
        ("es", "3 de mayo de 2026", "2026-05-03"),
        ("tr", "3 Mayıs 2026", "2026-05-03"),
        ("ja", "2026年5月3日", "2026-05-03"),
        ("xx", "2026-05-03", "2026-05-03"),
        ("xx", "03.05.2026", "2026-05-03"),
        ("xx", "3/5/2026", DOUBT),
        ("xx", "15/5/2026", "2026-05-15"),
        ("", "2026-05-03", "2026-05-03"),
        ("fr", "3 mai", "2027-05-03"),
    ],
)
def test_other_languages_have_their_months_and_order(language, text, expected):
    assert outcome(text, language) == expected


@pytest.mark.parametrize(
    ("appearance", "language", "text", "expected"),
    [
        *[("month-year", "de", text, "2024-05-01") for text in ("Mai 2024", "5/2024", "05.2024", "2024-05")],
        *[("month-year", "de", text, "2024-05-01") for text in ("mai 24", "im Mai 2024", "3.5.2024", "Mai '24")],
        ("month-year", "de", "letzten Monat", "2026-10-01"),
        ("month-year", "de", "Mai", "2027-05-01"),
        ("month-year", "de", "Januar", "2027-01-01"),
        ("month-year", "de", "13/2024", NONE_SUCH),
        ("month-year", "de", "2024", NO),
        ("month-year", "en", "May 2024", "2024-05-01"),
        ("month-year", "en", "last month", "2026-10-01"),
        *[("year", "de", text, "2024-01-01") for text in ("2024", "'24", "24", "Mai 2024", "3.5.2024")],
        ("year", "de", "letztes Jahr", "2025-01-01"),
        ("year", "en", "next year", "2027-01-01"),
        ("year", "de", "Bus", NO),
    ],
)  # fmt: skip
def test_a_month_or_a_year_is_its_first_day(appearance, language, text, expected):
    assert outcome(text, language, appearance) == expected


def test_a_date_without_a_year_is_the_nearest_and_a_tie_is_ahead():
    assert outcome("1.1.", "de", today=date(2026, 1, 5)) == "2026-01-01"
    assert outcome("31.12.", "de", today=date(2026, 1, 5)) == "2025-12-31"
    assert outcome("2. Juli", "de", today=date(2026, 12, 31)) == "2026-07-02"
    assert outcome("2. Juli", "de", today=date(2028, 1, 1)) == "2028-07-02"  # 183 days either way


@pytest.mark.parametrize("today", [date(1, 1, 1), date(9999, 12, 31)])
@pytest.mark.parametrize(
    "text", ["gestern", "morgen", "in 3 Jahren", "vor 3 Jahren", "29.2.", "3.5.99", "letzten Montag"]
)
def test_the_ends_of_the_calendar_raise_nothing(today, text):
    outcome(text, "de", today=today)


DATES = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@given(DATES, st.sampled_from(["de", "en", "en-GB", "fr", "es", "pl", "tr", "it", "nl", "uk", "ru"]))
def test_a_date_reads_back_as_its_language_writes_it(day, language):
    locale = language.replace("-", "_")
    for form in ("full", "long", "medium"):
        assert outcome(format_date(day, form, locale), language) == day.isoformat()


@given(DATES, st.sampled_from(["de", "en", "en-GB", "fr", "es"]))
def test_a_date_in_figures_reads_back(day, language):
    pattern = {"en": "M/d/y", "de": "dd.MM.y"}.get(language, "dd/MM/y")
    assert outcome(format_date(day, pattern, locale=language.replace("-", "_")), language) == day.isoformat()
    assert outcome(day.isoformat(), language) == day.isoformat()
