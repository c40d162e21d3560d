"""`zuruf keys …`, `zuruf backup`, `zuruf restore`, as an operator types them."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from commandline import CommandLine, Ran, plain_environment

from bot.keys import KINDS
from bot.samples import SAMPLE_SURVEY
from privacy.keyring import KeyKind, root_id
from privacy.retention import KEYS

DAYS_OF_AN_EPOCH = KEYS[KeyKind.EPOCH].limit // timedelta(days=1)  # type: ignore[operator]


Zuruf = Callable[..., Ran]


@pytest.fixture(scope="module")
def published(commands: CommandLine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with a survey."""
    folder = tmp_path_factory.mktemp("published")
    environ = {**plain_environment(), "ZURUF_STATE_DIR": str(folder / "state")}
    words = ("survey", "publish", str(SAMPLE_SURVEY), "--code", "bus", "--closes", "2999-12-31")
    assert commands.run(words, folder, environ).code == 0
    return folder / "state"


@pytest.fixture
def state(tmp_path: Path, published: Path) -> Path:
    shutil.copytree(published, tmp_path / "state")
    return tmp_path / "state"


def _root(state: Path) -> bytes:
    return (state / "keys" / "root.key").read_bytes()


def test_status_shows_kinds_and_days_and_never_a_key(zuruf: Zuruf, state: Path) -> None:
    with sqlite3.connect(state / "keys" / "keyring.sqlite") as ring:
        ring.execute("insert into keys values ('pepper/bus', zeroblob(65), '2026-01-01')")
        ring.execute("insert into keys values ('epoch/2026-01-01', zeroblob(65), '2026-01-01')")
    ring.close()
    shown = zuruf("keys", "status").out
    assert root_id(_root(state)).hex() in shown
    assert "peppers of surveys (pseudonyms)" in shown
    assert "15 January 3000" in shown  # close + 14 days, and the day after
    assert f"{1 + DAYS_OF_AN_EPOCH} January" in shown
    assert "A rotation is unfinished: 2 keys" in shown
    assert _root(state).hex() not in shown
    assert "Schlüssel der Tage (Gespräche)" in zuruf("keys", "status", LANG="de_DE.UTF-8").out


def test_every_kind_of_key_has_a_name_for_staff() -> None:
    assert set(KINDS) == set(KeyKind)


def test_a_rotation_says_what_to_do_next(zuruf: Zuruf, state: Path) -> None:
    before = _root(state)
    done = zuruf("keys", "rotate")
    assert done.code == 0
    assert _root(state) != before
    assert root_id(before).hex() in done.out
    assert "zuruf keys backup --to FOLDER" in done.out
    assert zuruf("survey", "list").code == 0


def test_records_and_keyring_are_backed_up_apart_and_come_back(zuruf: Zuruf, state: Path, tmp_path: Path) -> None:
    assert "zuruf-records-" in zuruf("backup", "--to", "records").out
    assert "zuruf-keyring-" in zuruf("keys", "backup", "--to", "ring").out
    assert "kept apart" in zuruf("keys", "backup", "--to", "records").err
    assert "beside the root key" in zuruf("backup", "--to", "state/backups").err
    (records,) = (tmp_path / "records").iterdir()
    (ring,) = (tmp_path / "ring").iterdir()
    content = records.read_bytes() + ring.read_bytes()
    assert _root(state) not in content

    (state / "zuruf.sqlite").unlink()
    assert "No survey is published yet" in zuruf("survey", "list").out
    back = zuruf("restore", str(records))
    assert back.code == 0
    assert "0 responses" in back.out
    assert "bus" in zuruf("survey", "list").out
    assert "another sort" in zuruf("restore", str(ring)).err
    for path in (state / "keys").glob("keyring.sqlite*"):
        path.unlink()
    assert "read back" in zuruf("keys", "restore", str(ring)).out


def test_shredding_needs_the_typed_name_and_leaves_nothing(zuruf: Zuruf, state: Path, tmp_path: Path) -> None:
    zuruf("keys", "backup", "--to", "ring")
    name = root_id(_root(state)).hex()
    kept = zuruf("keys", "shred", stdin="yes\n")
    assert (kept.code, "Nothing was destroyed." in kept.err) == (1, True)
    root = _root(state)
    done = zuruf("keys", "shred", stdin=f"{name}\n")
    assert done.code == 0
    assert "1 backup of the keyring removed." in done.out
    assert list((state / "keys").iterdir()) == []
    assert list((tmp_path / "ring").iterdir()) == []
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert root not in content


def test_staff_acts_on_keys_are_in_the_audit_log(zuruf: Zuruf, state: Path) -> None:
    zuruf("keys", "rotate")
    zuruf("keys", "backup", "--to", "ring")
    with sqlite3.connect(state / "zuruf.sqlite") as records:
        acts = [act for (act,) in records.execute("select act from audit order by number")]
    records.close()
    assert acts == ["survey.publish", "keys.rotate", "keys.backup"]
