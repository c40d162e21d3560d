"""What a compiler may ask of the form it compiles for."""

from __future__ import annotations

from typing import Protocol

from dialogs.forms.definition import Definition


class Schema(Protocol):
    """The form as far as expressions see it."""

    root: Definition | None

    def has_secondary(self, name: str) -> bool:
        """Whether there is a secondary instance of this name, be its attachment missing or not."""

    def choices_of(self, definition: Definition) -> set[Definition]:
        """The nodes that the choices offered for a node depend on."""
