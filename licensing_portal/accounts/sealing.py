"""Encryption of the seeds of second factors: access to the database is not enough to make one-time codes.

The keys are those of ``MFA_ENCRYPTION_KEY``: a new one goes in front, and the old one stays until ``manage.py
reseal_factors`` has run.
"""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from licences.domain.sealing import KeyIsGone, SealingBox, sealing_box

_PURPOSE = b"xchange-second-factors-1"


def seal(text: str) -> str:
    return _box().seal(text)


def unseal(sealed: str) -> str:
    """Decrypt a seed. ``ImproperlyConfigured`` if its key is gone."""
    try:
        return _box().unseal(sealed)
    except KeyIsGone:
        raise _key_is_gone() from None


def reseal(sealed: str) -> str:
    """Return the seed encrypted with the key that is now the first."""
    try:
        return _box().reseal(sealed)
    except KeyIsGone:
        raise _key_is_gone() from None


def _key_is_gone() -> ImproperlyConfigured:
    return ImproperlyConfigured("A second factor was sealed with a key that MFA_ENCRYPTION_KEY no longer holds.")


def _box() -> SealingBox:
    return sealing_box(tuple(settings.MFA_ENCRYPTION_KEYS), _PURPOSE)
