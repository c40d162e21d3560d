"""Settings: read from file and environment, refused with what to do, never shown with their secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Config, load, masked
from storage.settings import ConfigError


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "zuruf.toml"
    path.write_text(text, "utf-8")
    return path


def test_without_any_setting_zuruf_can_start() -> None:
    assert load(environ={}) == Config()


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    path = file(tmp_path, '[http]\nport = 9000\nhost = "0.0.0.0"\n[town]\nname = "Astadt"\n')
    config = load(path, {"ZURUF_HTTP_PORT": "9001"})
    assert (config.http.port, config.http.host, config.town.name) == (9001, "0.0.0.0", "Astadt")


@pytest.mark.parametrize(
    ("variable", "section", "key"),
    [
        ("ZURUF_STATE_DIR", "state", "dir"),
        ("ZURUF_DATABASE_URL", "database", "url"),
        ("ZURUF_REDIS_URL", "redis", "url"),
        ("ZURUF_HTTP_HOST", "http", "host"),
        ("ZURUF_TELEGRAM_TOKEN", "telegram", "token"),
        ("ZURUF_TELEGRAM_API_BASE", "telegram", "api_base"),
        ("ZURUF_TELEGRAM_WEBHOOK_SECRET", "telegram", "webhook_secret"),
    ],
)
def test_every_setting_has_its_variable(variable: str, section: str, key: str) -> None:
    assert getattr(getattr(load(environ={variable: "x"}), section), key) == "x"


def test_a_list_is_written_with_commas_in_the_environment() -> None:
    assert load(environ={"ZURUF_TOWN_LANGUAGES": "en, de"}).town.languages == ("en", "de")


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"ZURUF_HTTP_PROT": "1"}, "Did you mean 'port'?"),
        ({"ZURUF_HTP_PORT": "1"}, "Did you mean 'http'?"),
        ({"ZURUF_HTTP_PORT": "many"}, "A setting does not fit"),
        ({"ZURUF_HTTP_PORT": "70000"}, "between 0 and 65535"),
        ({"ZURUF_TOWN_TIMEZONE": "Europe/Atlantis"}, "there is no time zone"),
        ({"ZURUF_TELEGRAM_WEBHOOK_URL": "https://a.example/t"}, "webhook_secret is empty"),
        ({"ZURUF_SESSION_IDLE_HOURS": "500"}, "idle <= most <= 168"),
        ({"ZURUF_LOG_LEVEL": "loud"}, "log.level"),
        ({"ZURUF_TOWN_LANGUAGES": ""}, "at least one language"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_to_do(environ: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigError, match=says.replace("?", r"\?")):
        load(environ=environ)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[http\n", "not valid TOML"),
        ("port = 80\n", r"Write it under \[http\]"),
        ("[http]\nport = 80\ncolour = 1\n", "no setting 'colour'"),
    ],
)
def test_a_broken_file_is_refused_with_what_to_do(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        load(file(tmp_path, text), {})


def test_a_file_that_was_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no settings file"):
        load(tmp_path / "other.toml", {})


def test_secrets_are_never_shown() -> None:
    config = load(environ={"ZURUF_TELEGRAM_TOKEN": "1:hunter2", "ZURUF_REDIS_URL": "redis://:hunter2@h"})
    assert "hunter2" not in repr(config)
    assert "hunter2" not in str(masked(config))
    assert masked(config)["telegram"]["token"] == "•••"


def test_the_web_address_is_the_public_one_or_this_machine() -> None:
    assert load(environ={}).web_address == "http://localhost:8080"
    assert load(environ={"ZURUF_HTTP_PUBLIC_URL": "https://z.example/"}).web_address == "https://z.example"
    assert load(environ={"ZURUF_WEB_ENABLED": "false"}).web_address == ""
