"""When a whole message says "nothing" to what need not be answered: no, none, I don't know, I'd rather not say, a dash.

The words are those that answer a choice so, in every language at once. Not here: commands ("skip", "next":
`dialogs/triggers.py`).
"""

from __future__ import annotations

from dialogs.reading.folding import key
from dialogs.reading.menu import NO_SIGNS, signs
from dialogs.reading.vocabulary import families

_WAYS = ("no", "none_of_them", "unknown", "unsaid", "nowhere")
_STROKES = frozenset("-–—_./\\")


def declines(text: str) -> bool:
    """Whether the text gives nothing, and says so."""
    said = key(text)
    if said:
        return any(said in families(way) for way in _WAYS)
    return bool(text.strip()) and set(signs(text)) <= NO_SIGNS | _STROKES
