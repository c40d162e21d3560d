"""What happens to an instance by events rather than by answers: preloads, defaults that are computed, triggers.

ODK XForms, "Actions", "Events" and "Preload Attributes". Values set here cannot be computed again and are held.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from dialogs.forms.cells import Cell, stored
from dialogs.forms.definition import Definition
from dialogs.forms.errors import LimitExceeded
from dialogs.forms.limits import ACTION_CASCADE
from dialogs.forms.tree import Tree
from dialogs.forms.values import datetime_text
from dialogs.forms.xpath.coercion import NodesRun, TextRun
from dialogs.forms.xpath.functions_text import random_uuid


class Event(StrEnum):
    """The events of ODK XForms."""

    FIRST_LOAD = "odk-instance-first-load"
    LOAD = "odk-instance-load"
    NEW_REPEAT = "odk-new-repeat"
    VALUE_CHANGED = "xforms-value-changed"
    READY = "xforms-ready"
    REVALIDATE = "xforms-revalidate"


FIRST = frozenset({Event.FIRST_LOAD, Event.LOAD, Event.READY})
"""What happens when a respondent begins. Opening the instance again at each step is no event."""


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """One `<setvalue>`."""

    events: frozenset[Event]
    source: Definition | None
    """The control whose value changes, or the repeat that grows; None for actions of the model."""
    targets: NodesRun
    """The nodes to set, seen from the source."""
    value: TextRun
    """The new text, seen from the target."""


@dataclass(frozen=True, slots=True)
class Preload:
    """`jr:preload` of one node."""

    definition: Definition
    kind: str
    parameter: str

    def text(self, cell: Cell) -> str:
        """The value, '' for what a conversation does not know or must not say (device, e-mail, number)."""
        now = cell.tree.now
        match self.kind, self.parameter:
            case "uid", _:
                return "uuid:" + random_uuid(cell.scope())
            case "date", "today":
                return now.date().isoformat()
            case "timestamp", "start":
                return datetime_text(now)
            case _:
                return ""


def begin(tree: Tree) -> None:
    """Preloads, then the actions of a first load, for every instance of a repeat that the form begins with."""
    for preload in tree.form.preloads:
        for cell in tree.cells[preload.definition.number]:
            if (text := preload.text(cell)) and not (preload.kind == "uid" and cell.raw):
                put(tree, cell, text)
    for action in tree.form.actions:
        if not action.events.isdisjoint(FIRST):
            for source in _sources(tree, action):
                run(tree, action, source)


def _sources(tree: Tree, action: Action) -> list[Cell]:
    return [tree.root] if action.source is None else list(tree.cells[action.source.number])


def added(tree: Tree, cell: Cell) -> None:
    """An instance of a repeat was added, by the respondent or by its count."""
    for action in tree.form.actions:
        if Event.NEW_REPEAT in action.events and action.source is not None:
            for source in list(tree.cells[action.source.number]):
                if source.repeat_around() is cell:
                    run(tree, action, source)


def changed(tree: Tree, cell: Cell) -> None:
    """A value was changed: the actions of its control follow, and what those change in turn."""
    if not tree.form.triggers:
        return
    waiting = [cell]
    for _ in range(ACTION_CASCADE):
        if not waiting:
            return
        source = waiting.pop()
        for action in tree.form.triggers.get(source.definition.number, ()):
            waiting.extend(run(tree, action, source))
    raise LimitExceeded("The setvalue actions of this form trigger each other without end.")


def run(tree: Tree, action: Action, source: Cell) -> list[Cell]:
    """Set the targets of an action; those whose value changed."""
    changed_cells: list[Cell] = []
    for node in action.targets(source.scope()):
        cell = cast(Cell, node)
        text = stored(cell.definition.type, action.value(cell.scope()))
        if cell.raw != text:
            changed_cells.append(cell)
        put(tree, cell, text)
    return changed_cells


def put(tree: Tree, cell: Cell, text: str) -> None:
    """Write a value that the record has to keep, and mark what depends on it."""
    cell.raw = stored(cell.definition.type, text)
    cell.held = True
    cell.computed = True
    cell.stale = True
    tree.touch(cell.definition)
