"""Errors of the core.

DialogError
└── UnknownForm      the form version that a session names is not in the world: load it and call again
"""

from __future__ import annotations


class DialogError(Exception):
    """Any error that `dialogs/` raises by intent (the forms engine has its own tree)."""


class UnknownForm(DialogError):
    """A session refers to a form version that the world does not hold."""

    def __init__(self, form: str) -> None:
        super().__init__("the form version of this session is not loaded")
        self.form = form
