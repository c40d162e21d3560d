"""A long list searched by a few letters ("Musterstadt-Nord" by "nord")."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from dialogs.forms.questions import Option
from dialogs.reading.folding import distance, key, slips

SEARCH_LIMIT = 200  # letters looked for; more is no search


class _Rank(IntEnum):
    """How well an option fits, best first."""

    SAME = 0
    BEGINS = 1
    WORD_BEGINS = 2
    WORDS_BEGIN = 3
    INSIDE = 4
    SLIP = 5


def search(options: Sequence[Option], letters: str) -> tuple[int, ...]:
    """Positions of the options that fit, best first, in list order among equals; all of them for no letters.

    Slips of the finger count only where nothing fits without them.
    """
    wanted = key(letters[:SEARCH_LIMIT])
    if not wanted:
        return tuple(range(len(options)))
    labels = [key(option.label or option.value) for option in options]
    ranked = [(rank, index) for index, label in enumerate(labels) if (rank := _rank(label, wanted)) is not None]
    if not ranked:
        ranked = [(_Rank.SLIP + apart, index) for index, label in enumerate(labels) if (apart := _apart(label, wanted))]
    return tuple(index for _, index in sorted(ranked))


def _rank(label: str, wanted: str) -> int | None:
    if label == wanted:
        return _Rank.SAME
    if label.startswith(wanted):
        return _Rank.BEGINS
    if f" {wanted}" in label:
        return _Rank.WORD_BEGINS
    if " " in wanted and all(f" {word}" in f" {label}" for word in wanted.split()):
        return _Rank.WORDS_BEGIN
    return _Rank.INSIDE if wanted in label or wanted.replace(" ", "") in label.replace(" ", "") else None


def _apart(label: str, wanted: str) -> int:
    """Slips between the letters and the label, its beginning or a word of it; 0 if too many."""
    allowed = slips(wanted)
    if not allowed:
        return 0
    pieces = {label, label[: len(wanted)], *label.split(), *(word[: len(wanted)] for word in label.split())}
    nearest = min(distance(piece, wanted, allowed) for piece in pieces)
    return nearest if nearest <= allowed else 0
