"""Characters that no database keeps and no encoding knows: NUL, and halves of pairs (lone surrogates).

They are taken out once, where something comes in: of a messenger in its envelope (`adapters/base.py`), of a browser
where its forms are read. An address that holds one leads nowhere. Not here: how an answer is cleaned
(`reading/folding.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Final, get_args

from dialogs.events import Act

_NUL = "\0"
_HALVES = re.compile("[\ud800-\udfff]")
_NAMES: Final[Mapping[type, tuple[str, ...]]] = {
    kind: tuple(each.name for each in fields(kind)) for kind in get_args(Act)
}
"""Fields of each act."""


def storable(text: str) -> str:
    """The text without NUL; half a pair becomes U+FFFD."""
    if _NUL in text:
        text = text.replace(_NUL, "")
    return text if text.isascii() else _HALVES.sub("\ufffd", text)


def is_storable(*texts: str) -> bool:
    """Whether nothing has to be taken out."""
    return all(text == storable(text) for text in texts)


def storable_act(act: Act) -> Act:
    """The same act with every text in it storable."""
    changed = {}
    for name in _NAMES[type(act)]:
        value = getattr(act, name)
        if (kept := _kept(value)) is not value:
            changed[name] = kept
    return replace(act, **changed) if changed else act


def well_formed(payload: bytes) -> bytes:
    """JSON without half a pair and bytes that are no UTF-8, for which a strict reader refuses it as a whole. Raises
    `ValueError` for what is no JSON."""
    try:
        return json.dumps(json.loads(payload.decode("utf-8", "replace")), ensure_ascii=False).encode("utf-8", "replace")
    except RecursionError:
        raise ValueError("not JSON") from None


def _kept(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if not isinstance(value, tuple):
        return value
    kept = tuple(map(_kept, value))
    return value if kept == value else kept
