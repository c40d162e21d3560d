"""nio's crypto store over our own sealed file: what `nio.store.MatrixStore` does, without its tables in plain.

Only what the channel uses is here: there is no manual verification of devices (a citizen's device is trusted on first
use, its change is an operator's event: `watching.py`), and no store of sync tokens (`book.py`). Sessions that we made
ourselves to send are not stored: nobody needs to read what the bot said a second time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import msgspec
from nio.crypto import (
    DeviceStore,
    GroupSessionStore,
    InboundGroupSession,
    OlmAccount,
    OlmDevice,
    OutgoingKeyRequest,
    Session,
    SessionStore,
    TrustState,
)

from adapters.matrix.keys import Keys
from adapters.matrix.vault import Kind, Vault

MEGOLM_DAYS: Final = 8
"""Keys of citizens' messages are destroyed so many days after their last use: clients make new ones weekly."""
OLM_DAYS: Final = 400
"""Sessions with devices, and the devices of a citizen who did not write for so long; they are made anew."""
ASKED_DAYS: Final = 8

_encode = msgspec.msgpack.encode


class _Account(msgspec.Struct, array_like=True):
    pickle: bytes
    shared: bool


class _Olm(msgspec.Struct, array_like=True):
    sender_key: str
    id: str
    pickle: bytes
    created: float
    used: float


class _Megolm(msgspec.Struct, array_like=True):
    sender_key: str
    ed25519: str
    room: str
    pickle: bytes
    chain: list[str]


class _Device(msgspec.Struct, array_like=True):
    id: str
    keys: dict[str, str]
    deleted: bool


class _Devices(msgspec.Struct, array_like=True):
    user: str
    devices: list[_Device]


class _Asked(msgspec.Struct, array_like=True):
    request: str
    session: str
    room: str
    algorithm: str


class CryptoStore:
    """What nio's `Olm` asks of its store. Names and shapes are nio's (0.26)."""

    def __init__(self, vault: Vault, keys: Keys) -> None:
        self._vault = vault
        self._pickle = keys.pickle
        self._own = ""
        """Our own device's Curve25519 key."""
        self._devices: DeviceStore | None = None

    # -- the device's own keys

    def load_account(self) -> OlmAccount | None:
        data = self._vault.get(Kind.ACCOUNT, "")
        if data is None:
            return None
        row = msgspec.msgpack.decode(data, type=_Account)
        account = OlmAccount.from_pickle(row.pickle, self._pickle, row.shared)
        self._own = account.identity_keys["curve25519"]
        return account

    def save_account(self, account: OlmAccount) -> None:
        self._own = account.identity_keys["curve25519"]
        self._vault.put(Kind.ACCOUNT, "", _encode(_Account(account.pickle(self._pickle), account.shared)))

    # -- sessions

    def load_sessions(self) -> SessionStore:
        store = SessionStore()
        for data in self._vault.all(Kind.OLM):
            row = msgspec.msgpack.decode(data, type=_Olm)
            created, used = datetime.fromtimestamp(row.created), datetime.fromtimestamp(row.used)  # noqa: DTZ006
            store.add(row.sender_key, Session.from_pickle(row.pickle, created, self._pickle, used))
        return store

    def save_session(self, curve_key: str, session: Session) -> None:
        created, used = session.creation_time.timestamp(), session.use_time.timestamp()
        row = _Olm(curve_key, session.id, session.pickle(self._pickle), created, used)
        self._vault.put(Kind.OLM, session.id, _encode(row))

    def load_inbound_group_sessions(self) -> GroupSessionStore:
        store = GroupSessionStore()
        for data in self._vault.all(Kind.MEGOLM):
            row = msgspec.msgpack.decode(data, type=_Megolm)
            session = InboundGroupSession.from_pickle(
                row.pickle, row.ed25519, row.sender_key, row.room, self._pickle, row.chain
            )
            store.add(session)
        return store

    def save_inbound_group_session(self, session: InboundGroupSession) -> None:
        if session.sender_key == self._own:
            return
        row = _Megolm(
            session.sender_key, session.ed25519, session.room_id, session.pickle(self._pickle), session.forwarding_chain
        )
        self._vault.put(Kind.MEGOLM, session.id, _encode(row))

    def used_group_session(self, id_: str) -> None:
        """A message of this session was read."""
        self._vault.used(Kind.MEGOLM, id_)

    # -- devices

    def load_device_keys(self) -> DeviceStore:
        store = DeviceStore()
        for data in self._vault.all(Kind.DEVICES):
            row = msgspec.msgpack.decode(data, type=_Devices)
            for device in row.devices:
                store.add(
                    OlmDevice(row.user, device.id, device.keys, deleted=device.deleted, trust_state=TrustState.ignored)
                )
        self._devices = store
        return store

    def save_device_keys(self, device_keys: dict[str, dict[str, OlmDevice]]) -> None:
        """`device_keys` are the changed devices; a citizen's devices are one row, without their names."""
        assert self._devices is not None, "nio loads the devices first"
        for user in device_keys:
            devices = [_Device(each.id, each.keys, each.deleted) for each in self._devices[user].values()]
            self._vault.put(Kind.DEVICES, user, _encode(_Devices(user, devices)))

    def drop_group_session(self, id_: str) -> None:
        self._vault.drop(Kind.MEGOLM, id_)

    def drop_old(self) -> int:
        """Destroy what is too old; returns how many rows."""
        return (
            self._vault.drop_unused(Kind.MEGOLM, MEGOLM_DAYS)
            + self._vault.drop_unused(Kind.OLM, OLM_DAYS)
            + self._vault.drop_unused(Kind.DEVICES, OLM_DAYS)
            + self._vault.drop_unused(Kind.ASKED, ASKED_DAYS)
        )

    # -- keys that we asked for

    def load_outgoing_key_requests(self) -> dict[str, OutgoingKeyRequest]:
        rows = [msgspec.msgpack.decode(data, type=_Asked) for data in self._vault.all(Kind.ASKED)]
        return {row.request: OutgoingKeyRequest(row.request, row.session, row.room, row.algorithm) for row in rows}

    def add_outgoing_key_request(self, key_request: OutgoingKeyRequest) -> None:
        row = _Asked(key_request.request_id, key_request.session_id, key_request.room_id, key_request.algorithm)
        self._vault.put(Kind.ASKED, row.request, _encode(row))

    def remove_outgoing_key_request(self, key_request: OutgoingKeyRequest) -> None:
        self._vault.drop(Kind.ASKED, key_request.request_id)

    # -- rooms: kept in the book (`book.py`)

    def load_encrypted_rooms(self) -> set[str]:
        return set()

    def save_encrypted_rooms(self, rooms: Iterable[str]) -> None:
        """The book notes what it needs when a room is joined."""

    def delete_encrypted_room(self, room: str) -> None:
        """See above."""

    # -- trust

    def ignore_devices(self, devices: list[OlmDevice]) -> None:
        """In nio's words: they get keys, though nobody verified them by hand."""
        for device in devices:
            device.trust_state = TrustState.ignored

    def ignore_device(self, device: OlmDevice) -> bool:
        device.trust_state = TrustState.ignored
        return True

    def is_device_ignored(self, device: OlmDevice) -> bool:
        return device.trust_state is TrustState.ignored

    def is_device_verified(self, device: OlmDevice) -> bool:
        del device
        return False

    def is_device_blacklisted(self, device: OlmDevice) -> bool:
        del device
        return False

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the Matrix channel has no use for {name}")
