"""Text of an expression to tokens (XPath 1.0, section 3.7), with the one ambiguity of the language resolved here:
`*`, `and`, `or`, `div` and `mod` are operators where an operand has just ended, and names elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from dialogs.forms.errors import ExpressionError, LimitExceeded, shortened
from dialogs.forms.limits import EXPRESSION_CHARACTERS
from dialogs.forms.msgids import N_


class Kind(Enum):
    NUMBER = auto()
    LITERAL = auto()
    NAME = auto()
    OPERATOR = auto()
    MARK = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    at: int
    """Offset in the expression, for messages."""


_NAME = r"[^\W\d][\w.\-·]*"
_TOKEN = re.compile(
    rf"""
      (?P<SPACE>\s+)
    | (?P<NUMBER>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
    | (?P<LITERAL>"[^"]*"|'[^']*')
    | (?P<NAME>{_NAME}(?::(?:{_NAME}|\*))?)
    | (?P<OPERATOR>!=|<=|>=|[=<>+\-|])
    | (?P<MARK>::|//|\.\.|[/().,@*\[\]])
    """,
    re.VERBOSE,
)
_WORDS = frozenset({"and", "or", "div", "mod"})
_OPERAND_FOLLOWS = frozenset({"@", "::", "(", "[", ",", "/", "//"})
_CURLY_QUOTES = "“”„‘’‚«»"


def tokens(expression: str) -> list[Token]:
    """The tokens of an expression, an END token last. Raises ExpressionError at the first stray character."""
    if len(expression) > EXPRESSION_CHARACTERS:
        raise LimitExceeded(
            f"The expression “{shortened(expression)}” has {len(expression)} characters; "
            f"{EXPRESSION_CHARACTERS} are allowed."
        )
    found: list[Token] = []
    at = 0
    while at < len(expression):
        match = _TOKEN.match(expression, at)
        if match is None or match.lastgroup is None:
            raise _stray(expression, at)
        if match.lastgroup != "SPACE":
            found.append(_token(Kind[match.lastgroup], match[0], at, found))
        at = match.end()
    found.append(Token(Kind.END, "", at))
    return found


def _token(kind: Kind, text: str, at: int, before: list[Token]) -> Token:
    if kind is Kind.LITERAL:
        return Token(kind, text[1:-1], at)
    if (text == "*" or text in _WORDS) and before and not _expects_operand(before[-1]):
        return Token(Kind.OPERATOR, text, at)
    return Token(kind, text, at)


def _expects_operand(last: Token) -> bool:
    return last.kind is Kind.OPERATOR or (last.kind is Kind.MARK and last.text in _OPERAND_FOLLOWS)


def _stray(expression: str, at: int) -> ExpressionError:
    character, place = expression[at], str(at + 1)
    if character in "\"'":
        return ExpressionError(N_("a text that begins at character {at} has no closing quote"), expression, at=place)
    if character in _CURLY_QUOTES:
        msgid = N_("curly quote {character} at character {at}; use straight quotes ' or \"")
        return ExpressionError(msgid, expression, character=character, at=place)
    if character == "$":
        return ExpressionError(N_("{sign} at character {at} names no question"), expression, sign="${…}", at=place)
    msgid = N_("unexpected {character} at character {at}")
    return ExpressionError(msgid, expression, character=repr(character), at=place)
