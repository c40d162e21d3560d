"""On what a survey may be held: what the card of a survey says, and the words for citizens.

Not here: what is stored and for how long (`promises.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from dialogs.forms.msgids import N_


class Basis(StrEnum):
    """The legal basis (Art. 6 GDPR)."""

    CONSENT = "consent"
    PUBLIC_TASK = "public-task"


BASES: Final[Mapping[Basis, str]] = {
    Basis.CONSENT: N_("The town may do this because you agree (Art. 6 (1) (a) GDPR). You do not have to take part."),
    Basis.PUBLIC_TASK: N_(
        "The town may do this because it is one of its tasks to ask (Art. 6 (1) (e) GDPR and the data protection law of"
        " the state). You do not have to take part."
    ),
}
