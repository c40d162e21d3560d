"""What a browser sent: forms as views may use them, and addresses that can lead somewhere.

The one place where characters that no database keeps are taken out (`dialogs/letters.py`). Not here: whether the desk
sent the form (`middleware.py`).
"""

from __future__ import annotations

from typing import Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import MultiDict, MultiDictProxy

from dialogs.letters import is_storable, storable

FormValue = str | bytes | bytearray | web.FileField
_READ: Final = web.RequestKey("form", MultiDictProxy)


async def form_of(request: web.Request) -> MultiDictProxy[FormValue]:
    """Read once. Raises `HTTPBadRequest` for what is no form in the letters that it names."""
    if _READ in request:
        return request[_READ]
    try:
        posted = await request.post()
    except (
        ValueError,
        LookupError,
        HttpProcessingError,
    ):  # broken parts; another encoding than it says, or none at all
        raise web.HTTPBadRequest from None
    form: MultiDict[FormValue] = MultiDict()
    for name, value in posted.items():
        form.add(storable(name), _storable(value))
    request[_READ] = MultiDictProxy(form)
    return MultiDictProxy(form)


def _storable(value: FormValue) -> FormValue:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, web.FileField):
        named = storable(value.name), storable(value.filename)
        return web.FileField(*named, value.file, value.content_type, value.headers)
    return value


def leads_nowhere(request: web.Request) -> bool:
    """Whether a character of its address can stand in nothing that is stored."""
    query = request.query
    return not is_storable(request.path, *query.keys(), *query.values())
