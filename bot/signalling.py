"""What an operator does by hand about the Signal channel, beside a running process: the daemon serves both."""

from __future__ import annotations

from rich.console import Console

from adapters.allowance import OwnAllowance
from adapters.base import Envelope, File, Sign
from adapters.errors import ChannelError, Unreachable
from adapters.signal.adapter import SignalAdapter
from bot.channel_settings import signal_settings
from bot.config import Config
from dialogs.i18n import Voice
from dialogs.messages import Picture
from privacy.addresses import Person
from storage.settings import SetupError

PREFIX = "signalcaptcha://"


class Nobody:
    """A host that serves no citizen, while a command or the doctor talks to the daemon."""

    async def receive(self, envelope: Envelope) -> None:
        raise AssertionError("a command receives nothing")

    async def admits(self, network: Person) -> bool:
        return True

    async def picture(self, picture: Picture) -> File | None:
        return None

    def notice(self, channel: str, sign: Sign, hint: str = "") -> None:
        """Whoever asks, asks the adapter itself."""

    def note(self, channel: str, event: str) -> None:
        """Nothing is counted."""


async def solve_captcha(config: Config, challenge: str, solution: str, voice: Voice) -> None:
    """Raises `SetupError` with what to do."""
    settings = signal_settings(config)
    if settings is None:
        raise SetupError(voice.t("Signal is off: no account is set (signal.account, ZURUF_SIGNAL_ACCOUNT)."))
    if not solution.startswith(PREFIX):
        raise SetupError(
            voice.t("The solution begins with signalcaptcha:// : copy the link of “Open Signal” on the captcha's page.")
        )
    adapter = SignalAdapter(settings, Nobody(), OwnAllowance())
    try:
        await adapter.solve(challenge, solution)
    except Unreachable as error:
        raise SetupError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
    except ChannelError:
        raise SetupError(
            voice.t("Signal did not take the solution: it is valid for minutes and once only. Solve a new captcha.")
        ) from None
    finally:
        await adapter.close()
    Console().print(voice.t("Signal took it. What is owed goes out within five minutes."))
