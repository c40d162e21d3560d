"""`parse_mode=HTML` as the Bot API reads it: a few tags, four named references, and a 400 for all that is wrong.

Source: https://core.telegram.org/bots/api#html-style. Offsets and lengths are UTF-16 code units.
"""

from __future__ import annotations

import re
from typing import Final

from adapters.telegram.emulator.problems import BadRequest
from adapters.telegram.text import width

_TYPES: Final = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
_TAG: Final = re.compile(
    r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-zA-Z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?)*)\s*>"
)
_REFERENCE: Final = re.compile(r"&(lt|gt|amp|quot|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});")
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_HREF: Final = re.compile(r"href\s*=\s*[\"']?([^\"'\s>]+)")

Entity = dict[str, object]


def parse_html(markup: str) -> tuple[str, list[Entity]]:
    """The visible text and its entities. Raises `BadRequest` "can't parse entities"."""
    visible: list[str] = []
    entities: list[Entity] = []
    open_tags: list[tuple[str, int, str]] = []
    length = position = 0
    while position < len(markup):
        character = markup[position]
        if character == "<":
            tag = _TAG.match(markup, position)
            if tag is None:
                raise _unparsable(markup, position, "Unclosed or unsupported start tag")
            if tag[1]:
                entities += _close(markup, position, tag[2].lower(), open_tags, length)
            else:
                open_tags.append(_open(markup, position, tag, length))
            position = tag.end()
            continue
        if character == "&" and (reference := _REFERENCE.match(markup, position)):
            character = _character(reference[1])
            position = reference.end()
        else:
            position += 1
        visible.append(character)
        length += width(character)
    if open_tags:
        name = open_tags[-1][0]
        raise BadRequest(f"can't parse entities: Can't find end tag corresponding to start tag \"{name}\"")
    return "".join(visible), entities


def _open(markup: str, position: int, tag: re.Match[str], length: int) -> tuple[str, int, str]:
    name = tag[2].lower()
    if name not in _TYPES or (name == "span" and "tg-spoiler" not in tag[3]):
        raise _unparsable(markup, position, f'Unsupported start tag "{name}"')
    href = _HREF.search(tag[3])
    return name, length, href[1] if href else ""


def _close(markup: str, position: int, name: str, open_tags: list[tuple[str, int, str]], length: int) -> list[Entity]:
    if not open_tags:
        raise _unparsable(markup, position, "Unexpected end tag")
    opened, start, href = open_tags.pop()
    if opened != name:
        raise _unparsable(markup, position, f'Unmatched end tag, expected "</{opened}>", found "</{name}>"')
    if length == start:
        return []
    entity: Entity = {"type": _TYPES[name], "offset": start, "length": length - start}
    if href:
        entity["url"] = href
    return [entity]


def _character(reference: str) -> str:
    if reference in _NAMED:
        return _NAMED[reference]
    code = int(reference[2:], 16) if reference.startswith("#x") else int(reference[1:])
    return chr(code) if 0 < code < 0xD800 or 0xE000 <= code <= 0x10FFFF else ""


def _unparsable(markup: str, position: int, what: str) -> BadRequest:
    offset = len(markup[:position].encode())
    return BadRequest(f"can't parse entities: {what} at byte offset {offset}")
