"""Encryption of secrets that are stored: access to the database is not enough to read them (docs/settings.md#secrets).

Each key of a setting gives a Fernet key by HKDF, another one for each purpose. The first encrypts, all decrypt: a new
key goes in front, and the old one stays until everything was sealed again.
"""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class KeyIsGone(Exception):
    """None of the keys decrypts what was sealed."""


class SealingBox:
    """Seals texts with the keys of one purpose. ``KeyIsGone`` where what was sealed cannot be read."""

    def __init__(self, keys: tuple[str, ...], purpose: bytes) -> None:
        self._keys = MultiFernet([Fernet(urlsafe_b64encode(_derived(key, purpose))) for key in keys])

    def seal(self, text: str) -> str:
        return self._keys.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        try:
            return self._keys.decrypt(sealed).decode()
        except InvalidToken:
            raise KeyIsGone from None

    def reseal(self, sealed: str) -> str:
        """Return the text sealed with the key that is now the first."""
        try:
            return self._keys.rotate(sealed).decode()
        except InvalidToken:
            raise KeyIsGone from None


@lru_cache(maxsize=8)
def sealing_box(keys: tuple[str, ...], purpose: bytes) -> SealingBox:
    """The box of these keys and this purpose; deriving the keys takes a moment."""
    return SealingBox(keys, purpose)


def _derived(key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key.encode())
