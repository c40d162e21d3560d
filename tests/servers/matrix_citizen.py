"""A citizen with a Matrix client that nobody here wrote: plain nio with its own store, end-to-end encrypted."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from nio import AsyncClient, AsyncClientConfig, MegolmEvent
from nio.crypto import encrypt_attachment
from nio.store import SqliteMemoryStore
from servers.synapse import Synapse

PATIENCE = 60.0
"""Seconds until a test gives up: a process may just be starting. What it takes is not measured here."""
ENCRYPTION = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}


class Citizen:
    """One device of one person, and the chat with the bot."""

    def __init__(self, synapse: Synapse, bot: str, stem: str = "citizen") -> None:
        self.synapse = synapse
        self.bot = bot
        self.user, self.password = synapse.register(stem)
        config = AsyncClientConfig(store=SqliteMemoryStore, encryption_enabled=True, max_limit_exceeded=3)
        self.client = AsyncClient(synapse.url, self.user, config=config)
        self.room = ""
        self.heard: list[dict[str, Any]] = []
        """What the bot said and was not asked for yet: decrypted events."""
        self.sealed: list[MegolmEvent] = []
        """What the bot said and this device could not read."""
        self.members: dict[str, str] = {}
        """Membership in the chat, by user."""
        self.receipts: list[str] = []
        self.invited: list[str] = []
        self.typing = 0

    async def login(self) -> None:
        await self.client.login(self.password)
        await self.client.keys_upload()
        await self.client.sync(timeout=0)

    async def open_chat(self, encrypted: bool = True, others: tuple[str, ...] = (), name: str = "") -> str:
        """A new chat with the bot, as clients make one; what is encrypted in it is shared with whoever is invited."""
        response = await self.client.room_create(
            is_direct=not name,
            name=name or None,
            invite=[self.bot, *others],
            initial_state=[ENCRYPTION] if encrypted else [],
        )
        self.room = response.room_id
        return self.room

    async def say(self, text: str, transaction: str = "") -> str:
        return await self.send("m.room.message", {"msgtype": "m.text", "body": text}, transaction)

    async def send(self, type_: str, content: dict[str, Any], transaction: str = "") -> str:
        await self.until(lambda: self.room in self.client.rooms)
        response = await self.client.room_send(
            self.room, type_, content, tx_id=transaction or uuid4().hex, ignore_unverified_devices=True
        )
        return str(response.event_id)

    async def edit(self, event: str, text: str) -> str:
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": event}
        content = {"msgtype": "m.text", "body": f"* {text}", "m.new_content": new, "m.relates_to": relation}
        return await self.send("m.room.message", content)

    async def vote(self, poll: str, *answers: str, stable: bool = False) -> str:
        relation = {"rel_type": "m.reference", "event_id": poll}
        if stable:
            return await self.send("m.poll.response", {"m.relates_to": relation, "m.selections": list(answers)})
        kind = "org.matrix.msc3381.poll.response"
        return await self.send(kind, {"m.relates_to": relation, kind: {"answers": list(answers)}})

    async def send_file(self, msgtype: str, name: str, mime: str, data: bytes, **more: Any) -> str:
        """Encrypted as clients do it, where the chat is."""
        secret, keys = encrypt_attachment(data)
        address = await self.upload(secret)
        content = {
            "msgtype": msgtype,
            "body": name,
            "info": {"mimetype": mime, "size": len(data)},
            "file": {**keys, "url": address},
            **more,
        }
        return await self.send("m.room.message", content)

    async def upload(self, data: bytes) -> str:
        headers = {"Authorization": f"Bearer {self.client.access_token}", "Content-Type": "application/octet-stream"}
        assert self.client.client_session is not None
        url = f"{self.synapse.url}/_matrix/media/v3/upload"
        async with self.client.client_session.post(url, data=data, headers=headers) as response:
            return str((await response.json())["content_uri"])

    async def download(self, address: str) -> bytes:
        headers = {"Authorization": f"Bearer {self.client.access_token}"}
        path = address.removeprefix("mxc://")
        assert self.client.client_session is not None
        url = f"{self.synapse.url}/_matrix/client/v1/media/download/{path}"
        async with self.client.client_session.get(url, headers=headers) as response:
            return await response.read()

    async def cross_sign(self, seed: bytes) -> None:
        """New cross-signing keys, as after a telephone was set up anew."""
        from adapters.matrix.cross_signing import CrossSigning, Signer

        signers = [Signer(hashlib.sha256(seed + bytes([number])).digest()) for number in range(3)]
        assert self.client.olm is not None
        assert self.client.device_id is not None
        body = CrossSigning(self.user, *signers).upload(self.client.device_id, self.client.olm.account.sign)
        url = f"{self.synapse.url}/_matrix/client/v3/keys/device_signing/upload"
        headers = {"Authorization": f"Bearer {self.client.access_token}"}
        assert self.client.client_session is not None
        async with self.client.client_session.post(url, json=body, headers=headers) as response:
            answer = await response.json()
        if response.status == 401:
            identifier = {"type": "m.id.user", "user": self.user}
            auth = {"type": "m.login.password", "identifier": identifier, "password": self.password}
            body = {**body, "auth": {**auth, "session": answer["session"]}}
            async with self.client.client_session.post(url, json=body, headers=headers) as response:
                assert response.status == 200, await response.text()

    # -- hearing

    async def hears(self, count: int = 1) -> list[dict[str, Any]]:
        """The next events of the bot in the chat."""
        async with asyncio.timeout(PATIENCE):
            while len(self.heard) < count:
                await self.pump()
        found, self.heard = self.heard[:count], self.heard[count:]
        return found

    async def hears_text(self, *words: str) -> str:
        """Waits for a message of the bot with all these words; its text. Earlier ones are passed over."""
        async with asyncio.timeout(PATIENCE):
            while True:
                while self.heard:
                    content = self.heard.pop(0)["content"]
                    body = str(content.get("body") or content.get("org.matrix.msc1767.text", ""))
                    if all(word in body for word in words):
                        return body
                await self.pump()

    async def hears_poll(self) -> tuple[str, dict[str, str]]:
        """Waits for a poll: its event id and its answers' ids by label."""
        kind = "org.matrix.msc3381.poll.start"
        async with asyncio.timeout(PATIENCE):
            while True:
                while self.heard:
                    event = self.heard.pop(0)
                    if event["type"] == kind:
                        answers = event["content"][kind]["answers"]
                        return event["event_id"], {each["org.matrix.msc1767.text"]: each["id"] for each in answers}
                await self.pump()

    async def until(self, what: Any) -> None:
        """Sync until `what()` holds."""
        async with asyncio.timeout(PATIENCE):
            while not what():
                await self.pump()

    async def pump(self, wait_ms: int = 2000) -> None:
        """One sync, and what a client does after it."""
        response = await self.client.sync(timeout=wait_ms)
        rooms = getattr(response, "rooms", None)
        if rooms is None:
            raise AssertionError(f"the citizen's sync failed: {response}")
        self.invited += list(rooms.invite)
        info = rooms.join.get(self.room)
        if info is not None:
            for event in [*info.state, *info.timeline.events]:
                self._note(event)
            for event in info.ephemeral:
                self._note_ephemeral(event)
        left = rooms.leave.get(self.room)
        for event in left.timeline.events if left is not None else ():
            self._note(event)
        if self.client.should_upload_keys:
            await self.client.keys_upload()
        if self.client.should_query_keys:
            await self.client.keys_query()
        if self.client.should_claim_keys:
            await self.client.keys_claim(self.client.get_users_for_key_claiming())
        await self.client.send_to_device_messages()

    def _note(self, event: Any) -> None:
        source = event.source
        if source.get("type") == "m.room.member":
            self.members[source["state_key"]] = source["content"].get("membership", "")
        elif source.get("sender") != self.bot or "state_key" in source:
            return
        elif isinstance(event, MegolmEvent):
            self.sealed.append(event)
        else:
            self.heard.append(source)

    def _note_ephemeral(self, event: Any) -> None:
        for receipt in getattr(event, "receipts", ()):
            if receipt.user_id == self.bot:
                self.receipts.append(receipt.event_id)
        self.typing += self.bot in getattr(event, "users", ())

    async def history(self) -> list[dict[str, Any]]:
        """The chat as the server has it: never decrypted."""
        path = f"/rooms/{quote(self.room)}/messages?dir=b&limit=100"
        answer = await asyncio.to_thread(self.synapse.call, self.client.access_token, "GET", path)
        chunk: list[dict[str, Any]] = answer["chunk"]
        return chunk


@contextlib.asynccontextmanager
async def citizen(synapse: Synapse, bot: str) -> AsyncIterator[Citizen]:
    """Logged in, without a chat."""
    someone = Citizen(synapse, bot)
    await someone.login()
    try:
        yield someone
    finally:
        await someone.client.close()
