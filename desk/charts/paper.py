"""SVG as text: elements, escaped words, and how wide words are at most, so that none runs into another.

Lengths across are percent of the page or em, lengths down are em of the chart's text size. Not here: any data.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

NARROWEST: Final = 16.5
"""Width in em for which words are placed: 280 px of a phone of 320 px at 16 px, and a little to spare."""
LINE: Final = 1.4
"""Height of a line of words, em."""

_NARROW: Final = frozenset(" iljtfrI.,:;'|!()[]/-·")
_WIDE: Final = frozenset("mwMWÆŒ@%&")


def width(words: str) -> float:
    """At most so many em; measured for the typeface of the pages, a little above for what may stand in for it."""
    return sum(_sign_width(sign) for sign in words)


def _sign_width(sign: str) -> float:
    if sign in _NARROW:
        return 0.4
    if sign in _WIDE:
        return 1.0
    if unicodedata.combining(sign):
        return 0.0
    if unicodedata.east_asian_width(sign) in ("W", "F"):
        return 1.25
    return 0.75 if sign.isupper() else 0.62


def lines(words: str, most: float = NARROWEST) -> list[str]:
    """Words in lines of at most `most` em; a word that is longer is cut into pieces."""
    found: list[str] = []
    line = ""
    for word in words.split():
        for piece in _pieces(word, most):
            longer = f"{line} {piece}" if line else piece
            if line and width(longer) > most:
                found.append(line)
                line = piece
            else:
                line = longer
    return [*found, line] if line else found or [""]


def _pieces(word: str, most: float) -> Iterable[str]:
    piece, used = "", 0.0
    for sign in word:
        more = _sign_width(sign)
        if piece and used + more > most:
            yield piece
            piece, used = "", 0.0
        piece, used = piece + sign, used + more
    yield piece


def element(name: str, attributes: dict[str, str], *inside: str) -> str:
    """One element; its attributes are escaped here, what is inside is SVG already."""
    written = "".join(f" {key}={quoteattr(clean(value))}" for key, value in attributes.items())
    return f"<{name}{written}>{''.join(inside)}</{name}>" if inside else f"<{name}{written}/>"


def text(words: str, x: str, y: float, css: str = "", anchor: str = "") -> str:
    """Words at a place; `y` in em is their base line."""
    attributes = {"x": x, "y": em(y)}
    if css:
        attributes["class"] = css
    if anchor:
        attributes["text-anchor"] = anchor
    return element("text", attributes, escape(clean(words)))


def rect(x: float, y: float, across: float, down: float, css: str) -> str:
    """A rectangle; `x` and `across` in percent of the page, `y` and `down` in em."""
    place = {"x": share(x), "y": em(y), "width": share(across), "height": em(down)}
    return element("rect", {**place, "class": css})


def picture(sentence: str, height: float, parts: Sequence[str], css: str = "chart") -> str:
    """The whole drawing, read aloud as its sentence."""
    attributes = {"class": css, "role": "img", "aria-label": sentence, "width": "100%", "height": em(height)}
    return element("svg", {"xmlns": "http://www.w3.org/2000/svg", **attributes}, *parts)


def em(length: float) -> str:
    return f"{length:.2f}em"


def share(length: float) -> str:
    return f"{length:.2f}%"


def clean(words: str) -> str:
    """Without characters that XML does not know or that turn or hide a line."""
    return "".join(sign for sign in words if sign == "\n" or unicodedata.category(sign) not in _NOT_SHOWN)


_NOT_SHOWN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
