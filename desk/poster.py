"""A survey's poster: one sheet of A4, black on white, with a code to scan and a privacy card for each channel.

Pure: words in, a PDF out, the same bytes for the same words on the same day. It is tagged, so that whoever has it read
aloud hears headings, paragraphs and what each code leads to, in the order of the sheet. The typeface lies beside it
(`fonts/`, SIL OFL). Not here: the words (`sharing.py`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from importlib.resources import files
from typing import Final

from fpdf import FPDF, ViewerPreferences
from fpdf.enums import MethodReturnValue, XPos, YPos

from desk.sharing import Entrance, Invitation, code_modules
from dialogs.i18n import Voice

FAMILY: Final = "Atkinson"
WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 16.0
"""Millimetres of A4 and around its content."""
INNER: Final = WIDTH - 2 * MARGIN
GAP: Final = 6.0
CODE: Final = 33.0
"""Millimetres of a code's side: read from an arm's length and more."""
BESIDE: Final = 4.0
"""Millimetres between a code and its words."""
TITLE_SIZES: Final = (34, 30, 26, 22, 18)
"""Points; the largest that needs no more than three lines."""
CARD_SIZES: Final = ((15, 10.5, 9.0), (14, 9.5, 8.0), (13, 9.0, 7.5))
"""Points of a card's name, its main words and its small ones; smaller ones where there are many channels."""
POINT: Final = 0.3528
"""Millimetres."""
LEADING: Final = 1.3


@dataclass(frozen=True, slots=True)
class _Sizes:
    name: float
    words: float
    small: float


def poster(sheet: Invitation, voice: Voice, day: date) -> bytes:
    """The PDF. `day`: on which it is made, as its date."""
    pdf = _blank(sheet, voice, day)
    _head(pdf, sheet, voice)
    foot = _foot_height(pdf, sheet, voice)
    _doors(pdf, sheet, HEIGHT - MARGIN - foot - GAP, voice)
    _foot(pdf, sheet, voice, HEIGHT - MARGIN - foot)
    return bytes(pdf.output())


def _blank(sheet: Invitation, voice: Voice, day: date) -> FPDF:
    pdf = FPDF(format="A4")
    pdf.set_creation_date(datetime.combine(day, time(12), UTC))
    pdf.set_title(sheet.title)
    pdf.set_author(sheet.town)
    pdf.set_lang(str(voice.language))
    pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
    for style, name in (("", "regular"), ("B", "bold")):
        font = files("desk") / "fonts" / f"atkinson-hyperlegible-next-{name}.ttf"
        pdf.add_font(FAMILY, style, str(font))
    pdf.set_auto_page_break(False)
    pdf.set_margins(MARGIN, MARGIN)
    pdf.c_margin = 0  # words stand where codes and rules do
    pdf.add_page()
    return pdf


def _head(pdf: FPDF, sheet: Invitation, voice: Voice) -> None:
    _words(pdf, voice.t("{town} asks", town=sheet.town), 16)
    pdf.set_y(pdf.get_y() + 1)
    size = next((each for each in TITLE_SIZES if _lines(pdf, sheet.title, each, INNER, "B") <= 3), TITLE_SIZES[-1])
    _words(pdf, sheet.title, size, "B", leading=1.12, tag="H1")
    if sheet.purpose:
        pdf.set_y(pdf.get_y() + 2)
        purpose_size = 13 if _lines(pdf, sheet.purpose, 13, INNER) <= 4 else 10.5
        _words(pdf, sheet.purpose, purpose_size)
    facts = " ".join(part for part in (sheet.length, sheet.closes, _spoken(sheet, voice)) if part)
    pdf.set_y(pdf.get_y() + 2)
    _words(pdf, facts, 11, "B")
    pdf.set_y(pdf.get_y() + 4)
    _rule(pdf, 0.9)


def _spoken(sheet: Invitation, voice: Voice) -> str:
    return voice.t("Languages: {languages}.", languages=sheet.languages) if sheet.languages else ""


# -- the ways to answer


def _doors(pdf: FPDF, sheet: Invitation, bottom: float, voice: Voice) -> None:
    """Two columns of cards, in the largest letters that fit above `bottom`; what still does not fit is left to the
    address below, which leads to every channel."""
    top = pdf.get_y() + 5
    column = (INNER - GAP) / 2
    for number, (name, words, small) in enumerate(CARD_SIZES):
        sizes = _Sizes(name, words, small)
        heights = [_card_height(pdf, each, sizes, column) for each in sheet.entrances]
        rows = [max(heights[at : at + 2]) for at in range(0, len(heights), 2)]
        high = top + sum(rows) + GAP * max(0, len(rows) - 1)
        whole = all(_unbroken(pdf, each, sizes, column) for each in sheet.entrances)
        if (high <= bottom and whole) or number == len(CARD_SIZES) - 1:
            break
    y = top
    for row, height in enumerate(rows):
        if y + height > bottom:
            return
        for at, entrance in enumerate(sheet.entrances[row * 2 : row * 2 + 2]):
            alt = voice.t("Code to scan: {link}", link=entrance.link)
            _card(pdf, entrance, sizes, MARGIN + at * (column + GAP), y, column, alt)
        y += height + GAP


def _card_words(entrance: Entrance, sizes: _Sizes) -> list[tuple[str, float, str]]:
    """Words, size and style, from top to bottom."""
    card = entrance.card
    found = [
        (entrance.label, sizes.name, "B"),
        (entrance.name, sizes.words, ""),
        (entrance.begins, sizes.words, "B"),
        (card.reads, sizes.words, ""),
        (f"{card.runs} {card.sees} {card.phone}", sizes.small, ""),
    ]
    return [each for each in found if each[0]]


def _unbroken(pdf: FPDF, entrance: Entrance, sizes: _Sizes, width: float) -> bool:
    """Whether no word has to be cut, names of accounts aside."""
    for text, size, style in _card_words(entrance, sizes):
        pdf.set_font(FAMILY, style, size)
        if text != entrance.name and any(pdf.get_string_width(word) > width - CODE - BESIDE for word in text.split()):
            return False
    return True


def _card_height(pdf: FPDF, entrance: Entrance, sizes: _Sizes, width: float) -> float:
    room = width - CODE - BESIDE
    words = sum(
        _lines(pdf, text, size, room, style) * size * POINT * LEADING + 1
        for text, size, style in _card_words(entrance, sizes)
    )
    return max(CODE, words)


def _card(pdf: FPDF, entrance: Entrance, sizes: _Sizes, x: float, y: float, width: float, alt: str) -> None:
    left, room = x + CODE + BESIDE, width - CODE - BESIDE
    pdf.set_y(y - 0.8)
    for number, (text, size, style) in enumerate(_card_words(entrance, sizes)):
        _words(pdf, text, size, style, left, room, tag="P" if number else "H2")
        pdf.set_y(pdf.get_y() + 1)
    with _tagged(pdf, "Figure", alt):  # after its name, as it is read
        _code(pdf, entrance.link, x, y, CODE)


def _code(pdf: FPDF, link: str, x: float, y: float, side: float) -> None:
    """The code as squares: sharp at any size, and no picture to embed."""
    rows = code_modules(link)
    module = side / len(rows)
    pdf.set_fill_color(0)
    for number, row in enumerate(rows):
        start: int | None = None
        for column, dark in enumerate((*row, False)):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                pdf.rect(x + start * module, y + number * module, (column - start) * module, module + 0.01, style="F")
                start = None


# -- who asks, and whether it is really the town


def _foot_words(sheet: Invitation, voice: Voice) -> list[tuple[str, float, str]]:
    really = voice.t("Is it really the town? Compare the name in your messenger with the name on this sheet.")
    if sheet.check:
        really += " " + voice.t("Keys to compare: {address}", address=sheet.check)
    found = [
        (voice.t("Or in your browser: {address}", address=sheet.address) if sheet.address else "", 13, "B"),
        (sheet.kept, 9.5, ""),
        (voice.t("Who asks: {owner}", owner=sheet.owner) if sheet.owner else "", 9.5, ""),
        (really, 9.5, ""),
        *((key, 7.5, "") for key in sheet.keys),
        (voice.t("Talk to a person: {contact}", contact=sheet.contact) if sheet.contact else "", 9.5, ""),
    ]
    return [each for each in found if each[0]]


def _foot_height(pdf: FPDF, sheet: Invitation, voice: Voice) -> float:
    words = _foot_words(sheet, voice)
    return 5 + sum(_lines(pdf, text, size, INNER, style) * size * POINT * LEADING + 1.5 for text, size, style in words)


def _foot(pdf: FPDF, sheet: Invitation, voice: Voice, y: float) -> None:
    pdf.set_y(y)
    _rule(pdf, 0.4)
    pdf.set_y(y + 5)
    for text, size, style in _foot_words(sheet, voice):
        _words(pdf, text, size, style)
        pdf.set_y(pdf.get_y() + 1.5)


# -- letters


def _words(
    pdf: FPDF,
    text: str,
    size: float,
    style: str = "",
    x: float = MARGIN,
    width: float = INNER,
    leading: float = LEADING,
    tag: str = "P",
) -> None:
    pdf.set_font(FAMILY, style, size)
    pdf.set_x(x)
    with _tagged(pdf, tag):
        pdf.multi_cell(width, size * POINT * leading, text, align="L", new_x=XPos.LEFT, new_y=YPos.NEXT, padding=0)


def _lines(pdf: FPDF, text: str, size: float, width: float, style: str = "") -> int:
    """How many lines the text takes."""
    if not text:
        return 0
    pdf.set_font(FAMILY, style, size)
    found = pdf.multi_cell(width, size * POINT, text, align="L", dry_run=True, output=MethodReturnValue.LINES)
    assert isinstance(found, list), "lines were asked for"
    return len(found)


def _rule(pdf: FPDF, width: float) -> None:
    pdf.set_line_width(width)
    pdf._out("/Artifact BMC")
    pdf.line(MARGIN, pdf.get_y(), WIDTH - MARGIN, pdf.get_y())
    pdf._out("EMC")


# -- tags: the library has them for pictures only, and what those are made of for everything else


@contextlib.contextmanager
def _tagged(pdf: FPDF, tag: str, alt: str | None = None) -> Iterator[None]:
    """What is drawn inside is one element of the document: a heading, a paragraph, or a figure with words for it."""
    mark = pdf.struct_builder.next_mcid_for_page(pdf.page)
    pdf._add_marked_content(struct_type=f"/{tag}", mcid=mark, alt_text=alt)
    pdf._out(f"/{tag} <</MCID {mark}>> BDC")
    yield
    pdf._out("EMC")
