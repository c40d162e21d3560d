"""What else can go wrong where Signal is behind a daemon (`adapters/faults.py` has the rest)."""

from __future__ import annotations

from dataclasses import dataclass

from adapters import faults
from adapters.faults import Common


@dataclass(frozen=True, slots=True)
class Captcha:
    """Signal wants a person to solve a captcha: every send fails until `submitRateLimitChallenge` brings one."""

    token: str = "1b2f7f2e-7c0d-4c0a-9d63-5a3c2d1e0f00"  # noqa: S105  (a name)
    retry_after: float = 86_400


@dataclass(frozen=True, slots=True)
class NetworkFailure:
    """The daemon could not reach Signal for this message."""


@dataclass(frozen=True, slots=True)
class IoError:
    """The daemon could not reach Signal at all (-3)."""


Fault = Common | Captcha | NetworkFailure | IoError
Faults = faults.Faults[Fault]
