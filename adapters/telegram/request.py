"""python-telegram-bot's `Bot` on our own aiohttp connection: for set-up and uploads, whose methods are many and rare.

What is called for every message goes straight over `Wire` (docs/adr/0005-telegram-requests.md). This module imports
python-telegram-bot (0.7 s, 27 MB), so the adapter loads it when it first needs it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from http import HTTPStatus
from typing import Any, Final, TypeVar

import aiohttp
import msgspec
import telegram
from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData

from adapters.errors import ChannelError
from adapters.telegram.settings import TelegramSettings
from adapters.telegram.wire import ANSWER_SECONDS, UPLOAD_SECONDS, ApiError, Wire, read_reply

T = TypeVar("T")


class CallFailed(TelegramError):
    """Carries our own error through python-telegram-bot, which lets only its own kind pass unchanged."""

    def __init__(self, cause: ApiError | ChannelError) -> None:
        super().__init__(type(cause).__name__)
        self.cause = cause


class AiohttpRequest(BaseRequest):
    """How python-telegram-bot reaches the Bot API: over the adapter's `Wire`."""

    __slots__ = ("_wire",)

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @property
    def read_timeout(self) -> float:
        return ANSWER_SECONDS

    async def initialize(self) -> None:
        """The wire opens itself."""

    async def shutdown(self) -> None:
        """The wire is the adapter's to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Raises `CallFailed` for everything but a success. Time-outs are the wire's own."""
        failure: ApiError | ChannelError
        try:
            if request_data is not None and request_data.contains_files:
                status, payload = await self._wire.post(url, _form(request_data), UPLOAD_SECONDS)
            else:
                body = msgspec.json.encode(request_data.parameters if request_data else {})
                status, payload = await self._wire.post(url, body)
            read_reply(status, payload)
        except (ApiError, ChannelError) as error:
            failure = error
        else:
            return HTTPStatus.OK, payload
        raise CallFailed(failure)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Already read once by `do_request`, so it is JSON. Not the base's, which logs what it cannot read."""
        document: dict[str, Any] = msgspec.json.decode(payload)
        return document


def _form(data: RequestData) -> aiohttp.FormData:
    """`multipart/form-data` with the parameters as text and the files as bytes."""
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in data.multipart_data.items():
        form.add_field(name, content, filename=_safe_name(filename), content_type=mime)
    return form


def _safe_name(name: str) -> str:
    """A file name that cannot end the header it stands in."""
    clean = "".join(c for c in name if c.isprintable() and c not in '"\\/;')
    return clean.strip()[:_NAME_LIMIT] or "file"


_NAME_LIMIT: Final = 100  # characters of a file's name


def make_bot(settings: TelegramSettings, wire: Wire) -> telegram.Bot:
    """The `Bot`, not initialised: `initialize()` would put a refused token into its exception's text."""
    _hush()
    request = AiohttpRequest(wire)
    base = settings.api_base.rstrip("/")
    return telegram.Bot(
        settings.token.reveal(),
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=request,
        get_updates_request=request,
    )


async def ask(call: Awaitable[T]) -> T:
    """Await a method of the `Bot`. Raises `ApiError` or `ChannelError` as the wire does."""
    failure: ApiError | ChannelError
    try:
        return await call
    except CallFailed as error:
        failure = error.cause
    raise failure


def _nothing_below_info(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.INFO


def _hush() -> None:
    """At DEBUG the `Bot` logs the token, chats and texts of every call: never, whatever the root logger says."""
    for name in ("telegram.Bot", "telegram._bot", "telegram.request"):
        logger = logging.getLogger(name)
        if _nothing_below_info not in logger.filters:
            logger.addFilter(_nothing_below_info)
