"""The questions of a form in its own order: controls, and the groups and repeats around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from dialogs.forms.definition import Definition
from dialogs.forms.questions import Bounds, QuestionType
from dialogs.forms.texts import Wording


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """A `<group>`: a label and an appearance around questions, with a node of the form or without."""

    definition: Definition
    """Its node, or, for a group without one, the node around it: where its label is read from."""
    label: Wording
    appearance: frozenset[str]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RepeatSection:
    """A `<repeat>`."""

    definition: Definition
    label: Wording
    items: tuple[Item, ...]
    open_ended: bool
    """Whether the respondent decides how many there are."""


@dataclass(frozen=True, slots=True, eq=False)
class Control:
    """One question as the form declares it, in all languages."""

    ref: str
    """Path of its node, without positions of repeats."""
    type: QuestionType
    labels: Mapping[str, str]
    """Label by language; `…` stands for values that only an instance has."""
    choices: Mapping[str, Mapping[str, str]] | None
    """All choices, value to label by language; None if it has none, or if they are made of answers."""
    in_repeat: bool
    definition: Definition
    label: Wording
    hint: Wording
    appearance: frozenset[str]
    bounds: Bounds
    decimals: int | None
    sections: tuple[Section | RepeatSection, ...]
    """What is around it, outermost first."""

    @property
    def askable(self) -> bool:
        """Whether there is something to answer."""
        return self.type is not QuestionType.NOTE


Item: TypeAlias = "Section | RepeatSection | Control"


def controls_of(items: tuple[Item, ...]) -> Iterator[Control]:
    """All controls in the order of the form."""
    for item in items:
        if isinstance(item, Control):
            yield item
        else:
            yield from controls_of(item.items)
