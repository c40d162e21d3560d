"""News that the bot writes by itself, in every language of the town: goodbye, weekly message, "still wanted?".

Their words are the house's own, so nobody needs to approve them. Not here: when they go (`bot/newsdesk.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from dialogs.broadcasts import Broadcast, Text
from dialogs.i18n import Voice
from dialogs.messages import Language
from dialogs.pilots import Pilot, name_of
from dialogs.wording import in_language

RENEWAL_HOURS: Final = 7 * 24
DIGEST_HOURS: Final = 30
GOODBYE_HOURS: Final = 72


def digest(languages: Sequence[Language]) -> Broadcast:
    """The weekly message: what is in it is other for everybody (`news.digest_say`)."""
    texts = _in_each(languages, lambda voice: Text("", voice.t("This week's news:")))
    return Broadcast(texts, languages[0], is_digest=True, expires_hours=DIGEST_HOURS)


def renewal(languages: Sequence[Language]) -> Broadcast:
    """Six months on: are they still wanted?"""

    def text(voice: Voice) -> Text:
        return Text(
            "",
            voice.t(
                "You have had news from me for half a year now. Shall they go on coming? If you do not answer within"
                " four weeks, they end by themselves, and where to reach you is forgotten."
            ),
        )

    return Broadcast(_in_each(languages, text), languages[0], is_renewal=True, expires_hours=RENEWAL_HOURS)


def goodbye(pilot: Pilot, languages: Sequence[Language], *, with_findings: bool) -> Broadcast:
    """The pilot's last message: what came out (the town's own words, so somebody approves them), thanks, no more."""

    def text(voice: Voice) -> Text:
        found = in_language(pilot.findings, voice) if with_findings else ""
        told = voice.t("This is what came out of it: {findings}", findings=found) if found else ""
        thanks = voice.t(
            "Thank you for following {pilot}. This is the last message about it. That you followed it is forgotten.",
            pilot=name_of(pilot, voice),
        )
        return Text(
            voice.t("Goodbye from {pilot}", pilot=name_of(pilot, voice)), "\n\n".join(filter(None, (told, thanks)))
        )

    return Broadcast(
        _in_each(languages, text), languages[0], pilot=pilot.code, goodbye=True, expires_hours=GOODBYE_HOURS
    )


def _in_each(languages: Sequence[Language], text: Callable[[Voice], Text]) -> dict[str, Text]:
    return {str(language): text(Voice(language, date.min)) for language in languages}
