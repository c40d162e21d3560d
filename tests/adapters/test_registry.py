"""Settings become channels."""

from __future__ import annotations

import subprocess
import sys

from adapters.base import Envelope, File, Host, Sign
from adapters.registry import build
from adapters.secret import Secret
from adapters.telegram.settings import TelegramSettings
from adapters.web.settings import WebSettings
from dialogs.capabilities import TELEGRAM, WEB
from dialogs.messages import Picture
from privacy.addresses import Person


class Nobody:
    async def receive(self, envelope: Envelope) -> None: ...

    async def admits(self, network: Person) -> bool: ...

    async def picture(self, picture: Picture) -> File | None: ...

    def notice(self, channel: str, sign: Sign, hint: str = "") -> None: ...


async def test_a_configured_channel_is_built_and_closed() -> None:
    host: Host = Nobody()
    adapters = build([TelegramSettings(Secret("1:abc")), WebSettings()], host)
    assert {name: adapter.capabilities for name, adapter in adapters.items()} == {"telegram": TELEGRAM, "web": WEB}
    assert list(adapters["telegram"].routes()) == []
    for adapter in adapters.values():
        await adapter.close()


def test_without_channels_there_are_none() -> None:
    assert build([], Nobody()) == {}


def test_the_slow_library_is_not_imported_to_start() -> None:
    code = "import sys, adapters.telegram.adapter; sys.exit('telegram' in sys.modules or 'httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
