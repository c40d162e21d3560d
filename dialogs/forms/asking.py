"""The order of questions, and a question as data: where one can stop in a form, and what is shown there."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from dialogs.forms.cells import Cell, Range
from dialogs.forms.controls import Control, Item, RepeatSection, Section
from dialogs.forms.definition import Definition
from dialogs.forms.questions import LONG_LIST, Option, Question, QuestionType
from dialogs.forms.refs import Place, ref_of, ref_of_range
from dialogs.forms.texts import SILENT, Wording, filled, unfilled
from dialogs.forms.tree import Tree

SEARCH_APPEARANCES = frozenset({"autocomplete", "search", "minimal"})
SELECTS = frozenset({QuestionType.SELECT_ONE, QuestionType.SELECT_MULTIPLE})


class Stop(msgspec.Struct, frozen=True, eq=False):
    """A place in an instance where something is asked: a control's cell, or the end of an open-ended repeat.

    Each is itself alone, so that it can stand for what is asked there.
    """

    control: Control | None
    cell: Cell | None
    section: RepeatSection | None = None
    grown: Range | None = None

    def relevant(self) -> bool:
        if self.cell is not None:
            return self.cell.relevant
        return self.grown is not None and self.grown.parent.relevant and _can_grow(self.grown)

    def is_at(self, place: Place) -> bool:
        """Whether this is the very place."""
        if self.cell is not None:
            return self.cell.definition is place.definition and ordinals_of(self.cell) == place.ordinals
        grown = self.grown
        if grown is None or grown.definition is not place.definition:
            return False
        return (*ordinals_of(grown.parent), len(grown.cells) + 1) == place.ordinals

    def is_inside(self, place: Place) -> bool:
        """Whether this is below the instance of a repeat, or the group, that the place names."""
        holder = self.cell.parent if self.cell is not None else self.grown.parent if self.grown is not None else None
        while holder is not None:
            if holder.definition is place.definition:
                return ordinals_of(holder) == place.ordinals
            holder = holder.parent
        return False


def _can_grow(grown: Range) -> bool:
    """A repeat can grow where its instances are relevant; one without instances where it has no condition."""
    return not grown.cells or any(cell.relevant for cell in grown.cells)


def ordinals_of(cell: Cell) -> tuple[int, ...]:
    """Positions in the repeats around and at a cell, outermost first."""
    ordinals: list[int] = []
    at: Cell | None = cell
    while at is not None:
        if at.definition.repeats:
            ordinals.append(at.ordinal)
        at = at.parent
    return tuple(reversed(ordinals))


def stops(tree: Tree) -> Iterator[Stop]:
    """All places where something may be asked, relevant or not, in the order of the form."""
    return _below(tree.form.items, tree.root)


def _below(items: tuple[Item, ...], holder: Cell) -> Iterator[Stop]:
    for item in items:
        if isinstance(item, Control):
            yield Stop(item, _down(holder, item.definition))
        elif isinstance(item, Section):
            yield from _below(item.items, holder)
        else:
            yield from _repeated(item, holder)


def _repeated(section: RepeatSection, holder: Cell) -> Iterator[Stop]:
    above = section.definition.parent
    parent = holder if above is None else _down(holder, above)
    grown = parent.children[section.definition.slot]
    if isinstance(grown, Range):
        for cell in list(grown.cells):
            yield from _below(section.items, cell)
        if section.open_ended:
            yield Stop(None, None, section, grown)


def _down(holder: Cell, definition: Definition) -> Cell:
    """The cell of a definition in the same instances of repeats as `holder`."""
    if not definition.in_repeat:
        return holder.tree.cells[definition.number][0]
    own = {cell.definition: cell for cell in _upwards(holder)}
    below: list[Definition] = []
    at = definition
    while at not in own and at.parent is not None:
        below.append(at)
        at = at.parent
    cell = own.get(at, holder)
    for one in reversed(below):
        child = cell.children[one.slot]
        cell = child.cells[0] if isinstance(child, Range) else child
    return cell


def _upwards(cell: Cell) -> Iterator[Cell]:
    at: Cell | None = cell
    while at is not None:
        yield at
        at = at.parent


# ---------------------------------------------------------------- a question as data


def question_at(stop: Stop) -> Question:
    """What is to be asked at a stop, in the language of the instance."""
    if stop.cell is not None and stop.control is not None:
        return _control_question(stop.control, stop.cell)
    if stop.grown is None or stop.section is None:
        raise AssertionError("a stop is a control or the end of a repeat")
    return _repeat_question(stop.section, stop.grown)


def _control_question(control: Control, cell: Cell) -> Question:
    scope = cell.scope()
    definition = cell.definition
    language = cell.tree.language
    label = control.label.version(language)
    hint = control.hint.version(language)
    options: tuple[Option, ...] = () if definition.choices is None else definition.choices.options(cell)
    return Question(
        ref=ref_of(cell),
        type=control.type,
        label=filled(label.parts, scope),
        hint=filled(hint.parts, scope),
        guidance=filled(hint.guidance or label.guidance, scope),
        options=options,
        appearance=control.appearance,
        required=definition.required is not None and definition.required(scope),
        required_message=_plain(definition.required_message, cell),
        constraint_message=_plain(definition.constraint_message, cell),
        readonly=definition.readonly is not None and definition.readonly(scope),
        value=cell.text(),
        bounds=control.bounds,
        sections=_sections(control, cell),
        repeat=ordinals_of(cell),
        media=tuple(label.media.values()),
        searchable=control.type in SELECTS
        and (len(options) > LONG_LIST or not control.appearance.isdisjoint(SEARCH_APPEARANCES)),
        decimals=control.decimals,
    )


def _plain(wording: Wording | None, cell: Cell) -> str:
    return "" if wording is None or wording is SILENT else wording.plain(cell.scope())


def _sections(control: Control, cell: Cell) -> tuple[str, ...]:
    own = {one.definition: one for one in _upwards(cell)}
    labels: list[str] = []
    for section in control.sections:
        if section.label is not SILENT:
            holder = own.get(section.definition)
            if holder is not None:
                labels.append(section.label.plain(holder.scope()))
    return tuple(label for label in labels if label)


def _repeat_question(section: RepeatSection, grown: Range) -> Question:
    label = section.label
    return Question(
        ref=ref_of_range(grown),
        type=QuestionType.REPEAT,
        label=label.plain(grown.cells[-1].scope())
        if grown.cells
        else unfilled(label.version(grown.parent.tree.language).parts),
        value="no" if grown.closed else "",
        repeat=(*ordinals_of(grown.parent), len(grown.cells) + 1),
    )
