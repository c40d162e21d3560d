"""Location paths (XPath 1.0, section 2).

Most paths of a form lead from one node to another that is known when the form is compiled: `/data/group/age`,
`../age`. These become a climb and a descent by index (`_known`). All others, and all over secondary instances,
are walked step by step (`walks.py`).

An absolute path into a repeat that also holds the context node stays in the context node's own instance of that
repeat, as in ODK Collect: inside `/data/person`, `/data/person/age` is this person's age.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from dialogs.forms.cells import Cell, Range
from dialogs.forms.definition import Definition
from dialogs.forms.xpath.coercion import Compiled, Kind
from dialogs.forms.xpath.scope import Node, Scope
from dialogs.forms.xpath.syntax import ANY_NAME, ANY_NODE, TEXT_NODE, Axis, Call, Path, Step
from dialogs.forms.xpath.walks import shares_repeat, walked

if TYPE_CHECKING:
    from dialogs.forms.xpath.compile import Compiler


def compile_path(compiler: Compiler, path: Path) -> Compiled:
    """A path in the place where the compiler is."""
    known = _target(compiler, path)
    if known is not None:
        return _known(compiler, *known)
    return walked(compiler, path)


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
    compiler.refer(target, elsewhere=spread and shares_repeat(compiler.current, target))
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
