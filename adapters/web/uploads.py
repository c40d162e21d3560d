"""Photos and voice messages on their way from a browser into a turn: read with a bound, held in memory under a
`MediaRef` that lives as long as the turn, then forgotten. Nothing is written to disk, nothing is looked into here
(`storage/sandbox.py` decodes).
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from aiohttp import web

from adapters.errors import Rejected, Unreachable
from adapters.web import settings
from dialogs.events import MediaKind, MediaRef


@dataclass(frozen=True, slots=True)
class Accepted:
    """One sort of upload: as what it counts and how large it may be (bytes)."""

    kind: MediaKind
    limit: int


_BY_TYPE: Mapping[str, Accepted] = {
    "image": Accepted(MediaKind.PHOTO, settings.PHOTO_LIMIT),
    "audio": Accepted(MediaKind.VOICE, settings.VOICE_LIMIT),
    "video": Accepted(MediaKind.VIDEO, settings.FILE_LIMIT),
}
_ANY_OTHER = Accepted(MediaKind.FILE, settings.FILE_LIMIT)


class TooLarge(Exception):
    """The body is larger than its sort may be."""


def accepted(mime: str) -> Accepted:
    """What a body of this type counts as. Whether a question takes it is for the dialogue to say."""
    return _BY_TYPE.get(mime.partition("/")[0].strip().lower(), _ANY_OTHER)


async def read(request: web.Request, limit: int) -> bytes:
    """The whole body, at most `limit` bytes. Raises `TooLarge` as soon as it is known, `TimeoutError` if it hangs."""
    if (request.content_length or 0) > limit:
        raise TooLarge
    body = bytearray()
    async with asyncio.timeout(settings.UPLOAD_SECONDS):
        async for chunk in request.content.iter_chunked(64 * 1024):
            body += chunk
            if len(body) > limit:
                raise TooLarge
    return bytes(body)


class Uploads:
    """What waits for its turn to fetch it."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(settings.UPLOADS_AT_ONCE)
        self._by_ref: dict[MediaRef, bytes] = {}

    def __len__(self) -> int:
        return len(self._by_ref)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """One of the places for uploads at once. Raises `TimeoutError` if none gets free in time."""
        async with asyncio.timeout(settings.UPLOAD_WAIT):
            await self._places.acquire()
        try:
            yield
        finally:
            self._places.release()

    @contextmanager
    def hold(self, data: bytes) -> Iterator[MediaRef]:
        """Keep the bytes for the length of one turn."""
        ref = MediaRef(secrets.token_urlsafe(12))
        self._by_ref[ref] = data
        try:
            yield ref
        finally:
            del self._by_ref[ref]

    def fetch(self, ref: MediaRef, limit: int) -> bytes:
        """The bytes. Raises `Unreachable` when the turn is over, `Rejected` if there are more than `limit`."""
        data = self._by_ref.get(ref)
        if data is None:
            raise Unreachable("the upload is gone")
        if len(data) > limit:
            raise Rejected("the upload is larger than asked for")
        return data
