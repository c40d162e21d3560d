"""The limits of a number, where its constraint states them plainly: `. >= 0 and . <= 120`."""

from __future__ import annotations

from dialogs.forms.errors import FormError
from dialogs.forms.questions import Bounds
from dialogs.forms.values import plain
from dialogs.forms.xpath.parser import parse
from dialogs.forms.xpath.syntax import ANY_NODE, Axis, Chain, Expression, Negation, Number, Path, Step

SELF = Path((Step(Axis.SELF, ANY_NODE),))
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def bounds_of(constraint: str, *, whole: bool) -> Bounds:
    """Lowest and highest value that the constraint allows, both included, as far as it says so."""
    if not constraint:
        return Bounds()
    try:
        tree = parse(constraint)
    except FormError:
        return Bounds()
    lowest: list[float] = []
    highest: list[float] = []
    for condition in _conditions(tree):
        stated = _comparison(condition)
        if stated is None:
            continue
        operator, limit = stated
        if operator == ">=" or (operator == ">" and whole):
            lowest.append(limit + (operator == ">"))
        elif operator == "<=" or (operator == "<" and whole):
            highest.append(limit - (operator == "<"))
    return Bounds(plain(max(lowest)) if lowest else None, plain(min(highest)) if highest else None)


def _conditions(tree: Expression) -> tuple[Expression, ...]:
    if isinstance(tree, Chain) and tree.rest[0][0] == "and":
        return tuple(
            one for operand in (tree.first, *(right for _, right in tree.rest)) for one in _conditions(operand)
        )
    return (tree,)


def _comparison(tree: Expression) -> tuple[str, float] | None:
    """Operator and number of `. op number`, turned around if the number comes first."""
    if not isinstance(tree, Chain) or len(tree.rest) != 1:
        return None
    operator, right = tree.rest[0]
    if operator not in MIRRORED:
        return None
    left_number, right_number = _number(tree.first), _number(right)
    if tree.first == SELF and right_number is not None:
        return operator, right_number
    if right == SELF and left_number is not None:
        return MIRRORED[operator], left_number
    return None


def _number(tree: Expression) -> float | None:
    if isinstance(tree, Number):
        return tree.value
    if isinstance(tree, Negation) and isinstance(tree.operand, Number):
        return -tree.operand.value
    return None
