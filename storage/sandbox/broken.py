"""The one error of the container readers."""

from __future__ import annotations


class Broken(Exception):
    """A container that does not follow its format far enough to be cleaned."""
