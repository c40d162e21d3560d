"""One's own account: password, codes, language, browsers that are logged in."""

from __future__ import annotations

from typing import Final

import segno
from aiohttp import web

from desk import codes, passwords
from desk.pages import LANGUAGES
from desk.proving import TOO_MANY, lanes, raw
from desk.route import Route
from desk.slowing import TooManyTries
from desk.views.entry import SECRET_PAGE, WRONG_CODE
from desk.visit import Visit
from dialogs.i18n import N_
from dialogs.messages import Language
from dialogs.roles import Right

QUIET_MODULES: Final = 4
"""White around a QR code, as its standard asks."""
WRONG_PASSWORD: Final = N_("This is not your password of now.")


async def account(visit: Visit) -> web.StreamResponse:
    """Everything about oneself, and where to change it."""
    login = await visit.home.people.login(visit.staff.name)
    has_codes = login is not None and login.secret is not None
    return visit.page("account/account.html", has_codes=has_codes, chosen=visit.staff.language or visit.language)


async def choose_language(visit: Visit) -> web.StreamResponse:
    """For every browser of this person."""
    wanted = await visit.field("language")
    if wanted not in LANGUAGES:
        return visit.go("/account")
    await visit.home.people.speak(visit.staff.name, Language(wanted))
    return visit.go(f"/account?lang={wanted}")


async def password_page(visit: Visit) -> web.StreamResponse:
    return visit.page("account/password.html", errors=[])


async def change_password(visit: Visit) -> web.StreamResponse:
    """Every other browser of this person is logged out."""
    gate, name = visit.gate, visit.staff.name
    lane, network = lanes(visit, name)
    try:
        await gate.slowing.turn(lane, network)
    except TooManyTries:
        return visit.page("account/password.html", 429, errors=[("now", TOO_MANY)])
    login = await gate.people.login(name)
    if not await gate.passwords.check(login.password if login is not None else None, await raw(visit, "now")):
        gate.slowing.wrong(lane, network)
        return visit.page("account/password.html", 422, errors=[("now", WRONG_PASSWORD)])
    gate.slowing.right(lane)
    wanted = await raw(visit, "password")
    fault = passwords.fault(wanted, name, visit.config.town.name)
    if fault is None and wanted != await raw(visit, "again"):
        return visit.page("account/password.html", 422, errors=[("again", passwords.NOT_THE_SAME)])
    if fault is not None:
        return visit.page("account/password.html", 422, errors=[("password", fault)])
    await gate.people.set_password(name, await gate.passwords.hash(wanted), visit.today)
    assert visit.session is not None
    await gate.people.end_all(name, visit.session.hash)
    await visit.note("staff.password", name)
    return visit.go("/account", visit.voice.t("Your password is changed. Your other browsers are logged out."))


async def codes_page(visit: Visit) -> web.StreamResponse:
    """A picture for the app; new codes take the place of old ones once one of them was typed."""
    return _codes(visit, "")


async def set_up_codes(visit: Visit) -> web.StreamResponse:
    """The first code was typed."""
    session, gate = visit.session, visit.gate
    assert session is not None
    secret = gate.secret_for(session.hash)
    lane, network = lanes(visit, session.staff.name)
    try:
        await gate.slowing.turn(lane, network)
    except TooManyTries:
        return _codes(visit, TOO_MANY, 429)
    step = codes.step_of(secret, await visit.field("code"), visit.now)
    if step is None:
        gate.slowing.wrong(lane, network)
        return _codes(visit, WRONG_CODE, 422)
    name = session.staff.name
    await gate.people.set_secret(name, codes.sealed(gate.key, secret, name), step)
    gate.new_secrets.pop(session.hash, None)
    await gate.people.end_all(name, session.hash)
    await visit.note("staff.codes", name)
    return visit.go("/", visit.voice.t("Codes are set up. From now on you log in with your password and a code."))


def _codes(visit: Visit, error: str, status: int = 200) -> web.StreamResponse:
    assert visit.session is not None
    secret = visit.gate.secret_for(visit.session.hash)
    address = codes.address(secret, visit.staff.name, visit.config.town.name)
    spelled = address.partition("secret=")[2].partition("&")[0]
    groups = " ".join(spelled[place : place + 4] for place in range(0, len(spelled), 4))
    return visit.page(
        "account/codes.html", status, spelled=groups, modules=_modules(address), error=error,
        first=not visit.session.has_codes,
    )  # fmt: skip


def _modules(address: str) -> tuple[int, str]:
    """A QR code as the size of its square and one path of dark modules: nothing that a policy would forbid."""
    code = segno.make(address, error="m", micro=False)
    rows = [list(row) for row in code.matrix_iter(border=QUIET_MODULES)]
    dark = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    return len(rows), "".join(dark)


async def end_others(visit: Visit) -> web.StreamResponse:
    """Log out every other browser of this person."""
    assert visit.session is not None
    ended = await visit.home.people.end_all(visit.staff.name, visit.session.hash)
    said = visit.voice.n("{n} other browser is logged out.", "{n} other browsers are logged out.", ended)
    return visit.go("/account", said)


ROUTES: Final = (
    Route("GET", "/account", account, Right.ENTER),
    Route("POST", "/account/language", choose_language, Right.ENTER),
    Route("GET", "/account/password", password_page, Right.ENTER),
    Route("POST", "/account/password", change_password, Right.ENTER, most=SECRET_PAGE, secret=True),
    Route("GET", "/account/codes", codes_page, Right.ENTER, before_codes=True, proves=True),
    Route(
        "POST", "/account/codes", set_up_codes, Right.ENTER, SECRET_PAGE, before_codes=True, proves=True, secret=True
    ),
    Route("POST", "/account/browsers", end_others, Right.ENTER),
)
