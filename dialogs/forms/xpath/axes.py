"""Where a step of a location path leads (XPath 1.0, 2.2): along its axis, to the living nodes that have its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from dialogs.forms.xpath.scope import Attribute, Node, Scope
from dialogs.forms.xpath.syntax import ANY_NAME, ANY_NODE, Axis, Step

Walk: TypeAlias = "Callable[[Scope, list[Node]], list[Node]]"
"""From some nodes to others."""


def axis(step: Step) -> Walk:
    test = step.test
    every = test in (ANY_NAME, ANY_NODE)

    def walk(scope: Scope, nodes: list[Node]) -> list[Node]:
        found: list[Node] = []
        for node in nodes:
            reached = AXES[step.axis](node, test)
            found.extend(one for one in reached if (every or one.label == test) and one.alive())
        scope.world.visit(len(found) + len(nodes))
        return found if len(nodes) < 2 else list(dict.fromkeys(found))

    return walk


def _self(node: Node, test: str) -> list[Node]:
    return [node]


def _children(node: Node, test: str) -> list[Node]:
    return list(node.elements())


def _parent(node: Node, test: str) -> list[Node]:
    above = node.above()
    return [] if above is None else [above]


def _descendants(node: Node, test: str) -> list[Node]:
    found: list[Node] = []
    waiting = list(reversed(node.elements()))
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting.extend(reversed(one.elements()))
    return found


def _ancestors(node: Node, test: str) -> list[Node]:
    found: list[Node] = []
    above = node.above()
    while above is not None:
        found.append(above)
        above = above.above()
    return found


def _siblings(node: Node) -> tuple[list[Node], int]:
    above = node.above()
    siblings = [] if above is None else list(above.elements())
    return siblings, siblings.index(node) if node in siblings else 0


def _following(node: Node, test: str) -> list[Node]:
    siblings, index = _siblings(node)
    return siblings[index + 1 :]


def _preceding(node: Node, test: str) -> list[Node]:
    siblings, index = _siblings(node)
    return siblings[:index][::-1]


def _attributes(node: Node, test: str) -> list[Node]:
    value = node.attribute(test)
    return [] if value is None else [Attribute(node, test, value)]


AXES: dict[Axis, Callable[[Node, str], list[Node]]] = {
    Axis.SELF: _self,
    Axis.CHILD: _children,
    Axis.PARENT: _parent,
    Axis.DESCENDANT: _descendants,
    Axis.DESCENDANT_OR_SELF: lambda node, test: [node, *_descendants(node, test)],
    Axis.ANCESTOR: _ancestors,
    Axis.ANCESTOR_OR_SELF: lambda node, test: [node, *_ancestors(node, test)],
    Axis.FOLLOWING_SIBLING: _following,
    Axis.PRECEDING_SIBLING: _preceding,
    Axis.ATTRIBUTE: _attributes,
}
