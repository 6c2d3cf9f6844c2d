"""Noting from how many addresses an installation calls: a copy of it calls from another one
(docs/surface.md#data-quality-lists).
"""

from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from licences.database.compiled import CompiledQuery, QueryParameter
from licences.models import InstallationAddress

KEPT = timedelta(days=7)  # after the last call from an address
BETWEEN_NOTES = timedelta(hours=1)  # a call from the same address is noted once in this time: asking must not write


def note_address(*, installation_id: int, address: str, now: datetime) -> None:
    """Note that an installation that has proved itself calls from an address; empty for an unknown one.

    ``address`` is an IP address, or a network for IPv6. Idempotent within ``BETWEEN_NOTES``.
    """
    if not address:
        return
    digest = _digest(installation_id, address)
    known = _KNOWN.first(installation=installation_id, digest=digest)
    if known is None:
        new = InstallationAddress(installation_id=installation_id, digest=digest, first_at=now, last_at=now)
        InstallationAddress.objects.bulk_create([new], ignore_conflicts=True)
    elif known.last_at <= now - BETWEEN_NOTES:
        if InstallationAddress.objects.filter(installation=installation_id, last_at__gt=known.last_at).exists():
            known.returned_at = now
        known.last_at = now
        known.save(update_fields=["last_at", "returned_at"])


_KNOWN = CompiledQuery(
    lambda: InstallationAddress.objects.filter(
        installation=QueryParameter("installation", like=0), digest=QueryParameter("digest", like="")
    )
)


def delete_old_addresses(now: datetime) -> int:
    """Delete addresses from which nothing called for ``KEPT`` before ``now``; returns how many. Idempotent."""
    return InstallationAddress.objects.filter(last_at__lt=now - KEPT).delete()[0]


def _digest(installation_id: int, address: str) -> str:
    """A digest of an address that differs between installations, 32 hexadecimal digits."""
    hashed = salted_hmac("licences.installation_addresses", f"{installation_id} {address}", algorithm="sha256")
    return hashed.hexdigest()[:32]
