"""Compiled expressions and the conversions between the four types of XPath 1.0, chosen when a form is compiled.

ODK deviates from XPath 1.0 in two places, both meant for authors: a text that is a date counts as the number of
days since 1970 (ODK XForms, "Dates as numbers"), and one answered question is true if it is not empty.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, TypeAlias

from dialogs.forms.values import days, parse_date, parse_datetime, plain
from dialogs.forms.xpath.scope import Node, Scope

if TYPE_CHECKING:
    from dialogs.forms.values import DataType

Run: TypeAlias = Callable[[Scope], Any]
TextRun: TypeAlias = Callable[[Scope], str]
NumberRun: TypeAlias = Callable[[Scope], float]
TruthRun: TypeAlias = Callable[[Scope], bool]
NodesRun: TypeAlias = Callable[[Scope], list[Node]]


class Kind(Enum):
    """What running an expression yields."""

    STRING = auto()
    NUMBER = auto()
    BOOLEAN = auto()
    NODE = auto()
    """Exactly one node: a path that was resolved when the form was compiled."""
    NODES = auto()
    """A list of nodes in document order."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression ready to run."""

    kind: Kind
    run: Run
    type: DataType | None = None
    """The data type of the question, where `kind` is NODE."""
    constant: str | float | bool | None = None
    """The value, where the expression is a literal."""


NAN = math.nan
_PLAIN = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DATE_LENGTH = 10


def number_of_text(text: str, scope: Scope | None = None) -> float:
    """A text as a number: plain notation, or a date or dateTime as days since 1970; NaN for everything else.

    `scope`: by whose clock the days are; none is needed where no moments are expected.
    """
    if text.isdecimal() and text.isascii():
        return float(text)
    text = text.strip()
    if _PLAIN.fullmatch(text) is not None:
        return float(text)
    if len(text) < _DATE_LENGTH - 2 or "-" not in text:
        return NAN
    try:
        return days(parse_datetime(text) if "T" in text else parse_date(text), zone_of(scope))
    except (ValueError, OverflowError):
        return NAN


def zone_of(scope: Scope | None) -> tzinfo:
    """The zone of the instance's clock."""
    return (scope.world.now.tzinfo if scope is not None else None) or UTC


def text_of_number(number: float) -> str:
    """A number as text; NaN is '', for it is stored and shown so."""
    return "" if number != number else plain(number)


def text_of_truth(truth: bool) -> str:
    return "true" if truth else "false"


def truth_of_nodes(nodes: list[Node]) -> bool:
    return nodes[0].truth() if len(nodes) == 1 else bool(nodes)


def as_text(compiled: Compiled) -> TextRun:
    """XPath 1.0, 4.2 `string`: of the first node, if there is one."""
    run = compiled.run
    match compiled.kind:
        case Kind.STRING:
            return run
        case Kind.NUMBER:
            return lambda scope: text_of_number(run(scope))
        case Kind.BOOLEAN:
            return lambda scope: "true" if run(scope) else "false"
        case Kind.NODE:
            return lambda scope: run(scope).text()
        case Kind.NODES:
            return lambda scope: _first_text(run(scope))


def as_number(compiled: Compiled) -> NumberRun:
    """XPath 1.0, 4.4 `number`."""
    run = compiled.run
    match compiled.kind:
        case Kind.NUMBER:
            return run
        case Kind.BOOLEAN:
            return lambda scope: float(run(scope))
        case Kind.STRING:
            return lambda scope: number_of_text(run(scope), scope)
        case Kind.NODE:
            return lambda scope: number_of_text(run(scope).text(), scope)
        case Kind.NODES:
            return lambda scope: number_of_text(_first_text(run(scope)), scope)


def as_truth(compiled: Compiled) -> TruthRun:
    """XPath 1.0, 4.3 `boolean`, with a single question true if it is not empty (`Node.truth`)."""
    run = compiled.run
    match compiled.kind:
        case Kind.BOOLEAN:
            return run
        case Kind.NUMBER:
            return lambda scope: (number := run(scope)) == number and number != 0
        case Kind.STRING:
            return lambda scope: run(scope) != ""
        case Kind.NODE:
            return lambda scope: run(scope).truth()
        case Kind.NODES:
            return lambda scope: truth_of_nodes(run(scope))


def as_nodes(compiled: Compiled) -> NodesRun:
    """The nodes of a path; an expression that is no path has none."""
    run = compiled.run
    if compiled.kind is Kind.NODES:
        return run
    if compiled.kind is Kind.NODE:
        return lambda scope: [node] if (node := run(scope)).alive() else []
    return lambda scope: []


def as_texts(compiled: Compiled) -> Callable[[Scope], list[str]]:
    """The texts of all nodes of a path, or the one text of any other expression."""
    run = compiled.run
    if compiled.kind is Kind.NODES:
        return lambda scope: [node.text() for node in run(scope)]
    text = as_text(compiled)
    return lambda scope: [text(scope)]


def _first_text(nodes: list[Node]) -> str:
    return nodes[0].text() if nodes else ""
