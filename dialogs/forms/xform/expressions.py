"""The expressions of a form, compiled in their places, and what each node waits for because of them."""

from __future__ import annotations

from dialogs.forms.definition import Definition
from dialogs.forms.errors import ExpressionError
from dialogs.forms.xform.lists import Lists
from dialogs.forms.xform.nodes import Nodes
from dialogs.forms.xpath.coercion import Compiled, NumberRun, TextRun, TruthRun, as_number, as_text, as_truth
from dialogs.forms.xpath.library import Facts, compile_expression


class Expressions:
    """Compiles, names the place in every error, and collects dependencies. It is the `Schema` of the compiler."""

    def __init__(self, nodes: Nodes, lists: Lists) -> None:
        self.root: Definition | None = nodes.root
        self.lists = lists
        self.waits: dict[Definition, set[Definition]] = {}
        """Nodes that a node's relevance, value, count or choices are computed from."""
        self.strict: dict[Definition, set[Definition]] = {}
        """Of these, the ones that must be known first: a circle among them has no solution."""
        self.depths: dict[Definition, int] = {}
        """Levels of nesting that computing a node takes."""
        self.lists_of: dict[Definition, set[Definition]] = {}
        """Nodes that the choices of a node are filtered by."""
        self.lingual: set[Definition] = set()
        """Nodes whose value changes with the language."""
        self.shuffles = False
        """Whether an order by chance has to be kept for each respondent."""
        self.warnings: list[str] = []

    def has_secondary(self, name: str) -> bool:
        return name in self.lists.documents

    def choices_of(self, definition: Definition) -> set[Definition]:
        return self.lists_of.get(definition, set())

    def compile(self, expression: str, place: Definition | None, where: str) -> tuple[Compiled, Facts]:
        """Raises ExpressionError that names the place."""
        path = "the form" if place is None else place.path
        try:
            compiled, facts = compile_expression(expression, self, place)
        except ExpressionError as problem:
            raise problem.at(f"{path} ({where})") from None
        self.shuffles = self.shuffles or facts.shuffles
        self.warnings.extend(f"{path} ({where}): {warning}" for warning in facts.warnings)
        return compiled, facts

    def text(self, expression: str, place: Definition | None, where: str) -> TextRun:
        return as_text(self.compile(expression, place, where)[0])

    def truth(self, expression: str, place: Definition | None, where: str) -> TruthRun:
        return as_truth(self.compile(expression, place, where)[0])

    # ------------------------------------------------------------ expressions that a node waits for

    def relevance(self, expression: str, place: Definition) -> TruthRun:
        compiled, facts = self.compile(expression, place, "relevant")
        self.wait(place, facts)
        return as_truth(compiled)

    def calculation(self, expression: str, place: Definition) -> tuple[TextRun, bool]:
        """The calculation, and whether its result has to be kept because it cannot be computed again."""
        compiled, facts = self.compile(expression, place, "calculate")
        self.wait(place, facts)
        if facts.language:
            self.lingual.add(place)
        return as_text(compiled), facts.volatile

    def count(self, expression: str, place: Definition) -> NumberRun:
        """A count may depend on the repeat itself ("one more until the last says no"): it is not strict."""
        compiled, facts = self.compile(expression, place, "repeat count")
        self.waits.setdefault(place, set()).update(facts.references)
        return as_number(compiled)

    def filter(self, facts: Facts, place: Definition) -> None:
        """The node's value waits for what its choices are filtered by; two questions may filter each other."""
        self.lists_of[place] = facts.references
        self.waits.setdefault(place, set()).update(facts.references)

    def wait(self, place: Definition, facts: Facts) -> None:
        self.depths[place] = self.depths.get(place, 0) + facts.depth
        self.waits.setdefault(place, set()).update(facts.references)
        self.strict.setdefault(place, set()).update(facts.strict)
