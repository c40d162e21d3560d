"""Location paths that are walked step by step, because only then is known where they lead.

Those with predicates, those along rare axes, and all over lists.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dialogs.forms.definition import Definition
from dialogs.forms.msgids import N_
from dialogs.forms.xpath.axes import Walk, axis
from dialogs.forms.xpath.coercion import Compiled, Kind, as_nodes
from dialogs.forms.xpath.predicates import Definitions, filtered, indexed
from dialogs.forms.xpath.scope import Node, Scope
from dialogs.forms.xpath.syntax import ANY_NAME, ANY_NODE, TEXT_NODE, Axis, Call, Path, Step

if TYPE_CHECKING:
    from dialogs.forms.xpath.compile import Compiler


def walked(compiler: Compiler, path: Path) -> Compiled:
    start, definitions = _start(compiler, path)
    walks: list[Walk] = []
    if path.head_predicates:
        walks.append(filtered(compiler, path.head_predicates, definitions))
    names: list[str] | None = [] if _is_secondary(path) and not path.head_predicates else None
    for step in path.steps:
        definitions = _step_definitions(compiler, definitions, step)
        walk, names = _step(compiler, step, definitions, names)
        walks.append(walk)
    for definition in definitions or ():
        compiler.refer(definition, elsewhere=shares_repeat(compiler.current, definition))

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
        raise compiler.error(N_("a path goes on from something that is no node"))
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
        served = indexed(compiler, step, (*names, step.test), definitions)
        if served is not None:
            return served, None
    reach = axis(step)
    if not step.predicates:
        return reach, [*names, step.test] if plain and names is not None else None
    keep = filtered(compiler, step.predicates, definitions)

    def walk(scope: Scope, nodes: list[Node]) -> list[Node]:
        if len(nodes) == 1:
            return keep(scope, reach(scope, nodes))
        return [node for start in nodes for node in keep(scope, reach(scope, [start]))]

    return walk, None


def shares_repeat(current: Definition | None, target: Definition) -> bool:
    if current is None:
        return False
    own = set(current.lineage())
    return any(definition.repeats and definition in own for definition in target.lineage())
