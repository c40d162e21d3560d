"""What the town says of itself is changed here, and a running bot takes it over."""

from __future__ import annotations

import io
import json
import random

import pytest
from aiohttp import FormData
from PIL import Image

from bot.config import load
from bot.townhall import TownHall
from bot.worlds import Worlds
from desk.sessions import COOKIE
from dialogs.capabilities import TELEGRAM
from dialogs.i18n import Voice
from dialogs.messages import Language
from dialogs.promises import NOTICE_LIMIT, NOTICE_VERSION, notice, notice_version
from dialogs.roles import Role
from dialogs.world import Survey, World

SQUARE = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "Nordstadt", "mayor": "Erika"},
            "geometry": {"type": "Polygon", "coordinates": [[[9, 51], [9.1, 51], [9.1, 51.1], [9, 51.1], [9, 51]]]},
        }
    ],
}


@pytest.fixture
def admin(desk):
    return desk.as_role(Role.ADMINISTRATOR, name="alma")


async def bot_town(desk, tmp_path):
    hall = TownHall(load(environ={"ZURUF_STATE_DIR": str(tmp_path)}), desk.home.town)
    return await hall.begin()


async def upload(desk, person, path: str, name: str, data: bytes, **more: str):
    form = FormData({"token": person.token, **more})
    if data:
        form.add_field(name, data, filename="datei")
    headers = {"Cookie": f"{COOKIE}={person.cookie}", "Sec-Fetch-Site": "same-origin", "Accept-Language": "en"}
    body = form()  # whole, so that its length is known
    buffer = io.BytesIO()

    class Writer:
        async def write(self, chunk: bytes) -> None:
            buffer.write(chunk)

    await body.write(Writer())
    headers["Content-Type"] = body.content_type
    return await desk.client.post(path, data=buffer.getvalue(), headers=headers, allow_redirects=False)


async def test_name_contact_and_colour_are_the_bots_and_every_pages(desk, admin, tmp_path) -> None:
    fields = {"name": "Neustadt an der Au", "contact": "Telefon 0123", "privacy_url": "https://neustadt.example/ds"}
    assert (await admin.post("/town/name", fields)).headers["Location"] == "/town"
    assert (await admin.post("/town/colour", {"accent": "#AA0044"})).status == 303
    page = await (await admin.get("/town")).text()
    assert "Neustadt an der Au" in page
    town = await bot_town(desk, tmp_path)
    assert (town.name, town.contact, town.accent) == ("Neustadt an der Au", "Telefon 0123", "#aa0044")
    acts = [(entry.actor, entry.act, entry.subject) for entry in await desk.home.audit.entries()]
    assert acts == [("alma", "town.change", "name"), ("alma", "town.change", "colour")]


async def test_who_settles_it_about_barriers_is_the_files_until_somebody_changes_it(desk, admin, tmp_path) -> None:
    environ = {"ZURUF_STATE_DIR": str(tmp_path), "ZURUF_TOWN_ARBITRATION": "Stelle des Landes"}
    hall = TownHall(load(environ=environ), desk.home.town)
    same = {"name": "Neustadt", "contact": "", "privacy_url": "", "arbitration": ""}
    assert (await admin.post("/town/name", same)).status == 303
    assert (await hall.begin()).arbitration == "Stelle des Landes", "only the name was changed"
    body = "Schlichtungsstelle Au, Telefon 0123"
    assert (await admin.post("/town/name", {**same, "arbitration": body})).status == 303
    assert (await hall.begin()).arbitration == body
    for path in ("/accessibility", "/town", "/town/name"):
        assert body in await (await admin.get(path)).text()
    late = await admin.post("/town/name", {**same, "arbitration": "x" * 301})
    assert late.status == 422
    assert "at most 300 characters" in await late.text()
    assert (await admin.post("/town/name", same)).status == 303
    assert (await hall.begin()).arbitration == "", "whoever empties it means that"


async def test_a_running_bot_takes_it_over_without_a_restart(desk, admin, tmp_path) -> None:
    hall = TownHall(load(environ={"ZURUF_STATE_DIR": str(tmp_path)}), desk.home.town)
    worlds = Worlds(await hall.begin(), None, None, desk.clock, None, "", 24)  # type: ignore[arg-type]
    before = hall.due_days
    await admin.post("/town/name", {"name": "Neustadt", "contact": "", "privacy_url": ""})
    assert worlds.town.name == "Musterstadt"
    await hall.refresh(worlds)
    assert worlds.town.name == "Neustadt"
    assert hall.due_days is before


@pytest.mark.parametrize(
    ("path", "fields", "why"),
    [
        ("/town/name", {"name": ""}, "1 to 80"),
        ("/town/name", {"name": "x" * 81}, "1 to 80"),
        ("/town/name", {"name": "A", "privacy_url": "javascript:alert(1)"}, "https://"),
        ("/town/colour", {"accent": "red; background: url(x)"}, "#0b6b4f"),
        ("/town/notice", {"notice-de": "Wir freuen uns über jede Antwort. " * 6}, "too long"),
    ],
)
async def test_what_cannot_be_is_told_and_changes_nothing(desk, admin, path: str, fields, why: str) -> None:
    answer = await admin.post(path, fields)
    assert answer.status == 422
    assert why in await answer.text()
    assert await desk.home.town.version() == 0


async def test_a_changed_notice_keeps_its_length_and_asks_again(desk, admin, tmp_path) -> None:
    assert (await admin.post("/town/notice", {"notice-de": "Danke, dass Sie mitmachen."})).status == 303
    town = await bot_town(desk, tmp_path)
    assert notice_version(town) == f"{NOTICE_VERSION}.1"
    survey = Survey("x", "x" * 64, {"": "Rufbus"}, closes=desk.clock.today())
    world = World(now=desk.clock.now(), rng=random.Random(1), town=town, channel=TELEGRAM, surveys={}, forms={})
    text = notice(survey, 8, world, Voice(Language("de"), desk.clock.today()))
    assert "Danke, dass Sie mitmachen." in text
    assert len(text) <= NOTICE_LIMIT
    await admin.post("/town/notice", {"notice-de": "Danke, dass Sie mitmachen."})
    assert await desk.home.town.version() == 1  # the same sentence asks nobody
    await admin.post("/town/notice", {"notice-de": ""})
    assert notice_version(await bot_town(desk, tmp_path)) == f"{NOTICE_VERSION}.2"


async def test_a_logo_is_nothing_but_pixels(desk, admin) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (64, 32), "red").save(picture, "PNG", pnginfo=None)
    data = picture.getvalue() + b"<script>alert(1)</script>"
    assert (await upload(desk, admin, "/town/logo", "logo", data)).status == 303
    standing = await desk.home.town.newest()
    assert standing.logo is not None
    assert standing.logo.startswith(b"\xff\xd8\xff")
    assert b"script" not in standing.logo
    page = await (await admin.get("/")).text()
    source = page.partition('<img src="')[2].partition('"')[0]
    shown = await desk.client.get(source)
    assert shown.content_type == "image/jpeg"
    await upload(desk, admin, "/town/logo", "logo", b"", remove="1")
    assert (await desk.home.town.newest()).logo is None


@pytest.mark.parametrize(
    "data",
    [b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"GIF89a", b"\x89PNG\r\n\x1a\n broken", b""],
)
async def test_a_drawing_or_a_broken_file_is_refused(desk, admin, data: bytes) -> None:
    assert (await upload(desk, admin, "/town/logo", "logo", data)).status == 422
    assert await desk.home.town.version() == 0


async def test_a_file_beyond_the_limit_is_refused_before_it_is_read(desk, admin) -> None:
    assert (await upload(desk, admin, "/town/logo", "logo", b"\xff\xd8\xff" + bytes(6 * 1024 * 1024))).status == 413


async def test_offices_topics_and_categories_are_written_by_language(desk, admin, tmp_path) -> None:
    await admin.post("/town/offices", {"offices": "Bauamt\n\n  Grünflächenamt \nBauamt"})
    await admin.post(
        "/town/topics",
        {"key": ["", ""], "label-0-de": "Verkehr", "label-0-en": "Traffic", "label-1-de": "Bäume & Plätze"},
    )
    await admin.post(
        "/town/categories",
        {"key": ["roads", ""], "label-0-de": "Straßen", "office-0": "Bauamt", "located-0": "1", "label-1-de": "Lob"},
    )
    town = await bot_town(desk, tmp_path)
    assert [(topic.key, dict(topic.labels)) for topic in town.topics] == [
        ("verkehr", {"": "Verkehr", "de": "Verkehr", "en": "Traffic"}),
        ("baeume-plaetze", {"": "Bäume & Plätze", "de": "Bäume & Plätze"}),
    ]
    assert [(each.key, each.office, each.located) for each in town.categories] == [
        ("roads", "Bauamt", True),
        ("lob", "", False),
    ]
    people = await (await admin.get("/people/new")).text()
    assert people.count('name="offices" value=') == 2
    page = await (await admin.get("/town/topics")).text()
    assert 'name="key" value="verkehr"' in page


async def test_districts_are_read_from_geojson_and_anything_else_refused(desk, admin, tmp_path) -> None:
    assert (await upload(desk, admin, "/town/districts", "districts", json.dumps(SQUARE).encode())).status == 303
    town = await bot_town(desk, tmp_path)
    assert [place.name for place in town.places] == ["Nordstadt"]
    assert town.outline is not None
    kept = (await desk.home.town.newest()).changes.districts
    assert "Erika" not in kept, "only what the sandbox read is kept"
    for bad in (b"no json", b"[" * 100_000, b'{"type": "FeatureCollection"}', b"\xff\xfe\x00", b""):
        assert (await upload(desk, admin, "/town/districts", "districts", bad)).status == 422
    assert [place.name for place in (await bot_town(desk, tmp_path)).places] == ["Nordstadt"]


async def test_two_who_change_it_at_once_are_told(desk, admin) -> None:
    from storage.acts.errors import ActError
    from storage.acts.townchange import NAMED, keep, named
    from storage.townsettings import LiveTown, TownChanges

    voice = Voice(Language("en"), desk.clock.today())
    one, other = LiveTown(desk.config, desk.home.town), LiveTown(desk.config, desk.home.town)
    await one.refresh()
    await other.refresh()
    changes = named(TownChanges(), {**dict.fromkeys(NAMED, ""), "name": "A"}, desk.config.town, voice)
    await keep(desk.home.town, one, changes, None, "alma", desk.clock.today(), voice)
    with pytest.raises(ActError, match="Somebody else"):
        await keep(desk.home.town, other, changes, None, "berta", desk.clock.today(), voice)


async def test_nobody_overwrites_what_a_colleague_has_just_changed(desk) -> None:
    alma, bea = desk.as_role(Role.ADMINISTRATOR, name="alma"), desk.as_role(Role.ADMINISTRATOR, name="bea")
    seen = {"version": "0"}
    assert 'name="version" value="0"' in await (await alma.get("/town/offices")).text()
    assert (await bea.post("/town/offices", {"offices": "Bauamt", **seen})).status == 303
    late = await alma.post("/town/offices", {"offices": "Standesamt", **seen})
    page = await late.text()
    assert late.status == 422
    assert "Somebody else changed" in page
    assert "Standesamt" in page
    assert (await desk.home.town.newest()).changes.offices == ("Bauamt",)
    assert 'name="version" value="1"' in page
    assert (await alma.post("/town/offices", {"offices": "Standesamt", "version": "1"})).status == 303
    removed = await alma.post("/town/logo", {"remove": "1", "version": "0"})
    assert removed.status in {303, 422}
