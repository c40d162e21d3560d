"""The desk put together: routes, pages, sessions over an opened home."""

from __future__ import annotations

from aiohttp import web

from desk.config import DeskConfig
from desk.gate import Gate
from desk.home import Home
from desk.middleware import Door, protection
from desk.pages import Pages, logo_path
from desk.passwords import Passwords
from desk.routes import ROUTES
from desk.sessions import Sessions
from desk.slowing import Slowing
from desk.workshop import workshop
from dialogs.looks.assets import FOREVER
from storage.clock import Clock
from storage.townsettings import LiveTown


def create_app(
    config: DeskConfig,
    home: Home,
    clock: Clock,
    sessions: Sessions | None = None,
    passwords: Passwords | None = None,
    slowing: Slowing | None = None,
) -> web.Application:
    """The application; what comes after `clock` is for tests."""
    pages = Pages(config.town.accent)
    gate = Gate(
        home.people,
        sessions or Sessions(home.people),
        passwords or Passwords(),
        slowing if slowing is not None else Slowing(),
        home.desk_key,
        config.desk.codes,
    )
    door = Door(home, LiveTown(config, home.town), clock, pages, gate)
    app = web.Application(middlewares=[protection(config.desk_address, door.nothing)])
    app.cleanup_ctx.append(workshop)
    for route in ROUTES:
        app.router.add_route(route.method, route.path, door.handler(route))

    async def logo(request: web.Request) -> web.Response:
        data = door.live.standing.logo
        if not data or logo_path(data) != request.path:
            raise web.HTTPNotFound
        return web.Response(body=data, content_type="image/jpeg", headers={"Cache-Control": FOREVER})

    async def static(request: web.Request) -> web.Response:
        asset = pages.assets.find(request.match_info["path"])
        if asset is None or request.match_info["version"] != pages.assets.version:
            raise web.HTTPNotFound
        response = web.Response(body=asset.data, content_type=asset.mime, headers={"Cache-Control": FOREVER})
        if asset.mime.startswith("text/"):
            response.enable_compression()  # pages are not: they hold the token of forms beside words that were typed
        return response

    app.router.add_get("/static/logo/{mark}.jpg", logo)
    app.router.add_get("/static/{version}/{path:.+}", static)
    return app
