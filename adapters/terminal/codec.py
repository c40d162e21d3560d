"""The terminal's own form of acts and parts: one line in, a block of lines out. Pure."""

from __future__ import annotations

from dialogs.events import Act, MediaKind, MediaRef, MediaSent, Said
from dialogs.messages import Part

PREFIXES = {
    "photo": MediaKind.PHOTO,
    "foto": MediaKind.PHOTO,
    "voice": MediaKind.VOICE,
    "stimme": MediaKind.VOICE,
    "file": MediaKind.FILE,
    "datei": MediaKind.FILE,
}
"""What stands before the path of a file ("photo: /home/me/stop.jpg")."""

CITIZEN = "> "
INDENT = "  "


def decode(line: str) -> Act:
    """One line that was typed."""
    head, colon, path = line.partition(":")
    kind = PREFIXES.get(head.strip().lower())
    if colon and kind is not None and path.strip():
        return MediaSent(kind, MediaRef(path.strip()))
    return Said(line.rstrip("\n"))


def encode(part: Part) -> str:
    """A part as lines; pictures by their name, buttons are in the text already (the channel has none)."""
    lines = [f"[{picture.alt or picture.name}]" for picture in part.pictures]
    if part.title:
        lines.append(f"— {part.title} —")
    lines += part.text.split("\n")
    if part.document is not None:
        lines.append(f"[{part.document.name}]")
    return "\n".join(f"{INDENT}{line}".rstrip() for line in lines)
