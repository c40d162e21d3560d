"""The syntax tree of an expression: small frozen values, as the grammar of XPath 1.0 has them.

Chains of operators of one rank (`a or b or c`) are one flat node, so that a long chain is not a deep tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Axis(StrEnum):
    """The axes that forms use; the others of XPath 1.0 are refused by the parser with their name."""

    CHILD = "child"
    PARENT = "parent"
    SELF = "self"
    ATTRIBUTE = "attribute"
    DESCENDANT = "descendant"
    DESCENDANT_OR_SELF = "descendant-or-self"
    ANCESTOR = "ancestor"
    ANCESTOR_OR_SELF = "ancestor-or-self"
    FOLLOWING_SIBLING = "following-sibling"
    PRECEDING_SIBLING = "preceding-sibling"


ANY_NAME = "*"
ANY_NODE = "node()"
TEXT_NODE = "text()"


@dataclass(frozen=True, slots=True)
class Literal:
    value: str


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Negation:
    operand: Expression


@dataclass(frozen=True, slots=True)
class Chain:
    """`first op operand op operand …`, all operators of one rank, read from the left."""

    first: Expression
    rest: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Step:
    axis: Axis
    test: str
    """A local name, `*`, `node()` or `text()`. Prefixes are dropped: forms use them for `orx:meta` alone."""
    predicates: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from the document (`absolute`), from a `head` such as `instance('x')`, or from the context node."""

    steps: tuple[Step, ...]
    absolute: bool = False
    head: Expression | None = None
    head_predicates: tuple[Expression, ...] = ()


Expression: TypeAlias = Literal | Number | Negation | Chain | Call | Path
