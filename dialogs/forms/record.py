"""What is kept of a respondent between two messages: answers, repeats, and what cannot be computed again. No tree.

Nodes are numbered as in the form (`Definition.number`), so a record belongs to one form: keep `Form.hash` with it.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from dialogs.forms.cells import Cell, Range
from dialogs.forms.definition import Definition

Address: TypeAlias = int | tuple[int, ...]
"""A node by the number of its definition, followed by its position in each repeat around it, outermost first."""


class Record(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """The state of one respondent in one form. Survives MessagePack; six answers take about 60 bytes."""

    language: str = ""
    values: tuple[tuple[Address, str], ...] = ()
    """Answers, and values set by events, by the clock or by chance, in document order."""
    counts: tuple[tuple[Address, int], ...] = ()
    """How many instances a repeat has, where the form itself has another number."""
    closed: tuple[Address, ...] = ()
    """Repeats of which the respondent said that there is nothing to add."""
    seed: int = 0
    """Of orders by chance, where the form has any."""


def address_of(definition: Definition, holder: Cell | None) -> Address:
    """The address of a node: of `definition`, below or at `holder`."""
    ordinals: list[int] = []
    cell = holder
    while cell is not None:
        if cell.definition.repeats:
            ordinals.append(cell.ordinal)
        cell = cell.parent
    return (definition.number, *reversed(ordinals)) if ordinals else definition.number


def address_of_range(grown: Range) -> Address:
    return address_of(grown.definition, grown.parent)


def parts_of(address: Address) -> tuple[int, tuple[int, ...]]:
    """Number of the definition, and the positions in repeats."""
    return (address, ()) if isinstance(address, int) else (address[0], address[1:])
