"""The formulas give what their authors gave."""

from __future__ import annotations

import pytest

from dialogs.forms.reading_ease import reading, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [("Haus", 1), ("Straße", 2), ("Bürgermeisterin", 5), ("Feier", 2), ("Rufbus", 2), ("ich", 1), ("Bäume", 2)],
)
def test_german_syllables(word: str, count: int) -> None:
    assert syllables(word, german=True) == count


@pytest.mark.parametrize(("word", "count"), [("house", 1), ("table", 2), ("waited", 2), ("satisfied", 3), ("bus", 1)])
def test_english_syllables(word: str, count: int) -> None:
    assert syllables(word, german=False) == count


def test_amstads_formula_for_german() -> None:
    figures = reading("Der Bus kommt. Er ist da.", "de")  # 6 words, 2 sentences, 6 syllables
    assert figures is not None
    assert figures.score == pytest.approx(180 - 3 - 58.5)
    assert (figures.words, figures.sentences, figures.longest_sentence) == (6, 2, 3)


def test_fleschs_formula_for_english() -> None:
    figures = reading("The bus is here.", "en")  # 4 words, 1 sentence, 4 syllables
    assert figures is not None
    assert figures.score == pytest.approx(206.835 - 1.015 * 4 - 84.6, abs=0.1)


def test_other_languages_and_empty_texts_have_no_score() -> None:
    assert reading("Le bus arrive.", "fr") is None
    assert reading("123", "de") is None
