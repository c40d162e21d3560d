"""What a citizen reads when we made a mistake: a code for the town hall, and nothing a machine calls it."""

from __future__ import annotations

from dialogs.effects import Send
from dialogs.i18n import best_language, house_languages, translate
from dialogs.messages import Kind, Language, Say
from dialogs.session import Session


def fault(code: str, session: Session | None, language_hint: str) -> Send:
    """Say that something went wrong; `code` stands in the operator's log beside the place of the defect."""
    if session is not None and session.language:
        language = best_language(session.language, house_languages())
    else:
        language = best_language(language_hint, (Language("de"), *house_languages()))
    text = translate(
        "Something went wrong at our end. Your answers so far are kept. Please send that once more, or write “help”."
        " If it happens again, tell the town hall this code: {code}",
        language,
        code=code,
    )
    return Send(Say(text, kind=Kind.INFO, language=language))
