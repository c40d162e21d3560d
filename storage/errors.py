"""Errors of storage, split by what the caller can do.

StorageError            .retryable
├── Unavailable  yes    the server does not answer, a lock was not freed in time: nothing was changed
│   └── StaleRoot yes   the root key was rotated: read its file again, nothing was changed
├── Lost         yes    the conversation's lock was lost meanwhile: load it again
├── Tampered     no     the audit log was changed by other hands
└── Conflict     no     it exists already, or a life cycle does not allow it: the message says what to do
    ├── Overtaken  no   somebody else was faster: look at what stands there now
    └── KeyMissing no   the private part of the reading pair is not on this machine, or damaged

SandboxError
├── ConverterBusy  yes  the queue is full or the converter was restarted: try again
└── Refused        no   the file is not taken: `problem` says why
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.sandbox.problems import Problem


class StorageError(Exception):
    retryable = False


class Unavailable(StorageError):
    retryable = True


class StaleRoot(Unavailable):
    """A key was wrapped under a root key that is not the current one (any more)."""


class Lost(StorageError):
    retryable = True


class Conflict(StorageError):
    pass


class Overtaken(Conflict):
    """Something else stands there than what was looked at."""


class KeyMissing(Conflict):
    """Without the reading key no masked copy opens here."""


class Tampered(StorageError):
    pass


class SandboxError(Exception):
    retryable = False


class ConverterBusy(SandboxError):
    retryable = True


class Refused(SandboxError):
    """A photo or a voice message that is not taken; `problem` says why (words: `storage.sandbox.problems`)."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem
