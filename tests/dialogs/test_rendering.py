"""A message cut to what a channel can show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.capabilities import TELEGRAM, TERMINAL, WEB
from dialogs.messages import Action, Button, Choices, Expects, Kind, Language, Progress, Say
from dialogs.rendering import render, split, units


def button(label: str, *, chosen: bool = False) -> Button:
    return Button(Action(label[:20]), label, chosen)


def labels(say: Say) -> list[list[str]]:
    return [[each.label for each in row] for row in render(say, TELEGRAM)[-1].buttons]


QUESTION = Say(
    "Wie war es?",
    Kind.QUESTION,
    progress=Progress(2, 8),
    hint="Ganz ehrlich.",
    choices=Choices((button("Gut"), button("Schlecht", chosen=True))),
    controls=(button("Zurück"), button("Hilfe")),
)


def test_a_question_with_buttons_says_where_we_are() -> None:
    (part,) = render(QUESTION, TELEGRAM)
    assert part.text == "2 von 8 · Wie war es?\nGanz ehrlich."
    assert labels(QUESTION) == [["Gut", "Schlecht"], ["Zurück", "Hilfe"]]


def test_without_buttons_everything_can_be_typed() -> None:
    (part,) = render(QUESTION, TERMINAL)
    assert part.text.splitlines()[2:] == ["1. Gut", "2. Schlecht (gewählt)", "Oder schreiben Sie: Zurück, Hilfe"]
    assert part.buttons == ()


def test_commands_carry_a_slash_where_any_word_would_be_an_answer() -> None:
    (part,) = render(Say("Und?", expects=Expects.TEXT, controls=(button("Zurück"),)), TERMINAL)
    assert "/Zurück" in part.text


def test_a_label_too_long_for_a_button_stands_in_the_text() -> None:
    long = "Das Bestellen ist mir zu umständlich und dauert"
    say = Say("Warum?", choices=Choices((button(long), button("Nein"))))
    assert labels(say) == [["1", "2"]]
    assert render(say, TELEGRAM)[0].text == f"Warum?\n\n1. {long}\n2. Nein"


def test_more_options_than_buttons_are_named_in_the_text_and_each_keeps_its_number() -> None:
    say = Say("Was?", choices=Choices(tuple(button(f"Ortsteil {number}") for number in range(1, 15))))
    (part,) = render(say, TELEGRAM)
    assert "\n14. Ortsteil 14" in part.text
    assert [label for row in labels(say) for label in row] == [str(number) for number in range(1, 15)]


def test_numbers_are_not_numbered_again() -> None:
    say = Say("Note?", Kind.QUESTION, choices=Choices(tuple(button(str(number)) for number in range(3))))
    assert render(say, TERMINAL)[0].text == "Note?\n0 · 1 · 2"


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        (("Ja", "Nein"), [2]),
        (("1", "2", "3", "4", "5", "6"), [3, 3]),
        (("1", "2", "3", "4", "5"), [5]),
        (("Eine lange Antwort", "Noch eine lange", "Nein"), [1, 1, 1]),
        (("Arbeit", "Einkaufen", "Arzt", "Freizeit"), [4]),
    ],
)
def test_options_stand_in_one_row_or_in_even_columns(options: tuple[str, ...], rows: list[int]) -> None:
    say = Say("?", choices=Choices(tuple(map(button, options))))
    assert [len(row) for row in labels(say)] == rows


def test_a_page_counts_on() -> None:
    options = tuple(button(f"Ort {number}") for number in range(3))
    say = Say("Wo?", Kind.QUESTION, choices=Choices(options, first=11, pages=(button("Mehr zeigen"),)))
    assert render(say, TERMINAL)[0].text.splitlines()[1] == "11. Ort 0"


def test_a_right_to_left_language_keeps_its_tag() -> None:
    assert render(Say("مرحبا", language=Language("ar")), WEB)[0].language == "ar"


def test_a_long_text_is_cut_between_paragraphs() -> None:
    assert split("eins\n\nzwei drei\n\nvier", 12) == ["eins", "zwei drei", "vier"]


def test_the_last_part_carries_the_buttons() -> None:
    say = Say("\n".join(["wort " * 200] * 10), choices=Choices((button("Ja"),)))
    parts = render(say, TELEGRAM)
    assert len(parts) > 1
    assert all(not part.buttons for part in parts[:-1])
    assert parts[-1].buttons


@given(st.text(max_size=400), st.integers(2, 60))
def test_no_piece_is_too_long_and_no_letter_is_lost(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(0 < units(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(st.text(max_size=9000), st.lists(st.text(min_size=1, max_size=90), max_size=40))
def test_whatever_is_said_fits_the_channel(text: str, options: list[str]) -> None:
    say = Say(text, title="T", choices=Choices(tuple(map(button, options))))
    for channel in (TELEGRAM, WEB, TERMINAL):
        parts = render(say, channel)
        assert parts
        for part in parts:
            assert units(part.text) + units(part.title) <= channel.text_limit
            if channel.buttons is not None:
                assert all(len(each.label) <= channel.buttons.label for row in part.buttons for each in row)
                assert all(len(row) <= channel.buttons.per_row for row in part.buttons)
