"""What staff do with news: nobody approves their own, nothing is sent by accident, every act is noted and stays so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from e2e.newsdesk import ENGLISH, apply_pilot, hire, news_file
from made_tables import with_tables

from bot import auditing, broadcasting, newsscreen, pilots
from bot.config import Config, load
from bot.home import opened
from dialogs.broadcasts import Act, BroadcastId, BroadcastState
from storage.acts.errors import ActError
from storage.settings import TopicSection
from storage.sql.townsettings import SqlTownSettings
from storage.townsettings import TownChanges, TownVersion

TOPICS = '[[news.topics]]\nkey = "verkehr"\nlabel = "Verkehr"\n'


@pytest.fixture
async def config(tmp_path: Path) -> Config:
    return await town(tmp_path)


async def town(folder: Path, more: Mapping[str, str] | None = None) -> Config:
    path = folder / "zuruf.toml"
    path.write_text(TOPICS, "utf-8")
    config = load(path, {"ZURUF_STATE_DIR": str(with_tables(folder / "state")), **(more or {})})
    await hire(config)
    return config


async def drafted(config: Config, folder: Path, front: str = "") -> BroadcastId:
    return await broadcasting.draft(config, news_file(folder, "Hallo", front), 0, "anna", ENGLISH)


async def state_of(config: Config, number: BroadcastId) -> BroadcastState:
    async with opened(config) as home:
        stored = await home.broadcasts.get(number)
    assert stored is not None
    return stored.state


async def test_whoever_is_not_named_or_has_not_the_role_may_not(config: Config, tmp_path: Path) -> None:
    with pytest.raises(ActError, match="not on the list of staff"):
        await broadcasting.draft(config, news_file(tmp_path, "Hallo"), 0, "mallory", ENGLISH)
    with pytest.raises(ActError, match="needs the role editor"):
        await broadcasting.draft(config, news_file(tmp_path, "Hallo"), 0, "bert", ENGLISH)


async def test_the_author_cannot_approve(config: Config, tmp_path: Path) -> None:
    from bot.team import add
    from dialogs.roles import Role

    await add(config, "anna", [Role.EDITOR, Role.APPROVER], ENGLISH)
    number = await drafted(config, tmp_path)
    with pytest.raises(ActError, match="that cannot be done now"):
        await broadcasting.approve(config, number, "bert", "", ENGLISH)
    await broadcasting.submit(config, number, "anna", ENGLISH)
    with pytest.raises(ActError, match="somebody else approves it"):
        await broadcasting.approve(config, number, "anna", "", ENGLISH)
    await broadcasting.approve(config, number, "bert", "", ENGLISH)
    assert await state_of(config, number) is BroadcastState.APPROVED


async def test_a_clerk_who_is_alone_waits_and_confirms_and_the_log_says_so(tmp_path: Path) -> None:
    from bot.team import add
    from dialogs.roles import Role

    config = await town(tmp_path, {"ZURUF_STAFF_ALONE": "true"})
    await add(config, "anna", [Role.EDITOR, Role.APPROVER], ENGLISH)
    number = await drafted(config, tmp_path)
    await broadcasting.submit(config, number, "anna", ENGLISH)
    with pytest.raises(ActError, match="read it once more"):
        await broadcasting.approve(config, number, "anna", str(number), ENGLISH)
    async with opened(config) as home:
        await home.database.write(
            lambda connection: connection.exec_driver_sql(
                "update broadcasts set submitted = '2020-01-01 00:00:00.000000'"
            )
        )
    with pytest.raises(ActError, match="--confirm"):
        await broadcasting.approve(config, number, "anna", "", ENGLISH)
    await broadcasting.approve(config, number, "anna", str(number), ENGLISH)
    async with opened(config) as home:
        (last,) = [entry for entry in await home.audit.entries() if entry.act == "broadcast.approve"]
    assert last.detail == "by the author, alone"


async def test_a_changed_draft_must_be_submitted_again(config: Config, tmp_path: Path) -> None:
    number = await drafted(config, tmp_path)
    await broadcasting.submit(config, number, "anna", ENGLISH)
    await broadcasting.draft(config, news_file(tmp_path, "Anders"), number, "anna", ENGLISH)
    assert await state_of(config, number) is BroadcastState.DRAFT
    await broadcasting.act(config, number, Act.STOP, "bert", ENGLISH)
    with pytest.raises(ActError, match="stopped"):
        await broadcasting.submit(config, number, "anna", ENGLISH)


@pytest.mark.parametrize(
    ("front", "says"),
    [
        ('pilot = "nichts"', "no pilot"),
        ('topics = ["nichts"]', "no topic"),
        ('districts = ["nichts"]', "no district"),
        ("corrects = 9", "not there"),
        ('[question]\nkind = "survey"\nsurvey = "nichts"', "no open survey"),
        ('picture = "fehlt.jpg"\npicture_alt = "Nichts"', "cannot be read"),
    ],
)
async def test_what_a_draft_names_must_be_there(config: Config, tmp_path: Path, front: str, says: str) -> None:
    with pytest.raises(ActError, match=says):
        await drafted(config, tmp_path, front)


async def test_topics_and_districts_are_those_of_the_desk(config: Config, tmp_path: Path) -> None:
    square = {
        "properties": {"name": "Werder"},
        "geometry": {"type": "Polygon", "coordinates": [[[9, 51], [9.1, 51], [9.1, 51.1], [9, 51.1]]]},
    }
    changes = TownChanges(
        topics=(TopicSection(key="parks", label="Parks"),), districts=json.dumps({"features": [square]})
    )
    async with opened(config) as home:
        await SqlTownSettings(home.database).put(TownVersion(1, date(2026, 11, 28), "alma", changes))
    await drafted(config, tmp_path, 'topics = ["parks"]\ndistricts = ["Werder"]')
    with pytest.raises(ActError, match="There are: parks"):
        await drafted(config, tmp_path, 'topics = ["verkehr"]')


async def test_nothing_is_sent_of_a_pilot_that_lacks_anything_or_is_over(config: Config, tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text('code = "rufbus"\nname = "Rufbus"\n', "utf-8")
    await pilots.apply(config, path, "anna", ENGLISH)
    number = await drafted(config, tmp_path, 'pilot = "rufbus"')
    with pytest.raises(ActError, match="lacks: goal"):
        await broadcasting.submit(config, number, "anna", ENGLISH)
    await apply_pilot(config, tmp_path, starts="starts = 2020-01-01", ends="ends = 2020-02-01")
    with pytest.raises(ActError, match="is over"):
        await broadcasting.submit(config, number, "anna", ENGLISH)


async def test_preview_status_and_report_say_what_is_known(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await apply_pilot(config, tmp_path)
    number = await drafted(config, tmp_path, 'pilot = "rufbus"')
    capsys.readouterr()
    await newsscreen.preview(config, number, ENGLISH)
    shown = capsys.readouterr().out
    assert "Telegram" in shown
    assert "auf Probe bis" in shown
    assert "a trial until" in shown
    assert "Nobody would get it" in shown
    assert "write" in shown
    await broadcasting.act(config, number, Act.STOP, "anna", ENGLISH)
    capsys.readouterr()
    await newsscreen.report(config, number, True, ENGLISH)
    tree = json.loads(capsys.readouterr().out)
    assert (tree["state"], tree["author"], tree["people"]) == ("stopped", "anna", 0)
    assert "deliver" not in json.dumps(tree)


@pytest.mark.parametrize(
    "tampering",
    [
        "update audit set actor = 'mallory' where number = 2",
        "delete from audit where number = 2",
        "update audit set detail = detail || '.' where number = 1",
    ],
)
async def test_audit_verify_finds_any_change(config: Config, tmp_path: Path, tampering: str) -> None:
    await drafted(config, tmp_path)
    await auditing.verify(config, False, "", ENGLISH)
    async with opened(config) as home:
        await home.database.write(lambda connection: connection.exec_driver_sql(tampering))
    with pytest.raises(ActError, match="was changed"):
        await auditing.verify(config, False, "", ENGLISH)


async def test_audit_verify_finds_a_log_that_was_cut_short(config: Config, tmp_path: Path) -> None:
    await drafted(config, tmp_path)
    async with opened(config) as home:
        head = (await home.audit.heads())[-1]
        await home.database.write(
            lambda connection: connection.exec_driver_sql(
                "delete from audit where number = (select max(number) from audit)"
            )
        )
    await auditing.verify(config, False, "", ENGLISH)
    with pytest.raises(ActError, match=head):
        await auditing.verify(config, False, head, ENGLISH)
