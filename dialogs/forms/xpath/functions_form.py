"""Functions that look at the form itself: labels of choices, translated texts (ODK XForms, "jr:" functions)."""

from __future__ import annotations

from dialogs.forms.cells import Cell
from dialogs.forms.msgids import N_
from dialogs.forms.xpath.coercion import Compiled, Kind, as_nodes, as_text
from dialogs.forms.xpath.compile import Compiler
from dialogs.forms.xpath.parser import parse
from dialogs.forms.xpath.registry import special
from dialogs.forms.xpath.scope import Scope
from dialogs.forms.xpath.syntax import Expression, Literal


@special("jr:itext", 1, 1)
def itext(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    """ODK: a text of the form by its id, in the language of the instance."""
    compiler.facts.language = True
    text_id = as_text(compiler.compile(arguments[0]))
    return Compiled(Kind.STRING, lambda scope: scope.world.wording(text_id(scope)))


@special("jr:choice-name", 2, 2)
def choice_name(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    """ODK: the label of a choice, by its value and the path (a text) of the question that offers it."""
    compiler.facts.language = True
    value = as_text(compiler.compile(arguments[0]))
    if not isinstance(arguments[1], Literal):
        raise compiler.error(N_("jr:choice-name() needs the path of its question in quotes"))
    question = as_nodes(compiler.compile(parse(arguments[1].value.strip())))
    for definition in list(compiler.facts.references):
        compiler.facts.references.update(compiler.schema.choices_of(definition))

    def label(scope: Scope) -> str:
        wanted = value(scope)
        for cell in question(scope):
            choices = cell.definition.choices if isinstance(cell, Cell) else None
            if isinstance(cell, Cell) and choices is not None:
                return " ".join(filter(None, (choices.label(cell, one) for one in wanted.split() or [wanted])))
        return ""

    return Compiled(Kind.STRING, label)
