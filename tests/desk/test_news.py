"""News and pilots on the desk: written, approved by another person, stopped; nothing typed is lost."""

from __future__ import annotations

import re

import pytest

from desk.config import DeskConfig
from desk.newsform import mark_of
from dialogs.broadcasts import BroadcastId, BroadcastState
from dialogs.i18n import Voice
from dialogs.messages import Language
from dialogs.pilots import PilotState
from dialogs.roles import Role
from storage.acts import broadcasting
from storage.acts.errors import ActError
from storage.news import StoredBroadcast
from storage.settings import NewsSection, StateSection, TopicSection

NEWS = {"title.en": "The bus runs later", "body.en": "It runs **until 23:00** now.", "expires_hours": "48"}
PILOT = {
    "code": "bus", "name.en": "Bus on call", "office": "Mobility", "starts": "2026-11-01", "ends": "2027-03-31",
    "goal.en": "Home at night", "question.en": "Does it help?", "data_used.en": "Rides", "limits.en": "Two buses",
}  # fmt: skip


@pytest.fixture
def desk_config(tmp_path) -> DeskConfig:
    return DeskConfig(
        state=StateSection(dir=str(tmp_path)), news=NewsSection(topics=(TopicSection(key="traffic", label="Traffic"),))
    )


async def stored(desk, number: int = 1) -> StoredBroadcast:
    found = await desk.home.broadcasts.get(BroadcastId(number))
    assert found is not None
    return found


async def state(desk, number: int = 1) -> BroadcastState:
    return (await stored(desk, number)).state


async def looked_at(person, path: str = "/news/1") -> dict[str, str]:
    """What a page of somebody says that it shows."""
    mark = re.search(r'name="seen" value="([0-9a-f]+)"', await (await person.get(path)).text())
    assert mark is not None
    return {"seen": mark[1]}


async def test_news_goes_from_an_editor_to_another_person_who_approves_it(desk) -> None:
    editor, approver = desk.as_role(Role.EDITOR, name="anna"), desk.as_role(Role.APPROVER, name="bert")
    kept = await editor.post("/news/new", NEWS)
    assert (kept.status, kept.headers["Location"]) == (303, "/news/1")
    page = await (await editor.get("/news/1")).text()
    assert "<strong>until 23:00</strong>" in page
    assert (await editor.post("/news/1/submit")).status == 303
    assert (await editor.post("/news/1/approve")).status == 403
    assert (await approver.post("/news/1/approve", await looked_at(approver))).status == 303
    assert await state(desk) is BroadcastState.APPROVED
    acts = [(entry.actor, entry.act) for entry in await desk.home.audit.entries()]
    assert acts == [("anna", "broadcast.draft"), ("anna", "broadcast.submit"), ("bert", "broadcast.approve")]


async def test_whoever_wrote_it_cannot_approve_it_even_as_an_approver(desk) -> None:
    both = desk.as_role(Role.EDITOR, Role.APPROVER, name="anna")
    await both.post("/news/new", NEWS)
    await both.post("/news/1/submit")
    refused = await both.post("/news/1/approve", {"seen": mark_of(await stored(desk))})
    assert refused.status == 422
    assert "somebody else approves it" in await refused.text()
    assert await state(desk) is BroadcastState.SUBMITTED


async def test_nobody_approves_what_they_have_not_seen(desk) -> None:
    editor, approver = desk.as_role(Role.EDITOR, name="anna"), desk.as_role(Role.APPROVER, name="bert")
    await editor.post("/news/new", NEWS)
    await editor.post("/news/1/submit")
    seen = await looked_at(approver)
    before = await stored(desk)
    desk.clock.move(seconds=5)
    form = await looked_at(editor, "/news/1/change")
    changed = await editor.post("/news/1/change", {**NEWS, "title.en": "Another", **form})
    assert changed.status == 303
    await editor.post("/news/1/submit")
    refused = await approver.post("/news/1/approve", seen)
    assert refused.status == 422
    assert "has changed since you looked at it" in await refused.text()
    voice = Voice(Language("en"), desk.clock.today())
    with pytest.raises(ActError):  # nor in the moment between reading and storing
        await broadcasting.approve(desk.config, desk.home, before, "bert", "", desk.clock, voice)
    assert await state(desk) is BroadcastState.SUBMITTED
    assert (await approver.post("/news/1/approve", await looked_at(approver))).status == 303


async def test_two_editors_do_not_write_over_each_other(desk) -> None:
    anna, carla = desk.as_role(Role.EDITOR, name="anna"), desk.as_role(Role.EDITOR, name="carla")
    await anna.post("/news/new", NEWS)
    seen = await looked_at(anna, "/news/1/change")
    assert (await carla.post("/news/1/change", {**NEWS, "title.en": "Of Carla", **seen})).status == 303
    late = await anna.post("/news/1/change", {**NEWS, "title.en": "Of Anna", **seen})
    page = await late.text()
    assert late.status == 422
    assert "Of Anna" in page
    assert (await stored(desk)).broadcast.texts["en"].title == "Of Carla"
    now = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert now is not None
    assert (await anna.post("/news/1/change", {**NEWS, "title.en": "Of Anna", "seen": now[1]})).status == 303


async def test_what_was_typed_stands_in_the_form_again_when_it_cannot_be_stored(desk) -> None:
    answer = await desk.as_role(Role.EDITOR).post(
        "/news/new", {**NEWS, "body.en": "[bad](javascript:x)", "topics": "traffic"}
    )
    page = await answer.text()
    assert answer.status == 422
    assert "The bus runs later" in page
    assert "[bad](javascript:x)" in page
    assert 'value="traffic" checked' in page
    assert await desk.home.broadcasts.all() == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"expires_hours": "soon"}, "whole number"),
        ({"send_at": "tomorrow"}, "a day and an hour"),
        ({"pilot": "moon"}, "There is no pilot"),
        ({"question": "scale"}, "The question needs a text"),
        ({"question": "buttons", "asked.en": "Good?"}, "2 to 6 options"),
        ({"question": "survey", "survey": "none"}, "no open survey"),
        ({"title.en": "", "body.en": ""}, "one language at least"),
        ({"corrects": "77"}, "which is not there"),
    ],
)
async def test_each_mistake_is_said_in_a_sentence(desk, wrong, said) -> None:
    answer = await desk.as_role(Role.EDITOR).post("/news/new", {**NEWS, **wrong})
    assert answer.status == 422
    assert said in await answer.text()


async def test_a_draft_comes_back_into_the_form_as_it_was_stored(desk) -> None:
    editor = desk.as_role(Role.EDITOR)
    asked = {
        "question": "scale",
        "asked.en": "Does it help?",
        "low.en": "no",
        "high.en": "a lot",
        "send_at": "2026-12-01T10:00",
    }
    await editor.post("/news/new", {**NEWS, **asked})
    page = await (await editor.get("/news/1/change")).text()
    for value in ("The bus runs later", "Does it help?", 'value="no"', 'value="a lot"', "2026-12-01T10:00"):
        assert value in page
    seen = await looked_at(editor, "/news/1/change")
    assert (await editor.post("/news/1/change", {**NEWS, "title.en": "Even later", **seen})).status == 303
    assert "Even later" in await (await editor.get("/news")).text()


async def test_news_is_stopped_by_whoever_sees_the_mistake(desk) -> None:
    editor, approver = desk.as_role(Role.EDITOR, name="anna"), desk.as_role(Role.APPROVER, name="bert")
    await editor.post("/news/new", NEWS)
    await approver.post("/news/1/stop")
    assert await state(desk) is BroadcastState.STOPPED
    again = await editor.post("/news/1/submit")
    assert again.status == 422
    assert "cannot be done now" in await again.text()


async def test_a_pilot_goes_through_its_life_and_cannot_skip_what_it_needs(desk) -> None:
    editor = desk.as_role(Role.EDITOR)
    await editor.post("/pilots/new", {**PILOT, "limits.en": ""})
    page = await (await editor.get("/pilots/bus")).text()
    assert "its known limits" in page
    seen = await looked_at(editor, "/pilots/bus/change")
    refused = await editor.post("/pilots/bus/step", {"state": "on_trial", **seen})
    assert refused.status == 422
    assert "limits" in await refused.text()
    await editor.post("/pilots/bus/change", PILOT | seen)
    step = {"state": "on_trial", **await looked_at(editor, "/pilots/bus")}
    assert (await editor.post("/pilots/bus/step", step)).status == 303
    (pilot,) = await desk.home.pilots.all()
    assert pilot.state is PilotState.ON_TRIAL


async def test_a_setback_stands_on_the_timeline_and_stays_when_the_pilot_changes(desk) -> None:
    editor = desk.as_role(Role.EDITOR)
    await editor.post("/pilots/new", PILOT)
    entry = {"kind": "setbacks", "day": "2026-11-12", "text.en": "Three days without booking."}
    assert (await editor.post("/pilots/bus/timeline", entry)).status == 303
    seen = await looked_at(editor, "/pilots/bus/change")
    await editor.post("/pilots/bus/change", {**PILOT, "office": "Roads", **seen})
    page = await (await editor.get("/pilots/bus")).text()
    assert "Three days without booking." in page
    assert "Roads" in page


async def test_two_who_change_a_pilot_at_once_do_not_overwrite_each_other(desk) -> None:
    anna, bert = desk.as_role(Role.EDITOR, name="anna"), desk.as_role(Role.EDITOR, name="bert")
    await anna.post("/pilots/new", PILOT)
    hers, his = await looked_at(anna, "/pilots/bus/change"), await looked_at(bert, "/pilots/bus/change")
    assert (await anna.post("/pilots/bus/change", {**PILOT, "office": "Roads", **hers})).status == 303
    for path, typed in (
        ("change", {**PILOT, "office": "Parks", **his}),
        ("step", {"state": "on_trial", "reason.en": "Parks begins", **his}),
    ):
        late = await bert.post(f"/pilots/bus/{path}", typed)
        page = await late.text()
        assert late.status == 422
        assert "Somebody changed this in the meantime" in page
        assert "Parks" in page, "what he typed stands there"
    (pilot,) = await desk.home.pilots.all()
    assert (pilot.office, pilot.state) == ("Roads", PilotState.PLANNED)
    again = {**PILOT, "office": "Parks", **await looked_at(bert, "/pilots/bus/change")}
    assert (await bert.post("/pilots/bus/change", again)).status == 303


async def test_two_pilots_cannot_have_one_short_name(desk) -> None:
    editor = desk.as_role(Role.EDITOR)
    await editor.post("/pilots/new", PILOT)
    again = await editor.post("/pilots/new", {**PILOT, "office": "Other"})
    assert again.status == 422
    assert "already" in await again.text()


async def test_the_first_page_tells_another_person_that_news_waits_for_them(desk) -> None:
    both = desk.as_role(Role.EDITOR, Role.APPROVER, name="anna")
    await both.post("/news/new", NEWS)
    await both.post("/news/1/submit")
    assert "waits for your yes" not in await (await both.get("/")).text()
    assert (
        "1 piece of news waits for your yes" in await (await desk.as_role(Role.APPROVER, name="bert").get("/")).text()
    )
