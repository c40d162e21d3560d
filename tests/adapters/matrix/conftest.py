"""Accounts, the bot and a citizen at the Synapse of the session."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from servers.matrix_bot import KEY, Bot, Host, up
from servers.matrix_citizen import Citizen, citizen
from servers.synapse import Synapse

from adapters.matrix.recovery import prepare
from adapters.matrix.settings import MatrixSettings, Unencrypted
from adapters.secret import Secret


@pytest.fixture
def make_settings(synapse: Synapse, tmp_path: Path) -> Callable[..., MatrixSettings]:
    """Settings of a new account."""

    def make(unencrypted: Unencrypted = Unencrypted.OFFER, homeserver: str = "") -> MatrixSettings:
        user, password = synapse.register("bot")
        store = tmp_path / "matrix" / "store.sqlite"
        prepare(store)
        return MatrixSettings(
            homeserver=homeserver or synapse.url,
            user=user,
            password=Secret(password),
            store=store,
            key=Secret(KEY),
            display_name="Musterstadt",
            unencrypted=unencrypted,
        )

    return make


@pytest.fixture
async def bot(make_settings: Callable[..., MatrixSettings], synapse: Synapse) -> AsyncIterator[Bot]:
    async with up(make_settings(), Host(), synapse) as running:
        yield running


@pytest.fixture
async def someone(bot: Bot) -> AsyncIterator[Citizen]:
    """A citizen with an encrypted chat, not yet greeted."""
    async with citizen(bot.synapse, bot.user) as person:
        await person.open_chat()
        yield person
