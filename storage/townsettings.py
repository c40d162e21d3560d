"""What the town changed at the desk, over `zuruf.toml`: kept as versions, taken over within seconds.

    zuruf.toml ──> config ──┐
    town_settings (newest) ─┴─> LiveTown: the config as it holds now, and the town as dialogues know it

Not here: the pages where it is changed (`desk/views/town.py`), what may be typed there (`storage/acts/townchange.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Generic, Protocol, TypeVar

import msgspec

from dialogs.world import Town
from storage.places import Districts, read_districts
from storage.settings import CategorySection, Shared, TopicSection

S = TypeVar("S", bound=Shared)


class TownChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was changed; None: as the settings say."""

    name: str | None = None
    contact: str | None = None
    privacy_url: str | None = None
    arbitration: str | None = None
    accent: str | None = None
    notices: dict[str, str] = {}
    """The town's own sentence in the notice at first contact, by language."""
    notice_version: int = 0
    """How often that sentence was changed: whoever agreed to another one is asked again."""
    offices: tuple[str, ...] | None = None
    categories: tuple[CategorySection, ...] | None = None
    topics: tuple[TopicSection, ...] | None = None
    districts: str | None = None
    """GeoJSON; '' for none."""


@dataclass(frozen=True, slots=True)
class TownVersion:
    """One version, 0 before anything was changed."""

    version: int = 0
    day: date | None = None
    by: str = ""
    changes: TownChanges = field(default_factory=TownChanges)
    logo: bytes | None = None
    """JPEG, re-encoded."""


class TownSettings(Protocol):
    """The versions. Every call raises `Unavailable`."""

    async def version(self) -> int: ...

    async def newest(self) -> TownVersion: ...

    async def history(self) -> Sequence[TownVersion]:
        """The newest first, without logos."""

    async def put(self, version: TownVersion) -> None:
        """Raises `Conflict` if somebody else stored this version meanwhile."""


def overlaid(config: S, changes: TownChanges) -> S:
    """The settings as they hold now."""
    town = {
        name: value
        for name in ("name", "contact", "privacy_url", "arbitration", "accent", "offices", "districts")
        if (value := getattr(changes, name)) is not None
    }
    feedback = {} if changes.categories is None else {"categories": changes.categories}
    news = {} if changes.topics is None else {"topics": changes.topics}
    return msgspec.structs.replace(
        config,
        town=msgspec.structs.replace(config.town, **town),
        feedback=msgspec.structs.replace(config.feedback, **feedback),
        news=msgspec.structs.replace(config.news, **news),
    )


class LiveTown(Generic[S]):
    """The settings and the town of a running process."""

    def __init__(self, config: S, store: TownSettings) -> None:
        self._base = config
        self._store = store
        self._known = -1
        self.standing = TownVersion()
        self.config: S = config
        self.districts: Districts = read_districts(config.town.districts)

    async def refresh(self) -> bool:
        """Read what changed; True if anything did, and at the first time."""
        version = await self._store.version()
        if version == self._known:
            return False
        self.standing = await self._store.newest() if version else TownVersion()
        self.config = overlaid(self._base, self.standing.changes)
        self.districts = read_districts(self.config.town.districts)
        self._known = version
        return True

    def town(self, made: Callable[[S, Districts], Town]) -> Town:
        """The town as the dialogues know it. `made`: from settings alone."""
        changes = self.standing.changes
        return replace(
            made(self.config, self.districts),
            accent=self.config.town.accent,
            logo=self.standing.logo or b"",
            outline=self.districts.outline,
            notices=changes.notices,
            notice_version=changes.notice_version,
        )
