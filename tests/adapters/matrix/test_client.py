"""The client without a server: what is asked of it before it is open and after it is closed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from adapters.errors import Unreachable
from adapters.matrix.client import Client
from adapters.matrix.crypto_store import CryptoStore
from adapters.matrix.keys import Keys
from adapters.matrix.vault import Vault

KEYS = Keys(bytes(range(32)), "@zuruf:town.test")
SECONDS = 1.0


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    vault = Vault(tmp_path / "store.sqlite", KEYS, lambda: 20_000)
    yield Client("http://127.0.0.1:9", "@zuruf:town.test", CryptoStore(vault, KEYS))
    vault.close()


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.request("GET", "/account/whoami"),
        lambda client: client.upload_bytes(b"data", "image/png", SECONDS),
        lambda client: client.download_bytes("town.test", "media", 10, SECONDS),
    ],
    ids=["request", "upload", "download"],
)
async def test_a_reply_that_comes_as_the_channel_ends_finds_it_unreachable(
    client: Client, call: Callable[[Client], Awaitable[object]]
) -> None:
    client.open()
    await client.say_goodbye()
    with pytest.raises(Unreachable, match="closed"):
        await call(client)
