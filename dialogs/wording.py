"""Texts that come in several languages, and texts cut to a length. Pure words; nothing of a conversation."""

from __future__ import annotations

from collections.abc import Mapping

from dialogs.i18n import Voice, fallbacks


def in_language(texts: Mapping[str, str], voice: Voice) -> str:
    """The text of the nearest language; the key "" is the fallback, then any that there is, then ''."""
    for candidate in (*fallbacks(voice.language), ""):
        if texts.get(candidate):
            return texts[candidate]
    return next(iter(texts.values()), "")


def clipped(text: str, limit: int) -> str:
    """One line, cut with an ellipsis if it is longer than `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
