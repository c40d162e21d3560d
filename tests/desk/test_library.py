"""Texts that are kept opened for a while: searched, compared, forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest

from desk import library
from desk.library import FRESH, IDLE, Library, Shelf, Source
from desk.themes.saying import Saying
from storage.errors import Unavailable


def said(*texts: str, question: str = "/q") -> list[Saying]:
    return [Saying(at.to_bytes(12, "big"), text, "de", b"", {"question": question}) for at, text in enumerate(texts)]


def source(*texts: str) -> Source:
    async def every() -> AsyncIterator[Sequence[Saying]]:
        for each in said(*texts):
            yield [each]

    return every


class Hours:
    """A clock."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("bank", [0, 1]),
        ("BANK", [0, 1]),
        ("straße", [1, 2]),
        ("strasse", [1, 2]),
        ("bank straße", [1]),
        ("bänke", [0]),
        ("", []),
        ("Zirkus", []),
        ("(.*", []),
    ],
)
def test_a_search_finds_parts_of_words_in_any_spelling(query: str, found: list[int]) -> None:
    shelf = Shelf.filled(said("Mehr Bänke! Eine Bank.", "Bank an der Straße", "STRASSE kaputt"), 0.0)
    assert [int.from_bytes(number, "big") for number in shelf.search(query).numbers] == found


def test_a_search_looks_in_one_question_and_says_that_there_are_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "MOST_FOUND", 3)
    shelf = Shelf.filled(said(*["Bank"] * 4), 0.0)
    hits = shelf.search("bank")
    assert (len(hits.numbers), hits.more) == (3, True)
    assert shelf.search("bank", "/other").numbers == ()


def test_texts_that_say_nearly_the_same_are_found() -> None:
    texts = (
        "Der Bus kommt immer zu spät",
        "der Bus kommt zu spät!",
        "Bus",
        "Die Bank ist kaputt",
        "DER BUS KOMMT ZU SPÄT",
    )
    shelf = Shelf.filled(said(*texts), 0.0)
    alike = [int.from_bytes(number, "big") for number in shelf.alike((1).to_bytes(12, "big"), 10)]
    assert alike == [4, 0]
    assert shelf.alike(b"gone", 10) == []


async def test_a_shelf_is_filled_beside_the_pages_and_then_there() -> None:
    shelves = Library()
    assert shelves.shelf("bus", source("a", "b")) is None
    filled = await shelves.filled("bus", source("a", "b"))
    assert filled is not None
    assert [each.text for each in filled.sayings] == ["a", "b"]
    assert shelves.progress("bus") == 2
    assert shelves.shelf("bus", source("other")) is filled
    await shelves.close()


async def test_a_shelf_is_forgotten_when_nobody_asks_for_it() -> None:
    clock = Hours()
    shelves = Library(clock)
    await shelves.filled("bus", source("a"))
    clock.at += IDLE + 1
    shelves.sweep()
    assert shelves.shelf("bus", source("a")) is None
    await shelves.close()


async def test_an_old_shelf_serves_while_it_is_filled_anew() -> None:
    clock = Hours()
    shelves = Library(clock)
    old = await shelves.filled("bus", source("a"))
    clock.at += FRESH + 1
    assert shelves.shelf("bus", source("a", "b")) is old
    while shelves.shelf("bus", source("a", "b")) is old:
        await shelves._filling["bus"]
    newer = shelves.shelf("bus", source("a", "b"))
    assert newer is not None
    assert len(newer.sayings) == 2
    await shelves.close()


async def test_the_shelf_that_was_asked_for_the_longest_ago_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "MOST_TEXTS", 3)
    clock = Hours()
    shelves = Library(clock)
    await shelves.filled("old", source("a", "b"))
    clock.at += 1
    await shelves.filled("new", source("c", "d"))
    shelves.sweep()
    assert shelves.shelf("new", source()) is not None
    assert "old" not in shelves._shelves
    await shelves.close()


async def test_a_store_that_is_away_leaves_the_page_without_the_shelf() -> None:
    async def away() -> AsyncIterator[Sequence[Saying]]:
        raise Unavailable("the database is away")
        yield []

    shelves = Library()
    assert await shelves.filled("bus", away) is None
    await shelves.close()
