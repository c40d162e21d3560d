"""A plain echo over signal-cli, by its socket or by HTTP: what one message in and one out cost at least.

Nothing is kept or checked. `python -m benchmarks.peers.signal_echo WHERE ACCOUNT`, where WHERE is a path or http://….
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from typing import Any

import aiohttp
import uvloop

LINE_LIMIT = 1024 * 1024


async def by_socket(path: str, account: str) -> None:
    reader, writer = await asyncio.open_unix_connection(path, limit=LINE_LIMIT)
    numbers = itertools.count(1)

    def call(method: str, **params: Any) -> None:
        request = {"jsonrpc": "2.0", "id": next(numbers), "method": method, "params": {"account": account, **params}}
        writer.write(json.dumps(request).encode() + b"\n")

    call("subscribeReceive")
    while line := await reader.readline():
        document = json.loads(line)
        if document.get("method") != "receive":
            continue
        envelope = document["params"]["result"]["envelope"]
        text = envelope.get("dataMessage", {}).get("message")
        if text is not None:
            call("send", recipient=[envelope["sourceUuid"]], message=text)
            await writer.drain()


async def by_http(base: str, account: str) -> None:
    numbers = itertools.count(1)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{base}/api/v1/events", params={"account": account}) as events,
    ):

        async def say(to: str, text: str) -> None:
            params = {"account": account, "recipient": [to], "message": text}
            request = {"jsonrpc": "2.0", "id": next(numbers), "method": "send", "params": params}
            async with session.post(f"{base}/api/v1/rpc", json=request) as answer:
                await answer.json()

        async with asyncio.TaskGroup() as replies:
            async for line in events.content:
                if not line.startswith(b"data:"):
                    continue
                envelope = json.loads(line[5:])["envelope"]
                text = envelope.get("dataMessage", {}).get("message")
                if text is not None:
                    replies.create_task(say(envelope["sourceUuid"], text))


if __name__ == "__main__":
    where, number = sys.argv[1:3]
    uvloop.run(by_http(where, number) if where.startswith("http") else by_socket(where, number))
