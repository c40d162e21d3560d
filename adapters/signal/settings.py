"""What an operator decides about the Signal channel. Where it is read from (environment, files) is the process's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

DEFAULT_URL: Final = "unix:/run/signal-cli/socket"
"""The socket not HTTP: there the daemon notices at once that nobody listens, and leaves messages at Signal."""
DEFAULT_CEILING: Final = 30
"""Messages that leave in any `WINDOW_SECONDS`, of every kind and by all workers together."""
MOST_CEILING: Final = 100_000
WINDOW_SECONDS: Final = 300
NAME_LIMIT: Final = 26
"""Characters of a profile's name: 128 bytes at Signal, less what a name of four-byte letters takes."""
ABOUT_LIMIT: Final = 140  # characters, as Signal's own programs cut it

_NUMBER: Final = re.compile(r"\+[1-9][0-9]{5,14}")


@dataclass(frozen=True, slots=True)
class SignalSettings:
    """One account of one daemon. Raises `ValueError` with what to do when a value cannot work."""

    account: str
    """Our own telephone number as the daemon knows it (+49…)."""
    url: str = DEFAULT_URL
    """http://host:port, or the daemon's socket: unix:/path, tcp://host:port."""
    data: str = ""
    """The daemon's data folder as this process sees it: received files are read from it and deleted.
    Empty: they are asked from the daemon, which keeps them."""
    name: str = ""
    """Name of the profile."""
    about: str = ""
    picture: str = ""
    """Path of a picture that the daemon can read."""
    link: str = ""
    """How citizens open the chat (https://signal.me/…); empty: made from the number."""
    ceiling: int = DEFAULT_CEILING
    polls: bool = True
    """Ask choices as Signal's own polls where the daemon has them."""

    def __post_init__(self) -> None:
        if not _NUMBER.fullmatch(self.account):
            raise ValueError("ZURUF_SIGNAL_ACCOUNT is no telephone number with country code, as in +4915112345678")
        if self.is_http:
            base = urlsplit(self.url)
            if base.scheme not in {"http", "https"} or not base.hostname or base.query or base.path.strip("/"):
                raise ValueError(
                    "ZURUF_SIGNAL_URL must be http://host:port, unix:/path/of/socket or tcp://host:port, as the daemon"
                    " was started with"
                )
        if not 1 <= self.ceiling <= MOST_CEILING:
            raise ValueError(f"ZURUF_SIGNAL_CEILING must be 1 to {MOST_CEILING} messages in five minutes")
        if self.link and urlsplit(self.link).scheme != "https":
            raise ValueError("ZURUF_SIGNAL_LINK must begin with https://, as in https://signal.me/#eu/…")

    def __repr__(self) -> str:
        return "<SignalSettings>"

    @property
    def socket_path(self) -> str | None:
        """Path of the daemon's socket, if that is how it is reached."""
        return self.url.removeprefix("unix:").removeprefix("//") if self.url.startswith("unix:") else None

    @property
    def tcp(self) -> tuple[str, int] | None:
        """Host and port of the daemon's TCP socket, if that is how it is reached. Raises `ValueError` if half given."""
        if not self.url.startswith("tcp:"):
            return None
        parts = urlsplit(self.url)
        if not parts.hostname or not parts.port:
            raise ValueError("ZURUF_SIGNAL_URL must be tcp://host:port, as in tcp://127.0.0.1:7583")
        return parts.hostname, parts.port

    @property
    def is_http(self) -> bool:
        return self.socket_path is None and self.tcp is None

    @property
    def http_base(self) -> str:
        return self.url.rstrip("/")

    @property
    def folder(self) -> Path | None:
        return Path(self.data) if self.data else None

    @property
    def address(self) -> str:
        """What opens the chat."""
        return self.link or f"https://signal.me/#p/{self.account}"
