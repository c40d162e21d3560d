"""What clerks may set when they publish: how long citizens can delete after the close."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from made_tables import with_tables
from typer.testing import CliRunner

from bot.cli import app
from bot.config import load
from bot.home import opened

FORM = "| survey | | | |\n| | type | name | label |\n| | text | wort | Was fehlt? |\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZURUF_STATE_DIR", str(with_tables(tmp_path / "state")))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "form.md").write_text(FORM, "utf-8")


def published(*options: str) -> str:
    result = CliRunner().invoke(app, ["survey", "publish", "form.md", "--code", "x", *options])
    return result.output + str(result.exception or "")


def grace() -> int:
    async def look() -> int:
        async with opened(load()) as home:
            (survey,) = await home.surveys.all()
            return survey.grace_days

    return asyncio.run(look())


def test_the_grace_is_two_weeks_unless_it_is_set() -> None:
    published()
    assert grace() == 14


def test_the_grace_may_get_longer_and_never_shorter() -> None:
    published("--grace", "30")
    assert "longer, not shorter" in published("--grace", "20")
    published("--grace", "40")
    published()
    assert grace() == 40


@pytest.mark.parametrize("days", ["0", "6", "91"])
def test_a_grace_that_helps_nobody_or_has_no_end_is_refused(days: str) -> None:
    assert "7 to 90 days" in published("--grace", days)
