"""How far the sync is done: a token may be noted when nothing of its batch, or of an earlier one, is under way."""

from __future__ import annotations


class Batch:
    """One sync. `token` is where the next begins; `open` counts what of it is under way."""

    __slots__ = ("open", "token")

    def __init__(self, token: str) -> None:
        self.token = token
        self.open = 0


class Batches:
    """Those that are under way, in order."""

    def __init__(self) -> None:
        self._batches: list[Batch] = []

    def begin(self, token: str) -> Batch:
        """Open by itself until all of it was handed over."""
        batch = Batch(token)
        batch.open = 1
        self._batches.append(batch)
        return batch

    def undo(self, batch: Batch) -> None:
        """It could not be read: what is in it will come again."""
        self._batches.remove(batch)

    def end(self, batch: Batch) -> str:
        """One part of it is done. The token up to which all is done now, '' if that did not move."""
        batch.open -= 1
        token = ""
        while self._batches and self._batches[0].open == 0:
            token = self._batches.pop(0).token
        return token

    @property
    def under_way(self) -> int:
        return sum(batch.open for batch in self._batches)
