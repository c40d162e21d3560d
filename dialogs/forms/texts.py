"""What a form says: texts in several languages, with values of the instance filled in where the author put outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from dialogs.forms.xpath.coercion import TextRun
from dialogs.forms.xpath.scope import Scope

Parts: TypeAlias = tuple[str | TextRun, ...]
"""Text as written, and expressions whose values stand between."""

UNFILLED = "…"
"""Stands for an output value where a text is shown without an instance."""


@dataclass(frozen=True, slots=True)
class Version:
    """A text in one language, in the forms that `<itext>` knows."""

    parts: Parts = ()
    guidance: Parts = ()
    media: Mapping[str, str] = field(default_factory=dict)
    """Names of attachments by kind: image, audio, video, big-image."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One text in all its languages; '' is the language of a text that is not translated."""

    versions: Mapping[str, Version]
    default: str = ""

    def version(self, language: str) -> Version:
        """The text in a language, else in the form's default language, else in any."""
        versions = self.versions
        return versions.get(language) or versions.get(self.default) or next(iter(versions.values()), NOTHING)

    @property
    def fixed(self) -> bool:
        """Whether the text is the same wherever it is shown: no values stand in it."""
        return all(
            isinstance(part, str) for version in self.versions.values() for part in (*version.parts, *version.guidance)
        )

    def plain(self, scope: Scope) -> str:
        """The text in the language of the instance, values filled in."""
        return filled(self.version(scope.world.language).parts, scope)

    def by_language(self) -> dict[str, str]:
        """The text in each language without an instance, `…` where a value would stand."""
        return {language: unfilled(version.parts) for language, version in self.versions.items()}


NOTHING = Version()
SILENT = Wording({})
"""The wording of what has none."""


def filled(parts: Parts, scope: Scope) -> str:
    if len(parts) == 1 and isinstance(parts[0], str):
        return parts[0]
    return "".join(part if isinstance(part, str) else part(scope) for part in parts).strip()


def unfilled(parts: Parts) -> str:
    return "".join(part if isinstance(part, str) else UNFILLED for part in parts).strip()


def attachment_name(url: str) -> str:
    """`jr://images/a.png` names the attachment `a.png`."""
    return url.strip().rpartition("/")[2]
