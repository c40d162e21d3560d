"""A line of the table of URLs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from desk.visit import View
from dialogs.roles import Right

PROVES: Final = frozenset({Right.EXPORT, Right.UNMASK, Right.UNMASK_APPROVE, Right.NEWS_APPROVE})
"""Rights that ask for the password again."""


@dataclass(frozen=True, slots=True)
class Route:
    """`right` None: open to everybody, logged in or not. Only GET changes nothing."""

    method: str
    path: str
    view: View
    right: Right | None = Right.ENTER
    most: int = 64 * 1024
    """Bytes of a body."""
    before_codes: bool = False
    """Also for somebody who has not set up codes yet."""
    secret: bool = False
    """Its form holds a password or a code: what was typed is never sent back."""
    proves: bool = False
    """Asks for the password again, as rights in `PROVES` do: it changes how somebody gets in."""
    polls: bool = False
    """A page asks for it by itself, again and again: that nobody is there is not hidden by it."""
