"""Logging in and out: name and password, then the code; invitations; the password once more.

Each answer takes as long whether the name is known or not. What is right ends on the page that was asked for.
"""

from __future__ import annotations

from typing import Final

import structlog
from aiohttp import web

from desk import passwords
from desk.proving import TOO_MANY, inside, lanes, raw, wrong_proof
from desk.route import Route
from desk.sessions import COOKIE, hashed, new_token
from desk.slowing import KNOWN_COOKIE, TooManyTries, known_mark
from desk.visit import Visit
from dialogs.i18n import N_
from dialogs.roles import Right, Role
from storage.acts.staffing import NAME
from storage.people import Invitation, Login, Staff

KNOWN_SECONDS: Final = 180 * 24 * 3600
SECRET_PAGE: Final = 32 * 1024

WRONG: Final = N_("Name and password do not belong together.")
WRONG_CODE: Final = N_("This code is not right, or was used already. Take the next one that your app shows.")
BAD_NAME: Final = N_("A name has letters, digits and . - _ @ only, at most 64.")
TAKEN_NAME: Final = N_("There is somebody of this name already.")

log = structlog.get_logger()


async def login(visit: Visit) -> web.StreamResponse:
    """The first page of whoever is not logged in."""
    if visit.session is not None:
        return visit.go("/")
    next_ = inside(visit.request.query.get("next", "/"))
    return visit.page("entry/login.html", next=next_, name="", error="")


async def log_in(visit: Visit) -> web.StreamResponse:
    """Name and password were typed."""
    name, next_ = (await visit.field("name"))[:64], inside(await visit.field("next"))
    gate = visit.gate
    lane, network = lanes(visit, name)
    try:
        await gate.slowing.turn(lane, network)
    except TooManyTries:
        return visit.page("entry/login.html", 429, next=next_, name=name, error=TOO_MANY)
    found = await gate.people.login(name)
    password = await raw(visit, "password")
    if not await gate.passwords.check(found.password if found is not None else None, password) or found is None:
        gate.slowing.wrong(lane, network)
        log.info("desk_login_wrong")
        return visit.page("entry/login.html", 422, next=next_, name=name, error=WRONG)
    if gate.passwords.is_outdated(found.password):
        await gate.people.set_password(name, await gate.passwords.hash(password), visit.today)
    if gate.asks_codes and found.secret is not None:
        return visit.page("entry/code.html", pending=gate.wait(name, next_, visit.now), error="")
    return await _enter(visit, name, next_)


async def enter_code(visit: Visit) -> web.StreamResponse:
    """The code was typed."""
    token, gate = await visit.field("pending"), visit.gate
    waiting = gate.waiting(token, visit.now)
    if waiting is None:
        return visit.go("/login")
    lane, network = lanes(visit, waiting.name)
    try:
        await gate.slowing.turn(lane, network)
    except TooManyTries:
        return visit.page("entry/code.html", 429, pending=token, error=TOO_MANY)
    found: Login | None = await gate.people.login(waiting.name)
    if found is None or not await gate.takes_code(waiting.name, found, await visit.field("code"), visit.now):
        gate.slowing.wrong(lane, network)
        return visit.page("entry/code.html", 422, pending=token, error=WRONG_CODE)
    gate.done(token)
    return await _enter(visit, waiting.name, waiting.next)


async def log_out(visit: Visit) -> web.StreamResponse:
    """Ends this browser's session."""
    if visit.session is not None:
        await visit.gate.sessions.end(visit.session.hash)
    response = visit.go("/login")
    response.del_cookie(COOKIE, secure=True, httponly=True, samesite="Strict")
    return response


async def here(visit: Visit) -> web.StreamResponse:
    """Somebody is typing, or wants to stay: a page says so before the session ends (`static/desk.js`)."""
    return web.Response(status=204)


async def prove(visit: Visit) -> web.StreamResponse:
    """The password was typed again for a page that is only read."""
    next_ = inside(await visit.field("next"))
    error = await wrong_proof(visit)
    if error:
        return visit.page("entry/prove.html", 422, action="/prove", fields=[("next", next_)], error=error)
    return visit.go(next_)


# -- invitations


async def invitation(visit: Visit) -> web.StreamResponse:
    """Whoever was invited chooses a password; the first administrator also a name."""
    found = await _invitation(visit)
    if found is None:
        return visit.page("entry/invitation_over.html", 404)
    return visit.page("entry/invitation.html", name=found.name, chosen="", errors=[])


async def accept(visit: Visit) -> web.StreamResponse:
    """A password was chosen."""
    found = await _invitation(visit)
    if found is None:
        return visit.page("entry/invitation_over.html", 404)
    chosen, password = await visit.field("name"), await raw(visit, "password")
    name = found.name or chosen
    errors: list[tuple[str, str]] = []
    if not NAME.fullmatch(name):
        errors.append(("name", BAD_NAME))
    elif not found.name and await visit.home.people.get(name) is not None:
        errors.append(("name", TAKEN_NAME))
    fault = passwords.fault(password, name, visit.config.town.name)
    if fault:
        errors.append(("password", fault))
    elif password != await raw(visit, "again"):
        errors.append(("again", passwords.NOT_THE_SAME))
    if errors:
        return visit.page("entry/invitation.html", 422, name=found.name, chosen=chosen, errors=errors)
    first = None if found.name else Staff(name, frozenset({Role.ADMINISTRATOR}))
    hash_ = await visit.gate.passwords.hash(password)
    if await visit.home.people.accept(hashed(_token(visit)), first, hash_, visit.now) is None:
        return visit.page("entry/invitation_over.html", 404)
    await visit.note_as(name, "staff.first" if first is not None else "staff.accept", name)
    return await _enter(visit, name, "/")


async def _invitation(visit: Visit) -> Invitation | None:
    return await visit.home.people.invitation(hashed(_token(visit)), visit.now)


def _token(visit: Visit) -> str:
    return visit.request.match_info["token"]


# -- both


async def _enter(visit: Visit, name: str, next_: str) -> web.StreamResponse:
    """Begin a session, with a new cookie; the one that this browser had before ends."""
    if visit.session is not None:
        await visit.gate.sessions.end(visit.session.hash)
    cookie = await visit.gate.sessions.begin(name, visit.now)
    lane, network = lanes(visit, name)
    visit.gate.slowing.right(lane)
    await visit.note_as(name, "desk.login", name)
    response = visit.go(next_)
    response.set_cookie(COOKIE, cookie, secure=True, httponly=True, samesite="Strict", path="/")
    if network:  # it was not known before
        mark = known_mark(visit.gate.key, name, new_token())
        response.set_cookie(
            KNOWN_COOKIE, mark, secure=True, httponly=True, samesite="Strict", path="/", max_age=KNOWN_SECONDS
        )
    return response


ROUTES: Final = (
    Route("GET", "/login", login, None),
    Route("POST", "/login", log_in, None, most=SECRET_PAGE, secret=True),
    Route("POST", "/login/code", enter_code, None, most=SECRET_PAGE, secret=True),
    Route("POST", "/logout", log_out, most=SECRET_PAGE, secret=True, before_codes=True),
    Route("GET", "/here", here, Right.ENTER, before_codes=True),
    Route("POST", "/prove", prove, Right.ENTER, most=SECRET_PAGE, secret=True),
    Route("GET", "/invitation/{token}", invitation, None),
    Route("POST", "/invitation/{token}", accept, None, most=SECRET_PAGE, secret=True),
)
