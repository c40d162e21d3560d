"""A question's result as a picture with its description: bars with their labels and numbers beside them.

Takes a `SafeQuestion` and nothing else, so no number can get into a picture that may not be shown. Not here: which
numbers may be shown (`privacy/disclosure.py`).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont

from dialogs.i18n import Voice
from privacy.disclosure import SafeQuestion

FONT = "atkinson-hyperlegible-next-latin.woff2"
WIDTH = 1000  # pixels
MARGIN = 40
LINE = 34  # pixels of a line of text
BAR = 26
GAP = 22
TEXT_SIZE = 26
HEAD_SIZE = 32
LABEL_LETTERS = 60
HEAD_LETTERS = 54
INK, BAR_INK, PAPER = (26, 26, 26), (0, 94, 140), (255, 255, 255)


def chart(question: SafeQuestion, title: str, label: Callable[[str], str], voice: Voice) -> bytes:
    """PNG. `label`: a value's words."""
    rows = [(label(cell.value), cell.percent, amount(cell.count, cell.percent, voice)) for cell in question.cells]
    head_font, font = _font(HEAD_SIZE), _font(TEXT_SIZE)
    head = _lines(title, HEAD_LETTERS)
    height = 2 * MARGIN + len(head) * (LINE + 8) + len(rows) * (LINE + BAR + GAP) + LINE
    image = Image.new("RGB", (WIDTH, height), PAPER)
    draw = ImageDraw.Draw(image)
    at = MARGIN
    for line in head:
        draw.text((MARGIN, at), line, fill=INK, font=head_font)
        at += LINE + 8
    at += GAP // 2
    most = max((percent or 0 for _, percent, _ in rows), default=0) or 1
    for words, percent, number in rows:
        draw.text((MARGIN, at), f"{words[:LABEL_LETTERS]}: {number}", fill=INK, font=font)
        at += LINE
        length = (WIDTH - 2 * MARGIN) * (percent or 0) // most
        if length:
            draw.rectangle((MARGIN, at, MARGIN + length, at + BAR), fill=BAR_INK)
        at += BAR + GAP
    draw.text((MARGIN, at - GAP // 2), _base(question, voice), fill=INK, font=font)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def described(question: SafeQuestion, title: str, label: Callable[[str], str], voice: Voice) -> str:
    """The same in words, for whoever does not see it."""
    told = [f"{label(cell.value)}: {amount(cell.count, cell.percent, voice)}" for cell in question.cells]
    return f"{title} {'; '.join(told)}. {_base(question, voice)}"


def amount(count: int | None, percent: int | None, voice: Voice) -> str:
    if count is None:
        return voice.t("too few to be shown")
    return f"{voice.number(count)} ({percent} %)" if percent is not None else voice.number(count)


def _font(size: int) -> ImageFont.FreeTypeFont:
    """The typeface of the pages, which has the letters of every language that the town is likely to speak."""
    return ImageFont.truetype(io.BytesIO((files("dialogs.looks") / "static" / "fonts" / FONT).read_bytes()), size)


def _base(question: SafeQuestion, voice: Voice) -> str:
    return voice.n("{n} person answered this.", "About {n} people answered this.", question.base or 0)


def _lines(text: str, most: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > most:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line] if line else lines
