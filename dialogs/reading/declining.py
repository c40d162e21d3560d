"""When a whole message says that there is no answer: no, none, I don't know, I'd rather not say, a dash.

The words are those that answer a choice so, in every language at once. Not here: commands ("skip", "next":
`dialogs/triggers.py`), what need not be answered (`dialogs/survey_reading.py`, `dialogs/feedback.py`).
"""

from __future__ import annotations

from dialogs.reading.folding import key
from dialogs.reading.menu import NO_SIGNS, signs
from dialogs.reading.vocabulary import families

_STROKES = frozenset("-–—_./\\")


def leaves_unsaid(text: str) -> bool:
    """Whether the text says that its author does not know, or would rather not say."""
    said = key(text)
    return said in families("unknown") or said in families("unsaid")


def gives_none(text: str) -> bool:
    """The same, or a no: where something is to be shown (a photo, a place) it means that there is none."""
    said = key(text)
    if said:
        return leaves_unsaid(text) or any(said in families(way) for way in ("no", "none_of_them", "nowhere"))
    return bool(text.strip()) and set(signs(text)) <= NO_SIGNS | _STROKES
