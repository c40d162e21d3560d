"""The Signal channel: a thin shell that joins codec, line, delivery and intake to one `base.Adapter`.

Not here: what envelopes mean (`codec.py`), the line to the daemon (`http.py`, `line.py`), retries (`delivery.py`), how
fast (`pace.py`), what becomes of received files (`files.py`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final

import msgspec
import structlog
from aiohttp import web

from adapters.allowance import Allowance
from adapters.base import File, Host, Identity, Key, Occasion, Outgoing, Post
from adapters.errors import Blocked, Busy, ChannelError, Gone, Rejected
from adapters.inbox import Gate
from adapters.signal import codec, options
from adapters.signal.ballots import Ballots
from adapters.signal.delivery import Delivery
from adapters.signal.errands import Errands
from adapters.signal.files import Files
from adapters.signal.http import HttpRpc
from adapters.signal.intake import Hooks, Intake
from adapters.signal.leave import Leave
from adapters.signal.line import LineRpc
from adapters.signal.pace import Pace, Rank
from adapters.signal.profile import GROUPS, introduction
from adapters.signal.receiving import Receiving
from adapters.signal.rpc import NoAccount, Rpc
from adapters.signal.settings import SignalSettings
from adapters.signal.verdicts import Challenged, NoMethod, captcha_hint, sign_of
from dialogs.capabilities import SIGNAL, Capabilities
from dialogs.events import MediaRef, MessageRef
from dialogs.i18n import translate
from dialogs.messages import Language, Part
from privacy.addresses import Address

CHATS: Final = 1024
"""Places that keep one chat's messages in order, by a hash of the process: no id is kept."""
CHECK_SECONDS: Final = 5.0
POLLS_FROM: Final = (0, 13, 23)
"""The first signal-cli with `sendPollCreate`."""
HALF: Final = 30
"""Digits of one side's half of a safety number."""

Send = Callable[[str, codec.Call], Awaitable[int]]
"""Sends to one account; the message's time."""

log = structlog.get_logger()


class _Version(msgspec.Struct):
    version: str = ""


class _Account(msgspec.Struct):
    number: str = ""


class _Identity(msgspec.Struct, rename="camel"):
    safety_number: str = ""


class SignalAdapter:
    """One account of one daemon. Made in the process's event loop."""

    capabilities: Capabilities = SIGNAL

    def __init__(
        self,
        settings: SignalSettings,
        host: Host,
        allowance: Allowance,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._host = host
        self._rpc: Rpc = (
            HttpRpc(settings) if settings.socket_path is None and settings.tcp is None else LineRpc(settings)
        )
        self._pace = Pace(allowance, settings.ceiling, clock)
        self._delivery = Delivery(self._rpc, self._pace, self._notice, partial(host.note, SIGNAL.channel), clock)
        self._errands = Errands(self._delivery, self._pace)
        self._leave = Leave(self._delivery.forget, clock)
        self._files = Files(settings.folder, self._delivery.call)
        self._ballots = Ballots()
        hooks = Hooks(self._refuse_group, self._errands.trust)
        self.intake = Intake(host, Gate(SIGNAL.channel, settings.account), self._files, self._ballots, hooks, clock)
        self._receiving = Receiving(self._rpc, self.intake, self._greet, self._is_served, self._notice_line, clock)
        self._places = [asyncio.Lock() for _ in range(CHATS)]
        self._language = Language("de")
        self._has_polls = False
        self._challenge: str | None = None
        """The captcha that waits to be solved."""

    def __repr__(self) -> str:
        return "<SignalAdapter>"

    # -- in

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        return ()

    async def run(self) -> None:
        """Receive until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            beside = [
                tasks.create_task(self._files.sweep(), name="signal-files"),
                tasks.create_task(self._leave.run(), name="signal-leave"),
            ]
            try:
                await self._receiving.run()
            finally:
                for task in beside:
                    task.cancel()

    async def _greet(self) -> None:
        """What can the daemon do? Raises `ChannelError` if it is not there or lacks the account."""
        version = await self.version()
        self._has_polls = self._settings.polls and _numbers(version) >= POLLS_FROM
        if not await self._is_served():
            raise NoAccount
        log.info("signal_daemon", channel="signal", version=version)
        if hint := options.problem(self._rpc.started_with()):
            log.warning("signal_writes_words_down", channel="signal", hint=hint)

    async def _is_served(self) -> bool:
        """Whether the daemon serves our account. Raises `ChannelError`."""
        try:
            answer = await self._delivery.call("listAccounts", {})
        except NoMethod:
            return True  # started for a single account (-a), which it does not list
        try:
            listed = msgspec.json.decode(answer, type=list[_Account])
        except ValueError:
            return False
        return any(one.number == self._settings.account for one in listed)

    def _refuse_group(self, group: str) -> None:
        self._errands.refuse(group, translate(GROUPS, self._language))

    # -- out

    async def deliver(self, to: Address, outgoing: Outgoing) -> MessageRef | None:
        """A message in place of another goes as a new one: Signal counts an edit like a message, and says less."""
        native = to.reveal()
        pushed = isinstance(outgoing, Post) and outgoing.occasion is Occasion.PUSH
        rank = Rank.PUSH if pushed else Rank.REPLY
        async with self._places[hash(native) % CHATS]:
            try:
                return await self._post(to, native, outgoing.part, partial(self._delivery.send, rank=rank))
            except Busy as busy:
                raise self._said(busy) from None
            except Gone:
                self._errands.forget(native)
                raise

    async def push(self, to: Address, post: Post) -> None:
        """One attempt, without waiting for anything: news must not come twice. Raises `ChannelError`; `Uncertain` if it
        may have gone."""
        native = to.reveal()
        async with self._places[hash(native) % CHATS]:
            try:
                await self._post(to, native, post.part, self._delivery.push)
            except Busy as busy:
                raise self._said(busy) from None

    def _said(self, busy: Busy) -> Busy:
        """While a captcha waits, more than time is wanted, and the operator knows."""
        return busy if self._challenge is None else Blocked(busy.retry_after)

    async def _post(self, to: Address, native: str, part: Part, send: Send) -> MessageRef | None:
        poll = part.poll
        if poll is not None and self._as_poll(to, part):
            try:
                ref = _ref(await send(native, codec.poll(poll)))
            except Rejected as refused:  # its words do as well
                self._has_polls = self._has_polls and not isinstance(refused, NoMethod)
            else:
                self._ballots.asked(to, ref, poll)
                return ref
        files, captions = await self._pictures(part)
        if part.document is not None:
            files.append(File(part.document.name, part.document.mime, part.document.data))
        call = codec.message(part, files, captions)
        return _ref(await send(native, call)) if call is not None else None

    def _as_poll(self, to: Address, part: Part) -> bool:
        """A poll if it says everything in one message."""
        alone = part.poll is not None and not part.poll.before and not part.pictures and part.document is None
        return alone and self._has_polls and self._ballots.shows_polls(to)

    async def _pictures(self, part: Part) -> tuple[list[File], list[str]]:
        files, captions = [], []
        for picture in part.pictures:
            file = await self._host.picture(picture)
            if file is not None:
                files.append(file)
                captions.append(picture.alt)
        return files, captions

    async def typing(self, to: Address) -> None:
        self._errands.typing(to.reveal())

    def forget(self, to: Address) -> None:
        self._leave.take(to)

    async def fetch(self, media: MediaRef, limit: int) -> bytes:
        if not media:
            raise Rejected("the daemon did not keep the file")
        return await self._files.read(media, limit)

    # -- the account itself

    async def introduce(self, languages: Sequence[Language]) -> None:
        self._language = languages[0] if languages else self._language
        for call in introduction(self._settings, languages):
            await self._delivery.call(call.method, call.params)

    async def identity(self) -> Identity | None:
        """The account as citizens see it, with its half of every safety number once the daemon tells."""
        answer = await self._delivery.call("listIdentities", {"number": self._settings.account})
        keys = tuple((Key.SIGNAL_SAFETY_NUMBER, half) for half in _own_half(answer))
        return Identity(self._settings.account, self._settings.address, keys)

    async def version(self) -> str:
        """The daemon's. Raises `ChannelError`."""
        return _decoded(await self._delivery.call("version", {}), _Version()).version

    async def solve(self, challenge: str, captcha: str) -> None:
        """Hand an operator's solution of a captcha to Signal. Raises `ChannelError`."""
        await self._delivery.call("submitRateLimitChallenge", {"challenge": challenge, "captcha": captcha})

    async def check(self) -> str:
        if self._challenge is not None and self._pace.closed_for > 0:
            return f"{captcha_hint(self._challenge)}."
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await self.version()
                if not await self._is_served():
                    return f"{NoAccount()}."
        except TimeoutError:
            return "The signal-cli daemon does not answer in time."
        except ChannelError as error:
            return f"{error}."
        return self._files.problem() or options.problem(self._rpc.started_with())

    async def close(self) -> None:
        await self._leave.close()
        await self._errands.close()
        await self._rpc.close()

    def _notice_line(self, problem: ChannelError | None) -> None:
        """How the line to the daemon is; a captcha is not solved by it."""
        if problem is not None or self._challenge is None:
            self._notice(problem)

    def _notice(self, problem: ChannelError | None) -> None:
        """Tell the process how the channel is, and the operator what is to be done."""
        if isinstance(problem, Challenged):
            if self._challenge != problem.token:
                log.error("captcha_wanted", channel="signal", hint=captcha_hint(problem.token))
            self._challenge = problem.token
        elif problem is None:
            self._challenge = None
        sign, hint = sign_of(problem)
        self._host.notice(SIGNAL.channel, sign, hint)


def _ref(timestamp: int) -> MessageRef:
    return MessageRef(str(timestamp))


def _decoded(raw: msgspec.Raw, default: _Version) -> _Version:
    try:
        return msgspec.json.decode(raw, type=_Version)
    except ValueError:
        return default


def _numbers(version: str) -> tuple[int, ...]:
    """ "0.13.23" as numbers; () for anything else, so that nothing is taken for granted."""
    parts = version.split("-")[0].split(".")
    return tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else ()


def _own_half(answer: msgspec.Raw) -> tuple[str, ...]:
    """Our half: that of the safety number which the daemon shows of us with ourselves, where both halves are one."""
    try:
        identities = msgspec.json.decode(answer, type=list[_Identity])
    except ValueError:
        return ()
    for identity in identities:
        digits = "".join(letter for letter in identity.safety_number if letter.isdecimal())
        if len(digits) == 2 * HALF and digits[:HALF] == digits[HALF:]:
            return (digits[:HALF],)
    return ()
