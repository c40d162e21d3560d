"""The life of a text in the moderators' queue as a table, and why a text is hidden or handed on: lists, not free words.

    waiting ──> read        nothing more to do
       │  ├───> quote       may be shown word for word once a second person has looked at it
       │  ├───> escalated   somebody named shall decide
       │  ├───> hidden      not counted among words and themes; the reason is one of a list
       │  └───> duplicate   another text stands for it
       └─<── back to waiting from each of them

Citizens read the same lists on the page of moderation rules. Not here: who may decide (`roles.py`), rows (storage),
the words for handing on (the desk).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from dialogs.forms.msgids import N_


class TextState(StrEnum):
    """Where a text stands."""

    WAITING = "waiting"
    READ = "read"
    QUOTE = "quote"
    ESCALATED = "escalated"
    HIDDEN = "hidden"
    DUPLICATE = "duplicate"
    PLACE = "place"
    """A coarse place: it is counted on a map and never read one by one."""


class HideReason(StrEnum):
    """Why a text is not shown."""

    INSULT = "insult"
    HATE = "hate"
    THREAT = "threat"
    PERSON = "person"
    ADVERTISING = "advertising"
    OFF_TOPIC = "off-topic"
    UNREADABLE = "unreadable"


class HandOn(StrEnum):
    """Why a text is given to somebody named."""

    DANGER = "danger"
    CRIME = "crime"
    OFFICE = "office"
    PERSONAL = "personal"
    UNSURE = "unsure"


NEXT: Final[Mapping[TextState, frozenset[TextState]]] = {
    TextState.WAITING: frozenset(
        {TextState.READ, TextState.QUOTE, TextState.ESCALATED, TextState.HIDDEN, TextState.DUPLICATE}
    ),
    TextState.READ: frozenset(
        {TextState.WAITING, TextState.QUOTE, TextState.ESCALATED, TextState.HIDDEN, TextState.DUPLICATE}
    ),
    TextState.QUOTE: frozenset({TextState.WAITING, TextState.READ, TextState.ESCALATED, TextState.HIDDEN}),
    TextState.ESCALATED: frozenset(
        {TextState.WAITING, TextState.READ, TextState.QUOTE, TextState.ESCALATED, TextState.HIDDEN}
    ),
    TextState.HIDDEN: frozenset({TextState.WAITING, TextState.READ, TextState.QUOTE, TextState.ESCALATED}),
    TextState.DUPLICATE: frozenset({TextState.WAITING, TextState.READ, TextState.QUOTE, TextState.HIDDEN}),
    TextState.PLACE: frozenset(),
}
"""What may follow."""

NEEDS_REASON: Final = frozenset({TextState.HIDDEN, TextState.ESCALATED})

COUNTS: Final = frozenset(
    {TextState.WAITING, TextState.READ, TextState.QUOTE, TextState.ESCALATED, TextState.DUPLICATE}
)
"""Whose words go into themes and frequent words: each person's voice counts, a duplicate's too."""

HIDDEN_BECAUSE: Final[Mapping[HideReason, str]] = {
    HideReason.INSULT: N_("insults somebody"),
    HideReason.HATE: N_("degrades people for who they are"),
    HideReason.THREAT: N_("threatens somebody or calls for violence"),
    HideReason.PERSON: N_("says something private about a person"),
    HideReason.ADVERTISING: N_("is advertising or was sent in masses"),
    HideReason.OFF_TOPIC: N_("has nothing to do with the question"),
    HideReason.UNREADABLE: N_("cannot be understood"),
}
"""What a hidden text does, in the words that citizens read."""


def may_follow(now: TextState, then: TextState) -> bool:
    """Whether a text may go from one state to the other."""
    return then in NEXT[now]


def is_a_reason(state: TextState, reason: str) -> bool:
    """Whether a state has this reason on its list; states without a list take none."""
    match state:
        case TextState.HIDDEN:
            return reason in set(HideReason)
        case TextState.ESCALATED:
            return reason in set(HandOn)
        case _:
            return reason == ""
