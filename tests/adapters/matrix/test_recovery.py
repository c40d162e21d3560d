"""What is kept survives a restart and a restore; what is lost is begun anew, known as ours."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace

import pytest
from servers.matrix_bot import Host, up
from servers.matrix_citizen import Citizen, citizen
from servers.synapse import Synapse

from adapters.base import Sign
from adapters.matrix.adapter import MatrixAdapter
from adapters.matrix.login import ForeignIdentity
from adapters.matrix.recovery import cross_signing_of, recover
from adapters.matrix.settings import MatrixSettings
from adapters.matrix.vault import StoreInUse, StoreLost
from adapters.matrix.verdicts import LoginRefused
from adapters.secret import Secret
from dialogs.events import Said

Make = Callable[..., MatrixSettings]


async def queried(person: Citizen) -> dict[str, object]:
    body = {"device_keys": {person.bot: []}}
    return await asyncio.to_thread(person.synapse.call, person.client.access_token, "POST", "/keys/query", body)


async def test_a_store_that_was_put_back_goes_on_as_the_same_device_and_answers_nothing_twice(
    make_settings: Make, synapse: Synapse
) -> None:
    settings, host = make_settings(), Host()
    async with up(settings, host, synapse) as bot, citizen(synapse, bot.user) as person:
        await person.open_chat()
        await person.hears_text("1. Ja, mehrmals")
        device = bot.adapter.device
        await bot.stop()
        backup = settings.store.with_name("copy")
        shutil.copyfile(settings.store, backup)
        async with up(settings, host, synapse) as later:
            await person.say("3")
            await person.hears_text("2 von")
            await later.stop()
        backup.replace(settings.store)
        for end in ("-wal", "-shm"):
            settings.store.with_name(settings.store.name + end).unlink(missing_ok=True)
        async with up(settings, host, synapse) as again:
            assert again.adapter.device == device
            await person.say("zurück")
            await person.hears_text("1 von")
    assert [act for act in host.acts if act != Said("3")][-1] == Said("zurück")
    assert len(host.sent()) == 0


async def test_a_lost_store_is_not_replaced_in_silence(make_settings: Make, synapse: Synapse) -> None:
    settings, host = make_settings(), Host()
    settings.store.unlink()
    adapter = MatrixAdapter(settings, host)
    with pytest.raises(StoreLost, match="zuruf matrix recover"):
        await adapter.run()
    assert "zuruf matrix recover" in await adapter.check()
    assert host.signs == [Sign.BLOCKED]


async def test_a_recovered_account_has_a_new_device_that_is_signed_and_the_old_one_is_logged_out(
    make_settings: Make, synapse: Synapse
) -> None:
    settings, host = make_settings(), Host()
    async with up(settings, host, synapse) as bot, citizen(synapse, bot.user) as person:
        await person.open_chat()
        await person.hears_text("1. Ja, mehrmals")
        old = bot.adapter.device
        await bot.stop()
        settings.store.write_bytes(b"not a database at all, whatever it was" * 100)
        done = await recover(settings, new_identity=False)
        assert done.dropped == 1
        assert done.fingerprint.replace(" ", "") == cross_signing_of(settings).master.public
        keys = await queried(person)
        devices = keys["device_keys"][bot.user]  # type: ignore[index]
        assert set(devices) == {done.device} != {old}
        async with up(settings, host, synapse):
            await person.until(lambda: done.device in person.client.device_store.devices(bot.user))
            await person.say("3")
            await person.hears_text("2 von")


async def test_the_cross_signing_identity_stays_when_the_store_is_lost(make_settings: Make, synapse: Synapse) -> None:
    settings = make_settings()
    async with up(settings, Host(), synapse) as bot, citizen(synapse, bot.user) as person:
        await bot.stop()
        before = (await queried(person))["master_keys"]
        await recover(settings, new_identity=False)
        after = (await queried(person))["master_keys"]
        assert after[bot.user]["keys"] == before[bot.user]["keys"]  # type: ignore[index]


async def test_keys_of_another_program_are_replaced_only_when_told_to(make_settings: Make, synapse: Synapse) -> None:
    settings = make_settings()
    async with up(settings, Host(), synapse) as bot:
        await bot.stop()
    other = replace(settings, key=Secret("42" * 16 + "07" * 16))
    with pytest.raises(ForeignIdentity, match="--new-identity"):
        await recover(other, new_identity=False)
    done = await recover(other, new_identity=True)
    assert done.fingerprint.replace(" ", "") == cross_signing_of(other).master.public


async def test_a_session_that_the_server_ended_is_renewed_for_the_same_device(
    make_settings: Make, synapse: Synapse
) -> None:
    """An admin logged the device out, and the server forgot its keys with it; the store is as it was."""
    settings, host = make_settings(), Host()
    async with up(settings, host, synapse) as bot:
        device = bot.adapter.device
        admin, password = synapse.register("admin", admin=True)
        await asyncio.to_thread(synapse.log_out_everywhere, admin, password, bot.user)
        async with citizen(synapse, bot.user) as person:
            await person.open_chat()
            await person.hears_text("1. Ja, mehrmals")
            await person.say("3")
            await person.hears_text("2 von")
            assert bot.adapter.device == device
            signatures = (await queried(person))["device_keys"][bot.user][device]["signatures"][bot.user]  # type: ignore[index]
            assert f"ed25519:{cross_signing_of(settings).self_signing.public}" in signatures


async def test_a_wrong_password_is_said_and_blocks(make_settings: Make, synapse: Synapse) -> None:
    settings, host = replace(make_settings(), password=Secret("wrong")), Host()
    adapter = MatrixAdapter(settings, host)
    with pytest.raises(LoginRefused):
        await adapter.run()
    assert "ZURUF_MATRIX_PASSWORD" in await adapter.check()
    assert host.signs == [Sign.BLOCKED]


async def test_one_process_runs_the_channel_at_a_time(make_settings: Make, synapse: Synapse) -> None:
    settings = make_settings()
    async with up(settings, Host(), synapse):
        with pytest.raises(StoreInUse):
            await MatrixAdapter(settings, Host()).run()
        with pytest.raises(StoreInUse):
            await recover(settings, new_identity=False)


async def test_the_store_tells_nothing_but_how_many_rows_it_has(make_settings: Make, synapse: Synapse) -> None:
    settings, host = make_settings(), Host()
    async with up(settings, host, synapse) as bot, citizen(synapse, bot.user) as person:
        await person.open_chat()
        await person.hears_text("1. Ja, mehrmals")
        await person.say("KANARIENVOGEL")
        await person.hears_text("1. Ja, mehrmals")
        files = [path for path in settings.store.parent.iterdir() if path.is_file()]
        data = b"".join(path.read_bytes() for path in files)
        assert person.client.olm is not None
        secrets = [
            person.user,
            person.room,
            person.client.device_id or "",
            person.client.olm.account.identity_keys["curve25519"],
            bot.user,
            bot.adapter.device,
            "KANARIENVOGEL",
            "Ja, mehrmals",
            settings.password.reveal(),
        ]
        for secret in secrets:
            assert secret.encode() not in data
        assert {oct(path.stat().st_mode & 0o777) for path in files} == {"0o600"}
        assert oct(settings.store.parent.stat().st_mode & 0o777) == "0o700"
        counts = bot.adapter.store_counts()
        assert (counts["person"], counts["room"], counts["megolm"]) == (1, 1, 1)
        with sqlite3.connect(f"file:{settings.store}?mode=ro", uri=True) as rows:
            columns = [row[1] for row in rows.execute("PRAGMA table_info(entries)")]
        assert columns == ["kind", "name", "day", "sealed"]
