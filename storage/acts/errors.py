"""What a member of staff is told when an act cannot be done."""

from __future__ import annotations


class ActError(Exception):
    """A staff act cannot be done; the message says why and what to do, in the reader's language."""
