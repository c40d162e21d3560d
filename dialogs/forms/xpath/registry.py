"""How functions are declared and found. Each family of functions is a file (`functions_*.py`) that fills `LIBRARY`.

A declaration reads like the line in the specification::

    @function("substr", "string number number?", Kind.STRING)

Words of a signature: `string`, `number`, `boolean`, `nodes`; `?` may be left out; `*` takes the rest, node-sets
spread into their nodes. Functions that look at more than the values of their arguments are `scoped` (the scope
comes first); those that decide how their arguments are compiled or run are `special`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from dialogs.forms.msgids import N_
from dialogs.forms.xpath.coercion import (
    Compiled,
    Kind,
    Run,
    as_nodes,
    as_number,
    as_text,
    as_texts,
    as_truth,
    number_of_text,
)
from dialogs.forms.xpath.scope import Scope

if TYPE_CHECKING:
    from dialogs.forms.xpath.compile import Compiler
    from dialogs.forms.xpath.syntax import Expression

Build: TypeAlias = "Callable[[Compiler, tuple[Expression, ...]], Compiled]"

COERCION: dict[str, Callable[[Compiled], Run]] = {
    "string": as_text,
    "number": as_number,
    "boolean": as_truth,
    "nodes": as_nodes,
}


@dataclass(frozen=True, slots=True)
class Function:
    """A function by name, with how many arguments it takes and how a call of it is compiled."""

    name: str
    least: int
    most: int | None
    build: Build

    def wants(self) -> str:
        """How many arguments the function takes, as a msgid for `bounds`."""
        if self.most is None:
            return N_("the function “{name}()” takes at least {least} arguments and has {given}")
        if self.least == self.most:
            return N_("the function “{name}()” takes {least} arguments and has {given}")
        return N_("the function “{name}()” takes {least} to {most} arguments and has {given}")

    def bounds(self) -> dict[str, str]:
        return {"least": str(self.least), "most": str(self.most)}


LIBRARY: dict[str, Function] = {}
"""Every function that a form may call, by name."""


def special(name: str, least: int, most: int | None) -> Callable[[Build], Build]:
    """Declare a function that compiles its own call."""

    def declare(build: Build) -> Build:
        LIBRARY[name] = Function(name, least, most, build)
        return build

    return declare


def function(name: str, signature: str, result: Kind) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a function of its arguments' values alone."""

    def declare(body: Callable[..., Any]) -> Callable[..., Any]:
        _declare(name, signature, result, lambda runs: _composed(body, runs))
        return body

    return declare


def scoped(name: str, signature: str, result: Kind) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a function that also sees the scope: the clock, chance, position, the context node."""

    def declare(body: Callable[..., Any]) -> Callable[..., Any]:
        _declare(name, signature, result, lambda runs: lambda scope: body(scope, *[run(scope) for run in runs]))
        return body

    return declare


def _declare(name: str, signature: str, result: Kind, compose: Callable[[list[Run]], Run]) -> None:
    words = signature.split()
    rest = words.pop() if words and words[-1].endswith("*") else None
    least = sum(not word.endswith("?") for word in words)

    def build(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
        fixed = [
            COERCION[word.rstrip("?")](compiler.compile(argument))
            for word, argument in zip(words, arguments, strict=False)
        ]
        if rest is not None:
            fixed.append(_spread(rest, [compiler.compile(argument) for argument in arguments[len(words) :]]))
        return Compiled(result, compose(fixed))

    LIBRARY[name] = Function(name, least, None if rest else len(words), build)


def _spread(word: str, arguments: list[Compiled]) -> Run:
    """The values of all remaining arguments in one list, node-sets spread into their nodes."""
    if word == "boolean*":
        truths = [as_truth(argument) for argument in arguments]
        return lambda scope: [truth(scope) for truth in truths]
    texts = [as_texts(argument) for argument in arguments]
    if word == "number*":
        return lambda scope: [number_of_text(text, scope) for run in texts for text in run(scope)]
    return lambda scope: [text for run in texts for text in run(scope)]


def _composed(body: Callable[..., Any], runs: list[Run]) -> Run:
    """A call without the price of unpacking, for the common numbers of arguments."""
    match runs:
        case []:
            return lambda scope: body()
        case [one]:
            return lambda scope: body(one(scope))
        case [one, two]:
            return lambda scope: body(one(scope), two(scope))
        case _:
            return lambda scope: body(*[run(scope) for run in runs])


__all__ = ["LIBRARY", "Function", "Scope", "function", "scoped", "special"]
