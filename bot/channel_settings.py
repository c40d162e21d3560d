"""What each channel is told of the town's settings. Matrix has keys besides: `matrix.py`."""

from __future__ import annotations

from adapters.matrix.settings import MatrixSettings
from adapters.registry import Settings
from adapters.secret import Secret
from adapters.signal.settings import SignalSettings
from adapters.telegram.settings import TelegramSettings
from adapters.web.settings import WebSettings
from bot.config import Config
from dialogs.looks.theme import DEFAULT_ACCENT
from storage.settings import ConfigError, SetupError


def telegram_settings(config: Config) -> TelegramSettings | None:
    """None if no token is set. Raises `ConfigError`."""
    section = config.telegram
    if not section.token:
        return None
    try:
        return TelegramSettings(
            token=Secret(section.token),
            api_base=section.api_base,
            webhook_url=section.webhook_url,
            webhook_secret=Secret(section.webhook_secret),
        )
    except ValueError as error:
        raise ConfigError(str(error)) from None


def signal_settings(config: Config) -> SignalSettings | None:
    """None if no account is set. Raises `ConfigError`."""
    section = config.signal
    if not section.account:
        return None
    try:
        return SignalSettings(
            account=section.account,
            url=section.url,
            data=section.data,
            name=section.name or config.town.name,
            about=section.about,
            picture=section.picture,
            link=section.link,
            ceiling=section.ceiling,
            polls=section.polls,
        )
    except ValueError as error:
        raise ConfigError(str(error)) from None


def web_settings(config: Config) -> WebSettings:
    return WebSettings(
        web_address=config.http.public_url.rstrip("/"),
        accent=config.town.accent or DEFAULT_ACCENT,
        trusted_proxies=config.http.trusted_proxies,
        embed_origins=config.web.embed_origins,
    )


def channel_settings(config: Config, matrix: MatrixSettings | None) -> list[Settings]:
    """The configured channels, in the order in which pages offer them. Raises `SetupError` if there is none."""
    found: list[Settings] = []
    if (telegram := telegram_settings(config)) is not None:
        found.append(telegram)
    if (signal := signal_settings(config)) is not None:
        found.append(signal)
    if matrix is not None:
        found.append(matrix)
    if config.web.enabled:
        found.append(web_settings(config))
    if not found:
        raise SetupError(
            "No channel is configured. Set telegram.token (ZURUF_TELEGRAM_TOKEN), signal.account"
            " (ZURUF_SIGNAL_ACCOUNT), matrix.homeserver (ZURUF_MATRIX_HOMESERVER) or web.enabled."
        )
    return found
