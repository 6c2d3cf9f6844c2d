"""Encryption of the seeds of second factors: access to the database is not enough to make one-time codes.

Each key of ``MFA_ENCRYPTION_KEY`` gives a Fernet key by HKDF. The first encrypts, all decrypt: a new key goes in front,
and the old one stays until ``manage.py reseal_factors`` has run.
"""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_PURPOSE = b"xchange-second-factors-1"


def seal(text: str) -> str:
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypt a seed. ``ImproperlyConfigured`` if its key is gone."""
    try:
        return _box().decrypt(sealed).decode()
    except InvalidToken:
        raise _key_is_gone() from None


def reseal(sealed: str) -> str:
    """Return the seed encrypted with the key that is now the first."""
    try:
        return _box().rotate(sealed).decode()
    except InvalidToken:
        raise _key_is_gone() from None


def _key_is_gone() -> ImproperlyConfigured:
    return ImproperlyConfigured("A second factor was sealed with a key that MFA_ENCRYPTION_KEY no longer holds.")


def _box() -> MultiFernet:
    return _made_of(tuple(settings.MFA_ENCRYPTION_KEYS))


@lru_cache(maxsize=4)
def _made_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key.encode())
