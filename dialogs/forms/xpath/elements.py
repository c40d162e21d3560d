"""Secondary instances: lists and look-up tables that come with a form and never change."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.forms.xpath.scope import Node


class Element(Node):
    """An element of a secondary instance, with indexes of its children that are built when first asked for."""

    __slots__ = ("attributes", "children", "content", "indexes", "name", "parent")

    def __init__(self, name: str, parent: Element | None, content: str = "") -> None:
        self.name = name
        self.parent = parent
        self.content = content
        self.children: list[Element] = []
        self.attributes: dict[str, str] = {}
        self.indexes: dict[tuple[str, str], dict[str, list[Element]]] | None = None
        if parent is not None:
            parent.children.append(self)

    @property
    def label(self) -> str:
        return self.name

    def text(self) -> str:
        if not self.children:
            return self.content
        return self.content + "".join(child.text() for child in self.children)

    def elements(self) -> Sequence[Node]:
        return self.children

    def above(self) -> Node | None:
        return self.parent

    def place(self) -> int:
        if self.parent is None:
            return 1
        return [one for one in self.parent.children if one.name == self.name].index(self) + 1

    def attribute(self, name: str) -> str | None:
        return self.attributes.get(name)

    def first(self, name: str) -> Element | None:
        """The first child of this name."""
        for child in self.children:
            if child.name == name:
                return child
        return None

    def index(self, name: str, column: str) -> dict[str, list[Element]]:
        """The children of this name by the text of one of their own children, in document order."""
        if self.indexes is None:
            self.indexes = {}
        found = self.indexes.get((name, column))
        if found is None:
            found = self.indexes[name, column] = {}
            for child in self.children:
                if child.name == name:
                    keys = [cell.text() for cell in child.children if cell.name == column] or [""]
                    for key in dict.fromkeys(keys):
                        found.setdefault(key, []).append(child)
        return found
