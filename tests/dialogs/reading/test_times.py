"""Times of day, and days with a time. Today is Monday, 23 November 2026."""

from datetime import date, time

import pytest
from babel.dates import format_time
from hypothesis import given
from hypothesis import strategies as st

from dialogs.forms.questions import Question, QuestionType
from dialogs.reading import Problem, Taken, Unread, read

TODAY = date(2026, 11, 23)


def outcome(text, language, kind=QuestionType.TIME, now=None):
    match read(Question("/data/q", kind, "Wann?"), text, language, TODAY, now):
        case Taken(value):
            return value.removesuffix(":00.000")
        case Unread(problem):
            return problem


NO = Problem.NOT_A_TIME
GERMAN = [
    *[(text, "14:30") for text in ("14:30", "14.30", "14:30 Uhr", "14.30 Uhr", "14 Uhr 30", "um 14:30", "14h30")],
    *[(text, "14:30") for text in ("1430", "14:30:00", "١٤:٣٠")],
    *[(text, "14:30") for text in ("halb drei", "um halb drei", "gegen halb drei", "halb 3")],
    *[(text, "14:30") for text in ("halb drei nachmittags", "halb drei Uhr", "zwei Uhr dreißig")],
    *[(text, "14:00") for text in ("14 Uhr", "vierzehn Uhr", "14", "um 14 Uhr", "2 Uhr nachmittags", "um 2")],
    *[(text, "14:00") for text in ("zwei", "nachmittags um 2")],
    *[(text, "15:45") for text in ("viertel vor vier", "Viertel vor 4", "dreiviertel vier", "drei viertel vier")],
    *[(text, "15:45") for text in ("15 vor vier",)],
    *[(text, "15:15") for text in ("viertel nach drei", "viertel vier", "15 Minuten nach drei")],
    *[(text, "15:15") for text in ("Viertel nach 15 Uhr",)],
    *[(text, "07:25") for text in ("fünf vor halb acht", "5 vor halb 8", "7:25", "07:25")],
    *[(text, "07:25") for text in ("morgens fünf vor halb acht",)],
    *[(text, "12:00") for text in ("mittags", "12 Uhr", "Mittag", "12", "zwölf", "zwölf Uhr mittags")],
    *[(text, "12:00") for text in ("12 Uhr mittags", "zu Mittag")],
    *[(text, "00:00") for text in ("Mitternacht", "0 Uhr", "0:00", "24 Uhr", "24:00", "um Mitternacht")],
    *[(text, "00:00") for text in ("12 Uhr nachts",)],
    *[(text, "20:00") for text in ("20 Uhr", "8 Uhr abends", "abends um 8", "acht Uhr abends", "um 8 am Abend")],
    *[(text, "20:00") for text in ("20",)],
    *[(text, "03:00") for text in ("3 Uhr", "3 Uhr nachts", "drei Uhr morgens", "3:00", "nachts um drei")],
    ("halb eins", "12:30"),
    ("halb sieben", "18:30"),
    ("halb sieben morgens", "06:30"),
    ("halb sieben in der Früh", "06:30"),
    ("viertel nach sieben", "07:15"),
    ("zehn nach drei", "15:10"),
    ("13 Uhr mittags", "13:00"),
    ("1 Uhr mittags", "13:00"),
    ("9", "09:00"),
    ("so um neun", "09:00"),
    *[(text, NO) for text in ("25 Uhr", "14:60", "24:01", "abends", "bald", "halb", "viertel")],
    *[(text, NO) for text in ("14:30 bis 15:00", "15 Minuten", "halb dreißig", "-3", "3.5.2026")],
    *[(text, NO) for text in ("99", "9999", "1:2:3:4", "zwischen 2 und 3", "nicht um 3", "x", "drei Stunden")],
    *[(text, NO) for text in ("jetzt",)],
]  # fmt: skip
ENGLISH = [
    *[(text, "14:30") for text in ("2:30 pm", "2:30 p.m.", "2:30PM", "2.30 pm", "14:30", "half past two")],
    *[(text, "14:30") for text in ("half past 2 pm", "half two", "2:30", "two thirty")],
    *[(text, "14:00") for text in ("2 pm", "2pm", "2 p.m.", "at 2", "two o'clock", "2 o'clock in the afternoon")],
    *[(text, "14:00") for text in ("14:00", "two in the afternoon")],
    *[(text, "02:30") for text in ("02:30", "2:30 am", "half past two in the morning", "2:30 a.m.")],
    *[(text, "12:00") for text in ("noon", "12 pm", "midday", "12 noon", "at noon", "12:00")],
    *[(text, "00:00") for text in ("midnight", "12 am", "00:00", "12:00 am")],
    ("quarter to four", "15:45"),
    ("a quarter past three", "15:15"),
    ("ten past nine in the evening", "21:10"),
    ("five to eight", "07:55"),
    ("twenty minutes past nine", "09:20"),
    ("9 at night", "21:00"),
    ("9:05", "09:05"),
    *[(text, NO) for text in ("25:00", "soon", "pm", "13:99", "an hour", "between 2 and 3", "half", "now")],
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), GERMAN)
def test_a_time_is_read_from_german(text, expected):
    assert outcome(text, "de") == expected


@pytest.mark.parametrize(("text", "expected"), ENGLISH)
def test_a_time_is_read_from_english(text, expected):
    assert outcome(text, "en") == expected


def test_now_is_the_clock_of_the_citizen():
    assert outcome("jetzt", "de", now=time(8, 5, 59)) == "08:05:59.000"
    assert outcome("right now", "en", now=time(8, 5)) == "08:05"
    assert outcome("jetzt", "de", QuestionType.DATETIME, time(8, 5)) == "2026-11-23T08:05"


MOMENTS = [
    *[("de", text, "2026-11-24T09:00") for text in ("morgen um 9", "morgen 9 Uhr", "um 9 Uhr morgen")],
    *[("de", text, "2026-11-24T09:00") for text in ("Morgen, 9:00 Uhr", "morgen früh um 9")],
    *[("de", text, "2026-05-03T14:30") for text in ("3.5.2026 14:30", "3. Mai 2026, 14.30 Uhr")],
    *[("de", text, "2026-05-03T14:30") for text in ("am 3. Mai 2026 um halb drei", "2026-05-03T14:30")],
    *[("de", text, "2026-05-03T14:30") for text in ("2026-05-03 14:30",)],
    *[("de", text, "2026-05-03T14:30") for text in ("14:30 Uhr am 3.5.2026", "2026-05-03T14:30:00.000")],
    *[("de", text, "2026-05-03T14:30") for text in ("03.05.26 um 14:30",)],
    ("de", "heute abend um 8", "2026-11-23T20:00"),
    ("de", "gestern mittags", "2026-11-22T12:00"),
    ("de", "vor zwei Wochen um 10 Uhr", "2026-11-09T10:00"),
    ("de", "3. Mai 14 Uhr", "2027-05-03T14:00"),
    ("de", "3. Mai 2026", NO),
    ("de", "morgen", NO),
    ("de", "14:30", Problem.NOT_A_DATE),
    ("de", "irgendwann", Problem.NOT_A_DATE),
    ("de", "31.2.2026 14:30", Problem.NO_SUCH_DATE),
    ("de", "Freitag um 9 Uhr", Problem.AMBIGUOUS_DATE),
    *[("en", text, "2026-11-24T09:00") for text in ("tomorrow at 9", "tomorrow 9 am", "9 am tomorrow")],
    *[("en", text, "2026-11-24T09:00") for text in ("tomorrow at nine o'clock",)],
    *[("en", text, "2026-05-03T14:30") for text in ("May 3, 2026 2:30 pm", "May 3 2026 at half past two")],
    *[("en", text, "2026-05-03T14:30") for text in ("3 May 2026, 14:30", "2026-05-03 14:30")],
    ("en", "May 3 2026", NO),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "expected"), MOMENTS)
def test_a_day_and_a_time_are_read_together(language, text, expected):
    assert outcome(text, language, QuestionType.DATETIME) == expected


@given(st.times(), st.sampled_from(["de", "en", "en-GB", "fr", "pl"]))
def test_a_time_reads_back_as_its_language_writes_it(clock, language):
    text = format_time(clock, "short", locale=language.replace("-", "_"))
    assert outcome(text, language) == f"{clock:%H:%M}"
