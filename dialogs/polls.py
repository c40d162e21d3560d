"""A choice as a poll of the messenger's own, for channels that have polls: pure, beside the text with its numbers.

Not here: whether a citizen's program shows polls (the adapter learns it), what a vote does (`survey_votes.py`).
"""

from __future__ import annotations

import msgspec

from dialogs.capabilities import Polls
from dialogs.i18n import translate
from dialogs.messages import Button, Choices, Expects, Poll, Say


def poll_of(say: Say, headed: str, limits: Polls | None) -> Poll | None:
    """The choice as a poll; None where there is nothing to choose, or it does not fit: then it is asked by numbers.

    `headed` is the question with its progress, as it stands in the text.
    """
    choices = say.choices
    if limits is None or choices is None or not _fits(say, choices, limits):
        return None
    end = (choices.done,) if choices.done is not None else ()
    options = (*(_shown(option, say) for option in choices.options), *end)
    whole = "\n".join(block for block in (say.title, say.lead, headed, say.hint, *_ways(say, choices)) if block)
    if len(whole) <= limits.question:
        return Poll(whole, options, choices.multiple)
    short = headed if len(headed) <= limits.question else say.text
    if len(short) > limits.question:
        return None
    rest = (say.title, say.lead, "" if short == headed else headed, say.hint, *_ways(say, choices))
    return Poll(short, options, choices.multiple, "\n".join(block for block in rest if block))


def _fits(say: Say, choices: Choices, limits: Polls) -> bool:
    """A ranking has an order, which a poll has not; a page is not the whole choice; one option is no choice."""
    labels = [option.label for option in choices.options]
    return (
        say.expects is not Expects.RANKING
        and not choices.pages
        and choices.first == 1
        and 1 < len(labels) + (choices.done is not None) <= limits.options
        and len(set(labels)) == len(labels)
        and all(0 < len(label) <= limits.label for label in labels)
    )


def _ways(say: Say, choices: Choices) -> tuple[str, ...]:
    """How to answer, where that is more than one tap."""
    several = (translate("Several are possible. At the end: Continue.", say.language),) if choices.multiple else ()
    words = ", ".join(_word(button, say) for button in say.controls)
    typed = (translate("Or write: {words}", say.language, words=words),) if words else ()
    return (*several, *typed)


def _shown(option: Button, say: Say) -> Button:
    """A new poll has no votes: what is chosen already says so in words."""
    if not option.chosen:
        return option
    return msgspec.structs.replace(option, label=translate("{label} (chosen)", say.language, label=option.label))


def _word(button: Button, say: Say) -> str:
    return f"/{button.label}" if say.expects is Expects.TEXT else button.label
