"""Predicates of a step (XPath 1.0, 2.4): which of the nodes stay.

A filter by equality over a list that never changes goes through an index of the list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, cast

from dialogs.forms.definition import Definition
from dialogs.forms.xpath.axes import Walk
from dialogs.forms.xpath.coercion import Compiled, Kind, as_nodes, as_number, as_text, as_truth
from dialogs.forms.xpath.elements import Element
from dialogs.forms.xpath.scope import Node, Scope
from dialogs.forms.xpath.syntax import ANY_NAME, ANY_NODE, TEXT_NODE, Axis, Call, Chain, Expression, Literal, Path, Step

if TYPE_CHECKING:
    from dialogs.forms.xpath.compile import Compiler

Definitions: TypeAlias = "frozenset[Definition]"
"""Of which definitions nodes can be."""


def filtered(compiler: Compiler, predicates: tuple[Expression, ...], definitions: Definitions | None) -> Walk:
    """The nodes that pass all predicates; a number is a position (XPath 1.0, 2.4)."""
    outer = compiler.here
    compiler.here = next(iter(definitions)) if definitions is not None and len(definitions) == 1 else None
    compiler.filtering += 1
    tests = [_test(compiler.compile(predicate)) for predicate in predicates]
    compiler.filtering -= 1
    compiler.here = outer

    def walk(scope: Scope, nodes: list[Node]) -> list[Node]:
        inner = Scope(scope.node, scope.world, scope.current)
        for test in tests:
            inner.size = len(nodes)
            scope.world.visit(len(nodes))
            kept: list[Node] = []
            for position, node in enumerate(nodes, 1):
                inner.node = node
                inner.position = position
                if test(inner):
                    kept.append(node)
            nodes = kept
        return nodes

    return walk


def _test(predicate: Compiled) -> Callable[[Scope], bool]:
    if predicate.kind is Kind.NUMBER:
        position = as_number(predicate)
        return lambda scope: position(scope) == scope.position
    return as_truth(predicate)


def indexed(compiler: Compiler, step: Step, names: tuple[str, ...], definitions: Definitions | None) -> Walk | None:
    """`item[column = value]` over a list that never changes: the items come from an index of the column."""
    first = step.predicates[0]
    conjuncts = _conjuncts(first)
    for at, conjunct in enumerate(conjuncts):
        column, other = _column_equality(conjunct)
        if column is None or other is None or not _independent(other):
            continue
        key = compiler.compile(other)
        if key.kind not in (Kind.STRING, Kind.NODE, Kind.NODES) or (key.type is not None and key.type.numeric):
            continue
        others = tuple(one for index, one in enumerate(conjuncts) if index != at)
        keep = filtered(compiler, (*others, *step.predicates[1:]), definitions)
        return _looked_up(step.test, column, key, keep)
    return None


def _looked_up(test: str, column: str, key: Compiled, keep: Walk) -> Walk:
    text = as_text(key)
    many = as_nodes(key) if key.kind is Kind.NODES else None

    def walk(scope: Scope, nodes: list[Node]) -> list[Node]:
        found: list[Node] = []
        keys = [text(scope)] if many is None else list(dict.fromkeys(node.text() for node in many(scope))) or [""]
        for node in nodes:
            index = cast(Element, node).index(test, column)
            for one in keys:
                found.extend(index.get(one, ()))
        scope.world.visit(len(found) + 1)
        return keep(scope, found)

    return walk


def _conjuncts(predicate: Expression) -> tuple[Expression, ...]:
    if isinstance(predicate, Chain) and predicate.rest[0][0] == "and":
        return (predicate.first, *(operand for _, operand in predicate.rest))
    return (predicate,)


def _column_equality(conjunct: Expression) -> tuple[str | None, Expression | None]:
    """Column and other side of `column = …` or `… = column`."""
    if not isinstance(conjunct, Chain) or len(conjunct.rest) != 1 or conjunct.rest[0][0] != "=":
        return None, None
    left, right = conjunct.first, conjunct.rest[0][1]
    for side, other in ((left, right), (right, left)):
        if isinstance(side, Path) and not side.absolute and side.head is None and len(side.steps) == 1:
            step = side.steps[0]
            if step.axis is Axis.CHILD and not step.predicates and step.test not in (ANY_NAME, ANY_NODE, TEXT_NODE):
                return step.test, other
    return None, None


def _independent(tree: Expression) -> bool:
    """Whether an expression has the same value for every item that it is compared with."""
    match tree:
        case Literal():
            return True
        case Path(absolute=True, steps=steps):
            return not any(step.predicates for step in steps)
        case Path(head=Call(name="current"), steps=steps):
            return not any(step.predicates for step in steps)
        case Call(name="current"):
            return True
        case _:
            return False
