"""What a clerk types and reads: check, publish, list, results, close, export, links, try, replay, doctor."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

from commandline import Ran
from PIL import Image

from bot.samples import SAMPLE_SOURCE, SAMPLE_SURVEY

Zuruf = Callable[..., Ran]


def test_a_clerk_takes_a_survey_from_check_to_export(zuruf: Zuruf, tmp_path: Path) -> None:
    checked = zuruf("survey", "check", str(SAMPLE_SURVEY))
    assert checked.code == 0
    assert "Ready to publish." in checked.out

    published = zuruf("survey", "publish", str(SAMPLE_SURVEY), "--code", "Rufbus", "--closes", "2999-12-31")
    assert published.code == 0
    assert "http://localhost:8080/s/rufbus" in published.out
    assert "rufbus" in zuruf("survey", "list").out

    results = zuruf("survey", "results", "rufbus")
    assert "Fewer than 10 people have answered so far" in results.out

    early = zuruf("survey", "export", "rufbus")
    assert (early.code, early.err.startswith("“rufbus” is open")) == (1, True)

    assert "is closed" in zuruf("survey", "close", "rufbus").out
    assert "closed already" in zuruf("survey", "close", "rufbus").err
    exported = zuruf("survey", "export", "rufbus", "--to", "rows.csv")
    assert exported.code == 0
    with (tmp_path / "rows.csv").open(encoding="utf-8-sig") as file:
        (header,) = csv.reader(file)
    assert header[:3] == ["language", "/data/used", "/data/purpose"] or header[0] == "language"


def test_links_come_with_qr_codes_as_svg_and_png(zuruf: Zuruf, tmp_path: Path) -> None:
    zuruf("survey", "publish", str(SAMPLE_SOURCE), "--code", "bus")
    shown = zuruf(
        "survey",
        "links",
        "bus",
        "--to",
        "qr",
        ZURUF_HTTP_PUBLIC_URL="https://z.example",
        ZURUF_TELEGRAM_USERNAME="zbot",
    )
    assert "https://z.example/s/bus" in shown.out
    assert "https://t.me/zbot?start=bus" in shown.out
    assert sorted(path.name for path in (tmp_path / "qr").iterdir()) == [
        "bus-telegram.png",
        "bus-telegram.svg",
        "bus-web.png",
        "bus-web.svg",
    ]
    with Image.open(tmp_path / "qr" / "bus-web.png") as picture:
        assert picture.width > 300


def test_what_cannot_be_done_says_why_and_what_to_do(zuruf: Zuruf, tmp_path: Path) -> None:
    (tmp_path / "notes.xlsx").write_bytes(b"no spreadsheet at all")
    refused = zuruf("survey", "check", "notes.xlsx")
    assert refused.code == 1
    assert "Error" in refused.out
    for words, says in (
        (("survey", "check", "missing.xlsx"), "cannot be read"),
        (("survey", "publish", str(SAMPLE_SURVEY), "--code", "Ruf bus"), "cannot be a code"),
        (("survey", "publish", str(SAMPLE_SURVEY), "--code", "a", "--languages", "tlh"), "does not speak tlh"),
        (
            ("survey", "publish", str(SAMPLE_SURVEY), "--code", "a", "--opens", "2027-02-01", "--closes", "2027-01-01"),
            "close before it opens",
        ),
        (("survey", "results", "nothing"), "There is no survey with the code"),
    ):
        ran = zuruf(*words)
        assert ran.code != 0
        assert says in ran.err


def test_german_terminals_are_spoken_to_in_german(zuruf: Zuruf) -> None:
    assert "Bereit zum Veröffentlichen." in zuruf("survey", "check", str(SAMPLE_SURVEY), LANG="de_DE.UTF-8").out


def test_a_form_is_played_in_the_terminal(zuruf: Zuruf) -> None:
    played = zuruf("survey", "try", str(SAMPLE_SURVEY), "--language", "de", stdin="nein\n1\n")
    assert "1 von 8" in played.out
    assert "Was hält Sie bisher ab?" in played.out


def test_replay_answers_each_line_and_never_stops_at_a_bad_one(zuruf: Zuruf) -> None:
    form = (
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>t</h:title>'
        '<model><instance><data id="t"><a/></data></instance><bind nodeset="/data/a" type="int"/></model></h:head>'
        '<h:body><input ref="/data/a"><label>A</label></input></h:body></h:html>'
    )
    lines = [
        json.dumps({"id": 1, "xml": form, "steps": [["/data/a", "7"]]}),
        "no json",
        json.dumps({"id": 3, "xml": "<"}),
    ]
    first, second, third = map(json.loads, zuruf("survey", "replay", stdin="\n".join(lines)).out.splitlines())
    assert {"ref": "/data/a", "relevant": True, "value": "7", "valid": True}.items() <= first["nodes"][-1].items()
    assert "error" in second
    assert third["id"] == 3
    assert "error" in third


def test_the_doctor_finds_a_healthy_house_and_a_broken_one(zuruf: Zuruf) -> None:
    assert zuruf("doctor").code == 0
    ill = zuruf("doctor", ZURUF_REDIS_URL="redis://127.0.0.1:1/0")
    assert ill.code == 1
    assert "ZURUF_REDIS_URL" in ill.out


def test_a_wrong_setting_ends_as_a_sentence(zuruf: Zuruf) -> None:
    ran = zuruf("run", ZURUF_HTTP_PROT="1")
    assert ran.code == 2
    assert "Did you mean 'port'?" in ran.err
