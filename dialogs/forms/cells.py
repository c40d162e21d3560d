"""The tree of one respondent's values, alive: each cell computes its relevance and value when they are asked for.

A change marks what depends on it as stale (`Tree.touch`), and a stale cell is computed on the next look at it,
whatever it needs first. So an answer costs what the next question needs, not what the whole form could need.
Not here: what may be asked and in which order (`instance.py`), what events set (`actions.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dialogs.forms.definition import Definition, Seed
from dialogs.forms.values import DataType, canonical
from dialogs.forms.xpath.scope import Node, Scope

if TYPE_CHECKING:
    from dialogs.forms.tree import Tree


class Cell(Node):
    """One node of the primary instance of one respondent."""

    __slots__ = (
        "children",
        "computed",
        "default",
        "definition",
        "held",
        "ordinal",
        "parent",
        "range",
        "raw",
        "relevance",
        "stale",
        "tree",
        "value",
    )

    def __init__(self, definition: Definition, parent: Cell | None, tree: Tree, raw: str) -> None:
        self.definition = definition
        self.parent = parent
        self.tree = tree
        self.default: str | None = raw
        """What it begins as when the instance is opened again; None where it has moved from another place."""
        self.raw = raw
        """What was given or computed, kept while the node is not relevant."""
        self.value = raw
        """What the form sees: '' while not relevant, choices that are no longer offered left out."""
        self.relevance = True
        self.children: list[Cell | Range] = []
        self.range: Range | None = None
        self.ordinal = 1
        self.stale = definition.depends
        self.computed = False
        """Whether `raw` is up to date with the calculation."""
        self.held = False
        """Whether `raw` cannot be computed again and belongs into the record."""

    @property
    def label(self) -> str:
        return self.definition.name

    @property
    def relevant(self) -> bool:
        if self.stale:
            self.refresh()
        return self.relevance

    def text(self) -> str:
        if self.stale:
            self.refresh()
        return "".join(node.text() for node in self.elements()) if self.children else self.value

    def scope(self) -> Scope:
        return Scope(self, self.tree)

    def refresh(self) -> None:
        """Compute relevance, then value. Whoever asks in the meantime sees the old state: circles end here."""
        self.stale = False
        definition = self.definition
        parent = self.parent
        relevant = parent is None or parent.relevant
        if relevant and definition.relevant is not None:
            relevant = definition.relevant(Scope(self, self.tree))
        self.relevance = relevant
        if self.children:
            return
        if not relevant:
            self.value = ""
            return
        if definition.calculate is not None and not self.computed:
            self.computed = True
            self.raw = stored(definition.type, definition.calculate(Scope(self, self.tree)))
            self.held = definition.volatile
        choices = definition.choices
        self.value = self.raw if choices is None else choices.kept(self)

    # ------------------------------------------------------------ as a node of XPath

    def elements(self) -> Sequence[Node]:
        found: list[Node] = []
        for child in self.children:
            if isinstance(child, Range):
                found.extend(child.cells)
            else:
                found.append(child)
        return found

    def above(self) -> Node | None:
        return self.parent

    def place(self) -> int:
        return self.ordinal

    def attribute(self, name: str) -> str | None:
        return self.definition.attributes.get(name)

    def alive(self) -> bool:
        return self.relevant

    def truth(self) -> bool:
        if self.children or self.definition.children:
            return self.relevant
        text = self.text()
        match self.definition.type:
            case DataType.INT | DataType.DECIMAL:
                return text != "" and float(text) != 0
            case DataType.BOOLEAN:
                return text in ("true", "1")
            case _:
                return text != ""

    def repeat_around(self) -> Cell | None:
        """The closest instance of a repeat that holds this cell, or is it."""
        cell: Cell | None = self
        while cell is not None and not cell.definition.repeats:
            cell = cell.parent
        return cell

    def leaves(self) -> Iterator[Cell]:
        """The cells without children in this subtree, in document order."""
        if not self.children and not self.definition.children:
            yield self
        for child in self.children:
            if isinstance(child, Range):
                for cell in child.cells:
                    yield from cell.leaves()
            else:
                yield from child.leaves()


class Range:
    """The instances of one repeat below one parent."""

    __slots__ = ("cells", "closed", "definition", "initial", "parent", "seeds", "stale")

    def __init__(self, definition: Definition, parent: Cell, seeds: tuple[Seed, ...]) -> None:
        self.definition = definition
        self.parent = parent
        self.seeds = seeds
        """The instances that the form itself holds."""
        self.initial = len(seeds) if definition.count is None else 0
        self.cells: list[Cell] = []
        self.stale = definition.count is not None
        self.closed = False
        """Whether the respondent said that there is nothing to add."""


class Document(Node):
    """The node above the root of the primary instance."""

    __slots__ = ("root",)

    def __init__(self, root: Cell) -> None:
        self.root = root

    @property
    def label(self) -> str:
        return ""

    def text(self) -> str:
        return self.root.text()

    def elements(self) -> Sequence[Node]:
        return (self.root,)

    def above(self) -> Node | None:
        return None

    def place(self) -> int:
        return 1


def stored(kind: DataType, text: str) -> str:
    """The text that a computed or committed value leaves in a node: canonical, or '' if it is no such value."""
    if text in ("", "NaN"):
        return ""
    try:
        return canonical(kind, text)
    except ValueError:
        return ""
