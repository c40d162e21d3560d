"""A whole Zuruf with Matrix beside the web: what is said, what is kept, what a slow homeserver slows."""

from __future__ import annotations

import asyncio
import io
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
import redis.asyncio
from canary.search import files_of
from e2e.talking import BENCHES, benches, faults
from e2e.town import ROOT, Noon, publish_form, settings
from e2e.walking import Written
from e2e.webchat import web_citizen
from rich.console import Console
from servers.between import Line, Trouble, line_to
from servers.matrix_citizen import PATIENCE, citizen
from servers.synapse import Synapse

from adapters.matrix.adapter import MatrixAdapter
from bot.app import App, running
from bot.backing_up import back_up, restore
from bot.config import Config
from bot.doctor import examine
from bot.matrix import recover_matrix, show_identity
from bot.voice import terminal_voice
from privacy.retention import FILES
from storage.acts.errors import ActError

GERMAN = terminal_voice()


@pytest.fixture
async def line(synapse: Synapse) -> AsyncIterator[Line]:
    async with line_to(synapse.url) as between:
        yield between


@pytest.fixture
async def config(tmp_path: Path, valkey_url: str, line: Line, synapse: Synapse) -> Config:
    user, password = synapse.register("zuruf")
    found = settings(
        tmp_path / "state",
        valkey_url,
        None,
        ZURUF_MATRIX_HOMESERVER=line.url,
        ZURUF_MATRIX_USER=user,
        ZURUF_MATRIX_PASSWORD=password,
    )
    await publish_form(found, benches(tmp_path, BENCHES), "baenke")
    return found


async def up(app: App) -> MatrixAdapter:
    adapter = app.adapters["matrix"]
    assert isinstance(adapter, MatrixAdapter)
    async with asyncio.timeout(PATIENCE):
        await adapter.up.wait()
    return adapter


async def test_who_reads_along_is_said_truly_and_everything_kept_has_its_class(
    config: Config, synapse: Synapse
) -> None:
    async with running(config, Noon()) as app:
        await up(app)
        async with citizen(synapse, config.matrix.user) as safe, citizen(synapse, config.matrix.user) as open_:
            await safe.open_chat()
            assert "Niemand sonst kann diesen Chat mitlesen" in await safe.hears_text("Hier fragt")
            await open_.open_chat(encrypted=False)
            assert "kann diesen Chat mitlesen" in (notice := await open_.hears_text("Hier fragt"))
            assert "Niemand sonst" not in notice
        identity = await app.adapters["matrix"].identity()
        assert identity is not None
        assert identity.link == f"https://matrix.to/#/{config.matrix.user}"
        assert await app.adapters["matrix"].check() == ""
        assert faults(app) == 0
        files = [
            path.relative_to(config.state_dir).as_posix() for path in config.state_dir.rglob("*") if path.is_file()
        ]
        assert "matrix/store.sqlite" in files
        assert [file for file in files if not any(fnmatch(file, pattern) for pattern in FILES)] == []
    console = Console(file=io.StringIO(), width=200)
    await examine(config, console, GERMAN)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert config.matrix.user in shown


async def test_a_homeserver_that_takes_30_seconds_slows_no_other_channel(
    config: Config, line: Line, synapse: Synapse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.DRAIN_LIMIT", 0.2)
    async with running(config, Noon()) as app:
        await up(app)
        async with citizen(synapse, config.matrix.user) as person:
            await person.open_chat()
            await person.hears_text("Fehlt eine Bank?")
            line.fault = lambda request: Trouble(seconds=30.0) if "/send/" in request.path else None
            await person.say("ja")
            async with asyncio.timeout(20):
                while not line.count("/send/m.room.encrypted"):
                    await person.pump(200)
            async with web_citizen(app.port) as browser:
                await browser.begin("baenke")
                for answer, then in (("Ja", "Wie viele fehlen?"), ("7", "Was noch?"), ("Schatten", "Absenden")):
                    await browser.give(Written(answer))
                    await browser.until(then)
            assert line.count("/send/m.room.encrypted") < 10, "Matrix still waits"
            line.fault = lambda request: None
        assert faults(app) == 0


async def test_the_commands_show_the_identity_and_recover(
    config: Config, capsys: pytest.CaptureFixture[str], synapse: Synapse
) -> None:
    async with running(config, Noon()) as app:
        adapter = await up(app)
        before = adapter.device
    await show_identity(config, GERMAN)
    shown = capsys.readouterr().out
    assert config.matrix.user in shown
    fingerprint = shown.strip().splitlines()[-1].rpartition(": ")[2]
    (config.state_dir / "matrix" / "store.sqlite").unlink()
    await recover_matrix(config, False, GERMAN)
    said = capsys.readouterr().out
    assert fingerprint in said
    assert before not in said
    async with running(config, Noon()) as app:
        assert (await up(app)).device in said


async def test_a_backup_made_while_it_runs_is_restored_as_the_same_device(
    config: Config, synapse: Synapse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The machine is lost and comes back from its backups: whoever was in the middle goes on in the same chat."""
    folder = tmp_path / "backups"
    async with citizen(synapse, config.matrix.user) as person:
        async with running(config, Noon()) as app:
            adapter = await up(app)
            device = adapter.device
            await person.open_chat()
            await person.hears_text("Fehlt eine Bank?")
            await back_up(config, folder, GERMAN)
            await person.say("ja")
            await person.hears_text("Wie viele fehlen?")
            with pytest.raises(ActError):
                await restore(config, next(folder.glob("zuruf-matrix-*")), GERMAN)
        (backup,) = folder.glob("zuruf-matrix-*")
        assert oct(backup.stat().st_mode & 0o777) == "0o600"
        canaries = [person.user, person.room, config.matrix.user, device]
        assert [canary for canary in canaries if canary.encode() in backup.read_bytes()] == []
        store = config.state_dir / "matrix" / "store.sqlite"
        for path in store.parent.iterdir():
            path.unlink()
        await restore(config, backup, GERMAN)
        assert device in capsys.readouterr().out
        assert [path.name for path in store.parent.iterdir() if path.name != "lock"] == ["store.sqlite"]
        async with running(config, Noon()) as app:
            assert (await up(app)).device == device
            await person.say("7")
            await person.hears_text("Was noch?")
            assert faults(app) == 0


async def test_a_backup_that_the_keyring_does_not_open_replaces_nothing(config: Config, tmp_path: Path) -> None:
    async with running(config, Noon()) as app:
        await up(app)
        await back_up(config, tmp_path / "backups", GERMAN)
    (backup,) = (tmp_path / "backups").glob("zuruf-matrix-*")
    with sqlite3.connect(backup) as rows:
        rows.execute("UPDATE entries SET sealed = zeroblob(300) WHERE kind = 'login'")
    rows.close()
    store = config.state_dir / "matrix" / "store.sqlite"
    before = store.read_bytes()
    with pytest.raises(ActError, match="zuruf matrix recover"):
        await restore(config, backup, GERMAN)
    assert store.read_bytes() == before
    assert not list(store.parent.glob("*restoring*"))


@pytest.mark.timeout(300)
async def test_no_id_and_no_word_of_matrix_is_in_a_log_in_redis_or_in_a_file(
    config: Config, valkey_url: str, synapse: Synapse, tmp_path: Path
) -> None:
    """A process of its own, at its most talkative, with a message that it cannot read and a citizen who leaves."""
    section = config.matrix
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ZURUF_")},
        "ZURUF_STATE_DIR": str(config.state_dir),
        "ZURUF_REDIS_URL": valkey_url,
        "ZURUF_HTTP_PORT": "0",
        "ZURUF_MATRIX_HOMESERVER": section.homeserver,
        "ZURUF_MATRIX_USER": section.user,
        "ZURUF_MATRIX_PASSWORD": section.password,
        "ZURUF_LOG_LEVEL": "debug",
        "ZURUF_LOG_FORMAT": "json",
    }
    log = tmp_path / "log"
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=environ, cwd=ROOT, stderr=stderr
        )
    try:
        async with citizen(synapse, section.user) as person:
            await person.open_chat()
            await person.hears_text("Fehlt eine Bank?")
            await person.say("Kanarienvogel")
            await person.hears_text("Fehlt eine Bank?")
            assert person.client.olm is not None
            person.client.olm.create_outbound_group_session(person.room)
            person.client.olm.outbound_group_sessions[person.room].shared = True
            await person.say("Kanarienvogel")
            await person.hears_text("nicht entschlüsseln")
            canaries = [person.user, person.room, section.user, section.password, "Kanarienvogel", "Fehlt eine Bank"]
            async with redis.asyncio.Redis.from_url(valkey_url) as client:
                kept = [await client.dump(name) or b"" for name in await client.keys("*")]
                names = [bytes(name) for name in await client.keys("*")]
            await person.client.room_leave(person.room)
            store = config.state_dir / "matrix"
            data = b"".join([*kept, *names, *files_of(store).values(), log.read_bytes()])
    finally:
        process.terminate()
        await process.wait()
    data += log.read_bytes()
    assert b"message_unreadable" in data
    assert [canary for canary in canaries if canary.encode() in data] == []
