"""Why a file is not taken, and the words for it. Msgids, rendered by `dialogs/i18n.py`."""

from __future__ import annotations

from enum import StrEnum

from dialogs.forms.msgids import N_


class Problem(StrEnum):
    """What is wrong with a file."""

    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_HEAVY = "too_heavy"
    """Took more time or memory than a file may."""
    NOT_A_PHOTO = "not_a_photo"
    HEIC = "heic"
    NOT_A_VOICE = "not_a_voice"
    DAMAGED = "damaged"


TEXTS: dict[Problem, str] = {
    Problem.TOO_LARGE: N_("This file is too large. Please send one of up to 20 MB."),
    Problem.TOO_MANY_PIXELS: N_("This picture is too large. Please send it smaller, for example as a screenshot."),
    Problem.TOO_HEAVY: N_("This file could not be opened. Please send another one."),
    Problem.NOT_A_PHOTO: N_("This is no picture that I can open. Please send a photo as JPEG or PNG."),
    Problem.HEIC: N_("I cannot open this kind of picture (HEIC). Please send it as JPEG, or take a screenshot of it."),
    Problem.NOT_A_VOICE: N_("This is no voice message that I can open. Please record it here, or write your answer."),
    Problem.DAMAGED: N_("This file is damaged. Please send it once more."),
}
"""For the citizen or clerk who sent the file."""
