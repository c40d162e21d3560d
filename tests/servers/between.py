"""A line to the homeserver that can be cut, slowed and filled with refusals: a proxy on loopback."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

Fault = Callable[[web.Request], "Trouble | None"]


@dataclass
class Trouble:
    """What happens to a request. `passes`: the homeserver gets it all the same."""

    status: int = 0
    body: dict[str, object] = field(default_factory=dict)
    cut: bool = False
    """The connection breaks before anything is done."""
    passes: bool = False
    """The request is done, and the answer is lost."""
    seconds: float = 0.0
    """The answer comes so much later."""


@dataclass
class Line:
    """`url` leads to the homeserver through `fault`, which is asked of every request."""

    url: str
    seen: list[str]
    fault: Fault = lambda request: None
    rewrite: Callable[[str, bytes], bytes] | None = None
    """Changes the body of an answer; the first argument is the request's path."""

    def count(self, part: str) -> int:
        """Requests with this in their path."""
        return sum(part in path for path in self.seen)


@contextlib.asynccontextmanager
async def line_to(homeserver: str) -> AsyncIterator[Line]:
    line = Line("", [])
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(timeout=timeout, auto_decompress=False) as session:

        async def handle(request: web.Request) -> web.StreamResponse:
            line.seen.append(f"{request.method} {request.path}")
            trouble = line.fault(request)
            body = await request.read()
            if trouble is not None and trouble.cut:
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            if trouble is not None and trouble.seconds:
                await asyncio.sleep(trouble.seconds)
            if trouble is None or trouble.passes or trouble.seconds:
                headers = {k: v for k, v in request.headers.items() if k.lower() in {"authorization", "content-type"}}
                url = f"{homeserver}{request.raw_path}"
                async with session.request(request.method, url, data=body, headers=headers) as answer:
                    data = await answer.read()
                    kind = answer.content_type
                    status = answer.status
            if trouble is not None and trouble.passes:
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            if trouble is not None and trouble.status:
                return web.json_response(trouble.body, status=trouble.status)
            if line.rewrite is not None:
                data = line.rewrite(request.path, data)
            return web.Response(body=data, status=status, content_type=kind)

        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        line.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield line
        finally:
            await runner.cleanup()
