"""What a compiled expression sees when it runs: a node, its place among others, and the world around it."""

from __future__ import annotations

import random
from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class Node:
    """A node of a document: a cell of the primary instance, or an element of a secondary one."""

    __slots__ = ()

    @property
    @abstractmethod
    def label(self) -> str:
        """Local name."""

    @abstractmethod
    def text(self) -> str:
        """String value; '' for a node that is not relevant."""

    @abstractmethod
    def elements(self) -> Sequence[Node]:
        """Children in document order."""

    @abstractmethod
    def above(self) -> Node | None:
        """The parent, None for a document."""

    @abstractmethod
    def place(self) -> int:
        """Position among the siblings of the same name, counted from 1."""

    def attribute(self, name: str) -> str | None:
        """Text of an attribute, None if there is none."""
        return None

    def alive(self) -> bool:
        """Whether the node is relevant; elements of secondary instances always are."""
        return True

    def truth(self) -> bool:
        """What the node says where a condition is asked: that it exists, or, for an answer, that it is not empty."""
        return True


class Attribute(Node):
    """An attribute seen as a node, as `/data/q/@name` selects it."""

    __slots__ = ("name", "owner", "value")

    def __init__(self, owner: Node, name: str, value: str) -> None:
        self.owner = owner
        self.name = name
        self.value = value

    @property
    def label(self) -> str:
        return self.name

    def text(self) -> str:
        return self.value

    def elements(self) -> Sequence[Node]:
        return ()

    def above(self) -> Node | None:
        return self.owner

    def place(self) -> int:
        return 1


class World(Protocol):
    """The instance as an expression may use it."""

    now: datetime
    rng: random.Random
    seed: int
    """Of the orders by chance, the same as long as the respondent answers."""
    language: str

    @property
    def cells(self) -> Sequence[Sequence[Node]]:
        """The nodes of the primary instance by number of their definition."""

    @property
    def document(self) -> Node:
        """The node above the root of the primary instance."""

    def secondary(self, name: str) -> Node | None:
        """The document of a secondary instance."""

    def wording(self, text_id: str) -> str:
        """A text of `<itext>` in the language of the instance."""

    def visit(self, nodes: int) -> None:
        """Count nodes that a path looks at. Raises LimitExceeded when it has been too many."""


class Scope:
    """One evaluation: the context node, its position among `size` candidates, and `current()`."""

    __slots__ = ("current", "node", "position", "size", "world")

    def __init__(self, node: Node, world: World, current: Node | None = None) -> None:
        self.node = node
        self.world = world
        self.current = current or node
        self.position = 1
        self.size = 1
