"""Who may be on the list of staff: how names are written, and that somebody is left who can invite others."""

from __future__ import annotations

import re
from typing import Final

NAME: Final = re.compile(r"[\w.@-]{1,64}")
"""As the audit log calls a person."""
