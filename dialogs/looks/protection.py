"""What every page says to the browser for its reader's protection, on the citizens' web and at the desk alike: a strict
Content-Security-Policy and its kin.

Values only. Not here: putting them on answers (`adapters/web/headers.py`, `desk/middleware.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

STRICT_TRANSPORT_SECURITY: Final = "max-age=31536000"
"""A year, as ASVS 3.4.1 asks."""


def content_security_policy(trusted_types: str, *more: str) -> str:
    """Nothing but our own files, no inline style or script, no frame. `trusted_types`: the one policy that may make
    markup of text, or 'none'. `more`: further directives."""
    directives = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "font-src 'self'",
        *more,
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        f"trusted-types {trusted_types}",
    )
    return "; ".join(directives)


def headers_of(policy: str, address: str, sensors: str = "") -> Mapping[str, str]:
    """The headers. `address`: over https the browser is told to come back over https only. `sensors`: who may ask for
    position and microphone, as Permissions-Policy lists them: "self", or nobody."""
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": f"geolocation=({sensors}), microphone=({sensors}), camera=(), payment=(), usb=()",
    }
    if address.lower().startswith("https://"):
        headers["Strict-Transport-Security"] = STRICT_TRANSPORT_SECURITY
    return headers
