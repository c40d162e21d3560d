"""What is wrong in a form's formulas, told cell by cell before the engine stops at the first.

Not here: what citizens read (`lint_texts.py`); pyxform's own checks of references (`xlsform.py`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from dialogs.forms.errors import ExpressionError, FormError
from dialogs.forms.findings import Finding, Severity, advice, error, warning
from dialogs.forms.msgids import N_
from dialogs.forms.questionnaire import Item, Questionnaire
from dialogs.forms.questions import QuestionType
from dialogs.forms.xpath.parser import parse
from dialogs.forms.xpath.registry import LIBRARY
from dialogs.forms.xpath.syntax import Call, Chain, Expression, Literal, Negation, Number, Path

FORMULAS = ("relevant", "constraint", "calculation", "choice_filter", "repeat_count", "required", "read_only")
_REFERENCE = re.compile(r"\$\{\s*(?:last-saved#)?([^}\s]+)\s*\}")
_ATOM = r"(?:\\.|\[(?:[^\]\\]|\\.)*\]|[^()\\\[|])"
_AGAIN = r"(?:[*+]|\{\d+,\d*\})"
_NESTED_REPETITION = re.compile(rf"\((?:\?:)?(?:\((?:\?:)?)?{_ATOM}{_AGAIN}\)?{_AGAIN}?\){_AGAIN}")
"""A repeated group that is nothing but a repetition itself, such as `(a+)+`."""
_ALTERNATIVES = re.compile(rf"\((?:\?:)?([^()]*\|[^()]*)\){_AGAIN}")
_NUMBERS = frozenset({QuestionType.INTEGER, QuestionType.DECIMAL})
_REGEX = "regex"
_PULLED = re.compile(r"pulldata\s*\(\s*['\"]([^'\"]+)['\"]")
_WORDS_OF_LOGIC = {"yes", "no", "true", "false", "true()", "false()"}


def lint_expressions(form: Questionnaire) -> Iterator[Finding]:
    """Every remark about a formula of the form."""
    for item in form.items:
        for column in FORMULAS:
            text = item.cells.get(column)
            if text and text.lower() not in _WORDS_OF_LOGIC:
                yield from _formula(form, item, column, text)
    yield from _circles(form)
    yield from _answers(form)


def _formula(form: Questionnaire, item: Item, column: str, text: str) -> Iterator[Finding]:
    try:
        tree = parse(_REFERENCE.sub(r"/data/\1", _straight(text)))
    except ExpressionError as problem:
        yield replace(_unreadable(form, item, column, **problem.params), problem=problem.msgid)
        return
    except FormError as problem:
        yield _unreadable(form, item, column, problem=str(problem))
        return
    for call in calls(tree):
        if LIBRARY and call.name not in LIBRARY:
            yield _unknown_function(form, item, column, call.name)
        if call.name == _REGEX and len(call.arguments) > 1 and isinstance(call.arguments[1], Literal):
            yield from _pattern(form, item, column, call.arguments[1].value)


def _unreadable(form: Questionnaire, item: Item, column: str, **params: str) -> Finding:
    msgid = N_("This formula cannot be read: {problem}.")
    return Finding(Severity.ERROR, msgid, params, form.survey, item.row, item.header(column))


def _straight(text: str) -> str:
    """Quotes as pyxform turns them: word processors bend them."""
    return text.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"'})


def calls(tree: Expression) -> Iterator[Call]:
    """Every call of a function in an expression, outermost first."""
    match tree:
        case Call(_, arguments):
            yield tree
            for argument in arguments:
                yield from calls(argument)
        case Chain(first, rest):
            yield from calls(first)
            for _, operand in rest:
                yield from calls(operand)
        case Negation(operand):
            yield from calls(operand)
        case Path(steps, _, head, predicates):
            for inner in (*((head,) if head is not None else ()), *predicates):
                yield from calls(inner)
            for step in steps:
                for predicate in step.predicates:
                    yield from calls(predicate)
        case Literal() | Number():
            return


def _unknown_function(form: Questionnaire, item: Item, column: str, name: str) -> Finding:
    similar = next(iter(difflib.get_close_matches(name, LIBRARY, n=1, cutoff=0.6)), "")
    if similar:
        return error(
            N_("There is no function “{name}”. Did you mean “{similar}”?"),
            name=name,
            similar=similar,
            sheet=form.survey,
            row=item.row,
            column=item.header(column),
        )
    return error(
        N_("There is no function “{name}”. Use a function of XLSForm."),
        name=name,
        sheet=form.survey,
        row=item.row,
        column=item.header(column),
    )


def _pattern(form: Questionnaire, item: Item, column: str, pattern: str) -> Iterator[Finding]:
    if is_catastrophic(pattern):
        yield warning(
            N_(
                "The pattern “{pattern}” can match one text in very many ways, so that other programs hang on it. "
                "Write it without a repetition inside a repetition."
            ),
            pattern=pattern,
            sheet=form.survey,
            row=item.row,
            column=item.header(column),
        )


def is_catastrophic(pattern: str) -> bool:
    """Whether a pattern can match the same text in very many ways, which other programs try one by one."""
    if _NESTED_REPETITION.search(pattern):
        return True
    for match in _ALTERNATIVES.finditer(pattern):
        parts = match[1].split("|")
        if any(one != other and one and other.startswith(one) for one in parts for other in parts):
            return True
        if len(set(parts)) < len(parts):
            return True
    return False


def needed_files(form: Questionnaire) -> dict[str, tuple[int, str]]:
    """Files that the form needs beside it: name -> (row, header) of the first cell that asks for it."""
    files: dict[str, tuple[int, str]] = {}
    for item in form.items:
        if item.file:
            files.setdefault(item.file, (item.row, item.header("type")))
        if item.written_type.lower() in {"csv-external", "xml-external"} and item.name:
            suffix = item.written_type[:3].lower()
            files.setdefault(f"{item.name}.{suffix}", (item.row, item.header("name")))
        for column, text in item.cells.items():
            for stem in _PULLED.findall(text):
                files.setdefault(f"{stem.removesuffix('.csv')}.csv", (item.row, item.header(column)))
    return files


_WAITS_FOR = ("calculation", "relevant")


def _circles(form: Questionnaire) -> Iterator[Finding]:
    """Calculations and conditions that wait for each other. Inside repeats an earlier turn may be meant."""
    waits = {
        item.name: {
            name: column
            for column in _WAITS_FOR
            for name in _REFERENCE.findall(item.cells.get(column, ""))
            if "[" not in item.cells.get(column, "") and "indexed-repeat" not in item.cells.get(column, "")
        }
        for item in form.items
        if item.name and not item.in_repeat and "once(" not in item.cells.get("calculation", "")
    }
    items = {item.name: item for item in form.items}
    for circle in _cycles({name: tuple(others) for name, others in waits.items()}):
        item = items[circle[0]]
        column = waits[circle[0]][circle[1]]
        yield error(
            N_("These wait for each other in a circle: {circle}. Remove one of the references."),
            circle=" → ".join(circle),
            sheet=form.survey,
            row=item.row,
            column=item.header(column),
        )


def _cycles(waits: dict[str, tuple[str, ...]]) -> Iterable[tuple[str, ...]]:
    """One way around each circle, without recursion: the names on it, the first again at the end."""
    done: set[str] = set()
    found: list[tuple[str, ...]] = []
    for start in waits:
        path: list[str] = []
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                path.pop()
                done.add(name)
            elif name in path:
                found.append((*path[path.index(name) :], name))
            elif name not in done and name in waits:
                path.append(name)
                stack.append((name, True))
                stack.extend((other, False) for other in waits[name])
    return found


def _answers(form: Questionnaire) -> Iterator[Finding]:
    """Remarks on what is accepted as an answer."""
    for item in form.asked():
        place = {"sheet": form.survey, "name": item.name}
        if "constraint" in item.cells and not any(column == "constraint_message" for column, _ in item.texts):
            yield warning(
                N_("“{name}” refuses answers without saying why. Add a constraint_message with an example."),
                row=item.row,
                column=item.header("constraint_message"),
                **place,
            )
        if item.type in _NUMBERS and "constraint" not in item.cells:
            yield advice(
                N_("“{name}” takes any number. Add a constraint such as “{example}”, so that a slip is noticed."),
                row=item.row,
                column=item.header("constraint"),
                example=". >= 0 and . <= 200",
                **place,
            )
