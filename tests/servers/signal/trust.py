"""Whom a real signal-cli trusts here: our authority instead of Signal's, for the line and for sealed senders.

signal-cli pins two things as resources of its program: the authority that signed Signal's servers (a key store), and
the key that signed the senders' certificates (a constant). Both are put before it in the class path, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import ssl
import subprocess
import time
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.x509.oid import NameOID
from servers.signal.wire import fixed64, message

HOSTS = (
    "chat.signal.org", "cdn.signal.org", "cdn2.signal.org", "cdn3.signal.org", "storage.signal.org",
    "cdsi.signal.org", "svr2.signal.org",
)  # fmt: skip
VALID = timedelta(days=30)
STORE = "org/asamk/signal/manager/config/whisper.store"
STORE_PASSWORD = "whisper"
CONSTANTS = "org/asamk/signal/manager/config/LiveConfig.class"
SENDERS_ROOT = b"BXu6QIKVz5MA8gstzfOgRQGqyLqOwNKHL6INkv3IHWMF"
"""Signal's own key for sealed senders, as the program has it."""
KEY_TYPE = b"\x05"
"""Before a public key of Curve25519 (libsignal's DJB_TYPE)."""
KEYTOOL_SECONDS = 60


@dataclass(frozen=True)
class Signer:
    """A key of libsignal (Curve25519) whose signatures (XEdDSA) are those of an Ed25519 key with the same number."""

    key: Ed25519PrivateKey

    @classmethod
    def new(cls) -> Signer:
        return cls(Ed25519PrivateKey.generate())

    @cached_property
    def public(self) -> bytes:
        digest = hashlib.sha512(self.key.private_bytes_raw()).digest()
        return KEY_TYPE + X25519PrivateKey.from_private_bytes(digest[:32]).public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """XEdDSA gives the sign of the Edwards point, which Curve25519 does not have, in the signature's last bit."""
        signature = bytearray(self.key.sign(data))
        signature[63] |= self.key.public_key().public_bytes_raw()[31] & 0x80
        return bytes(signature)


@dataclass
class Trust:
    """`folder` gets the class path that is put before the program's own, and the file of host names."""

    folder: Path

    def __post_init__(self) -> None:
        self._root, self._server = Signer.new(), Signer.new()
        certificate = message(_1=1, _2=self._server.public)
        self._signer = message(_1=certificate, _2=self._root.sign(certificate))
        self.classes = self.folder / "classes"
        self.hosts = self.folder / "hosts"
        self.hosts.write_text("\n".join(f"127.0.0.1 {name}" for name in (*HOSTS, "localhost")) + "\n", "ascii")

    def prepare(self, program: Path, keytool: Path) -> ssl.SSLContext:
        """Fill the class path for the program (its folder); returns what our server shows. Takes a second."""
        authority, chain, key = self._line()
        (self.classes / STORE).parent.mkdir(parents=True, exist_ok=True)
        (provider,) = (program / "lib").glob("bcprov-*.jar")
        subprocess.run(
            [str(keytool), "-importcert", "-noprompt", "-alias", "ca", "-file", str(authority), "-keystore",
             str(self.classes / STORE), "-storetype", "BKS", "-storepass", STORE_PASSWORD, "-provider",
             "org.bouncycastle.jce.provider.BouncyCastleProvider", "-providerpath", str(provider)],
            check=True, capture_output=True, timeout=KEYTOOL_SECONDS,
        )  # fmt: skip
        (library,) = (program / "lib").glob("libsignal-cli-*.jar")
        with zipfile.ZipFile(library) as jar:
            constants = jar.read(CONSTANTS)
        assert constants.count(SENDERS_ROOT) == 1, "signal-cli keeps its key for sealed senders elsewhere"
        (self.classes / CONSTANTS).write_bytes(constants.replace(SENDERS_ROOT, base64.b64encode(self._root.public)))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        return context

    def sender(self, aci: UUID, number: str | None, identity: bytes) -> bytes:
        """A certificate for a sealed sender's first device (SenderCertificate)."""
        expires = int((time.time() + VALID.total_seconds()) * 1000)
        certificate = (
            message(_1=number, _2=1) + fixed64(3, expires) + message(_4=identity, _5=self._signer, _7=aci.bytes)
        )
        return message(_1=certificate, _2=self._server.sign(certificate))

    def _line(self) -> tuple[Path, Path, Path]:
        """Files: our authority, the server's certificate, its key."""
        authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Signal on loopback")])
        now = datetime.now(UTC)

        def certificate(name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
            return (
                x509.CertificateBuilder()
                .subject_name(name)
                .issuer_name(issuer)
                .public_key(key.public_key())
                .serial_number(x509.random_serial_number())
                .not_valid_before(now - timedelta(days=1))
                .not_valid_after(now + VALID)
            )

        authority = certificate(issuer, authority_key).add_extension(x509.BasicConstraints(True, None), True)
        server = certificate(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOSTS[0])]), server_key).add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name) for name in HOSTS]), False
        )
        files = self.folder / "authority.pem", self.folder / "server.pem", self.folder / "key.pem"
        for file, builder in zip(files, (authority, server), strict=False):
            signed = builder.sign(authority_key, hashes.SHA256())
            file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        files[2].write_bytes(
            server_key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return files
