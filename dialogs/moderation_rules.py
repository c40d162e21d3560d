"""The public rules of moderation: who reads what citizens write, what is hidden and why, in plain words.

The same text on the citizens' web and on the desk, made from the same lists that moderators decide by. Not here: the
counts (storage), pages (`adapters/web/moderation_page.py`, the desk).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dialogs.i18n import Voice
from dialogs.text_states import HIDDEN_BECAUSE, HideReason

LEAST_SHOWN: Final = 5
"""Fewer hidden texts of one reason are not told as a number."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, sentences, and a list after them."""

    heading: str
    sentences: tuple[str, ...]
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hidden:
    """A reason, and how many texts were hidden for it, in words."""

    because: str
    number: str


def rules(voice: Voice, contact: str = "") -> Sequence[Section]:
    """What is said, in order. `contact`: how to reach a person at the town hall."""
    t = voice.t
    object_to = t("If you think that we hid something wrongly, tell a person: {contact}", contact=contact)
    return (
        Section(
            t("Who reads what you write"),
            (
                t("People of the town read every text, never a machine alone."),
                t(
                    "Before that, names, telephone numbers and addresses are replaced by words in brackets. The texts "
                    "come shuffled and with the day only: nobody sees who wrote which."
                ),
                t(
                    "The original is opened only if there is a reason and a second person agrees. Both are written "
                    "down."
                ),
            ),
        ),
        Section(
            t("What we hide"),
            (t("A text is hidden if it"),),
            tuple(t(HIDDEN_BECAUSE[reason]) for reason in HideReason),
        ),
        Section(
            t("What we do not hide"),
            (t("Criticism stays, also harsh criticism of the town, of its decisions and of politicians in office."),),
        ),
        Section(
            t("What hiding means"),
            (
                t("A hidden text is not quoted and not counted among frequent words and themes. It is not deleted."),
                t("Your other answers count as everybody's do."),
                t("Whoever hid it can take it back. Who decided what is kept in a log, without your words."),
            ),
        ),
        Section(
            t("What we quote"),
            (t("We quote a text word for word only if two people have looked at it."),),
        ),
        Section(
            t("What you can do"),
            (
                t("You can change and delete what you wrote, as the notice of each survey says."),
                *((object_to,) if contact else ()),
            ),
        ),
    )


def hidden_numbers(counts: Mapping[HideReason, int], voice: Voice) -> Sequence[Hidden]:
    """Every reason with its number; small ones are told as "fewer than 5", nought among them."""
    return [Hidden(voice.t(HIDDEN_BECAUSE[reason]), _number(counts.get(reason, 0), voice)) for reason in HideReason]


def _number(count: int, voice: Voice) -> str:
    if count < LEAST_SHOWN:
        return voice.t("fewer than {least}", least=LEAST_SHOWN)
    return voice.number(count)
