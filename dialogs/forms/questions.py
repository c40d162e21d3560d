"""The next question as data: what a conversation needs to ask it, and nothing of how a channel shows it.

Not here: words of the house (`dialogs/i18n.py`), reading of what a citizen wrote (`dialogs/reading/`),
evaluation (`instance.py`).
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class QuestionType(StrEnum):
    """Types of question of the XLSForm standard (https://xlsform.org/en/#question-types)."""

    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    RANK = "rank"
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    RANGE = "range"
    DATE = "date"
    TIME = "time"
    DATETIME = "dateTime"
    GEOPOINT = "geopoint"
    GEOTRACE = "geotrace"
    GEOSHAPE = "geoshape"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"
    BARCODE = "barcode"
    NOTE = "note"
    ACKNOWLEDGE = "acknowledge"
    REPEAT = "repeat"
    """Not of the standard: "Add another …?", asked where a form leaves the number of repeats open."""


class Option(msgspec.Struct, frozen=True):
    """One choice of a select or rank question: `value` is stored, `label` is read."""

    value: str
    label: str
    image: str | None = None
    """Name of an attachment of the form that illustrates the choice (`jr://images/…` without the prefix)."""


class Bounds(msgspec.Struct, frozen=True):
    """A number question's limits, as far as the form states them: range parameters, or a plain constraint."""

    start: str | None = None
    end: str | None = None
    step: str | None = None


class Question(msgspec.Struct, frozen=True):
    """One question in one language at one moment of an instance.

    `ref` is the node's path (`/data/group/q`, with `[n]` on repeats only where n > 1). `value` is the canonical
    text kept at present ('' when unanswered; see `values.py`). All texts are plain text with output values filled
    in; Markdown and HTML of the author are kept as written.
    """

    ref: str
    type: QuestionType
    label: str
    hint: str = ""
    guidance: str = ""
    options: tuple[Option, ...] = ()
    appearance: frozenset[str] = frozenset()
    required: bool = False
    required_message: str = ""
    constraint_message: str = ""
    readonly: bool = False
    value: str = ""
    bounds: Bounds = Bounds()
    sections: tuple[str, ...] = ()
    """Labels of the groups around the question, outermost first; an empty label is left out."""
    repeat: tuple[int, ...] = ()
    """Position in each repeat around the question, outermost first, counted from 1."""
    media: tuple[str, ...] = ()
    """Attachments of the form shown with the label (image, audio, video names without `jr://…/`)."""
    searchable: bool = False
    """The list is long (more than `LONG_LIST` choices) or has a search appearance: ask for a few letters."""
    decimals: int | None = None


LONG_LIST = 30
"""Choices from which on a list is searched by typing a few letters rather than read."""


class Refusal(StrEnum):
    """Why an answer was not taken."""

    REQUIRED = "required"
    CONSTRAINT = "constraint"
    NOT_A_CHOICE = "not_a_choice"
    WRONG_TYPE = "wrong_type"
    READONLY = "readonly"


class Refused(msgspec.Struct, frozen=True):
    """An answer that was not taken, with the form's own message in the language of the instance ('' if it has none)."""

    reason: Refusal
    message: str = ""
