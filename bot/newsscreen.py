"""Broadcasts on the screen: preview, status with bars, report, list; and the same as JSON. Decides nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bot.acting import at_work, note
from bot.config import Config
from bot.home import Home
from bot.paces import news_paces
from dialogs.broadcasts import ENDED, FINAL, Reason
from dialogs.capabilities import Capabilities, known_channels
from dialogs.formatting import Span, Style, segments
from dialogs.i18n import Voice, own_name
from dialogs.messages import Language, Part
from dialogs.news import seen_say
from dialogs.pilots import Pilot
from dialogs.rendering import render
from dialogs.world import NewsItem
from storage.acts.broadcast_report import OUTCOMES, REASONS, closed, in_words, reach, title
from storage.acts.broadcasting import STATES, known
from storage.clock import Clock
from storage.news import Count, StoredBroadcast

WATCH_EVERY = 1.0  # seconds
WIDTH = 72  # characters of a preview
BAR = 40  # characters

# -- preview


async def preview(config: Config, number: int, voice: Voice) -> None:
    """As it will look on every channel, in every language; how many people get it, and when it is through."""
    async with at_work(config) as (home, clock, console):
        standing = await known(home, number, voice)
        pilots = {pilot.code: pilot for pilot in await home.pilots.all()}
        pilot = pilots.get(standing.broadcast.pilot)
        languages = dict.fromkeys((*config.town.languages, *standing.broadcast.texts))
        for language in languages:
            for channel in _channels():
                console.print(_as_seen(standing, pilot, Language(language), channel, clock))
        await _print_people(config, home, standing, clock, console, voice)
        if standing.test_code and standing.state not in FINAL:
            console.print(voice.t("To see it on your own phone, write {code} to the bot.", code=standing.test_code))


def _channels() -> list[Capabilities]:
    """Those that show it: by pushing it, or as an answer to "news"."""
    return [channel for channel in known_channels().values() if channel.channel != "terminal"]


def _as_seen(
    standing: StoredBroadcast, pilot: Pilot | None, language: Language, channel: Capabilities, clock: Clock
) -> RenderableType:
    say = seen_say(NewsItem(standing.number, standing.broadcast, clock.today()), pilot, language, channel)
    parts = [_part(part) for part in render(say, channel)]
    title = f"{channel.label} · {own_name(language)}"
    return Panel(Group(*parts), title=title, title_align="left", width=WIDTH)


def _part(part: Part) -> RenderableType:
    lines: list[RenderableType] = [Text(f"[{picture.name}: {picture.alt}]", style="dim") for picture in part.pictures]
    if part.title:
        lines.append(Text(part.title, style="bold"))
    lines.append(formatted(part.text, part.spans))
    lines += [Text("  ".join(f"[{button.label}]" for button in row), style="cyan") for row in part.buttons]
    return Group(*lines)


def formatted(text: str, spans: Sequence[Span]) -> Text:
    """The text with its formatting; a link's address after it."""
    shown = Text()
    for piece, span in segments(text, spans):
        if span is None:
            shown.append(piece)
        elif span.style is Style.LINK:
            shown.append(piece, style="underline")
            shown.append(f" <{span.href}>", style="dim")
        else:
            shown.append(piece, style="bold" if span.style is Style.STRONG else "italic")
    return shown


async def _print_people(
    config: Config, home: Home, standing: StoredBroadcast, clock: Clock, console: Console, voice: Voice
) -> None:
    reached = await reach(config, home.deliveries, standing, clock, news_paces(config))
    if not reached:
        console.print(voice.t("Nobody would get it: nobody follows this."))
    for channel in reached:
        console.print(in_words(channel, voice))


# -- status and report


async def status(config: Config, number: int, watch: bool, as_json: bool, voice: Voice) -> None:
    """How far it is. `watch`: until it has ended."""
    async with at_work(config) as (home, _, console):
        standing = await known(home, number, voice)
        counts = await home.deliveries.counts(standing.number)
        if as_json:
            console.print_json(json.dumps(as_tree(standing, counts)))
            return
        if not watch:
            console.print(bars(standing, counts, voice))
            return
        with Live(bars(standing, counts, voice), console=console, auto_refresh=False) as live:
            while standing.state not in FINAL:
                await asyncio.sleep(WATCH_EVERY)
                standing = await known(home, number, voice)
                counts = await home.deliveries.counts(standing.number)
                live.update(bars(standing, counts, voice), refresh=True)


def bars(standing: StoredBroadcast, counts: Sequence[Count], voice: Voice) -> RenderableType:
    """One bar a channel, and how the broadcast stands."""
    head = voice.t("Broadcast {number}: {state}.", number=str(standing.number), state=voice.t(STATES[standing.state]))
    table = Table.grid(padding=(0, 2))
    for channel in dict.fromkeys(count.channel for count in counts):
        mine = [count for count in counts if count.channel == channel]
        total = sum(count.people for count in mine)
        done = sum(count.people for count in mine if count.outcome in ENDED or standing.state in FINAL)
        record = known_channels().get(channel)
        numbers = voice.t("{done} of {total}", done=voice.number(done), total=voice.number(total))
        table.add_row(record.label if record else channel, ProgressBar(total=total, completed=done, width=BAR), numbers)
    return Group(Text(head), table)


async def report(config: Config, number: int, as_json: bool, voice: Voice) -> None:
    """What is known of it, and what is not."""
    async with at_work(config) as (home, clock, console):
        standing = await known(home, number, voice)
        counts = closed(standing, await home.deliveries.counts(standing.number))
        await note(home, clock, "broadcast.report", str(number))
        if as_json:
            console.print_json(json.dumps(as_tree(standing, counts)))
            return
        console.print(bars(standing, counts, voice))
        console.print(_table(counts, voice))
        console.print(
            voice.t("“Accepted” means that the messenger took it. Whether anybody read it is not known."), style="dim"
        )
        if standing.broadcast.question is not None:
            code = standing.broadcast.question.survey
            console.print(voice.t("Answers to its question: zuruf survey results {code}", code=code))


def _table(counts: Sequence[Count], voice: Voice) -> RenderableType:
    table = Table(box=None, pad_edge=False)
    for head in (voice.t("channel"), voice.t("outcome"), voice.t("people")):
        table.add_column(head)
    for count in counts:
        outcome = voice.t(OUTCOMES[count.outcome])
        if count.reason:
            outcome += f" ({voice.t(REASONS[Reason(count.reason)])})"
        table.add_row(count.channel, outcome, voice.number(count.people))
    return Padding(table, (1, 0))


def as_tree(standing: StoredBroadcast, counts: Sequence[Count]) -> dict[str, object]:
    """For `--json`."""
    channels: dict[str, dict[str, int]] = {}
    for count in counts:
        name = f"{count.outcome}:{count.reason}" if count.reason else str(count.outcome)
        channels.setdefault(count.channel, {})[name] = count.people
    moments = {name: getattr(standing, name) for name in ("created", "submitted", "due", "began", "ended", "expires")}
    return {
        "number": standing.number,
        "state": standing.state.value,
        "pilot": standing.broadcast.pilot,
        "author": standing.author,
        "approver": standing.approver,
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
        "channels": channels,
        "people": sum(count.people for count in counts),
    }


async def show(config: Config, as_json: bool, voice: Voice) -> None:
    """All broadcasts, the newest first."""
    async with at_work(config) as (home, _, console):
        every = await home.broadcasts.all()
        if as_json:
            console.print_json(json.dumps([as_tree(each, ()) for each in every]))
            return
        if not every:
            console.print(voice.t("There is no broadcast yet. Begin with: zuruf broadcast draft FILE.md"))
            return
        table = Table(box=None, pad_edge=False)
        for head in (voice.t("number"), voice.t("state"), voice.t("pilot"), voice.t("title"), voice.t("author")):
            table.add_column(head)
        for each in every:
            table.add_row(
                str(each.number), voice.t(STATES[each.state]), each.broadcast.pilot, title(each.broadcast), each.author
            )
        console.print(table, markup=False)
