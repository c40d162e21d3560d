"""Which words steer, in every language, with and without slash."""

from __future__ import annotations

import pytest

from dialogs.i18n import house_languages, translate
from dialogs.triggers import LABELS, MENU, Command, Trigger, UnknownCommand, bare, near, slashed


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("hilfe", Command.HELP),
        ("Hilfe!", Command.HELP),
        ("?", Command.HELP),
        ("ZURÜCK", Command.BACK),
        ("zurueck", Command.BACK),
        ("back", Command.BACK),
        ("stop", Command.STOP),
        ("Stopp.", Command.STOP),
        ("warum?", Command.WHY),
        ("von vorne", Command.RESTART),
        ("meine daten löschen", Command.DELETE),
        ("Was genau wird gespeichert?", Command.PRIVACY),
    ],
)
def test_a_word_is_understood(text: str, command: Command) -> None:
    assert bare(text) == Trigger(command)


@pytest.mark.parametrize("text", ["ich will zurück nach Hause", "hilfe ich habe eine Frage", "nicht stoppen", ""])
def test_a_word_inside_a_sentence_is_no_command(text: str) -> None:
    assert bare(text) is None


def test_an_argument_follows_its_word() -> None:
    assert bare("ändern 3") == Trigger(Command.CHANGE, "3")
    assert bare("löschen rufbus") == Trigger(Command.DELETE, "rufbus")
    assert bare("zurück 3") is None


@pytest.mark.parametrize("text", ["/start rufbus", "/Start  rufbus", "/start@ZurufBot rufbus", "/ start rufbus"])
def test_a_slash_command_takes_a_code(text: str) -> None:
    assert slashed(text) == Trigger(Command.START, "rufbus")


def test_a_slash_that_means_nothing_is_known_as_such() -> None:
    assert slashed("/tanzen") == UnknownCommand()
    assert slashed("/") == UnknownCommand()
    assert slashed("kein Befehl") is None


def test_a_slip_of_the_finger_is_forgiven_where_it_does_no_harm() -> None:
    assert near("zurrück") == Trigger(Command.BACK)
    assert near("überspringn") == Trigger(Command.SKIP)
    assert near("abseden") is None
    assert near("stoppp") is None


@pytest.mark.parametrize("command", LABELS)
def test_what_is_a_button_can_be_typed(command: Command) -> None:
    for language in house_languages():
        assert bare(translate(LABELS[command], language)) == Trigger(command)


@pytest.mark.parametrize("command", Command)
def test_the_name_of_a_command_works_with_a_slash(command: Command) -> None:
    assert slashed(f"/{command.value}") == Trigger(command)


def test_the_menu_of_a_messenger_has_only_plain_names() -> None:
    assert all(command.value.isascii() and command.value.islower() for command in MENU)
