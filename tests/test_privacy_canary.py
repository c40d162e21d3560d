"""The attack: citizens whose every value is unique go through all that there is; then everything that was written down
anywhere is searched for them, in every disguise.

Zuruf runs as a process of its own, logging at debug level, with a Redis that keeps RDB and append-only file and whose
line is tapped; the desk runs beside it. Nothing of an address may be found anywhere, nothing that somebody said may be
readable; what was erased, and what is over, opens with no key that is left. Its parts are in `tests/canary`: who takes
part (`people.py`), what they do (`telegram_and_web.py`, `phones.py`), what staff do (`staff.py`, `deskwalk.py`) and see
(`deskseen.py`), where it is looked (`written.py`), how (`search.py`), what still opens (`sealed.py`), who can be linked
(`linking.py`), what time leaves (`forgetting.py`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from canary.desk import Walk, staffed
from canary.deskseen import assert_everything_was_walked, assert_nobody_was_shown_what_they_may_not_see
from canary.deskwalk import the_desk_closes_and_publishes, the_desk_reads_and_writes
from canary.forgetting import nothing_is_older_than_its_limit
from canary.linking import assert_unlinkable
from canary.phones import Homeserver
from canary.scene import OFFICIAL
from canary.sealed import (
    assert_nothing_erased_opens,
    assert_the_copy_opens_with_the_keys,
    copied,
    nothing_opens_after_the_grace,
)
from canary.search import disguises, nowhere, self_check
from canary.staff import (
    backed_up,
    backups_and_papers_hold_nothing,
    restored,
    staff_see_no_address,
    the_town_writes,
    told,
)
from canary.telegram_and_web import erase
from canary.town import acted
from canary.written import assert_everything_was_there, written_down
from conftest import FIGURE, missing, short_folder
from servers import synapse as servers

FULL = os.environ.get("ZURUF_TEST_SCALE") == "full"
CROWD = int(os.environ.get("ZURUF_CANARIES", "200" if FULL else "60"))
WHOLE = Walk(40 if FULL else 4, themes=True)
QUICK = Walk(2, themes=False)
FEW = 18
"""The fewest of whom there are some of each sort."""
LEAVE = 4
"""People who delete what they sent."""


def test_the_search_finds_what_is_planted() -> None:
    self_check()


async def attack(
    folder: Path,
    environ: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    many: int,
    homeserver: Homeserver | None = None,
    walk: Walk | None = WHOLE,
) -> str:
    """The whole life: talking, reading over shoulders, erasing, closing, publishing, restoring, forgetting. `walk`: how
    much of the desk staff see; None: they use the command line alone. Returns what was measured."""
    telegram_count, web_count = many * 2 // 3, many - many * 2 // 3
    async with acted(folder, environ, telegram_count, web_count, homeserver) as (scene, tapped):
        await the_town_writes(scene, capsys)
        await told(scene)
        addresses, words = scene.addresses(), scene.words() | dict.fromkeys(disguises(OFFICIAL), "words of staff")
        async with staffed(scene, walk) if walk is not None else nullcontext() as desk:
            if desk is not None:
                await the_desk_reads_and_writes(desk)
            places = await written_down(scene, bytes(tapped))
            assert_everything_was_there(scene, places)
            nowhere(places, addresses | words)

            before, backup = await copied(scene.config, scene.server), await backed_up(scene)
            await assert_the_copy_opens_with_the_keys(scene, before)
            gone = [number for number in scene.citizens if number % 5 not in {0, 1}][:LEAVE]
            for number in gone:
                await erase(scene, number)
            await assert_nothing_erased_opens(scene, before, gone)
            linked = await assert_unlinkable(scene, before)

            if desk is not None:
                await the_desk_closes_and_publishes(desk)
                assert_nobody_was_shown_what_they_may_not_see(desk, addresses)
                assert_everything_was_walked(desk)
        places |= await written_down(scene, bytes(tapped))
        nowhere(places, addresses | words)
    if backup is not None:
        await restored(scene, backup)
        await assert_nothing_erased_opens(scene, before, gone)
    await staff_see_no_address(scene, capsys)
    await backups_and_papers_hold_nothing(scene)
    await nothing_opens_after_the_grace(scene, before, len(gone))
    await nothing_is_older_than_its_limit(scene)
    people = [len(scene.people), len(scene.signals), len(scene.matrix)]
    searched = sum(map(len, places.values())) // 1_000_000
    seen = f", {len(desk.seen)} pages of the desk" if desk is not None else ""
    return (
        f"{people[0]} people on Telegram and the web, {people[1]} on Signal, {people[2]} on Matrix: 0 canaries in"
        f" {len(places)} places of {searched} MB{seen}; {linked}"
    )


@pytest.mark.timeout(300)
async def test_nothing_of_a_citizen_is_found_anywhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await attack(tmp_path, {}, capsys, FEW, walk=QUICK)


@pytest.mark.timeout(300)
async def test_nothing_of_a_citizen_is_found_in_postgresql(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], new_postgres_database: Callable[[], str]
) -> None:
    await attack(tmp_path, {"ZURUF_DATABASE_URL": new_postgres_database()}, capsys, FEW, walk=None)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("of", ["sqlite", "postgres"])
async def test_nothing_of_a_crowd_is_found(
    of: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    """`make attack`: two hundred, on Matrix, too. Synapse takes its time."""
    made = {} if of == "sqlite" else {"ZURUF_DATABASE_URL": request.getfixturevalue("new_postgres_database")()}
    if not FULL:
        record_property(FIGURE, f"{of}: {await attack(tmp_path, made, capsys, CROWD)}")
        return
    if not servers.is_installed():
        missing("Synapse (make .venv-synapse)")
    with short_folder() as folder, servers.running(folder) as synapse:
        user, password = synapse.register("zuruf")
        made |= {
            "ZURUF_MATRIX_HOMESERVER": synapse.url,
            "ZURUF_MATRIX_USER": user,
            "ZURUF_MATRIX_PASSWORD": password,
        }
        told = await attack(tmp_path, made, capsys, CROWD, Homeserver(synapse, user))
        record_property(FIGURE, f"{of}: {told}")
