"""What the channels see of the process: who takes their acts, who brings pictures, what is written down of their state.

Not here: what becomes of an act (`turn.py`).
"""

from __future__ import annotations

import mimetypes

import structlog

from adapters.base import Adapter, Attended, Envelope, File, Sign
from adapters.errors import Unreachable
from bot.channel_states import ChannelStates
from bot.metrics import Metrics
from bot.newsroom import Newsroom
from bot.returned import Opening, Returned
from bot.turn import Turns
from dialogs.messages import Picture
from dialogs.news import PICTURES
from dialogs.outcomes import CHARTS
from privacy.addresses import Person
from privacy.chance import drawing
from storage.acts.library import Library
from storage.conversations import Conversations
from storage.errors import StorageError

TRACE_BYTES = 4

_trace = drawing(TRACE_BYTES)


class Host:
    """What the channels see of the process."""

    def __init__(self) -> None:
        self.adapters: dict[str, Adapter] = {}
        self.turns: Turns | None = None
        self.library: Library | None = None
        self.states: ChannelStates | None = None
        self.returned: Returned | None = None
        self.metrics: Metrics | None = None
        self.newsroom: Newsroom | None = None

    async def receive(self, envelope: Envelope) -> None:
        assert self.turns is not None, "channels run after the turns are ready"
        adapter = self.adapters[envelope.person.address.channel]
        # Random, a turn's own: what one turn logs, its replies too, can be put together, and nothing else. After a
        # failure it stays, for the line that the channel logs then.
        structlog.contextvars.bind_contextvars(trace=_trace().hex())
        await self.turns.take(adapter, envelope)
        structlog.contextvars.unbind_contextvars("trace")
        if self.returned is not None and isinstance(envelope.event, Opening) and isinstance(adapter, Attended):
            self.returned.look(envelope.person)

    async def admits(self, network: Person) -> bool:
        assert self.turns is not None, "channels run after the turns are ready"
        return await self.turns.admits(network)

    def note(self, channel: str, event: str) -> None:
        assert self.metrics is not None, "channels run after the metrics are ready"
        self.metrics.channel_events.labels(channel, event).inc()

    async def picture(self, picture: Picture) -> File | None:
        assert self.library is not None, "channels run after the library is ready"
        assert self.newsroom is not None, "and after the newsroom"
        data = await (
            self.newsroom.picture(picture.form)
            if picture.form.startswith((PICTURES, CHARTS))
            else self.library.attachment(picture.form, picture.name)
        )
        if data is None:
            return None
        mime = mimetypes.guess_type(picture.name)[0] or "application/octet-stream"
        return File(picture.name, mime, data)

    def notice(self, channel: str, sign: Sign, hint: str = "") -> None:
        if self.states is not None:
            self.states.notice(channel, sign, hint)


class Allowance:
    """What channels with a ceiling sent, counted in Redis: no restart and no second worker doubles it."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations

    async def spend(self, channel: str, most: int, seconds: int) -> float:
        try:
            return await self._conversations.spend(channel.encode(), most, seconds)
        except StorageError:
            raise Unreachable("nobody knows how many messages were sent") from None

    async def shut(self, channel: str, seconds: float) -> None:
        try:
            await self._conversations.shut(channel.encode(), seconds)
        except StorageError:
            raise Unreachable("the pause that was asked for is known to this process only") from None
