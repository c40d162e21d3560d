"""Conditions and choices between expressions (XPath 1.0, 4.3; ODK XForms, "Boolean Functions" and "Utility").

`if`, `coalesce` and `once` run only the branch that they need.
"""

from __future__ import annotations

from dialogs.forms.cells import Cell
from dialogs.forms.msgids import N_
from dialogs.forms.xpath.coercion import Compiled, Kind, as_number, as_text, as_truth
from dialogs.forms.xpath.compile import Compiler
from dialogs.forms.xpath.registry import function, special
from dialogs.forms.xpath.scope import Scope
from dialogs.forms.xpath.syntax import Expression


@function("true", "", Kind.BOOLEAN)
def true() -> bool:
    return True


@function("false", "", Kind.BOOLEAN)
def false() -> bool:
    return False


@function("not", "boolean", Kind.BOOLEAN)
def not_(truth: bool) -> bool:
    return not truth


@function("boolean", "boolean", Kind.BOOLEAN)
def boolean(truth: bool) -> bool:
    return truth


@special("if", 3, 3)
def if_(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    condition = as_truth(compiler.compile(arguments[0]))
    yes, no = compiler.compile(arguments[1]), compiler.compile(arguments[2])
    if yes.kind is no.kind and yes.kind in (Kind.NUMBER, Kind.BOOLEAN):
        a, b = yes.run, no.run
        return Compiled(yes.kind, lambda scope: a(scope) if condition(scope) else b(scope))
    a, b = as_text(yes), as_text(no)
    return Compiled(Kind.STRING, lambda scope: a(scope) if condition(scope) else b(scope))


@special("coalesce", 1, None)
def coalesce(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    """ODK: the first argument that is not empty. It may be the node itself: a value once given stays."""
    compiler.own_past += 1
    texts = [as_text(compiler.compile(argument)) for argument in arguments]
    compiler.own_past -= 1

    def first(scope: Scope) -> str:
        for text in texts:
            found = text(scope)
            if found:
                return found
        return ""

    return Compiled(Kind.STRING, first)


@special("once", 1, 1)
def once(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    """ODK: the node's own value if it has one, else that of the expression. So it is computed only once."""
    compiler.facts.volatile = True
    compiler.own_past += 1
    text = as_text(compiler.compile(arguments[0]))
    compiler.own_past -= 1

    def kept(scope: Scope) -> str:
        own = scope.current
        return (own.raw if isinstance(own, Cell) else own.text()) or text(scope)

    return Compiled(Kind.STRING, kept)


@special("checklist", 3, None)
def checklist(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    """ODK: whether at least `min` and at most `max` of the conditions hold; -1 is no bound."""
    least, most = (as_number(compiler.compile(argument)) for argument in arguments[:2])
    conditions = [as_truth(compiler.compile(argument)) for argument in arguments[2:]]

    def holds(scope: Scope) -> bool:
        return _within(least(scope), sum(condition(scope) for condition in conditions), most(scope))

    return Compiled(Kind.BOOLEAN, holds)


@special("weighted-checklist", 4, None)
def weighted_checklist(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    """ODK: as `checklist`, each condition followed by what it counts."""
    if len(arguments) % 2:
        raise compiler.error(N_("weighted-checklist() needs a weight behind each condition"))
    least, most = (as_number(compiler.compile(argument)) for argument in arguments[:2])
    conditions = [as_truth(compiler.compile(argument)) for argument in arguments[2::2]]
    weights = [as_number(compiler.compile(argument)) for argument in arguments[3::2]]

    def holds(scope: Scope) -> bool:
        total = sum(weight(scope) for condition, weight in zip(conditions, weights, strict=True) if condition(scope))
        return _within(least(scope), total, most(scope))

    return Compiled(Kind.BOOLEAN, holds)


def _within(least: float, value: float, most: float) -> bool:
    return (least < 0 or value >= least) and (most < 0 or value <= most)
