"""The figures that are promised (`docs/masking.md`), computed anew: a sample always, everything among the long tests.

The corpora are no part of the project; without them beside the checkout only the made sentences are measured.
"""

from __future__ import annotations

import pytest

from benchmarks.masking import (
    LEAST_ANY,
    LEAST_FULL,
    LEAST_IDENTIFIERS,
    LEAST_SMALL,
    MOST_MASKED,
    measure_made,
    measure_names,
    measure_nobody,
)
from benchmarks.masking_corpora import BESIDE, Sentence, germeval, in_small_letters
from benchmarks.masking_made import made_identifiers, made_people
from benchmarks.masking_texts import NOBODY_HELD_OUT, PEOPLE
from privacy.masking.lexicon import first_names, surnames

SAMPLE = 12
"""Every so many sentences: some 200, among them some 70 names, in seconds."""

SLACK = 0.04
"""What a share of 70 names may lie below by chance."""

MADE = 30
"""Sentences of each kind of identifier in the sample."""

LEAST_PEOPLE = 0.95
MOST_OF_NOBODY = 0.02

needs_corpora = pytest.mark.skipif(not BESIDE.is_dir(), reason="the corpora are not beside the checkout")


def held_out() -> list[Sentence]:
    return germeval()[1::2]


@needs_corpora
def test_a_sample_of_names_is_found_and_little_else() -> None:
    found = measure_names(held_out()[::SAMPLE])
    assert found.names >= 50
    assert found.any_token >= LEAST_ANY - SLACK
    assert found.full >= LEAST_FULL - SLACK
    assert found.masked <= MOST_MASKED


@needs_corpora
def test_a_sample_in_small_letters_is_found() -> None:
    found = measure_names(in_small_letters(held_out()[::SAMPLE]))
    assert found.any_token >= LEAST_SMALL
    assert found.masked <= MOST_MASKED


@needs_corpora
@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", [0, 1], ids=["fitted", "held out"])
def test_names_are_found_in_the_whole_corpus(first: int) -> None:
    found = measure_names(germeval()[first::2])
    assert found.any_token >= LEAST_ANY
    assert found.full >= LEAST_FULL
    assert found.masked <= MOST_MASKED


@needs_corpora
@pytest.mark.long
@pytest.mark.timeout(900)
def test_names_in_small_letters_are_found_in_the_whole_corpus() -> None:
    found = measure_names(in_small_letters(held_out()))
    assert found.any_token >= LEAST_SMALL
    assert found.masked <= MOST_MASKED


@pytest.mark.parametrize("kind", made_identifiers(1))
def test_identifiers_are_found(kind: str) -> None:
    recall = measure_made(made_identifiers(MADE)[kind])
    assert recall.found >= LEAST_IDENTIFIERS, recall.missed


@pytest.mark.long
@pytest.mark.parametrize("kind", made_identifiers(1))
def test_identifiers_are_found_in_many_sentences(kind: str) -> None:
    recall = measure_made(made_identifiers(600)[kind])
    assert recall.found >= LEAST_IDENTIFIERS, recall.missed


@pytest.mark.parametrize("kind", made_people())
def test_people_are_found_in_what_citizens_write(kind: str) -> None:
    recall = measure_made(made_people()[kind][::4])
    assert recall.found >= LEAST_PEOPLE, recall.missed


def test_some_of_the_people_are_in_no_list() -> None:
    known = first_names() | surnames()
    strangers = [name for name in PEOPLE if not all(word in known for word in name.lower().split())]
    assert len(strangers) >= 15, "what is measured should not be what was looked up"


def test_hardly_a_word_goes_where_nobody_is_named() -> None:
    assert measure_nobody(NOBODY_HELD_OUT) <= MOST_OF_NOBODY
