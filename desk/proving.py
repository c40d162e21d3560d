"""The password, and a code, once more: before what somebody who finds an open browser must not do.

The page that asks carries what was sent, so that it goes on with that; a file is not carried and is chosen anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from aiohttp import web

from desk.route import PROVES
from desk.sessions import FRESH
from desk.slowing import KNOWN_COOKIE, TooManyTries, lane_of, network_of
from dialogs.i18n import N_

if TYPE_CHECKING:
    from desk.route import Route
    from desk.visit import Visit

PASSWORD: Final = "proof-password"  # noqa: S105  # names of fields
CODE: Final = "proof-code"
WRONG: Final = N_("That was not right. Check the password, and take a new code from your app.")
TOO_MANY: Final = N_("Too many wrong tries just now. Please wait a minute, then try again.")


async def asked_again(route: Route, visit: Visit) -> web.StreamResponse | None:
    """The page that asks for the password; None if it was typed lately, is typed now, or is not needed."""
    session = visit.session
    if session is None or visit.now - session.proved <= FRESH:
        return None
    can_prove = session.has_codes or not visit.gate.asks_codes  # whoever sets up the first codes has just logged in
    if route.right not in PROVES and not (route.proves and can_prove):
        return None
    if visit.request.method in {"GET", "HEAD"}:
        return visit.page("entry/prove.html", 403, action="/prove", fields=[("next", visit.request.path_qs)], error="")
    form = await visit.form()
    error = ""
    if PASSWORD in form:
        error = await wrong_proof(visit)
        if not error:
            return None
    return visit.page("entry/prove.html", 403, action=visit.request.path_qs, fields=carried(form), error=error)


def carried(form: Mapping[str, object]) -> list[tuple[str, str]]:
    """What was typed, for a page that sends it once more: no file, no password, no token."""
    return [
        (name, value)
        for name, value in form.items()
        if isinstance(value, str) and name not in {PASSWORD, CODE, "token"}
    ]


async def wrong_proof(visit: Visit) -> str:
    """What is wrong with the password and the code that were typed, as a msgid; '' and noted if nothing is."""
    session, gate = visit.session, visit.gate
    assert session is not None
    name = session.staff.name
    lane, network = lanes(visit, name)
    try:
        await gate.slowing.turn(lane, network)
    except TooManyTries:
        return TOO_MANY
    login = await gate.people.login(name)
    right = await gate.passwords.check(login.password if login is not None else None, await raw(visit, PASSWORD))
    if right and login is not None and gate.asks_codes:
        right = await gate.takes_code(name, login, await visit.field(CODE), visit.now)
    if not right:
        gate.slowing.wrong(lane, network)
        return WRONG
    gate.slowing.right(lane)
    await gate.sessions.prove(session, visit.now)
    return ""


def lanes(visit: Visit, name: str) -> tuple[str, str]:
    """Where a try waits: the account's lane and the network's; a known browser has a lane of its own and no network."""
    lane = lane_of(visit.gate.key, name, visit.request.cookies.get(KNOWN_COOKIE, ""))
    return lane, "" if lane != lane_of(visit.gate.key, name, "") else "network " + network_of(address_of(visit))


def address_of(visit: Visit) -> str:
    """Where a request comes from; of the header only what our own proxies wrote."""
    trusted = visit.config.desk.trusted_proxies
    lines = visit.request.headers.getall("X-Forwarded-For", [])  # some proxies add a line instead of a word
    hops: Sequence[str] = ",".join(lines).split(",")
    if trusted and len(hops) >= trusted and hops[-trusted].strip():
        return hops[-trusted].strip()
    return visit.request.remote or ""


async def raw(visit: Visit, name: str) -> str:
    """A text of the form as it was typed: a password may begin with a space."""
    value = (await visit.form()).get(name, "")
    return value if isinstance(value, str) else ""


def inside(path: str) -> str:
    """A path of the desk itself; the first page for anything that leads elsewhere."""
    if not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable():
        return "/"
    return path
