"""The language of the command line: German or English, as the operator's terminal says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime

from dialogs.i18n import Voice, best_language
from dialogs.messages import Language

STAFF_LANGUAGES = (Language("en"), Language("de"))
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""Where a terminal says its language; the first that is set counts."""


def terminal_voice(environ: Mapping[str, str] | None = None) -> Voice:
    """The voice for whoever sits at this terminal."""
    environ = os.environ if environ is None else environ
    setting = next((environ[name] for name in VARIABLES if environ.get(name)), "")
    hint = setting.split(":")[0].split(".")[0]
    return Voice(
        best_language("en" if hint in {"", "C", "POSIX"} else hint, STAFF_LANGUAGES), datetime.now().astimezone().date()
    )
