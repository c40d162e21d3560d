"""Drawings that another process stored: shown only if they are shapes and words and nothing else.

The desk draws charts and stores them with a release; this process does not take its word for it. No script, no style,
no link, no foreign element gets into a page.
"""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from markupsafe import Markup

LIMIT: Final = 2 * 1024 * 1024  # characters
SPACE: Final = "{http://www.w3.org/2000/svg}"
SHAPES: Final = frozenset({"svg", "rect", "text", "path", "line"})
ATTRIBUTES: Final = frozenset(
    {
        "class", "role", "aria-label", "width", "height", "viewBox", "x", "y", "x1", "x2", "y1", "y2", "d",
        "text-anchor", "fill-rule",
    }
)  # fmt: skip
_PLAIN: Final = re.compile(r"[A-Za-z0-9 .,%-]*")
"""What an attribute may hold, but for words that are read aloud."""


def checked(svg: str) -> Markup:
    """The drawing, fit for a page; '' if it holds anything but shapes and words."""
    if not svg or len(svg) > LIMIT or "<!" in svg or "<?" in svg:
        return Markup()
    try:
        root = fromstring(svg, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return Markup()
    return Markup(svg) if all(_is_plain(each) for each in root.iter()) else Markup()  # noqa: S704  # looked through


def _is_plain(element: Element) -> bool:
    if element.tag.removeprefix(SPACE) not in SHAPES or not element.tag.startswith(SPACE):
        return False
    return all(
        name in ATTRIBUTES and (name == "aria-label" or _PLAIN.fullmatch(value))
        for name, value in element.attrib.items()
    )
