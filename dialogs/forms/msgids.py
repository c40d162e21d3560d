"""Marks texts for translation inside `dialogs/forms/`, which imports nothing of the rest of the core.

Not here: translation itself (`dialogs/i18n.py`). A text marked with `N_` is found by `pybabel extract -k N_`,
kept as a msgid in a value, and rendered later in the reader's language.
"""

from __future__ import annotations


def N_(msgid: str) -> str:  # the name that gettext's tools look for
    """Return `msgid` unchanged; the call marks it for the catalogues."""
    return msgid
