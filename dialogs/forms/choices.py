"""The choices of a select or rank question: written into the question, or taken from a list and filtered."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dialogs.forms.questions import Option, QuestionType
from dialogs.forms.texts import Wording, filled
from dialogs.forms.xpath.coercion import NodesRun, TextRun
from dialogs.forms.xpath.scope import Scope

if TYPE_CHECKING:
    from dialogs.forms.cells import Cell


class Choices(ABC):
    """What a question offers, seen from the cell that asks."""

    @abstractmethod
    def values(self, cell: Cell) -> list[str]:
        """The values on offer now, in order."""

    @abstractmethod
    def options(self, cell: Cell) -> tuple[Option, ...]:
        """The choices on offer now, in the language of the instance."""

    @abstractmethod
    def label(self, cell: Cell, value: str) -> str:
        """The label of a value, '' if it is not on offer."""

    @abstractmethod
    def kept(self, cell: Cell) -> str:
        """What remains of the cell's raw value when choices that are no longer on offer are left out."""

    def knows(self, value: str, cell: Cell) -> bool:
        """Whether a value may be stored: it is on offer, or the list is missing."""
        return value in self.values(cell)

    @abstractmethod
    def known(self) -> dict[str, dict[str, str]] | None:
        """All choices, value to labels by language, if they can be told without an instance."""


@dataclass(frozen=True, slots=True)
class WrittenChoices(Choices):
    """`<item>` elements inside the question."""

    items: tuple[tuple[str, Wording], ...]

    def values(self, cell: Cell) -> list[str]:
        return [value for value, _ in self.items]

    def options(self, cell: Cell) -> tuple[Option, ...]:
        scope = cell.scope()
        return tuple(_option(value, wording, scope) for value, wording in self.items)

    def label(self, cell: Cell, value: str) -> str:
        for own, wording in self.items:
            if own == value:
                return wording.plain(cell.scope())
        return ""

    def kept(self, cell: Cell) -> str:
        return cell.raw

    def known(self) -> dict[str, dict[str, str]]:
        return {value: wording.by_language() for value, wording in self.items}


def _option(value: str, wording: Wording, scope: Scope) -> Option:
    version = wording.version(scope.world.language)
    return Option(value, filled(version.parts, scope) or value, version.media.get("image"))


@dataclass(frozen=True, slots=True)
class ListedChoices(Choices):
    """`<itemset>`: the nodes of a path, each with a value and a label that are paths from it."""

    nodes: NodesRun
    value: TextRun
    label_of: TextRun
    wording_of: TextRun | None
    """Where labels are translated: the id of a choice's text."""
    texts: dict[str, Wording]
    """The form's texts by id."""
    filtered: bool
    """Whether what is on offer changes with the answers."""
    kind: QuestionType
    missing: bool
    """Whether the list's attachment was not given, so that nobody can say what is on offer."""
    listing: tuple[tuple[str, dict[str, str]], ...] | None
    """All choices without a filter, for summaries; None if the list is made of answers."""
    same: bool
    """Whether everybody is offered the same: no answer, no chance and no clock is in it."""
    _known: dict[str, tuple[Option, ...]] = field(default_factory=dict, compare=False, repr=False)
    """What everybody is offered, by language: read once, since reading a list is half the work of a question."""

    def each(self, cell: Cell) -> tuple[Scope, Sequence[Scope]]:
        """A scope for the cell, and one for each item."""
        scope = cell.scope()
        return scope, [Scope(node, cell.tree, cell) for node in self.nodes(scope)]

    def values(self, cell: Cell) -> list[str]:
        if self.same:
            return [option.value for option in self.options(cell)]
        _, items = self.each(cell)
        return [self.value(item) for item in items]

    def options(self, cell: Cell) -> tuple[Option, ...]:
        if not self.same:
            return self._read(cell)
        language = cell.tree.language
        known = self._known.get(language)
        if known is None:
            known = self._known[language] = self._read(cell)
        return known

    def _read(self, cell: Cell) -> tuple[Option, ...]:
        _, items = self.each(cell)
        return tuple(self.option(item) for item in items)

    def option(self, item: Scope) -> Option:
        value = self.value(item)
        if self.wording_of is None:
            return Option(value, self.label_of(item) or value)
        wording = self.texts.get(self.wording_of(item))
        return Option(value, value) if wording is None else _option(value, wording, item)

    def label(self, cell: Cell, value: str) -> str:
        _, items = self.each(cell)
        for item in items:
            if self.value(item) == value:
                return self.option(item).label
        return ""

    def kept(self, cell: Cell) -> str:
        raw = cell.raw
        if not raw or not self.filtered:
            return raw
        cell.value = raw
        offered = self.values(cell)
        if self.kind is QuestionType.SELECT_ONE:
            return raw if raw in offered else ""
        left = [value for value in raw.split() if value in offered]
        if self.kind is QuestionType.RANK and left:
            left.extend(value for value in offered if value not in left)  # a ranking is always of all
        return " ".join(left)

    def knows(self, value: str, cell: Cell) -> bool:
        return self.missing or value in self.values(cell)

    def known(self) -> dict[str, dict[str, str]] | None:
        return None if self.listing is None else dict(self.listing)
