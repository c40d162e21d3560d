"""Patterns of authors against texts of citizens: matched in linear time by RE2, so that no pattern can hang the bot.

Authors write for Java and JavaScript; what those take and RE2 does not is translated (`[\\w-\\.]`, POSIX-free
classes, possessive quantifiers) or refused with a message when the form is compiled (look-around, back references).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import re2

from dialogs.forms.msgids import N_

if TYPE_CHECKING:
    from dialogs.forms.errors import ExpressionError

MAX_PATTERN_CHARACTERS = 4_096
PATTERN_MEMORY = 8 * 1024 * 1024
"""Bytes that one compiled pattern may take."""
MAX_REPEATED_LOOKAHEADS = 8
SHOWN_CHARACTERS = 80
"""Of a pattern, in a message about it."""

_LEADING_LOOKAHEADS = re.compile(r"\^?((?:\(\?[=!](?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\))+)(.*)", re.DOTALL)
_LOOKAHEAD = re.compile(r"\(\?([=!])((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*)\)", re.DOTALL)

_QUANTIFIED = re.compile(r"(?<!\\)(?:[+*?]|\{\d+(?:,\d*)?\})\Z")
"""The end of a pattern where a further `+` would make a quantifier possessive."""

_LOOKS_AROUND = N_(
    "the pattern “{pattern}” cannot be used: look-ahead works only at the very beginning, look-behind not at all; write"
    " the conditions as several regex() joined by “and”"
)
_REFERS_BACK = N_("the pattern “{pattern}” cannot be used: back references (\\1) are not supported")
_UNREADABLE = N_("the pattern “{pattern}” cannot be used: it cannot be read")
_REASONS: Mapping[str, str] = {
    "invalid escape sequence": N_("the pattern “{pattern}” cannot be used: “{part}” means nothing"),
    "trailing": N_("the pattern “{pattern}” cannot be used: nothing comes after the backslash at its end"),
    "invalid character class": N_("the pattern “{pattern}” cannot be used: “{part}” is no set of characters"),
    "invalid character class range": N_("the pattern “{pattern}” cannot be used: “{part}” is no range of characters"),
    "missing )": N_("the pattern “{pattern}” cannot be used: a ( has no )"),
    "unexpected )": N_("the pattern “{pattern}” cannot be used: a ) has no ("),
    "no argument for repetition operator": N_(
        "the pattern “{pattern}” cannot be used: nothing stands before “{part}” that it could repeat"
    ),
    "invalid repetition size": N_(
        "the pattern “{pattern}” cannot be used: “{part}” repeats more than 1000 times, or from more to less"
    ),
    "bad repetition operator": N_("the pattern “{pattern}” cannot be used: “{part}” repeats a repetition"),
    "invalid perl operator": N_("the pattern “{pattern}” cannot be used: “{part}” is not known here"),
    "invalid named capture group": N_("the pattern “{pattern}” cannot be used: “{part}” is not known here"),
    "pattern too large - compile failed": N_("the pattern “{pattern}” cannot be used: it is too large"),
}
"""What RE2 says, in the words of the authors. Its other reasons do not reach them."""

Matcher = Callable[[str], bool]


class UnusablePattern(ValueError):
    """`msgid`, with {pattern} and `params`, says why."""

    def __init__(self, msgid: str, **params: str) -> None:
        super().__init__(msgid)
        self.msgid = msgid
        self.params = params


def compile_pattern(pattern: str, error: Callable[..., ExpressionError]) -> Matcher:
    """A function that says whether a whole text matches. Raises what `error` makes of the problem."""
    try:
        return _matcher(pattern)
    except UnusablePattern as problem:
        raise error(problem.msgid, pattern=pattern[:SHOWN_CHARACTERS], **problem.params) from None


def matches(pattern: str, text: str) -> bool:
    """Match with a pattern that is known only now; one that cannot be used matches nothing."""
    try:
        return _matcher(pattern)(text)
    except UnusablePattern:
        return False


@lru_cache(maxsize=512)
def _matcher(pattern: str) -> Matcher:
    if len(pattern) > MAX_PATTERN_CHARACTERS:
        msgid = N_("the pattern “{pattern}” cannot be used: it is longer than {most} characters")
        raise UnusablePattern(msgid, most=str(MAX_PATTERN_CHARACTERS))
    leading = _LEADING_LOOKAHEADS.fullmatch(pattern)
    if leading is None:
        whole = _compiled(_anchored(pattern))
        return lambda text: whole.search(text) is not None
    return _with_lookaheads(leading[1], leading[2])


def _with_lookaheads(lookaheads: str, rest: str) -> Matcher:
    """Conditions at the very beginning ("has a digit, has no space") are patterns of their own."""
    conditions = [
        (sign == "=", _compiled(r"\A(?:" + translated(inner) + ")")) for sign, inner in _LOOKAHEAD.findall(lookaheads)
    ]
    if len(conditions) > MAX_REPEATED_LOOKAHEADS:
        msgid = N_("the pattern “{pattern}” cannot be used: it has more than {most} look-aheads")
        raise UnusablePattern(msgid, most=str(MAX_REPEATED_LOOKAHEADS))
    whole = _compiled(_anchored(rest))
    return lambda text: (
        whole.search(text) is not None
        and all((condition.search(text) is not None) is wanted for wanted, condition in conditions)
    )


def _anchored(pattern: str) -> str:
    return r"\A(?:" + translated(pattern) + r")\z"


def _compiled(pattern: str) -> re2._Regexp:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = PATTERN_MEMORY
    try:
        return re2.compile(pattern, options)
    except re2.error as problem:
        raise _explained(pattern, problem) from None


def _explained(pattern: str, problem: re2.error) -> UnusablePattern:
    if re.search(r"\(\?<?[=!]", pattern):
        return UnusablePattern(_LOOKS_AROUND)
    if re.search(r"\\[1-9]", pattern):
        return UnusablePattern(_REFERS_BACK)
    said = problem.args[0] if problem.args else b""
    kind, _, part = (said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)).partition(": ")
    return UnusablePattern(_REASONS.get(kind.rstrip("\\ "), _UNREADABLE), part=part[:SHOWN_CHARACTERS])


def translated(pattern: str) -> str:
    """The pattern as RE2 reads it, with the meaning that Java and JavaScript give it."""
    written: list[str] = []
    at = 0
    while at < len(pattern):
        one = pattern[at]
        if one == "\\" and at + 1 < len(pattern):
            written.append(_escape(pattern[at + 1]))
            at += 2
        elif one == "[":
            text, at = _character_class(pattern, at)
            written.append(text)
        elif one == "+" and _QUANTIFIED.search(pattern, 0, at):
            at += 1  # a possessive quantifier: RE2 never backtracks, so it means the same without
        else:
            written.append(one)
            at += 1
    return "".join(written)


_KEPT_ESCAPES = frozenset("dDwWsSbBnrtfvAzpPQE0123456789xux")


def _escape(letter: str) -> str:
    if letter == "Z":
        return r"\z"
    return "\\" + letter if letter in _KEPT_ESCAPES or not letter.isalnum() else letter


_CLASS_ESCAPES = "dDwWsS"


def _character_class(pattern: str, at: int) -> tuple[str, int]:
    """One `[…]`. A hyphen beside a class such as `\\w` is a hyphen, and `[` needs no backslash."""
    written = ["["]
    at += 1
    if pattern[at : at + 1] == "^":
        written.append("^")
        at += 1
    first = at
    while at < len(pattern) and (pattern[at] != "]" or at == first):
        one = pattern[at]
        if one == "\\" and at + 1 < len(pattern):
            written.append(_escape(pattern[at + 1]))
            at += 2
        elif one == "-" and _beside_a_class(pattern, at):
            written.append(r"\-")
            at += 1
        elif one == "[":
            written.append(r"\[")
            at += 1
        else:
            written.append(one)
            at += 1
    return "".join(written) + "]", at + 1


def _beside_a_class(pattern: str, at: int) -> bool:
    before, after = pattern[at - 2 : at], pattern[at + 1 : at + 3]
    return (len(before) == 2 and before[0] == "\\" and before[1] in _CLASS_ESCAPES) or (
        len(after) == 2 and after[0] == "\\" and after[1] in _CLASS_ESCAPES
    )
