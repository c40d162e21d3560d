"""Signal on loopback with a town's daemon and one that plays telephones, ready to be talked to."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import free_port
from servers.signal import daemon as daemons
from servers.signal.citizen import Citizen
from servers.signal.daemon import JAVA, PHONE, PROGRAM, Daemon
from servers.signal.service import Service, serving
from servers.signal.trust import Trust

TOWN = "+4915112345678"
CEILING = "5000"
"""Tests say more in five minutes than Signal would ever take."""


@dataclass
class Signal:
    service: Service
    town: Daemon
    phones: Daemon
    account: str
    """The town's id (ACI)."""
    url: str
    """Of the town's daemon, over HTTP."""

    async def citizen(self) -> Citizen:
        """Somebody new."""
        return await Citizen.new(self.phones, self.account)

    async def known(self) -> frozenset[str]:
        """Whom the town's daemon knows, by their ids."""
        contacts = await self.town.call("listContacts", account=TOWN, allRecipients=True)
        identities = await self.town.call("listIdentities", account=TOWN)
        return frozenset(str(one["uuid"]) for one in (*contacts, *identities))

    def settings(self) -> Mapping[str, str]:
        """For Zuruf, as the environment gives them."""
        return {
            "ZURUF_SIGNAL_ACCOUNT": TOWN,
            "ZURUF_SIGNAL_URL": f"unix:{self.town.socket}",
            "ZURUF_SIGNAL_DATA": str(self.town.data),
            "ZURUF_SIGNAL_CEILING": CEILING,
        }


@contextlib.asynccontextmanager
async def signal(folder: Path) -> AsyncIterator[Signal]:
    """The town's account is registered; its daemon listens on HTTP as well. `folder`: short, for sockets."""
    if not daemons.is_installed():
        if os.environ.get("CI") == "true":
            pytest.fail("signal-cli is not installed: make real-signal")
        pytest.skip("signal-cli is not installed: make real-signal")
    trust = Trust(folder)
    context = trust.prepare(PROGRAM, JAVA / "keytool")
    port = free_port()
    options = daemons.documented()
    async with (
        serving(trust, context) as service,
        daemons.running(service, folder / "town", options.with_(f"--http=127.0.0.1:{port}")) as town,
        daemons.running(service, folder / "phones", PHONE) as phones,
    ):
        yield Signal(service, town, phones, await town.register(TOWN), f"http://127.0.0.1:{port}")
