"""What a town sets for its web channel, and the limits that it does not set."""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.looks.theme import DEFAULT_ACCENT


@dataclass(frozen=True, slots=True)
class WebSettings:
    """`web_address`: public address without a trailing slash ("https://zuruf.musterstadt.de"); '' while only this
    machine is served (loopback)."""

    web_address: str = ""
    accent: str = DEFAULT_ACCENT
    """The town's colour, "#rrggbb"; made darker or lighter where it could not be read."""
    trusted_proxies: int = 0
    """How many reverse proxies stand in front and append to X-Forwarded-For; 0: that header is not believed."""
    embed_origins: tuple[str, ...] = ()
    """Who may show a pilot's snippet in a frame."""


PHOTO_LIMIT = 20 * 1024 * 1024  # bytes
VOICE_LIMIT = 20 * 1024 * 1024  # bytes
FILE_LIMIT = 20 * 1024 * 1024  # bytes
UPLOADS_AT_ONCE = 4  # each is held in memory whole
UPLOAD_SECONDS = 120.0  # a slow phone on a bad line, not a hanging one
UPLOAD_WAIT = 10.0  # seconds in line for one of those places

OPEN_CHATS = 5_000  # per process
CHAT_IDLE = 30 * 60.0  # seconds without a connection until the ring is forgotten
RING_FRAMES = 64
RING_BYTES = 256 * 1024  # at least the newest frame is always kept
WAITING_ACTS = 16  # of one citizen, until the turn before is done

CONNECTIONS_PER_CHAT = 8  # tabs
CONNECTIONS_PER_ADDRESS = 200  # a school or a mobile network behind one address
CONNECTIONS = 10_000  # per process
ACTS_PER_SECOND = 5.0
ACTS_BURST = 20.0
OPENS_PER_SECOND = 2.0  # new chats from one network address
OPENS_BURST = 120.0
BAD_FRAMES = 5  # until a connection is closed

TURN_SECONDS = 30.0  # a turn that takes longer is reported as not taken
HEARTBEAT = 25.0  # seconds between pings of a WebSocket
POLL_GAP = 5.0  # seconds between two polls of a browser that is still there
POLL_SECONDS = 25.0  # how long a poll waits for something new
SEND_SECONDS = 20.0  # a browser that takes no frame for so long is gone
COOKIE_AGE = 7 * 24 * 3600  # seconds: the longest life of a draft
