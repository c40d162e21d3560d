"""Fit the weights of the evidence for names and write `privacy/masking/weights.py`.

`python -m benchmarks.masking_weights` (two minutes). Fitted on every other sentence of the GermEval 2014 test split,
as written and in small letters; the other half is never seen here and is what `benchmarks/masking.py` calls held out.
To these come sentences of municipal matters that name nobody, so that a `Wertstoffhof` is no surname. Logistic
regression, ridge penalty, Adagrad in a fixed order: the same numbers each time. No sentence can be read from them.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from benchmarks.masking_corpora import Sentence, Token, germeval, in_small_letters
from benchmarks.masking_texts import NOBODY
from privacy.masking.evidence import Evidence, Witness
from privacy.masking.morphology import model_of
from privacy.masking.names import may_be_name
from privacy.masking.words import Writing, pieces

TARGET: Final = Path(__file__).parents[1] / "privacy" / "masking" / "weights.py"
ROUNDS: Final = 12
STEP: Final = 0.3
TIMES_NOBODY: Final = 6
"""How often each sentence that names nobody counts: there are few, and they are what Zuruf reads."""

RIDGE: Final = 1e-5
CERTAIN_ENOUGH: Final = {Writing.CASED: 0.05, Writing.ALIKE: 0.05}
"""The probability of a name from which a word is masked: better one word too many than one name too few."""

_HEAD: Final = '''"""How much each kind of evidence speaks for a name (above zero) or against it. Written by
`benchmarks/masking_weights.py`; do not edit by hand. Natural logarithms of odds; `always` holds the threshold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from privacy.masking.words import Writing

'''


def examples(sentences: Iterable[Sentence], how: Writing) -> list[tuple[Evidence, bool]]:
    """The evidence for each word that may be a name, and whether it is one."""
    found: list[tuple[Evidence, bool]] = []
    for sentence in sentences:
        witness = Witness(model_of("de"))
        cut = pieces(sentence.text)
        persons = [token for token in sentence.tokens if token.is_person]
        for at, piece in enumerate(cut):
            if may_be_name(piece, how):
                is_name = any(_touch(piece.start, piece.end, token) for token in persons)
                found.append((witness.evidence(cut, at, how), is_name))
    return found


def fit(data: list[tuple[Evidence, bool]]) -> dict[str, float]:
    """Weights that tell names from other words."""
    weights: dict[str, float] = {}
    squares: dict[str, float] = {}
    order = random.Random(1)
    for _ in range(ROUNDS):
        order.shuffle(data)
        for evidence, is_name in data:
            total = sum(weights.get(name, 0.0) * value for name, value in evidence.items())
            error = 1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - is_name
            for name, value in evidence.items():
                slope = error * value + RIDGE * weights.get(name, 0.0)
                squares[name] = squares.get(name, 1e-6) + slope * slope
                weights[name] = weights.get(name, 0.0) - STEP * slope / math.sqrt(squares[name])
    return weights


def _touch(start: int, end: int, token: Token) -> bool:
    return start < token.end and token.start < end


def _quoted(name: str) -> str:
    """As the formatter would write it."""
    return repr(name) if '"' in name else f'"{name}"'


def _table(how: Writing, weights: dict[str, float]) -> str:
    enough = CERTAIN_ENOUGH[how]
    weights["always"] -= math.log(enough / (1 - enough))
    lines = [
        f"        {_quoted(name)}: {weight:.2f}," for name, weight in sorted(weights.items()) if abs(weight) >= 0.05
    ]
    return "\n".join((f"    Writing.{how.name}: {{", *lines, "    },"))


def main() -> None:
    """Fit both tables and write them."""
    known = germeval()[0::2]
    tables = []
    for how, sentences in ((Writing.CASED, known), (Writing.ALIKE, in_small_letters(known))):
        nobody = [Sentence(text if how is Writing.CASED else text.lower(), ()) for text in NOBODY]
        tables.append(_table(how, fit(examples((*sentences, *nobody * TIMES_NOBODY), how))))
    body = "WEIGHTS: Final[Mapping[Writing, Mapping[str, float]]] = {\n" + "\n".join(tables) + "\n}\n"
    TARGET.write_text(_HEAD + body, "utf-8")


if __name__ == "__main__":
    main()
