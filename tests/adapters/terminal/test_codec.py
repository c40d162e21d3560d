"""The terminal's lines."""

from __future__ import annotations

from adapters.terminal.codec import decode, encode
from dialogs.events import MediaKind, MediaRef, MediaSent, Said
from dialogs.messages import Document, Part, Picture


def test_a_line_is_a_text() -> None:
    assert decode("ja, mehrmals\n") == Said("ja, mehrmals")
    assert decode("photo:") == Said("photo:")
    assert decode("Uhrzeit: 14:30") == Said("Uhrzeit: 14:30")


def test_a_path_is_a_file() -> None:
    assert decode("photo: /home/me/stop.jpg") == MediaSent(MediaKind.PHOTO, MediaRef("/home/me/stop.jpg"))
    assert decode("Stimme: a.ogg") == MediaSent(MediaKind.VOICE, MediaRef("a.ogg"))


def test_a_part_is_a_block_of_lines() -> None:
    part = Part(
        "Frage\nHinweis",
        title="Ihr Besuch",
        pictures=(Picture("hash", "platz.jpg", "Der Platz"),),
        document=Document("daten.json", "application/json", b"{}"),
    )
    assert encode(part).split("\n") == ["  [Der Platz]", "  — Ihr Besuch —", "  Frage", "  Hinweis", "  [daten.json]"]
