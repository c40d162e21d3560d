"""The poster: one sheet of A4, whatever stands on it."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from datetime import date

import pytest

from desk.poster import poster
from desk.sharing import Invitation, homepage_text, invitation, short_text
from dialogs.i18n import Voice
from dialogs.messages import Language
from dialogs.world import UNENCRYPTED, Survey
from storage.ways import ChannelWay, Proof

DAY = date(2026, 11, 23)
GERMAN = Voice(Language("de"), DAY)
MATRIX_KEY = Proof("matrix_master_key", "A" * 43)
WAYS = (
    ChannelWay("signal", "https://signal.me/#p/+4930123456", "Stadt Musterstadt"),
    ChannelWay(
        "matrix",
        "https://matrix.to/#/@zuruf:musterstadt.example",
        "@zuruf:musterstadt.example",
        (MATRIX_KEY,),
    ),
    ChannelWay("telegram", "https://t.me/musterstadt_bot?start={code}", "@musterstadt_bot"),
    ChannelWay("web", "https://musterstadt.example/s/{code}/chat", "", (Proof("town", "abcdefgh"),)),
)
SURVEY = Survey(
    "platz", "f", {"": "Der neue Platz"}, {"": "Wir lernen."}, closes=date(2026, 12, 31), owner="Planungsamt",
    languages=("de", "en"), uses={"": "Der Rat liest mit."},
)  # fmt: skip


def sheet(survey: Survey = SURVEY, voice: Voice = GERMAN, ways: tuple[ChannelWay, ...] = WAYS) -> Invitation:
    address = "https://musterstadt.example"
    return invitation(survey, None, 8, ways, "Stadt Musterstadt", "Bürgerbüro, 0123 456 78", address, voice)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", pdf))


@pytest.mark.parametrize("language", ["de", "en", "de-simple"])
@pytest.mark.parametrize("length", [1, 12, 40])
def test_it_is_one_sheet_of_a4_in_each_language_and_at_each_length(language: str, length: int) -> None:
    voice = Voice(Language(language), DAY)
    long = replace(SURVEY, titles={"": "Ein langer Titel " * length}, purposes={"": "Ein Satz, der erklärt. " * length})
    made = poster(sheet(long, voice), voice, DAY)
    assert pages(made) == 1
    assert re.search(rb"/MediaBox \[0 0 595\.\d+ 841\.\d+\]", made)
    assert len(made) < 200_000


def test_it_is_tagged_for_whoever_has_it_read_aloud() -> None:
    made = poster(sheet(), GERMAN, DAY)
    assert b"/Lang (de)" in made
    assert b"/MarkInfo <</Marked true>>" in made
    assert b"/DisplayDocTitle true" in made
    tags = re.findall(rb"/S /(?!Transparency|Document)(\w+)", made)
    assert tags.count(b"H1") == 1
    assert tags.count(b"H2") == tags.count(b"Figure") == len(WAYS)
    assert tags.index(b"H1") < tags.index(b"H2") < tags.index(b"Figure")
    assert made.count(b"/Alt ") == len(WAYS)
    streams = [zlib.decompress(each) for each in re.findall(rb"FlateDecode.*?stream\n(.*?)\nendstream", made, re.S)]
    content = next(each for each in streams if b"BDC" in each)
    assert content.count(b"BDC") == len(tags)
    assert content.count(b"EMC") == content.count(b"BDC") + content.count(b"/Artifact BMC")
    outside = re.sub(rb"(?:/\w+ <</MCID \d+>> BDC|/Artifact BMC).*?EMC", b"", content, flags=re.S)
    assert b"Tj" not in outside
    assert b" re" not in outside, "nothing is drawn that is not told"


def test_the_same_words_on_the_same_day_are_the_same_bytes() -> None:
    assert poster(sheet(), GERMAN, DAY) == poster(sheet(), GERMAN, DAY)


def test_without_any_channel_it_still_leads_somewhere() -> None:
    made = poster(sheet(ways=()), GERMAN, DAY)
    assert pages(made) == 1


def test_it_names_whom_the_survey_does_not_bar_with_their_privacy_cards() -> None:
    barred = replace(SURVEY, barred_channels=frozenset({UNENCRYPTED}))
    assert [each.label for each in sheet().entrances] == ["Signal", "Matrix", "Telegram", "Im Browser"]
    assert [each.label for each in sheet(barred).entrances] == ["Signal", "Matrix"]
    signal, *_, telegram, web = sheet().entrances
    assert (signal.begins, telegram.begins) == ("Schreiben Sie dort: platz", "")
    assert telegram.link == "https://t.me/musterstadt_bot?start=platz"
    assert "Telegram selbst kann mitlesen" in telegram.card.reads
    assert sheet().keys[0].startswith("Matrix, ")
    assert sheet().keys[1].endswith("abcd efgh")
    assert web.link == "https://musterstadt.example/s/platz/chat"


def test_words_to_copy_say_what_a_citizen_wants_to_know() -> None:
    long, short = homepage_text(sheet(), SURVEY, GERMAN), short_text(sheet(), GERMAN)
    for words in ("Der neue Platz", "Wir lernen.", "Der Rat liest mit.", "8 Fragen", "31. Dezember", "Planungsamt"):
        assert words in long
    assert short.splitlines() == [
        "Stadt Musterstadt fragt: Der neue Platz",
        "8 Fragen, etwa 3 Minuten. Offen bis 31. Dezember.",
        "https://musterstadt.example/s/platz",
    ]
