"""Addresses of a Redis as operators write them: redis://, rediss:// (TLS) and unix://, as redis-py takes them.

::

    redis://[[user]:password@]host[:port][/database]
    rediss://…[?ssl_ca_certs=/path/to/ca.pem]
    unix://[[user]:password@]/path/to/socket[?db=database]
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

PORT: Final = 6379
_OPTIONS: Final = {"redis": {"db"}, "rediss": {"db", "ssl_ca_certs"}, "unix": {"db"}}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server listens, and how one logs in there."""

    host: str = ""
    port: int = PORT
    path: str = ""
    """Of a unix socket; then there is no host."""
    tls: ssl.SSLContext | None = None
    login: tuple[tuple[str, ...], ...] = field(default=(), repr=False)
    """Commands that come first on every connection: password, database."""


def endpoint_of(url: str) -> Endpoint:
    """Read an address. Raises `ValueError` with what is wrong; the password is not quoted."""
    parts = urlsplit(url)
    known = _OPTIONS.get(parts.scheme)
    if known is None:
        raise ValueError("the address of Redis must begin with redis://, rediss:// or unix://")
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if unknown := sorted(options.keys() - known):
        raise ValueError(f"the address of Redis has options that are not known: {', '.join(unknown)}")
    if parts.scheme == "unix":
        return Endpoint(path=unquote(parts.path), login=_login(parts, options.get("db", "")))
    return Endpoint(
        host=parts.hostname or "localhost",
        port=parts.port or PORT,
        tls=ssl.create_default_context(cafile=options.get("ssl_ca_certs")) if parts.scheme == "rediss" else None,
        login=_login(parts, options.get("db", parts.path.strip("/"))),
    )


def _login(parts: SplitResult, database: str) -> tuple[tuple[str, ...], ...]:
    commands: list[tuple[str, ...]] = []
    if parts.password:
        user = (unquote(parts.username),) if parts.username else ()
        commands.append(("AUTH", *user, unquote(parts.password)))
    if database and not database.isdecimal():
        raise ValueError("the database in the address of Redis must be a number")
    if database.strip("0"):
        commands.append(("SELECT", database))
    return tuple(commands)
