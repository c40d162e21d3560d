"""A plain nio bot that says back what it hears, as nio's own examples are written: the floor of what a turn costs."""

from __future__ import annotations

import asyncio
import sys
import tempfile

from nio import AsyncClient, AsyncClientConfig, InviteMemberEvent, MatrixRoom, RoomMessageText


async def main(homeserver: str, user: str, password: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        config = AsyncClientConfig(store_sync_tokens=True, encryption_enabled=True)
        client = AsyncClient(homeserver, user, store_path=folder, config=config)
        await client.login(password)

        async def invited(room: MatrixRoom, event: InviteMemberEvent) -> None:
            if event.membership == "invite" and event.state_key == client.user_id:
                await client.join(room.room_id)

        async def said(room: MatrixRoom, event: RoomMessageText) -> None:
            if event.sender != client.user_id:
                content = {"msgtype": "m.text", "body": event.body}
                await client.room_send(room.room_id, "m.room.message", content, ignore_unverified_devices=True)

        client.add_event_callback(invited, InviteMemberEvent)
        client.add_event_callback(said, RoomMessageText)
        await client.sync_forever(timeout=30_000, full_state=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
