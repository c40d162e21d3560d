"""Settings of the desk: those that it shares with the bot. The bot's own sections are passed over unread: the desk
holds no token.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from storage.settings import Shared, read_settings

UNREAD: Final = frozenset({"redis", "telegram", "matrix", "signal", "masking", "session"})
"""Sections of `bot/config.py`."""


class DeskConfig(Shared, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings that the desk reads."""


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> DeskConfig:
    """Settings from `path` (default: ./zuruf.toml if there is one) and the environment. Raises `ConfigError`."""
    return read_settings(DeskConfig, path, environ, UNREAD)
