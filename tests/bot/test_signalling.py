"""What an operator does by hand about Signal, and what the doctor says of it."""

from __future__ import annotations

import io
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rich.console import Console

from adapters.signal.emulator import ACCOUNT, Emulator
from bot.config import Config, load
from bot.doctor import examine
from bot.signalling import solve_captcha
from bot.voice import terminal_voice
from storage.settings import ConfigError, SetupError

VOICE = terminal_voice({})
CHALLENGE = "1b2f7f2e-7c0d-4c0a-9d63-5a3c2d1e0f00"


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    with tempfile.TemporaryDirectory(prefix="sig-") as name:
        async with Emulator(data=Path(name), socket=Path(name, "socket")) as running:
            yield running


def config(emulator: Emulator, tmp_path: Path, **more: str) -> Config:
    settings = {
        "ZURUF_STATE_DIR": str(tmp_path / "state"),
        "ZURUF_SIGNAL_ACCOUNT": ACCOUNT,
        "ZURUF_SIGNAL_URL": emulator.socket_url,
    }
    return load(environ=settings | more)


async def test_a_solved_captcha_is_handed_in(emulator: Emulator, tmp_path: Path) -> None:
    await solve_captcha(config(emulator, tmp_path), CHALLENGE, "signalcaptcha://solved", VOICE)
    assert emulator.town.solved == [CHALLENGE]
    assert emulator.service.told == 0, "a command takes no citizen's message away"


async def test_what_is_wrong_with_a_solution_is_said(emulator: Emulator, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="signalcaptcha://"):
        await solve_captcha(config(emulator, tmp_path), CHALLENGE, "https://nonsense", VOICE)
    with pytest.raises(SetupError, match="ZURUF_SIGNAL_ACCOUNT"):
        await solve_captcha(load(environ={}), CHALLENGE, "signalcaptcha://x", VOICE)
    with pytest.raises(SetupError, match="socket"):
        await solve_captcha(
            config(emulator, tmp_path, ZURUF_SIGNAL_URL="unix:/nowhere"), CHALLENGE, "signalcaptcha://x", VOICE
        )


async def doctor_says(settings: Config) -> str:
    screen = io.StringIO()
    await examine(settings, Console(file=screen, width=240), VOICE)
    return next(line for line in screen.getvalue().splitlines() if " Signal " in line)


async def test_the_doctor_knows_the_daemon(emulator: Emulator, tmp_path: Path) -> None:
    said = await doctor_says(config(emulator, tmp_path))
    assert "works" in said
    assert "0.14.6" in said
    assert "ZURUF_SIGNAL_DATA" in said, "files of citizens stay there"
    folder = str(Path(emulator.socket_url.removeprefix("unix:")).parent)
    assert "ZURUF_SIGNAL_DATA" not in await doctor_says(config(emulator, tmp_path, ZURUF_SIGNAL_DATA=folder))


async def test_the_doctor_says_what_is_wrong(emulator: Emulator, tmp_path: Path) -> None:
    away = await doctor_says(config(emulator, tmp_path, ZURUF_SIGNAL_URL="unix:/nowhere"))
    assert "broken" in away
    assert "socket" in away
    unknown = await doctor_says(config(emulator, tmp_path, ZURUF_SIGNAL_ACCOUNT="+4940999999"))
    assert "register" in unknown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ACCOUNT", "0151 2345678"),
        ("URL", "ftp://x"),
        ("URL", "tcp://x"),
        ("URL", "http://127.0.0.1:8080/api"),
        ("CEILING", "0"),
        ("LINK", "signal.me"),
    ],
)
def test_a_setting_that_cannot_work_is_named(tmp_path: Path, name: str, value: str) -> None:
    from bot.channel_settings import signal_settings

    settings = {"ZURUF_SIGNAL_ACCOUNT": ACCOUNT, f"ZURUF_SIGNAL_{name}": value}
    with pytest.raises(ConfigError, match=f"ZURUF_SIGNAL_{name}"):
        signal_settings(load(environ=settings))
