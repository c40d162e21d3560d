"""Addresses and persons: the values in which a native id lives, and the only way to look inside.

An `Address` shows a mask, and refuses to be pickled, formatted or iterated. `reveal()` is called in
`adapters/` only (a test looks).
A `Person` is made by the gate (`adapters/inbox.py`) in the call stack of the message and ends with the
turn. The desk never imports
this module (import-linter).
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Final, NoReturn

from privacy.keyring import Entry, SessionEpoch
from privacy.pseudonyms import Domain, parcel, pseudonym, unparcel
from privacy.sealing import Unsealable

_ADDRESS_STEP: Final = 128
"""Sealed addresses come in multiples of this many bytes, so that their length does not name the channel."""

_PARTS: Final = 3

_LENIENT: Final = "surrogatepass"
"""Broken UTF-16 must not raise: the exception's text would hold the id."""


class _Guarded:
    """Refuses every way by which a value slips out unseen: formatting, iterating, pickling, copying, JSON."""

    __slots__ = ()

    def __format__(self, spec: str) -> NoReturn:
        raise TypeError("an address is not to be formatted")

    def __iter__(self) -> NoReturn:
        raise TypeError("an address is not to be taken apart")

    def __reduce__(self) -> NoReturn:
        raise TypeError("an address is not to be stored")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("an address is not to be stored")

    def __getstate__(self) -> NoReturn:
        raise TypeError("an address is not to be stored")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("an address does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("an address does not change")


class Address(_Guarded):
    """Where a person can be reached: a channel, our account on it, and the messenger's own id of the
    person."""

    __slots__ = ("__account", "__channel", "__native")

    __account: str
    __channel: str
    __native: str

    def __init__(self, channel: str, account: str, native: str) -> None:
        """`native` in canonical form: Telegram's decimal user id, a full MXID, Signal's ACI, the web's
        random token."""
        object.__setattr__(self, "_Address__channel", channel)
        object.__setattr__(self, "_Address__account", account)
        object.__setattr__(self, "_Address__native", native)

    @property
    def channel(self) -> str:
        return self.__channel

    def reveal(self) -> str:
        """The native id. In adapters only."""
        return self.__native

    def material(self) -> bytes:
        """What pseudonyms are made from; unambiguous."""
        return parcel(*(part.encode("utf-8", _LENIENT) for part in (self.__channel, self.__account, self.__native)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Address):
            return NotImplemented
        return hmac.compare_digest(self.material(), other.material())

    def __hash__(self) -> int:
        return hash((Address, self.material()))

    def __repr__(self) -> str:
        return f"<Address {self.__channel}:***>"

    __str__ = __repr__


class Person(_Guarded):
    """Whoever wrote, for the length of one turn: an address, and the keyed names that may be made from it."""

    __slots__ = ("__address", "__material")

    __address: Address
    __material: bytes

    def __init__(self, address: Address) -> None:
        object.__setattr__(self, "_Person__address", address)
        object.__setattr__(self, "_Person__material", address.material())

    @property
    def address(self) -> Address:
        return self.__address

    def names(self, epochs: Sequence[SessionEpoch]) -> tuple[bytes, ...]:
        """The conversation's name in each epoch, in the order given (the current one first)."""
        return tuple(pseudonym(epoch.name_key, Domain.CONVERSATION, self.__material) for epoch in epochs)

    def mark(self, epoch: SessionEpoch, text: str) -> bytes:
        """Name of one native message of this person, to know it when it comes again."""
        return pseudonym(epoch.mark_key, Domain.MESSAGE, parcel(self.__material, text.encode("utf-8", _LENIENT)))

    def marks(self, epochs: Sequence[SessionEpoch], text: str) -> tuple[bytes, ...]:
        """The message's name in each epoch: what came before midnight is known after it."""
        return tuple(self.mark(epoch, text) for epoch in epochs)

    def token(self, pepper: bytes) -> bytes:
        """Participation in the survey of this pepper; means nothing in any other survey."""
        return pseudonym(pepper, Domain.PARTICIPATION, self.__material)

    def guesser(self, epoch: SessionEpoch) -> bytes:
        """Name of this person's count of wrong moving codes."""
        return pseudonym(epoch.name_key, Domain.GUESSER, self.__material)

    def rate_key(self, key: bytes) -> bytes:
        """Name of this person's counters in the window of this rate key."""
        return pseudonym(key, Domain.RATE, self.__material)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return "<Person>"

    __str__ = __repr__


def seal_address(epoch: SessionEpoch, address: Address) -> bytes:
    """For the replies owed: opens only while the epoch lives."""
    return epoch.seal(Entry.ADDRESS, b"", address.material(), _ADDRESS_STEP)


def open_address(epoch: SessionEpoch, sealed: bytes) -> Address:
    """Raises `Unsealable`."""
    parts = unparcel(epoch.unseal(Entry.ADDRESS, b"", sealed))
    if len(parts) != _PARTS:
        raise Unsealable("not an address")
    return Address(*(part.decode("utf-8", _LENIENT) for part in parts))
