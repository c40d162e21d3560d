"""Errors an operator or a clerk must see, each saying what to do.

SetupError          Zuruf cannot start or go on as it is set up
└── ConfigError     a setting is unknown, malformed or contradicts another
ActError            a staff act cannot be done (unknown code, survey still open, …)
"""

from __future__ import annotations


class SetupError(Exception):
    """Zuruf cannot start or go on as it is set up; the message says what to do."""


class ConfigError(SetupError):
    """A setting is unknown, malformed or contradicts another."""


class ActError(Exception):
    """A staff act cannot be done; the message says why and what to do."""
