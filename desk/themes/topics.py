"""Themes: texts that share words, found with TF-IDF and non-negative matrix factorisation (scikit-learn), by language.

German and English texts are sorted apart, since they share no words; moderators merge what says the same. How many
themes there are is tried: as many as come out alike in either half of the texts. A text belongs to the theme it is
most like, or to none, and that is said. Runs in the worker (`worker.py`): the desk itself does not load scikit-learn.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from desk.themes.lexis import LANGUAGES, Lexis, spoken
from desk.themes.saying import Saying
from desk.themes.words import LEAST

if TYPE_CHECKING:
    import numpy as np

LEAST_TEXTS: Final = 30
"""Texts of a language that say something; of fewer no themes are suggested."""
TEXTS_A_THEME: Final = 12
"""On average a theme has so many at least."""
TRIED: Final = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15)
"""Numbers of themes that are tried."""
MOST_VOCABULARY: Final = 4000
MOST_TRIED_TEXTS: Final = 4000
"""Texts (of all, evenly) by which the number of themes is chosen …"""
MOST_FITTED_TEXTS: Final = 20_000
"""… and the themes are found; the others are sorted to them."""
ROUNDS: Final = 200
LIKE: Final = 0.2
"""A text is like a theme from this cosine on."""
SHOWN_WORDS: Final = 8
LEAST_WORDS: Final = 2
"""A theme of fewer words that people share says nothing."""
CUTS: Final = 3
"""How often texts are cut in halves to see whether themes come out alike."""
NEARLY: Final = 0.93
"""More themes are taken if they come out alike nearly as well as the best number does."""


class Topic(msgspec.Struct, frozen=True, array_like=True):
    """A theme as suggested: its words, the most telling first, and its texts, the most typical first."""

    language: str
    words: list[str]
    members: list[bytes]


def find_topics(texts: Sequence[Saying], most: int = TRIED[-1]) -> list[Topic]:
    """The largest first. Whatever is in none of them belongs to none."""
    by_language: dict[str, list[Saying]] = defaultdict(list)
    for each in texts:
        by_language[spoken(each.text, each.language)].append(each)
    found: list[Topic] = []
    for language in LANGUAGES:
        found += _topics_of(by_language.get(language, []), language, most)
    return sorted(found, key=lambda topic: -len(topic.members))


def split_topic(texts: Sequence[Saying]) -> list[Topic]:
    """One theme cut in two, in the language that most of its texts are in; fewer than two where it cannot be."""
    languages = Counter(spoken(each.text, each.language) for each in texts)
    if not languages:
        return []
    language = languages.most_common(1)[0][0]
    alike = [each for each in texts if spoken(each.text, each.language) == language]
    return _topics_of(alike, language, 2, only=2)


def _topics_of(texts: Sequence[Saying], language: str, most: int, only: int = 0) -> list[Topic]:
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    lexis = Lexis()
    stems = [lexis.stems(each.text, language) for each in texts]
    people: dict[str, set[bytes]] = defaultdict(set)
    for each, words in zip(texts, stems, strict=True):
        for stem in set(words):
            people[stem].add(each.person)
    shared = {stem for stem, who in people.items() if len(who) >= LEAST and len(who) <= max(LEAST, len(texts) / 2)}
    vocabulary = sorted(shared, key=lambda stem: (-len(people[stem]), stem))[:MOST_VOCABULARY]
    telling = [at for at, words in enumerate(stems) if shared.intersection(words)]
    if len(telling) < (LEAST_TEXTS if not only else 2 * LEAST) or len(vocabulary) < 2:
        return []
    vectorizer = TfidfVectorizer(analyzer=_as_it_is, vocabulary=sorted(vocabulary), sublinear_tf=True)
    matrix: Any = vectorizer.fit_transform([stems[at] for at in telling])
    words = list(vectorizer.get_feature_names_out())
    number = only or _number_of_topics(matrix, min(most, len(telling) // TEXTS_A_THEME))
    if number < 2:
        return []
    rows = _length_one(_factors(_evenly(matrix, MOST_FITTED_TEXTS), number))
    alike = np.asarray(matrix @ rows.T)
    best = alike.argmax(axis=1)
    topics = []
    for topic in range(len(rows)):
        mine = [at for at in np.flatnonzero(best == topic) if alike[at, topic] >= LIKE]
        mine.sort(key=lambda at: (-alike[at, topic], telling[at]))
        members = [texts[telling[at]] for at in mine]
        if len(members) >= LEAST and len({each.person for each in members}) >= LEAST:
            told = _told(rows[topic], words, [set(stems[telling[at]]) for at in mine], members)
            if len(told) >= LEAST_WORDS:
                topics.append(Topic(language, [lexis.form(stem) for stem in told], [each.number for each in members]))
    return topics


def _told(row: np.ndarray, words: Sequence[str], used: Sequence[set[str]], members: Sequence[Saying]) -> list[str]:
    """The heaviest words that people enough of this very theme used."""
    people: dict[str, set[bytes]] = defaultdict(set)
    for stems, each in zip(used, members, strict=True):
        for stem in stems:
            people[stem].add(each.person)
    heaviest = [words[at] for at in row.argsort()[::-1][: 4 * SHOWN_WORDS] if row[at] > 0]
    return [word for word in heaviest if len(people[word]) >= LEAST][:SHOWN_WORDS]


def _number_of_topics(matrix: Any, most: int) -> int:
    """The largest number whose themes come out alike when they are looked for in either half of the texts."""
    some = _evenly(matrix, MOST_TRIED_TEXTS)
    alike: dict[int, float] = {}
    for number in TRIED:
        if number > most or number > min(some.shape) // 2 - 1:
            break
        alike[number] = _stability(some, number)
    best = max(alike.values(), default=0.0)
    return max((number for number, score in alike.items() if score >= NEARLY * best), default=0)


def _stability(matrix: Any, number: int) -> float:
    """How alike themes of two halves are, paired as well as can be: the mean cosine, over some ways to cut."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    chance = np.random.default_rng(0)  # the same texts give the same themes
    scores = []
    for _ in range(CUTS):
        order = chance.permutation(matrix.shape[0])
        half = len(order) // 2
        one, two = (_length_one(_factors(matrix[part], number)) for part in (order[:half], order[half:]))
        alike = one @ two.T
        pairs = linear_sum_assignment(-alike)
        scores.append(alike[pairs].mean())
    return float(np.mean(scores))


def _length_one(rows: np.ndarray) -> np.ndarray:
    import numpy as np

    scaled: np.ndarray = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return scaled


def _factors(matrix: Any, number: int) -> np.ndarray:
    """The themes as rows of weights of words."""
    import warnings

    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # close is good enough to sort by
        fitted = NMF(n_components=number, init="nndsvda", max_iter=ROUNDS, random_state=0, tol=1e-3).fit(matrix)
    rows: np.ndarray = fitted.components_
    return rows


def _evenly(matrix: Any, most: int) -> Any:
    if matrix.shape[0] <= most:
        return matrix
    import numpy as np

    return matrix[np.linspace(0, matrix.shape[0] - 1, most).astype(int)]


def _as_it_is(stems: list[str]) -> list[str]:
    return stems
