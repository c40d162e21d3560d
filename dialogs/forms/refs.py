"""Refs: paths of nodes in an instance, `/data/person[2]/age`; `[1]` is left out, and may be given."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dialogs.forms.cells import Cell, Range
from dialogs.forms.definition import Definition
from dialogs.forms.model import Form
from dialogs.forms.tree import Tree

_STEP = re.compile(r"([^\[\]/]+)(?:\[(\d{1,6})\])?")


@dataclass(frozen=True, slots=True)
class Place:
    """A node of an instance: its definition, and the position in each repeat on the way, outermost first."""

    definition: Definition
    ordinals: tuple[int, ...]
    """As many as there are repeats on the way; those that are missing are 1."""

    def find(self, tree: Tree) -> Cell | None:
        """The cell, None if an instance of a repeat on the way does not exist."""
        cell = tree.root
        ordinals = iter(self.ordinals)
        for definition in self.definition.lineage()[1:]:
            child = cell.children[definition.slot]
            if isinstance(child, Range):
                ordinal = next(ordinals, 1)
                if not 1 <= ordinal <= len(child.cells):
                    return None
                cell = child.cells[ordinal - 1]
            else:
                cell = child
        return cell

    def find_range(self, tree: Tree) -> Range | None:
        """The repeat that this place is an instance of, be the instance there or not."""
        parent = self.definition.parent
        above = None if parent is None else Place(parent, self.ordinals).find(tree)
        if above is None:
            return None
        child = above.children[self.definition.slot]
        return child if isinstance(child, Range) else None


def place_of(form: Form, ref: str) -> Place:
    """The place that a ref names. Raises KeyError if the form has no such node."""
    plain = form.paths.get(ref)
    if plain is not None and not plain.in_repeat:  # nearly every ref
        return Place(plain, ())
    names: list[str] = []
    ordinals: list[int] = []
    for step in ref.strip().lstrip("/").split("/"):
        match = _STEP.fullmatch(step)
        if match is None:
            raise KeyError(ref)
        names.append(match[1].rpartition(":")[2])
        definition = form.paths.get("/" + "/".join(names))
        if definition is None:
            raise KeyError(ref)
        if definition.repeats:
            ordinals.append(int(match[2] or 1))
    return Place(form.paths["/" + "/".join(names)], tuple(ordinals))


def ref_of(cell: Cell, *, explicit: bool = False) -> str:
    """The ref of a cell; `explicit` writes `[1]` too."""
    if not cell.definition.repeats and cell.parent is None:
        return cell.definition.path
    steps: list[str] = []
    at: Cell | None = cell
    while at is not None:
        position = f"[{at.ordinal}]" if at.definition.repeats and (explicit or at.ordinal > 1) else ""
        steps.append(at.definition.name + position)
        at = at.parent
    return "/" + "/".join(reversed(steps))


def ref_of_range(grown: Range) -> str:
    """The ref of the instance that would be added next."""
    ordinal = len(grown.cells) + 1
    position = f"[{ordinal}]" if ordinal > 1 else ""
    return f"{ref_of(grown.parent)}/{grown.definition.name}{position}"
