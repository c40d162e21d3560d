"""What speaks for and against a word being part of a person's name, and how much.

Every kind of evidence has a name and a weight (`weights.py`); a word is masked when their sum is above zero. So a
verdict can be explained, and an auditor can read the whole table. The weights are fitted by
`benchmarks/masking_weights.py`. Not here: what is certain by a rule (`Frau X`, `ich heiße X`), see `names.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from privacy.masking.kinds import words_of
from privacy.masking.lexicon import first_names, is_listed, surnames, things, towns
from privacy.masking.morphology import BLANK, Look, Morphology, WordClass
from privacy.masking.words import Piece, Sort, Writing

TITLES: Final = words_of(
    "herr herrn frau fr hr familie fam dr prof professor professorin doktor dipl ing nachbar nachbarin nachbarn "
    "kollege kollegin onkel tante oma opa hausmeister bürgermeister bürgermeisterin oberbürgermeister "
    "präsident präsidentin "
    "kanzler kanzlerin minister ministerin ministerpräsident trainer regisseur autor autorin könig königin graf fürst "
    "papst richter richterin pfarrer pfarrerin mr mrs ms miss sir lord lady neighbour neighbor uncle aunt"
)
_IN_PLACES: Final = words_of("in aus nach im am zur zum near from at")
_OF_NAMES: Final = words_of("von bei beim mit für durch gegen und sowie by with and")
_STREET_ENDINGS: Final = ("straße", "strasse", "weg", "platz", "gasse", "allee", "brücke", "bahnhof", "schule", "halle")
_TOWN_ENDINGS: Final = (
    "stadt", "burg", "berg", "dorf", "heim", "hausen", "ingen", "furt", "land", "reich", "kirchen", "bach", "tal", "au",
)  # fmt: skip
_PEOPLE_ENDINGS: Final = ("ische", "ischen", "ischer", "isches", "aner", "nese", "innen", "ung", "keit", "heit", "tion")
_SURNAME_ENDINGS: Final = (
    "mann", "ski", "sky", "ska", "wicz", "oğlu", "oglu", "ić", "vic", "ovic", "ova", "ová", "enko", "yan", "ian",
    "idis", "opoulos", "escu", "sson", "sen", "meier", "meyer", "maier", "mayer", "müller", "schmidt", "ini", "elli",
    "ez",
)  # fmt: skip

LONG: Final = 12
"""Letters beyond which length says no more."""

Evidence = dict[str, float]


class Witness:
    """Looks at the words of one text; keeps what it saw for as long as that text is masked, no longer."""

    def __init__(self, model: Morphology) -> None:
        self._model = model
        self._looks: dict[tuple[str, bool], Look] = {}
        self._verdicts: dict[tuple[Writing, int, tuple[tuple[str, bool], ...]], float] = {}
        self._first, self._surnames, self._towns = first_names(), surnames(), towns()
        self._things = things()

    def look(self, piece: Piece, how: Writing) -> Look:
        """How a piece looks by itself. Small words of a text with capitals are looked up, not searched."""
        if piece.sort is Sort.WORD:
            return self._look(piece, how)
        return _LOOK_OF[piece.sort]

    def _look(self, piece: Piece, how: Writing) -> Look:
        aside = how is Writing.ALIKE or piece.opens
        word = piece.text.lower() if aside else piece.text
        seen = self._looks.get((word, aside))
        if seen is None:
            if self.is_a_thing(word.lower()):
                seen = _THING
            elif aside:
                seen = self._model.look_aside_from_case(word)
            else:
                seen = self._model.recall(word) if word.islower() else self._model.look(word)
            self._looks[word, aside] = seen
        return seen

    def is_listed_name(self, piece: Piece) -> bool:
        """Whether a word is in one of the lists of names."""
        small = piece.text.lower()
        return is_listed(small, self._first) or is_listed(small, self._surnames)

    def is_exactly_a_thing(self, small: str) -> bool:
        """Whether a word in small letters is in the list of municipal things."""
        return small in self._things

    def is_a_thing(self, small: str) -> bool:
        """Whether a word in small letters is, or ends in, what citizens write about, and nobody is called so."""
        if small in self._surnames or small in self._first:
            return False
        return any(small[at:] in self._things for at in (0, *range(2, len(small) - 2)))

    def is_only_a_first_name(self, piece: Piece, how: Writing) -> bool:
        """Whether a word is in the list of first names, and neither a town, a thing nor an everyday word."""
        small = piece.text.lower()
        if not is_listed(small, self._first) or small in self._towns or small in self._things:
            return False
        look = self.look(piece, how)
        return not look.known or look.word_class is WordClass.NAME

    def verdict(self, cut: Sequence[Piece], at: int, how: Writing, weights: Mapping[str, float]) -> float:
        """The weight of all evidence. Read again, a text has changed only beside its masks: the rest is remembered."""
        around = tuple((piece.text, piece.opens) for piece in cut[max(0, at - 2) : at + 2])
        known = self._verdicts.get((how, min(at, 2), around))
        if known is None:
            known = self._verdicts[how, min(at, 2), around] = weigh(self.evidence(cut, at, how), weights)
        return known

    def evidence(self, cut: Sequence[Piece], at: int, how: Writing) -> Evidence:
        """What speaks for and against the word `cut[at]`."""
        piece = cut[at]
        before = cut[at - 1] if at else None
        after = cut[at + 1] if at + 1 < len(cut) else None
        look = self.look(piece, how)
        found = {"always": 1.0, "margin": look.margin / 4}
        found |= self._of_the_word(piece, look)
        found |= self._beside("before", before, how)
        found |= self._beside("after", after, how)
        if before is not None and before.text == "." and at > 1:
            if cut[at - 2].text.lower() in TITLES:
                found["title before"] = 1.0
            if len(cut[at - 2].text) == 1 and cut[at - 2].text.isupper():
                found["initial before"] = 1.0
        return found

    def _of_the_word(self, piece: Piece, look: Look) -> Evidence:
        small = piece.text.lower()
        first, last = is_listed(small, self._first), is_listed(small, self._surnames)
        likely = look.margin > 0
        compound = self._model.ends_in_noun(small)
        marks = {
            f"is {look.word_class.value}": True,
            "looks certain": look.margin > 3,
            "common": look.known,
            "common and likely": look.known and likely,
            "first name": first,
            "first name, common": first and look.known,
            "first name, likely": first and likely,
            "surname": last,
            "surname, common": last and look.known,
            "surname, likely": last and likely,
            "first name and surname": first and last,
            "town": small in self._towns,
            "opens": piece.opens,
            "opens, first name": piece.opens and first,
            "opens, is noun": piece.opens and look.word_class is WordClass.NOUN,
            "opens, in no list": piece.opens and not (first or last),
            "in no list": not (first or last),
            "ends in a noun": compound,
            "ends in a noun, in no list": compound and not (first or last),
            "opens, ends in a noun": compound and piece.opens,
            "a thing": self.is_a_thing(small),
            "plural": small.endswith(("en", "er", "e", "n")) and not last and not first,
            "all capitals": len(small) > 1 and piece.text.isupper(),
            "hyphen": "-" in small,
            "ends like a street": small.endswith(_STREET_ENDINGS),
            "ends like a town": small.endswith(_TOWN_ENDINGS),
            "ends like a people": small.endswith(_PEOPLE_ENDINGS),
            "ends like a surname": small.endswith(_SURNAME_ENDINGS),
            "short": len(small) <= 3,
        }
        found = {name: 1.0 for name, true in marks.items() if true}
        found["length"] = min(len(small), LONG) / LONG
        return found

    def _beside(self, side: str, other: Piece | None, how: Writing) -> Evidence:
        if other is None or other.sort is Sort.LINE:
            return {f"nothing {side}": 1.0}
        look, small = self.look(other, how), other.text.lower()
        is_word = other.sort is Sort.WORD
        large = is_word and other.text[0].isupper() and not other.opens
        first = is_word and (large or how is Writing.ALIKE) and is_listed(small, self._first)
        last = is_word and (large or how is Writing.ALIKE) and is_listed(small, self._surnames)
        marks = {
            f"{look.word_class.value} {side}": True,
            f"first name {side}": first,
            f"first name, no common word {side}": first and not look.known,
            f"surname {side}": last,
            f"surname, no common word {side}": last and not look.known,
            f"town {side}": is_word and small in self._towns,
            f"capital {side}": large,
            f"likely {side}": look.margin > 0 and is_word,
            f"title {side}": small in TITLES,
            f"in, from {side}": small in _IN_PLACES,
            f"by, with {side}": small in _OF_NAMES,
            f"sign {side}: {other.text}": other.sort is Sort.SIGN and other.text in _TELLING_SIGNS,
        }
        return {name: 1.0 for name, true in marks.items() if true}


_TELLING_SIGNS: Final = frozenset(',.:()"-/')
_LOOK_OF: Final[Mapping[Sort, Look]] = {
    Sort.NUMBER: Look(-12.0, WordClass.NUMBER, known=True),
    Sort.SIGN: Look(-12.0, WordClass.MARK, known=True),
    Sort.LINE: Look(-12.0, WordClass.MARK, known=True),
    Sort.MASK: Look(12.0, WordClass.NAME, known=False),
    Sort.WORD: BLANK,
}


_THING: Final = Look(-6.0, WordClass.NOUN, known=False)
"""Not searched in the model: two of three German words that it does not know are such compounds."""


def weigh(found: Evidence, weights: Mapping[str, float]) -> float:
    """The sum of the evidence; above zero: mask."""
    return sum(weights.get(name, 0.0) * value for name, value in found.items())
