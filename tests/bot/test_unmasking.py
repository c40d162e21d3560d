"""Staff read masked texts; an original needs a reason, a second person, and leaves a line in the audit log."""

from __future__ import annotations

import asyncio
import getpass
import io
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from e2e.town import publish_form
from made_tables import with_tables
from PIL import Image
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.config import load
from bot.home import Home, opened
from bot.screen import visible
from dialogs.effects import Submit, Value
from dialogs.events import MediaName
from privacy.files import new_file_name, seal_file
from storage.audit import AuditEntry
from storage.clock import TownClock
from storage.records import ResponseId, Submission, Token

FORM = """
| survey | | | |
| | type | name | label |
| | text | wort | Was fehlt? |
| | image | bild | Ein Foto? |
| | geopoint | ort | Wo? |
| settings | | | |
| | form_title | form_id | default_language |
| | Bänke | baenke | de |
"""
PEOPLE = 10


def zuruf(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, list(words), input=typed, env={"COLUMNS": "200"})


def said(*words: str, typed: str = "") -> str:
    result = zuruf(*words, typed=typed)
    return result.output + str(result.exception or "")


def inside(work: Callable[[Home], object]) -> object:
    """Do something in the house."""

    async def run() -> object:
        async with opened(load()) as home:
            return await work(home)  # type: ignore[misc]

    return asyncio.run(run())


def photo() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 30, 30)).save(data, "JPEG")
    return data.getvalue()


@pytest.fixture
def survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """A survey that ten people answered; their responses."""
    monkeypatch.setenv("ZURUF_STATE_DIR", str(with_tables(tmp_path / "state")))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "baenke.md").write_text(FORM, "utf-8")
    asyncio.run(publish_form(load(), tmp_path / "baenke.md", "baenke"))
    came: list[bytes] = []

    async def fill(home: Home) -> None:
        today = TownClock(load().timezone).today()
        form = (await home.surveys.all())[0].form
        for number in range(PEOPLE):
            name = MediaName(new_file_name(".jpg"))
            await home.media.keep(name, seal_file(name, photo()), today)
            values = (
                Value("/data/wort", f"Frau Eva Koch sagt: Bank {number}", sealed=True),
                Value("/data/bild", name, sealed=True, media=True),
                Value("/data/ort", "52.516275 13.377704 0 0" if number < 6 else f"51.{number} 13.7 0 0", sealed=True),
            )
            submit = Submit("baenke", form, os.urandom(16), "de", values)
            await home.responses.submit(Submission(submit, Token(os.urandom(16)), today, "telegram"))
            came.append(submit.response)

    inside(fill)
    return came


def number_of(what: str) -> str:
    return next(line.split()[0] for line in said("texts", "list", "baenke").splitlines() if what in line)


def asked(number: str) -> str:
    out = said("texts", "unmask", "baenke", number, "--because", "The bench is broken: which one is it?")
    return out.split("Request ")[1].split(":")[0]


def audit() -> list[AuditEntry]:
    entries = inside(lambda home: home.audit.entries())
    return [entry for entry in entries if entry.act.startswith("text")]  # type: ignore[attr-defined]


def test_staff_read_masked_texts_by_question(survey: list[bytes]) -> None:
    shown = said("texts", "list", "baenke")
    assert shown.count("Frau [Name] sagt: Bank") == PEOPLE
    assert shown.count("a photo or voice message") == PEOPLE
    assert "Was fehlt?" in shown
    assert "Koch" not in shown
    assert [entry.act for entry in audit()] == ["texts.read"]


def test_nobodys_words_steer_a_terminal() -> None:
    assert visible("Bank\x1b[2J\u202egnaB\tund\n\u200bHecke\r") == "Bank�[2J�gnaB\tund\n�Hecke�"


def test_places_are_counted_where_five_lie_and_no_single_one_is_shown(survey: list[bytes]) -> None:
    shown = said("texts", "list", "baenke")
    assert "52.5175 13.3775" in shown
    assert "6 places" in shown
    assert "elsewhere, fewer than 5 together" in shown
    assert "4 places" in shown
    assert "13.7" not in shown
    said("survey", "close", "baenke")
    said("survey", "export", "baenke")
    rows = Path("baenke.csv").read_text("utf-8-sig")
    assert rows.count("52.5175 13.3775") == 6
    assert "13.7000" not in rows
    assert rows.count("Frau [Name] sagt: Bank") == PEOPLE


def test_a_model_that_is_named_and_missing_lets_nobody_read(
    survey: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZURUF_MASKING_MODEL", "de_core_missing")
    assert "masking.model" in said("texts", "list", "baenke")
    assert "de_core_missing is not installed" in said("doctor")
    spacy = ModuleType("spacy")
    person = SimpleNamespace(label_="PER", start_char=20, end_char=24)
    spacy.load = (
        lambda name, exclude: (
            lambda text: SimpleNamespace(  # type: ignore[attr-defined]
                ents=[person] if text[20:24] == "Bank" else []
            )
        )
    )
    monkeypatch.setitem(sys.modules, "spacy", spacy)
    assert said("texts", "list", "baenke").count("Frau [Name] sagt: [Name]") == PEOPLE


def test_an_original_needs_a_reason_and_another_person(survey: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    number = number_of("Bank 7")
    assert "Say why" in said("texts", "unmask", "baenke", number, "--because", "so")
    request = asked(number)
    assert "not approved" in said("texts", "show", request)
    assert "somebody else" in said("texts", "approve", request)
    me = getpass.getuser()
    monkeypatch.setenv("LOGNAME", "berta")
    assert "Approved" in said("texts", "approve", request)
    assert "decided already" in said("texts", "approve", request)
    assert "decided already" in said("texts", "decline", request)
    monkeypatch.setenv("LOGNAME", me)
    assert said("texts", "show", request).strip() == "Frau Eva Koch sagt: Bank 7"
    monkeypatch.setenv("LOGNAME", "carla")
    assert "Only those" in said("texts", "show", request)
    line = next(line for line in said("texts", "requests").splitlines() if request in line)
    assert all(word in line for word in (me, "berta", "baenke", "broken"))
    acts = [(entry.act, entry.actor) for entry in audit() if entry.act != "texts.read"]
    assert acts == [
        ("text.ask_original", me), ("text.approve", "berta"), ("text.show_original", me), ("text.requests", "carla"),
    ]  # fmt: skip
    assert not [entry for entry in audit() if "Koch" in entry.detail]


def test_a_clerk_who_is_alone_waits_and_types(survey: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    request = asked(number_of("Bank 3"))
    monkeypatch.setenv("ZURUF_STAFF_ALONE", "true")
    assert "ten minutes" in said("texts", "approve", request, typed=request)
    monkeypatch.setattr("storage.acts.unmasking.ALONE_AFTER", timedelta(0))
    assert "Nothing was approved" in said("texts", "approve", request, typed="yes\n")
    assert "Approved" in said("texts", "approve", request, typed=f"{request}\n")
    assert audit()[-1].detail.endswith("by the same person, alone")


def test_a_photo_is_written_to_a_file(survey: list[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    request = asked(number_of("a photo"))
    monkeypatch.setenv("LOGNAME", "berta")
    said("texts", "approve", request)
    assert "Written" in said("texts", "show", request, "--to", "x.jpg")
    assert (tmp_path / "x.jpg").read_bytes() == photo()
    assert (tmp_path / "x.jpg").stat().st_mode & 0o077 == 0


def test_what_is_erased_is_unmasked_no_more(survey: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    request, other = asked(number_of("Bank 1")), asked(number_of("Bank 2"))
    monkeypatch.setenv("LOGNAME", "berta")
    said("texts", "approve", request)
    inside(lambda home: home.responses.erase("baenke", ResponseId(survey[1])))
    assert "no request" in said("texts", "show", request)
    assert f"{other} is gone" in said("texts", "decline", other)
    assert "Nobody asked" in said("texts", "requests")


def test_requests_end(survey: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    request = asked(number_of("Bank 1"))
    monkeypatch.setenv("LOGNAME", "berta")
    said("texts", "approve", request)
    today = TownClock(load().timezone).today()
    assert inside(lambda home: home.housekeeping.forget_unmasked(today + timedelta(days=1))) == 0
    assert inside(lambda home: home.housekeeping.forget_unmasked(today + timedelta(days=3))) == 1
    assert "The original is gone" in said("texts", "show", request)
    assert inside(lambda home: home.housekeeping.forget_unmasked(today + timedelta(days=31))) == 1
    assert "no request" in said("texts", "show", request)


def test_texts_of_few_people_are_not_read(survey: list[bytes]) -> None:
    inside(lambda home: home.responses.erase("baenke", ResponseId(survey[0])))
    assert "when 10 people have answered" in said("texts", "list", "baenke")
    assert "when 10 people" in said("texts", "unmask", "baenke", "00000000", "--because", "because I want to")
