"""The texts masking is measured with, read where they lie beside the checkout; they are no part of this project.

GermEval 2014, test split (Benikova, Biemann, Reznicek: NoSta-D Named Entity Annotation for German, LREC 2014) and
German LER, test split (Leitner, Rehm, Moreno-Schneider: A Dataset of German Legal Documents for Named Entity
Recognition, LREC 2020), both CC-BY 4.0. Tokens are put together to text as people write it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

BESIDE: Final = Path(__file__).parents[2] / "shared" / "masking"
INITIALS: Final = 2
"""Letters of a word that is no more than an initial (`St.`)."""

_CLINGS_LEFT: Final = frozenset(".,;:!?)]}%“”»…")
_CLINGS_RIGHT: Final = frozenset("([{„«‚")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the corpus, where it lies in `Sentence.text`, and whether it begins or goes on naming a person."""

    start: int
    end: int
    begins: bool
    goes_on: bool

    @property
    def is_person(self) -> bool:
        """Part of a person's name."""
        return self.begins or self.goes_on


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and its tokens."""

    text: str
    tokens: tuple[Token, ...]

    @property
    def persons(self) -> list[list[Token]]:
        """The names of persons in it, each as its tokens."""
        found: list[list[Token]] = []
        for token in self.tokens:
            if token.begins:
                found.append([token])
            elif token.goes_on and found:
                found[-1].append(token)
        return found


def in_small_letters(sentences: Iterable[Sentence]) -> list[Sentence]:
    """The same as typed by somebody in a hurry. Letters that change their number keep their case."""
    return [
        replace(one, text="".join(small if len(small := letter.lower()) == 1 else letter for letter in one.text))
        for one in sentences
    ]


def germeval(folder: Path = BESIDE) -> list[Sentence]:
    """5,100 sentences of newspapers and Wikipedia; persons without derived and partial ones (`PERderiv`, `PERpart`)."""
    return list(_sentences(_rows(folder / "germeval2014-test.tsv", "\t", 1, 2), "PER"))


def legal(folder: Path = BESIDE) -> list[Sentence]:
    """6,673 sentences of courts' decisions; persons are parties and witnesses, judges and lawyers are left out.

    Most of them were cut to initials before publication (`die Zeugin K.`); those name nobody any more and do not count.
    """
    sentences = _sentences(_rows(folder / "ler-test.conll", " ", 0, 1), "PER")
    return [replace(one, tokens=tuple(_without_initials(one))) for one in sentences]


def _without_initials(sentence: Sentence) -> Iterator[Token]:
    whole = {
        token.start
        for person in sentence.persons
        if any(len(sentence.text[token.start : token.end].rstrip(".…")) > INITIALS for token in person)
        for token in person
    }
    for token in sentence.tokens:
        yield token if token.start in whole else replace(token, begins=False, goes_on=False)


def _rows(path: Path, separator: str, word: int, tag: int) -> Iterator[tuple[str, str] | None]:
    for line in path.read_text("utf-8").splitlines():
        fields = line.split(separator)
        if not line.strip():
            yield None
        elif not line.startswith("#\t") and len(fields) > max(word, tag):
            yield fields[word], fields[tag]
    yield None


def _sentences(rows: Iterable[tuple[str, str] | None], person: str) -> Iterator[Sentence]:
    text, tokens = "", list[Token]()
    inside = 0
    for row in rows:
        if row is None:
            if tokens:
                yield Sentence(text, tuple(tokens))
            text, tokens, inside = "", [], 0
            continue
        word, tag = row
        straight = word == '"'
        tight = not text or word in _CLINGS_LEFT or text[-1] in _CLINGS_RIGHT or (straight and inside % 2 == 1)
        if inside % 2 == 1 and text.endswith('"'):
            tight = True
        inside += straight
        text += word if tight else f" {word}"
        tokens.append(Token(len(text) - len(word), len(text), tag == f"B-{person}", tag == f"I-{person}"))
