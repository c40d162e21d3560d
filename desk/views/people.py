"""The staff: who there is, their roles and offices; inviting, sending a new link, logging out, removing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from desk.needs import Need
from desk.route import Route
from desk.sessions import hashed, new_token
from desk.visit import Visit
from dialogs.i18n import N_
from dialogs.roles import Right, Role
from privacy.retention import INVITED
from storage.acts.rolewords import ROLE_NAMES, ROLE_TASKS
from storage.acts.staffing import NAME, offices_of
from storage.people import Invitation, Staff, Standing

BAD_NAME: Final = N_("A name has letters, digits and . - _ @ only, at most 64.")
TAKEN: Final = N_("There is somebody of this name already.")
NO_ROLE: Final = N_("Choose one role at least.")
LAST_ONE: Final = N_("Somebody has to be left who can invite others: give another person the role first.")


async def everybody(visit: Visit) -> web.StreamResponse:
    """The list."""
    return visit.page("people/people.html", people=await visit.home.people.all(visit.now))


async def new(visit: Visit) -> web.StreamResponse:
    return _form(visit, None, "", frozenset(), frozenset(), [])


async def add(visit: Visit) -> web.StreamResponse:
    """Puts somebody on the list and shows their link once."""
    name = await visit.field("name")
    roles, offices = await _chosen(visit)
    errors: list[tuple[str, str]] = []
    if not NAME.fullmatch(name):
        errors.append(("name", BAD_NAME))
    elif await visit.home.people.get(name) is not None:
        errors.append(("name", TAKEN))
    if not roles:
        errors.append(("roles", NO_ROLE))
    if errors:
        return _form(visit, None, name, roles, offices, errors)
    await visit.home.people.put(Staff(name, roles, offices), visit.today)
    await visit.note("staff.put", name, " ".join(sorted(roles)))
    return await _invite(visit, name)


async def person(visit: Visit) -> web.StreamResponse:
    """One of the staff, to be changed."""
    standing = await _standing(visit)
    return _form(visit, standing, standing.staff.name, standing.staff.roles, standing.staff.offices, [])


async def change(visit: Visit) -> web.StreamResponse:
    """Other roles or offices: they hold from the next page on."""
    standing = await _standing(visit)
    roles, offices = await _chosen(visit)
    errors = [] if roles else [("roles", NO_ROLE)]
    if roles and Role.ADMINISTRATOR not in roles and await _is_last(visit, standing):
        errors.append(("roles", LAST_ONE))
    if errors:
        return _form(visit, standing, standing.staff.name, roles, offices, errors)
    name = standing.staff.name
    await visit.home.people.put(Staff(name, roles, offices, standing.staff.language), visit.today)
    await visit.note("staff.put", name, " ".join(sorted(roles)))
    return visit.go("/people", visit.voice.t("{name}: saved.", name=name))


async def invite(visit: Visit) -> web.StreamResponse:
    """A link to choose a password anew: for whoever forgot it, lost the phone, or was never here."""
    return await _invite(visit, (await _standing(visit)).staff.name)


async def log_out(visit: Visit) -> web.StreamResponse:
    """End every browser of somebody."""
    name = (await _standing(visit)).staff.name
    ended = await visit.home.people.end_all(name)
    await visit.note("staff.logout", name, str(ended))
    return visit.go(f"/people/{name}", visit.voice.t("{name} is logged out everywhere.", name=name))


async def ask_to_remove(visit: Visit) -> web.StreamResponse:
    standing = await _standing(visit)
    return visit.page("people/remove.html", name=standing.staff.name, error="")


async def remove(visit: Visit) -> web.StreamResponse:
    """From the list; what they did stays in the log."""
    standing = await _standing(visit)
    name = standing.staff.name
    if await _is_last(visit, standing):
        return visit.page("people/remove.html", 422, name=name, error=LAST_ONE)
    await visit.home.people.remove(name)
    await visit.note("staff.remove", name)
    if name == visit.staff.name:
        return visit.go("/login")
    return visit.go("/people", visit.voice.t("{name} may do nothing here any more.", name=name))


async def needs_me(visit: Visit) -> Sequence[Need]:
    """Somebody was invited and the link is over."""
    if not visit.may(Right.PEOPLE):
        return []
    people = await visit.home.people.all(visit.now)
    waiting = sum(not each.has_login and each.invited_until is None for each in people)
    if not waiting:
        return []
    words = visit.voice.n(
        "{n} person on the list of staff cannot log in yet and has no link.",
        "{n} people on the list of staff cannot log in yet and have no link.",
        waiting,
    )
    return [Need(words, "/people", visit.voice.t("See the staff"))]


# -- parts


async def _standing(visit: Visit) -> Standing:
    wanted = visit.request.match_info["name"]
    for standing in await visit.home.people.all(visit.now):
        if standing.staff.name == wanted:
            return standing
    raise web.HTTPNotFound


async def _is_last(visit: Visit, standing: Standing) -> bool:
    return (
        Role.ADMINISTRATOR in standing.staff.roles
        and standing.has_login
        and await visit.home.people.administrators() <= 1
    )


async def _chosen(visit: Visit) -> tuple[frozenset[Role], frozenset[str]]:
    form = await visit.form()
    known = set(Role)
    roles = frozenset(Role(value) for value in form.getall("roles", []) if value in known)
    offices = frozenset(value for value in form.getall("offices", []) if value in offices_of(visit.config))
    return roles, frozenset(str(office) for office in offices)


async def _invite(visit: Visit, name: str) -> web.StreamResponse:
    token = new_token()
    invitation = Invitation(name, visit.staff.name, visit.now + INVITED)
    await visit.home.people.invite(hashed(token), invitation)
    await visit.note("staff.invite", name)
    link = f"{visit.config.desk_address}/invitation/{token}"
    return visit.page("people/invited.html", name=name, link=link, until=invitation.expires.date())


def _form(
    visit: Visit,
    standing: Standing | None,
    name: str,
    roles: frozenset[Role],
    offices: frozenset[str],
    errors: Sequence[tuple[str, str]],
) -> web.StreamResponse:
    t = visit.voice.t
    known = sorted({*offices_of(visit.config), *offices})
    return visit.page(
        "people/person.html",
        422 if errors else 200,
        standing=standing,
        name=name,
        roles=[(role.value, t(ROLE_NAMES[role]), t(ROLE_TASKS[role])) for role in Role],
        chosen_roles=roles,
        offices=[(office, office) for office in known],
        chosen_offices=offices,
        errors=errors,
    )


ROUTES: Final = (
    Route("GET", "/people", everybody, Right.PEOPLE),
    Route("GET", "/people/new", new, Right.PEOPLE),
    Route("POST", "/people/new", add, Right.PEOPLE, proves=True),
    Route("GET", "/people/{name}", person, Right.PEOPLE),
    Route("POST", "/people/{name}", change, Right.PEOPLE, proves=True),
    Route("POST", "/people/{name}/invite", invite, Right.PEOPLE, proves=True),
    Route("POST", "/people/{name}/logout", log_out, Right.PEOPLE),
    Route("GET", "/people/{name}/remove", ask_to_remove, Right.PEOPLE),
    Route("POST", "/people/{name}/remove", remove, Right.PEOPLE, proves=True),
)
