"""The one HTTP listener: the channels' routes, `/healthz` and `/metrics`.

Requests are not logged: an access log would hold addresses of citizens' devices.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import AsyncIterator, Iterable, Sequence

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from adapters.web.headers import Protection
from bot.health import Health
from bot.metrics import CONTENT_TYPE, Metrics
from dialogs.letters import is_storable
from storage.settings import SetupError

BODY_LIMIT = 25 * 1024 * 1024  # bytes; each route has its own, smaller one
SHUTDOWN_LIMIT = 5.0  # seconds for requests under way when the process ends

log = structlog.get_logger()


def _last_resort(metrics: Metrics) -> Middleware:
    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        """A fault of ours ends as a plain 500: no traceback reaches a citizen."""
        try:
            return await handler(request)
        except web.HTTPException:
            raise
        except Exception as error:
            metrics.faults.labels("http").inc()
            log.error("request_failed", error=type(error).__name__, exc_info=error)
            return web.Response(status=500, text="Something went wrong here. Please try again in a minute.\n")

    return middleware


@web.middleware
async def _only_what_leads_somewhere(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No address holds a character that no database keeps (`dialogs/letters.py`)."""
    if not is_storable(request.path, *request.query.keys(), *request.query.values()):
        raise web.HTTPNotFound
    return await handler(request)


def application(
    routes: Iterable[web.AbstractRouteDef], health: Health, metrics: Metrics, public_url: str = ""
) -> web.Application:
    """The web application of this process."""

    async def healthz(_: web.Request) -> web.Response:
        report = await health.report()
        return web.json_response(report.as_json(), status=200 if report.works else 503)

    async def show_metrics(_: web.Request) -> web.Response:
        await health.report()
        return web.Response(body=metrics.render(), headers={"Content-Type": CONTENT_TYPE})

    protection = Protection(public_url.rstrip("/"))
    layers = [protection.middleware(), _last_resort(metrics), _only_what_leads_somewhere]
    app = web.Application(middlewares=layers, client_max_size=BODY_LIMIT)
    app.add_routes([web.get("/healthz", healthz), web.get("/metrics", show_metrics), *routes])
    return app


@contextlib.asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve while the block runs; yields the port (of use with port 0). Raises `SetupError` if it is taken."""
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=SHUTDOWN_LIMIT)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise SetupError(_why_not(error, host, port)) from None
        addresses: Sequence[tuple[str, int]] = runner.addresses
        yield addresses[0][1]
    finally:
        await runner.cleanup()


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. Set http.port (ZURUF_HTTP_PORT) to a free one."
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights. Use one above 1023 behind a proxy, or grant CAP_NET_BIND_SERVICE."
    return f"Cannot listen on {host}:{port} ({error.strerror}). Check http.host (ZURUF_HTTP_HOST)."
