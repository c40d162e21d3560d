"""What a citizen wrote, read as an answer to a question. Pure: no clock, no disk, no words of our own.

`read` is the door; `search` finds choices of a long list by a few letters; `fold` and `clean` make text comparable
and safe to keep. Not here: commands ("zurück", "skip"), how a refusal is said (`dialogs/i18n.py`), what a form
makes of a value (`dialogs/forms/`).
"""

from dialogs.reading.folding import clean, fold
from dialogs.reading.outcomes import (
    ANSWER_LIMIT,
    TEXT_LIMIT,
    Picked,
    Problem,
    Reading,
    Several,
    Taken,
    Unread,
)
from dialogs.reading.reader import read
from dialogs.reading.searching import search

__all__ = [
    "ANSWER_LIMIT",
    "TEXT_LIMIT",
    "Picked",
    "Problem",
    "Reading",
    "Several",
    "Taken",
    "Unread",
    "clean",
    "fold",
    "read",
    "search",
]
