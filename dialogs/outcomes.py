"""What became of a survey: what we heard, what we do, what we do not do, and why. Said on its page and to who asked.

Not here: its file (`bot/outcomefile.py`), who is told (`storage/sql/audiences.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dialogs.broadcasts import Audience, Broadcast, Picture, Text
from dialogs.i18n import Voice
from dialogs.messages import Language
from dialogs.promises import title_of
from dialogs.wording import in_language
from dialogs.world import OutcomeCard, Survey

CHARTS: Final = "chart-"
"""What charts of outcomes are called in the place of a form's hash; the survey follows."""
EXPIRES_HOURS: Final = 14 * 24
"""An outcome is no news of the day: whoever asked for it is told within two weeks of its approval."""


def told(card: OutcomeCard, survey: Survey, languages: Sequence[Language]) -> Broadcast:
    """The message for those who asked what became of the survey."""
    return Broadcast(
        texts={str(language): _text(card, survey, Voice(language, card.day)) for language in languages},
        fallback=str(languages[0]),
        audience=Audience(outcome_of=survey.code),
        picture=Picture("chart.png", card.alts) if card.alts else None,
        expires_hours=EXPIRES_HOURS,
    )


def parts(card: OutcomeCard, voice: Voice) -> list[tuple[str, str]]:
    """Heading and text of each part, in the reader's language."""
    return [
        (voice.t("What we heard"), in_language(card.heard, voice)),
        (voice.t("What we do"), in_language(card.doing, voice)),
        (voice.t("What we do not do"), in_language(card.not_doing, voice)),
        (voice.t("Why"), in_language(card.why, voice)),
    ]


def _text(card: OutcomeCard, survey: Survey, voice: Voice) -> Text:
    title = voice.t("What became of “{title}”", title=title_of(survey, voice))
    return Text(title, "\n\n".join(f"**{heading}**\n{text}" for heading, text in parts(card, voice)))
