"""Surveys on the desk: a file handed in, tried, published, told; nothing typed is lost, and nobody is counted."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
from datetime import date
from functools import cache
from typing import Any

from aiohttp import FormData

from desk.samples import SAMPLE
from desk.samples.__main__ import write
from dialogs.forms.check import check
from dialogs.forms.excel import read_xlsx
from dialogs.forms.model import Form, compile_form
from dialogs.forms.xlsform import to_xform
from dialogs.roles import Role
from dialogs.world import Mode
from storage.drafts import CheckedFile, DraftCard, DraftNumber, DraftState
from storage.snapshots import Snapshot
from storage.ways import ChannelWay

FAULTY = b"""
| survey | | | | | |
| | type | name | label::Deutsch (de) | label::English (en) | constraint |
| | text | a | Was? | What? | |
| | integer | b | Wie oft? | How often? | . >> 0 |
"""
CARD = {
    "titles.de": "Der neue Platz", "purposes.de": "Wir lernen.", "uses.de": "Der Rat liest mit.",
    "owner": "Planungsamt", "basis": "public-task", "opens": "2026-11-23", "closes": "2026-12-31", "grace_days": "14",
    "code": "platz", "languages": "de", "mode": "dedupe",
}  # fmt: skip
WAYS = (
    ChannelWay("telegram", "https://t.me/stadt_bot?start={code}", "@stadt_bot"),
    ChannelWay("matrix", "https://matrix.to/#/@z:stadt.example", "@z:stadt.example"),
)


@cache
def sample() -> tuple[CheckedFile, Form]:
    """The sample as the sandbox would hand it over."""
    source = SAMPLE.read_bytes()
    compiled = to_xform(SAMPLE.name, source)
    form = compile_form(compiled.xform)
    return CheckedFile(SAMPLE.name, source, check(SAMPLE.name, source), (), form.hash, compiled.xform.encode()), form


async def written(desk) -> DraftNumber:
    """A draft whose form works."""
    number = await desk.home.drafts.begin(DraftCard(code="platz"), "anna", desk.clock.now())
    await desk.home.drafts.keep_file(number, sample()[0], {}, desk.clock.now())
    return number


async def standing(desk, number: int = 1) -> Any:
    found = await desk.home.drafts.get(DraftNumber(number))
    assert found is not None
    return found


async def hand_in(person, path: str, name: str, data: bytes) -> Any:
    form = FormData()
    form.add_field("token", person.token)
    form.add_field("form", data, filename=name)
    headers = person._headers() | {"Sec-Fetch-Site": "same-origin"}
    return await person.client.post(path, data=form, headers=headers, allow_redirects=False)


async def send(person, path: str, pairs: list[tuple[str, str]]) -> Any:
    """A form in which one field comes several times."""
    headers = person._headers() | {"Sec-Fetch-Site": "same-origin"}
    data = [("token", person.token), *pairs]
    return await person.client.post(path, data=data, headers=headers, allow_redirects=False)


async def surveys(desk) -> dict[str, Any]:
    return {survey.code: survey for survey in await desk.home.surveys.all()}


def test_the_sample_is_what_its_source_says_and_passes_its_own_check(tmp_path) -> None:
    write(tmp_path / "sample.xlsx")
    again, stored = read_xlsx((tmp_path / "sample.xlsx").read_bytes()), read_xlsx(SAMPLE.read_bytes())
    assert again.sheets == stored.sheets
    report = sample()[0].report
    assert not report.errors
    assert not report.warnings


async def test_an_excel_file_becomes_a_published_survey(desk) -> None:
    editor = desk.as_role(Role.EDITOR, name="anna")
    begun = await hand_in(editor, "/drafts/new", "umfrage.xlsx", SAMPLE.read_bytes())
    assert (begun.status, begun.headers["Location"]) == (303, "/drafts/1")
    page = await (await editor.get("/drafts/1")).text()
    assert "The form works." in page
    assert "How often are you in the market square?" in page  # the chat beside the form
    draft = await standing(desk)
    assert (draft.card.titles["de"], draft.card.owner) == ("Der neue Marktplatz", "Stadtplanungsamt")
    refused = await editor.post("/drafts/1/publish")
    assert refused.status == 422
    assert "The last day is missing" in await refused.text()
    assert (await editor.post("/drafts/1/card", CARD)).headers["Location"] == "/drafts/1/publish"
    done = await editor.post("/drafts/1/publish")
    assert done.headers["Location"] == "/surveys/platz/share"
    survey = (await surveys(desk))["platz"]
    assert survey.titles == {"": "Der neue Platz", "de": "Der neue Platz"}
    assert (survey.uses["de"], survey.closes, survey.mode) == ("Der Rat liest mit.", date(2026, 12, 31), Mode.DEDUPE)
    assert survey.is_open(desk.clock.today())
    assert (await standing(desk)).state is DraftState.PUBLISHED
    assert [(entry.actor, entry.act) for entry in await desk.home.audit.entries()] == [
        ("anna", "survey.draft"),
        ("anna", "survey.publish"),
    ]


async def test_a_mistake_is_shown_where_it_is_and_nothing_is_lost(desk) -> None:
    editor = desk.as_role(Role.EDITOR)
    await hand_in(editor, "/drafts/new", "form.md", FAULTY)
    await editor.post("/drafts/1/card", CARD)
    page = await (await editor.get("/drafts/1")).text()
    assert "1 mistake has to be mended first." in page
    assert "sheet “survey”, row 5, column “constraint”" in page
    assert "<mark>. &gt;&gt; 0</mark>" in page
    for name, data, words in (
        ("form.xlsm", SAMPLE.read_bytes(), "macros"),
        ("form.xlsx", bomb(), "grows to more than 50 MB"),
        ("form.pdf", b"%PDF-1.7", "PDF"),
        ("form.xlsx", b"PK\x03\x04damaged", "damaged"),
    ):
        answer = await hand_in(editor, "/drafts/1/file", name, data)
        assert answer.status == 303
        page = await (await editor.get("/drafts/1")).text()
        assert words in page, name
    large = await hand_in(editor, "/drafts/1/file", "form.xlsx", b"x" * (6 * 1024 * 1024))
    assert large.status == 422
    assert "6 MB; a form may have 5 MB" in await large.text()
    huge = await hand_in(editor, "/drafts/1/file", "form.xlsx", b"x" * (50 * 1024 * 1024))
    assert huge.status == 413
    assert "This is too large" in await huge.text()
    assert (await standing(desk)).card.purposes == {}  # the file names no language yet
    assert (await standing(desk)).card.owner == "Planungsamt"
    await hand_in(editor, "/drafts/1/file", "form.xlsx", SAMPLE.read_bytes())
    draft = await standing(desk)
    assert draft.file.works
    assert (draft.card.owner, draft.card.code, draft.card.closes) == ("Planungsamt", "platz", date(2026, 12, 31))


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (60 * 1024 * 1024))
    return packed.getvalue()


# -- the card


async def test_what_does_not_fit_is_said_beside_its_field_and_stays_as_it_was_typed(desk) -> None:
    editor, number = desk.as_role(Role.EDITOR), await written(desk)
    wrong = CARD | {"closes": "31.12.2026", "code": "Der Platz", "grace_days": "3", "opens": "2026-11-23"}
    answer = await editor.post(f"/drafts/{number}/card", wrong)
    page = await answer.text()
    assert answer.status == 422
    for words in ("Write the day like this", "cannot be a code", "Choose 7 to 90 days.", 'value="31.12.2026"'):
        assert words in page
    assert 'value="Der Platz"' in page
    assert (await standing(desk)).card.titles == {"de": "Der neue Platz"}


async def test_two_people_do_not_overwrite_each_other_unseen(desk) -> None:
    anna, bert, number = desk.as_role(Role.EDITOR, name="a"), desk.as_role(Role.EDITOR, name="b"), await written(desk)
    seen = {"seen": (await standing(desk)).changed.isoformat()}
    desk.clock.move(minutes=1)
    assert (await anna.post(f"/drafts/{number}/card", CARD | seen)).status == 303
    answer = await bert.post(f"/drafts/{number}/card", CARD | seen | {"owner": "Bauamt"})
    page = await answer.text()
    assert answer.status == 422
    assert "Somebody changed this draft in the meantime." in page
    assert 'value="Bauamt"' in page
    assert (await standing(desk)).card.owner == "Planungsamt"
    now = {"seen": (await standing(desk)).changed.isoformat(), "owner": "Bauamt"}
    assert (await bert.post(f"/drafts/{number}/card", CARD | now)).status == 303


async def test_four_filters_are_refused_and_two_are_taken(desk) -> None:
    editor, number = desk.as_role(Role.EDITOR), await written(desk)
    refs = {control.ref.rpartition("/")[2]: control.ref for control in sample()[1].controls}
    four = [("filters", refs[name]) for name in ("often", "liking", "minutes")]
    answer = await send(editor, f"/drafts/{number}/card", [*CARD.items(), *four])
    assert answer.status == 422
    assert "Choose 2 at most." in await answer.text()
    assert (await editor.post(f"/drafts/{number}/publish")).status == 422
    two = [("filters", refs["often"]), ("filters", refs["minutes"]), (f"bands.{refs['minutes']}", "15, 60")]
    assert (await send(editor, f"/drafts/{number}/card", [*CARD.items(), *two])).status == 303
    assert (await editor.post(f"/drafts/{number}/publish")).status == 303
    filters = (await surveys(desk))["platz"].filters
    assert [(each.ref, each.edges) for each in filters] == [(refs["often"], ()), (refs["minutes"], (15.0, 60.0))]


async def test_a_name_that_is_taken_is_not_overwritten(desk) -> None:
    editor = desk.as_role(Role.EDITOR)
    for number in (await written(desk), await written(desk)):
        await editor.post(f"/drafts/{number}/card", CARD)
    assert (await editor.post("/drafts/1/publish")).status == 303
    refused = await editor.post("/drafts/2/publish")
    assert "“platz” already" in await refused.text()
    assert (await standing(desk, 2)).state is DraftState.WRITING


async def test_of_two_who_publish_one_name_at_once_one_is_told_that_it_is_taken(desk) -> None:
    editor = desk.as_role(Role.EDITOR)
    for number in (await written(desk), await written(desk)):
        await editor.post(f"/drafts/{number}/card", CARD)
    done = await asyncio.gather(*(editor.post(f"/drafts/{number}/publish") for number in (1, 2)))
    assert sorted(each.status for each in done) == [303, 422]
    refused = next(each for each in done if each.status == 422)
    assert "“platz” already" in await refused.text()
    assert len(await desk.home.surveys.all()) == 1


# -- the chat beside the form


async def test_the_preview_is_the_conversation_of_each_channel_in_each_language(desk) -> None:
    editor, number = desk.as_role(Role.EDITOR), await written(desk)
    path = f"/drafts/{number}/play"
    await editor.get(f"/drafts/{number}")

    async def play(**fields: str) -> str:
        headers = editor._headers() | {"Sec-Fetch-Site": "same-origin", "HX-Request": "true"}
        data = {"token": editor.token, **fields}
        return await (await editor.client.post(path, data=data, headers=headers)).text()

    telegram = await play(look="yes", channel="telegram", language="de")
    assert "Wie oft sind Sie auf dem Marktplatz?" in telegram
    assert "Telegram selbst kann diesen Chat mitlesen" in telegram
    tap = re.search(r'value="(\d+:[^"]+)">Jede Woche<', telegram)
    assert tap is not None
    answered = await play(tap=tap[1])
    assert "Ihre Antwort: Jede Woche" in answered
    assert "2 von 5" in answered
    assert "3 of 5" in await play(words="English") or "2 of 5" in await play(words="English")
    signal = await play(look="yes", channel="signal", language="en")
    assert "1 of 5" in signal
    assert 'class="poll"' in signal
    steered = await play(words="<b>x</b>\u202e")
    assert "&lt;b&gt;x&lt;/b&gt;[U+202E]" in steered
    assert await surveys(desk) == {}


async def test_a_button_that_was_never_shown_does_nothing(desk) -> None:
    editor, number = desk.as_role(Role.EDITOR), await written(desk)
    for wrong in ("", "1", "1:", "x:y:z", "999999999999:cmd"):
        assert (await editor.post(f"/drafts/{number}/play", {"tap": wrong})).status == 303


async def test_two_browsers_do_not_see_each_others_preview(desk) -> None:
    anna, bert, number = desk.as_role(Role.EDITOR, name="a"), desk.as_role(Role.EDITOR, name="b"), await written(desk)
    await anna.post(f"/drafts/{number}/play", {"words": "Ganz eigene Worte"})
    assert "Ganz eigene Worte" in await (await anna.get(f"/drafts/{number}")).text()
    assert "Ganz eigene Worte" not in await (await bert.get(f"/drafts/{number}")).text()
    desk.clock.move(minutes=29)
    assert "Ganz eigene Worte" in await (await anna.get(f"/drafts/{number}")).text()


# -- on one's own phone


async def test_a_draft_is_tried_by_its_code_until_that_is_ended(desk) -> None:
    editor, number = desk.as_role(Role.EDITOR), await written(desk)
    await desk.home.ways.keep(WAYS, desk.clock.now())
    assert await desk.home.drafts.trials() == []
    await editor.post(f"/drafts/{number}/try")
    code = (await standing(desk)).test_code
    assert re.fullmatch(r"test-[a-z2-9]{10}", code)
    page = await (await editor.get(f"/drafts/{number}")).text()
    assert f"https://t.me/stadt_bot?start={code}" in page
    assert f"Write there: {code}" in page
    assert (await editor.get(f"/drafts/{number}/codes/telegram.svg")).status == 200
    await editor.post(f"/drafts/{number}/try", {"act": "end"})
    assert (await standing(desk)).test_code == ""
    assert (await editor.get(f"/drafts/{number}/codes/telegram.svg")).status == 404


# -- a survey that runs


async def published(desk, **changes: str) -> Any:
    editor, number = desk.as_role(Role.EDITOR, name="anna"), await written(desk)
    await editor.post(f"/drafts/{number}/card", CARD | changes)
    assert (await editor.post(f"/drafts/{number}/publish")).status == 303
    return editor


async def test_a_planned_survey_is_opened_runs_longer_and_is_closed(desk) -> None:
    editor = await published(desk, opens="2026-12-01")
    assert "opens on 1 December" in await (await editor.get("/surveys")).text()
    assert (await editor.post("/surveys/platz/open")).status == 303
    assert (await surveys(desk))["platz"].is_open(desk.clock.today())
    assert (await editor.post("/surveys/platz/open")).status == 422
    for wrong in ("2026-12-30", "2029-01-01", "soon"):
        assert (await editor.post("/surveys/platz/extend", {"closes": wrong})).status == 422
    assert (await editor.post("/surveys/platz/extend", {"closes": "2027-01-31"})).status == 303
    assert (await surveys(desk))["platz"].closes == date(2027, 1, 31)
    assert (await editor.post("/surveys/platz/close")).status == 303
    assert (await surveys(desk))["platz"].closed
    assert (await editor.post("/surveys/platz/extend", {"closes": "2027-02-28"})).status == 422
    assert (await editor.post("/surveys/platz/version")).status == 422
    acts = [entry.act for entry in await desk.home.audit.entries()]
    assert acts == ["survey.publish", "survey.open", "survey.extend", "survey.close"]


async def test_a_new_version_begins_with_what_is_asked_and_keeps_name_and_mode(desk) -> None:
    editor = await published(desk, mode="strict")
    before = (await surveys(desk))["platz"]
    assert (await editor.post("/surveys/platz/version")).headers["Location"] == "/drafts/2"
    draft = await standing(desk, 2)
    assert (draft.version_of, draft.file.name, draft.card.uses) == ("platz", SAMPLE.name, {"de": "Der Rat liest mit."})
    await editor.post("/drafts/2/card", CARD | {"code": "other", "mode": "dedupe", "owner": "Bauamt"})
    assert "the new version takes the place" in await (await editor.get("/drafts/2/publish")).text()
    assert (await editor.post("/drafts/2/publish")).headers["Location"] == "/surveys/platz"
    after = await surveys(desk)
    assert list(after) == ["platz"]
    assert (after["platz"].owner, after["platz"].mode, after["platz"].form) == ("Bauamt", Mode.STRICT, before.form)
    assert await desk.home.surveys.form(before.form) is not None


async def test_no_page_counts_answers_while_they_come_in(desk) -> None:
    editor = await published(desk)
    assert "at least 10 people have answered; until then nothing is counted" in await page_of(editor)
    await desk.home.snapshots.keep("platz", Snapshot(desk.clock.now(), 7351946, "{}"))
    page = await page_of(editor)
    assert "At least 10 people have answered." in page
    assert "7351946" not in page


async def page_of(editor) -> str:
    return str(await (await editor.get("/surveys/platz")).text())


async def test_a_discarded_draft_comes_back(desk) -> None:
    editor, number = desk.as_role(Role.EDITOR), await written(desk)
    assert (await editor.post(f"/drafts/{number}/discard")).status == 303
    assert (await editor.post(f"/drafts/{number}/card", CARD)).status == 404
    assert "This draft is discarded." in await (await editor.get(f"/drafts/{number}")).text()
    assert "1 discarded draft" in await (await editor.get("/surveys")).text()
    await editor.post(f"/drafts/{number}/restore")
    assert (await editor.post(f"/drafts/{number}/card", CARD)).status == 303


async def test_the_first_page_says_what_was_begun_and_what_ends(desk) -> None:
    editor = await published(desk, closes="2026-11-25")
    await written(desk)
    page = await (await editor.get("/")).text()
    assert "The survey “Der neue Platz” closes on 25 November." in page
    assert "You were writing the survey" in page
    assert "You were writing" not in await (await desk.as_role(Role.EDITOR, name="bert").get("/")).text()


# -- telling people


async def test_the_kit_names_the_channels_that_run_and_are_not_barred(desk) -> None:
    await desk.home.ways.keep(WAYS, desk.clock.now())
    editor = await published(desk, barred="telegram")
    page = await (await editor.get("/surveys/platz/share")).text()
    assert "https://matrix.to/#/@z:stadt.example" in page
    assert "Write there: platz" in page
    assert "t.me" not in page
    assert "Mitmachen: http://localhost:8080/s/platz" in page
    code = await editor.get("/surveys/platz/codes/matrix.png")
    assert (code.status, (await code.read())[:4]) == (200, b"\x89PNG")
    assert (await editor.get("/surveys/platz/codes/telegram.svg")).status == 404
    poster = await editor.get("/surveys/platz/poster.pdf?language=de")
    assert (poster.content_type, (await poster.read())[:5]) == ("application/pdf", b"%PDF-")


async def test_whoever_presses_twice_or_goes_back_finds_the_survey_that_the_draft_became(desk) -> None:
    editor, number = desk.as_role(Role.EDITOR), await written(desk)
    await editor.post(f"/drafts/{number}/card", CARD)
    assert (await editor.post(f"/drafts/{number}/publish")).status == 303
    for answer in (await editor.post(f"/drafts/{number}/publish"), await editor.get(f"/drafts/{number}/card")):
        assert (answer.status, answer.headers["Location"]) == (303, "/surveys/platz")


async def test_what_is_not_there_is_said(desk) -> None:
    editor = desk.as_role(Role.EDITOR)
    for path in ("/drafts/x", "/drafts/99", "/drafts/99999999999999999999", "/surveys/none", "/surveys/none/share"):
        assert (await editor.get(path)).status == 404
