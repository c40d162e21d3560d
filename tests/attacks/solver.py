"""An attacker who knows all rules and every number that was shown, and asks a solver what else may be.

Everything unknown is an integer variable; everything shown, and everything the form says, is a linear constraint. Each
solution is a world that would have given the same numbers; the smallest and the largest a hidden cell can be are found
by mixed-integer programming, so bounds are exact. One world serves many cells: a cell that is k apart in two worlds
needs no more work.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

FAR_WORLDS = 4
ROUGHLY = 0.3
"""How far from the edge a world may be that is made for many cells at once; bounds themselves are exact."""


class Unknowns:
    """Variables by name, with bounds, and linear constraints between them."""

    def __init__(self) -> None:
        self.places: dict[Hashable, int] = {}
        self.low: list[float] = []
        self.high: list[float] = []
        self.truth: list[float] = []
        self._rows: list[dict[int, float]] = []
        self._least: list[float] = []
        self._most: list[float] = []

    def add(self, name: Hashable, truth: int, low: float = 0, high: float = math.inf) -> None:
        assert name not in self.places
        self.places[name] = len(self.truth)
        self.low.append(low)
        self.high.append(high)
        self.truth.append(truth)

    def know(self, terms: Mapping[Hashable, float], least: float, most: float | None = None) -> None:
        """`least` <= the sum of the terms <= `most` (or = `least`)."""
        row: dict[int, float] = {}
        for name, factor in terms.items():
            row[self.places[name]] = row.get(self.places[name], 0) + factor
        self._rows.append(row)
        self._least.append(least)
        self._most.append(least if most is None else most)

    def narrow(self, targets: Iterable[Mapping[Hashable, int]], k: int) -> list[tuple[int, int, int]]:
        """(place, smallest, largest) of each sum in `targets` that is bounded more narrowly than k."""
        if not self.truth:
            return []
        system = LinearConstraint(self._matrix(), self._least, self._most)
        self._check_truth(system)
        goals = np.array([self._vector(target) for target in targets])
        if not len(goals):
            return []
        seen = goals @ np.array(self.truth)
        low, high = seen.copy(), seen.copy()

        def look(goal: np.ndarray, gap: float = 0.0) -> None:
            world = goals @ self._extreme(goal, system, gap)
            np.minimum(low, world, out=low)
            np.maximum(high, world, out=high)

        for signs in self._signs(len(goals)):
            if (high - low >= k).all():
                return []
            look((signs * (high - low < k)) @ goals, ROUGHLY)
        found = []
        for place, goal in enumerate(goals):
            for sign in (1, -1):
                if high[place] - low[place] < k:
                    look(sign * goal)
            if high[place] - low[place] < k:
                found.append((place, round(low[place]), round(high[place])))
        return found

    @staticmethod
    def _signs(number: int) -> list[np.ndarray]:
        """Directions in which many cells go to their edges at once: most need no world of their own."""
        rng = np.random.default_rng(number)
        found = []
        for _ in range(FAR_WORLDS):
            signs = rng.choice((-1.0, 1.0), number)
            found += [signs, -signs]
        return found

    def _extreme(self, goal: np.ndarray, system: LinearConstraint, gap: float) -> np.ndarray:
        solved = milp(
            goal,
            constraints=system,
            bounds=Bounds(self.low, self.high),
            integrality=np.ones(len(goal)),
            options={"mip_rel_gap": gap},
        )
        assert solved.status == 0, solved.message
        return np.round(solved.x)

    def _vector(self, terms: Mapping[Hashable, int]) -> np.ndarray:
        goal = np.zeros(len(self.truth))
        for name, factor in terms.items():
            goal[self.places[name]] += factor
        return goal

    def _matrix(self) -> csr_array:
        rows, columns, values = [], [], []
        for number, row in enumerate(self._rows):
            for column, value in row.items():
                rows.append(number)
                columns.append(column)
                values.append(value)
        return csr_array((values, (rows, columns)), shape=(len(self._rows), len(self.truth)))

    def _check_truth(self, system: LinearConstraint) -> None:
        """What the attacker takes for known is true."""
        world = np.array(self.truth)
        sums = system.A @ world
        assert (sums >= np.array(system.lb) - 1e-6).all(), "the attacker was told something untrue"
        assert (sums <= np.array(system.ub) + 1e-6).all(), "the attacker was told something untrue"
        assert (world >= np.array(self.low)).all()
        assert (world <= np.array(self.high)).all()
