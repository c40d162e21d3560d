"""Who gave which answer, as sets of bits: so that any groups of people can be crossed and counted in memory.

The bit of a response is its place in one reading and means nothing afterwards. Unsafe: what may be shown of it is
`privacy.views`'.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

_BITS: Final = 8


def _numbers() -> array[int]:
    """Places, four bytes each; the same place twice counts once."""
    return array("I")


@dataclass(slots=True)
class Members:
    """Collects (who, question, value) and makes sets of bits of it."""

    lists: Collection[str]
    """Questions whose values are lists with spaces between."""
    _places: dict[bytes, int] = field(default_factory=dict)
    _answering: dict[str, array[int]] = field(default_factory=lambda: defaultdict(_numbers))
    _members: dict[str, dict[str, array[int]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(_numbers))
    )

    def place(self, response: bytes) -> int:
        return self._places.setdefault(response, len(self._places))

    def add(self, response: bytes, question: str, plain: str | None) -> None:
        """`plain` None: there is an answer, but it is sealed."""
        place = self.place(response)
        self._answering[question].append(place)
        if plain is None:
            return
        for value in plain.split() if question in self.lists else (plain,):
            self._members[question][value].append(place)

    def places(self) -> dict[bytes, int]:
        """The bit of each response."""
        return dict(self._places)

    @property
    def people(self) -> int:
        return len(self._places)

    def answering(self) -> dict[str, int]:
        return {question: self._bits(places) for question, places in self._answering.items()}

    def members(self) -> dict[str, dict[str, int]]:
        return {
            question: {value: self._bits(places) for value, places in values.items()}
            for question, values in self._members.items()
        }

    def _bits(self, places: Iterable[int]) -> int:
        row = bytearray(self.people // _BITS + 1)
        for place in places:
            row[place // _BITS] |= 1 << place % _BITS
        return int.from_bytes(row, "little")


def counted(members: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """How many people are in each set."""
    return {ref: {value: bits.bit_count() for value, bits in values.items()} for ref, values in members.items()}
