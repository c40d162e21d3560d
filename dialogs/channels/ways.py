"""Where else a survey can be answered, a line a channel: its name, who reads along, the link."""

from __future__ import annotations

from collections.abc import Mapping

from dialogs.capabilities import Capabilities, ReadsAlong
from dialogs.forms.msgids import N_
from dialogs.i18n import Voice
from dialogs.world import Survey, World

CODE = "{code}"
"""Stands in a channel's link for the survey's code."""

_READERS: Mapping[ReadsAlong, str] = {
    ReadsAlong.NOBODY: N_("nobody else reads along"),
    ReadsAlong.TOWN: N_("nobody but us reads along"),
    ReadsAlong.OPERATOR: N_("{channel} itself can read along"),
}
_ORDER = (ReadsAlong.NOBODY, ReadsAlong.TOWN, ReadsAlong.OPERATOR)


def others(survey: Survey | None, world: World) -> tuple[Capabilities, ...]:
    """Channels that run, other than this one, on which the survey may be answered; the most private first."""
    found = [
        channel
        for channel in world.channels
        if channel.channel != world.channel.channel and not (survey is not None and survey.bars(channel))
    ]
    return tuple(sorted(found, key=lambda channel: _ORDER.index(channel.reads_along)))


def ways(survey: Survey | None, world: World, voice: Voice) -> tuple[str, ...]:
    """A line for each of them."""
    return tuple(_way(channel, survey, world, voice) for channel in others(survey, world))


def _way(channel: Capabilities, survey: Survey | None, world: World, voice: Voice) -> str:
    reads = voice.t(_READERS[channel.reads_along], channel=channel.label)
    line = f"– {channel.label} ({reads})"
    link = world.links.get(channel.channel, "")
    if not link:
        return line
    if survey is None:
        return f"{line}: {link.partition('?')[0] if CODE in link else link}"
    if CODE in link:
        return f"{line}: {link.replace(CODE, survey.code)}"
    return f"{line}: {link} – " + voice.t("write there: {code}", code=survey.code)
