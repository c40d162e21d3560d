"""What the engine remembers between two turns: small, plain, erasable. It is stored sealed and padded.

A session holds no id of a person and no text that was said to one; of a form it holds the hash and the answers.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from dialogs.forms.instance import Record
from dialogs.messages import Language


class Phase(StrEnum):
    """Where a survey dialogue stands."""

    STARTING = "s"
    """Whether this person answered before is being asked, within the turn."""
    OFFER_CHANGE = "o"
    """Answered before: asked whether to change it."""
    ASKING = "a"
    REVIEW = "r"
    CHANGING = "c"
    """One answer is being changed from the review."""


class Asked(StrEnum):
    """A question of the house that stands in front of everything else."""

    NOTHING = ""
    LANGUAGE = "l"
    SURVEY = "v"
    """Which of the open surveys?"""
    RESTART = "r"
    ERASE = "e"
    """Really delete the answers to the survey in `Session.about`?"""
    ERASING = "z"
    """They shall be deleted: looked up once more, within the turn."""
    SWITCH = "w"
    """Leave this draft for the survey in `Session.about`?"""
    CHANGE = "c"
    """Which answer of the review?"""
    ERASE_WHICH = "f"
    """Which of the surveys in `Session.about` shall be deleted, or all?"""
    ERASE_ALL = "x"
    """Really delete everything?"""
    CORRECT = "k"
    """Which of the surveys in `Session.about` shall be changed?"""
    STOP = "q"
    """Really end? (The word for it was misspelt.)"""
    CASE = "h"
    """What to do with the report whose code is in `Session.about`, with where the town's words about it go after it?"""
    FOLLOW = "b"
    """Which news?"""
    NOTICE = "n"
    """The notice has changed: go on under the new one?"""
    FIXED = "i"
    """Is what the case in `Session.about` reports fixed?"""


class SurveyState(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """A survey in progress."""

    code: str
    form: str
    """Hash of the version that this conversation began with."""
    response: bytes
    """Random id of the response to be: the same submission twice is one."""
    record: Record | None = None
    phase: Phase = Phase.ASKING
    cursor: str = ""
    """Ref of the question that stands."""
    picked: tuple[int, ...] = ()
    """Toggled options of a multiple choice or ranking, by index, in the order of tapping."""
    page: int = 0
    search: str = ""
    """Letters typed to search a long list."""
    amends: bool = False
    """The answers come from an earlier response that this one replaces."""
    returning: str = ""
    """Web: a return code was entered, and this is the response's; '' otherwise."""
    pending: tuple[str, ...] = ()
    """Refs that became relevant by a change from the review and are still to be asked."""
    typed: str = ""
    """Ref of the question that was answered last, if it was by typing: an edited message corrects it."""


class Step(StrEnum):
    """Where a report stands."""

    CATEGORY = "c"
    WORDS = "w"
    PLACE = "l"
    PHOTO = "p"
    REPLY = "y"
    """May the town write back?"""
    REVIEW = "r"
    ADDITION = "a"
    """More words for a case that was sent before."""


class FeedbackState(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """A report in progress. It stands in front of a survey, which goes on afterwards."""

    case: bytes
    """Random id of the case to be: the same report twice is one."""
    step: Step = Step.CATEGORY
    category: str = ""
    words: str = ""
    place: str = ""
    """Where it is, in words."""
    point: tuple[float, float] | None = None
    """Where it is: WGS 84, degrees."""
    photo: str = ""
    """MediaName."""
    reviewed: bool = False
    """The review was shown: what is changed now leads back to it."""
    code: str = ""
    """ADDITION: the code of the case."""
    reply: bool | None = None
    """The town may write back; None: not asked yet."""
    to: str = ""
    """ADDITION: the office that has the case, if it is known."""


class Session(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """One conversation."""

    language: Language = Language("")
    noticed: str = ""
    """Version of the notice that was shown, '' before first contact."""
    noticed_on: date | None = None
    survey: SurveyState | None = None
    chosen_language: bool = False
    """The citizen chose the language; the messenger's setting no longer counts."""
    asked: Asked = Asked.NOTHING
    about: str = ""
    """Code of the survey that `asked` is about; several with blanks between."""
    last: str = ""
    """Code of the survey that was sent off last, for "change" and "delete"."""
    returning: str = ""
    """Web: the return code that was entered for the survey in `about` or `last`."""
    began: int = 0
    """Hours since 1970 at which the draft began, 0 where there is none: it is kept so and so long from then on."""
    feedback: FeedbackState | None = None
    paused_until: date | None = None
    """The draft is kept until the end of this day without a word."""
    excused: int = 0
    """Minutes since 1970 at which the citizen was told that we were out of reach, 0: never."""
    case: str = ""
    """Key of the case that the town wrote about last: where nothing else stands, words go to it."""
