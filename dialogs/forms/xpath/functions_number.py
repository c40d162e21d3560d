"""Functions on numbers (XPath 1.0, 4.4; ODK XForms, "Number Functions" and "Math Functions")."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal

from dialogs.forms.xpath.coercion import NAN, Compiled, Kind, as_number
from dialogs.forms.xpath.compile import Compiler
from dialogs.forms.xpath.functions_text import HERE
from dialogs.forms.xpath.registry import function, special
from dialogs.forms.xpath.syntax import Expression

MAX_PLACES = 30
EXACT = Context(prec=400)
"""Digits of the largest number there is, and of its places."""


@special("number", 0, 1)
def number(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    return Compiled(Kind.NUMBER, as_number(compiler.compile(arguments[0] if arguments else HERE)))


@function("int", "number", Kind.NUMBER)
def int_(value: float) -> float:
    """ODK: the whole part; what follows the point is cut off."""
    return float(math.trunc(value)) if math.isfinite(value) else NAN


@function("floor", "number", Kind.NUMBER)
def floor(value: float) -> float:
    return float(math.floor(value)) if math.isfinite(value) else value


@function("ceiling", "number", Kind.NUMBER)
def ceiling(value: float) -> float:
    return float(math.ceil(value)) if math.isfinite(value) else value


@function("round", "number number?", Kind.NUMBER)
def round_(value: float, places: float = 0) -> float:
    """XPath 1.0 rounds a half up; ODK adds the number of decimal places, negative for tens and hundreds."""
    if not math.isfinite(value) or math.isnan(places) or abs(places) > MAX_PLACES:
        return value
    if places == 0:
        return float(math.floor(value + 0.5))
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP, context=EXACT))


@function("abs", "number", Kind.NUMBER)
def abs_(value: float) -> float:
    return abs(value)


@function("pow", "number number", Kind.NUMBER)
def pow_(base: float, exponent: float) -> float:
    try:
        result = base**exponent
    except OverflowError:
        return math.inf
    except ZeroDivisionError:
        return math.inf
    return result if isinstance(result, float) else NAN


@function("pi", "", Kind.NUMBER)
def pi() -> float:
    return math.pi


@function("atan2", "number number", Kind.NUMBER)
def atan2(y: float, x: float) -> float:
    return math.atan2(y, x)


def _defined(compute: Callable[[float], float]) -> Callable[[float], float]:
    """A function of the reals that is NaN where it is not defined."""

    def computed(value: float) -> float:
        try:
            return compute(value)
        except ValueError:
            return -math.inf if value == 0 else NAN
        except OverflowError:
            return math.inf

    return computed


for _name, _compute in {
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "exp": math.exp,
    "log": math.log,
    "log10": math.log10,
    "exp10": lambda value: 10.0**value,
}.items():
    function(_name, "number", Kind.NUMBER)(_defined(_compute))


# ---------------------------------------------------------------- over several values


@function("sum", "number*", Kind.NUMBER)
def sum_(values: list[float]) -> float:
    """The sum of what is a number: a question without an answer adds nothing, as in ODK Collect."""
    return math.fsum(value for value in values if not math.isnan(value)) if _finite(values) else sum(values)


def _finite(values: list[float]) -> bool:
    return not any(math.isinf(value) for value in values)


@function("max", "number*", Kind.NUMBER)
def max_(values: list[float]) -> float:
    return max((value for value in values if not math.isnan(value)), default=NAN)


@function("min", "number*", Kind.NUMBER)
def min_(values: list[float]) -> float:
    return min((value for value in values if not math.isnan(value)), default=NAN)
