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
        ("meine antworten löschen", Command.DELETE),
        ("meine daten löschen", Command.DELETE_ALL),
        ("meine Daten", Command.MY_DATA),
        ("Datenschutz", Command.PRIVACY),
        ("Was genau wird gespeichert?", Command.DETAILS),
        ("Pause", Command.PAUSE),
        ("talk to a person", Command.PERSON),
        ("mit einem Menschen sprechen", Command.PERSON),
        ("Mir Bescheid geben", Command.OUTCOME),
        ("Ja, Bescheid geben", Command.OUTCOME),
    ],
)
def test_a_word_is_understood(text: str, command: Command) -> None:
    assert bare(text) == Trigger(command)


@pytest.mark.parametrize("text", ["ich will zurück nach Hause", "hilfe ich habe eine Frage", "nicht stoppen", ""])
def test_a_word_inside_a_sentence_is_no_command(text: str) -> None:
    assert bare(text) is None


@pytest.mark.parametrize("text", ["Stopp bitte", "bitte stopp", "Stopp, danke!", "please stop", "/stopp bitte"])
def test_politeness_changes_nothing(text: str) -> None:
    assert (slashed(text) or bare(text)) == Trigger(Command.STOP)
    assert bare("löschen bitte") == Trigger(Command.DELETE)
    assert near("bitte zurrück") == Trigger(Command.BACK, guessed=True)
    assert bare("bitte") is None


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
    assert near("zurrück") == Trigger(Command.BACK, guessed=True)
    assert near("überspringn") == Trigger(Command.SKIP, guessed=True)
    assert near("abseden") is None


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("hlfe", Command.HELP),
        ("hlep", Command.HELP),
        ("stpo", Command.STOP),
        ("stoppp", Command.STOP),
        ("meine datn", Command.MY_DATA),
        ("my dtaa", Command.MY_DATA),
        ("lösche alels", Command.DELETE_ALL),
        ("datnschutz", Command.PRIVACY),
        ("privcy", Command.PRIVACY),
        ("sprahce", Command.LANGUAGE),
        ("puase", Command.PAUSE),
        ("korigieren", Command.CHANGE),
        ("löshcen", Command.DELETE),
        ("talk to a persn", Command.PERSON),
    ],
)
def test_every_right_is_understood_in_spite_of_a_slip_of_the_finger(text: str, command: Command) -> None:
    assert near(text) == Trigger(command, guessed=True)


def test_a_pause_takes_a_day_of_several_words() -> None:
    assert bare("Pause bis Freitag") == Trigger(Command.PAUSE, "bis Freitag")
    assert bare("pause until next friday") == Trigger(Command.PAUSE, "until next friday")
    assert bare("Pause machen die Kinder am liebsten draußen") is None


@pytest.mark.parametrize("command", LABELS)
def test_what_is_a_button_can_be_typed(command: Command) -> None:
    for language in house_languages():
        assert bare(translate(LABELS[command], language)) == Trigger(command)


@pytest.mark.parametrize("command", Command)
def test_the_name_of_a_command_works_with_a_slash(command: Command) -> None:
    assert slashed(f"/{command.value}") == Trigger(command)


def test_the_menu_of_a_messenger_has_only_plain_names() -> None:
    assert all(command.value.isascii() and command.value.islower() for command in MENU)


def test_no_label_holds_the_comma_that_parts_labels_in_or_write() -> None:
    assert not [
        label for text in LABELS.values() for each in house_languages() if "," in (label := translate(text, each))
    ]
