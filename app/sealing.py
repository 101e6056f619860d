"""Encryption at rest: AES-256-GCM, bound to the table, the row and the column.

A value that is copied to another row or column does not open. Keys come from the environment as
`NAME:BASE64,NAME:BASE64`; the first one seals, all of them open, so keys can be rotated. A running
server holds the keys and can read the values; this protects copies of the database, not the server.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class CannotOpen(RuntimeError):
    """A sealed value was altered, moved to another place, or its key is not here."""


class BadKeys(ValueError):
    """The setting that should hold encryption keys does not."""


@dataclass(frozen=True)
class Keyring:
    """The keys of this process: the first seals, any opens. Also makes secrets from an id."""

    keys: dict[str, bytes] = field(repr=False)
    pepper: bytes = field(repr=False)

    @classmethod
    def from_settings(cls, keys: str, pepper: str) -> "Keyring":
        """Read `NAME:BASE64,NAME:BASE64`.

        Raises
        ------
        BadKeys
            If a key is not 32 bytes in base64, or has no name.
        """
        found: dict[str, bytes] = {}
        for each in filter(None, (part.strip() for part in keys.split(","))):
            name, _, encoded = each.partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except binascii.Error:
                key = b""
            if not name or len(key) != 32:
                msg = "CONSULT_ENCRYPTION_KEYS must be NAME:KEY, where KEY is 32 bytes in base64."
                raise BadKeys(msg)
            found[name] = key
        if not found:
            msg = "CONSULT_ENCRYPTION_KEYS holds no key."
            raise BadKeys(msg)
        return cls(found, pepper.encode())

    def seal(self, value: object, place: str) -> str:
        """Encrypt a JSON value so that it opens only at `place` (`table:row:column`)."""
        name = next(iter(self.keys))
        nonce = secrets.token_bytes(NONCE_BYTES)
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        sealed = AESGCM(self.keys[name]).encrypt(nonce, plain, place.encode())
        return f"{name}.{base64.b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, place: str) -> object:
        """Decrypt what `seal` made for this place.

        Raises
        ------
        CannotOpen
            If the value was altered or moved, or its key is not in the ring.
        """
        name, _, encoded = sealed.partition(".")
        if name not in self.keys:
            msg = f"No key named “{name}” is set in CONSULT_ENCRYPTION_KEYS."
            raise CannotOpen(msg)
        raw = base64.b64decode(encoded)
        try:
            plain = AESGCM(self.keys[name]).decrypt(
                raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()
            )
        except InvalidTag as error:
            msg = f"The value at {place} was altered or moved."
            raise CannotOpen(msg) from error
        return json.loads(plain)

    def derive(self, purpose: str, *parts: object) -> str:
        """A secret of 160 bits that only this process can make again: 32 letters and digits."""
        message = "\x1f".join((purpose, *map(str, parts))).encode()
        digest = hmac.new(self.pepper, message, hashlib.sha256).digest()
        return base64.b32encode(digest[:20]).decode().lower()


def hashed(secret: str) -> str:
    """What is stored of a secret of 128 bits or more: enough to recognise it, not to make it."""
    return hashlib.sha256(secret.encode()).hexdigest()
