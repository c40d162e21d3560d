"""The Telegram channel: a thin shell that joins codec, wire, delivery and intake to one `base.Adapter`.

Not here: what payloads mean (`codec.py`), retries (`delivery.py`), how updates come (`polling.py`, `webhook.py`), what
Telegram shows of the bot (`profile.py`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, assert_never

import msgspec
import structlog
from aiohttp import web

from adapters.backoff import backoff
from adapters.base import Host, Identity, Outgoing, Post, Replace
from adapters.errors import Busy, ChannelError, Rejected
from adapters.inbox import Gate
from adapters.telegram.codec import (
    Call,
    Elsewhere,
    ShowPicture,
    Step,
    Upload,
    as_document,
    encode,
    photo_id,
    pushed,
    show,
)
from adapters.telegram.delivery import Delivery
from adapters.telegram.errands import Errands
from adapters.telegram.intake import Intake
from adapters.telegram.polling import LONGEST_PAUSE, Polling
from adapters.telegram.profile import introduction
from adapters.telegram.settings import TelegramSettings
from adapters.telegram.updates import ALLOWED_UPDATES
from adapters.telegram.verdicts import NoEffect, sign_of, verdict
from adapters.telegram.webhook import MAX_CONNECTIONS, Webhook
from adapters.telegram.wire import ApiError, Wire
from dialogs.capabilities import TELEGRAM, Capabilities
from dialogs.events import MediaRef, MessageRef
from dialogs.i18n import best_language, house_languages, translate
from dialogs.messages import Language, Picture
from privacy.addresses import Address

if TYPE_CHECKING:
    from adapters.telegram.rare import RareCalls

CHATS: Final = 1024
"""Places that keep one chat's messages in order, by a hash of the process: no id is kept."""
CHECK_SECONDS: Final = 5.0
PICTURES_KNOWN: Final = 32
"""Pictures of news of which Telegram's id is kept, so that they are uploaded once."""

log = structlog.get_logger()


class _Sent(msgspec.Struct):
    """Of a sent or edited message, all that is read."""

    message_id: int


class _Me(msgspec.Struct):
    username: str = ""


class _Hook(msgspec.Struct):
    url: str = ""


class _StoredFile(msgspec.Struct):
    file_path: str = ""
    file_size: int = 0


class TelegramAdapter:
    """One bot. Made in the process's event loop."""

    capabilities: Capabilities = TELEGRAM

    def __init__(self, settings: TelegramSettings, host: Host, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._host = host
        self._wire = Wire(settings)
        self._delivery = Delivery(clock)
        self._errands = Errands(self._wire, self._delivery.pace)
        gate = Gate(TELEGRAM.channel, settings.account)
        intake = Intake(host, gate, self._leave)
        self._polling = Polling(self._wire, intake, self._errands.end_spinner, self._notice, clock)
        self._webhook = Webhook(settings.webhook_secret.reveal(), intake, self._errands.end_spinner)
        self._places = [asyncio.Lock() for _ in range(CHATS)]
        self._rare: RareCalls | None = None
        self._pictures: dict[tuple[str, str], str] = {}

    def __repr__(self) -> str:
        return "<TelegramAdapter>"

    # -- in

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        if not self._settings.webhook_url:
            return ()
        return (web.post(self._settings.webhook_path, self._webhook.handle),)

    async def run(self) -> None:
        """Webhook: tell Telegram where it is, and return. Long polling: until cancelled. Raises `TokenRefused`."""
        if self._settings.webhook_url:
            await self._insist("setWebhook", {
                "url": self._settings.webhook_url,
                "secret_token": self._settings.webhook_secret.reveal(),
                "allowed_updates": ALLOWED_UPDATES,
                "max_connections": MAX_CONNECTIONS,
            })  # fmt: skip
            return
        await self._insist("deleteWebhook", {"drop_pending_updates": False})
        await self._polling.run()

    async def _insist(self, method: str, params: dict[str, object]) -> None:
        """Set up how updates come; without it the channel is deaf, so it ends only with success or a `Rejected`."""
        failures = 0
        while True:
            problem: ChannelError
            try:
                await self._wire.call(method, params)
            except ApiError as error:
                problem = verdict(error)
            except ChannelError as error:
                problem = error
            else:
                self._notice(None)
                return
            self._notice(problem)
            if not problem.retryable:
                raise problem
            failures += 1
            log.warning("setup_waits", channel="telegram", method=method, error=type(problem).__name__)
            pause = backoff(failures, LONGEST_PAUSE)
            await asyncio.sleep(max(pause, problem.retry_after) if isinstance(problem, Busy) else pause)

    def _notice(self, problem: ChannelError | None) -> None:
        """Tell the process how the line to Telegram is."""
        sign, hint = sign_of(problem)
        self._host.notice(TELEGRAM.channel, sign, hint)

    def _leave(self, elsewhere: Elsewhere) -> None:
        """Groups are no place for a citizen's answers: say so once, leave, keep nothing."""
        language = best_language(elsewhere.language_hint, house_languages())
        words = translate(
            "I only talk one to one, so that nobody else reads along. Please write to me directly. I am leaving now.",
            language,
        )
        self._errands.leave(elsewhere.chat, words if elsewhere.invited else "")

    # -- out

    async def deliver(self, to: Address, outgoing: Outgoing) -> MessageRef | None:
        chat = to.reveal()
        anchor = outgoing.message if isinstance(outgoing, Replace) else None
        async with self._places[hash(chat) % CHATS]:
            for step in encode(chat, outgoing):
                try:
                    anchor = await self._perform(chat, step) or anchor
                except NoEffect:
                    continue
        return anchor

    async def _perform(self, chat: str, step: Step) -> MessageRef | None:
        """One step, retried; the message to edit later, if it made it."""
        match step:
            case Call(method, params, anchor):
                result = await self._delivery.persist(chat, lambda: self._wire.call(method, params))
                return _sent(result) if anchor else None
            case ShowPicture(picture, _):
                file = await self._host.picture(picture)
                if file is not None:
                    await self._upload(chat, show(file, picture.alt))
                return None
            case Upload():
                await self._upload(chat, step)
                return None
            case _:
                assert_never(step)

    async def _upload(self, chat: str, upload: Upload) -> None:
        rare = await self._load_rare()
        try:
            await self._delivery.persist(chat, lambda: rare.send(chat, upload))
        except Rejected:
            if upload.method == "sendDocument":
                raise
            plain = as_document(upload)
            await self._delivery.persist(chat, lambda: rare.send(chat, plain))

    async def push(self, to: Address, post: Post) -> None:
        """One call decides: the text's, or the picture's that carries it as its caption. What follows is an extra."""
        chat = to.reveal()
        steps = pushed(encode(chat, post))
        await self._try_once(chat, steps[0])
        for step in steps[1:]:
            try:
                await self._try_once(chat, step)
            except ChannelError as error:
                log.info("push_in_part", channel="telegram", error=type(error).__name__)

    async def _try_once(self, chat: str, step: Step) -> None:
        """Raises `ChannelError`."""
        try:
            match step:
                case Call(method, params):
                    await self._wire.call(method, params)
                case ShowPicture(picture, call):
                    await self._push_picture(chat, picture, call)
                case Upload():
                    await (await self._load_rare()).send(chat, step)
        except ApiError as error:
            problem = verdict(error)
        else:
            return
        if not isinstance(problem, NoEffect):
            raise problem

    async def _push_picture(self, chat: str, picture: Picture, call: Call | None) -> None:
        """Uploaded once; then everybody gets the same file by its id."""
        known = self._pictures.get((picture.form, picture.name))
        caption = dict(call.params) if call is not None else {"chat_id": int(chat), "caption": picture.alt}
        if call is not None:
            caption["caption"] = caption.pop("text")
            caption.pop("link_preview_options", None)
        if known is not None:
            await self._wire.call("sendPhoto", {**caption, "photo": known})
            return
        file = await self._host.picture(picture)
        if file is None:
            raise Rejected("the picture is not there")
        sent = await self._wire.upload("sendPhoto", "photo", file, caption)
        photo = photo_id(sent)
        if photo:
            self._pictures[picture.form, picture.name] = photo
            while len(self._pictures) > PICTURES_KNOWN:
                del self._pictures[next(iter(self._pictures))]

    async def typing(self, to: Address) -> None:
        self._errands.typing(int(to.reveal()))

    async def fetch(self, media: MediaRef, limit: int) -> bytes:
        result = await self._delivery.persist(None, lambda: self._wire.call("getFile", {"file_id": media}))
        try:
            stored = msgspec.json.decode(result, type=_StoredFile)
        except ValueError:
            stored = _StoredFile()
        if not stored.file_path:
            raise Rejected("Telegram does not say where the file is")
        if stored.file_size > limit:
            raise Rejected("the file is larger than allowed")
        return await self._delivery.persist(None, lambda: self._wire.download(stored.file_path, limit))

    # -- the bot itself

    async def introduce(self, languages: Sequence[Language]) -> None:
        for call in introduction(languages):
            await self._delivery.persist(None, partial(self._wire.call, call.method, call.params))

    async def identity(self) -> Identity | None:
        """The bot's name, as Telegram says it."""
        result = await self._delivery.persist(None, lambda: self._wire.call("getMe", {}))
        name = msgspec.json.decode(result, type=_Me).username
        return identity_of(name) if name else None

    async def check(self) -> str:
        try:
            await self._wire.call("getMe", {}, CHECK_SECONDS)
            hook = msgspec.json.decode(await self._wire.call("getWebhookInfo", {}, CHECK_SECONDS), type=_Hook)
        except ApiError as error:
            return f"{verdict(error)}."
        except (ChannelError, ValueError) as error:
            return f"Telegram cannot be reached ({error}). Check the network and ZURUF_TELEGRAM_API_BASE."
        if self._settings.webhook_url and hook.url != self._settings.webhook_url:
            return "Telegram sends updates to another address than ZURUF_TELEGRAM_WEBHOOK_URL: start `zuruf run`."
        return ""

    async def close(self) -> None:
        await self._errands.close()
        if not self._settings.webhook_url:
            await self._polling.close()
        await self._wire.close()

    async def _load_rare(self) -> RareCalls:
        """Importing python-telegram-bot takes 0.7 s: once, beside the loop, when first needed."""
        if self._rare is None:
            make = await asyncio.to_thread(_import_rare)
            self._rare = make(self._settings, self._wire)
        return self._rare


def identity_of(username: str) -> Identity:
    """A bot of this name."""
    return Identity(f"@{username}", f"https://t.me/{username}?start={{code}}")


def _sent(result: msgspec.Raw) -> MessageRef | None:
    """The message's handle; None if Telegram does not say (it was sent, but it cannot be edited later)."""
    try:
        return MessageRef(str(msgspec.json.decode(result, type=_Sent).message_id))
    except ValueError:
        return None


def _import_rare() -> Callable[[TelegramSettings, Wire], RareCalls]:
    from adapters.telegram.rare import RareCalls

    return RareCalls
