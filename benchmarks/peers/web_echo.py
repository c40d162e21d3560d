"""A plain aiohttp server behind the chat page's two doors: what a browser posts is what its next poll brings.

Nothing is kept or checked. `python -m benchmarks.peers.web_echo PORT`
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections import defaultdict
from typing import Any

from aiohttp import web

COOKIE = "chat"
POLL_SECONDS = 25.0

_said: defaultdict[str, asyncio.Queue[dict[str, Any]]] = defaultdict(asyncio.Queue)


async def opens(request: web.Request) -> web.Response:
    answer = web.Response(status=204)
    answer.set_cookie(COOKIE, secrets.token_hex(16))
    return answer


async def sends(request: web.Request) -> web.Response:
    act = await request.json()
    text = act.get("text") or act.get("code", "")
    _said[request.cookies[COOKIE]].put_nowait({"t": "message", "part": {"text": text}})
    return web.json_response({"t": "ack"})


async def polls(request: web.Request) -> web.Response:
    hello = await request.json()
    if not hello["chat"]:
        return web.json_response([{"t": "welcome", "chat": "c", "n": 0, "resumed": False}])
    number = hello["seen"] + 1
    try:
        async with asyncio.timeout(POLL_SECONDS):
            frame = await _said[request.cookies[COOKIE]].get()
    except TimeoutError:
        return web.json_response([])
    return web.json_response([{**frame, "n": number, "ref": str(number)}])


def main(port: int) -> None:
    app = web.Application()
    app.add_routes([web.post("/chat/open", opens), web.post("/chat/send", sends), web.post("/chat/poll", polls)])
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main(int(sys.argv[1]))
