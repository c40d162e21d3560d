"""What an operator decides about the Matrix channel, and the two things the process lends it: a folder and a key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from adapters.secret import Secret

_MXID: Final = re.compile(r"@[a-z0-9._=/+-]{1,200}:[A-Za-z0-9.\-\[\]:]{1,200}")
"""A full user id whose local part is as the specification wants new ones to be."""


class Unencrypted(StrEnum):
    """What happens in a room without end-to-end encryption."""

    OFFER = "offer"
    """Say so, invite to an encrypted room, and go on where the citizen writes."""
    REFUSE = "refuse"
    """Say so, invite to an encrypted room, and take nothing in this one."""


@dataclass(frozen=True, slots=True)
class MatrixSettings:
    """One account. Raises `ValueError` with what to do when a value cannot work; the values themselves stay unsaid."""

    homeserver: str
    """Scheme, host and port of the client API."""
    user: str
    """The account's full id, as in @zuruf:town.example."""
    password: Secret
    """For the first login, for cross-signing, and when the server ends the session."""
    store: Path
    """The sealed store: a file in a folder of its own."""
    key: Secret
    """32 bytes in hex, from the keyring: what the store is sealed with and the cross-signing keys are made of."""
    display_name: str = ""
    """What citizens see as the account's name; '' leaves it as it is."""
    unencrypted: Unencrypted = Unencrypted.OFFER

    def __post_init__(self) -> None:
        server = urlsplit(self.homeserver)
        if server.scheme not in {"http", "https"} or not server.hostname or server.query or server.fragment:
            raise ValueError("ZURUF_MATRIX_HOMESERVER must be scheme, host and port, as in https://matrix.town.example")
        if not _MXID.fullmatch(self.user):
            raise ValueError("ZURUF_MATRIX_USER must be the account's whole id, as in @zuruf:town.example")
        if not self.password:
            raise ValueError("ZURUF_MATRIX_PASSWORD is missing: the account's password, for login and cross-signing")

    @property
    def link(self) -> str:
        """Opens a chat with the account in the citizen's own client."""
        return f"https://matrix.to/#/{self.user}"
