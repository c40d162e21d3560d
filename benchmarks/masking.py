"""How much masking finds, and how much it masks too much: `python -m benchmarks.masking`.

Names of persons on GermEval 2014 and on courts' decisions (`masking_corpora.py`), as written and in small letters;
names and identifiers in sentences of our own (`masking_texts.py`), the identifiers made by Faker and by the numbering
plans of libphonenumber. A corpus that does not lie beside the checkout is left out. The weights for names were fitted
on every other sentence of GermEval: the row "held out" is the other half, and the one to believe.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.masking_corpora import BESIDE, Sentence, germeval, in_small_letters, legal
from benchmarks.masking_made import Made, made_identifiers, made_people
from benchmarks.masking_texts import NOBODY_HELD_OUT
from privacy.masking import mask

LEAST_FULL: Final = 0.88
LEAST_ANY: Final = 0.92
LEAST_SMALL: Final = 0.85
LEAST_IDENTIFIERS: Final = 0.98
MOST_MASKED: Final = 0.07
LONG_TEXT: Final = 10_000
"""Letters of the text that is timed."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names found, and tokens masked. `any_token`, `full`: shares of names; `masked`, `wrong`: shares of tokens."""

    names: int
    any_token: float
    full: float
    masked: float
    wrong: float


@dataclass(frozen=True, slots=True)
class Recall:
    """Of `count` planted values the share of which nothing is left."""

    count: int
    found: float
    missed: tuple[str, ...]


def measure_names(sentences: Iterable[Sentence]) -> Names:
    """Mask each sentence and count. A token is masked when more than half of its letters are; signs do not count."""
    names = touched = full = tokens = masked = wrong = 0
    for sentence in sentences:
        hidden = bytearray(len(sentence.text))
        for span in mask(sentence.text).spans:
            hidden[span.start : span.end] = b"\1" * (span.end - span.start)

        def gone(start: int, end: int, hidden: bytearray = hidden) -> bool:
            return 2 * sum(hidden[start:end]) > end - start

        for token in sentence.tokens:
            is_word = any(letter.isalnum() for letter in sentence.text[token.start : token.end])
            is_gone = is_word and gone(token.start, token.end)
            tokens += 1
            masked += is_gone
            wrong += is_gone and not token.is_person
        for person in sentence.persons:
            words = [token for token in person if any(map(str.isalnum, sentence.text[token.start : token.end]))]
            states = [gone(token.start, token.end) for token in words]
            names += bool(states)
            touched += any(states)
            full += bool(states) and all(states)
    return Names(names, touched / max(names, 1), full / max(names, 1), masked / max(tokens, 1), wrong / max(tokens, 1))


def measure_made(made: Sequence[Made]) -> Recall:
    """Mask sentences with planted values; a value is found when all its letters are masked."""
    missed: list[str] = []
    for one in made:
        hidden = {at for span in mask(one.text, one.language).spans for at in range(span.start, span.end)}
        planted = range(one.start, one.end)
        if any(at not in hidden for at in planted if one.text[at].isalnum()):
            missed.append(one.text)
    return Recall(len(made), 1 - len(missed) / max(len(made), 1), tuple(missed))


def measure_nobody(texts: Sequence[str]) -> float:
    """The share of words that are masked in sentences that name nobody."""
    words = sum(len(text.split()) for text in texts)
    gone = sum(len(text[span.start : span.end].split()) for text in texts for span in mask(text).spans)
    return gone / words


def measure_speed(texts: Iterable[str]) -> float:
    """Seconds for a text of 10,000 letters that was not seen before, the middle of five."""
    long = " ".join(texts)
    mask(long[:LONG_TEXT])
    seconds = []
    for at in range(1, 6):
        text = long[at * LONG_TEXT : (at + 1) * LONG_TEXT]
        began = time.process_time()
        mask(text)
        seconds.append(time.process_time() - began)
    return sorted(seconds)[2]


_FIRST_USE: Final = """
import time, psutil
process = psutil.Process()
before, began = process.memory_info().rss, time.perf_counter()
from privacy.masking import mask
imported = time.perf_counter() - began
mask("Guten Tag, ich heiße Eva Koch.")
used = time.perf_counter() - began
print(imported, used, (process.memory_info().rss - before) / 1e6)
"""


def measure_first_use() -> tuple[float, float, float]:
    """Seconds to import and until the first text is masked, and MB of memory, in a process of their own."""
    done = subprocess.run([sys.executable, "-c", _FIRST_USE], capture_output=True, text=True, check=True, timeout=60)
    imported, used, megabytes = map(float, done.stdout.split())
    return imported, used, megabytes


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--corpora", type=Path, default=BESIDE, help="folder of the corpora")
    arguments.add_argument("--every", type=int, default=1, help="take every n-th sentence")
    arguments.add_argument("--missed", action="store_true", help="print what was missed of the made sentences")
    options = arguments.parse_args()
    imported, used, megabytes = measure_first_use()
    print(f"import {imported:.2f} s, first text after {used:.2f} s, {megabytes:.0f} MB")
    print(f"{'names':34}{'names':>7}{'any token':>11}{'full':>8}{'masked':>9}{'of nobody':>11}")
    for title, read in _CORPORA.items():
        try:
            sentences = read(options.corpora)[:: options.every]
        except FileNotFoundError:
            print(f"{title:34} not here")
            continue
        found = measure_names(sentences)
        print(
            f"{title:34}{found.names:7}{found.any_token:11.3f}{found.full:8.3f}{found.masked:9.2%}{found.wrong:11.2%}",
            flush=True,
        )
    for title, made in (*made_people().items(), *made_identifiers().items()):
        recall = measure_made(made)
        print(f"{title:34}{recall.count:7}{recall.found:11.3f}")
        if options.missed:
            print(*(f"    {text!r}" for text in recall.missed), sep="\n", end="\n" * bool(recall.missed))
    print(f"words masked where nobody is named: {measure_nobody(NOBODY_HELD_OUT):.2%}")
    try:
        texts = [sentence.text for sentence in germeval(options.corpora)]
    except FileNotFoundError:
        return  # nothing long enough to time
    print(f"10,000 letters: {measure_speed(texts) * 1000:.0f} ms, in small letters: ", end="")
    print(f"{measure_speed(text.lower() for text in texts) * 1000:.0f} ms of one core")


_CORPORA: Final[dict[str, Callable[[Path], list[Sentence]]]] = {
    "GermEval 2014": germeval,
    "GermEval 2014, held out": lambda folder: germeval(folder)[1::2],
    "GermEval 2014, small letters": lambda folder: in_small_letters(germeval(folder)),
    "GermEval, small letters, held out": lambda folder: in_small_letters(germeval(folder)[1::2]),
    "courts' decisions": legal,
}


if __name__ == "__main__":
    main()
