"""What stands in a button: a tap as short printable text, and back.

A tap on a choice carries a mark of the question as it was shown, so that a tap on an old message is known for what
it is. Multiple choice says "set" or "unset" rather than "toggle", so that a double tap does no harm.
Not here: what a tap does (the dialogues).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from dialogs.messages import ACTION_LIMIT, Action


class Verb(StrEnum):
    """What was tapped."""

    CHOOSE = "o"
    """Option `number` of a question."""
    SET = "s"
    UNSET = "u"
    """Option `number` of a multiple choice or ranking."""
    DONE = "d"
    PAGE = "p"
    """Page `number` of a long list."""
    COMMAND = "c"
    """A control; the mark is the command's name, the number an argument."""
    REPORT = "f"
    """Category `number` of a report."""
    EVALUATE = "e"
    """Option `number` of the question under a news message; the mark is its survey."""
    SURVEY = "v"
    """Begin the survey that the mark names."""
    REPLY = "r"
    """Option `number` of a question of the house; the mark is its key."""
    CASE = "k"
    """Under what the town wrote about a case: the mark begins its key, the number says what to do (`case_talk.py`)."""


class CaseTap(IntEnum):
    """What a button under the town's words about a case does."""

    ANSWER = 0
    SHOW = 1
    FIXED = 2
    NOT_FIXED = 3


@dataclass(frozen=True, slots=True)
class Tap:
    """A button, tapped."""

    verb: Verb
    mark: str = ""
    number: int = 0


MARK_LIMIT = 32
"""As long as the code of a survey, which is a mark, too."""
MARK_LETTERS = 16
"""Letters of a case's key in a button: 64 bits, told apart among one person's cases only."""
NUMBER_LIMIT = 100_000

_WRITTEN = re.compile(r"([a-z])\.([a-z0-9_-]{0,32})\.([0-9]{1,6})", re.ASCII)


def encode(tap: Tap) -> Action:
    """The tap as a button carries it."""
    written = f"{tap.verb}.{tap.mark}.{tap.number}"
    assert len(written) <= ACTION_LIMIT, "marks and numbers are bounded"
    return Action(written)


def decode(action: str) -> Tap | None:
    """The tap that an action means; None for what this version did not write."""
    match = _WRITTEN.fullmatch(action)
    if match is None or match[1] not in tuple(Verb) or int(match[3]) > NUMBER_LIMIT:
        return None
    return Tap(Verb(match[1]), match[2], int(match[3]))


def mark_of(parts: Iterable[str]) -> str:
    """A short mark of a question as it was shown: its ref and the values of its options.

    No secret and no protection: it tells an old button from the present one, nothing more.
    """
    return format(zlib.crc32("\x1f".join(parts).encode("utf-8", "surrogatepass")), "08x")


def number_of(ref: str) -> int:
    """A number for a question, so that a control under an old question is known; never 0, which is any question."""
    return zlib.crc32(ref.encode("utf-8", "surrogatepass")) % (NUMBER_LIMIT - 1) + 1
