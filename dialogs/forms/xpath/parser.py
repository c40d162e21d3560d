"""Tokens to a syntax tree: XPath 1.0, section 3, by precedence climbing over one table of operators."""

from __future__ import annotations

from dialogs.forms.errors import ExpressionError, LimitExceeded, shortened
from dialogs.forms.limits import EXPRESSION_DEPTH, EXPRESSION_OPERANDS
from dialogs.forms.msgids import N_
from dialogs.forms.xpath.lexer import Kind, Token, tokens
from dialogs.forms.xpath.syntax import (
    ANY_NAME,
    ANY_NODE,
    TEXT_NODE,
    Axis,
    Call,
    Chain,
    Expression,
    Literal,
    Negation,
    Number,
    Path,
    Step,
)

RANKS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "div", "mod"}),
)
"""Binary operators from the loosest to the tightest; unary minus and `|` bind tighter than all of them."""

RANK_OF = {operator: rank for rank, operators in enumerate(RANKS) for operator in operators}
_NODE_TESTS = {"node": ANY_NODE, "text": TEXT_NODE}
_EVERYWHERE = Step(Axis.DESCENDANT_OR_SELF, ANY_NODE)


def parse(expression: str) -> Expression:
    """The syntax tree of an expression. Raises ExpressionError, or LimitExceeded if it is nested too deeply."""
    return _Parser(expression).whole()


class _Parser:
    """One pass over the tokens of one expression."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.tokens = tokens(expression)
        self.index = 0
        self.depth = 0

    def whole(self) -> Expression:
        tree = self.operation(0)
        if self.next.kind is not Kind.END:
            at = str(self.next.at + 1)
            raise self.error(N_("unexpected {character} at character {at}"), character=f"“{self.next.text}”", at=at)
        return tree

    # -------------------------------------------------------- operators

    def operation(self, rank: int) -> Expression:
        """Operands joined by operators of at least this rank."""
        self.deeper()
        left = self.unary()
        while (found := self.rank_here()) >= rank:
            left = self.chain(left, found)
        self.depth -= 1
        return left

    def chain(self, first: Expression, rank: int) -> Chain:
        """All operators of one rank that follow each other, with their operands."""
        rest: list[tuple[str, Expression]] = []
        while self.rank_here() == rank:
            operator = self.take().text
            operand = self.unary()
            while (tighter := self.rank_here()) > rank:
                operand = self.chain(operand, tighter)
            rest.append((operator, operand))
            if len(rest) > EXPRESSION_OPERANDS:
                raise self.limit(f"more than {EXPRESSION_OPERANDS} operands in a row")
        return Chain(first, tuple(rest))

    def rank_here(self) -> int:
        token = self.next
        return RANK_OF.get(token.text, -1) if token.kind is Kind.OPERATOR else -1

    def unary(self) -> Expression:
        negative = False
        while self.next.kind is Kind.OPERATOR and self.next.text == "-":
            self.take()
            negative = not negative
        operand = self.union()
        return Negation(operand) if negative else operand

    def union(self) -> Expression:
        first = self.path()
        rest: list[tuple[str, Expression]] = []
        while self.next.kind is Kind.OPERATOR and self.next.text == "|":
            self.take()
            rest.append(("|", self.path()))
        return Chain(first, tuple(rest)) if rest else first

    # -------------------------------------------------------- paths

    def path(self) -> Expression:
        token = self.next
        if token.kind is Kind.MARK and token.text in ("/", "//"):
            return Path(self.steps_after_slash(optional=token.text == "/"), absolute=True)
        if self.begins_primary():
            return self.filtered(self.primary())
        first = self.step()
        return Path((first, *self.more_steps()))

    def filtered(self, head: Expression) -> Expression:
        """A primary expression, with predicates and steps behind it if there are any."""
        predicates = self.predicates()
        steps = self.more_steps()
        if not predicates and not steps:
            return head
        return Path(steps, head=head, head_predicates=predicates)

    def steps_after_slash(self, *, optional: bool) -> tuple[Step, ...]:
        if optional and not self.begins_step(1):
            self.take()
            return ()
        return self.more_steps()

    def more_steps(self) -> tuple[Step, ...]:
        found: list[Step] = []
        while self.next.kind is Kind.MARK and self.next.text in ("/", "//"):
            if self.take().text == "//":
                found.append(_EVERYWHERE)
            found.append(self.step())
        return tuple(found)

    def begins_step(self, ahead: int) -> bool:
        token = self.tokens[self.index + ahead]
        return token.kind is Kind.NAME or (token.kind is Kind.MARK and token.text in (".", "..", "@", "*"))

    def step(self) -> Step:
        token = self.take()
        if token.kind is Kind.MARK and token.text == ".":
            return Step(Axis.SELF, ANY_NODE, self.predicates())
        if token.kind is Kind.MARK and token.text == "..":
            return Step(Axis.PARENT, ANY_NODE, self.predicates())
        if token.kind is Kind.MARK and token.text == "@":
            return Step(Axis.ATTRIBUTE, self.name_test(self.take()), self.predicates())
        axis = Axis.CHILD
        if token.kind is Kind.NAME and self.next.kind is Kind.MARK and self.next.text == "::":
            axis = self.axis(token.text)
            self.take()
            token = self.take()
        return Step(axis, self.name_test(token), self.predicates())

    def axis(self, name: str) -> Axis:
        try:
            return Axis(name)
        except ValueError:
            raise self.error(N_("the axis “{name}::” is not supported"), name=name) from None

    def name_test(self, token: Token) -> str:
        if token.kind is Kind.MARK and token.text == "*":
            return ANY_NAME
        if token.kind is not Kind.NAME:
            raise self.unexpected(token)
        if token.text in _NODE_TESTS and self.next.kind is Kind.MARK and self.next.text == "(":
            self.take()
            self.expect(")")
            return _NODE_TESTS[token.text]
        return token.text.rpartition(":")[2]

    def predicates(self) -> tuple[Expression, ...]:
        found: list[Expression] = []
        while self.next.kind is Kind.MARK and self.next.text == "[":
            self.take()
            found.append(self.operation(0))
            self.expect("]")
        return tuple(found)

    # -------------------------------------------------------- primaries

    def begins_primary(self) -> bool:
        token = self.next
        if token.kind in (Kind.NUMBER, Kind.LITERAL):
            return True
        if token.kind is Kind.NAME:
            opens = self.tokens[self.index + 1]
            return opens.kind is Kind.MARK and opens.text == "(" and token.text not in _NODE_TESTS
        return token.kind is Kind.MARK and token.text == "("

    def primary(self) -> Expression:
        token = self.take()
        if token.kind is Kind.NUMBER:
            return Number(float(token.text))
        if token.kind is Kind.LITERAL:
            return Literal(token.text)
        if token.kind is Kind.NAME:
            self.expect("(")
            return Call(token.text, self.arguments())
        inner = self.operation(0)
        self.expect(")")
        return inner

    def arguments(self) -> tuple[Expression, ...]:
        found: list[Expression] = []
        if self.next.kind is Kind.MARK and self.next.text == ")":
            self.take()
            return ()
        while True:
            found.append(self.operation(0))
            if len(found) > EXPRESSION_OPERANDS:
                raise self.limit(f"more than {EXPRESSION_OPERANDS} arguments")
            if self.next.kind is Kind.MARK and self.next.text == ",":
                self.take()
                continue
            self.expect(")")
            return tuple(found)

    # -------------------------------------------------------- tokens

    @property
    def next(self) -> Token:
        return self.tokens[self.index]

    def take(self) -> Token:
        token = self.tokens[self.index]
        if token.kind is not Kind.END:
            self.index += 1
        return token

    def expect(self, mark: str) -> None:
        token = self.take()
        if token.kind is not Kind.MARK or token.text != mark:
            raise self.unexpected(token, mark)

    def unexpected(self, token: Token, mark: str = "") -> ExpressionError:
        """`mark`: what is expected; '' for a value or a path."""
        if token.kind is Kind.END and mark:
            return self.error(N_("the expression ends where “{mark}” is expected"), mark=mark)
        if token.kind is Kind.END:
            return self.error(N_("the expression ends where a value or a path is expected"))
        at = str(token.at + 1)
        if mark:
            msgid = N_("“{text}” at character {at} where “{mark}” is expected")
            return self.error(msgid, text=token.text, at=at, mark=mark)
        return self.error(N_("“{text}” at character {at} where a value or a path is expected"), text=token.text, at=at)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > EXPRESSION_DEPTH:
            raise self.limit(f"more than {EXPRESSION_DEPTH} levels of nesting")

    def error(self, msgid: str, **params: str) -> ExpressionError:
        return ExpressionError(msgid, self.expression, **params)

    def limit(self, problem: str) -> LimitExceeded:
        return LimitExceeded(f"There are {problem} in the expression “{shortened(self.expression)}”.")
