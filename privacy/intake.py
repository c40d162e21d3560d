"""Words of staff on their way from the desk to the bot: whoever has the public part seals, the bot alone opens.

    the desk: words ── a key of their own, sealed for the intake pair ──> a row ──> the bot: the case, under its key

The desk holds no key that opens what it wrote a moment ago, so a copy of its memory or of the database shows no reply
that is under way. Not here: rows (`storage/sql/intakes.py`), where the private part rests (`privacy/keyring.py`).
"""

from __future__ import annotations

from typing import Final

from privacy.keyring import new_key
from privacy.pairs import open_for, seal_for
from privacy.sealing import KEY_BYTES, OVERHEAD, TEXT_STEP, Unsealable, pad, seal, unpad, unseal

_KEY_LENGTH: Final = KEY_BYTES + KEY_BYTES + OVERHEAD
"""The ephemeral public part, and the sealed key."""


def seal_words(public: bytes, about: bytes, words: str) -> bytes:
    """For the holder of the private part. `about`: what the words are for; they open nowhere else."""
    key = new_key()
    padded = pad(words.encode("utf-8", "surrogatepass"), TEXT_STEP)
    return seal_for(public, key, about) + seal(key, padded, _place(about))


def open_words(private: bytes, about: bytes, sealed: bytes) -> str:
    """Raises `privacy.sealing.Unsealable`."""
    if len(sealed) <= _KEY_LENGTH:
        raise Unsealable("cut short")
    key = open_for(private, sealed[:_KEY_LENGTH], about)
    return unpad(unseal(key, sealed[_KEY_LENGTH:], _place(about))).decode("utf-8", "surrogatepass")


def _place(about: bytes) -> bytes:
    return b"intake/v1" + about
