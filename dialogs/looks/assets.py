"""Scripts, styles and the typeface under a path that holds the hash of them all: they may be cached for ever, and a
new release is a new path. Read once, from the package; nothing else is ever served.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from dialogs.looks import theme

TYPES = {
    "css": "text/css",
    "js": "text/javascript",
    "woff2": "font/woff2",
    "svg": "image/svg+xml",
    "txt": "text/plain",
}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file."""

    mime: str
    data: bytes


class Assets:
    """Static files of one web server and those that all share, with the town's accent as `theme.css`."""

    def __init__(self, package: str, accent: str) -> None:
        """`package`: whose folder `static` is served, such as "adapters.web"."""
        self._by_path = dict(_read(files("dialogs.looks") / "static", ""))
        self._by_path |= dict(_read(files(package) / "static", ""))
        self._by_path["theme.css"] = Asset("text/css", theme.stylesheet(accent).encode())
        self._accent = accent
        self.version = self._hash()

    def _hash(self) -> str:
        digest = hashlib.sha256()
        for path, asset in sorted(self._by_path.items()):
            digest.update(path.encode() + b"\0" + asset.data + b"\0")
        return digest.hexdigest()[:16]

    def wear(self, accent: str) -> None:
        """From now on in this colour: another path, so that no browser shows the old one."""
        if accent == self._accent:
            return
        self._accent = accent
        self._by_path["theme.css"] = Asset("text/css", theme.stylesheet(accent).encode())
        self.version = self._hash()

    def find(self, path: str) -> Asset | None:
        """A file by its path below the version; None if there is none."""
        return self._by_path.get(path)

    def url(self, path: str) -> str:
        """Where a page finds a file."""
        assert path in self._by_path, path
        return f"/static/{self.version}/{path}"


def _read(folder: Traversable, prefix: str) -> list[tuple[str, Asset]]:
    found: list[tuple[str, Asset]] = []
    for entry in folder.iterdir():
        ending = entry.name.rpartition(".")[2]
        if entry.is_dir():
            found += _read(entry, f"{prefix}{entry.name}/")
        elif ending in TYPES:
            found.append((prefix + entry.name, Asset(TYPES[ending], entry.read_bytes())))
    return found
