"""Frequent words: counted once a person, never of few people, never out of a mask."""

from __future__ import annotations

import pytest

from privacy.disclosure import PUBLIC
from privacy.vocabulary import SafeWords, common_words, words_of


def test_a_word_leaves_only_if_five_people_used_it() -> None:
    texts = ["Haltestelle"] * 5 + ["Fahrrad Fahrrad Fahrrad"] * 4 + ["anderswo"]
    assert common_words(texts).counts == (("Haltestelle", 5),)


def test_the_public_asks_for_ten() -> None:
    texts = ["Haltestelle"] * 10 + ["Fahrrad"] * 9 + ["anderswo"]
    assert common_words(texts, PUBLIC).counts == (("Haltestelle", 10),)


def test_masks_common_words_and_numbers_are_no_words() -> None:
    assert list(words_of("Der [Name] wartet 20 Minuten an der U-Bahn, isn't it")) == ["wartet", "Minuten", "U-Bahn"]


def test_nobody_else_makes_safe_words() -> None:
    with pytest.raises(TypeError):
        SafeWords(10, 1, (("Eva", 1),))


def test_words_are_kept_and_read_back() -> None:
    common = common_words(["Haltestelle"] * 10)
    assert SafeWords.from_json(common.as_json()).counts == common.counts
