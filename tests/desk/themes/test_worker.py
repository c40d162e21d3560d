"""The process that finds themes: it does its work, and nothing that goes wrong there reaches the desk."""

from __future__ import annotations

import pytest

from desk.themes import worker
from desk.themes.worker import CountWords, FindThemes, SplitTheme, ThemeWorker, WorkerFailed

from .planted import planted


async def test_themes_and_words_are_found_in_a_process_of_its_own() -> None:
    texts, _ = planted(each=20, english=0)
    found = await ThemeWorker().topics(FindThemes(texts))
    assert len(found) >= 3
    halves = await ThemeWorker().topics(SplitTheme([each for each in texts if each.groups["topic"] in {"bus", "rad"}]))
    assert len(halves) == 2
    counted = await ThemeWorker().words(CountWords(texts, ["topic"]))
    assert "Bus" in {each.word for each in counted.frequent}
    assert "Bus" in {each.word for each in counted.standing_out["topic"]["bus"]}


async def test_a_job_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "SECONDS", 0.01)
    with pytest.raises(WorkerFailed, match="too long"):
        await ThemeWorker().topics(FindThemes([]))


async def test_a_process_that_fails_says_no_word(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    texts, _ = planted(each=1, english=0)
    monkeypatch.setattr(worker.msgspec.msgpack, "encode", lambda job: b"\xc1" + repr(texts[0].text).encode())
    with pytest.raises(WorkerFailed, match="it ended with 1"):
        await ThemeWorker().topics(FindThemes(texts))
    shown = capfd.readouterr()
    assert texts[0].text not in shown.out + shown.err
