"""What can be wrong with a form, split by what its author can do about it.

::

    FormError                  anything that keeps a form from being asked; the message is for its author
    ├── UnreadableForm         the document is not an XForm: broken XML, no instance, a path that leads nowhere
    ├── ExpressionError        one XPath expression cannot be compiled: syntax, unknown function, bad pattern
    ├── CircularForm           calculations or relevance that wait for each other; the cycle is named
    └── LimitExceeded          more nodes, depth or work than `limits.py` allows, at compile or at run time

Not here: answers that a form refuses (`questions.Refused`), which are no errors but part of a conversation.
"""

from __future__ import annotations


class FormError(Exception):
    """A form that cannot be used. The text says where, what, and what to do; it holds no answer of anybody."""


class UnreadableForm(FormError):
    """The document is not an XForm that can be asked."""


class ExpressionError(FormError):
    """An expression that cannot be compiled. `problem` is English; `msgid` and `params` say it in any language."""

    def __init__(self, msgid: str, expression: str, where: str = "", **params: str) -> None:
        self.msgid = msgid
        self.params = params
        self.problem = problem = msgid.format_map(params)
        self.expression = expression
        self.where = where
        place = f"{where}: " if where else ""
        super().__init__(f"{place}{problem} in “{shortened(expression)}”")

    def at(self, where: str) -> ExpressionError:
        """The same problem with its place in the form named."""
        return ExpressionError(self.msgid, self.expression, where, **self.params)


class CircularForm(FormError):
    """Nodes whose values wait for each other; `cycle` lists their paths in order, the first again at the end."""

    def __init__(self, cycle: tuple[str, ...]) -> None:
        self.cycle = cycle
        super().__init__(
            "These nodes depend on each other in a circle: "
            + " → ".join(cycle)
            + ". Remove one of the references from its calculation or relevant expression."
        )


class LimitExceeded(FormError):
    """The form asks for more than the limits in `limits.py`."""


SHOWN_EXPRESSION = 120
"""Characters of an expression that a message quotes."""


def shortened(expression: str) -> str:
    """An expression cut to what fits into a message, on one line."""
    line = " ".join(expression.split())
    return line if len(line) <= SHOWN_EXPRESSION else line[: SHOWN_EXPRESSION - 1] + "…"
