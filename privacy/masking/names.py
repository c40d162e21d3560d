"""Names of persons: what is certain by a rule, what is likely by the evidence, and the two put together into spans.

Rules stand where a phrase announces a name (`Frau X`, `ich heiße X`, `Gruß, X`). Everything else is weighed word by
word (`evidence.py`). Then initials, particles and genitives beside a name are taken in, and words next to each other
become one span.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from privacy.masking.evidence import Witness
from privacy.masking.kinds import words_of
from privacy.masking.morphology import WordClass
from privacy.masking.weights import WEIGHTS
from privacy.masking.words import Piece, Sort, Writing

_BEFORE_A_NAME: Final = words_of("herr herrn frau hr fr familie fam fräulein mr mrs ms miss dr prof onkel tante sir")
_ROLES: Final = words_of(
    "bürgermeister bürgermeisterin oberbürgermeister oberbürgermeisterin doktor doktorin professor professorin lehrer "
    "lehrerin direktor direktorin minister ministerin präsident präsidentin kanzler kanzlerin pfarrer pfarrerin pastor "
    "hausmeister nachbar nachbarin kollege kollegin richter landrat landrätin ministerpräsident sachbearbeiter "
    "sachbearbeiterin polizist amtsleiter amtsleiterin ortsvorsteher ortsvorsteherin beigeordneter mit und oder aus "
    "im in am vom von der die das den dem bei ist hat war sagte meinte holle gott wie wo wann warum bitte danke sehr "
    "mayor doctor and or from in at the is was has holle feiertag"
)
_TITLES: Final = _BEFORE_A_NAME | {"med", "jur", "rer", "nat", "phil"}
MOST_TITLES: Final = 8
"""Titles and their points before a name."""

_POLITE_FR: Final = "fr"
"""`Fr.` is a woman, `Fr` a Friday."""

_SELF: Final = re.compile(
    r"\b(?:ich\s(?:heiße|heisse|heiss|bin\s(?:der|die|es)?(?=\s)|nenne\smich)|"
    r"mein\s(?:vor|nach)?name\s?(?:ist|lautet|:)|(?:vor|nach)?name\s?:|"
    r"(?:er|sie|der|die)\s(?:heißt|heisst)|namens|i\sam\scalled|my\sname(?:\sis|\s?'s|’s|\s?:)|i\sam|i'm|"
    r"(?:he|she)\sis\scalled|unterzeichnet|gezeichnet|gez\.?)\s{0,3}[,:]?\s{0,3}",
    re.IGNORECASE,
)
_GREETING: Final = re.compile(
    r"\b(?:(?:freundlichen?|vielen?|lieben?|besten?|herzlichen?|schönen?|sonnigen?)\s(?:grü(?:ß|ss)en?|gru(?:ß|ss))|"
    r"gru(?:ß|ss)|grü(?:ß|ss)e|mfg|lg|vg|hg|hochachtungsvoll|ihre?|euer|eure|deine?|danke|"
    r"(?:kind|best|warm|many)\s(?:regards|wishes)|regards|yours(?:\s(?:sincerely|faithfully|truly))?|sincerely|cheers|"
    r"thanks)\b(?:\saus\s\w{2,30})?[ ]?[,.!]?\s{1,4}(?:(?:ihre?|euer|eure|deine?)\s)?",
    re.IGNORECASE,
)
_LAST_LATIN: Final = "\u024f"
_MORE_LATIN: Final = ("\u1e00", "\u1eff")
MOST_WORDS_OF_A_NAME: Final = 4
_NEVER_NAMES: Final = words_of(
    "mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonntag monday tuesday wednesday "
    "thursday friday saturday sunday januar februar april juni juli oktober november dezember january "
    "february march october "
    "december nr abs art str tel fax mail din iso en lg vg mfg hg bzw usw etc plz ca inkl evtl ggf vgl ok okay euro "
    "uhr rewe aldi lidl edeka dhl"
)
"""Times, abbreviations, shops at every corner: no names, except after a title; nor are spans of them (`Mo-Fr`)."""

_PARTICLES: Final = words_of(
    "von van de der den zu zum zur del della di da dos al el bin ibn ben abu le la ten ter y i e"
)
_GLUE: Final = frozenset("-'’")
MOST_PARTICLES: Final = 3
"""Between the parts of a name."""

LONGEST_INITIAL: Final = 2
"""Letters (`St.`)."""

_NEVER_AFTER_SELF: Final = frozenset(WordClass) - {WordClass.NAME, WordClass.NOUN, WordClass.FOREIGN, WordClass.OTHER}


def find_names(text: str, cut: Sequence[Piece], how: Writing, witness: Witness) -> Iterator[tuple[int, int]]:
    """Where names are, in order, not touching each other."""
    chosen = set(_after_titles(cut, how, witness))
    chosen.update(_announced(text, cut, how, witness))
    chosen.update(_weighed(cut, how, witness))
    chosen.update(_full_names(cut, how, witness))
    chosen.update(_again(cut, chosen, how, witness))
    yield from _spans(text, cut, _with_glue(cut, chosen, how))


def _weighed(cut: Sequence[Piece], how: Writing, witness: Witness) -> Iterator[int]:
    weights = WEIGHTS[how]
    for at, piece in enumerate(cut):
        if not may_be_name(piece, how):
            continue
        if how is Writing.ALIKE and witness.is_exactly_a_thing(piece.text.lower()):
            continue
        if not is_latin(piece.text):
            # The model knows nothing about other scripts: only the lists do.
            if witness.is_listed_name(piece):
                yield at
        elif witness.verdict(cut, at, how, weights) > 0:
            yield at


def may_be_name(piece: Piece, how: Writing) -> bool:
    """Whether a piece is worth weighing: where capitals say something, words written small are not."""
    if piece.sort is not Sort.WORD or len(piece.text) < 2 or (how is Writing.CASED and piece.text.islower()):
        return False
    small = piece.text.lower()
    if small in _BEFORE_A_NAME or small in _NEVER_NAMES:
        return False
    return not ("-" in small and _NEVER_NAMES.issuperset(small.split("-")))


def is_latin(word: str) -> bool:
    """Whether a word begins in Latin letters."""
    return word[0] <= _LAST_LATIN or _MORE_LATIN[0] <= word[0] <= _MORE_LATIN[1]


def _after_titles(cut: Sequence[Piece], how: Writing, witness: Witness) -> Iterator[int]:
    """`Frau Koch`, `Herrn Dr. H. Bäcker`: a noun there is a name, unless it is an office or an everyday word."""
    for at, piece in enumerate(cut):
        small = piece.text.lower()
        if small not in _BEFORE_A_NAME or (piece.text.islower() and how is Writing.CASED):
            continue
        after = at + 1
        while after < min(len(cut), at + MOST_TITLES) and (
            cut[after].text == "." or cut[after].text.lower() in _TITLES
        ):
            after += 1
        is_friday = small == _POLITE_FR and after == at + 1
        if after < len(cut) and not is_friday and _is_called(cut[after], how, witness):
            yield after


def _is_called(piece: Piece, how: Writing, witness: Witness) -> bool:
    if piece.sort is not Sort.WORD or piece.text.lower() in _ROLES:
        return False
    if how is Writing.CASED:
        return piece.text[0].isupper()
    look = witness.look(piece, how)
    return not look.known or look.word_class in (WordClass.NAME, WordClass.NOUN)


def _announced(text: str, cut: Sequence[Piece], how: Writing, witness: Witness) -> Iterator[int]:
    """After `ich heiße`, after a greeting at the end of a line or text."""
    starts = {piece.start: at for at, piece in enumerate(cut)}
    for match in _SELF.finditer(text):
        first = starts.get(match.end())
        if first is not None:
            yield from _run_of_names(cut, first, how, witness)
    for match in _GREETING.finditer(text):
        first = starts.get(match.end())
        if first is not None:
            run = list(_run_of_names(cut, first, how, witness))
            end = run[-1] + 1 if run else first
            closes = end >= len(cut) or cut[end].sort is Sort.LINE or cut[end].text in ".!,("
            if run and closes:
                yield from run


def _run_of_names(cut: Sequence[Piece], first: int, how: Writing, witness: Witness) -> Iterator[int]:
    words = 0
    for at in range(first, len(cut)):
        piece = cut[at]
        small = piece.text.lower()
        if piece.text == "." and at > first and len(cut[at - 1].text) == 1:
            continue  # of an initial
        if words == MOST_WORDS_OF_A_NAME or piece.sort is not Sort.WORD:
            return
        words += 1
        if small in _PARTICLES and at > first:
            yield at
            continue
        if small in _ROLES or small in _BEFORE_A_NAME:
            return
        look = witness.look(piece, how)
        is_plain_word = look.known and look.word_class in _NEVER_AFTER_SELF and look.margin < 0
        if (
            (how is Writing.CASED and piece.text.islower())
            or is_plain_word
            or (words == 1 and witness.is_a_thing(small))
        ):
            return
        yield at


def _full_names(cut: Sequence[Piece], how: Writing, witness: Witness) -> Iterator[int]:
    """`Bärbel Rheinländer`: a first name that is nothing else, and what is written like its surname."""
    for at, (piece, after) in enumerate(pairwise(cut)):
        if may_be_name(piece, how) and may_be_name(after, how) and witness.is_only_a_first_name(piece, how):
            if not is_latin(after.text):
                continue
            small = after.text.lower()
            look = witness.look(after, how)
            plain_word = look.known and look.word_class is not WordClass.NAME
            if small in _ROLES or witness.is_exactly_a_thing(small) or (plain_word and how is Writing.ALIKE):
                continue
            if look.word_class not in _NEVER_AFTER_SELF or not look.known:
                yield from (at, at + 1)


def _again(cut: Sequence[Piece], chosen: set[int], how: Writing, witness: Witness) -> Iterator[int]:
    """A name that was told once is a name wherever it stands, unless it is an everyday word."""
    told = {cut[at].text for at in chosen if len(cut[at].text) > 2 and not witness.look(cut[at], how).known}
    return (at for at, piece in enumerate(cut) if piece.sort is Sort.WORD and piece.text in told)


def _with_glue(cut: Sequence[Piece], chosen: Iterable[int], how: Writing) -> list[int]:
    """With the initials before and between names, and the particles between them (`K. von der Tann`)."""
    taken = set(chosen)
    for at in sorted(taken):
        before = at - 1
        while (
            before >= 1
            and cut[before].text == "."
            and len(cut[before - 1].text) == 1
            and cut[before - 1].text.isalpha()
        ):
            taken.update((before, before - 1))
            before -= 2
    order = sorted(taken)
    for left, right in pairwise(order):
        between = range(left + 1, right)
        if 0 < len(between) <= MOST_PARTICLES and all(_is_glue(cut, at) for at in between):
            taken.update(between)
    return sorted(taken)


def _is_glue(cut: Sequence[Piece], at: int) -> bool:
    text = cut[at].text
    if text == ".":
        return len(cut[at - 1].text) <= LONGEST_INITIAL
    return text in _GLUE or text.lower() in _PARTICLES


def _spans(text: str, cut: Sequence[Piece], taken: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Words next to each other as one span; a line ends a span."""
    start = end = -1
    for at in taken:
        piece = cut[at]
        if start >= 0 and not text[end : piece.start].strip(" \t") and "\n" not in text[end : piece.start]:
            end = piece.end
            continue
        if start >= 0:
            yield start, end
        start, end = piece.start, piece.end
    if start >= 0:
        yield start, end
