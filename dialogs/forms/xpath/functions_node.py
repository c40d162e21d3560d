"""Functions on nodes: sets, positions, repeats, lists (XPath 1.0, 4.1; ODK XForms, "Node-set Functions")."""

from __future__ import annotations

import hashlib
import math
from typing import cast

from dialogs.forms.cells import Cell, Range
from dialogs.forms.definition import Definition
from dialogs.forms.msgids import N_
from dialogs.forms.xpath.coercion import Compiled, Kind, Run, as_nodes, as_number, as_text, number_of_text
from dialogs.forms.xpath.compile import Compiler
from dialogs.forms.xpath.elements import Element
from dialogs.forms.xpath.functions_text import HERE
from dialogs.forms.xpath.registry import function, scoped, special
from dialogs.forms.xpath.scope import Node, Scope
from dialogs.forms.xpath.syntax import ANY_NODE, Axis, Call, Expression, Literal, Path, Step


@function("count", "nodes", Kind.NUMBER)
def count(nodes: list[Node]) -> float:
    return float(len(nodes))


@function("count-non-empty", "nodes", Kind.NUMBER)
def count_non_empty(nodes: list[Node]) -> float:
    return float(sum(node.text() != "" for node in nodes))


@scoped("last", "", Kind.NUMBER)
def last(scope: Scope) -> float:
    return float(scope.size)


@special("position", 0, 1)
def position(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    """XPath: the place among the nodes being filtered. ODK: with a node, its place among those of the same name."""
    if not arguments:
        if compiler.filtering:
            return Compiled(Kind.NUMBER, lambda scope: float(scope.position))
        return Compiled(Kind.NUMBER, lambda scope: float(scope.node.place()))
    compiler.places_only += 1
    argument = compiler.compile(arguments[0])
    compiler.places_only -= 1
    run = argument.run
    if argument.kind is Kind.NODE:
        return Compiled(Kind.NUMBER, lambda scope: float(run(scope).place()))
    nodes = as_nodes(argument)
    return Compiled(Kind.NUMBER, lambda scope: float(found[0].place()) if (found := nodes(scope)) else math.nan)


@special("name", 0, 1)
def name(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    nodes = as_nodes(compiler.compile(arguments[0] if arguments else HERE))
    return Compiled(Kind.STRING, lambda scope: found[0].label if (found := nodes(scope)) else "")


@special("local-name", 0, 1)
def local_name(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    return name(compiler, arguments)


@special("current", 0, 0)
def current(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    definition = compiler.current
    if definition is not None:
        compiler.refer(definition)
    return Compiled(Kind.NODE, lambda scope: scope.current, None if definition is None else definition.type)


# ---------------------------------------------------------------- secondary instances


@special("instance", 1, 1)
def instance(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    """ODK: a secondary instance by its id. Its path goes on with the name of its root element."""
    found = _instance_name(compiler, arguments[0])

    def document(scope: Scope) -> list[Node]:
        root = scope.world.secondary(found)
        return [] if root is None else [root]

    return Compiled(Kind.NODES, document)


def _instance_name(compiler: Compiler, argument: Expression) -> str:
    if not isinstance(argument, Literal):
        raise compiler.error(N_("instance() needs its name in quotes"))
    if not compiler.schema.has_secondary(argument.value):
        raise compiler.error(N_("there is no list or attachment “{name}” in this form"), name=str(argument.value))
    return argument.value


@special("pulldata", 4, 4)
def pulldata(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    """ODK: the text in one column of the first row of a list whose key column has a value."""
    listed = _instance_name(compiler, arguments[0])
    column, key, value = (as_text(compiler.compile(argument)) for argument in arguments[1:])

    def look_up(scope: Scope) -> str:
        document = scope.world.secondary(listed)
        if not isinstance(document, Element) or not document.children:
            return ""
        rows = document.children[0].index("item", key(scope)).get(value(scope))
        found = rows[0].first(column(scope)) if rows else None
        return "" if found is None else found.text()

    return Compiled(Kind.STRING, look_up)


# ---------------------------------------------------------------- repeats


@special("indexed-repeat", 3, None)
def indexed_repeat(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    """ODK: a node in the n-th instance of a repeat, or of several nested ones: `(node, repeat, n, repeat, n, …)`."""
    if len(arguments) % 2 == 0:
        raise compiler.error(N_("indexed-repeat() needs an index behind each repeat"))
    target = _definition_of(compiler, arguments[0])
    picks = {
        _definition_of(compiler, repeat).number: as_number(compiler.compile(index))
        for repeat, index in zip(arguments[1::2], arguments[2::2], strict=True)
    }
    compiler.refer(target, elsewhere=True)
    line = target.lineage()[1:]
    own = {} if compiler.current is None else {one.number: one for one in compiler.current.lineage()}

    def pick(scope: Scope) -> list[Node]:
        level = [cast(Cell, scope.world.cells[0][0])]
        for definition in line:
            level = _picked(scope, level, definition, picks.get(definition.number), definition.number in own)
        return [cell for cell in level if cell.relevant]

    return Compiled(Kind.NODES, pick)


def _definition_of(compiler: Compiler, argument: Expression) -> Definition:
    """The one node of the form that a path leads to."""
    if isinstance(argument, Path):
        target = _walked_definition(compiler, argument)
        if target is not None:
            return target
    raise compiler.error(N_("indexed-repeat() needs paths to nodes of this form"))


def _walked_definition(compiler: Compiler, path: Path) -> Definition | None:
    target = compiler.schema.root if path.absolute else compiler.here
    if isinstance(path.head, Call) and path.head.name == "current":
        target = compiler.current
    elif path.head is not None:
        return None
    for step in path.steps[1:] if path.absolute else path.steps:
        if target is None:
            return None
        match step:
            case Step(Axis.PARENT):
                target = target.parent
            case Step(Axis.CHILD, test):
                target = target.child(test)
            case Step(Axis.SELF, test) if test == ANY_NODE:
                pass
            case _:
                return None
    return target


def _picked(scope: Scope, level: list[Cell], definition: Definition, index: Run | None, own: bool) -> list[Cell]:
    """One generation down: the picked instance, else the context node's own, else all."""
    below: list[Cell] = []
    for cell in level:
        child = cell.children[definition.slot]
        if not isinstance(child, Range):
            below.append(child)
        elif index is not None:
            at = index(scope)
            if at == at and 1 <= at <= len(child.cells):
                below.append(child.cells[int(at) - 1])
        else:
            mine = _own_instance(scope.current, definition) if own else None
            below.extend([mine] if mine is not None and mine in child.cells else child.cells)
    return below


def _own_instance(node: Node, definition: Definition) -> Cell | None:
    cell = node if isinstance(node, Cell) else None
    while cell is not None and cell.definition is not definition:
        cell = cell.parent
    return cell


# ---------------------------------------------------------------- order by chance


@special("random", 0, 0)
def random(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    compiler.facts.volatile = True
    return Compiled(Kind.NUMBER, lambda scope: scope.world.rng.random())


@special("randomize", 1, 2)
def randomize(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    """ODK: the nodes in an order by chance; with a seed the same order everywhere and always."""
    nodes = as_nodes(compiler.compile(arguments[0]))
    if len(arguments) == 1:
        compiler.facts.shuffles = True
        place = 0 if compiler.current is None else compiler.current.number
        return Compiled(Kind.NODES, lambda scope: shuffled(nodes(scope), scope.world.seed + place))
    seed = as_text(compiler.compile(arguments[1]))
    return Compiled(Kind.NODES, lambda scope: shuffled(nodes(scope), seed_number(seed(scope))))


def seed_number(text: str) -> int:
    """The seed that a text stands for: a number or date cut to a whole one, '' is 0, any other by its SHA-256."""
    number = number_of_text(text) if text else 0.0
    if math.isfinite(number):
        return int(number)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


MODULUS, MULTIPLIER = 2_147_483_647, 16_807


def shuffled(nodes: list[Node], seed: int) -> list[Node]:
    """Inside-out Fisher-Yates with the Park-Miller generator, as the specification of `randomize` prescribes."""
    state = seed % MODULUS if seed >= 0 else -(-seed % MODULUS)
    if state <= 0:
        state += MODULUS - 1
    order: list[Node] = []
    for node in nodes:
        state = state * MULTIPLIER % MODULUS
        picked = int((state - 1) / (MODULUS - 1) * (len(order) + 1))
        order.append(node)
        order[picked], order[-1] = order[-1], order[picked]
    return order
