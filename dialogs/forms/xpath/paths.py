"""Location paths (XPath 1.0, section 2).

Most paths of a form lead from one node to another that is known when the form is compiled: `/data/group/age`,
`../age`. These become a climb and a descent by index (`_known`). All others, and all over secondary instances,
are walked step by step (`_walked`), a filter by equality through an index of the list.

An absolute path into a repeat that also holds the context node stays in the context node's own instance of that
repeat, as in ODK Collect: inside `/data/person`, `/data/person/age` is this person's age.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, cast

from dialogs.forms.cells import Cell, Range
from dialogs.forms.definition import Definition
from dialogs.forms.xpath.coercion import Compiled, Kind, as_nodes, as_number, as_text, as_truth
from dialogs.forms.xpath.elements import Element
from dialogs.forms.xpath.scope import Attribute, Node, Scope
from dialogs.forms.xpath.syntax import ANY_NAME, ANY_NODE, TEXT_NODE, Axis, Call, Chain, Expression, Literal, Path, Step

if TYPE_CHECKING:
    from dialogs.forms.xpath.compile import Compiler

Definitions: TypeAlias = "frozenset[Definition]"
Walk: TypeAlias = "Callable[[Scope, list[Node]], list[Node]]"


def compile_path(compiler: Compiler, path: Path) -> Compiled:
    """A path in the place where the compiler is."""
    known = _target(compiler, path)
    if known is not None:
        return _known(compiler, *known)
    return _walked(compiler, path)


# ---------------------------------------------------------------- paths between two known nodes


def _target(compiler: Compiler, path: Path) -> tuple[Definition, Definition, bool] | None:
    """Target, highest node on the way, and whether the way starts at `current()`: if all is known now."""
    if any(step.predicates for step in path.steps) or path.head_predicates:
        return None
    if path.absolute:
        return _absolute_target(compiler, path.steps)
    start = compiler.here
    from_current = isinstance(path.head, Call) and path.head.name == "current"
    if from_current:
        start = compiler.current
    elif path.head is not None:
        return None
    if start is None:
        return None
    return _relative_target(start, path.steps, from_current=from_current)


def _absolute_target(compiler: Compiler, steps: tuple[Step, ...]) -> tuple[Definition, Definition, bool] | None:
    target = compiler.schema.root
    if target is None or not steps or not _names(steps[0], target):
        return None
    for step in steps[1:]:
        target = _next(target, step)
        if target is None:
            return None
    own = set(compiler.current.lineage()) if compiler.current is not None else set()
    shared = [definition for definition in target.lineage() if definition in own]
    return target, shared[-1] if shared else compiler.schema.root or target, True


def _relative_target(
    start: Definition, steps: tuple[Step, ...], *, from_current: bool
) -> tuple[Definition, Definition, bool] | None:
    target, highest = start, start
    for step in steps:
        following = _next(target, step)
        if following is None:
            return None
        target = following
        if target is highest.parent:
            highest = target
    return target, highest, from_current


def _next(definition: Definition, step: Step) -> Definition | None:
    if step.axis is Axis.CHILD and step.test not in (ANY_NAME, ANY_NODE, TEXT_NODE):
        return definition.child(step.test)
    if step.axis is Axis.PARENT and step.test == ANY_NODE:
        return definition.parent
    if step.axis is Axis.SELF and step.test == ANY_NODE:
        return definition
    return None


def _names(step: Step, definition: Definition) -> bool:
    return step.axis is Axis.CHILD and step.test == definition.name


def _known(compiler: Compiler, target: Definition, highest: Definition, from_current: bool) -> Compiled:
    """A climb from the start to `highest`, then down to the target; several nodes where a repeat is on the way."""
    start = compiler.current if from_current else compiler.here
    down = target.lineage()[len(highest.lineage()) :]
    spread = any(definition.repeats for definition in down)
    compiler.refer(target, elsewhere=spread and _shares_repeat(compiler.current, target))
    number = target.number
    if not target.in_repeat:
        return Compiled(Kind.NODE, lambda scope: scope.world.cells[number][0], target.type)
    ups = 0 if start is None else len(start.lineage()) - len(highest.lineage())
    slots = tuple(definition.slot for definition in down)
    if start is None or (from_current and highest.parent is None):
        base: Callable[[Scope], Cell] = lambda scope: cast(Cell, scope.world.cells[0][0])  # noqa: E731
    else:
        base = _climb(ups, from_current=from_current)
    if spread:
        return Compiled(Kind.NODES, lambda scope: _descend_all(scope, base(scope), slots))
    if not slots:
        return Compiled(Kind.NODE, base, target.type)
    return Compiled(Kind.NODE, lambda scope: _descend(base(scope), slots), target.type)


def _shares_repeat(current: Definition | None, target: Definition) -> bool:
    if current is None:
        return False
    own = set(current.lineage())
    return any(definition.repeats and definition in own for definition in target.lineage())


def _climb(ups: int, *, from_current: bool) -> Callable[[Scope], Cell]:
    def climb(scope: Scope) -> Cell:
        cell = cast(Cell, scope.current if from_current else scope.node)
        for _ in range(ups):
            cell = cast(Cell, cell.parent)
        return cell

    return climb


def _descend(cell: Cell, slots: tuple[int, ...]) -> Cell:
    for slot in slots:
        cell = cast(Cell, cell.children[slot])
    return cell


def _descend_all(scope: Scope, cell: Cell, slots: tuple[int, ...]) -> list[Node]:
    """All relevant nodes at the end of a descent through repeats."""
    level = [cell]
    for slot in slots:
        below: list[Cell] = []
        for one in level:
            child = one.children[slot]
            if isinstance(child, Range):
                below.extend(child.cells)
            else:
                below.append(child)
        level = below
    scope.world.visit(len(level))
    return [one for one in level if one.relevant]


# ---------------------------------------------------------------- paths that are walked


def _walked(compiler: Compiler, path: Path) -> Compiled:
    start, definitions = _start(compiler, path)
    walks: list[Walk] = []
    if path.head_predicates:
        walks.append(_filtered(compiler, path.head_predicates, definitions))
    names: list[str] | None = [] if _is_secondary(path) and not path.head_predicates else None
    for step in path.steps:
        definitions = _step_definitions(compiler, definitions, step)
        walk, names = _step(compiler, step, definitions, names)
        walks.append(walk)
    for definition in definitions or ():
        compiler.refer(definition, elsewhere=_shares_repeat(compiler.current, definition))

    def run(scope: Scope) -> list[Node]:
        nodes = start(scope)
        for walk in walks:
            nodes = walk(scope, nodes)
        return nodes

    return Compiled(Kind.NODES, run)


def _start(compiler: Compiler, path: Path) -> tuple[Callable[[Scope], list[Node]], Definitions | None]:
    """Where a walk begins, and which definitions its first nodes have (None: nodes of no form)."""
    if path.absolute:
        return lambda scope: [scope.world.document], None if compiler.schema.root is None else frozenset()
    if path.head is None:
        here = compiler.here
        return lambda scope: [scope.node], None if here is None else frozenset({here})
    if isinstance(path.head, Call) and path.head.name == "current":
        current = compiler.current
        return lambda scope: [scope.current], None if current is None else frozenset({current})
    before = set(compiler.facts.references)
    head = compiler.compile(path.head)
    referred = compiler.facts.references - before
    if head.kind not in (Kind.NODE, Kind.NODES):
        raise compiler.error("a path goes on from something that is no node")
    return as_nodes(head), frozenset(referred) if referred and not _is_secondary(path) else None


def _is_secondary(path: Path) -> bool:
    return isinstance(path.head, Call) and path.head.name == "instance"


def _step_definitions(compiler: Compiler, definitions: Definitions | None, step: Step) -> Definitions | None:
    """The definitions that a step from these may reach. An empty set stands for the document."""
    if definitions is None:
        return None
    root = compiler.schema.root
    reached: set[Definition] = set()
    for definition in definitions or ({None} if root is not None else set()):
        reached.update(_reachable(definition, step, root))
    return frozenset(reached) if reached else None


def _reachable(definition: Definition | None, step: Step, root: Definition | None) -> list[Definition]:
    below = definition.children if definition is not None else [root] if root is not None else []
    match step.axis:
        case Axis.CHILD:
            found = list(below)
        case Axis.PARENT:
            found = [definition.parent] if definition is not None and definition.parent is not None else []
        case Axis.SELF:
            found = [definition] if definition is not None else []
        case Axis.ATTRIBUTE:
            return []  # attributes never change, so nothing waits for them
        case Axis.DESCENDANT | Axis.DESCENDANT_OR_SELF:
            found = [one for child in below for one in _subtree(child)]
            if step.axis is Axis.DESCENDANT_OR_SELF and definition is not None:
                found.insert(0, definition)
        case Axis.ANCESTOR | Axis.ANCESTOR_OR_SELF:
            found = definition.lineage() if definition is not None else []
        case Axis.FOLLOWING_SIBLING | Axis.PRECEDING_SIBLING:
            found = list(definition.parent.children) if definition is not None and definition.parent else []
    return [one for one in found if step.test in (ANY_NAME, ANY_NODE, one.name)]


def _subtree(definition: Definition) -> list[Definition]:
    return [definition, *(one for child in definition.children for one in _subtree(child))]


def _step(
    compiler: Compiler, step: Step, definitions: Definitions | None, names: list[str] | None
) -> tuple[Walk, list[str] | None]:
    """One step with its predicates; `names` are the plain steps so far if a list is walked that an index may serve."""
    plain = names is not None and step.axis is Axis.CHILD and step.test not in (ANY_NAME, ANY_NODE, TEXT_NODE)
    if plain and names is not None and step.predicates:
        served = _indexed(compiler, step, (*names, step.test), definitions)
        if served is not None:
            return served, None
    reach = _axis(step)
    if not step.predicates:
        return reach, [*names, step.test] if plain and names is not None else None
    keep = _filtered(compiler, step.predicates, definitions)

    def walk(scope: Scope, nodes: list[Node]) -> list[Node]:
        if len(nodes) == 1:
            return keep(scope, reach(scope, nodes))
        return [node for start in nodes for node in keep(scope, reach(scope, [start]))]

    return walk, None


def _axis(step: Step) -> Walk:
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


# ---------------------------------------------------------------- predicates


def _filtered(compiler: Compiler, predicates: tuple[Expression, ...], definitions: Definitions | None) -> Walk:
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


def _indexed(compiler: Compiler, step: Step, names: tuple[str, ...], definitions: Definitions | None) -> Walk | None:
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
        keep = _filtered(compiler, (*others, *step.predicates[1:]), definitions)
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
