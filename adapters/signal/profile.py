"""What Signal shows of the account before anybody writes: name, picture, about text, from the town's settings. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from adapters.signal.codec import Call
from adapters.signal.settings import ABOUT_LIMIT, NAME_LIMIT, SignalSettings
from dialogs.i18n import N_, translate
from dialogs.messages import Language

ABOUT: Final = N_("Surveys of the town, one question at a time. Write me a message to begin.")
GROUPS: Final = N_(
    "I only talk one to one, so that nobody else reads along. Please write to me directly. I am leaving now."
)


def introduction(settings: SignalSettings, languages: Sequence[Language]) -> Iterator[Call]:
    """The calls that set the profile, in the town's first language, and what the account tells others of itself."""
    language = languages[0] if languages else Language("de")
    about = settings.about or translate(ABOUT, language)
    profile: dict[str, object] = {"givenName": settings.name[:NAME_LIMIT], "about": about[:ABOUT_LIMIT]}
    if settings.picture:
        profile["avatar"] = settings.picture
    yield Call("updateProfile", profile)
    # No read receipts: each would count as a message, and tells a citizen less than the answer does.
    yield Call("updateConfiguration", {"readReceipts": False, "typingIndicators": True, "linkPreviews": False})
