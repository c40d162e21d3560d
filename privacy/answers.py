"""Free texts, places and names of files, sealed under the key of their response; choices and numbers stay plain.

Bound to the question's ref, not to the response's id: after the grace a response gets a new random id, and its key
moves with it. Not here: where the key comes from (`storage/keychain.py`).
"""

from __future__ import annotations

from privacy.sealing import TEXT_STEP, Sealer, pad, unpad


def _place(ref: str) -> bytes:
    return b"answer/v1" + ref.encode("utf-8")


def seal_answer(sealer: Sealer, ref: str, text: str) -> bytes:
    """In multiples of `TEXT_STEP` bytes, so that the length says little."""
    return sealer.seal(pad(text.encode("utf-8", "surrogatepass"), TEXT_STEP), _place(ref))


def open_answer(sealer: Sealer, ref: str, sealed: bytes) -> str:
    """Raises `privacy.sealing.Unsealable`."""
    return unpad(sealer.unseal(sealed, _place(ref))).decode("utf-8", "surrogatepass")
