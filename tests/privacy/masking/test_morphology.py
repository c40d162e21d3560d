"""The word model: what it says, that it is HanTa's, and that its file cannot run code."""

from __future__ import annotations

import pickle
from io import BytesIO

import pytest

from privacy.masking.morphology import BLANK, LONGEST_WORD, WordClass, _PlainUnpickler, model_of

UNKNOWN_WORDS = [
    "Yıldırım",
    "Kwiatkowski",
    "Sperrmüllabholung",
    "Knöchelmann",
    "verwildert",
    "Schlaglochkataster",
    "Oberlahnstein",
]


def test_names_and_nouns_look_different() -> None:
    german = model_of("de")
    assert german.look("Hans").margin > 0 > german.look("Spielplatz").margin
    assert german.look("Spielplatz").word_class is WordClass.NOUN
    assert german.look("der").word_class is WordClass.ARTICLE
    assert model_of("en").look("London").word_class is WordClass.NAME


def test_an_unknown_word_is_judged_by_its_parts() -> None:
    look = model_of("de").look("Haltestellenschildreinigung")
    assert (look.word_class, look.known) == (WordClass.NOUN, False)
    assert look.margin < 0


def test_a_word_without_end_is_not_searched() -> None:
    assert model_of("de").look("x" * (LONGEST_WORD + 1)) == BLANK
    assert model_of("de").look("") == BLANK


def test_another_language_gets_the_german_model() -> None:
    assert model_of("tr").look("Straße") == model_of("de").look("Straße")


@pytest.mark.parametrize("word", [*UNKNOWN_WORDS, "Bahnhof", "Andernach"])
def test_it_says_what_hanta_says(word: str) -> None:
    pytest.importorskip("numpy", reason="HanTa's own code needs numpy")
    from HanTa.HanoverTagger import HanoverTagger

    theirs = dict(HanoverTagger("morphmodel_ger.pgz").tag_word(word, cutoff=30))
    name = theirs.pop("NE", float("-inf"))
    margin = name - max(theirs.values(), default=float("-inf"))
    ours = model_of("de").look(word).margin
    # HanTa sums over the ways to the same tag where we take the best one.
    assert ours == pytest.approx(max(-12.0, min(12.0, float(margin))), abs=0.8)


@pytest.mark.parametrize("harm", [print, BytesIO])
def test_a_model_that_wants_to_run_code_is_refused(harm: object) -> None:
    with pytest.raises(pickle.UnpicklingError, match="more than containers"):
        _PlainUnpickler(BytesIO(pickle.dumps(harm))).load()
