"""What the channel itself says, before anybody's language is known: one language under the other.

What is part of a conversation is said by `dialogs/`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dialogs.i18n import N_, house_languages, translate
from dialogs.messages import Language

SPOKEN: Final = 2
"""Languages in which it is said: the default and one more."""


class Words:
    """Sentences of the channel."""

    def __init__(self, languages: Sequence[Language] = ()) -> None:
        self._languages = tuple(languages)

    def speak(self, languages: Sequence[Language]) -> None:
        """The town's languages, the default first."""
        self._languages = tuple(languages)

    def only_one_to_one(self) -> str:
        """Before leaving a group, and beside a declined invitation."""
        return self._all(
            N_(
                "I only talk one to one, so that nobody else reads along. Please write to me directly. I am leaving "
                "now."
            )
        )

    def unencrypted(self, takes: bool) -> str:
        """In a room without end-to-end encryption, where a room with it was offered."""
        if takes:
            return self._all(
                N_(
                    "This room is not encrypted: whoever runs the servers can read along. I have invited you to an "
                    "encrypted room. You may go on there or here."
                )
            )
        return self._all(
            N_(
                "This room is not encrypted: whoever runs the servers can read along, so I take nothing here. I have "
                "invited you to an encrypted room. Please write to me there."
            )
        )

    def _all(self, msgid: str) -> str:
        languages = self._languages or house_languages()
        said = dict.fromkeys(translate(msgid, language) for language in languages[:SPOKEN])
        return "\n\n".join(said)
