"""Answers of the Bot API that are no success."""

from __future__ import annotations


class Problem(Exception):
    """`parameters` tells what to do (`retry_after`), where Telegram says."""

    def __init__(self, code: int, description: str, parameters: dict[str, object] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class BadRequest(Problem):
    """400: the call cannot be done as it is."""

    def __init__(self, description: str) -> None:
        super().__init__(400, f"Bad Request: {description}")
