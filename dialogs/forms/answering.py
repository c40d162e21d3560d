"""What an answer does: checked against type, choices and constraint, then written; and whether a value is valid.

A conversation refuses an answer that the form does not allow (`try_answer`); a replay stores it and calls it invalid
(`commit`), as ODK Web Forms does.
"""

from __future__ import annotations

from decimal import Decimal

from dialogs.forms import actions
from dialogs.forms.cells import Cell
from dialogs.forms.controls import Control
from dialogs.forms.questions import QuestionType, Refusal, Refused
from dialogs.forms.texts import Wording
from dialogs.forms.tree import Tree
from dialogs.forms.values import DataType, canonical, parse_decimal

ACKNOWLEDGED = "OK"
"""The value of a question that only wants to be seen."""

TOO_MANY = Refusal.CONSTRAINT
NO_YES_OR_NO = Refusal.WRONG_TYPE
SEVERAL = frozenset({QuestionType.SELECT_MULTIPLE, QuestionType.RANK})


def valid(cell: Cell) -> bool:
    """Whether a value may be sent: a required one is there, and the constraint holds (it is not asked of '')."""
    if not cell.relevant or cell.definition.children:
        return True
    definition = cell.definition
    if cell.text() == "":
        return definition.required is None or not definition.required(cell.scope())
    return definition.constraint is None or definition.constraint(cell.scope())


def try_answer(tree: Tree, cell: Cell, control: Control | None, value: str) -> Refused | None:
    """Write an answer if the form allows it; the old value stays if not."""
    definition = cell.definition
    if control is None or control.type is QuestionType.NOTE:
        return Refused(Refusal.READONLY)
    if definition.readonly is not None and definition.readonly(cell.scope()):
        return Refused(Refusal.READONLY)
    if value == "":
        if definition.required is not None and definition.required(cell.scope()):
            return Refused(Refusal.REQUIRED, _message(definition.required_message, cell))
        write(tree, cell, "")
        return None
    try:
        text = _exact(control, cell, value)
    except ValueError:
        return Refused(Refusal.WRONG_TYPE, _message(definition.constraint_message, cell))
    if definition.choices is not None and not _on_offer(cell, control, text):
        return Refused(Refusal.NOT_A_CHOICE)
    if not _within(control, text):
        return Refused(Refusal.CONSTRAINT, _message(definition.constraint_message, cell))
    return _write_if_valid(tree, cell, text)


def commit(tree: Tree, cell: Cell, control: Control | None, value: str) -> None:
    """Write a value, valid or not; what is no value of the type leaves ''. Choices that do not exist are left out."""
    text = value.strip() if control is not None and control.type is not QuestionType.TEXT else value
    if control is not None and control.type is QuestionType.ACKNOWLEDGE:
        text = "" if text in ("", "false") else ACKNOWLEDGED
    elif control is not None and cell.definition.choices is not None:
        text = _chosen(cell, control, text)
    write(tree, cell, text)


def write(tree: Tree, cell: Cell, text: str) -> None:
    """Store a value and run what waits for the change."""
    before = cell.raw
    actions.put(tree, cell, text)
    if cell.raw != before:
        actions.changed(tree, cell)


def _write_if_valid(tree: Tree, cell: Cell, text: str) -> Refused | None:
    definition = cell.definition
    if definition.constraint is None:
        write(tree, cell, text)
        return None
    before, held, computed = cell.raw, cell.held, cell.computed
    actions.put(tree, cell, text)
    if definition.constraint(cell.scope()):
        if text != before:
            actions.changed(tree, cell)
        return None
    message = _message(definition.constraint_message, cell)
    cell.raw, cell.held, cell.computed, cell.stale = before, held, computed, True
    tree.touch(definition)
    return Refused(Refusal.CONSTRAINT, message)


def _exact(control: Control, cell: Cell, value: str) -> str:
    """Canonical text of an answer. A whole number is not made of a fraction. Raises ValueError."""
    kind = cell.definition.type
    if control.type is QuestionType.ACKNOWLEDGE:
        return ACKNOWLEDGED
    if kind is DataType.INT:
        if parse_decimal(value.strip()) != int(Decimal(value.strip())):
            raise ValueError("not a whole number")
    elif control.type is QuestionType.RANGE:
        parse_decimal(value.strip())
    text = canonical(kind, value)
    if control.type is QuestionType.SELECT_MULTIPLE:
        return _in_order(text.split(), cell)
    return text


def _in_order(values: list[str], cell: Cell) -> str:
    """Chosen values in the order in which they are offered; unknown ones last."""
    chosen = dict.fromkeys(values)
    offered = [] if cell.definition.choices is None else cell.definition.choices.values(cell)
    return " ".join(dict.fromkeys([*(one for one in offered if one in chosen), *chosen]))


def _on_offer(cell: Cell, control: Control, text: str) -> bool:
    choices = cell.definition.choices
    offered = [] if choices is None else choices.values(cell)
    if control.type is QuestionType.RANK:
        return sorted(text.split()) == sorted(offered)
    if control.type in SEVERAL:
        return set(text.split()).issubset(offered)
    return text in offered


def _chosen(cell: Cell, control: Control, text: str) -> str:
    """What a commit leaves of chosen values: those on offer; a single one that is not changes nothing."""
    choices = cell.definition.choices
    if choices is None or not text:
        return text
    if control.type not in SEVERAL:
        return text if choices.knows(text, cell) else cell.raw
    chosen = [value for value in dict.fromkeys(text.split()) if choices.knows(value, cell)]
    return " ".join(chosen) if control.type is QuestionType.RANK else _in_order(chosen, cell)


def _within(control: Control, text: str) -> bool:
    """Whether a number lies on the scale of a range."""
    if control.type is not QuestionType.RANGE:
        return True
    number, bounds = Decimal(text), control.bounds
    try:
        start, end, step = (None if one is None else Decimal(one) for one in (bounds.start, bounds.end, bounds.step))
    except ArithmeticError:
        return True
    if start is None or end is None:
        return True
    low, high = min(start, end), max(start, end)
    return low <= number <= high and (not step or (number - start) % abs(step) == 0)


def _message(wording: Wording | None, cell: Cell) -> str:
    return "" if wording is None else wording.plain(cell.scope())
