"""Accessibility: what a statement owes by law, and what somebody says who met a barrier.

The law asks for a statement, a way to report barriers that everybody can use, and who settles it when that does not
help (§ 12b BGG, the laws of the states, Directive (EU) 2016/2102, model statement (EU) 2018/1523). Citizens' web and
desk each have both; the reports come together (`storage/sql/barriers.py`). Not here: pages, the desk's own list of what
it lacks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from dialogs.i18n import N_, Voice, format_day
from dialogs.letters import storable
from dialogs.moderation_rules import Section

REVIEWED: Final = date(2026, 11, 28)
"""When the statements were last held against the pages."""
ANSWER_WEEKS: Final = 6
"""Within which the town answers."""
WHERE_LIMIT: Final = 300  # characters
WHAT_LIMIT: Final = 3000  # characters
CONTACT_LIMIT: Final = 300  # characters


class Part(StrEnum):
    """Where the barrier is."""

    CITIZENS = "citizens"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class Barrier:
    """What somebody says who met one. Whoever answers reads it as it was written."""

    part: Part
    language: str
    what: str = field(repr=False)
    where: str = field(default="", repr=False)
    """A page, or where in the chat."""
    contact: str = field(default="", repr=False)
    """How to answer them; '' if they want no answer."""


_TOO_LONG: Final[Mapping[str, tuple[int, str]]] = {
    "where": (WHERE_LIMIT, N_("At most {n} characters say where it was.")),
    "what": (WHAT_LIMIT, N_("At most {n} characters: say the most important thing first.")),
    "contact": (CONTACT_LIMIT, N_("At most {n} characters say how to reach you.")),
}


def faults(barrier: Barrier, voice: Voice) -> list[tuple[str, str]]:
    """What is wrong with it, by field; empty if it can be taken."""
    found = [] if barrier.what.strip() else [("what", voice.t("Write what stood in your way."))]
    for name, (most, words) in _TOO_LONG.items():
        if len(getattr(barrier, name)) > most:
            found.append((name, voice.t(words, n=voice.number(most))))
    return found


def cleaned(text: str) -> str:
    """Without what no form sends and no database takes."""
    return storable(text.replace("\r\n", "\n")).strip()


def handled(voice: Voice) -> str:
    """What becomes of a report, for whoever writes one."""
    return voice.t(
        "Only staff who answer it read it. It is kept encrypted, and deleted 90 days after it was answered, after a"
        " year at the latest. You do not have to say who you are."
    )


def settles(voice: Voice, arbitration: str = "") -> Sequence[str]:
    """Who settles it when the town does not help. `arbitration`: the body of the town's state, with how to reach it."""
    t = voice.t
    if arbitration:
        return (
            t(
                "You got no answer within {n} weeks, or none that helps? Then these settle it, free of charge:",
                n=ANSWER_WEEKS,
            ),
            arbitration,
        )
    return (
        t(
            "You got no answer within {n} weeks, or none that helps? Then the arbitration body of your state settles"
            " it, free of charge (the law of your state on the equality of people with disabilities, and § 16 BGG).",
            n=ANSWER_WEEKS,
        ),
        t(
            "The federal one tells you which it is: Schlichtungsstelle nach dem Behindertengleichstellungsgesetz,"
            " www.schlichtungsstelle-bgg.de."
        ),
    )


def statement(voice: Voice, town: str) -> Sequence[Section]:
    """What is said of the citizens' pages and chat, up to how to report a barrier."""
    t = voice.t
    return (
        Section(
            t("What this is about"),
            (
                t("{town} wants everybody to be able to take part.", town=town),
                t("This statement is about these pages and the chat on them. Messengers are made by others."),
            ),
        ),
        Section(
            t("How far it is"),
            (
                t(
                    "The pages are built to meet the European standard EN 301 549 (WCAG 2.1 AA) and the German BITV"
                    " 2.0. They meet them in part, because of the points below."
                ),
            ),
        ),
        Section(
            t("What is not accessible"),
            (),
            (
                t("There is no sign language."),
                t("Not every survey is there in easy language: the town writes its questions."),
                t("Pictures of QR codes are for cameras. The same address is a link beside each."),
                t("The outlines of districts are to be tapped. Their names can be written or chosen from a list."),
                t("Charts are pictures. The same numbers stand below each as a table."),
            ),
        ),
        Section(
            t("How this was found out"),
            (
                t(
                    "By the makers' own tests of every page with axe-core, in light and dark, from 320 pixels on,"
                    " enlarged to 400 percent, and with the keyboard alone. No one outside has tested it yet."
                ),
                t("This statement is of {day}.", day=format_day(REVIEWED, voice.own)),
            ),
        ),
    )
