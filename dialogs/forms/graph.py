"""Which nodes depend on which: the order of computation, circles, and what a change makes stale."""

from __future__ import annotations

from collections.abc import Mapping

from dialogs.forms.definition import Definition
from dialogs.forms.errors import CircularForm

Waits = Mapping[Definition, set[Definition]]
"""For each node, the nodes it is computed from."""


def with_parents(definitions: list[Definition], waits: Waits) -> dict[Definition, set[Definition]]:
    """The same dependencies, and each node below a repeat, or below one that can be irrelevant, on its parent."""
    complete: dict[Definition, set[Definition]] = {}
    for definition in definitions:
        own = set(waits.get(definition, ()))
        parent = definition.parent
        if parent is not None and (parent.repeats or complete.get(parent)):
            own.add(parent)
        if own:
            complete[definition] = own
    return complete


def computation_order(
    definitions: list[Definition], strict: Waits, weights: Mapping[Definition, int]
) -> tuple[list[int], int]:
    """Numbers of all nodes that wait for others, each behind what it waits for, and the weight of the heaviest chain.

    Raises CircularForm with the circle if there is one. Depth-first without recursion: chains may be long.
    """
    weight: dict[Definition, int] = {}
    order: list[int] = []
    for start in definitions:
        if start in weight:
            continue
        trail: list[tuple[Definition, list[Definition]]] = [(start, _sorted(strict.get(start, ())))]
        on_trail = {start}
        while trail:
            definition, waiting = trail[-1]
            if waiting:
                following = waiting.pop()
                if following in on_trail:
                    raise CircularForm(_circle(trail, following))
                if following not in weight:
                    trail.append((following, _sorted(strict.get(following, ()))))
                    on_trail.add(following)
                continue
            trail.pop()
            on_trail.discard(definition)
            needed = strict.get(definition, ())
            weight[definition] = 1 + weights.get(definition, 0) + max((weight[one] for one in needed), default=0)
            if needed:
                order.append(definition.number)
    return order, max(weight.values(), default=0)


def _sorted(definitions: set[Definition] | tuple[()]) -> list[Definition]:
    return sorted(definitions, key=lambda one: -one.number)


def _circle(trail: list[tuple[Definition, list[Definition]]], closing: Definition) -> tuple[str, ...]:
    path = [definition for definition, _ in trail]
    circle = [*path[path.index(closing) :], closing]
    circle.reverse()
    return tuple(definition.path for definition in circle)


class Dependents:
    """For each node, every node that a change of it makes stale; worked out when first asked for."""

    def __init__(self, waits: Waits) -> None:
        self.direct: dict[int, list[int]] = {}
        for definition, needed in waits.items():
            for one in needed:
                self.direct.setdefault(one.number, []).append(definition.number)
        self.all: dict[int, tuple[int, ...]] = {}

    def of(self, number: int) -> tuple[int, ...]:
        found = self.all.get(number)
        if found is None:
            reached = dict.fromkeys(self.direct.get(number, ()))
            waiting = list(reached)
            while waiting:
                for one in self.direct.get(waiting.pop(), ()):
                    if one not in reached and one != number:
                        reached[one] = None
                        waiting.append(one)
            found = self.all[number] = tuple(reached)
        return found
