"""What holds for every type of question: nothing raises, nothing takes long, what is shown reads to itself."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.forms.questions import Bounds, Option, Question, QuestionType
from dialogs.reading import ANSWER_LIMIT, TEXT_LIMIT, Problem, Several, Taken, Unread, read
from dialogs.reading.vocabulary import vocabulary

TODAY = date(2026, 11, 23)
OPTIONS = tuple(
    Option(f"v{n}", label) for n, label in enumerate(("Ja, mehrmals", "Nein", "18-29", "Bus und Bahn", "5"))
)


def question(kind, **more):
    return Question("/data/q", kind, "Wie viele Minuten?", options=OPTIONS, **more)


def answer(kind, text, language="de", **more):
    return read(question(kind, **more), text, language, TODAY)


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        (QuestionType.IMAGE, Problem.NEEDS_PHOTO),
        (QuestionType.AUDIO, Problem.NEEDS_VOICE),
        (QuestionType.VIDEO, Problem.NEEDS_FILE),
        (QuestionType.FILE, Problem.NEEDS_FILE),
    ],
)
def test_what_words_cannot_answer_says_what_it_needs(kind, problem):
    assert answer(kind, "hier ist es") == Unread(problem)


@pytest.mark.parametrize("text", ["", "  \n ", "\x00", "\u202e", "\ufeff"])
@pytest.mark.parametrize("kind", [QuestionType.TEXT, QuestionType.SELECT_ONE, QuestionType.INTEGER, QuestionType.DATE])
def test_nothing_is_no_answer(kind, text):
    assert answer(kind, text) == Unread(Problem.EMPTY)


def test_a_text_is_kept_clean_and_whole():
    assert answer(QuestionType.TEXT, " Abends fährt er\r\nzu früh.\x00 ") == Taken("Abends fährt er\nzu früh.")
    assert answer(QuestionType.BARCODE, "4006381333931") == Taken("4006381333931")
    assert answer(QuestionType.TEXT, "x" * TEXT_LIMIT) == Taken("x" * TEXT_LIMIT)
    assert answer(QuestionType.TEXT, "x" * (TEXT_LIMIT + 1)) == Unread(Problem.TOO_LONG)


@pytest.mark.parametrize(
    "text", ["ok", "OK!", "gelesen", "weiter", "ja", "yes", "understood", "👍", "alles klar", "✅"]
)
def test_an_acknowledgement_is_read(text):
    assert answer(QuestionType.ACKNOWLEDGE, text) == Taken("OK")


@pytest.mark.parametrize("text", ["nein", "warum?", "nicht gelesen", "👎", "12"])
def test_what_is_no_acknowledgement_is_not_taken_for_one(text):
    assert answer(QuestionType.ACKNOWLEDGE, text) == Unread(Problem.NOT_ACKNOWLEDGED)


def test_anything_passes_a_note():
    assert answer(QuestionType.NOTE, "aha") == Taken("")


@pytest.mark.parametrize(("text", "value"), [("ja", "yes"), ("nö", "no"), ("1", "yes"), ("2", "no")])
def test_another_round_is_yes_or_no(text, value):
    asked = Question("/data/r", QuestionType.REPEAT, "Noch eine Fahrt?")
    assert read(asked, text, "de", TODAY) == Taken(value)


KINDS = [*QuestionType]
LANGUAGES = ["de", "en", "de-simple", "fr", "ar", "xx", ""]
ALPHABET = st.one_of(
    st.characters(codec=None),
    st.sampled_from("0123456789.,-/:°'\"½ \n"),
    st.sampled_from("jaNneinhalb und"),
)
TABLES = ("numerals", "days", "spans", "units")
KNOWN = sorted({word for tag in ("de", "en") for table in TABLES for word in getattr(vocabulary(tag), table)})
MORE = ["halb", "vor", "nach", "2026", "3.", "Mai", "Montag", "letzten", "in", "ago", "1-3", "12", ",", "-"]
CHOICES = ["Bus", "Ja", "geo:", "nicht"]
FRAGMENTS = st.lists(st.sampled_from([*KNOWN, *MORE, *CHOICES]), max_size=14).map(" ".join)


@settings(max_examples=400)
@given(st.sampled_from(KINDS), st.one_of(st.text(ALPHABET, max_size=300), FRAGMENTS), st.sampled_from(LANGUAGES))
def test_no_message_raises(kind, text, language):
    outcome = answer(kind, text, language, bounds=Bounds("0", "200", "1"))
    if isinstance(outcome, Several):
        assert len(outcome.indices) > 1
        assert list(outcome.indices) == sorted(set(outcome.indices))
        assert set(outcome.indices) <= set(range(len(OPTIONS)))


@settings(max_examples=30)
@given(st.sampled_from(KINDS), st.text(ALPHABET, min_size=1, max_size=20), st.integers(1, 500))
def test_no_long_message_raises(kind, text, times):
    answer(kind, (text * times)[:10_000])


HANGS = 30  # seconds; only a reader whose work explodes takes as long

FLOODS = ("1", "9.", "1,", "a ", "ein", "und ", "hundert", "- ", "1-", "Bus und ", "°'", "12 Mai ", "vor ", "!3d", "(")


@pytest.mark.timeout(HANGS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("unit", [*FLOODS, "\u0301", "halb "])
def test_no_message_hangs(kind, unit):
    for length in (ANSWER_LIMIT, 100_000):
        answer(kind, (unit * length)[:length])


LABELS = st.lists(
    st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30).filter(str.strip),
    min_size=1,
    max_size=12,
)
WORDS = st.lists(
    st.text("abcdefghijklmnop ÄÖÜäöüß", min_size=2, max_size=20).filter(str.strip), min_size=1, max_size=12
)


@settings(max_examples=300)
@given(LABELS, st.sampled_from(["de", "en", "fr"]))
def test_every_label_reads_as_itself(labels, language):
    options = tuple(Option(f"v{n}", label) for n, label in enumerate(labels))
    asked = Question("/data/q", QuestionType.SELECT_ONE, "?", options=options)
    same = [" ".join(label.split()).casefold() for label in labels]
    for index, label in enumerate(labels):
        expected = tuple(at for at, each in enumerate(same) if each == same[index])
        outcome = read(asked, label, language, TODAY)
        assert outcome == (Taken(f"v{index}") if len(expected) == 1 else Several(expected))


@given(WORDS, st.sampled_from(["de", "en", "fr"]))
def test_every_number_reads_as_the_option_it_stands_at(labels, language):
    options = tuple(Option(f"v{n}", label) for n, label in enumerate(labels))
    for kind in (QuestionType.SELECT_ONE, QuestionType.SELECT_MULTIPLE):
        asked = Question("/data/q", kind, "?", options=options)
        for index in range(len(labels)):
            for text in (str(index + 1), f"{index + 1}.", f"{index + 1})"):
                assert read(asked, text, language, TODAY) == Taken(f"v{index}")


@pytest.mark.timeout(HANGS)
def test_a_list_of_thousands_is_read_and_searched():
    options = tuple(Option(f"v{n}", f"Ortsteil {n // 26} {chr(97 + n % 26)}dorf an der Au") for n in range(3_000))
    asked = Question("/data/q", QuestionType.SELECT_ONE, "?", options=options)
    assert read(asked, "Ortsteil 7 bdorf an der Au", "de", TODAY) == Taken("v183")
    assert read(asked, "völlig anderes", "de", TODAY) != Taken("v183")
