"""Letters made comparable, and free text made safe to keep."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.reading import clean, fold
from dialogs.reading.folding import distance, key


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Äpfel & Bäume!", "apfel baume"),
        ("STRASSE Straße", "strasse strasse"),
        ("  viel \t Platz \n hier ", "viel platz hier"),
        ("don't", "dont"),
        ("don’t", "dont"),
        ("E-Bike", "e bike"),
        ("Bus 🚌", "bus"),
        ("👍", ""),
        ("Bu\u200bs", "bus"),
        ("Bu\u00ads", "bus"),
        ("\u202eBus\u202c", "bus"),
        ("２ ② ٢ 2️⃣", "2 2 2 2"),
        ("Ｂｕｓ", "bus"),
        ("ﬁnden", "finden"),
        ("Ελλάδα", "ελλαδα"),
        ("ÇŞĞİ", "csgi"),
        ("مَدِينَة", "مدينة"),
        ("\ud800Bus", "bus"),
        ("\x00", ""),
    ],
)
def test_folding(text, expected):
    assert fold(text) == expected


def test_umlauts_may_be_written_as_two_letters():
    assert key("Maerz") == key("März") == key("Marz")
    assert key("Strassenbaeume") == key("Straßenbäume")


@given(st.text(max_size=500))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)
    assert key(key(text)) == key(key(key(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Guten Tag  ", "Guten Tag"),
        ("a\r\nb\rc\u2028d\u0085e", "a\nb\nc\nd\ne"),
        ("a  \nb\t\n\n", "a\nb"),
        ("a\x00b\x07c\x1bd\x7fe\x9ff", "abcdef"),
        ("ein\tTab", "ein\tTab"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("\ud83d", "\ufffd"),
        ("a\ud800b", "a\ufffdb"),
        ("a\u0308", "ä"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("\ufeffHallo", "Hallo"),
        ("<b>fett</b> & so", "<b>fett</b> & so"),
    ],
)
def test_cleaning(text, expected):
    assert clean(text) == expected


ANY = st.text(st.characters(codec=None), max_size=500)


@given(ANY)
def test_clean_text_can_be_kept_anywhere(text):
    kept = clean(text)
    kept.encode("utf-8")
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in kept)
    assert not any(
        unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI") for c in kept
    )
    assert clean(kept) == kept


@given(ANY)
def test_cleaning_loses_no_word(text):
    assert fold(clean(text)).replace(" ", "") == fold(text.replace("\ud800", "")).replace(" ", "")


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("arzt", "arzt", 0),
        ("arzt", "artz", 1),
        ("arzt", "azt", 1),
        ("arzt", "aarzt", 1),
        ("arzt", "erzt", 1),
        ("arzt", "trat", 2),
        ("", "ab", 2),
    ],
)
def test_distance_counts_slips_of_the_finger(one, other, apart):
    assert distance(one, other, 3) == apart
    assert distance(other, one, 3) == apart
    assert distance(one, other, 0) == min(apart, 1)


@pytest.mark.timeout(30)  # seconds; in more than linear time it would take hours
@pytest.mark.parametrize("unit", ["a ", "ä", "\u0301", "\ufdfa", "9", "🏳️‍🌈", "\ud800", "\n \t"])
def test_a_flood_is_folded_and_cleaned(unit):
    flood = (unit * 100_000)[:100_000]
    assert len(clean(flood)) <= len(flood)
    fold(flood)
