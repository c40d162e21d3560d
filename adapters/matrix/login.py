"""Logging in, and making the device known as ours: restored where it can be, renewed under the same device, or new.

The device's id is chosen and noted before the server hears it, so that a crash in between leaves no device without an
owner. Not here: recovery from a lost store (`recovery.py`).
"""

from __future__ import annotations

import secrets
from typing import Final

import structlog

from adapters.errors import Gone, Rejected
from adapters.matrix.book import Book, Login
from adapters.matrix.client import Client, Json
from adapters.matrix.cross_signing import CrossSigning, master_key
from adapters.matrix.settings import MatrixSettings
from adapters.matrix.verdicts import LoginRefused, TokenRefused, verdict

DEVICE_PREFIX: Final = "ZURUF"
DEVICE_NAME: Final = "Zuruf"

log = structlog.get_logger()


class ForeignIdentity(Rejected):
    """The account has cross-signing keys that are not ours: made by another program or before the keyring was lost."""

    def __init__(self) -> None:
        super().__init__(
            "the Matrix account has cross-signing keys of another program. To replace them by our own: "
            "zuruf matrix recover --new-identity"
        )


async def sign_in(
    client: Client, book: Book, settings: MatrixSettings, identity: CrossSigning, replace: bool = False
) -> None:
    """Ready to sync: logged in, keys uploaded, the device signed. `replace` puts our cross-signing keys in the place of
    others'. Raises `ChannelError`."""
    login = book.login()
    if login is None or login.user != settings.user:
        login = Login(settings.user, DEVICE_PREFIX + secrets.token_hex(4).upper(), "")
        book.note_login(login)
    client.restore_login(login.user, login.device, login.token)
    if not login.token or not await _is_accepted(client):
        await renew(client, book, settings)
    await upload_keys(client)
    await cross_sign(client, identity, settings, replace)


async def renew(client: Client, book: Book, settings: MatrixSettings) -> None:
    """A new token for the same device. Raises `ChannelError`: `LoginRefused` if the password is not accepted."""
    client.access_token = ""
    body = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": settings.user},
        "password": settings.password.reveal(),
        "device_id": client.device_id,
        "initial_device_display_name": DEVICE_NAME,
    }
    try:
        answer = await client.request("POST", "/login", body)
    except (Gone, TokenRefused):
        raise LoginRefused from None
    token, user = answer.get("access_token"), answer.get("user_id")
    if not isinstance(token, str) or user != settings.user or client.device_id is None:
        raise Rejected("the homeserver calls the account otherwise than ZURUF_MATRIX_USER")
    book.note_login(Login(settings.user, client.device_id, token))
    client.access_token = token
    log.info("logged_in", channel="matrix")


async def _is_accepted(client: Client) -> bool:
    try:
        await client.request("GET", "/account/whoami")
    except TokenRefused:
        return False
    return True


async def upload_keys(client: Client) -> None:
    if client.should_upload_keys:
        await client.ask(client.keys_upload())


async def cross_sign(client: Client, identity: CrossSigning, settings: MatrixSettings, replace: bool) -> None:
    """Our three keys are the account's, and our device is signed. Raises `ForeignIdentity` unless told to `replace`."""
    assert client.olm is not None
    assert client.device_id is not None
    sign, device = client.olm.account.sign, client.device_id
    queried = await _own_keys(client)
    if device not in queried.get("device_keys", {}).get(settings.user, {}):
        client.olm.account.shared = False  # the server forgot the device with its last session
        await upload_keys(client)
        queried = await _own_keys(client)
    found = master_key(queried, settings.user)
    if found != identity.master.public:
        if found and not replace:
            raise ForeignIdentity
        await _upload(client, settings, identity.upload(device, sign))
        queried = await _own_keys(client)
        log.warning("cross_signing_uploaded", channel="matrix", outcome="replaced" if found else "new")
    missing = identity.signatures(device, queried, sign)
    if missing is None:
        return
    answer = await client.request("POST", "/keys/signatures/upload", missing)
    if answer.get("failures"):
        raise Rejected("the homeserver does not take the device's signature")


async def _own_keys(client: Client) -> Json:
    return await client.request("POST", "/keys/query", {"device_keys": {client.user_id: []}})


async def _upload(client: Client, settings: MatrixSettings, body: Json) -> None:
    await with_password(client, settings, "/_matrix/client/v3/keys/device_signing/upload", body)


async def with_password(client: Client, settings: MatrixSettings, path: str, body: Json) -> None:
    """A request that may ask for the password (user-interactive authentication). Raises `ChannelError`."""
    status, answer = await client.exchange("POST", path, body)
    if status == 401 and isinstance(answer.get("session"), str):
        auth = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": settings.user},
            "password": settings.password.reveal(),
            "session": answer["session"],
        }
        status, answer = await client.exchange("POST", path, {**body, "auth": auth})
        if status == 401:
            raise LoginRefused
    if status >= 300:
        raise verdict(status, answer)
