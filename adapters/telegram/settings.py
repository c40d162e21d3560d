"""What an operator decides about the Telegram channel. Where it is read from (environment, files) is the process's.

The token is a `Secret`: it shows a mask wherever it is printed, formatted or logged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from adapters.secret import Secret

TELEGRAM_API: Final = "https://api.telegram.org"

_TOKEN: Final = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,128}")
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
"""What Telegram takes as `secret_token`."""


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """One bot. Raises `ValueError` with what to do when a value cannot work; the values themselves stay unsaid."""

    token: Secret
    api_base: str = TELEGRAM_API
    """Scheme, host and port; `/bot<token>/` and `/file/bot<token>/` are appended, nothing goes elsewhere."""
    webhook_url: str = ""
    """Set: updates come to the HTTP listener at this URL's path. Empty: long polling."""
    webhook_secret: Secret = field(default_factory=lambda: Secret(""))
    """What Telegram shows with each update (compared in constant time: `webhook.py`); needed with `webhook_url`."""

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.token.reveal()):
            raise ValueError("ZURUF_TELEGRAM_TOKEN is no bot token: it looks like 123456:ABC…, as @BotFather shows it")
        base = urlsplit(self.api_base)
        if base.scheme not in {"http", "https"} or not base.hostname or base.query or base.fragment:
            raise ValueError("ZURUF_TELEGRAM_API_BASE must be scheme, host and port, as in https://api.telegram.org")
        if self.webhook_url:
            hook = urlsplit(self.webhook_url)
            if hook.scheme not in {"http", "https"} or not hook.hostname:
                raise ValueError("ZURUF_TELEGRAM_WEBHOOK_URL must be a whole URL, as in https://town.example/telegram")
        if self.webhook_url and not self.webhook_secret:
            raise ValueError("ZURUF_TELEGRAM_WEBHOOK_URL needs ZURUF_TELEGRAM_WEBHOOK_SECRET: else anybody could write")
        if self.webhook_secret and not _SECRET.fullmatch(self.webhook_secret.reveal()):
            raise ValueError("ZURUF_TELEGRAM_WEBHOOK_SECRET must be 1 to 256 of A-Z a-z 0-9 _ -")

    @property
    def account(self) -> str:
        """The bot's own id: the public half of the token."""
        return self.token.reveal().partition(":")[0]

    @property
    def webhook_path(self) -> str:
        return urlsplit(self.webhook_url).path or "/"

    @property
    def method_base(self) -> str:
        """Goes before a method's name. Holds the token: for requests only."""
        return f"{self.api_base.rstrip('/')}/bot{self.token.reveal()}/"

    @property
    def file_base(self) -> str:
        """Goes before a file's path. Holds the token: for requests only."""
        return f"{self.api_base.rstrip('/')}/file/bot{self.token.reveal()}/"
