"""Who is who without saying who: keyed pseudonyms, encrypted addresses, opaque conversation tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class BadKey(Exception):
    """The secret key cannot be used. The text says what to do."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Two keys drawn from one secret: one for pseudonyms, one for addresses.

    `earlier` are the pseudonym keys of secrets that were replaced, the newest first. A pseudonym goes through all of
    them, the oldest first and the present one last. So a stored pseudonym can be re-keyed without the address, which
    an opt-out no longer has; and whoever got hold of an old key can do nothing with it against what is stored now.
    """

    pseudonyms: bytes
    addresses: Fernet
    earlier: tuple[bytes, ...] = ()

    @classmethod
    def from_secret(cls, secret: bytes, earlier: tuple[bytes, ...] = ()) -> Keys:
        """Raises BadKey for a secret of less than 32 bytes."""
        if len(secret) < 32:
            raise BadKey(
                "PORCHLIGHT_SECRET_KEY is too short: give 32 random bytes in base64 (openssl rand -base64 32)."
            )
        return cls(
            pseudonyms=_drawn(secret, b"pseudonyms"),
            addresses=Fernet(base64.urlsafe_b64encode(_drawn(secret, b"addresses"))),
            earlier=earlier,
        )

    @classmethod
    def from_text(cls, text: str) -> Keys:
        """Keys from base64: the secret, and after dots or spaces the earlier pseudonym keys.

        Raises:
            BadKey: when the secret is too short.
            ValueError: when it is not base64.
        """
        parts = [base64.b64decode(part, validate=True) for part in text.replace(".", " ").split()] or [b""]
        return cls.from_secret(parts[0], tuple(parts[1:]))

    def pseudonym(self, channel: str, address: str) -> str:
        """The same person on the same channel gets the same name; without the key nobody can find out whose."""
        *older, first = (self.pseudonyms, *self.earlier)
        name = hmac.new(first, f"{channel}\0{address}".encode(), hashlib.sha256).hexdigest()
        for key in reversed(older):
            name = hmac.new(key, name.encode(), hashlib.sha256).hexdigest()
        return name

    def renewed(self, pseudonym: str) -> str:
        """What a pseudonym of the keys before these is called now."""
        return hmac.new(self.pseudonyms, pseudonym.encode(), hashlib.sha256).hexdigest()

    def sealed(self, address: str) -> bytes:
        return self.addresses.encrypt(address.encode())

    def opened(self, sealed: bytes) -> str:
        return self.addresses.decrypt(sealed).decode()


def _drawn(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"porchlight " + purpose).derive(secret)


def load_keys(configured: str | None, var: Path) -> Keys:
    """The keys from the setting, or from var/secret.key, which is made (readable by its owner only) when missing."""
    if configured:
        try:
            return Keys.from_text(configured)
        except ValueError:
            raise BadKey("PORCHLIGHT_SECRET_KEY is not base64: make one with openssl rand -base64 32.") from None
    path = var / "secret.key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        fresh = var / f".secret.{os.getpid()}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(32)))
        try:
            os.link(fresh, path)  # never replaces a key that another process made meanwhile
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    try:
        return Keys.from_text(path.read_text(encoding="ascii"))
    except ValueError:
        raise BadKey(f"{path} is not base64: put the right file back from a copy.") from None


def new_token() -> str:
    """An unguessable conversation token (256 bits)."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
