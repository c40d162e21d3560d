"""What the benchmark tells a peer, by environment variables. Not here: what the peer makes of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
WEBHOOK_PATH = "hook"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a peer listens, speaks and stores."""

    token: str
    secret: str
    api_base: str
    port: int
    redis_url: str
    database: Path
    uvloop: bool = False
    """Run on uvloop, which the peers' documentation does not ask for."""

    @property
    def webhook_url(self) -> str:
        """Where the Bot API shall post updates."""
        return f"http://{HOST}:{self.port}/{WEBHOOK_PATH}"

    @classmethod
    def from_environ(cls) -> Settings:
        """Raises `KeyError` for a variable that is missing."""
        return cls(
            token=os.environ["BENCH_TOKEN"],
            secret=os.environ["BENCH_SECRET"],
            api_base=os.environ["BENCH_API_BASE"],
            port=int(os.environ["BENCH_PORT"]),
            redis_url=os.environ["BENCH_REDIS_URL"],
            database=Path(os.environ["BENCH_DATABASE"]),
            uvloop=os.environ["BENCH_UVLOOP"] == "1",
        )

    def environ(self) -> dict[str, str]:
        """The variables that `from_environ` reads."""
        return {
            "BENCH_TOKEN": self.token,
            "BENCH_SECRET": self.secret,
            "BENCH_API_BASE": self.api_base,
            "BENCH_PORT": str(self.port),
            "BENCH_REDIS_URL": self.redis_url,
            "BENCH_DATABASE": str(self.database),
            "BENCH_UVLOOP": "1" if self.uvloop else "0",
        }
