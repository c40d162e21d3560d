"""One respondent's form, opened from a record for the length of one turn: what to ask next, and what an answer does.

Opening lays the cells out and puts back what the record holds; nothing is computed until it is asked for.
Not here: where the conversation stands (the session's cursor), how a citizen's words become canonical text.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dialogs.forms import actions, answering
from dialogs.forms.asking import Stop, question_at, stops
from dialogs.forms.cells import Cell, Range
from dialogs.forms.definition import Definition
from dialogs.forms.errors import LimitExceeded
from dialogs.forms.limits import REPEATS
from dialogs.forms.model import Form
from dialogs.forms.questions import Question, QuestionType, Refused
from dialogs.forms.record import Address, Record, address_of, address_of_range, parts_of
from dialogs.forms.refs import Place, place_of, ref_of
from dialogs.forms.tree import Tree
from dialogs.forms.xpath.scope import Scope

COUNT_ROUNDS = 8
"""How often counts of repeats may follow from each other: nested repeats, each counted by the one around it."""

SEED_BITS = 31
"""Size of the seed that orders by chance are made from."""


@dataclass(frozen=True, slots=True)
class NodeState:
    """The state of one node, as `zuruf survey replay` reports it."""

    ref: str
    relevant: bool
    value: str | None
    """None for groups and repeats."""
    valid: bool
    required: bool
    label: str | None
    choices: tuple[str, ...] | None


def open_instance(form: Form, record: Record | None, now: datetime, rng: random.Random) -> Instance:
    """The instance that a record describes, or a new one (`record` None), which runs preloads and first-load actions.

    `now` has a zone: it is the zone of today(). Raises LimitExceeded if the form asks for too much work.
    """
    language = form.default_language if record is None else record.language
    tree = Tree(form, now, rng, language)
    instance = Instance(form, tree)
    if record is None:
        tree.seed = rng.getrandbits(SEED_BITS) if form.shuffles else 0
        instance.settle()
        actions.begin(tree)
    else:
        instance.restore(record)
    instance.settle()
    return instance


class Instance:
    """A form with one respondent's answers. All refs are paths with `[n]` on repeats; `[1]` may be left out."""

    def __init__(self, form: Form, tree: Tree) -> None:
        self.form = form
        self.tree = tree
        self._stops: tuple[Stop, ...] = ()
        self._shape = -1
        """The tree's when its stops were found."""
        self._asked: dict[Stop, Question] = {}

    # ------------------------------------------------------------ record

    def restore(self, record: Record) -> None:
        """Put back what a record holds; addresses that the form does not have are passed over."""
        self._changes()
        tree = self.tree
        tree.seed = record.seed
        for address, count in record.counts:
            grown = self._range(address)
            if grown is not None:
                while len(grown.cells) < min(count, REPEATS):
                    tree.append(grown)
                while len(grown.cells) > count:
                    tree.remove(grown, len(grown.cells) - 1)
        for grown in tree.ranges:
            grown.stale = False  # counts were settled when the record was made
        for address, text in record.values:
            cell = self._cell(address)
            if cell is not None:
                cell.raw = cell.value = text
                cell.held = cell.computed = True
        for address in record.closed:
            grown = self._range(address)
            if grown is not None:
                grown.closed = True

    @property
    def record(self) -> Record:
        """What has to be kept to open this instance again."""
        tree = self.tree
        values: list[tuple[Address, str]] = []
        for definition, cells in zip(self.form.definitions, tree.cells, strict=True):
            for cell in cells:
                if definition.volatile and cell.stale:
                    cell.refresh()
                if cell.held and cell.raw != cell.default:
                    values.append((address_of(definition, cell), cell.raw))
        counts = tuple(
            (address_of_range(grown), len(grown.cells)) for grown in tree.ranges if len(grown.cells) != grown.initial
        )
        closed = tuple(address_of_range(grown) for grown in tree.ranges if grown.closed)
        return Record(tree.language, tuple(values), counts, closed, tree.seed)

    def _cell(self, address: Address) -> Cell | None:
        number, ordinals = parts_of(address)
        if number >= len(self.form.definitions):
            return None
        found = Place(self.form.definitions[number], ordinals).find(self.tree)
        return found if isinstance(found, Cell) else None

    def _range(self, address: Address) -> Range | None:
        number, ordinals = parts_of(address)
        if number >= len(self.form.definitions) or not self.form.definitions[number].repeats:
            return None
        return Place(self.form.definitions[number], ordinals).find_range(self.tree)

    # ------------------------------------------------------------ language

    @property
    def language(self) -> str:
        return self.tree.language

    def use_language(self, language: str) -> None:
        """Ask on in another of the form's languages. One that it does not have changes nothing."""
        if language == self.tree.language or language not in self.form.languages:
            return
        self._changes()
        self.tree.language = language
        for definition in self.form.lingual:
            for cell in self.tree.cells[definition.number]:
                cell.stale, cell.computed = True, False
            self.tree.touch(definition)
        self.settle()

    # ------------------------------------------------------------ asking

    def questions(self) -> Iterator[Question]:
        """Every question that is relevant now, notes included, in order. Nothing may change meanwhile."""
        for stop in self._known_stops():
            if stop.relevant():
                yield self._question(stop)

    def first(self) -> Question | None:
        """The first question, None if nothing is to be asked."""
        return next(self.questions(), None)

    def after(self, ref: str) -> Question | None:
        """The next relevant question behind a place, be it relevant itself or not; None at the end."""
        place = place_of(self.form, ref)
        ahead = iter(self._known_stops())
        for stop in ahead:
            if stop.is_at(place):
                break
            if stop.is_inside(place):
                return self._question(stop) if stop.relevant() else self._first_asked(ahead)
        return self._first_asked(ahead)

    def before(self, ref: str) -> Question | None:
        """The relevant question before a place; None at the beginning."""
        place = place_of(self.form, ref)
        behind: list[Stop] = []
        for stop in self._known_stops():
            if stop.is_at(place) or stop.is_inside(place):
                break
            behind.append(stop)
        return self._first_asked(reversed(behind))

    def is_first(self, ref: str) -> bool:
        """Whether no relevant question comes before a place."""
        place = place_of(self.form, ref)
        for stop in self._known_stops():
            if stop.is_at(place) or stop.is_inside(place):
                return True
            if stop.relevant():
                return False
        return True

    def question(self, ref: str) -> Question | None:
        """The question at a place, None if it is not to be asked any more."""
        stop = self._stop(ref)
        return self._question(stop) if stop is not None and stop.relevant() else None

    def unanswered(self) -> Iterator[Question]:
        """The relevant questions that keep the form from being sent: required and empty, or invalid."""
        for stop in self._known_stops():
            if stop.cell is not None and stop.relevant() and not answering.valid(stop.cell):
                yield self._question(stop)

    def next_open(self) -> Question | None:
        """The first of these."""
        return next(self.unanswered(), None)

    def progress(self, ref: str) -> tuple[int, int]:
        """(k, n): the place is the k-th of the n questions to be asked as things stand; notes and repeats left out."""
        place = place_of(self.form, ref)
        passed, total, found = 0, 0, False
        for stop in self._known_stops():
            if stop.cell is not None and stop.control is not None and stop.control.askable and stop.relevant():
                total += 1
                passed += not found
            found = found or stop.is_at(place)
        return max(passed, 1) if total else 0, total

    def _stop(self, ref: str) -> Stop | None:
        place = place_of(self.form, ref)
        return next((stop for stop in self._known_stops() if stop.is_at(place)), None)

    def _first_asked(self, candidates: Iterator[Stop]) -> Question | None:
        for stop in candidates:
            if stop.relevant():
                return self._question(stop)
        return None

    def _question(self, stop: Stop) -> Question:
        """A turn looks at the same few questions again and again: each is put together once."""
        question = self._asked.get(stop)
        if question is None:
            question = self._asked[stop] = question_at(stop)
        return question

    def _known_stops(self) -> tuple[Stop, ...]:
        if self._shape != self.tree.shape:
            self._stops, self._shape = tuple(stops(self.tree)), self.tree.shape
        return self._stops

    def _changes(self) -> None:
        """What was read of the questions before does not hold any more."""
        self._asked.clear()

    # ------------------------------------------------------------ answering

    def answer(self, ref: str, value: str) -> Refused | None:
        """Take an answer of a conversation, in canonical text; a refused one leaves the old value as it was.

        Raises KeyError if there is no such question.
        """
        self._changes()
        place = place_of(self.form, ref)
        if place.definition.repeats:
            return self._answer_repeat(place, value)
        cell = self._known(place)
        old = cell.raw
        refused = answering.try_answer(self.tree, cell, self.form.by_number.get(place.definition.number), value)
        if refused is not None:
            return refused
        try:
            self.settle()
        except LimitExceeded:  # of a repeat that is counted by it
            answering.write(self.tree, cell, old)
            self.settle()
            return Refused(answering.TOO_MANY)
        return None

    def _answer_repeat(self, place: Place, value: str) -> Refused | None:
        """Yes or no to "Add another?"."""
        grown = place.find_range(self.tree)
        if grown is None:
            raise KeyError(place.definition.path)
        if value == "yes":
            if len(grown.cells) >= REPEATS:
                return Refused(answering.TOO_MANY)
            self._append(grown)
        elif value == "no":
            grown.closed = True
        else:
            return Refused(answering.NO_YES_OR_NO)
        return None

    def clear(self, ref: str) -> None:
        """Take an answer back, required or not. Raises KeyError if there is no such question."""
        self._changes()
        cell = self._known(place_of(self.form, ref))
        answering.write(self.tree, cell, "")
        self.settle()

    def commit(self, ref: str, value: str) -> None:
        """Store a value even if the form calls it invalid, as Web Forms does. Raises KeyError for an unknown ref.

        A ref into instances of an open-ended repeat that are not there yet adds them.
        """
        self._changes()
        place = place_of(self.form, ref)
        self._reach(place)
        answering.commit(self.tree, self._known(place), self.form.by_number.get(place.definition.number), value)
        self.settle()

    def _reach(self, place: Place) -> None:
        """Add the instances of open-ended repeats that lie on the way to a place."""
        ordinals = iter(place.ordinals)
        for definition in place.definition.lineage():
            if definition.repeats:
                wanted = next(ordinals, 1)
                grown = Place(definition, place.ordinals).find_range(self.tree)
                while grown is not None and definition.count is None and len(grown.cells) < wanted:
                    self._append(grown)

    def _known(self, place: Place) -> Cell:
        found = place.find(self.tree)
        if found is None:
            raise KeyError(place.definition.path)
        return found

    # ------------------------------------------------------------ repeats

    def add_repeat(self, ref: str) -> None:
        """One more instance at the end of a repeat. Raises KeyError if there is no such repeat, or LimitExceeded."""
        self._changes()
        self._append(self._known_range(ref))

    def remove_repeat(self, ref: str, index: int) -> None:
        """Take an instance of a repeat away, counted from 0. Raises KeyError if there is none."""
        self._changes()
        grown = self._known_range(ref)
        if not 0 <= index < len(grown.cells):
            raise KeyError(f"{ref}[{index + 1}]")
        self.tree.remove(grown, index)
        self._restructured(grown)

    def is_as_added(self, ref: str, index: int) -> bool:
        """Whether an instance of a repeat holds what the form fills a new one with, and no answer.

        What that is (defaults, some computed) is seen from another one that comes and goes. Raises as `add_repeat`.
        """
        grown = self._known_range(ref)
        mine = self._asked_of(grown.cells[index])
        self.add_repeat(ref)
        new = self._asked_of(grown.cells[-1])
        self.remove_repeat(ref, len(grown.cells) - 1)
        return mine == new

    def _asked_of(self, cell: Cell) -> list[str]:
        return [leaf.text() for leaf in cell.leaves() if leaf.definition.number in self.form.by_number]

    def _append(self, grown: Range) -> None:
        cell = self.tree.append(grown)
        grown.closed = False
        self._restructured(grown)
        actions.added(self.tree, cell)
        self.settle()

    def _restructured(self, grown: Range) -> None:
        self.tree.touch(grown.definition)
        for cell in grown.cells:
            cell.stale = True
        self.settle()

    def _known_range(self, ref: str) -> Range:
        place = place_of(self.form, ref)
        grown = place.find_range(self.tree) if place.definition.repeats else None
        if grown is None:
            raise KeyError(ref)
        return grown

    def settle(self) -> None:
        """Bring repeats to their computed counts, and compute long chains bottom up."""
        tree = self.tree
        for _ in range(COUNT_ROUNDS if self.form.counted else 0):
            stale = [grown for grown in tree.ranges if grown.stale]
            if not stale:
                break
            if self.form.deep:
                tree.compute_upwards()
            for grown in stale:
                self._resize(grown)
        if self.form.deep:
            tree.compute_upwards()

    def _resize(self, grown: Range) -> None:
        """A count that is no number leaves the repeat as it is."""
        grown.stale = False
        if grown.definition.count is None:
            return
        context = Cell(grown.definition, grown.parent, self.tree, "")  # seen from an instance, be there one or not
        count = grown.definition.count(Scope(context, self.tree))
        if count != count:
            return
        if count > REPEATS:
            raise LimitExceeded(f"{grown.definition.path} asks for {count:.0f} instances; {REPEATS} are allowed.")
        wanted = max(int(count), 0)
        if wanted == len(grown.cells):
            return
        while len(grown.cells) > wanted:
            self.tree.remove(grown, len(grown.cells) - 1)
        added = [self.tree.append(grown) for _ in range(wanted - len(grown.cells))]
        self.tree.touch(grown.definition)
        grown.stale = False  # its own growth is no reason to count again
        for cell in added:
            actions.added(self.tree, cell)

    # ------------------------------------------------------------ reading out

    def answers(self) -> Iterator[tuple[str, str, QuestionType | None]]:
        """What is submitted: (ref, canonical value, type) of every relevant node; type None where nobody is asked."""
        for cell in self.tree.root.leaves():
            if cell.relevant:
                control = self.form.by_number.get(cell.definition.number)
                yield ref_of(cell), cell.text(), None if control is None else control.type

    def choice_label(self, ref: str, value: str) -> str:
        """The label of a choice in the language of the instance; the value itself if it has none."""
        cell = place_of(self.form, ref).find(self.tree)
        if cell is None or cell.definition.choices is None:
            return value
        return cell.definition.choices.label(cell, value) or value

    def nodes(self) -> Iterator[NodeState]:
        """Every node in document order, groups and instances of repeats included."""
        for cell in _each(self.tree.root):
            yield self._state(cell)

    def _state(self, cell: Cell) -> NodeState:
        definition = cell.definition
        control = self.form.by_number.get(definition.number)
        inner = bool(definition.children)
        choices = definition.choices
        return NodeState(
            ref=ref_of(cell, explicit=True),
            relevant=cell.relevant,
            value=None if inner else cell.text(),
            valid=inner or answering.valid(cell),
            required=_required(definition, cell),
            label=None if control is None else control.label.plain(cell.scope()),
            choices=None if choices is None or not cell.relevant else tuple(choices.values(cell)),
        )


def _required(definition: Definition, cell: Cell) -> bool:
    return definition.required is not None and definition.required(cell.scope())


def _each(cell: Cell) -> Iterator[Cell]:
    yield cell
    for child in cell.children:
        for below in child.cells if isinstance(child, Range) else (child,):
            yield from _each(below)


__all__ = ["Instance", "NodeState", "Record", "open_instance"]
