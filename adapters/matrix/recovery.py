"""Recovery from a lost store: its backup, or a new device, known as ours by the cross-signing keys of the keyring.

A lost store is not replaced in silence: whoever lost it must know, since what citizens wrote meanwhile cannot be read.
A backup goes on as the same device; that its ratchets are old is seen to in `client.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from adapters.matrix.book import Book
from adapters.matrix.client import Client
from adapters.matrix.cross_signing import CrossSigning
from adapters.matrix.crypto_store import CryptoStore
from adapters.matrix.keys import Keys
from adapters.matrix.login import DEVICE_PREFIX, sign_in, with_password
from adapters.matrix.settings import MatrixSettings
from adapters.matrix.vault import StoreLost, Vault, begin_anew

HOW: Final = "`zuruf matrix recover`"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was done."""

    device: str
    fingerprint: str
    dropped: int
    """Old devices of ours that were logged out."""


def prepare(store: Path) -> None:
    """An empty store for an account that has none yet, mode 0600 in a folder of mode 0700."""
    store.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    store.touch(mode=0o600, exist_ok=True)


def refuse_lost(settings: MatrixSettings) -> None:
    """Raises `StoreLost` if the store is gone: an empty one is made before the keyring's key (`prepare`)."""
    if not settings.store.exists():
        raise StoreLost(
            f"the Matrix store {settings.store} is gone. Put its backup back, or begin a new device with {HOW}"
        )


def put_back(settings: MatrixSettings, copy: Callable[[Path], None]) -> str:
    """A backup takes the store's place if it opens: `copy` writes it where it is told. The device's id.

    Raises `StoreInUse`, `StoreLost` (nothing was changed), what `copy` raises.
    """
    aside = settings.store.with_name(f"{settings.store.name}.restoring")
    aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    begin_anew(aside)
    try:
        copy(aside)
        vault = Vault(aside, Keys.of(settings.key, settings.user))
        login = Book(vault).login()
        if login is None or login.user != settings.user:
            vault.close()
            raise StoreLost(
                "The backup does not open: it is of another account or was sealed with another keyring's key."
                f" Without a better one begin a new device with {HOW}."
            )
        vault.become(settings.store)
    finally:
        aside.unlink(missing_ok=True)
    return login.device


def cross_signing_of(settings: MatrixSettings) -> CrossSigning:
    """The account's cross-signing keys, without asking anybody."""
    return CrossSigning.of(Keys.of(settings.key, settings.user), settings.user)


async def recover(settings: MatrixSettings, new_identity: bool) -> Recovered:
    """Begin with a new device; `new_identity` replaces cross-signing keys of another program as well.

    Raises `ChannelError`, `StoreInUse`.
    """
    begin_anew(settings.store)
    keys = Keys.of(settings.key, settings.user)
    vault = Vault(settings.store, keys)
    client = Client(settings.homeserver, settings.user, CryptoStore(vault, keys))
    client.open()
    try:
        identity = CrossSigning.of(keys, settings.user)
        await sign_in(client, Book(vault), settings, identity, replace=new_identity)
        dropped = await _drop_old(client, settings)
        assert client.device_id is not None, "just logged in"
        log.warning("recovered", channel="matrix", count=dropped)
        return Recovered(client.device_id, identity.fingerprint, dropped)
    finally:
        await client.say_goodbye()
        vault.close()


async def _drop_old(client: Client, settings: MatrixSettings) -> int:
    """Log out earlier devices of ours: what their keys could open is gone, and nobody else shall use them."""
    answer = await client.request("GET", "/devices")
    listed = answer.get("devices")
    ids = [each.get("device_id") for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    old = [id_ for id_ in ids if isinstance(id_, str) and id_.startswith(DEVICE_PREFIX) and id_ != client.device_id]
    if old:
        await with_password(client, settings, "/_matrix/client/v3/delete_devices", {"devices": old})
    return len(old)
