"""A syntax tree to Python closures. Types are settled here, so that running an expression decides nothing twice.

A compiled expression also says what it depends on (`Facts`), which is how a form knows what to compute again.
Paths are in `paths.py`, functions in `functions_*.py`.
"""

from __future__ import annotations

import difflib
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from dialogs.forms.definition import Definition
from dialogs.forms.errors import ExpressionError, LimitExceeded
from dialogs.forms.msgids import N_
from dialogs.forms.xpath import paths
from dialogs.forms.xpath.coercion import (
    NAN,
    Compiled,
    Kind,
    Run,
    TruthRun,
    as_nodes,
    as_number,
    as_text,
    as_truth,
    number_of_text,
)
from dialogs.forms.xpath.parser import parse
from dialogs.forms.xpath.registry import LIBRARY
from dialogs.forms.xpath.schema import Schema
from dialogs.forms.xpath.scope import Node, Scope
from dialogs.forms.xpath.syntax import Call, Chain, Expression, Literal, Negation, Number, Path

FUNCTIONS: Final = "https://docs.getodk.org/form-operators-functions/"
"""Where every function is explained."""


@dataclass(slots=True)
class Facts:
    """What an expression depends on besides its text."""

    references: set[Definition] = field(default_factory=set)
    """Nodes whose values or relevance it reads."""
    strict: set[Definition] = field(default_factory=set)
    """Of these, the ones that must be known before: not positions, and not what it reads in other instances of a
    repeat, where a node may well read its own predecessor."""
    volatile: bool = False
    """It gives another result when it is run again: clock, chance, or the node's own past."""
    shuffles: bool = False
    """It puts nodes in an order by chance that has to stay the same for a respondent."""
    language: bool = False
    """It gives another result in another language."""
    depth: int = 0
    """Levels of nesting, which become levels of calls when it runs."""
    warnings: list[str] = field(default_factory=list)


class Compiler:
    """Compiles one expression of one place in a form."""

    def __init__(self, schema: Schema, current: Definition | None, expression: str) -> None:
        self.schema = schema
        self.expression = expression
        self.current = current
        """Definition of the node that the expression belongs to (`current()`)."""
        self.here: Definition | None = current
        """Definition of the context node; None inside predicates over anything but one kind of form node."""
        self.filtering = 0
        """How many predicates surround what is being compiled."""
        self.own_past = 0
        """How many `once` or `coalesce` surround it: there a calculation may read its own node."""
        self.places_only = 0
        """How many `position` surround it: there only the place of a node matters."""
        self.depth = 0
        """Levels above what is being compiled."""
        self.facts = Facts()

    def compile(self, tree: Expression) -> Compiled:
        """A part of the expression."""
        self.depth += 1
        self.facts.depth = max(self.facts.depth, self.depth)
        compiled = self.part(tree)
        self.depth -= 1
        return compiled

    def part(self, tree: Expression) -> Compiled:
        match tree:
            case Literal(value):
                return Compiled(Kind.STRING, lambda scope: value, constant=value)
            case Number(value):
                return Compiled(Kind.NUMBER, lambda scope: value, constant=value)
            case Negation(operand):
                number = as_number(self.compile(operand))
                return Compiled(Kind.NUMBER, lambda scope: -number(scope))
            case Path():
                return paths.compile_path(self, tree)
            case Call():
                return self.call(tree)
            case Chain(first, rest):
                return self.chain(first, rest)

    def call(self, call: Call) -> Compiled:
        known = LIBRARY.get(call.name)
        if known is None:
            raise self.unknown(call.name)
        given = len(call.arguments)
        if given < known.least or (known.most is not None and given > known.most):
            raise self.error(known.wants(), name=call.name, given=str(given), **known.bounds())
        return known.build(self, call.arguments)

    def chain(self, first: Expression, rest: tuple[tuple[str, Expression], ...]) -> Compiled:
        operator = rest[0][0]
        operands = [self.compile(first), *(self.compile(operand) for _, operand in rest)]
        match operator:
            case "or":
                return _any([as_truth(operand) for operand in operands])
            case "and":
                return _all([as_truth(operand) for operand in operands])
            case "|":
                return _union([as_nodes(operand) for operand in operands])
            case _:
                result = operands[0]
                for (sign, _), operand in zip(rest, operands[1:], strict=True):
                    result = _binary(sign, result, operand)
                return result

    def error(self, msgid: str, **params: str) -> ExpressionError:
        return ExpressionError(msgid, self.expression, **params)

    def unknown(self, name: str) -> ExpressionError:
        """With a known function that may have been meant."""
        near = difflib.get_close_matches(name, LIBRARY, n=1)
        if near:
            msgid = N_("the function “{name}()” is not known; did you mean “{near}()”?")
            return self.error(msgid, name=name, near=near[0])
        return self.error(N_("the function “{name}()” is not known; see the list of functions at {list}"),
                          name=name, list=FUNCTIONS)  # fmt: skip

    def refer(self, definition: Definition, *, elsewhere: bool = False) -> None:
        """Note that the expression reads a node."""
        if definition is self.current and self.own_past:
            self.facts.volatile = True
            return
        self.facts.references.add(definition)
        if not elsewhere and not self.places_only:
            self.facts.strict.add(definition)


def compile_expression(expression: str, schema: Schema, current: Definition | None) -> tuple[Compiled, Facts]:
    """An expression of a form, compiled for the node it belongs to. Raises ExpressionError or LimitExceeded."""
    compiler = Compiler(schema, current, expression)
    try:
        return compiler.compile(parse(expression)), compiler.facts
    except RecursionError:
        raise LimitExceeded(f"An expression is nested too deeply: “{expression[:80]}…”") from None


# ---------------------------------------------------------------- operators


def _any(truths: list[TruthRun]) -> Compiled:
    if len(truths) == 2:
        left, right = truths
        return Compiled(Kind.BOOLEAN, lambda scope: left(scope) or right(scope))
    return Compiled(Kind.BOOLEAN, lambda scope: any(truth(scope) for truth in truths))


def _all(truths: list[TruthRun]) -> Compiled:
    if len(truths) == 2:
        left, right = truths
        return Compiled(Kind.BOOLEAN, lambda scope: left(scope) and right(scope))
    return Compiled(Kind.BOOLEAN, lambda scope: all(truth(scope) for truth in truths))


def _union(parts: list[Callable[[Scope], list[Node]]]) -> Compiled:
    def union(scope: Scope) -> list[Node]:
        return list(dict.fromkeys(node for part in parts for node in part(scope)))

    return Compiled(Kind.NODES, union)


def _binary(sign: str, left: Compiled, right: Compiled) -> Compiled:
    if sign in ("=", "!="):
        return Compiled(Kind.BOOLEAN, _equality(sign == "=", left, right))
    if sign in COMPARED:
        return Compiled(Kind.BOOLEAN, _order(sign, left, right))
    return Compiled(Kind.NUMBER, _arithmetic(sign, as_number(left), as_number(right)))


COMPARED: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _equality(wanted: bool, left: Compiled, right: Compiled) -> Run:
    """XPath 1.0, 3.4: as truths, else as numbers, else as texts; a node-set is equal if one of its nodes is."""
    kinds = {left.kind, right.kind}
    if Kind.BOOLEAN in kinds:
        truths = as_truth(left), as_truth(right)
        return lambda scope: (truths[0](scope) == truths[1](scope)) is wanted
    if Kind.NUMBER in kinds or _is_number(left, right) or _is_number(right, left):
        return _equal_numbers(wanted, left, right)
    if Kind.NODES in kinds:
        return _some_equal_text(wanted, left, right)
    a, b = as_text(left), as_text(right)
    if left.type is not None and right.type is not None and left.type.numeric and right.type.numeric:
        return lambda scope: _same_number(a(scope), b(scope)) is wanted
    return (lambda scope: a(scope) == b(scope)) if wanted else (lambda scope: a(scope) != b(scope))


def _is_number(node: Compiled, literal: Compiled) -> bool:
    """Whether a number question is compared with a number in quotes, which authors write for both."""
    return (
        node.type is not None
        and node.type.numeric
        and isinstance(literal.constant, str)
        and not math.isnan(number_of_text(literal.constant))
    )


def _same_number(a: str, b: str) -> bool:
    return a == b if not a or not b else float(a) == float(b)


def _equal_numbers(wanted: bool, left: Compiled, right: Compiled) -> Run:
    for nodes, other in ((left, right), (right, left)):
        if nodes.kind is Kind.NODES:
            many, one = as_nodes(nodes), as_number(other)
            return lambda scope: _some_equal_number(wanted, many(scope), one(scope), scope)
    a, b = as_number(left), as_number(right)
    return (lambda scope: a(scope) == b(scope)) if wanted else (lambda scope: a(scope) != b(scope))


def _some_equal_number(wanted: bool, nodes: list[Node], number: float, scope: Scope) -> bool:
    return any((number_of_text(node.text(), scope) == number) is wanted for node in nodes)


def _some_equal_text(wanted: bool, left: Compiled, right: Compiled) -> Run:
    """A node-set without nodes compares as '', as ODK Collect does: a look-up that found nothing equals ''."""
    a, b = _texts(left), _texts(right)

    def compare(scope: Scope) -> bool:
        ours, theirs = a(scope), b(scope)
        if wanted:
            return not set(ours).isdisjoint(theirs)
        return len({*ours, *theirs}) > 1

    return compare


def _texts(compiled: Compiled) -> Callable[[Scope], list[str]]:
    if compiled.kind is Kind.NODES:
        run = compiled.run
        return lambda scope: [node.text() for node in run(scope)] or [""]
    text = as_text(compiled)
    return lambda scope: [text(scope)]


def _order(sign: str, left: Compiled, right: Compiled) -> Run:
    compare = COMPARED[sign]
    if Kind.NODES in (left.kind, right.kind):
        many, others = _numbers(left), _numbers(right)
        ours, theirs = (min, max) if sign in ("<", "<=") else (max, min)  # some pair compares if the extremes do
        return lambda scope: bool(a := many(scope)) and bool(b := others(scope)) and compare(ours(a), theirs(b))
    a, b = as_number(left), as_number(right)
    return lambda scope: compare(a(scope), b(scope))


def _numbers(compiled: Compiled) -> Callable[[Scope], list[float]]:
    """The numbers of all nodes of a path, or the one of any other expression; what is no number is left out."""
    if compiled.kind is Kind.NODES:
        run = compiled.run
        return lambda scope: [
            number for node in run(scope) if not math.isnan(number := number_of_text(node.text(), scope))
        ]
    single = as_number(compiled)
    return lambda scope: [] if math.isnan(number := single(scope)) else [number]


def _arithmetic(sign: str, a: Run, b: Run) -> Run:
    match sign:
        case "+":
            return lambda scope: a(scope) + b(scope)
        case "-":
            return lambda scope: a(scope) - b(scope)
        case "*":
            return lambda scope: a(scope) * b(scope)
        case "div":
            return lambda scope: divided(a(scope), b(scope))
        case _:
            return lambda scope: remainder(a(scope), b(scope))


def divided(a: float, b: float) -> float:
    """Division as IEEE 754 has it: by zero it is infinite, or no number."""
    if b != 0:
        return a / b
    if a == 0 or math.isnan(a):
        return NAN
    return math.copysign(math.inf, a) * math.copysign(1, b)


def remainder(a: float, b: float) -> float:
    """`mod`: the remainder of a division that cuts off, with the sign of the dividend (XPath 1.0, 3.5)."""
    if b == 0 or math.isnan(a) or math.isnan(b) or math.isinf(a):
        return NAN
    return math.fmod(a, b)
