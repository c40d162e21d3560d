"""Masking: what tells who somebody is, in words that citizens write, replaced by words in brackets.

`mask("Ich heiße Eva Koch, 0171 1234567")` gives `Ich heiße [Name], [Telefon]`. It works offline, from lists, rules
and a small model. It finds most, never all (figures: `docs/masking.md`): a masked text is still personal data, is never
called anonymous, and a person looks at it before it is published. Not here: where originals are sealed, and who may
see them.

The rooms: `reading.py` (what the eye sees); `identifiers.py`, `phones.py`, `plates.py`, `streets.py` (forms);
`words.py`, `morphology.py`, `lexicon.py`, `evidence.py`, `weights.py`, `names.py` (persons); `plugin.py` (an operator's
own model).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from privacy.masking.evidence import Witness
from privacy.masking.identifiers import find_identifiers
from privacy.masking.kinds import DEFAULT_LANGUAGE, Kind, Span, mask_for
from privacy.masking.lexicon import is_a_town_only
from privacy.masking.morphology import model_of
from privacy.masking.names import find_names
from privacy.masking.reading import Reading, read
from privacy.masking.streets import find_homes, find_streets
from privacy.masking.words import language_of, pieces, writing

__all__ = ["Kind", "Masked", "NameFinder", "Span", "mask"]

NameFinder = Callable[[str], Iterable[tuple[int, int]]]
"""Gives the places of names of persons in a text: start and end in code points."""

MOST_ROUNDS: Final = 8
"""A mask changes what its neighbours look like; the text is read again until nothing new is found, or so often."""

FEWEST_LETTERS_AGAIN: Final = 4
"""Letters of an identifier that is masked wherever else it stands, without the words that gave it away."""

MOST_TOLD_AGAIN: Final = 64
"""Different identifiers of a text that are looked for again, so that the work stays linear."""

_SURER: Final = {
    kind: at
    for at, kind in enumerate(
        (
            Kind.EMAIL, Kind.ACCOUNT, Kind.LINK, Kind.IBAN, Kind.CARD, Kind.BIRTH_DATE, Kind.PLATE, Kind.NUMBER,
            Kind.PHONE, Kind.ADDRESS, Kind.NAME,
        )
    )
}  # fmt: skip
"""Which kind a place is where two overlap. A name inside an address is part of the address."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A masked text, and where the masked places were in the original (in order, apart from each other)."""

    text: str
    spans: tuple[Span, ...]


def mask(
    text: str, language: str = DEFAULT_LANGUAGE, keep_places: bool = False, *, more_names: NameFinder | None = None
) -> Masked:
    """Replace personal data in `text` by masks in `language` (`de`, `en` and their variants; others read as German).

    `keep_places`: streets, house numbers and coordinates stay, unless a sentence calls them somebody's home: for
    reports of defects, whose point is the place. `more_names`: an operator's own finder of names (`plugin.py`), which
    adds to what is found here. Pure: the same text gives the same masks, and masking twice is masking once.
    """
    finder = _Finder(language.split("-")[0], keep_places, more_names)
    spans: tuple[Span, ...] = ()
    for _ in range(MOST_ROUNDS):
        masked = _replace(text, spans, language)
        found = [masked.in_original(span) for span in finder.find(masked.text)]
        if not found:
            break
        spans = _joined(text, (*spans, *found))
    return Masked(_replace(text, spans, language).text, spans)


@dataclass(frozen=True, slots=True)
class _Replaced:
    """A text with masks in it. `here`, `there`: where each piece between the masks begins here and in the original."""

    text: str
    here: tuple[int, ...]
    there: tuple[int, ...]

    def in_original(self, span: Span) -> Span:
        """Where a span, which touches no mask of ours, lies in the original."""
        piece = bisect_right(self.here, span.start) - 1
        moved = self.there[piece] - self.here[piece]
        return Span(span.start + moved, span.end + moved, span.kind)


def _replace(text: str, spans: Sequence[Span], language: str) -> _Replaced:
    parts: list[str] = []
    here, there = [0], [0]
    size = at = 0
    for span in spans:
        parts += [text[at : span.start], mask_for(span.kind, language)]
        size += len(parts[-2]) + len(parts[-1])
        at = span.end
        here.append(size)
        there.append(at)
    return _Replaced("".join((*parts, text[at:])), tuple(here), tuple(there))


class _Finder:
    """Finds what is to be masked; remembers the words of one text while that is read again and again, no longer."""

    def __init__(self, expected: str, keep_places: bool, more_names: NameFinder | None) -> None:
        self._expected, self._keep_places, self._more_names = expected, keep_places, more_names
        self._witnesses: dict[str, Witness] = {}

    def find(self, text: str) -> Iterator[Span]:
        """What is to be masked, outside of the masks that are there. In order, apart from each other."""
        reading = read(text)
        places = find_homes(reading.text) if self._keep_places else find_streets(reading.text)
        told = [*find_identifiers(reading.text), *((start, end, Kind.ADDRESS) for start, end in places)]
        told = _apart(reading, told)
        told += _told_again(reading.text, told)
        persons = ((start, end, Kind.NAME) for start, end in self._persons(reading.text))
        return (reading.span(*place) for place in sorted(_apart(reading, [*told, *persons]), key=_start))

    def _persons(self, text: str) -> Iterator[tuple[int, int]]:
        cut = pieces(text)
        # Judged by what is to be read now: masks take words away, and with them what they said about the language.
        spoken = language_of(cut, self._expected)
        witness = self._witnesses.setdefault(spoken, Witness(model_of(spoken)))
        for start, end in find_names(text, cut, writing(cut, spoken), witness):
            if not (self._keep_places and is_a_town_only(text[start:end].lower())):
                yield start, end
        if self._more_names is not None:
            yield from ((start, end) for start, end in self._more_names(text) if 0 <= start < end <= len(text))


def _told_again(text: str, told: Sequence[tuple[int, int, Kind]]) -> Iterator[tuple[int, int, Kind]]:
    """Where something stands again that was told by its context: a number after `Tel.`, then once more alone."""
    seen = {text[start:end]: kind for start, end, kind in told if end - start >= FEWEST_LETTERS_AGAIN}
    for again, kind in list(seen.items())[:MOST_TOLD_AGAIN]:
        at = text.find(again)
        while at >= 0:
            end = at + len(again)
            if not text[at - 1 : at].isalnum() and not text[end : end + 1].isalnum():
                yield at, end, kind
            at = text.find(again, end)


def _apart(reading: Reading, found: Iterable[tuple[int, int, Kind]]) -> list[tuple[int, int, Kind]]:
    """The places that touch no mask; of those that overlap, the kind that is surer, then the longer one."""
    taken: list[tuple[int, int, Kind]] = []
    for place in sorted(found, key=lambda place: (_SURER[place[2]], place[0] - place[1], place[0])):
        start, end, _ = place
        at = bisect_left(taken, start, key=_start)
        free = (at == 0 or taken[at - 1][1] <= start) and (at == len(taken) or end <= taken[at][0])
        if free and reading.is_open(start, end):
            taken.insert(at, place)
    return taken


def _start(place: tuple[int, int, Kind]) -> int:
    return place[0]


def _joined(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """In order, and names with nothing but blanks between them as one."""
    joined: list[Span] = []
    for span in sorted(spans):
        last = joined[-1] if joined else None
        if last and last.kind is span.kind is Kind.NAME and not text[last.end : span.start].strip(" \t"):
            joined[-1] = Span(last.start, span.end, Kind.NAME)
        else:
            joined.append(span)
    return tuple(joined)
