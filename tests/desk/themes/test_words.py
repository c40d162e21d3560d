"""Frequent words and words that stand out: only such as five people or more used."""

from __future__ import annotations

import pytest

from desk.themes.lexis import Lexis, spoken
from desk.themes.saying import Saying
from desk.themes.words import LEAST, frequent_words, standing_out

from .planted import planted


def sayings(*texts: str, language: str = "de", group: str = "", first: int = 0) -> list[Saying]:
    """Each of somebody else."""
    return [Saying((first + at).to_bytes(12, "big"), text, language, b"", {"district": group})
            for at, text in enumerate(texts)]  # fmt: skip


def test_words_are_counted_by_people_and_shown_as_they_are_written_most() -> None:
    texts = sayings(*["Die Haltestellen, die HALTESTELLEN!"] * 4, *["eine Haltestelle fehlt"] * 8)
    assert [(each.word, each.people) for each in frequent_words(texts)] == [("Haltestelle", 12), ("fehlt", 8)]


def test_a_word_of_four_people_and_of_one_who_says_it_often_is_not_told() -> None:
    texts = sayings(*["Bänke fehlen"] * 10, *["Kirschbaum"] * (LEAST - 1))
    texts += [Saying((900 + at).to_bytes(12, "big"), "Maulwurf", "de", b"one person") for at in range(20)]
    told = {each.word for each in frequent_words(texts)}
    assert "Kirschbaum" not in told
    assert "Maulwurf" not in told
    assert "Bänke" in told
    texts += sayings("Kirschbaum", first=500)
    assert "Kirschbaum" in {each.word for each in frequent_words(texts)}


def test_nothing_is_told_of_fewer_than_ten_people() -> None:
    assert frequent_words(sayings(*["Bänke fehlen"] * 9)) == []


def test_masks_numbers_and_everyday_words_are_no_words() -> None:
    texts = sayings(*["Ich wohne bei [Name], Telefon [Telefon], und der Zug 4711 ist zu laut"] * 10)
    assert {each.word for each in frequent_words(texts)} == {"wohne", "Telefon", "Zug", "laut"}


@pytest.mark.parametrize(
    ("text", "expected", "language"),
    [
        ("The bus is too late and I wait for it", "de", "en"),
        ("Der Bus ist zu spät und ich warte", "en", "de"),
        ("Bus", "de-simple", "de"),
        ("Bus", "en", "en"),
        ("Otobüs geç kalıyor", "tr", "de"),
    ],
)
def test_the_language_is_that_of_the_words(text: str, expected: str, language: str) -> None:
    assert spoken(text, expected) == language


def test_forms_of_a_word_are_one() -> None:
    lexis = Lexis()
    assert len(set(lexis.stems("Haltestelle Haltestellen", "de"))) == 1
    assert len(set(lexis.stems("stop stops stopping", "en"))) == 1


def test_what_stands_out_in_a_group_is_what_its_people_say_more() -> None:
    texts, _ = planted(each=30, english=0)
    told = standing_out(texts, "topic")
    assert "Bus" in {each.word for each in told["bus"]}
    assert {"Radweg", "Radspur", "Fahrradspur"} & {each.word for each in told["rad"]}
    assert "Bus" not in {each.word for each in told["licht"]}
    assert all(each.people >= LEAST for words in told.values() for each in words)


def test_small_groups_and_small_rests_say_nothing() -> None:
    many, few = sayings(*["Der Bus fehlt"] * 30, group="Nord"), sayings(*["Ein Kino"] * 9, group="Süd", first=100)
    assert standing_out([*many, *few], "district") == {}
    more = sayings(*["Ein Kino"] * 10, group="Süd", first=100)
    assert {each.word for each in standing_out([*many, *more], "district")["Süd"]} == {"Kino"}


def test_a_number_that_would_tell_how_few_others_used_the_word_is_left_out() -> None:
    south = sayings(*["Ein Kino"] * 20, group="Süd", first=100)

    def told(others: int) -> list[int]:
        north = sayings(*["Der Bus fehlt"] * 30, *["Ein Kino"] * others, group="Nord")
        return [each.people for each in standing_out([*north, *south], "district")["Süd"] if each.word == "Kino"]

    assert [told(0), told(4), told(5)] == [[20], [0], [20]]


def test_a_saying_never_shows_its_words() -> None:
    assert "Kino" not in repr(sayings("Ein Kino")[0])
