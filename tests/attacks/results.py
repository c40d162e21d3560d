"""The attack on results: what can be known of suppressed cells from everything that was shown, step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from itertools import product

from attacks.solver import Unknowns
from attacks.towns import Asked, Person, Town, tally_of

from privacy.disclosure import SafeQuestion, SafeTally, Shape, Status
from privacy.views import THE_REST, Release, View, release

NO_ANSWER = ""
Terms = dict[Hashable, int]
Atom = tuple[str, ...]
"""A value of each filter: the finest groups that views are made of."""


@dataclass
class Leak:
    """A suppressed cell that is known more narrowly than within k."""

    where: str
    smallest: int
    largest: int


def publish(town: Town) -> list[Release]:
    """What the town shows at each step, each made in knowledge of what was shown before."""
    made: list[Release] = []
    for people in town.steps:
        past = made[-1].everybody if made else None
        if past is not None and past.status is Status.TOO_FEW:
            past = None
        made.append(release(tally_of(town, people), town.filters, town.policy, past))
    return made


def attack(town: Town, made: list[Release]) -> list[Leak]:
    """All leaks, at every step and at the end with all views."""
    leaks = []
    for step in range(len(made)):
        leaks += _Attack(town, made[: step + 1], with_views=step == len(made) - 1).leaks()
    return leaks


@dataclass
class _Attack:
    town: Town
    made: list[Release]
    with_views: bool
    known: Unknowns = field(default_factory=Unknowns)

    def __post_init__(self) -> None:
        self.last = len(self.made) - 1
        self.filters = self.town.filters if self.with_views else ()
        self.people = [self.town.steps[step] for step in range(self.last + 1)]
        self.asked = {asked.ref: asked for asked in self.town.form}
        self.atoms: list[Atom] = list(product(*([*self.asked[ref].choices, NO_ANSWER] for ref in self.filters)))
        self.of = {atom: [p for p in self.people[-1] if self.atom(p) == atom] for atom in self.atoms}
        self._name()
        for step in range(self.last + 1):
            self._rules_of_form(step)
            self._shown_to_everybody(step)
        for step in range(self.last):
            self._answers_only_come(step)
        if self.with_views:
            for view, safe in self.made[-1].views.items():
                self._shown_in_view(view, safe)

    def atom(self, person: Person) -> Atom:
        return tuple(next(iter(person.get(ref, ())), NO_ANSWER) for ref in self.filters)

    # -- what is unknown

    def _name(self) -> None:
        for atom in self.atoms:
            self._name_group(("last", atom), self.of[atom], atom)
        for step in range(self.last):
            self._name_group(("step", step), list(self.people[step]), None)

    def _name_group(self, group: Hashable, people: list[Person], atom: Atom | None) -> None:
        most = len(self.people[-1])
        self.known.add((group, "size"), len(people), 0, most)
        for ref, asked in self.asked.items():
            if atom is not None and ref in self.filters:
                continue
            self.known.add((group, ref, "base"), sum(ref in person for person in people), 0, most)
            for choice in asked.choices:
                truth = sum(choice in person.get(ref, ()) for person in people)
                self.known.add((group, ref, "cell", choice), truth, 0, most)

    def groups(self, step: int) -> list[Hashable]:
        return [("last", atom) for atom in self.atoms] if step == self.last else [("step", step)]

    def size(self, groups: list[Hashable]) -> Terms:
        return {(group, "size"): 1 for group in groups}

    def base(self, ref: str, groups: list[Hashable]) -> Terms:
        if not self._is_axis(ref, groups):
            return {(group, ref, "base"): 1 for group in groups}
        at = self.filters.index(ref)
        return {(group, "size"): 1 for group in groups if group[1][at] != NO_ANSWER}  # type: ignore[index]

    def cell(self, ref: str, choice: str, groups: list[Hashable]) -> Terms:
        if not self._is_axis(ref, groups):
            return {(group, ref, "cell", choice): 1 for group in groups}
        at = self.filters.index(ref)
        return {(group, "size"): 1 for group in groups if group[1][at] == choice}  # type: ignore[index]

    def _is_axis(self, ref: str, groups: list[Hashable]) -> bool:
        return ref in self.filters and groups[0][0] == "last"  # type: ignore[index]

    # -- what is known

    def _rules_of_form(self, step: int) -> None:
        for group in self.groups(step):
            for asked in self.town.form:
                if not self._is_axis(asked.ref, [group]):
                    self._rules_of_question(asked, group)

    def _rules_of_question(self, asked: Asked, group: Hashable) -> None:
        ref, most = asked.ref, len(self.people[-1])
        base = self.base(ref, [group])
        could = self.size([group])
        if asked.only_if is not None:
            could = {}
            for choice in asked.only_if[1]:
                could |= self.cell(asked.only_if[0], choice, [group])
        self.known.know(_less(could, base), 0, most if asked.optional else 0)
        cells = [self.cell(ref, choice, [group]) for choice in asked.choices]
        total = {name: 1 for cell in cells for name in cell}
        if asked.shape is Shape.ONE_OF:
            self.known.know(_less(total, base), 0)
            return
        for cell in cells:
            self.known.know(_less(base, cell), 0, most)
        least, highest = (asked.exactly, asked.exactly) if asked.exactly else (1, len(asked.choices))
        self.known.know(_less(total, base, least), 0, most * len(cells))
        self.known.know(_less(total, base, highest), -most * len(cells), 0)

    def _answers_only_come(self, step: int) -> None:
        now, then = self.groups(step), self.groups(step + 1)
        most = len(self.people[-1])
        grown = _less(self.size(then), self.size(now))
        for asked in self.town.form:
            more = _less(self.base(asked.ref, then), self.base(asked.ref, now))
            self.known.know(more, 0, most)
            self.known.know(_less(grown, more), 0, most)
            for choice in asked.choices:
                new = _less(self.cell(asked.ref, choice, then), self.cell(asked.ref, choice, now))
                self.known.know(new, 0, most)
                self.known.know(_less(more, new), 0, most)

    def _shown_to_everybody(self, step: int) -> None:
        safe = self.made[step].everybody
        if safe.respondents is None:
            self.known.know(self.size(self.groups(step)), 0, safe.least - 1)
            return
        self._number(self.size(self.groups(step)), safe.respondents, safe.least)
        for row in safe.questions:
            self._row(row, self.groups(step), may_be_empty=self._may_be_empty(row, step))

    def _may_be_empty(self, row: SafeQuestion, step: int) -> set[str]:
        """Hidden cells that were hidden in a small row before stay together with the others, empty or not."""
        found: set[str] = set()
        for release_ in self.made[:step]:
            before = next((each for each in release_.everybody.questions if each.ref == row.ref), None)
            if before is not None and before.base is not None:
                found |= {cell.value for cell in before.cells if cell.count is None}
        return found

    def _row(self, row: SafeQuestion, groups: list[Hashable], may_be_empty: set[str]) -> None:
        policy = self.town.policy
        if row.kept:
            return
        if row.status is Status.TOO_FEW:
            self.known.know(self.base(row.ref, groups), 0, policy.least_respondents - 1)
        if row.base is None:
            return
        self._number(self.base(row.ref, groups), row.base, policy.least_respondents)
        for cell in row.cells:
            terms = self.cell(row.ref, cell.value, groups)
            if cell.count is not None:
                self._number(terms, cell.count, policy.least_cell)
            elif row.base >= policy.small_row + policy.round_to and cell.value not in may_be_empty:
                self.known.know(terms, 1, len(self.people[-1]))

    def _number(self, terms: Terms, shown: int, least: int) -> None:
        off = self.town.policy.round_to // 2 if shown else 0
        self.known.know(terms, max(shown - off, least if shown else 0), shown + off)

    def _shown_in_view(self, view: View, safe: SafeTally) -> None:
        groups = self.in_view(view)
        assert safe.respondents is not None
        self._number(self.size(groups), safe.respondents, self.town.policy.least_respondents)
        for row in safe.questions:
            self._row(row, groups, may_be_empty=self._hidden_above(row.ref, view))

    def _hidden_above(self, ref: str, view: View) -> set[str]:
        """What a larger group hides, its parts hide too, empty or not."""
        rows = [self._row_of(ref)]
        if len(view) > 1:
            for condition in view:
                rows += [row for row in self.made[-1].views[condition,].questions if row.ref == ref]
        return {cell.value for row in rows for cell in row.cells if cell.count is None}

    def _row_of(self, ref: str) -> SafeQuestion:
        return next(row for row in self.made[-1].everybody.questions if row.ref == ref)

    def in_view(self, view: View) -> list[Hashable]:
        chosen = dict(view)
        return [("last", atom) for atom in self.atoms if all(self._fits(ref, chosen, atom) for ref in chosen)]

    def _fits(self, ref: str, chosen: dict[str, str], atom: Atom) -> bool:
        value = atom[self.filters.index(ref)]
        if chosen[ref] != THE_REST:
            return value == chosen[ref]
        return value not in self.made[-1].values(ref)

    # -- what must stay unknown

    def leaks(self) -> list[Leak]:
        targets = list(self._targets())
        found = self.known.narrow([terms for _, terms in targets], self.town.policy.least_cell)
        return [Leak(f"step {self.last}: {targets[place][0]}", low, high) for place, low, high in found]

    def _targets(self) -> Iterator[tuple[str, Terms]]:
        if self.made[-1].everybody.respondents is None:
            return
        for row in self.made[-1].everybody.questions:
            yield from self._targets_of_row(row)
        if self.with_views:
            for view in self._all_views():
                yield from self._targets_of_view(view)

    def _targets_of_row(self, row: SafeQuestion) -> Iterator[tuple[str, Terms]]:
        """Cells that are hidden now, at each step at which they were."""
        asked = self.asked[row.ref]
        hidden = set(asked.choices) if row.base is None else {cell.value for cell in row.cells if cell.count is None}
        for step in reversed(range(self.last + 1)):
            before = {each.ref: each for each in self.made[step].everybody.questions}.get(row.ref)
            if before is None:
                return
            if before.kept:
                continue
            if before.base is not None:
                hidden &= {cell.value for cell in before.cells if cell.count is None}
            for choice in hidden:
                if sum(row.ref in person for person in self.people[step]) and len(asked.choices) > 1:
                    yield f"{row.ref}={choice} at {step}", self.cell(row.ref, choice, self.groups(step))

    def _all_views(self) -> Iterator[View]:
        """All views that could be asked for, shown or refused."""
        made = self.made[-1]
        offered = [[(ref, value) for value in made.values(ref)] for ref in self.filters if made.values(ref)]
        for one in offered:
            yield from ((condition,) for condition in one)
        if len(offered) > 1:
            yield from product(*offered)

    def _targets_of_view(self, view: View) -> Iterator[tuple[str, Terms]]:
        safe = self.made[-1].views.get(view)
        rows = {row.ref: row for row in safe.questions} if safe is not None else {}
        groups = self.in_view(view)
        for asked in self.town.form:
            whole = self._row_of(asked.ref)
            if asked.ref in self.filters or whole.base is None or whole.kept or self._is_no_secret(asked.ref, view):
                continue
            row = rows.get(asked.ref)
            shown = {cell.value for cell in row.cells if cell.count is not None} if row is not None else set()
            live = self._live(asked, view)
            for choice in asked.choices:
                is_secret = choice not in shown and choice in live and len(live) > 1
                if not is_secret or self._is_shown_elsewhere(asked.ref, choice, view):
                    continue
                yield f"{asked.ref}={choice} in {view}", self.cell(asked.ref, choice, groups)

    def _is_no_secret(self, ref: str, view: View) -> bool:
        """Nobody of the view was asked, or nobody else: then it is the larger group's row."""
        number = self._answered(ref, view)
        larger = [(), *(((condition,)) for condition in view)] if len(view) > 1 else [()]
        return not number or any(number == self._answered(ref, each) for each in larger)

    def _is_shown_elsewhere(self, ref: str, choice: str, view: View) -> bool:
        """A larger group's number is shown, and all of its people are in this view."""
        mine = self._chose(ref, choice, view)
        for each in [(), *((condition,) for condition in view)]:
            safe = self.made[-1].everybody if not each else self.made[-1].views.get(each)
            rows = [row for row in safe.questions if row.ref == ref and not row.kept] if safe is not None else []
            shown = {cell.value for row in rows for cell in row.cells if cell.count is not None}
            if each != view and choice in shown and self._chose(ref, choice, each) == mine:
                return True
        return False

    def _chose(self, ref: str, choice: str, view: View) -> int:
        return sum(choice in person.get(ref, ()) for group in self.in_view(view) for person in self.of[group[1]])  # type: ignore[index]

    def _answered(self, ref: str, view: View) -> int:
        return sum(ref in person for group in self.in_view(view) for person in self.of[group[1]])  # type: ignore[index]

    def _live(self, asked: Asked, view: View) -> set[str]:
        """Choices of which no larger group is shown to have nobody, or, of several choices, everybody."""
        live = set(asked.choices)
        above = [(), *((condition,) for condition in view)]
        for each in above:
            safe = self.made[-1].everybody if not each else self.made[-1].views.get(each)
            row = next((row for row in safe.questions if row.ref == asked.ref), None) if safe is not None else None
            if row is not None and not row.kept:
                all_ = row.base if asked.shape is Shape.ANY_OF else 0
                live -= {cell.value for cell in row.cells if cell.count in (0, all_)}
        return live


def _less(one: Terms, two: Terms, factor: int = 1) -> Terms:
    found: Counter[Hashable] = Counter(one)
    for name, value in two.items():
        found[name] -= factor * value
    return dict(found)
