"""Staff: inviting, changing, a new link, logging out, removing; the log that tells of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from e2e.deskdoor import GOOD, Browser, set_up

from desk.actwords import ACT_WORDS
from desk.views.queue import DONE
from dialogs.broadcasts import Act
from dialogs.roles import Role
from storage.drafts import DraftAct

ACT: Final = re.compile(r'"([a-z]+\.[a-z_]+)"')


async def test_an_administrator_invites_somebody_who_then_has_exactly_these_roles(desk) -> None:
    admin = desk.as_role(Role.ADMINISTRATOR, name="alma")
    shown = await admin.post("/people/new", {"name": "anna", "roles": ["editor", "reader"]})
    link = re.search(r"/invitation/[\w-]+", await shown.text())
    assert link is not None
    assert (await Browser(desk).post(link[0], password=GOOD, again=GOOD)).headers["Location"] == "/"
    member = await desk.home.people.get("anna")
    assert member.roles == {Role.EDITOR, Role.READER}
    acts = [(entry.actor, entry.act, entry.subject) for entry in await desk.home.audit.entries()]
    assert acts[:2] == [("alma", "staff.put", "anna"), ("alma", "staff.invite", "anna")]


async def test_a_link_is_shown_once_and_kept_as_a_hash(desk) -> None:
    admin = desk.as_role(Role.ADMINISTRATOR)
    shown = await admin.post("/people/new", {"name": "anna", "roles": "editor"})
    link = re.search(r"/invitation/([\w-]+)", await shown.text())
    assert link is not None
    for path in ("/people", "/people/anna", "/audit"):
        assert link[1] not in await (await admin.get(path)).text()
    for file in desk.home.state.glob("*.sqlite*"):
        assert link[1].encode() not in file.read_bytes()


async def test_names_and_roles_are_checked_and_nothing_typed_is_lost(desk) -> None:
    admin = desk.as_role(Role.ADMINISTRATOR, name="alma")
    for fields, why in (
        ({"name": "two words", "roles": "editor"}, "letters, digits"),
        ({"name": "alma", "roles": "editor"}, "somebody of this name"),
        ({"name": "anna"}, "one role at least"),
        ({"name": "anna", "roles": "emperor"}, "one role at least"),
    ):
        answer = await admin.post("/people/new", fields)
        page = await answer.text()
        assert answer.status == 422
        assert why in page
        assert f'value="{fields["name"]}"' in page
    assert await desk.home.people.get("anna") is None


async def test_a_role_that_is_taken_away_is_gone_with_the_next_page(desk) -> None:
    admin, anna = desk.as_role(Role.ADMINISTRATOR), desk.as_role(Role.EDITOR, Role.ADMINISTRATOR, name="anna")
    assert (await anna.get("/people")).status == 200
    await admin.post("/people/anna", {"roles": "editor"})
    assert (await anna.get("/people")).status == 403


async def test_somebody_is_left_who_can_invite(desk) -> None:
    admin = desk.as_role(Role.ADMINISTRATOR, name="alma")
    for path, fields in (("/people/alma", {"roles": "reader"}), ("/people/alma/remove", {})):
        answer = await admin.post(path, fields)
        assert answer.status == 422
        assert "has to be left" in await answer.text()
    desk.as_role(Role.ADMINISTRATOR, name="berta")
    assert (await admin.post("/people/alma/remove")).headers["Location"] == "/login"
    assert (await admin.get("/")).headers["Location"] == "/login?next=/"


async def test_a_new_link_sets_password_and_codes_anew_and_ends_what_was(desk) -> None:
    anna, _ = await set_up(desk)
    admin = desk.as_role(Role.ADMINISTRATOR)
    shown = await admin.post("/people/anna/invite")
    assert (await anna.get("/account")).status == 200  # until it is used
    link = re.search(r"/invitation/[\w-]+", await shown.text())
    assert link is not None
    new = "regen trommelt aufs dach"
    again = Browser(desk)
    await again.post(link[0], password=new, again=new)
    assert (await anna.get("/account")).status == 303
    assert (await again.get("/")).headers["Location"] == "/account/codes"
    assert (await Browser(desk).post("/login", name="anna", password=GOOD)).status == 422


async def test_an_administrator_ends_the_browsers_of_another(desk) -> None:
    anna, _ = await set_up(desk)
    await desk.as_role(Role.ADMINISTRATOR).post("/people/anna/logout")
    assert (await anna.get("/")).headers["Location"] == "/login?next=/"


async def test_the_first_page_says_that_somebody_cannot_log_in(desk) -> None:
    from storage.people import Staff

    admin = desk.as_role(Role.ADMINISTRATOR)
    assert "Nothing at present" in await (await admin.get("/")).text()
    await desk.home.people.put(Staff("anna", frozenset({Role.EDITOR})), desk.clock.today())
    assert "1 person on the list of staff cannot log in" in await (await admin.get("/")).text()
    assert "cannot log in" not in await (await desk.as_role(Role.EDITOR).get("/")).text()


async def test_the_log_is_shown_in_pages_by_person_and_act(desk) -> None:
    admin = desk.as_role(Role.ADMINISTRATOR, name="alma")
    for number in range(60):
        await admin.post("/people/new", {"name": f"person{number}", "roles": "reader"})
    first = await (await admin.get("/audit")).text()
    assert "person59" in first
    assert "person0<" not in first
    older = re.search(r'href="(/audit\?before=\d+)"', first)
    assert older is not None
    assert "person40" not in await (await admin.get("/audit?before=20")).text()
    assert first.count("<li value=") == 50
    only = await (await admin.get("/audit?who=alma&act=staff.invite")).text()
    assert "sent a link to" in only
    assert "</strong> gave roles" not in only
    assert "Nothing of the kind" in await (await admin.get("/audit?who=nobody")).text()


async def test_the_log_is_verified_and_a_change_is_told(desk) -> None:
    admin = desk.as_role(Role.ADMINISTRATOR, name="alma")
    await admin.post("/people/new", {"name": "anna", "roles": "reader"})
    page = await (await admin.get("/audit/verify")).text()
    assert "2 entries, none changed" in page
    (head,) = re.findall(r"<code>([0-9a-f]{32})</code>", page)
    assert "none changed" in await (await admin.get(f"/audit/verify?head={head}")).text()
    assert "not in it any more" in await (await admin.get(f"/audit/verify?head={'0' * 32}")).text()
    await desk.home.database.write(
        lambda connection: connection.exec_driver_sql("update audit set subject = 'bert' where number = 1")
    )
    assert "The log was changed" in await (await admin.get("/audit/verify")).text()


def test_every_act_that_is_noted_has_words_in_the_log() -> None:
    root = Path(__file__).parents[2]
    sources = [path.read_text() for folder in ("desk", "bot", "storage/acts") for path in (root / folder).rglob("*.py")]
    calls = re.compile(r"(?:note|note_as|_note|AuditEntry)\(((?:[^()]|\([^()]*\))*)\)")
    noted = {act for source in sources for call in calls.findall(source) for act in ACT.findall(call)}
    noted |= {f"text.{state}" for state in DONE} | {f"survey.{act}" for act in (DraftAct.DISCARD, DraftAct.RESTORE)}
    noted |= {f"broadcast.{act}" for act in (Act.PAUSE, Act.RESUME, Act.STOP)}
    noted |= {f"themes.{act}" for act in ("name", "merge", "split", "dissolve")}
    assert len(noted) > 60
    assert noted - set(ACT_WORDS) == set()
