"""The world of one respondent's instance: its cells by definition, what is stale, the clock and chance it was given."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from dialogs.forms.cells import Cell, Document, Range
from dialogs.forms.definition import Definition, Seed
from dialogs.forms.errors import LimitExceeded
from dialogs.forms.limits import EVALUATION_STEPS, NODES, REPEATS
from dialogs.forms.xpath.scope import Node, Scope

if TYPE_CHECKING:
    from dialogs.forms.model import Form


class Tree:
    """Cells grown from the form's seed, and the bookkeeping that keeps them true."""

    def __init__(self, form: Form, now: datetime, rng: random.Random, language: str) -> None:
        self.form = form
        self.now = now
        self.rng = rng
        self.seed = 0
        self.language = language
        self.steps = 0
        self.size = 0
        self.shape = 0
        """Counts the instances of repeats that came and went."""
        self.cells: list[list[Cell]] = [[] for _ in form.definitions]
        self.ranges: list[Range] = []
        self.root = self.grow(form.seed, None)
        self.document: Node = Document(self.root)

    # ------------------------------------------------------------ growing

    def grow(self, seed: Seed, parent: Cell | None) -> Cell:
        """A cell and all below it, with the instances of repeats that the seed holds."""
        definition = seed.definition
        cell = Cell(definition, parent, self, seed.text)
        self.cells[definition.number].append(cell)
        self.size += 1
        if self.size > NODES:
            raise LimitExceeded(f"More than {NODES} nodes: the repeats of this form multiply each other.")
        children = cell.children
        for child in seed.children:
            if isinstance(child, Seed):
                children.append(self.grow(child, cell))
            else:
                children.append(self._grow_range(definition.children[len(children)], cell, child))
        return cell

    def _grow_range(self, definition: Definition, parent: Cell, seeds: tuple[Seed, ...]) -> Range:
        grown = Range(definition, parent, seeds)
        self.ranges.append(grown)
        if definition.count is None:
            for _ in seeds:
                self.append(grown)
        return grown

    def append(self, grown: Range) -> Cell:
        """One more instance of a repeat: from the form's own instances first, then from its template."""
        index = len(grown.cells)
        if index >= REPEATS:
            raise LimitExceeded(f"More than {REPEATS} instances of {grown.definition.path}.")
        seeds = grown.seeds
        seed = seeds[index] if index < len(seeds) else self.form.templates[grown.definition.number]
        cell = self.grow(seed, grown.parent)
        cell.range = grown
        cell.ordinal = index + 1
        grown.cells.append(cell)
        self.shape += 1
        return cell

    def remove(self, grown: Range, index: int) -> None:
        """Take one instance of a repeat away; those behind it move up and keep what they hold."""
        removed = grown.cells.pop(index)
        self.shape += 1
        for ordinal, cell in enumerate(grown.cells[index:], index + 1):
            cell.ordinal = ordinal
            for leaf in cell.leaves():
                leaf.default = None
                leaf.held = leaf.held or leaf.definition.calculate is None
        self._forget(removed)

    def _forget(self, cell: Cell) -> None:
        self.cells[cell.definition.number].remove(cell)
        self.size -= 1
        for child in cell.children:
            if isinstance(child, Range):
                self.ranges.remove(child)
                for instance in child.cells:
                    self._forget(instance)
            else:
                self._forget(child)

    # ------------------------------------------------------------ staleness

    def touch(self, definition: Definition) -> None:
        """Mark everything that depends on a definition as stale, directly or through others."""
        form = self.form
        for number in form.dependents(definition.number):
            for cell in self.cells[number]:
                cell.stale = True
                cell.computed = False
        if form.counted:
            waiting = form.counted.intersection(form.dependents(definition.number))
            for grown in self.ranges if waiting else ():
                if grown.definition.number in waiting:
                    grown.stale = True

    def compute_upwards(self) -> None:
        """Compute every stale cell in the order of dependence, so that no computation waits for a long chain."""
        for number in self.form.order:
            for cell in self.cells[number]:
                if cell.stale:
                    cell.refresh()

    # ------------------------------------------------------------ finding

    def holding(self, definition: Definition) -> Iterator[Range]:
        """The ranges of a repeat, in document order."""
        for grown in self.ranges:
            if grown.definition is definition:
                yield grown

    # ------------------------------------------------------------ the world of expressions

    def secondary(self, name: str) -> Node | None:
        return self.form.secondary.get(name)

    def wording(self, text_id: str) -> str:
        text = self.form.texts.get(text_id)
        return "" if text is None else text.plain(Scope(self.root, self))

    def visit(self, nodes: int) -> None:
        self.steps += nodes
        if self.steps > EVALUATION_STEPS:
            raise LimitExceeded(
                f"An expression of this form looks at more than {EVALUATION_STEPS} nodes. "
                "Filter shorter lists, or filter by equality."
            )
