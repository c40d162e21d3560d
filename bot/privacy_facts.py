"""What the privacy record states of this installation: settings as they are, channels, surveys, backups; and the
inventory of everything kept, in words, from the one table that the code itself works by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from typing import Final

from bot.config import Config
from bot.home import Home, records_file
from dialogs.capabilities import MATRIX, SIGNAL, TELEGRAM, WEB, Capabilities, ReadsAlong
from dialogs.i18n import N_, Voice
from dialogs.world import Mode, Survey
from privacy.disclosure import DESK, NEW_ANSWERS, VIEW_LASTS
from privacy.keyring import KeyKind
from privacy.retention import CASE_KEPT, COLUMNS, ENTRIES, FILES, KEYS, Class, Kept, Limit, Until
from storage.backups import KEPT_DAYS, Copy, all_backups, copy_of
from storage.caseties import CASE_DAYS
from storage.contactbook import OUTCOME_DAYS
from storage.rootkey import ROOT_FILE
from storage.sql.staging import BATCH


@dataclass(frozen=True, slots=True)
class Channel:
    label: str
    end_to_end: bool
    operator_reads: bool
    enabled: bool
    carried: bool = False
    """By servers of an operator in a third country, who cannot read along."""


@dataclass(frozen=True, slots=True)
class Backups:
    number: int
    newest: date | None
    kept_days: int


@dataclass(frozen=True, slots=True)
class Facts:
    """This installation on one day. No secret is in it."""

    made: date
    version: str
    town: str
    contact: str
    privacy_url: str
    languages: tuple[str, ...]
    channels: tuple[Channel, ...]
    address: str
    """Public address of the web pages; '' if the web is off."""
    postgres: bool
    own_redis: bool
    webhook: bool
    api_host: str
    idle_hours: int
    most_hours: int
    log_level: str
    root_mode: str
    surveys: tuple[Survey, ...]
    records_backups: Backups
    keyring_backups: Backups
    matrix_backups: Backups
    alone: bool = False
    """A town with one clerk: nobody approves but the one who asked."""
    batch: int = BATCH
    least_people: int = DESK.least_respondents
    least_cell: int = DESK.least_cell
    new_answers: int = NEW_ANSWERS
    view_hours: int = VIEW_LASTS // timedelta(hours=1)
    case_days: int = CASE_DAYS
    outcome_days: int = OUTCOME_DAYS
    case_kept: int = CASE_KEPT.days

    @property
    def tls(self) -> bool:
        return self.address.startswith("https://")

    @property
    def on(self) -> tuple[Channel, ...]:
        return tuple(channel for channel in self.channels if channel.enabled)

    @property
    def strict(self) -> tuple[Survey, ...]:
        return tuple(survey for survey in self.surveys if survey.mode is Mode.STRICT)

    @property
    def grace_days(self) -> tuple[int, ...]:
        return tuple(sorted({survey.grace_days for survey in self.surveys} or {14}))


async def gather(config: Config, home: Home, today: date) -> Facts:
    root = home.state / ROOT_FILE
    return Facts(
        made=today,
        version=version("zuruf"),
        town=config.town.name,
        contact=config.town.contact,
        privacy_url=config.town.privacy_url,
        languages=tuple(config.town.languages),
        channels=(
            _channel(WEB, config.web.enabled),
            _channel(TELEGRAM, bool(config.telegram.token)),
            _channel(MATRIX, bool(config.matrix.homeserver)),
            _channel(SIGNAL, bool(config.signal.account)),
        ),
        address=config.web_address,
        postgres=records_file(config) is None,
        own_redis=not config.redis.url,
        webhook=bool(config.telegram.webhook_url),
        api_host=config.telegram.api_base.partition("://")[2],
        idle_hours=config.session.idle_hours,
        most_hours=config.session.most_hours,
        log_level=config.log.level,
        root_mode=f"{root.stat().st_mode & 0o777:04o}",
        surveys=tuple(await home.surveys.all()),
        records_backups=_backups(home, Copy.RECORDS),
        keyring_backups=_backups(home, Copy.KEYRING),
        matrix_backups=_backups(home, Copy.MATRIX),
        alone=config.staff.alone,
    )


def _channel(capabilities: Capabilities, enabled: bool) -> Channel:
    reads = capabilities.reads_along
    carried = capabilities is SIGNAL
    return Channel(capabilities.label, reads is ReadsAlong.NOBODY, reads is ReadsAlong.OPERATOR, enabled, carried)


def _backups(home: Home, of: Copy) -> Backups:
    found = [path for path in all_backups(home.state) if copy_of(path) is of]
    newest = max((date.fromtimestamp(path.stat().st_mtime) for path in found), default=None)  # noqa: DTZ012
    return Backups(len(found), newest, KEPT_DAYS[of])


# -- the inventory


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the inventory, in words."""

    name: str
    holds: str
    why: str
    of: str
    until: str


@dataclass(frozen=True, slots=True)
class Place:
    """Everything that lies in one place."""

    name: str
    rows: tuple[Row, ...]


CLASSES: Final[Mapping[Class, str]] = {
    Class.PUBLIC: N_("published by the town"),
    Class.DRAFT: N_("draft, sealed"),
    Class.IDENTIFIER: N_("pseudonym or sealed address"),
    Class.ANSWER: N_("answers in plain: choices and numbers"),
    Class.SEALED_ANSWER: N_("answers, sealed: texts, places, files"),
    Class.COUNT: N_("counts over many people"),
    Class.SECRET: N_("key material"),
    Class.STAFF: N_("acts of staff"),
    Class.OPERATION: N_("operation, nothing of a person"),
}

UNTIL: Final[Mapping[Until, str]] = {
    Until.REMOVED_BY_TOWN: N_("until the town deletes it, by its archive law"),
    Until.ERASED: N_("until the citizen deletes it, up to the end of the grace; then, tied to nobody, as the survey"),
    Until.GRACE_OVER: N_("the grace after close (14 days unless set otherwise)"),
    Until.CONTACT_OVER: N_("until the news are ended; 90 days after a case was closed; at once after one notification"),
    Until.MOVED: N_("until moved in a batch; the rest is counted and deleted at close"),
    Until.KEY_OVER: N_("as what the key is for, see keys"),
    Until.ROTATED: N_("until the root key is rotated"),
    Until.RUNNING: N_("until the process ends"),
}


def inventory(voice: Voice) -> tuple[Place, ...]:
    """The table of retention, whole, in the voice's language."""
    columns = tuple(_columns(voice))
    return (
        Place(voice.t("Records (database)"), tuple(row for row in columns if not row.name.startswith("keyring."))),
        Place(voice.t("Keyring (a database of its own)"), tuple(row for row in columns if "keyring." in row.name)),
        Place(voice.t("Keys in the keyring"), tuple(_rows({_kind(k): kept for k, kept in KEYS.items()}, voice))),
        Place(voice.t("Conversations (Redis or Valkey)"), tuple(_rows(ENTRIES, voice))),
        Place(voice.t("Files of the state folder"), tuple(_rows(FILES, voice))),
    )


def _kind(kind: KeyKind) -> str:
    return kind.value


def _columns(voice: Voice) -> Iterator[Row]:
    """Columns of a table that are kept for the same reason stand in one line."""
    together: dict[tuple[str, Kept], list[str]] = {}
    for name, kept in COLUMNS.items():
        table, _, column = name.rpartition(".")
        together.setdefault((table, kept), []).append(column)
    for (table, kept), names in together.items():
        yield _row(table, ", ".join(names), kept, voice)


def _rows(table: Mapping[str, Kept], voice: Voice) -> Iterator[Row]:
    return (_row(name, "", kept, voice) for name, kept in table.items())


def _row(name: str, holds: str, kept: Kept, voice: Voice) -> Row:
    return Row(name, holds, voice.t(kept.why), voice.t(CLASSES[kept.of]), limit(kept.limit, voice))


def limit(until: Limit, voice: Voice) -> str:
    """When it ends, in words."""
    if isinstance(until, Until):
        return voice.t(UNTIL[until])
    if until >= timedelta(days=1):
        return voice.n("{n} day", "{n} days", until.days)
    if until >= timedelta(hours=1):
        return voice.n("{n} hour", "{n} hours", int(until.total_seconds()) // 3600)
    return voice.n("{n} second", "{n} seconds", int(until.total_seconds()))
