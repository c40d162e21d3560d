"""A long list searched by a few letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.forms.questions import Option
from dialogs.reading import search

PLACES = ("Neustadt", "Altstadt", "Bad Neustadt", "Münster", "Großmünster", "Sankt Peter-Ording", "Ordingen", "Köln")


def found(letters, places=PLACES):
    options = [Option(str(n), label) for n, label in enumerate(places)]
    return [places[index] for index in search(options, letters)]


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("neu", ["Neustadt", "Bad Neustadt"]),
        ("stadt", ["Neustadt", "Altstadt", "Bad Neustadt"]),
        ("ord", ["Ordingen", "Sankt Peter-Ording"]),
        ("münster", ["Münster", "Großmünster"]),
        ("muenster", ["Münster", "Großmünster"]),
        ("MUNSTER", ["Münster", "Großmünster"]),
        ("gross", ["Großmünster"]),
        ("koeln", ["Köln"]),
        ("peter ord", ["Sankt Peter-Ording"]),
        ("ord sankt", ["Sankt Peter-Ording"]),
        ("peterord", ["Sankt Peter-Ording"]),
        ("nuestadt", ["Neustadt", "Bad Neustadt"]),
        ("altstdat", ["Altstadt"]),
        ("münstr", ["Münster"]),
        ("Hamburg", []),
        ("xyz", []),
    ],
)
def test_the_best_comes_first(letters, expected):
    assert found(letters) == expected


def test_no_letters_find_everything():
    assert found("") == found(" !? ") == list(PLACES)


def test_an_exact_name_comes_before_longer_ones():
    assert found("Bach", ("Bachheim", "Bach", "Rohrbach")) == ["Bach", "Bachheim", "Rohrbach"]


def test_a_flood_of_letters_finds_nothing():
    assert found("x" * 100_000) == []


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=20), st.text(max_size=20))
def test_every_hit_is_named_once_and_every_label_finds_itself(labels, letters):
    hits = search([Option("v", label) for label in labels], letters)
    assert len(set(hits)) == len(hits)
    for index, label in enumerate(labels):
        assert index in search([Option("v", each) for each in labels], label)
