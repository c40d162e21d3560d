"""The homeserver's client: nio for sync and encryption, our own requests where nio waits for ever or swallows faults.

nio repeats a request without end, marks a room's key as shared even if sharing failed, and forgets one-time keys in a
crash between upload and store; here each request has a time-out and one try, and errors are `ChannelError`s. Retries
are `delivery.py`'s and `syncing.py`'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar, cast
from urllib.parse import quote
from uuid import uuid4

import aiohttp
import msgspec
from nio import AsyncClient, AsyncClientConfig, Response
from nio.api import Api
from nio.exceptions import EncryptionError, LocalProtocolError, OlmTrustError
from nio.responses import (
    ErrorResponse,
    KeysQueryResponse,
    KeysUploadResponse,
    ShareGroupSessionResponse,
    SyncResponse,
)
from nio.rooms import MatrixRoom

from adapters.errors import Gone, Rejected, Unreachable
from adapters.matrix.crypto_store import CryptoStore
from adapters.matrix.verdicts import verdict

REQUEST_SECONDS: Final = 30.0
"""For one request that is no sync and no file."""
CONNECTIONS: Final = 100
"""To the homeserver at once."""
SYNC_GRACE_SECONDS: Final = 15.0
"""On top of what a sync may wait, until the connection is taken for dead."""
PLACES: Final = 256
"""Rooms whose key is shared one after another, by a hash of the process."""
API: Final = "/_matrix/client/v3"
READ_BYTES: Final = 64 * 1024

T = TypeVar("T", bound=Response)
Json = dict[str, Any]


class KeysQueried(KeysQueryResponse):
    """What nio reads of it, and the whole answer, for the cross-signing keys that it does not read."""

    whole: Json

    @classmethod
    def from_dict(cls, parsed_dict: Json) -> Any:
        parsed = super().from_dict(parsed_dict)
        if isinstance(parsed, cls):
            parsed.whole = parsed_dict
        return parsed


class Client(AsyncClient):
    """One device of one account."""

    def __init__(self, homeserver: str, user: str, store: CryptoStore) -> None:
        config = AsyncClientConfig(
            store=lambda *_: store,
            max_limit_exceeded=0,
            max_timeouts=0,
            request_timeout=REQUEST_SECONDS,
        )
        super().__init__(homeserver.rstrip("/"), user, store_path="sealed", config=config)
        self.client_session: aiohttp.ClientSession | None = None
        self.crypto = store
        self._began = datetime.now()  # noqa: DTZ005  (as nio dates its sessions)
        self._querying = asyncio.Lock()
        self._places = [asyncio.Lock() for _ in range(PLACES)]
        self.queried: list[Json] = []
        """Answers of `keys/query` that nobody looked at yet (`watching.py`); at most one a user that changed."""

    def open(self) -> None:
        """In the event loop, before the first request."""
        if self.client_session is None:
            timeout = aiohttp.ClientTimeout(total=REQUEST_SECONDS)
            self.client_session = aiohttp.ClientSession(
                timeout=timeout, connector=aiohttp.TCPConnector(limit=CONNECTIONS)
            )

    def _opened(self) -> aiohttp.ClientSession:
        """Raises `Unreachable` once it is closed: a reply that comes as the channel ends stays owed."""
        if self.client_session is None:
            raise Unreachable("the client is closed")
        return self.client_session

    # -- requests

    async def request(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, seconds: float = REQUEST_SECONDS
    ) -> Json:
        """One JSON request under the client API. Raises `ChannelError`."""
        status, answer = await self.exchange(method, API + path, body, seconds)
        if status >= 300:
            raise verdict(status, answer)
        return answer

    async def exchange(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, seconds: float = REQUEST_SECONDS
    ) -> tuple[int, Json]:
        """Status and body, whatever they are. Raises `Unreachable`."""
        session = self._opened()
        data = None if body is None else msgspec.json.encode(body)
        try:
            async with session.request(
                method,
                self.homeserver + path,
                data=data,
                headers=self.headers({"Content-Type": "application/json"}),
                timeout=aiohttp.ClientTimeout(total=seconds),
            ) as response:
                return response.status, _object(await response.read())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(type(error).__name__) from None

    def headers(self, others: Mapping[str, str] | None = None) -> dict[str, str]:
        """With the token: for requests only."""
        token = {"Authorization": f"Bearer {self.access_token}"} if self.access_token else {}
        return {**(others or {}), **token}

    async def ask(self, call: Awaitable[T | ErrorResponse]) -> T:
        """One of nio's own calls. Raises `ChannelError`."""
        try:
            response = await call
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(type(error).__name__) from None
        except (EncryptionError, OlmTrustError, LocalProtocolError) as error:
            raise Unreachable(type(error).__name__) from None
        if isinstance(response, ErrorResponse):
            transport = response.transport_response
            status = transport.status if transport is not None else 0
            body = {"errcode": response.status_code, "retry_after_ms": response.retry_after_ms}
            raise verdict(status, body) if status >= 300 else Unreachable("an answer that nobody can read")
        return cast(T, response)

    # -- sync

    async def next_sync(self, since: str, wait_ms: int, filters: Json) -> SyncResponse:
        """What came since, decrypted as far as keys are here. Raises `ChannelError`."""
        return await self.ask(self.sync(timeout=wait_ms, sync_filter=filters, since=since or None))

    # -- keys

    async def keys_upload(self) -> Any:
        """Our keys, stored before they are out: a crash must not lose the private half of one."""
        assert self.olm is not None
        body = self.olm.share_keys()
        self.olm.save_account()
        method, path, data = Api.keys_upload(self.access_token, body)
        return await self._send(KeysUploadResponse, method, path, data)

    async def keys_query(self) -> Any:
        method, path, data = Api.keys_query(self.access_token, set(self.users_for_key_query))
        response = await self._send(KeysQueried, method, path, data)
        if isinstance(response, KeysQueried):
            self.queried.append(response.whole)
        return response

    async def tend_keys(self) -> None:
        """What nio wants done after a sync: upload, query, heal sessions, send what it has in its box."""
        if self.should_upload_keys:
            await self.ask(self.keys_upload())
        await self.query_keys()
        if self.should_claim_keys:
            await self.ask(self.keys_claim(self.get_users_for_key_claiming()))
        for message in list(self.outgoing_to_device_messages):
            await self.ask(self.to_device(message))

    async def query_keys(self) -> None:
        """Learn the devices of whoever is new or changed."""
        async with self._querying:
            if self.should_query_keys:
                await self.ask(self.keys_query())

    def destroy_old_keys(self) -> int:
        """Of messages and of devices, in the store and in memory; returns how many rows."""
        dropped = self.crypto.drop_old()
        if dropped and self.olm is not None:
            self.olm.inbound_group_store = self.crypto.load_inbound_group_sessions()
        return dropped

    # -- sending

    async def put_event(self, room: str, encrypted: bool, type_: str, content: Json, transaction: str) -> str:
        """Send an event, the same once only under the same transaction id; its event id. Raises `ChannelError`."""
        if encrypted:
            async with self._places[hash(room) % PLACES]:
                try:
                    await self._prepare(room)
                    type_, content = self.encrypt(room, type_, content)
                except (EncryptionError, OlmTrustError, LocalProtocolError) as error:  # the room was left meanwhile
                    raise Unreachable(type(error).__name__) from None
        path = f"/rooms/{quote(room, safe='')}/send/{quote(type_, safe='')}/{quote(transaction, safe='')}"
        answer = await self.request("PUT", path, content)
        id_ = answer.get("event_id")
        if not isinstance(id_, str):
            raise Unreachable("an answer without an event id")
        return id_

    async def _prepare(self, room: str) -> None:
        """The room's members and their devices are known, and have the key that we write with."""
        if room not in self.rooms:
            self.rooms[room] = MatrixRoom(room, self.user_id, encrypted=True)
        state = self.rooms[room]
        state.encrypted = True
        if not state.members_synced:
            await self.ask(self.joined_members(room))
        await self.query_keys()
        assert self.olm is not None
        if self.olm.should_share_group_session(room):
            await self._share(room)

    async def _share(self, room: str) -> None:
        """As nio does it, but a key that did not arrive is not taken for shared, and a device that logged in beside us
        gets none."""
        assert self.olm is not None
        users = [user for user in self.rooms[room].users if user != self.user_id]
        missing = self._without_fresh_session(users)
        if missing:
            await self.ask(self.keys_claim(missing))
        if room not in self.rooms:
            raise Gone("the room was left meanwhile")
        for shared_with, messages in self.olm.share_group_session_parallel(room, users, ignore_unverified_devices=True):
            method, path, data = Api.to_device(self.access_token, "m.room.encrypted", messages, uuid4())
            await self.ask(self._send(ShareGroupSessionResponse, method, path, data, response_data=(room, shared_with)))
        self.olm.outbound_group_sessions[room].shared = True

    def _without_fresh_session(self, users: list[str]) -> dict[str, list[str]]:
        """Devices to make a session with. One from before this start is not written with: if the store was put back
        from a copy, its ratchet has moved on at the other end."""
        assert self.olm is not None
        found: dict[str, list[str]] = {}
        for user in users:
            for device in self.device_store.active_user_devices(user):
                session = self.olm.session_store.get(device.curve25519)
                is_fresh = session is not None and session.creation_time >= self._began
                if not is_fresh and device.device_id != self.device_id:
                    found.setdefault(user, []).append(device.device_id)
        return found

    # -- files

    async def upload_bytes(self, data: bytes, mime: str, seconds: float) -> str:
        """The mxc:// address. Raises `ChannelError`."""
        session = self._opened()
        try:
            async with session.post(
                f"{self.homeserver}/_matrix/media/v3/upload",
                data=data,
                headers=self.headers({"Content-Type": mime}),
                timeout=aiohttp.ClientTimeout(total=seconds),
            ) as response:
                status, answer = response.status, _object(await response.read())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(type(error).__name__) from None
        address = answer.get("content_uri")
        if status >= 300 or not isinstance(address, str):
            raise verdict(status, answer)
        return address

    async def download_bytes(self, server: str, media: str, limit: int, seconds: float) -> bytes:
        """At most `limit` bytes of a file. Raises `ChannelError`; `Rejected` if it is larger."""
        session = self._opened()
        path = f"/_matrix/client/v1/media/download/{quote(server, safe='')}/{quote(media, safe='')}"
        read = bytearray()
        try:
            async with session.get(
                self.homeserver + path,
                headers=self.headers(),
                timeout=aiohttp.ClientTimeout(total=seconds),
                allow_redirects=False,
            ) as response:
                if response.status != 200:
                    raise verdict(response.status, _object(await response.content.read(READ_BYTES)))
                async for chunk in response.content.iter_chunked(READ_BYTES):
                    read += chunk
                    if len(read) > limit:
                        raise Rejected("the file is larger than allowed")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(type(error).__name__) from None
        return bytes(read)

    async def say_goodbye(self) -> None:
        """Close the connections."""
        if self.client_session is not None:
            await self.client_session.close()
            self.client_session = None


def _object(data: bytes) -> Json:
    """The JSON object, or an empty one for anything else (a proxy's page)."""
    try:
        found = msgspec.json.decode(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
