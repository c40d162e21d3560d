"""Settings: `zuruf.toml`, each overridden by `ZURUF_<SECTION>_<KEY>`: how they are read, and the sections that bot and
desk both read. A mistyped one is an error that names the nearest.

SetupError          Zuruf cannot start or go on as it is set up
└── ConfigError     a setting is unknown, malformed or contradicts another

Not here: sections of one process alone (`bot/config.py`, `desk/config.py`), what the settings do.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar, cast
from zoneinfo import ZoneInfo

import msgspec

FILE = "zuruf.toml"
PREFIX = "ZURUF_"
MOST_DUE_DAYS = 365
FILE_LIMIT = 256 * 1024  # bytes


class SetupError(Exception):
    """Zuruf cannot start or go on as it is set up; the message says what to do."""


class ConfigError(SetupError):
    """A setting is unknown, malformed or contradicts another."""


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of `zuruf.toml`."""

    def __repr__(self) -> str:
        """Never the values: some are secrets, and a repr ends up in tracebacks."""
        return f"<{type(self).__name__}>"


class StateSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    dir: str = "state"
    """Folder for keys, database and embedded server; made with mode 0700."""


class TownSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str = "Musterstadt"
    timezone: str = "Europe/Berlin"
    languages: tuple[str, ...] = ("de", "en", "de-simple")
    """Languages of the house, the first is the default."""
    contact: str = ""
    """How to reach a person at the town hall, as text for citizens."""
    privacy_url: str = ""
    """The town's own privacy page, if it has one."""
    accent: str = ""
    """Accent colour of the web pages, as #rrggbb; empty: Zuruf's own."""
    offices: tuple[str, ...] = ()
    """Offices that cases can go to and staff can work for, besides those that categories name."""
    arbitration: str = ""
    """Who settles it when the town does not help against a barrier: the arbitration body of its state, and how to
    reach it. Empty: the statement says how to find it."""
    contributor: str = ""
    """For open data that GovData harvests: the town's IRI in http://dcat-ap.de/def/contributors/."""
    districts: str = ""
    """Path of a GeoJSON file with the outlines of the districts (`name` in the properties)."""


class DatabaseSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    url: str = ""
    """sqlite:///path or postgresql://user:password@host/name; empty: SQLite in the state folder."""


class HttpSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""
    """Address under which citizens reach the web pages (https://…), for links and QR codes; empty: host and port."""
    trusted_proxies: int = 0
    """How many reverse proxies stand in front and append to X-Forwarded-For; 0: that header is not believed."""


class WebSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    enabled: bool = True
    embed_origins: tuple[str, ...] = ()
    """Who may show the snippet of a pilot in a frame: origins such as https://www.musterstadt.example."""


class CategorySection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of `[[feedback.categories]]`."""

    key: str
    """A short name that never changes: cases are kept under it."""
    label: str
    """What citizens read."""
    labels: dict[str, str] = {}
    """The same in other languages, by tag: {en = "Roads"}."""
    office: str = ""
    """Who takes care of it; citizens are told."""
    located: bool = False
    """It is at a spot that the office needs to know: the citizen is asked where."""
    due_days: int | None = None
    """By when the office wants to have done something, in days from the report; not set: as feedback.due_days."""


class FeedbackSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    enabled: bool = True
    """Citizens can report things at any time."""
    categories: tuple[CategorySection, ...] = ()
    """What they can report; empty: a set that fits most towns."""
    person_office: str = ""
    """Who answers those who want to talk to a person; citizens are told."""
    due_days: int = 14
    """By when an office wants to have done something about a case, in days from the report; 0: no date is set."""


class StaffSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    alone: bool = False
    """A town with one clerk: what needs a second person may be approved by the same one, after ten minutes and with a
    typed confirmation; the audit log says so."""


class TopicSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of `[[news.topics]]`."""

    key: str
    """A short name that never changes: whoever follows it is kept under it."""
    label: str
    """What citizens read."""
    labels: dict[str, str] = {}
    """The same in other languages, by tag: {en = "Traffic"}."""


class NewsSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    topics: tuple[TopicSection, ...] = ()
    """What can be followed, besides pilots and districts."""
    quiet_from: int = 21
    """No news are sent from this hour on …"""
    quiet_until: int = 8
    """… until this one (town's time). Both the same: no quiet hours."""
    digest_weekday: int = 5
    """The weekly message: 1 is Monday, 7 is Sunday."""
    digest_hour: int = 10


class DeskSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    host: str = "127.0.0.1"
    port: int = 8090
    public_url: str = ""
    """Address under which staff reach the desk (https://…), for invitations; empty: host and port."""
    trusted_proxies: int = 0
    """As http.trusted_proxies, for the desk."""
    codes: bool = True
    """Staff log in with a code from an app on their phone as well as with a password; off for demonstrations only."""


class LogSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    level: str = "info"
    format: Literal["console", "json"] = "console"
    """console or json."""


class Shared(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What bot and desk both read."""

    state: StateSection = StateSection()
    town: TownSection = TownSection()
    database: DatabaseSection = DatabaseSection()
    http: HttpSection = HttpSection()
    web: WebSection = WebSection()
    feedback: FeedbackSection = FeedbackSection()
    staff: StaffSection = StaffSection()
    news: NewsSection = NewsSection()
    desk: DeskSection = DeskSection()
    log: LogSection = LogSection()

    @property
    def state_dir(self) -> Path:
        return Path(self.state.dir).absolute()

    @property
    def timezone(self) -> ZoneInfo:
        return ZoneInfo(self.town.timezone)

    @property
    def web_address(self) -> str:
        """Public address of the web pages without a trailing slash; '' if the web is off."""
        if not self.web.enabled:
            return ""
        return self.http.public_url.rstrip("/") or f"http://{_named(self.http.host)}:{self.http.port}"

    @property
    def desk_address(self) -> str:
        """Address of the desk without a trailing slash."""
        return self.desk.public_url.rstrip("/") or f"http://{_named(self.desk.host)}:{self.desk.port}"


def _named(host: str) -> str:
    return "localhost" if host in {"127.0.0.1", "0.0.0.0", "::1", "::"} else host  # noqa: S104


Settings = TypeVar("Settings", bound=Shared)


def read_settings(
    kind: type[Settings],
    path: Path | None = None,
    environ: Mapping[str, str] | None = None,
    unread: frozenset[str] = frozenset(),
) -> Settings:
    """Settings from `path` (default: ./zuruf.toml if there is one) and the environment. Raises `ConfigError`.

    Sections in `unread` are another process's: they are not looked at.
    """
    environ = os.environ if environ is None else environ
    tree = _read_file(kind, path)
    for name, text in sorted(environ.items()):
        if name.startswith(PREFIX) and name not in _OTHER_VARIABLES:
            section, key = _place(name)
            tree.setdefault(section, {})[key] = _split(kind, section, key, text)
    for section in unread:
        tree.pop(section, None)
    _refuse_unknown(kind, tree)
    try:
        settings = msgspec.convert(tree, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"A setting does not fit: {error}. See docs/deploy.md for what each one takes.") from None
    _refuse_contradictions(settings)
    return settings


_OTHER_VARIABLES = frozenset({"ZURUF_CONFIG", "ZURUF_TEST_SCALE", "ZURUF_SHARED"})
"""Variables with our prefix that are no settings: where the file is, and what only the tests read."""


def _read_file(kind: type[Shared], path: Path | None) -> dict[str, dict[str, Any]]:
    explicit = path or (Path(os.environ["ZURUF_CONFIG"]) if os.environ.get("ZURUF_CONFIG") else None)
    file = explicit or Path(FILE)
    if not file.exists():
        if explicit:
            raise ConfigError(f"There is no settings file at {file}. Create it, or leave the option out.")
        return {}
    if file.stat().st_size > FILE_LIMIT:
        raise ConfigError(f"{file} is larger than {FILE_LIMIT // 1024} KiB: that is no settings file.")
    try:
        tree = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} is not valid TOML: {error}") from None
    for section, table in tree.items():
        if not isinstance(table, dict):
            raise ConfigError(
                f"{file}: '{section}' stands outside a section. Write it under [{_nearest_section(kind, section)}]."
            )
    return cast(dict[str, dict[str, Any]], tree)


def _fields(kind: type[Shared], section: str) -> dict[str, msgspec.structs.FieldInfo]:
    struct = {f.name: f.type for f in msgspec.structs.fields(kind)}[section]
    return {f.name: f for f in msgspec.structs.fields(struct)}


def _sections(kind: type[Shared]) -> list[str]:
    return [f.name for f in msgspec.structs.fields(kind)]


def _place(variable: str) -> tuple[str, str]:
    section, _, key = variable[len(PREFIX) :].lower().partition("_")
    return section, key


def _split(kind: type[Shared], section: str, key: str, text: str) -> Any:
    """Lists are written with commas in the environment."""
    if section in _sections(kind) and isinstance(_default(kind, section, key), tuple):
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _default(kind: type[Shared], section: str, key: str) -> Any:
    field = _fields(kind, section).get(key)
    return field.default if field is not None else None


def _nearest_section(kind: type[Shared], key: str) -> str:
    holders = [s for s in _sections(kind) if key in _fields(kind, s)]
    return holders[0] if holders else "town"


def _refuse_unknown(kind: type[Shared], tree: Mapping[str, Mapping[str, Any]]) -> None:
    for section, table in tree.items():
        if section not in _sections(kind):
            raise ConfigError(f"There is no section [{section}].{_hint(section, _sections(kind))}")
        known = list(_fields(kind, section))
        for key in table:
            if key not in known:
                variable = f"{PREFIX}{section}_{key}".upper()
                raise ConfigError(f"There is no setting '{key}' in [{section}] ({variable}).{_hint(key, known)}")


def _hint(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f" Did you mean '{near[0]}'?" if near else f" Known: {', '.join(known)}."


def _refuse_contradictions(settings: Shared) -> None:
    try:
        ZoneInfo(settings.town.timezone)
    except (KeyError, ValueError, OSError):
        raise ConfigError(
            f"town.timezone: there is no time zone '{settings.town.timezone}'. Example: Europe/Berlin"
        ) from None
    if not 0 <= settings.http.port <= 65535:
        raise ConfigError("http.port must be between 0 and 65535 (0: any free port).")
    if not 0 <= settings.http.trusted_proxies <= 10:
        raise ConfigError("http.trusted_proxies must be the number of proxies in front of Zuruf (0 to 10).")
    if not re.fullmatch(r"|http://dcat-ap\.de/def/contributors/[A-Za-z0-9_-]+", settings.town.contributor):
        raise ConfigError(
            "town.contributor must be an address of GovData's list: http://dcat-ap.de/def/contributors/NAME"
        )
    if not settings.town.languages:
        raise ConfigError("town.languages must name at least one language, for example de.")
    keys = [category.key for category in settings.feedback.categories]
    if len(set(keys)) != len(keys):
        raise ConfigError("feedback.categories: each key may stand there once only.")
    if "person" in keys:
        raise ConfigError("feedback.categories: the key person is taken by “talk to a person”. Choose another one.")
    terms = [settings.feedback.due_days, *(category.due_days or 0 for category in settings.feedback.categories)]
    if not all(0 <= days <= MOST_DUE_DAYS for days in terms):
        raise ConfigError(f"feedback.due_days must be 0 (no date) to {MOST_DUE_DAYS} days, for each category too.")
    for origin in settings.web.embed_origins:
        if not re.fullmatch(r"https://[a-z0-9.-]+(:[0-9]{1,5})?|http://localhost(:[0-9]{1,5})?", origin):
            raise ConfigError(
                f"web.embed_origins: '{origin}' is no origin. Write it like https://www.musterstadt.example, no path."
            )
    topics = [topic.key for topic in settings.news.topics]
    if len(set(topics)) != len(topics) or not all(topics):
        raise ConfigError("news.topics: each key may stand there once only.")
    if not (0 <= settings.news.quiet_from <= 23 and 0 <= settings.news.quiet_until <= 23):
        raise ConfigError("news.quiet_from and news.quiet_until are hours, 0 to 23.")
    if not (1 <= settings.news.digest_weekday <= 7 and 0 <= settings.news.digest_hour <= 23):
        raise ConfigError("news.digest_weekday is 1 (Monday) to 7 (Sunday), news.digest_hour 0 to 23.")
    if settings.log.level not in {"debug", "info", "warning", "error"}:
        raise ConfigError("log.level must be one of debug, info, warning, error.")
